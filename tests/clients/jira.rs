//! The client of Jira.

use casebridge::{
    case::{AccountId, CaseId, DeploymentId, Email, IssueCommentId, IssueId, IssueKey, author::Author},
    config::secrets::Secret,
    http::Failure,
    state::key::Plainness,
    targets::{
        content::{Content, Part},
        jira::{
            self, CommentRef, Created, FoundIssues, IssueRef, IssueStatus, IssueText, Jira, Moved, RemoteLink,
        },
        mark::Mark,
    },
};
use casebridge_lab::{
    stage::{Stage, nobody},
    standins::{self, Canned, FaultRule},
};
use serde_json::{Value, json};

use crate::{HOUR, Outcome, heard_once, outcome, troubles};

const EVIL: &str =
    "[~accountid:5b10ac8d82e05b22cc7d4ef5] @Ana https://evil.example {code} h1. *b*\n\u{202e}x\0";

/// Jira's client of a stage.
trait Clients {
    fn client(&self) -> Jira<'_>;
}

impl Clients for Stage {
    fn client(&self) -> Jira<'_> {
        Jira {
            world: &self.world,
            settings: self.settings.jira.as_ref().unwrap(),
            email: &self.secrets.jira_email,
            token: &self.secrets.jira_api_token,
            until: i64::MAX,
        }
    }
}

/// A stage whose issues get a label more.
async fn site() -> Stage {
    Stage::with("", "labels = ['incident']\n").await
}

fn case() -> CaseId {
    CaseId::new("1234567890")
}

fn document(text: &str) -> Value {
    let part = Part { index: 0, of: 1, text: text.to_owned() };
    let author = Author::Jira { name: text.to_owned() };
    jira::content(
        &Content::Comment { author, speaker: None, at: 1_795_262_400, edited: None, part, call: None },
        Plainness::Full,
    )
}

fn new_issue(case: &CaseId) -> IssueText<'_> {
    text(case, "Unusual API calls", "words")
}

/// As the stage's deployment writes it.
fn signed(mark: &str) -> Mark {
    Mark::new(mark).signed(Some(&DeploymentId::new("one")))
}

/// What was made for the case.
async fn found(client: &Jira<'_>) -> Result<Vec<Created>, Failure> {
    Ok(client.issues_of(&case(), 0).await?.ours.into_iter().map(|ours| ours.issue).collect())
}

fn text<'c>(case: &'c CaseId, summary: &str, words: &str) -> IssueText<'c> {
    let mark = Mark::new(format!("{case}/home#{summary}"));
    IssueText { case, mark, summary: summary.to_owned(), description: document(words) }
}

#[tokio::test]
async fn an_issue_is_made_with_its_label_and_property_and_found_by_them_once_the_index_knows_it() {
    let site = site().await;
    let client = site.client();
    site.jira.set_index_lag(None);
    let made = client.create_issue(new_issue(&case())).await.unwrap();
    let issue = site.jira.issue(made.key.as_str()).unwrap();
    assert_eq!(issue["fields"]["labels"], json!(["aws-sir-1234567890", "incident"]));
    let mark = "1234567890/home#Unusual API calls";
    assert_eq!(issue["properties"], json!({"casebridge": {"case": "1234567890", "mark": mark, "by": "one"}}));
    assert_eq!(issue["fields"]["summary"], "Unusual API calls");
    assert_eq!(found(&client).await, Ok(vec![]), "the index lags behind");
    site.jira.index_now();
    assert_eq!(found(&client).await, Ok(vec![made]));
    assert_eq!(client.issues_of(&CaseId::new("1234567891"), 0).await, Ok(FoundIssues::default()));
}

#[tokio::test]
async fn an_issue_that_a_person_labelled_is_not_taken_for_ours() {
    let site = site().await;
    let client = site.client();
    let theirs = site.jira.person_creates(&site.jira.ana(), "not yours");
    let labels = json!({"labels": ["aws-sir-1234567890"]});
    site.jira.person_edits(&site.jira.ana(), &theirs, &labels).unwrap();
    let other = client.create_issue(new_issue(&CaseId::new("9876543210"))).await.unwrap();
    site.jira.person_edits(&site.jira.ana(), other.key.as_str(), &labels).unwrap();
    site.jira.index_now();
    assert_eq!(found(&client).await, Ok(vec![]));
    let (first, second) =
        (client.create_issue(new_issue(&case())).await, client.create_issue(new_issue(&case())).await);
    site.jira.index_now();
    let both = vec![first.unwrap(), second.unwrap()];
    assert_eq!(found(&client).await, Ok(both), "the first before the other");
}

