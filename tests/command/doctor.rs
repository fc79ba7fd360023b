//! A doctor that cannot lie: where all is well nothing is wrong, and each fault makes exactly its own check fail.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use casebridge::{
    case::{ChannelId, Email, MemberId, TeamId},
    config::{
        environment::LeftOut,
        secrets::Secret,
        settings::{Attachments, Callee, JiraSettings, Layout, Route},
    },
    doctor::{self, Answer, Finding, Patient},
    runtime::{
        breaker::{self, Refused},
        sighting::{self, Service},
    },
    state::{Note, Store},
    targets::{
        jira::{self, Jira},
        slack::{self, Slack, manifest},
    },
};
use casebridge_lab::{stage::Stage, standins::FaultRule};
use serde_json::json;

use super::routes::route;

/// A bridge that lacks nothing: a private channel, a case with its issue, and everybody was heard of.
async fn well() -> Stage {
    let more = "[pagerduty]\napi_url = '{pager}'\n[webhook]\nurl = '{webhook}/in'\n";
    let mut stage = Stage::with("", more).await;
    let (.., bot, _) = stage.slack.app();
    let private = stage.slack.add_channel("sir", true, &[stage.slack.ana(), bot]);
    stage.settings.slack.channel = private.clone();
    stage.channel = private;
    stage.world.watches();
    stage.world.has_queues([0; 4]);
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_attaches(&case, "notes.txt", "03:10 web-2 is off").unwrap();
    stage.events().await;
    stage.sweep().await;
    for service in [Service::Slack, Service::Jira] {
        sighting::request(&stage.world, service, true).await;
    }
    stage
}

pub async fn examined(stage: &Stage) -> Vec<Finding> {
    let Stage { world, settings, secrets, .. } = stage;
    let until = stage.now() + 600_000;
    let slack = Slack::new(world, settings, secrets, until);
    let jira = Jira::new(world, settings, secrets, until);
    let jira = jira.as_ref();
    Box::pin(doctor::examine(&Patient { world, settings, slack: &slack, jira, secrets, until })).await
}

fn wrong(found: &[Finding]) -> Vec<&'static str> {
    found.iter().filter(|finding| finding.answer.is_wrong()).map(|finding| finding.check).collect()
}

#[tokio::test]
async fn where_all_is_well_nothing_is_wrong_and_what_cannot_be_seen_is_said() {
    let stage = well().await;
    let found = examined(&stage).await;
    assert_eq!(wrong(&found), [""; 0], "{found:#?}");
    let mut names: Vec<_> = found.iter().map(|finding| finding.check).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "each check answers once");
    assert!(count >= 30, "{count} checks");
    let unseen: Vec<_> = found
        .iter()
        .filter(|finding| matches!(finding.answer, Answer::NotSeen { .. }))
        .map(|finding| finding.check)
        .collect();
    // Jira shows its webhooks to administrators alone.
    assert_eq!(unseen, ["jira.webhook", "sir.writes"], "{found:#?}");
}

#[tokio::test]
async fn an_administrators_token_sees_whether_jira_tells_the_bridge_anything() {
    let stage = well().await;
    stage.jira.permit("ADMINISTER");
    let said = async || {
        let found = examined(&stage).await;
        found.iter().find(|finding| finding.check == "jira.webhook").unwrap().to_string()
    };
    assert!(said().await.starts_with("WRONG"), "there is none");
    let Stage { world, settings, secrets, .. } = &stage;
    let jira = Jira::new(world, settings, secrets, stage.now() + 600_000).unwrap();
    let put =
        async |url: &str| jira.put_webhook(url, &secrets.jira_webhook_secret, "project = SEC").await.unwrap();
    put("https://example.com/elsewhere").await;
    assert!(said().await.starts_with("WRONG"), "another's");
    put("https://example.com/jira/webhooks").await;
    assert_eq!(said().await, "ok        jira.webhook: a webhook leads to https://example.com/jira/webhooks.");
}

type Fault = fn(&mut Stage);

