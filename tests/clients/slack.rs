//! The client of Slack.

use casebridge::{
    case::{
        ChannelId, DeploymentId, Email, FileId, GroupId, Membership, MembershipId, TeamId, TriggerId, Ts,
        UserId, ViewId, author::Author,
    },
    config::secrets::Secret,
    http::Failure,
    state::key::Plainness,
    targets::{
        content::{Content, Part},
        mark::Mark,
        slack::{self, ConversationRef, File, Me, Message, MessageRef, OpenedView, Person, Slack},
    },
};
use casebridge_lab::{
    stage::{ANA, BO, Stage, ana, bo, nobody},
    standins::{self, Canned, FaultRule, LiveText},
};
use serde_json::{Value, json};

use crate::{HOUR, Outcome, heard_once, outcome, troubles};

fn user(id: &str) -> UserId {
    UserId::new(id)
}

fn to(channel: &str) -> ConversationRef {
    ConversationRef { channel: ChannelId::new(channel), thread: None }
}

fn at(channel: &str, ts: &str) -> MessageRef {
    MessageRef { channel: ChannelId::new(channel), ts: Ts::new(ts) }
}

const EVIL: &str =
    "<!channel> <@U024BE7LJ> @here #general https://evil.example *b* _i_ ~s~ `c` \n> q\n\u{202e}x";

/// Slack's client of a stage.
trait Clients {
    fn client(&self) -> Slack<'_>;
    fn given(&self, name: &str) -> String;
}

impl Clients for Stage {
    fn client(&self) -> Slack<'_> {
        Slack {
            world: &self.world,
            settings: &self.settings.slack,
            token: &self.secrets.slack_bot_token,
            until: i64::MAX,
        }
    }

    /// What Slack gave with a person's click or command: `trigger_id`, `response_url`.
    fn given(&self, name: &str) -> String {
        let delivery = self.slack.types(&ana(), &self.slack.security(), "/sir", "help");
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).unwrap();
        form.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap()
    }
}

fn message(text: &str) -> Message {
    let part = Part { index: 0, of: 1, text: text.to_owned() };
    let author = Author::Jira { name: text.to_owned() };
    slack::content(
        &Content::Comment { author, speaker: None, at: 1_795_262_400, edited: None, part, call: None },
        Plainness::Full,
    )
}

#[tokio::test]
async fn a_post_is_found_by_its_mark_and_set_and_taken_away() {
    let workspace = Stage::set().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let parent =
        client.post(&to(channel.as_str()), &Mark::new("1234567890/card"), &message("card")).await.unwrap();
    let thread = ConversationRef { thread: Some(parent.clone()), ..to(channel.as_str()) };
    let mark = Mark::new("1234567890/comment/000001/0");
    let reply = client.post(&thread, &mark, &message("hello")).await.unwrap();
    workspace.slack.says(&ana(), &channel, "I look at it", Some(&parent));
    let me = client.me().await.unwrap();

    let page = client.replies(&at(channel.as_str(), parent.as_str()), None).await.unwrap();
    let seen: Vec<_> =
        page.items.iter().map(|one| (one.ts.as_str(), one.mark_by(&me).map(Mark::as_str))).collect();
    assert_eq!(
        seen[..2],
        [(parent.as_str(), Some("1234567890/card")), (reply.as_str(), Some("1234567890/comment/000001/0")),]
    );
    let said = &page.items[2];
    assert_eq!(
        (said.user.as_ref(), said.mark_by(&me), said.text.as_str()),
        (Some(&ana()), None, "I look at it")
    );
    assert_eq!((page.items.len(), page.next), (3, None));
    let history = client.history(&channel, &Ts::new("0"), None).await.unwrap();
    let marks: Vec<_> = history.items.iter().filter_map(|one| one.mark_by(&me)).collect();
    assert_eq!(marks, [&Mark::new("1234567890/card").signed(Some(&DeploymentId::new("one")))]);

    let reply = at(channel.as_str(), reply.as_str());
    client.update(&reply, &mark, &message("changed")).await.unwrap();
    client.update(&reply, &mark, &message("changed")).await.unwrap();
    let shown = standins::SlackStandin::shown(&workspace.slack.message(&channel, &reply.ts).unwrap());
    assert!(shown.contains("changed") && !shown.contains("hello"), "{shown}");
    client.delete(&reply).await.unwrap();
    client.delete(&reply).await.unwrap();
    assert_eq!(workspace.slack.message(&channel, &reply.ts), None);
    let gone = client.update(&reply, &mark, &message("again")).await;
    assert_eq!(gone, Err(Failure::Gone { why: "chat.update: message_not_found".to_owned() }));
}

