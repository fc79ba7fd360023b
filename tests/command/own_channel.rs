//! A case that has a channel of its own is spoken of in it without a thread, whatever the layout of new cases is.

use casebridge::state::Store;
use casebridge_lab::stage::{Stage, ana};

#[tokio::test]
async fn what_is_said_in_a_cases_own_channel_becomes_a_comment_and_chatter_elsewhere_does_not() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let own = stage.slack.add_channel("sir-case", true, &[ana(), stage.slack.app().2.clone()]);
    let place = format!("slack/{}/{own}", stage.settings.slack.team);
    stage.memory.bind(&place, &case).await.unwrap();
    for (channel, text) in [(&own, "It was Bo's key"), (&stage.channel, "lunch?")] {
        for delivery in stage.slack.says(&ana(), channel, text, None).1 {
            assert_eq!(stage.deliver(&delivery).await.0, 200);
        }
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Bo's key"]);
}