/// A fault, and the one check that must fail by it.
const FAULTS: &[(&str, Fault)] = &[
    ("slack.token", |stage| stage.slack.set_token("xoxb-another")),
    ("slack.team", |stage| stage.settings.slack.team = TeamId::new("T0ANOTHER")),
    ("slack.clock", |stage| stage.slack.clock().advance(Duration::from_secs(400))),
    ("slack.scopes", |stage| stage.slack.revoke("files:read")),
    ("slack.scopes", |stage| {
        stage.settings.notify.your_move = vec![Callee::Owner];
        stage.slack.set_scopes(manifest::scopes(None).into_iter().map(|(scope, _)| scope));
        stage.slack.revoke("channels:write.invites");
    }),
    ("slack.furniture", |stage| {
        let slack = &mut stage.settings.slack;
        (slack.layout, slack.pin_card) = (Layout::Channel, true);
        stage.slack.revoke("pins:write");
    }),
    ("slack.attachments", |stage| stage.settings.slack.attachments = Attachments::Copy),
    ("slack.private_channels", |stage| stage.slack.revoke("groups:write")),
    ("slack.private_channels", |stage| {
        stage.settings.slack.layout = Layout::Channel;
        stage.slack.revoke("groups:write");
    }),
    ("slack.channel", |stage| stage.settings.slack.channel = ChannelId::new("C0NOTTHERE")),
    ("slack.member", |stage| {
        let (.., bot, _) = stage.slack.app();
        let public = stage.slack.add_channel("open", false, std::slice::from_ref(&bot));
        stage.slack.set_member(&public, &bot, false);
        stage.settings.slack.channel = public;
    }),
    ("slack.private", |stage| {
        let (.., bot, _) = stage.slack.app();
        stage.settings.slack.channel = stage.slack.add_channel("open", false, &[bot]);
    }),
    ("slack.shared", |stage| stage.slack.set_shared(&stage.channel, true)),
    ("slack.guests", |stage| {
        let guest = stage.slack.add_guest("gus", "gus@example.com");
        stage.slack.set_member(&stage.channel, &guest, true);
    }),
    ("slack.people", |stage| stage.settings.roles.responder = vec![MemberId::new("U0NOBODY")]),
    ("slack.groups", |stage| stage.settings.roles.viewer = vec![MemberId::new("S0NOSUCHGR")]),
    ("slack.invited", |stage| {
        stage.settings.slack.layout = Layout::Channel;
        stage.settings.slack.invite = vec![Email::new("nobody@example.com")];
    }),
    ("slack.archived", |stage| {
        stage.slack.archives(&stage.channel, &stage.slack.ana());
    }),
    ("slack.routes", |stage| {
        let channel = Some(ChannelId::new("C0NOTTHERE"));
        stage.settings.routes = vec![Route { channel, ..route("payments") }];
    }),
    ("slack.routes", |stage| {
        let (.., bot, _) = stage.slack.app();
        let channel = Some(stage.slack.add_channel("open", false, &[bot]));
        stage.settings.routes = vec![Route { channel, ..route("payments") }];
    }),
    ("jira.routes", |stage| {
        let project = Some("NOPE".to_owned());
        stage.settings.routes = vec![Route { project, ..route("payments") }];
    }),
    ("jira.routes", |stage| {
        let issue_type = Some("Nonsense".to_owned());
        stage.settings.routes = vec![Route { issue_type, ..route("payments") }];
    }),
    ("functions.telling", |stage| stage.settings.sir.observe = true),
    ("jira.people", |stage| {
        let roles = &mut stage.settings.roles;
        for role in [&mut roles.responder, &mut roles.commander, &mut roles.admin] {
            role.retain(|id| !id.is_of_jira());
        }
    }),
    ("jira.people", |stage| {
        stage.settings.roles.responder.push(MemberId::new("712020:00000000-none"));
    }),
    ("jira.token", |stage| stage.jira.set_token("another")),
    ("jira.project", |stage| stage.settings.jira.as_mut().unwrap().project = "NOPE".to_owned()),
    ("jira.issue_type", |stage| stage.settings.jira.as_mut().unwrap().issue_type = "Nonsense".to_owned()),
    ("jira.fields", |stage| stage.jira.remove_field("labels")),
    ("jira.fields", |stage| stage.jira.need_field("customfield_10050", "Severity", "option")),
    ("jira.fields", |stage| given(stage).fields = [("customfield_10050".to_owned(), json!("High"))].into()),
    ("jira.statuses", |stage| {
        let jira = stage.settings.jira.as_mut().unwrap();
        jira.status.insert("Submitted".to_owned(), "No Such Status".to_owned());
    }),
    ("jira.transitions", |stage| stage.jira.set_workflow("To Do", &["In Progress"])),
    ("jira.transitions", |stage| stage.jira.require("*", "Done", "resolution", false)),
    ("jira.rights", |stage| stage.jira.deny("CREATE_ISSUES")),
    ("jira.rights", |stage| {
        given(stage).attachments = Attachments::Copy;
        stage.jira.deny("CREATE_ATTACHMENTS");
    }),
    ("jira.webhook", |stage| stage.jira.permit("ADMINISTER")),
    ("jira.links", |stage| stage.jira.allow_links("*", false)),
    ("sir.membership", |stage| stage.settings.sir.region = Some("us-east-1".to_owned())),
    ("sir.list_cases", |stage| denied(stage, "ListCases")),
    ("sir.get_case", |stage| denied(stage, "GetCase")),
    ("sir.list_comments", |stage| denied(stage, "ListComments")),
    ("sir.list_case_edits", |stage| denied(stage, "ListCaseEdits")),
    ("sir.list_investigations", |stage| denied(stage, "ListInvestigations")),
    ("sir.get_membership", |stage| denied(stage, "GetMembership")),
    ("sir.get_finding_metrics", |stage| denied(stage, "GetFindingMetrics")),
    ("sir.list_tags", |stage| denied(stage, "ListTagsForResource")),
    ("sir.get_attachment", |stage| denied(stage, "GetCaseAttachmentDownloadUrl")),
    ("sir.get_member_accounts", |stage| denied(stage, "BatchGetMemberAccountDetails")),
    ("hub.products", |stage| denied_by_the_hub(stage, "DescribeProducts")),
    ("hub.list_members", |stage| denied_by_the_hub(stage, "ListMembers")),
    ("hub.get_members", |stage| denied_by_the_hub(stage, "GetMembers")),
    ("hub", |stage| denied_by_the_hub(stage, "GetAdministratorAccount")),
    ("sir.person", |stage| {
        stage.world.acts_in_names();
        stage.sir.lets_assume(false);
    }),
    ("pagerduty.key", |stage| stage.secrets.pagerduty_routing_key = Secret::new("another")),
    ("webhook.receiver", |stage| stage.webhook.ends(true)),
    ("queue.events", |stage| stage.world.has_queues([5_000, 0, 0, 0])),
    ("queue.inbox", |stage| stage.world.has_queues([0, 5_000, 0, 0])),
    ("queue.events_dead", |stage| stage.world.has_queues([0, 0, 1, 0])),
    ("queue.inbox_dead", |stage| stage.world.has_queues([0, 0, 0, 1])),
];