/// What is taken back, kept from people or made because of a list is not so because Slack left the list out.
#[tokio::test]
async fn an_answer_without_its_list_is_no_empty_list() {
    let stage = Stage::set().await;
    let (client, channel) = (stage.client(), stage.slack.security());
    let (said, _) = stage.slack.says(&ana(), &channel, "We isolated web-2.", None);
    let said = at(channel.as_str(), said.as_str());
    let answers = |method: &str, body: Value| {
        let canned = Canned { status: 200, body: body.to_string(), ..Canned::default() };
        stage.slack.fault(FaultRule::on(method).once().answers_with(canned));
    };
    for body in [json!({ "ok": true }), json!({ "ok": true, "messages": null })] {
        answers("conversations.replies", body.clone());
        assert!(client.is_gone(&said).await.is_err());
        answers("conversations.history", body);
        assert!(client.history(&channel, &Ts::new("0"), None).await.is_err());
    }
    for messages in [json!([]), json!([{}]), json!([{ "ts": "1.0", "subtype": "tombstone" }])] {
        answers("conversations.replies", json!({ "ok": true, "messages": messages }));
        assert_eq!(client.is_gone(&said).await, Ok(false), "{messages}");
    }
    answers("conversations.members", json!({ "ok": true }));
    assert!(client.members(&channel).await.is_err());
    answers("usergroups.users.list", json!({ "ok": true }));
    assert!(client.group_members(&GroupId::new("S1")).await.is_err());
    assert_eq!(client.has_guests(&channel).await, Ok(Some(false)));
    for members in [json!([]), json!(["U0NOBODY01"]), json!([ANA, "U0NOBODY01"])] {
        answers("conversations.members", json!({ "ok": true, "members": members }));
        assert_eq!(client.has_guests(&channel).await, Ok(None), "{members}");
    }
    stage.slack.deletes(&channel, &said.ts).unwrap();
    assert_eq!(client.is_gone(&said).await, Ok(true));
}

