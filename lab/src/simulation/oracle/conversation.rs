//! Did what people said on each side come to the case: each message once, in its newest words, under its writer's name, in
//! its side's order, with its file, and nothing that was not for everybody or was taken back?

use casebridge::case::CaseId;

use super::{
    super::{
        conversation::{Side, Speech},
        history::{CaseHistory, Remark},
        story::case_id,
        world::Shared,
    },
    Defect, Findings,
    read::plain,
    speaker,
};

/// Asks of all that people wrote in Slack and Jira. What stands on the case is compared with Slack and Jira elsewhere.
pub fn judge(judge: &mut Findings<'_>, world: &Shared) {
    let (talk, id) = (world.conversation.borrow(), case_id(0));
    let history = world.history.borrow();
    let Some(life) = history.0.get(&id).filter(|_| !talk.all.is_empty()) else { return };
    let carries =
        |remark: &&Remark, one: &Speech| remark.said.iter().any(|(_, text)| text.contains(&one.token));
    for one in talk.all.iter().filter(|one| one.side != Side::Console) {
        let remarks: Vec<&Remark> = life.comments.iter().filter(|remark| carries(remark, one)).collect();
        let text = plain(one.text());
        match (&remarks[..], one.stands()) {
            ([], false) => {}
            ([], true) => judge.says(Defect::Lost, format!("{text:?} is not on the case")),
            ([_, ..], _) => {
                once(judge, one, &remarks);
                as_it_is(judge, one, &remarks);
            }
        }
        nowhere_else(judge, world, one);
        with_its_file(judge, world, (&id, one), &talk.all);
    }
    copies(judge, world, &id, &talk.all);
    if world.kept_words {
        in_order(judge, &talk.all, life);
    }
}

fn once(judge: &mut Findings<'_>, one: &Speech, remarks: &[&Remark]) {
    if let [first, _, ..] = remarks {
        let times = remarks.len();
        judge.says(Defect::Doubled, format!("{:?} is on the case {times} times", first.text()));
    }
    if one.never_open {
        judge.says(Defect::Untrue, format!("{:?} was not for everybody, and went to AWS", one.token));
    }
}

/// The line that names who speaks, and what is said.
fn parted(body: &str) -> (&str, &str) {
    body.split_once('\n').unwrap_or(("", body))
}

/// The case says what was said, as whoever said it, or that it was taken back.
fn as_it_is(judge: &mut Findings<'_>, one: &Speech, remarks: &[&Remark]) {
    for remark in remarks {
        let (line, words) = parted(remark.text());
        let (who, words, said) = (speaker(line), plain(words), shown(one, &plain(one.text())));
        if who != one.who {
            judge
                .says(Defect::Untrue, format!("{:?} of {} is on the case as of {who:?}", one.token, one.who));
        }
        match one.stands() {
            true if words != said => {
                judge.says(Defect::Lost, format!("{said:?} of {} reads {words:?} on the case", one.who));
            }
            false if !words.starts_with("[withdrawn by ") => {
                judge.says(Defect::Untrue, format!("{words:?} was taken back, and AWS reads it"));
            }
            true | false => {}
        }
    }
}

fn shown(one: &Speech, text: &str) -> String {
    let place = if one.side == Side::Slack { "message in Slack" } else { "comment in Jira" };
    match &one.file {
        Some(file) => format!("{text} [On this {place}: {}]", file.name),
        None => text.to_owned(),
    }
}

/// What was never for everybody was never shown by us; what was taken back is shown no more.
fn nowhere_else(judge: &mut Findings<'_>, world: &Shared, one: &Speech) {
    if one.stands() {
        return;
    }
    let journals = [("Slack", &world.services.in_slack), ("Jira", &world.services.in_jira)];
    for (place, journal) in journals {
        let journal = journal.borrow();
        let shown = journal.all.iter().filter(|shown| shown.ours).find(|shown| {
            let ever = one.never_open && shown.said.iter().any(|(_, text)| text.contains(&one.token));
            ever || shown.gone.is_none() && shown.text().contains(&one.token)
        });
        if let Some(shown) = shown {
            let what = if one.never_open { "not for everybody" } else { "taken back" };
            judge.says(Defect::Untrue, format!("{:?} is {what}, and {place} shows it", shown.text()));
        }
    }
}