fn given(stage: &mut Stage) -> &mut JiraSettings {
    stage.settings.jira.as_mut().unwrap()
}

fn denied_by_the_hub(stage: &Stage, operation: &str) {
    stage.hub.fault(FaultRule::on(operation).error("AccessDeniedException"));
}

fn denied(stage: &Stage, operation: &str) {
    stage.sir.fault(FaultRule::on(operation).error("AccessDeniedException"));
}

async fn fails_alone(stage: &Stage, check: &str) {
    let found = examined(stage).await;
    let faults: Vec<_> = found.iter().filter(|finding| finding.answer.is_wrong()).collect();
    assert_eq!(wrong(&found), [check], "{faults:#?}");
}

#[tokio::test]
async fn each_fault_makes_exactly_its_own_check_fail() {
    for (check, fault) in FAULTS {
        let mut stage = well().await;
        fault(&mut stage);
        Box::pin(fails_alone(&stage, check)).await;
    }
}

#[tokio::test]
async fn what_a_parameter_left_out_is_not_wrong_and_without_it_is() {
    let denied_calls =
        ["ListMemberships", "GetMembership", "GetFindingMetrics", "BatchGetMemberAccountDetails"];
    let out = "left out by parameter: With";
    for is_left_out in [true, false] {
        let stage = well().await;
        denied_calls.iter().for_each(|call| denied(&stage, call));
        denied_by_the_hub(&stage, "GetAdministratorAccount");
        stage.world.is_deployed_without(LeftOut { memberships: is_left_out, hub: is_left_out });
        let found = Box::pin(examined(&stage)).await;
        let told: Vec<_> = found.iter().filter(|finding| finding.to_string().contains(out)).collect();
        let names: Vec<_> = told.iter().map(|finding| finding.check).collect();
        let expected = [
            "sir.get_membership",
            "sir.get_finding_metrics",
            "sir.get_member_accounts",
            "sir.membership",
            "hub",
        ];
        assert_eq!(names, if is_left_out { &expected[..] } else { &[] }, "{found:#?}");
        assert_eq!(wrong(&found), if is_left_out { &[][..] } else { &["sir.membership", "hub"] });
    }
    // What is left out and answers all the same works.
    let stage = well().await;
    stage.world.is_deployed_without(LeftOut { memberships: true, hub: true });
    assert!(!Box::pin(examined(&stage)).await.iter().any(|finding| finding.to_string().contains(out)));
}