#[tokio::test]
async fn an_issue_is_found_behind_more_pages_than_one() {
    let site = site().await;
    let client = site.client();
    for n in 0..110 {
        let key = site.jira.person_creates(&site.jira.ana(), &n.to_string());
        site.jira.person_edits(&site.jira.ana(), &key, &json!({"labels": ["aws-sir-1234567890"]})).unwrap();
    }
    let made = client.create_issue(new_issue(&case())).await.unwrap();
    site.jira.index_now();
    assert_eq!(found(&client).await, Ok(vec![made]));
}

#[tokio::test]
async fn fields_are_set_and_links_made_once_however_often() {
    let site = site().await;
    let client = site.client();
    let made = client.create_issue(new_issue(&case())).await.unwrap();
    for _ in 0..2 {
        client.set_text(&made.id, text(&case(), "New", "new words")).await.unwrap();
        let link =
            RemoteLink { id: "casebridge/console", url: "https://console.example.com", title: "Console" };
        client.remote_link(&made.id, &link).await.unwrap();
    }
    let issue = site.jira.issue(made.key.as_str()).unwrap();
    assert_eq!(issue["fields"]["summary"], "New");
    assert!(standins::JiraStandin::plain(&issue["fields"]["description"]).contains("new words"));
    assert_eq!(issue["remotelinks"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_issue_is_moved_to_a_status_or_says_where_it_can_go() {
    let site = site().await;
    site.expects("/transitions: 400");
    let client = site.client();
    let Created { id, key } = client.create_issue(new_issue(&case())).await.unwrap();
    let status = |status: &str, category: &str| {
        Ok(IssueStatus {
            id: id.clone(),
            key: key.clone(),
            status: status.to_owned(),
            category: category.to_owned(),
            mark: Some(signed("1234567890/home#Unusual API calls")),
            case: Some(case()),
            beside: false,
            creator: Some(AccountId::new(site.jira.own_account())),
            created: None,
            updated: None,
        })
    };
    let issue_status = async |id: &IssueId| {
        let read = client.issue_status(IssueRef::Id(id)).await.unwrap();
        assert!(
            read.is_ours(&case(), &AccountId::new(site.jira.own_account())) && read.created <= read.updated
        );
        assert!(read.created.is_some_and(|at| (at - site.jira.clock().millis()).abs() < 60_000), "{read:?}");
        Ok::<_, Failure>(IssueStatus { created: None, updated: None, ..read })
    };
    assert_eq!(issue_status(&id).await, status("To Do", "new"));
    assert_eq!(client.transition(&id, "in progress").await, Ok(Moved::There));
    assert_eq!(issue_status(&id).await, status("In Progress", "indeterminate"));
    site.jira.take_calls();
    assert_eq!(client.transition(&id, "In Progress").await, Ok(Moved::There));
    assert_eq!(site.jira.count("doTransition"), 0, "it stands there already");
    site.jira.set_workflow("In Progress", &["In Review", "To Do"]);
    let possible = vec!["To Do".to_owned(), "In Review".to_owned()];
    assert_eq!(client.transition(&id, "done").await, Ok(Moved::NotPossible { possible }));
    site.jira.person_moves(&site.jira.ana(), key.as_str(), "In Review").unwrap();
    for in_words in [false, true] {
        site.jira.require(key.as_str(), "Done", "resolution", in_words);
        let failure = match in_words {
            false => Failure::Broken { everywhere: false, why: "resolution".to_owned() },
            true => Failure::Content { why: "a rule of its workflow".to_owned() },
        };
        assert_eq!(client.transition(&id, "done").await, Err(failure));
        site.jira.require_nothing();
    }
    assert_eq!(client.transition(&id, "done").await, Ok(Moved::There));
    assert_eq!(issue_status(&id).await, status("Done", "done"));
}

#[tokio::test]
async fn a_comment_is_found_by_its_mark_and_set_and_taken_away() {
    let site = site().await;
    let client = site.client();
    let me = client.me().await.unwrap();
    assert_eq!(site.jira.own_account(), me.as_str());
    let made = client.create_issue(new_issue(&case())).await.unwrap();
    let id =
        client.comment(&made.id, &Mark::new("1234567890/comment/000001/0"), document("hello")).await.unwrap();
    let theirs = site.jira.person_comments(&site.jira.ana(), made.key.as_str(), "I look at it").unwrap();
    let page = client.comments(&made.id, 0).await.unwrap();
    let seen: Vec<_> =
        page.items.iter().map(|one| (one.id.as_str(), one.mark_by(&me).map(Mark::as_str))).collect();
    assert_eq!(seen, [(id.as_str(), Some("1234567890/comment/000001/0")), (theirs.as_str(), None)]);
    assert_eq!(page.next, None);
    let ana = client.comment_by_id(&on(&made.id, &theirs)).await.unwrap();
    assert_eq!(
        (ana.author, ana.author_name.as_str()),
        (Some(AccountId::new(site.jira.ana())), "Ana Alvarez")
    );

    let (newer, id) = (signed("1234567890/comment/000001/0#newer"), on(&made.id, id.as_str()));
    client.edit_comment(&id, &newer, document("changed")).await.unwrap();
    assert_eq!(client.comment_by_id(&id).await.unwrap().mark_by(&me), Some(&newer));
    let told = site.jira.comments(made.key.as_str());
    assert!(standins::JiraStandin::plain(&told[0]["body"]).contains("changed"));
    assert_eq!(told[0]["properties"]["sd.public.comment"], json!({"internal": true}));
    client.delete_comment(&id).await.unwrap();
    client.delete_comment(&id).await.unwrap();
    assert_eq!(site.jira.comments(made.key.as_str()).len(), 1);
    let gone = client.edit_comment(&id, &newer, document("again")).await;
    assert_eq!(gone, Err(Failure::Gone { why: "edit comment: HTTP 404".to_owned() }));
}

#[tokio::test]
async fn many_comments_are_read_page_by_page() {
    let site = site().await;
    let client = site.client();
    let made = client.create_issue(new_issue(&case())).await.unwrap();
    let said: Vec<String> = (0..230)
        .map(|n| site.jira.person_comments(&site.jira.ana(), made.key.as_str(), &n.to_string()).unwrap())
        .collect();
    let (mut heard, mut start) = (Vec::new(), Some(0));
    while let Some(from) = start {
        let page = client.comments(&made.id, from).await.unwrap();
        heard.extend(page.items.into_iter().map(|one| one.id));
        start = page.next;
    }
    assert_eq!(heard, said);
    assert_eq!(site.jira.count("getComments"), 3);
}

#[tokio::test]
async fn whatever_a_case_says_is_text_or_an_address_that_says_where_it_leads() {
    let site = site().await;
    let client = site.client();
    let made = client.create_issue(new_issue(&case())).await.unwrap();
    client.comment(&made.id, &Mark::new("mark"), document(EVIL)).await.unwrap();
    client.set_text(&made.id, text(&case(), "New", EVIL)).await.unwrap();
    let said = site.jira.comments(made.key.as_str())[0]["body"].to_string();
    let plain = r#"{"marks":[{"attrs":{"href":"https://evil.example"},"type":"link"}],"text":"https://evil.example","type":"text"}"#;
    let said = said.replace(plain, "");
    for kind in ["mention", "link", "inlineCard", "code", "heading"] {
        assert!(!said.contains(&format!("\"type\":\"{kind}\"")), "{said}");
    }
}

#[tokio::test]
async fn an_id_reaches_no_other_place_than_its_own() {
    let site = site().await;
    site.expects("dead link");
    let client = site.client();
    for id in ["../myself", "SEC-1/../../myself", "..", "SEC-1?expand=x", "a#b", "%2e%2e/myself"] {
        let answer = outcome(client.issue_status(IssueRef::Key(&IssueKey::new(id))).await);
        assert!([Outcome::Gone, Outcome::BrokenEverywhere].contains(&answer), "{id}: {answer:?}");
        assert_eq!(site.jira.count("getCurrentUser"), 0, "{id}");
    }
}

fn on(issue: &IssueId, id: &str) -> CommentRef {
    CommentRef { issue: issue.clone(), id: IssueCommentId::new(id) }
}

/// Asks by each method that the client has. `key` is an issue that exists.
async fn ask(site: &Stage, operation: &str, key: &IssueKey) -> Outcome {
    let (client, issue, mark) = (site.client(), IssueId::new(key.as_str()), Mark::new("mark"));
    let first = on(&issue, "1");
    let words = document("words");
    match operation {
        "getCurrentUser" => outcome(client.me().await),
        "createIssue" => outcome(client.create_issue(new_issue(&case())).await),
        "searchAndReconsileIssuesUsingJqlPost" => outcome(client.issues_of(&case(), 0).await),
        "editIssue" => outcome(client.set_text(&issue, new_issue(&case())).await),
        "getIssue" => outcome(client.issue_status(IssueRef::Key(key)).await),
        "getTransitions" => outcome(client.transitions(&issue).await),
        "doTransition" => outcome(client.transition(&issue, "Done").await),
        "addComment" => outcome(client.comment(&issue, &mark, words).await),
        "updateComment" => outcome(client.edit_comment(&first, &mark, words).await),
        "deleteComment" => outcome(client.delete_comment(&first).await),
        "getComments" => outcome(client.comments(&issue, 0).await),
        "getComment" => outcome(client.comment_by_id(&first).await),
        "createOrUpdateRemoteIssueLink" => {
            let link = RemoteLink { id: "1", url: "https://example.com", title: "x" };
            outcome(client.remote_link(&issue, &link).await)
        }
        other => panic!("{other} is not asked by this client"),
    }
}

const OPERATIONS: [&str; 13] = [
    "getCurrentUser",
    "createIssue",
    "searchAndReconsileIssuesUsingJqlPost",
    "editIssue",
    "getIssue",
    "getTransitions",
    "doTransition",
    "addComment",
    "updateComment",
    "deleteComment",
    "getComments",
    "getComment",
    "createOrUpdateRemoteIssueLink",
];

/// A word on when to come back, for the reason that Jira names.
fn wait_30_seconds(reason: &str) -> FaultRule {
    let headers = [("retry-after", "30"), ("ratelimit-reason", reason)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    FaultRule::on("addComment").once().answers_with(Canned { status: 429, headers, ..Canned::default() })
}

#[tokio::test]
async fn a_retry_after_binds_the_issue_the_endpoint_or_all_of_jira_as_its_reason_says() {
    for (reason, waits) in [
        ("jira-per-issue-on-write", [true, true, false, false]),
        ("jira-burst-based", [true, false, true, false]),
        ("jira-quota-global-based", [true; 4]),
        ("a reason of next year", [true; 4]),
    ] {
        let site = site().await;
        let client = site.client();
        let one = client.create_issue(new_issue(&case())).await.unwrap().key;
        let other = client.create_issue(new_issue(&CaseId::new("9876543210"))).await.unwrap().key;
        site.jira.fault(wait_30_seconds(reason));
        assert_eq!(ask(&site, "addComment", &one).await, Outcome::NotApplied(Some(30)));
        let asks =
            [("addComment", &one), ("getComments", &one), ("addComment", &other), ("getCurrentUser", &other)];
        for ((operation, key), waits) in asks.into_iter().zip(waits) {
            site.jira.take_calls();
            let outcome = ask(&site, operation, key).await;
            let held = matches!(outcome, Outcome::NotApplied(Some(29..=30)));
            let heard = site.jira.calls().len();
            assert_eq!(
                (held, heard),
                (waits, usize::from(!waits)),
                "{reason}: {operation} of {key}: {outcome:?}"
            );
        }
        site.later(HOUR);
        assert_eq!(ask(&site, "addComment", &one).await, Outcome::Done, "{reason}");
    }
}

/// Whom these concern is the site, not an issue.
const OF_THE_SITE: [&str; 3] = ["getCurrentUser", "createIssue", "searchAndReconsileIssuesUsingJqlPost"];

#[tokio::test]
async fn every_method_reads_every_refusal_alike_and_repeats_nothing() {
    let site = site().await;
    let key = site.client().create_issue(new_issue(&case())).await.unwrap().key;
    for operation in OPERATIONS {
        for (what, fault, expected) in troubles() {
            site.jira.take_calls();
            site.jira.fault(fault(FaultRule::on(operation).once()));
            assert_eq!(ask(&site, operation, &key).await, expected, "{operation}: {what}");
            heard_once(&site.jira, operation, what);
            site.later(HOUR);
            site.jira.person_moves(&site.jira.ana(), key.as_str(), "To Do").unwrap();
        }
        let of_the_site = OF_THE_SITE.contains(&operation);
        for (status, expected) in [
            ("400", Outcome::Content),
            ("401", Outcome::BrokenEverywhere),
            ("403", Outcome::BrokenEverywhere),
            ("404", if of_the_site { Outcome::BrokenEverywhere } else { Outcome::Gone }),
            ("409", Outcome::NotApplied(None)),
            ("413", Outcome::Content),
            ("422", Outcome::Content),
            ("502", Outcome::Unknown),
        ] {
            let expected = match (operation, status) {
                ("deleteComment", "404") => Outcome::Done,
                _ => expected,
            };
            site.jira.take_calls();
            // An edit may be refused because it is to mail nobody.
            let edits = ["editIssue", "updateComment"].contains(&operation);
            let times = if edits && ["400", "403"].contains(&status) { 2 } else { 1 };
            site.jira.fault(FaultRule::on(operation).times(times).error(status));
            assert_eq!(ask(&site, operation, &key).await, expected, "{operation}: {status}");
            assert_eq!(u32::try_from(site.jira.count(operation)), Ok(times), "{operation}: {status}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named_by_its_fields() {
    let mut site = site().await;
    site.expects("/comment: 400");
    site.expects("valid project is required");
    site.expects("Summary must be less");
    let made = site.client().create_issue(new_issue(&case())).await.unwrap();
    let refused = site.client().set_text(&made.id, text(&case(), &"x".repeat(256), "words")).await;
    assert_eq!(refused, Err(Failure::Content { why: "set fields: HTTP 400: summary".to_owned() }));
    let refused = site.client().comment(&made.id, &Mark::new("mark"), json!({"type": "doc"})).await;
    assert_eq!(refused, Err(Failure::Content { why: "comment: HTTP 400: comment".to_owned() }));
    site.settings.jira.as_mut().unwrap().project = "NONE".to_owned();
    let refused = site.client().create_issue(new_issue(&case())).await;
    let why = "create issue: HTTP 400: project".to_owned();
    assert_eq!(refused, Err(Failure::Broken { everywhere: true, why }));
    site.secrets.jira_api_token = Secret::new("wrong");
    let why = "myself: HTTP 401: the login failed".to_owned();
    assert_eq!(site.client().me().await, Err(Failure::Broken { everywhere: true, why }));
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let mut site = site().await;
    site.settings.jira.as_mut().unwrap().api_url = nobody().to_owned();
    for operation in OPERATIONS {
        assert_eq!(
            ask(&site, operation, &IssueKey::new("SEC-1")).await,
            Outcome::NotApplied(None),
            "{operation}"
        );
    }
    site.settings.jira.as_mut().unwrap().api_url = "not an address".to_owned();
    assert_eq!(ask(&site, "getCurrentUser", &IssueKey::new("SEC-1")).await, Outcome::BrokenEverywhere);
}

/// A search whose pages lead back to themselves ends at once, and asks for a person.
#[tokio::test]
async fn a_search_that_leads_back_to_a_page_that_was_read_ends() {
    let site = site().await;
    let client = site.client();
    let page = json!({
        "issues": [{"id": "1", "key": "OLD-1", "fields": {"creator": {"accountId": "712020:someone-else"}}}],
        "nextPageToken": "SAME",
    });
    let answer = Canned { status: 200, body: page.to_string(), ..Canned::default() };
    let search = "searchAndReconsileIssuesUsingJqlPost";
    site.jira.fault(FaultRule::on(search).times(u32::MAX).answers_with(answer));
    let before = site.jira.count(search);
    assert_eq!(outcome(client.issues_of(&case(), 0).await), Outcome::BrokenHere);
    assert_eq!(site.jira.count(search) - before, 2);
}

#[tokio::test]
async fn a_webhook_is_made_by_an_administrator_once_and_set_from_then_on() {
    let site = site().await;
    let client = site.client();
    let url = "https://abc.example/jira/webhooks";
    assert_eq!(
        outcome(client.put_webhook(url, &Secret::new("one"), "project = SEC").await),
        Outcome::BrokenEverywhere,
        "no administrator"
    );
    site.jira.permit("ADMINISTER");
    client.put_webhook(url, &Secret::new("one"), "project = SEC").await.unwrap();
    client.put_webhook(url, &Secret::new("two"), "project = SEC").await.unwrap();
    let [made] = &site.jira.webhooks_made()[..] else { panic!("there is one") };
    assert_eq!((made["url"].as_str(), site.jira.webhook_secret().as_str()), (Some(url), "two"));
    assert_eq!(made["filters"]["issue-related-events-section"], "project = SEC");
}

#[tokio::test]
async fn a_person_is_found_by_their_address_where_it_is_one_persons() {
    let site = site().await;
    let client = site.client();
    for (address, expected) in [
        ("ANA@example.com", Some(site.jira.ana())),
        ("nobody@example.com", None),
        ("an", None), // the beginning of an address is nobody's
    ] {
        assert_eq!(client.account_called(&Email::new(address)).await, Ok(expected), "{address}");
    }
}