#[tokio::test]
async fn a_long_thread_and_a_long_channel_are_read_page_by_page() {
    let workspace = Stage::set().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (parent, _) = workspace.slack.says(&ana(), &channel, "first", None);
    let said: Vec<String> = (0..250)
        .map(|n| workspace.slack.says(&ana(), &channel, &n.to_string(), Some(&parent)).0.to_string())
        .collect();
    let (mut heard, mut cursor) = (Vec::new(), None);
    loop {
        let page = client.replies(&at(channel.as_str(), parent.as_str()), cursor.as_deref()).await.unwrap();
        heard.extend(page.items.into_iter().map(|one| one.ts).filter(|ts| *ts != parent));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(heard, said);
    assert!(workspace.slack.count("conversations.replies") > 1);
}

#[tokio::test]
async fn whatever_a_case_says_pings_nobody_and_links_only_where_it_says() {
    let workspace = Stage::set().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let membership = Membership {
        id: MembershipId::new("m-1234567890"),
        arn: EVIL.to_owned(),
        name: EVIL.to_owned(),
        status: EVIL.to_owned(),
        account: EVIL.to_owned(),
        region: EVIL.to_owned(),
        accounts_covered: None,
        customer_type: Some(EVIL.to_owned()),
        team: vec![],
        features: vec![(EVIL.to_owned(), true)],
        covers_organization: None,
        units: vec![EVIL.to_owned()],
        activated: None,
        deactivated: None,
    };
    let told = [message(EVIL), slack::membership(&membership, "was created")];
    for message in told.iter().cloned().chain(told.iter().cloned().map(Message::without_blocks)) {
        let ts = client.post(&to(channel.as_str()), &Mark::new("mark"), &message).await.unwrap();
        client.update(&at(channel.as_str(), ts.as_str()), &Mark::new("mark"), &message).await.unwrap();
    }
    let live = workspace.slack.live(&channel);
    // An element without words of its own shows its address.
    let is_plain =
        |live: &&LiveText| live.by == "element" && live.kind == "link" && live.text == "https://evil.example";
    let foreign: Vec<_> = live.iter().filter(|live| live.kind != "date" && !is_plain(live)).collect();
    assert!(foreign.is_empty(), "{foreign:#?}");
    for call in workspace.slack.calls_of("chat.postMessage") {
        assert_eq!((&call.body["parse"], &call.body["link_names"]), (&json!("none"), &Value::Null));
        assert_eq!((&call.body["unfurl_links"], &call.body["unfurl_media"]), (&json!(false), &json!(false)));
    }
    for call in workspace.slack.calls_of("chat.update") {
        assert_eq!((&call.body["parse"], &call.body["link_names"]), (&json!("none"), &json!(false)));
    }
}

#[tokio::test]
async fn a_channel_that_we_made_is_found_again_and_one_that_we_did_not_make_is_left_alone() {
    let workspace = Stage::set().await;
    let client = workspace.client();
    let made = client.create_channel("sir-case-1234567890").await.unwrap();
    for n in 0..120 {
        client.create_channel(&format!("a-{n}")).await.unwrap();
    }
    assert_eq!(client.create_channel("sir-case-1234567890").await, Ok(made.clone()));
    assert_eq!(workspace.slack.channel(&made).unwrap()["is_private"], true);
    let (_, _, bot, _) = workspace.slack.app();
    for (name, private) in [("theirs", false), ("hidden", true)] {
        workspace.slack.add_channel(name, private, &[ana(), bot.clone()]);
        let why = "conversations.create: name_taken".to_owned();
        let taken = client.create_channel(name).await;
        assert_eq!(taken, Err(Failure::Broken { everywhere: false, why }), "{name}");
    }
}

#[tokio::test]
async fn people_are_invited_and_who_cannot_come_keeps_nobody_out() {
    let workspace = Stage::set().await;
    let client = workspace.client();
    let channel = client.create_channel("sir-case-1234567890").await.unwrap();
    let (_, _, bot, _) = workspace.slack.app();
    let people = [ANA, "U0NOBODY", bot.as_str(), BO].map(user);
    let invite = async || {
        let refused = client.invite(&channel, &people).await.unwrap();
        refused.iter().map(|one| format!("{} {}", one.user, one.code)).collect::<Vec<_>>()
    };
    assert_eq!(invite().await, ["U0NOBODY user_not_found"]);
    let members = workspace.slack.members(&channel);
    assert!([ANA, BO].iter().all(|user| members.iter().any(|member| member == user)), "{members:?}");
    assert_eq!(invite().await, ["U0NOBODY user_not_found"], "once more");
    assert_eq!(client.invite(&channel, &[ana()]).await, Ok(vec![]), "who is there is as good");
    let add = |n| UserId::new(workspace.slack.add_user(&format!("u{n}"), "", &json!({})));
    let many: Vec<UserId> = (0..150).map(add).collect();
    assert_eq!(client.invite(&channel, &many).await, Ok(vec![]));
    assert_eq!(workspace.slack.members(&channel).len(), 153);
}

#[tokio::test]
async fn a_topic_is_set() {
    let workspace = Stage::set().await;
    workspace.expects("too_long");
    let client = workspace.client();
    let channel = workspace.slack.add_channel("room", true, &[ana()]);
    assert_eq!(outcome(client.set_topic(&channel, "x").await), Outcome::BrokenHere, "not in it yet");
    let (.., bot, _) = workspace.slack.app();
    workspace.slack.set_member(&channel, &bot, true);
    client.set_topic(&channel, "Submitted · case 1234567890").await.unwrap();
    let topic = workspace.slack.channel(&channel).unwrap()["topic"]["value"].clone();
    assert_eq!(topic, "Submitted · case 1234567890");
    assert_eq!(outcome(client.set_topic(&channel, &"x".repeat(251)).await), Outcome::Content);
}

#[tokio::test]
async fn people_are_known_by_id_by_address_and_by_group() {
    let workspace = Stage::set().await;
    let client = workspace.client();
    let (_, bot_id, user_id, team_id) = workspace.slack.app();
    let (user_id, team_id) = (UserId::new(user_id), TeamId::new(team_id));
    assert_eq!(client.me().await, Ok(Me { bot_id, user_id, team_id: team_id.clone() }));
    let known = Person {
        id: ana(),
        team: Some(team_id),
        teams: Vec::new(),
        everywhere: None,
        name: "ana".to_owned(),
        email: Some("ana@example.com".to_owned()),
        is_bot: false,
        is_restricted: false,
        is_deleted: false,
        tz_offset: None,
    };
    assert_eq!(client.user(&ana()).await, Ok(Some(known)));
    assert_eq!(client.user(&user("U0NOBODY")).await, Ok(None));
    let guest = workspace.slack.add_guest("gil", "gil@example.com");
    let stranger = workspace.slack.add_stranger("sam", "sam@example.net");
    let bot = workspace.slack.add_bot("other");
    assert!(client.user(&guest).await.unwrap().unwrap().is_restricted);
    let stranger = client.user(&stranger).await.unwrap().unwrap();
    assert!(
        stranger.is_restricted || stranger.team.as_ref() != Some(&workspace.settings.slack.team),
        "{stranger:?}"
    );
    assert!(client.user(&bot).await.unwrap().unwrap().is_bot);
    let of = client.user_by_email(&Email::new("bo@example.com")).await.unwrap().unwrap();
    assert_eq!((of.id, of.name), (bo(), "bo".to_owned()));
    assert_eq!(client.user_by_email(&Email::new("nobody@example.com")).await, Ok(None));
    let group = GroupId::new(workspace.slack.add_group("responders", &[ana(), bo()]));
    assert_eq!(client.group_members(&group).await, Ok(vec![ana(), bo()]));
    assert_eq!(client.group_members(&GroupId::new("S0NOBODY")).await, Ok(vec![]));
}

fn form(title: &str) -> Value {
    json!({
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "words"}}],
    })
}