/// As if the last sweep had written something else down.
async fn rewritten(stage: &Stage, change: impl Fn(&str) -> String) {
    let old = stage.memory.note("seen/sweep").await.unwrap().unwrap();
    assert!(stage.memory.swap_note("seen/sweep", Some(&old), &change(&old), None).await.unwrap());
}

async fn is_broken(stage: &Stage, target: &str) {
    let note = json!({"until": stage.now() + 300_000, "trips": 1, "why": "invalid_auth"});
    let put = stage.memory.swap_note(&format!("breaker/{target}"), None, &note.to_string(), None).await;
    assert!(put.unwrap());
    // What was read a moment ago is held for true.
    stage.later(3_000);
}

/// Another deployment was seen at work just now.
async fn is_not_alone(stage: &Stage) {
    let old = stage.memory.note("deployments").await.unwrap();
    let seen = json!({"at": stage.now(), "target": "slack", "case": "7000000001", "at_work": true});
    let note = json!({"ours": ["one"], "others": {"another": seen}}).to_string();
    assert!(stage.memory.swap_note("deployments", old.as_deref(), &note, None).await.unwrap());
    stage.later(3_000);
}

#[tokio::test]
async fn each_fault_in_what_is_written_down_makes_exactly_its_own_check_fail() {
    let mut seen = BTreeMap::new();
    for number in 0..11 {
        let stage = well().await;
        let now = stage.now();
        let check = match number {
            0 => {
                is_broken(&stage, "slack").await;
                "slack.breaker"
            }
            1 => {
                is_broken(&stage, "jira").await;
                "jira.breaker"
            }
            2 | 3 => {
                let kind = if number == 2 { slack::KIND } else { jira::KIND };
                let refused = Refused { at: now, case: "7000000001".to_owned(), why: "x".to_owned() };
                breaker::refused(&stage.world, kind, "link", refused).await;
                if number == 2 { "slack.refused" } else { "jira.refused" }
            }
            4 | 5 => {
                let service = if number == 4 { Service::Slack } else { Service::Jira };
                stage.later(1_000);
                sighting::request(&stage.world, service, false).await;
                if number == 4 { "slack.signing_secret" } else { "jira.webhook_secret" }
            }
            6 => {
                rewritten(&stage, |text| text.replace("\"at\":", "\"at\":1,\"was\":")).await;
                "functions.sweep"
            }
            7 => {
                rewritten(&stage, |text| text.replace(env!("CARGO_PKG_VERSION"), "0.0.1")).await;
                "functions.version"
            }
            8 => {
                is_not_alone(&stage).await;
                "functions.alone"
            }
            9 => {
                let case = stage.sir.aws_creates_case("Held");
                stage.memory.hint(&case, now - 3_600_000, false).await.unwrap();
                "work.due"
            }
            _ => {
                let case = stage.sir.aws_creates_case("Parked");
                stage.memory.hint(&case, now, false).await.unwrap();
                let meta = stage.memory.lease(&case, now, now + 1_000).await.unwrap().unwrap();
                let note = json!({"channel": null, "home": null, "set": {}, "facts": null, "changes": 0, "open": null,
                    "parked": "channel_is_shared"});
                let of = Note::Of(slack::KIND);
                stage.memory.save(&case, meta.epoch, of, &note.to_string()).await.unwrap();
                "work.parked"
            }
        };
        Box::pin(fails_alone(&stage, check)).await;
        *seen.entry(check).or_insert(0) += 1;
    }
    assert_eq!(seen.keys().copied().collect::<BTreeSet<_>>(), WRITTEN.into());
}

