//! Is every call that a client can make in one of the tables? The names are read from the clients' own source.

use std::{collections::BTreeSet, fs};

use casebridge::aws::sir::Operation;

use super::{asked, calls, door, news, reads, service};

/// Calls that the clients can make and no function asks for: nothing follows from their failure.
const UNASKED: [&str; 6] =
    ["chat.getPermalink", "createWebhook", "findUsers", "getWebhooks", "searchProjects", "updateWebhook"];

/// Calls of what is taken back: `tests/command/withdrawn.rs` and `tests/command/receipts.rs` let them fail.
const TAKEN_BACK: [&str; 2] = ["getComment", "reactions.remove"];

/// Of what people do in Jira: `tests/command/issue_files.rs` and `jira_people.rs` let them fail.
const IN_JIRA: [&str; 2] = ["getAttachmentContent", "getUserGroups"];

/// Of a case's own room: `tests/notify/rooms.rs` and `tests/command/need_to_know.rs` let them fail.
const OF_A_ROOM: [&str; 5] =
    ["bookmarks.add", "bookmarks.edit", "bookmarks.list", "conversations.archive", "pins.add"];

/// Of a file's copy: `tests/command/copies.rs` lets them fail, or sees that nothing stays when they were asked.
const OF_A_COPY: [&str; 5] = [
    "addAttachment",
    "files.completeUploadExternal",
    "files.delete",
    "files.getUploadURLExternal",
    "removeAttachment",
];

/// What Jira's client calls its requests, and the operation of each.
const JIRA: [(&str, &str); 27] = [
    ("add file", "addAttachment"),
    ("comment", "addComment"),
    ("comments", "getComments"),
    ("create issue", "createIssue"),
    ("delete comment", "deleteComment"),
    ("delete file", "removeAttachment"),
    ("edit comment", "updateComment"),
    ("fields", "getCreateIssueMetaIssueTypeId"),
    ("find issue", "searchAndReconsileIssuesUsingJqlPost"),
    ("groups", "getUserGroups"),
    ("issue types", "getCreateIssueMetaIssueTypes"),
    ("myself", "getCurrentUser"),
    ("newest issue", "searchAndReconsileIssuesUsingJqlPost"),
    ("new webhook", "createWebhook"),
    ("people", "findUsers"),
    ("permissions", "getMyPermissions"),
    ("projects", "searchProjects"),
    ("read comment", "getComment"),
    ("read file", "getAttachmentContent"),
    ("read issue", "getIssue"),
    ("remote link", "createOrUpdateRemoteIssueLink"),
    ("set fields", "editIssue"),
    ("set webhook", "updateWebhook"),
    ("statuses", "getAllStatuses"),
    ("transition", "doTransition"),
    ("transitions", "getTransitions"),
    ("webhooks", "getWebhooks"),
];

/// The source of a client, without its tests.
fn source(of: &str) -> String {
    let folder = format!("{}/src/{of}", env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // What is read of a document asks nobody anything: the folders hold no client.
    let files = entries.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap());
    files.map(|text| text.split("#[cfg(test)]").next().unwrap().to_owned()).collect()
}

/// The strings of a source that follow one of these words.
fn strings_after(source: &str, words: &[&str]) -> BTreeSet<String> {
    let all = words.iter().flat_map(|word| source.split(word).skip(1));
    all.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).map(str::to_owned).collect()
}

/// Slack's methods, as their enum names them.
fn slack_methods() -> BTreeSet<String> {
    let file = format!("{}/src/targets/slack/method.rs", env!("CARGO_MANIFEST_DIR"));
    let found = strings_after(&fs::read_to_string(file).unwrap(), &["=>"]);
    found.into_iter().chain(["download".to_owned()]).collect()
}

fn jira_operations() -> BTreeSet<String> {
    let found = strings_after(&source("targets/jira"), &["what:", "let what ="]);
    let known: BTreeSet<String> = JIRA.iter().map(|(what, _)| (*what).to_owned()).collect();
    assert_eq!(found, known, "every request of the client has its operation here");
    JIRA.iter().map(|(_, operation)| (*operation).to_owned()).collect()
}

/// Every call of every table.
fn in_a_table() -> BTreeSet<String> {
    let told = calls::CALLS.iter().map(|call| call.1);
    let read = reads::SIR_READS.into_iter().chain(reads::FINDS.iter().map(|find| find.2));
    let services = service::SERVICE.iter().map(|row| row.0);
    let asked = asked::ASKED.iter().map(|row| row.1);
    let opened = door::OPENED.iter().map(|row| row.0);
    let all = told.chain(read).chain(services).chain(asked).chain(opened).chain(news::CALLS);
    all.chain(UNASKED)
        .chain(TAKEN_BACK)
        .chain(IN_JIRA)
        .chain(OF_A_ROOM)
        .chain(OF_A_COPY)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_call_that_a_client_can_make_is_in_a_table() {
    let operations = Operation::ALL.iter().map(|operation| operation.name().to_owned());
    let files = ["PUT attachment".to_owned()];
    let possible: BTreeSet<String> =
        operations.chain(slack_methods()).chain(jira_operations()).chain(files).collect();
    assert!(slack_methods().len() > 20, "{:?}", slack_methods());
    let table = in_a_table();
    assert_eq!(possible.difference(&table).collect::<Vec<_>>(), Vec::<&String>::new(), "no table has these");
    assert_eq!(
        table.difference(&possible).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "no client makes these"
    );
}