#[tokio::test]
async fn a_form_opens_once_for_a_trigger_and_is_replaced_only_where_it_is_the_one_we_know() {
    let workspace = Stage::set().await;
    let client = workspace.client();
    let trigger = TriggerId::new(workspace.given("trigger_id"));
    let opened = client.open_view(&trigger, &form("one")).await.unwrap();
    assert_eq!(
        outcome(client.open_view(&trigger, &form("one")).await),
        Outcome::Gone,
        "a trigger works once"
    );
    let late = TriggerId::new(workspace.given("trigger_id"));
    workspace.slack.advance(std::time::Duration::from_secs(4));
    assert_eq!(outcome(client.open_view(&late, &form("one")).await), Outcome::Gone, "and for three seconds");
    let next = client.update_view(&opened, &form("two")).await.unwrap();
    assert_eq!(next.id, opened.id);
    let old = client.update_view(&opened, &form("three")).await;
    assert_eq!(outcome(old), Outcome::Gone, "somebody was faster");
    assert_eq!(workspace.slack.view(ANA).unwrap()["title"]["text"], "two");
    let home = json!({"type": "home", "blocks": form("x")["blocks"]});
    client.publish_view(&ana(), &home).await.unwrap();
    assert!(workspace.slack.home(&ana()).is_some());
}

#[tokio::test]
async fn a_person_is_answered_five_times_without_our_token_and_nobody_else_is() {
    let workspace = Stage::set().await;
    workspace.expects("additional property: colour");
    let client = workspace.client();
    let url = workspace.given("response_url");
    workspace.slack.take_calls();
    for _ in 0..5 {
        client.respond(&url, &json!({"text": "yes"})).await.unwrap();
    }
    assert_eq!(outcome(client.respond(&url, &json!({"text": "yes"})).await), Outcome::Gone);
    let fresh = workspace.given("response_url");
    assert_eq!(outcome(client.respond(&fresh, &json!({"colour": "red"})).await), Outcome::Content);
    assert_eq!(workspace.slack.ephemerals(&ana()).len(), 5);
    let heard = workspace.slack.take_calls().len();
    assert_eq!(heard, 7);
    for url in ["https://evil.example/x", "http://127.0.0.1:1/x", "not an address"] {
        assert_eq!(outcome(client.respond(url, &json!({"text": "no"})).await), Outcome::BrokenHere, "{url}");
    }
    client.ephemeral(&to(workspace.slack.security().as_str()), &ana(), &message("for you")).await.unwrap();
    assert_eq!(workspace.slack.ephemerals(&ana()).len(), 6);
}