#[tokio::test]
async fn each_request_to_the_table_that_is_not_answered_fails_its_own_check_and_no_other_lies() {
    let stage = well().await;
    let mut seen = BTreeSet::new();
    for at in 1.. {
        // What was read a moment ago is not read again: each turn makes the same requests.
        stage.later(3_000);
        stage.world.loses_a_request(at, false);
        let found = examined(&stage).await;
        if !stage.world.lost_it() {
            break;
        }
        let wrong = wrong(&found);
        assert!(wrong.len() <= 1, "{at}: {wrong:?}");
        seen.extend(wrong);
    }
    for check in UNANSWERED {
        assert!(seen.contains(check), "{check}: {seen:?}");
    }
}

#[tokio::test]
async fn the_doctor_names_the_fields_that_screens_want_and_what_the_settings_give_mends_it() {
    let mut stage = well().await;
    stage.jira.need_field("customfield_10050", "Severity", "option");
    stage.jira.need_field("components", "Components", "components");
    stage.jira.require("*", "Done", "resolution", false);
    let seen = |found: &[Finding]| {
        let answers = found.iter().filter_map(|finding| match &finding.answer {
            Answer::Wrong { seen, .. } => Some(seen.clone()),
            _ => None,
        });
        answers.collect::<Vec<_>>()
    };
    assert_eq!(
        seen(&examined(&stage).await),
        [
            "an issue of this type needs components, customfield_10050, which nothing gives",
            "Done wants resolution"
        ]
    );
    let jira = given(&mut stage);
    jira.fields = ["components", "customfield_10050"].map(|field| (field.to_owned(), json!("x"))).into();
    jira.transitions = [("Done".to_owned(), [("resolution".to_owned(), json!("Done"))].into())].into();
    assert_eq!(wrong(&examined(&stage).await), [""; 0]);
}

/// What fails where the table does not answer.
const UNANSWERED: [&str; 5] =
    ["table.read", "table.write", "table.index", "functions.settings", "functions.event"];

/// The one claims nothing, and without the other nothing is wrong.
const NEVER_WRONG: [&str; 2] = ["sir.writes", "slack.receipts"];

/// What is written down in another way makes these fail.
const WRITTEN: [&str; 11] = [
    "slack.breaker",
    "jira.breaker",
    "slack.refused",
    "jira.refused",
    "slack.signing_secret",
    "jira.webhook_secret",
    "functions.sweep",
    "functions.version",
    "functions.alone",
    "work.due",
    "work.parked",
];

#[tokio::test]
async fn there_is_a_fault_for_every_check() {
    let stage = well().await;
    let all: BTreeSet<_> = examined(&stage).await.iter().map(|finding| finding.check).collect();
    let faults = FAULTS.iter().map(|(check, _)| *check);
    let tried: BTreeSet<_> = faults.chain(WRITTEN).chain(UNANSWERED).chain(NEVER_WRONG).collect();
    let untried: Vec<_> = all.difference(&tried).collect();
    assert_eq!(untried, Vec::<&&str>::new(), "no fault makes these fail");
    assert_eq!(tried.difference(&all).collect::<Vec<_>>(), Vec::<&&str>::new(), "there are no such checks");
}
