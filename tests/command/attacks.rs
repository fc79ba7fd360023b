//! Who may not, may not: whoever asks, for whatever, by whichever door, with whichever trick. Each cell is tried over the
//! wire, and counted.

use std::{collections::BTreeSet, io::Write};

use casebridge::{
    aws::sir::Operation,
    case::{CaseId, ChannelId, MemberId, Ts, UserId},
    telemetry::audit::Decision,
};
use casebridge_lab::{
    stage::{Stage, ana},
    standins::SignedRequest,
};
use serde_json::{Value, json};

use super::routes;

/// Everybody who might try, from below to above; the four before the last are named as admins, and are none.
pub(super) const PEOPLE: [&str; 9] =
    ["nobody", "viewer", "responder", "commander", "guest", "bot", "stranger", "gone", "admin"];
/// The place of one who is an admin indeed.
const ADMIN: usize = 8;

/// What they try, with the place among [`PEOPLE`] of the first who may; `4`: only an admin.
const LINES: [(&str, usize); 12] = [
    ("CASE show --full", 1),
    ("list", 1),
    ("CASE title Mine", 2),
    ("CASE describe Mine", 2),
    ("CASE comment Mine", 2),
    ("CASE status detect", 2),
    ("CASE watch eve@example.com", 2),
    ("CASE tag add a=b", 2),
    ("CASE close", 3),
    ("CASE resolver aws", 3),
    ("membership cancel", 4),
    ("hub leave", 4),
];

/// What is done to a line in the hope that nobody understands it but us.
const TRICKS: [fn(&str) -> String; 3] =
    [str::to_owned, |line| line.to_uppercase(), |line| format!(" \u{200b}{}", line.replace(' ', " \u{a0}"))];

pub(super) struct Attack<'a> {
    pub(super) stage: &'a Stage,
    pub(super) case: CaseId,
    /// Where it is told.
    pub(super) channel: ChannelId,
    pub(super) card: Ts,
}

impl Attack<'_> {
    /// The ways in; in a thread the case need not be named.
    pub(super) fn doors(&self, user: &UserId, line: &str) -> [(&'static str, Vec<SignedRequest>); 4] {
        let (slack, channel) = (&self.stage.slack, &self.channel);
        let (.., bot, _) = slack.app();
        let click = slack.clicks(&ana(), channel, &self.card, "run/take", &Value::Null).unwrap();
        [
            ("slash", vec![slack.types(user, channel, "/sir", line)]),
            ("alias", vec![slack.types(user, channel, "/security-ir", line)]),
            ("mention", slack.says(user, channel, &format!("<@{bot}> {line}"), Some(&self.card)).1),
            // A button that was made for somebody else, with another line in it.
            ("button", vec![self.pressed(&click, user, line)]),
        ]
    }

    pub(super) fn pressed(&self, click: &SignedRequest, user: &UserId, line: &str) -> SignedRequest {
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&click.body).unwrap();
        let mut payload: Value = serde_json::from_str(&form[0].1).unwrap();
        payload["user"]["id"] = json!(user);
        payload["actions"][0]["value"] = json!(line);
        let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
        self.stage.slack.signed(&click.path, "application/x-www-form-urlencoded", body)
    }

    /// Brings it, and does what comes of it: the operations that AWS was asked for.
    async fn tries(&self, sent: Vec<SignedRequest>) -> BTreeSet<String> {
        self.stage.sir.take_calls();
        self.stage.hub.take_calls();
        for delivery in sent {
            assert_eq!(self.stage.deliver(&delivery).await.0, 200);
        }
        self.stage.work(&self.stage.jobs()).await;
        let calls = self.stage.sir.take_calls().into_iter().chain(self.stage.hub.take_calls());
        calls.map(|call| call.operation).collect()
    }
}