#[tokio::test]
async fn a_file_and_a_link_are_told() {
    let workspace = Stage::set().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (file, ts, _) = workspace.slack.shares(&ana(), &channel, ("a b.txt", "text/plain"), "abc", None);
    let file = FileId::new(file);
    let told = client.file(&file).await.unwrap();
    let url = told.url.clone();
    assert_eq!(told, File { id: file.clone(), name: "a b.txt".to_owned(), size: Some(3), url: url.clone() });
    assert!(url.is_some_and(|url| url.starts_with(workspace.slack.url()) && url.contains("download")));
    let heard = client.history(&channel, &Ts::new("0"), None).await.unwrap().items;
    assert_eq!(
        heard[0].beside.iter().filter_map(|one| one.file.as_deref()).collect::<Vec<_>>(),
        [file.as_str()]
    );
    assert!(client.permalink(&at(channel.as_str(), ts.as_str())).await.unwrap().contains(channel.as_str()));
    assert_eq!(outcome(client.file(&FileId::new("F0NOTHING")).await), Outcome::Gone);
}

/// Asks by each method that the client has.
async fn ask(workspace: &Stage, method: &str) -> Outcome {
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (card, mark) = (message("card"), Mark::new("mark"));
    let (here, first) = (to(channel.as_str()), at(channel.as_str(), "1.000001"));
    match method {
        "chat.postMessage" => outcome(client.post(&here, &mark, &card).await),
        "chat.update" => outcome(client.update(&first, &mark, &card).await),
        "chat.delete" => outcome(client.delete(&first).await),
        "chat.postEphemeral" => outcome(client.ephemeral(&here, &ana(), &card).await),
        "chat.getPermalink" => outcome(client.permalink(&first).await),
        "conversations.replies" => outcome(client.replies(&first, None).await),
        "conversations.history" => outcome(client.history(&channel, &Ts::new("0"), None).await),
        "conversations.create" => outcome(client.create_channel("sir-case-1234567890").await),
        "conversations.setTopic" => outcome(client.set_topic(&channel, "topic").await),
        "conversations.invite" => outcome(client.invite(&channel, &[ana()]).await),
        "auth.test" => outcome(client.me().await),
        "users.info" => outcome(client.user(&ana()).await),
        "users.lookupByEmail" => outcome(client.user_by_email(&Email::new("ana@example.com")).await),
        "usergroups.users.list" => outcome(client.group_members(&GroupId::new("S1")).await),
        "views.open" => outcome(client.open_view(&TriggerId::new("1"), &form("x")).await),
        "views.update" => {
            outcome(client.update_view(&OpenedView { id: ViewId::new("V1"), hash: None }, &form("x")).await)
        }
        "views.publish" => outcome(client.publish_view(&ana(), &form("x")).await),
        "files.info" => outcome(client.file(&FileId::new("F1")).await),
        other => panic!("{other} is not asked by this client"),
    }
}

const METHODS: [&str; 18] = [
    "chat.postMessage",
    "chat.update",
    "chat.delete",
    "chat.postEphemeral",
    "chat.getPermalink",
    "conversations.replies",
    "conversations.history",
    "conversations.create",
    "conversations.setTopic",
    "conversations.invite",
    "auth.test",
    "users.info",
    "users.lookupByEmail",
    "usergroups.users.list",
    "views.open",
    "views.update",
    "views.publish",
    "files.info",
];

#[tokio::test]
async fn every_method_reads_every_refusal_alike_and_repeats_nothing() {
    let workspace = Stage::set().await;
    for method in METHODS {
        for (what, fault, expected) in troubles() {
            workspace.slack.take_calls();
            workspace.slack.fault(fault(FaultRule::on(method).once()));
            assert_eq!(ask(&workspace, method).await, expected, "{method}: {what}");
            heard_once(&workspace.slack, method, what);
            workspace.later(HOUR);
        }
        for (code, expected) in [
            ("internal_error", Outcome::Unknown),
            ("fatal_error", Outcome::Unknown),
            ("invalid_auth", Outcome::BrokenEverywhere),
            ("missing_scope", Outcome::BrokenEverywhere),
            ("is_archived", Outcome::Shut),
            ("invalid_blocks", Outcome::Content),
            ("team_added_to_org", Outcome::NotApplied(Some(600))),
        ] {
            workspace.slack.take_calls();
            workspace.slack.fault(FaultRule::on(method).once().error(code));
            assert_eq!(ask(&workspace, method).await, expected, "{method}: {code}");
            heard_once(&workspace.slack, method, code);
        }
    }
}

