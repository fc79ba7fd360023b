//! What Slack says of channels that are told in again wakes what waits.

use casebridge::state::agenda;
use casebridge_lab::stage::{ANA, Stage};
use serde_json::{Value, json};

async fn event(stage: &Stage, event: Value) -> bool {
    let (.., bot, team) = stage.slack.app();
    let body = json!({
        "type": "event_callback",
        "team_id": team,
        "event_id": format!("Ev{}", event["type"]),
        "event_time": 1,
        "authorizations": [{"team_id": team, "user_id": bot, "is_bot": true}],
        "event": event,
    });
    assert_eq!(
        stage.deliver(&stage.slack.signed("/slack/events", "application/json", body.to_string())).await.0,
        200
    );
    assert_eq!(stage.jobs().len(), 0);
    agenda::read(&stage.memory).await.unwrap().wake
}

#[tokio::test]
async fn a_channel_that_we_came_into_or_that_is_in_use_again_wakes_what_waits_and_nothing_else_does() {
    let bot = Stage::set().await.slack.app().2;
    let channel = "C0SECURITY";
    for (what, wakes) in [
        (
            json!({"type": "member_joined_channel", "user": bot, "channel": channel, "channel_type": "C"}),
            true,
        ),
        (json!({"type": "channel_unarchive", "user": ANA, "channel": channel}), true),
        (json!({"type": "group_unarchive", "user": ANA, "channel": channel}), true),
        (
            json!({"type": "member_joined_channel", "user": ANA, "channel": channel, "channel_type": "C"}),
            false,
        ),
        (json!({"type": "channel_archive", "user": ANA, "channel": channel}), false),
    ] {
        let stage = Stage::set().await;
        agenda::change(&stage.memory, |agenda| std::mem::take(&mut agenda.wake)).await.unwrap();
        assert_eq!(event(&stage, what.clone()).await, wakes, "{what}");
    }
}