/// A file is on the case once, byte for byte. One of a message that was taken back may have come before.
fn with_its_file(judge: &mut Findings<'_>, world: &Shared, (case, one): (&CaseId, &Speech), all: &[Speech]) {
    let Some(file) = &one.file else { return };
    let doubtful = in_doubt(one, all);
    let is = world.sir().case(case).unwrap_or_default();
    let names = is["caseAttachments"].as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(|one| one["fileName"].as_str()).collect();
    let has =
        |name: &&&str| world.sir().attachment(case, name).is_some_and(|bytes| bytes == file.bytes.as_bytes());
    let times = names.iter().filter(has).count();
    match times {
        0 if one.stands() && !doubtful => {
            judge.says(Defect::Lost, format!("the file of {:?} is not on the case", one.token))
        }
        0 | 1 => {}
        _ => judge.says(Defect::Doubled, format!("the file of {:?} is on the case {times} times", one.token)),
    }
    if one.never_open && times > 0 {
        judge.says(Defect::Untrue, format!("the file of {:?} was not for everybody", one.token));
    }
}

/// In Jira a comment shows a file by its name alone: what one of them keeps back may be the other's.
fn in_doubt(one: &Speech, all: &[Speech]) -> bool {
    let name_of = |one: &Speech| one.file.as_ref().map(|file| file.name.clone());
    let hides =
        |other: &Speech| other.side == Side::Jira && !other.stands() && name_of(other) == name_of(one);
    one.side == Side::Jira && one.file.is_some() && all.iter().any(hides)
}

/// Each file of the case stands once in Slack and once in Jira, not again where it came from, and nowhere once what brought it
/// was taken back. On a case that was closed meanwhile it may lack.
fn copies(judge: &mut Findings<'_>, world: &Shared, case: &CaseId, all: &[Speech]) {
    let is = world.sir().case(case).unwrap_or_default();
    let files = is["caseAttachments"].as_array().into_iter().flatten();
    let names = files
        .filter(|file| file["attachmentStatus"] == "Verified")
        .filter_map(|file| file["fileName"].as_str());
    let (slack, jira) = (copies_in_slack(world), copies_in_jira(world));
    for name in names {
        let bytes = world.sir().attachment(case, name).unwrap_or_default();
        let of = |one: &&Speech| one.file.as_ref().is_some_and(|file| bytes == file.bytes.as_bytes());
        let from = all.iter().find(of);
        let (in_slack, in_jira) = match from.map(|one| (one.side, one.stands())) {
            None | Some((Side::Console, _)) => (1..=1, 1..=1),
            Some((Side::Slack, true)) => (0..=0, 1..=1),
            Some((Side::Slack, false)) => (0..=0, 0..=0),
            Some((Side::Jira, true)) if !from.is_some_and(|one| in_doubt(one, all)) => (1..=1, 0..=0),
            // A comment that is deleted leaves its file on the issue; one that is restricted takes it back.
            Some((Side::Jira, _)) => (0..=1, 0..=0),
        };
        for (place, there, wanted) in [("Slack", &slack, in_slack), ("Jira", &jira, in_jira)] {
            let times = there.iter().filter(|copy| *copy == name).count();
            if times > *wanted.end() {
                judge.says(
                    Defect::Doubled,
                    format!("{name} of {from:?} is {times} times in {place}, not {wanted:?}"),
                );
            }
            if times < *wanted.start() && is["caseStatus"] != "Closed" {
                judge.says(Defect::Lost, format!("{name} of {from:?} is not in {place}"));
            }
        }
    }
}

fn copies_in_slack(world: &Shared) -> Vec<String> {
    let state = world.slack().state();
    let channels = state["channels"].as_object().into_iter().flat_map(|all| all.values());
    let messages = channels.filter_map(|channel| channel["messages"].as_array()).flatten();
    let ours = messages.filter(|one| !one["bot_id"].is_null()).filter_map(|one| one["files"].as_array());
    ours.flatten().filter_map(|file| file["title"].as_str().map(str::to_owned)).collect()
}

fn copies_in_jira(world: &Shared) -> Vec<String> {
    let (state, own) = (world.jira().state(), world.jira().own_account());
    let issues = state["issues"].as_object().into_iter().flat_map(|all| all.values());
    let files = issues.filter_map(|issue| issue["fields"]["attachment"].as_array()).flatten();
    let ours = files.filter(|file| file["author"]["accountId"] == own.as_str());
    ours.filter_map(|file| file["filename"].as_str().map(str::to_owned)).collect()
}

/// What came in its order stands in it, where nobody died over it.
fn in_order(judge: &mut Findings<'_>, all: &[Speech], life: &CaseHistory) {
    for side in [Side::Slack, Side::Jira] {
        let theirs = all.iter().filter(|one| one.side == side);
        if !theirs.clone().all(|one| one.in_order) {
            continue;
        }
        let place =
            |one: &Speech| life.comments.iter().position(|remark| remark.said[0].1.contains(&one.token));
        if !theirs.filter_map(place).is_sorted() {
            judge.says(Defect::OutOfOrder, format!("what was said in {side:?} does not stand in its order"));
        }
    }
}