#[tokio::test]
async fn a_methods_retry_after_is_kept_by_all_who_call_it_and_holds_no_other_method_up() {
    let workspace = Stage::set().await;
    workspace.slack.fault(FaultRule::on("users.info").once().throttled(Some("30")));
    assert_eq!(ask(&workspace, "users.info").await, Outcome::NotApplied(Some(30)));
    let asked = workspace.slack.count("users.info");
    for person in [ana(), bo()] {
        let answer = outcome(workspace.client().user(&person).await);
        assert!(matches!(answer, Outcome::NotApplied(Some(29..=30))), "{person}: {answer:?}");
    }
    assert_eq!(workspace.slack.count("users.info"), asked);
    assert_eq!(ask(&workspace, "auth.test").await, Outcome::Done);
    workspace.later(HOUR);
    assert_eq!(ask(&workspace, "users.info").await, Outcome::Done);
}

#[tokio::test]
async fn a_retry_after_of_a_post_holds_its_channel_and_no_other() {
    let workspace = Stage::set().await;
    let (.., bot, _) = workspace.slack.app();
    let other = workspace.slack.add_channel("town", false, &[ana(), bot]);
    let post = async |channel: &ChannelId| {
        outcome(workspace.client().post(&to(channel.as_str()), &Mark::new("mark"), &message("x")).await)
    };
    workspace.slack.fault(FaultRule::on("chat.postMessage").once().throttled(Some("30")));
    assert_eq!(post(&workspace.channel).await, Outcome::NotApplied(Some(30)));
    let asked = workspace.slack.count("chat.postMessage");
    assert!(matches!(post(&workspace.channel).await, Outcome::NotApplied(Some(29..=30))));
    assert_eq!(workspace.slack.count("chat.postMessage"), asked);
    assert_eq!(post(&other).await, Outcome::Done);
    workspace.later(HOUR);
    assert_eq!(post(&workspace.channel).await, Outcome::Done);
}

#[tokio::test]
async fn a_revoked_token_and_a_missing_scope_are_named() {
    let mut workspace = Stage::set().await;
    workspace.expects("missing_scope");
    let channel = workspace.slack.security();
    workspace.slack.revoke("chat:write");
    let refused = workspace.client().post(&to(channel.as_str()), &Mark::new("mark"), &message("x")).await;
    let why = "chat.postMessage: missing_scope (chat:write)".to_owned();
    assert_eq!(refused, Err(Failure::Broken { everywhere: true, why }));
    workspace.secrets.slack_bot_token = Secret::new("xoxb-wrong");
    let refused = workspace.client().me().await;
    assert_eq!(refused, Err(Failure::Broken { everywhere: true, why: "auth.test: invalid_auth".to_owned() }));
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let mut workspace = Stage::set().await;
    workspace.settings.slack.api_url = format!("{}/api", nobody());
    for method in METHODS {
        assert_eq!(ask(&workspace, method).await, Outcome::NotApplied(None), "{method}");
    }
}

#[tokio::test]
async fn an_archived_channel_and_a_lost_thread_are_told_apart() {
    let workspace = Stage::set().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (thread, mark) =
        (ConversationRef { thread: Some(Ts::new("1.000001")), ..to(channel.as_str()) }, Mark::new("mark"));
    let lost = client.post(&thread, &mark, &message("x")).await;
    assert_eq!(outcome(lost), Outcome::Gone);
    assert_eq!(outcome(client.replies(&at(channel.as_str(), "1.000001"), None).await), Outcome::Gone);
    assert_eq!(outcome(client.post(&to("C0NOWHERE"), &mark, &message("x")).await), Outcome::BrokenHere);
    workspace.slack.archives(&channel, &ana());
    assert_eq!(outcome(client.post(&to(channel.as_str()), &mark, &message("x")).await), Outcome::Shut);
}