impl Attack<'_> {
    /// Tries a line with every trick by every door; the answer is how often.
    async fn is_beaten_off(&self, (place, user): (usize, &UserId), (line, least): (&str, usize)) -> usize {
        let (stage, mut cells) = (self.stage, 0);
        for trick in TRICKS {
            let line = trick(&line.replace("CASE", self.case.as_str()));
            for (door, sent) in self.doors(user, &line) {
                let what = format!("{} {line:?} by {door}", PEOPLE[place]);
                let (before, read) = (stage.trail().len(), stage.slack.ephemerals(user).len());
                let asked = self.tries(sent).await;
                assert!(asked.iter().all(|one| !writes().contains(one.as_str())), "{what}: {asked:?}");
                let reads_nothing = least == 1 || asked.is_empty();
                assert!(reads_nothing, "{what}: {asked:?}");
                let shown = stage.since(user, read);
                assert!(!shown.contains("CANARY"), "{what}: {shown}");
                let lines = stage.trail().split_off(before);
                let refused = lines.iter().all(|line| line.decision == Decision::Refused);
                assert!(refused && lines.len() <= 1, "{what}: {lines:?}");
                // Of what could not be understood, or comes from a bot, nobody is told anything.
                assert!(
                    lines.len() == 1 || PEOPLE[place] == "bot" || shown.contains("not"),
                    "{what}: {shown}"
                );
                cells += 1;
            }
        }
        cells
    }
}

pub(super) fn writes() -> BTreeSet<&'static str> {
    let all = Operation::ALL.iter().filter(|operation| !operation.is_read());
    all.map(|operation| operation.name()).collect()
}

pub(super) async fn people(stage: &mut Stage) -> Vec<UserId> {
    let add = |name: &str, more: Value| stage.slack.add_user(name, &format!("{name}@example.com"), &more);
    let [nobody, viewer, responder, commander] =
        ["nobody", "viewer", "responder", "commander"].map(|name| add(name, json!({})));
    let gone = add("gone", json!({ "deleted": true }));
    let guest = stage.slack.add_guest("guest", "guest@example.com");
    let bot = stage.slack.add_bot("other");
    let stranger = stage.slack.add_stranger("stranger", "stranger@example.com");
    let all = vec![nobody, viewer, responder, commander, guest, bot, stranger, gone];
    let named = |at: usize| MemberId::new(all[at].clone());
    stage.settings.roles.viewer.push(named(1));
    stage.settings.roles.responder.push(named(2));
    stage.settings.roles.commander.push(named(3));
    stage.settings.roles.admin.extend((4..8).map(named));
    all.iter().for_each(|user| stage.slack.set_member(&stage.channel, user, true));
    all
}

#[tokio::test]
async fn whoever_may_not_may_not_by_any_door_and_with_any_trick_and_each_try_is_a_line_of_the_trail() {
    let mut stage = Stage::set().await;
    let people = people(&mut stage).await;
    let case = stage.sir.console_creates_case("CANARY title");
    let card = stage.card_of(&case).await;
    let channel = stage.channel.clone();
    let attack = Attack { stage: &stage, case: case.clone(), channel, card };
    let mut cells = 0;
    for (place, user) in people.iter().enumerate() {
        for (line, least) in LINES.iter().filter(|(_, least)| place < *least || place >= 4) {
            cells += attack.is_beaten_off((place, user), (line, *least)).await;
        }
    }
    assert_eq!(stage.sir.case(&case).unwrap()["title"], "CANARY title");
    assert!(cells >= 300, "{cells}");
    std::io::stderr().write_all(format!("{cells} tries, none done\n").as_bytes()).unwrap();
}

/// Everybody is what they are for all other cases; the route of this one names somebody else.
#[tokio::test]
async fn a_role_for_all_other_cases_opens_no_door_to_those_of_a_route() {
    let (mut stage, admin) = (routes::stage().await, ana());
    let people = people(&mut stage).await;
    let case = stage.sir.console_creates_case("CANARY payments");
    stage.notify().await;
    let (channel, card) = stage.card(&case).await;
    people.iter().chain([&admin]).for_each(|user| stage.slack.set_member(&channel, user, true));
    let attack = Attack { stage: &stage, case: case.clone(), channel, card };
    let everybody = people.iter().enumerate().chain([(ADMIN, &admin)]).collect::<Vec<_>>();
    let mut cells = 0;
    for (place, user) in everybody {
        for (line, least) in LINES.iter().filter(|(line, _)| line.contains("CASE")) {
            cells += attack.is_beaten_off((place, user), (line, *least)).await;
        }
    }
    assert_eq!(stage.sir.case(&case).unwrap()["title"], "CANARY payments");
    assert!(cells >= 900, "{cells}");
    std::io::stderr().write_all(format!("{cells} tries at a route, none done\n").as_bytes()).unwrap();
}
