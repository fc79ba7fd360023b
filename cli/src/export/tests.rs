use std::path::Path;

use casebridge::{
    aws::sir::{Answer, Call},
    case::CaseId,
    runtime::World,
};
use casebridge_lab::{
    stage::{ANA, Stage, ana, bo},
    standins::FaultRule,
};
use serde_json::{Value, json};

use super::{
    verify::{Difference, LineDifference, VerifyError},
    *,
};

/// A folder of this test's own, until the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn of(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("casebridge-export-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A pair of keys; the private one's file, and the public one's.
    fn keys(&self) -> (PathBuf, PathBuf) {
        let (private, public) = (self.path("key"), self.path("key.pub"));
        keys::make(&private).expect("a pair of keys");
        (private, public)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A case on which something of each kind happened.
async fn lived(stage: &Stage) -> CaseId {
    let case = stage.sir.aws_creates_case("Key <b>leaked</b>");
    stage.arrive(&stage.events().await).await;
    stage
        .sir
        .aws_comments(&case, "AWS Responder", "Did you make it?\n<script>alert(1)</script>")
        .expect("told");
    stage
        .sir
        .investigates(&case, &json!({ "title": "Sign-ins", "content": "Three of them" }))
        .expect("looked");
    stage.sir.aws_attaches(&case, "auth.log", "03:10 web-2 is off\n").expect("attached");
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{case} comment No, and it is off")).await;
    stage.types(&bo(), &format!("{case} close")).await;
    stage.ana(&format!("{case} close")).await;
    stage.presses(&ana(), "confirm/1").await;
    stage.arrive(&stage.events().await).await;
    case
}

fn sources<'a>(stage: &'a Stage, files: Option<&'a Path>) -> Sources<'a> {
    let (settings, secrets, until) = (&stage.settings, &stage.secrets, Millis::MAX);
    let world = &stage.world;
    let slack = Slack::new(world, settings, secrets, until);
    let jira = Jira::new(world, settings, secrets, until);
    Sources { world, slack, jira, trail: Ok(stage.trail()), withdrawn: false, files }
}

/// Exports a case of the stage into a folder; what its timeline says.
async fn exported(stage: &Stage, case: &CaseId, folder: &Path, key: &Path) -> Vec<Value> {
    fs::create_dir_all(folder).expect("a folder");
    let entries = collect::case(&sources(stage, Some(folder)), case).await.expect("all is read");
    let by = "arn:aws:sts::111122223333:assumed-role/ops/ana".to_owned();
    let key = SigningKey::read(key).expect("a key");
    let export = Export { case: case.clone(), at: AuditLine::time(stage.now()), by, key };
    export.write(folder, entries).expect("it is written");
    let timeline = fs::read_to_string(folder.join(TIMELINE)).expect("a timeline");
    timeline.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn differs(folder: &Path, key: &Path) -> Vec<Difference> {
    match verify::run(folder, key) {
        Ok(_) => Vec::new(),
        Err(VerifyError::Differs { found, .. }) => found,
        Err(other) => panic!("{other}"),
    }
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_says_what_the_service_says_what_was_told_where_and_who_did_it() {
    let (stage, scratch) = (Stage::set().await, Scratch::of("whole"));
    let case = lived(&stage).await;
    let ((private, public), folder) = (scratch.keys(), scratch.path("out"));
    let lines = exported(&stage, &case, &folder, &private).await;
    assert_eq!(differs(&folder, &public), []);
    assert_eq!(of_kind(&lines, "missing"), Vec::<&Value>::new());
    assert_eq!(of_kind(&lines, "case")[0]["case"]["status"], "Closed");
    let Ok(Answer::Comments(comments)) =
        stage.world.call(Call::ListComments { case: case.clone(), next: None }).await
    else {
        panic!("no comments")
    };
    let bodies: Vec<_> = of_kind(&lines, "comment").iter().map(|line| line["body"].clone()).collect();
    let mut said: Vec<_> = comments.items.iter().map(|one| (one.id.clone(), json!(one.body))).collect();
    said.sort_by_key(|(id, _)| id.clone());
    assert_eq!(bodies, said.into_iter().map(|(_, body)| body).collect::<Vec<_>>());
    let actions: Vec<_> = of_kind(&lines, "edit").iter().map(|line| line["action"].clone()).collect();
    assert!(actions.contains(&json!("CLOSE_CASE")) && actions.len() >= 4, "{actions:?}");
    assert_eq!(of_kind(&lines, "investigation")[0]["content"], "Three of them");
    let file = of_kind(&lines, "file")[0];
    assert_eq!(file["sha256"], chain::sha256(b"03:10 web-2 is off\n"));
    assert_eq!(fs::read(folder.join("attachments/01-auth.log")).expect("a file"), b"03:10 web-2 is off\n");
    let acts: Vec<_> = of_kind(&lines, "act").iter().map(|line| line["line"]["decision"].clone()).collect();
    assert!(acts.contains(&json!("refused")) && acts.contains(&json!("allowed")), "{acts:?}");
    assert!(
        of_kind(&lines, "person").iter().any(|line| line["id"] == ANA && line["name"] == "ana"),
        "{lines:?}"
    );
    for target in ["slack", "jira"] {
        let told: Vec<_> =
            of_kind(&lines, "told").into_iter().filter(|line| line["target"] == target).collect();
        let comment = format!("comment/{}/0", comments.items[0].id);
        let told = told.iter().find(|line| line["key"] == comment.as_str());
        assert!(told.is_some_and(|line| line["at"].is_string() && line["by"] == "Casebridge"), "{target}");
        assert!(of_kind(&lines, "place").iter().any(|line| line["target"] == target), "{target}");
    }
    let times: Vec<_> =
        lines.iter().filter(|line| line["kind"] == "comment" || line["kind"] == "edit").collect();
    assert!(times.is_sorted_by_key(|line| line["at"].as_str()), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_holds_each_word_and_nothing_that_a_browser_runs_or_fetches() {
    let (stage, scratch) = (Stage::set().await, Scratch::of("page"));
    let case = lived(&stage).await;
    let folder = scratch.path("out");
    exported(&stage, &case, &folder, &scratch.keys().0).await;
    let page = fs::read_to_string(folder.join(PAGE)).expect("a page");
    for words in [
        "Key &lt;b&gt;leaked&lt;/b&gt;",
        "Did you make it?\n&lt;script&gt;alert(1)&lt;/script&gt;",
        "No, and it is off",
        "Three of them",
        "role: commander",
        "@media print",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    for markup in ["<script", "<link", "<img", "<a ", "href=", "url(", "@import", "http://", "https://"] {
        assert!(!page.contains(markup), "{markup}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_in_an_export_is_named_file_by_file_and_line_by_line() {
    let (stage, scratch) = (Stage::set().await, Scratch::of("tamper"));
    let case = lived(&stage).await;
    let ((private, public), folder) = (scratch.keys(), scratch.path("out"));
    exported(&stage, &case, &folder, &private).await;
    let all = [TIMELINE, PAGE, "attachments/01-auth.log", MANIFEST, SIGNATURE];
    let count = |path: &Path| fs::read_dir(path).expect("a folder").count();
    assert_eq!(count(&folder) - 1 + count(&folder.join("attachments")), all.len(), "no file is left out");
    for name in all {
        let (path, named) = (folder.join(name), name.to_owned());
        let bytes = fs::read(&path).expect("it is there");
        let is_signed = [MANIFEST, SIGNATURE].contains(&name);
        let broken = if is_signed { Difference::Signature } else { Difference::Differs(named.clone()) };
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            fs::write(&path, other).expect("written");
            assert_eq!(differs(&folder, &public)[0], broken, "{name} at {at}");
        }
        for other in [bytes[..bytes.len() - 1].to_vec(), [&bytes[..], b" "].concat(), Vec::new()] {
            fs::write(&path, other).expect("written");
            assert_eq!(differs(&folder, &public)[0], broken, "{name}");
        }
        fs::remove_file(&path).expect("removed");
        assert_eq!(differs(&folder, &public)[0], Difference::Missing(named), "{name}");
        fs::write(&path, bytes).expect("written");
    }
    for name in ["more.txt", "attachments/02-x", ".hidden"] {
        fs::write(folder.join(name), "x").expect("written");
        assert_eq!(differs(&folder, &public), [Difference::Added(name.to_owned())]);
        fs::remove_file(folder.join(name)).expect("removed");
    }
    assert_eq!(differs(&folder, &public), []);
    each_line(&folder, &public);
}

fn each_line(folder: &Path, public: &Path) {
    let path = folder.join(TIMELINE);
    let text = fs::read_to_string(&path).expect("a timeline");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 20, "{}", lines.len());
    for at in 0..lines.len() {
        let changed = lines[at].replacen(':', ": ", 1);
        let replaced = [&lines[..at], &[&changed], &lines[at + 1..]].concat();
        let removed = [&lines[..at], &lines[at + 1..]].concat();
        let added = [&lines[..at], &["{\"kind\":\"forged\"}"], &lines[at..]].concat();
        for (now, how) in [
            (replaced, LineDifference::Differs),
            (removed, LineDifference::Missing),
            (added, LineDifference::Added),
        ] {
            fs::write(&path, now.join("\n") + "\n").expect("written");
            let expected = [Difference::Differs(TIMELINE.to_owned()), Difference::Line { line: at + 1, how }];
            assert_eq!(differs(folder, public), expected);
        }
    }
    fs::write(&path, text).expect("written");
    assert_eq!(differs(folder, public), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_rewrites_the_manifest_without_the_key_is_found_out_and_so_is_a_link_that_leads_elsewhere() {
    let (stage, scratch) = (Stage::set().await, Scratch::of("forged"));
    let case = lived(&stage).await;
    let ((private, public), folder) = (scratch.keys(), scratch.path("out"));
    exported(&stage, &case, &folder, &private).await;
    let forger = Scratch::of("forger");
    let other = SigningKey::read(&forger.keys().0).expect("a key");
    let bytes = fs::read(folder.join(MANIFEST)).expect("a manifest");
    let signature = fs::read(folder.join(SIGNATURE)).expect("a signature");
    fs::write(folder.join(SIGNATURE), other.sign(&bytes)).expect("written");
    assert_eq!(differs(&folder, &public), [Difference::Signature]);
    // The right key on a manifest whose chain is not of its files.
    let mut manifest = Manifest::read(&bytes).expect("a manifest");
    manifest.files.swap(0, 1);
    let swapped = manifest.json();
    fs::write(folder.join(MANIFEST), &swapped).expect("written");
    fs::write(folder.join(SIGNATURE), SigningKey::read(&private).expect("a key").sign(swapped.as_bytes()))
        .expect("written");
    assert_eq!(differs(&folder, &public), [Difference::Manifest]);
    fs::write(folder.join(MANIFEST), bytes).expect("written");
    fs::write(folder.join(SIGNATURE), signature).expect("written");
    assert_eq!(differs(&folder, &public), []);
    #[cfg(unix)]
    {
        let page = folder.join(PAGE);
        fs::rename(&page, scratch.path("elsewhere")).expect("moved");
        std::os::unix::fs::symlink(scratch.path("elsewhere"), &page).expect("linked");
        assert_eq!(differs(&folder, &public), [Difference::Differs(PAGE.to_owned())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_in_the_export_and_what_the_service_withholds_ends_it() {
    let (stage, scratch) = (Stage::set().await, Scratch::of("gaps"));
    let case = lived(&stage).await;
    stage.sir.fault(FaultRule::on("ListTagsForResource").error("AccessDeniedException"));
    stage.sir.fault(FaultRule::on("ListInvestigations").error("AccessDeniedException"));
    stage.sir.fault(FaultRule::on("GetCaseAttachmentDownloadUrl").error("AccessDeniedException"));
    stage.slack.fault(FaultRule::on("users.info").error("user_not_visible"));
    stage.jira.fault(FaultRule::on("getComments").error("404"));
    let trail = Err("CASEBRIDGE_AUDIT_GROUP is not set".to_owned());
    let asked = Sources { trail, ..sources(&stage, Some(&scratch.0)) };
    let found = collect::case(&asked, &case).await.expect("the rest is read");
    let missing: Vec<_> = found
        .iter()
        .filter_map(|entry| match &entry.what {
            EntryKind::Missing { what, .. } => Some(what.as_str()),
            EntryKind::File(file) => match &file.fetched {
                Fetched::Not { not_fetched } => Some(not_fetched.as_str()),
                Fetched::Here { .. } => None,
            },
            _ => None,
        })
        .collect();
    let expected = [
        "what AWS's agent found",
        "the case's tags",
        "when it was told in Jira",
        "the audit trail",
        "the service refused it (Denied)",
    ];
    assert_eq!(missing, expected);
    stage.sir.fault(FaultRule::on("ListCaseEdits").error("AccessDeniedException"));
    let refused = collect::case(&sources(&stage, None), &case).await;
    assert!(matches!(refused, Err(CollectError::Service { operation: "ListCaseEdits", .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_earlier_text_is_told_and_what_was_taken_back_only_where_it_is_asked_for() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.arrive(&stage.events().await).await;
    let card = stage.card_of(&case).await;
    for (words, later) in [("It was Bo", "It was Cy"), ("The key is Bo's canary", "")] {
        let (ts, said) = stage.slack.says(&ana(), &stage.channel, words, Some(&card));
        let changed = match later {
            "" => stage.slack.deletes(&stage.channel, &ts),
            later => stage.slack.edits(&ana(), &stage.channel, &ts, later),
        };
        for delivery in said.into_iter().chain(changed) {
            assert_eq!(stage.deliver(&delivery).await.0, 200);
            assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        }
    }
    let told = async |withdrawn: bool| {
        let asked = Sources { withdrawn, ..sources(&stage, None) };
        let entries = collect::case(&asked, &case).await.expect("all is read");
        (entries.iter().map(TimelineEntry::json).collect::<String>(), page::page(&entries))
    };
    let (timeline, page) = told(false).await;
    for text in [&timeline, &page] {
        assert!(text.contains("It was Bo") && text.contains("It was Cy"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
    let (timeline, page) = told(true).await;
    assert!(timeline.contains("canary") && page.contains("canary"), "{timeline}");
}

#[test]
fn a_key_is_never_overwritten_and_one_of_openssls_signs_as_well() {
    let scratch = Scratch::of("keys");
    let (private, public) = scratch.keys();
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&private).expect("a file").permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(matches!(keys::make(&private), Err(KeyError::Taken(path)) if path == private));
    fs::remove_file(&private).expect("removed");
    assert!(matches!(keys::make(&private), Err(KeyError::Taken(path)) if path == public));
    let (theirs, beside) = (scratch.path("openssl"), scratch.path("openssl.pub"));
    fs::write(
        &theirs,
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJoWry/FRg0wGe+K6S6yzlaFkhnUan8fQQZdWcn/ss0H\n-----END PRIVATE KEY-----\n",
    )
    .expect("written");
    fs::write(
        &beside,
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAZw6ihRwbGwTfl4cB/KPoV8KA8hw5gU2N0jOe83kPUWg=\n-----END PUBLIC KEY-----\n",
    )
    .expect("written");
    let (key, known) =
        (SigningKey::read(&theirs).expect("a key"), keys::VerifyingKey::read(&beside).expect("a key"));
    assert_eq!(key.public(), known);
    assert!(known.has_signed(b"text", &key.sign(b"text")) && !known.has_signed(b"texT", &key.sign(b"text")));
    assert!(matches!(SigningKey::read(&beside), Err(KeyError::Private(_))));
    assert!(matches!(keys::VerifyingKey::read(&theirs), Err(KeyError::Public(_))));
}
