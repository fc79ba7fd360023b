//! The client of Slack.

use casebridge::{
    case::{
        ChannelId, Email, FileId, GroupId, Membership, MembershipId, TeamId, TriggerId, Ts, UserId, ViewId,
        author::Author,
    },
    config::{secrets::Secret, settings},
    http::Failure,
    state::key::Plainness,
    targets::{
        content::{Content, Part},
        mark::Mark,
        slack::{self, ConversationRef, File, Me, Message, MessageRef, OpenedView, Person, Slack},
    },
};
use casebridge_lab::standins::{self, FaultRule, LiveText};
use serde_json::{Value, json};

use crate::{Outcome, Wire, heard_once, outcome, troubles};

const ANA: &str = "U024BE7LH";
const BO: &str = "U024BE7LJ";

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

/// A workspace, and what a client of it needs.
struct Workspace {
    slack: standins::SlackStandin,
    wire: Wire,
    settings: settings::SlackSettings,
    token: Secret,
}

impl Workspace {
    async fn start() -> Self {
        let slack = standins::SlackStandin::start().await.unwrap();
        let (_, _, _, team) = slack.app();
        let settings =
            json!({"api_url": format!("{}/api", slack.url()), "team": team, "channel": slack.security()});
        let token = Secret::new(slack.token());
        let settings = serde_json::from_value(settings).unwrap();
        Self { slack, wire: Wire::default(), settings, token }
    }

    fn client(&self) -> Slack<'_> {
        Slack { world: &self.wire, settings: &self.settings, token: &self.token, until: i64::MAX }
    }

    /// What Slack gave with a person's click or command: `trigger_id`, `response_url`.
    fn given(&self, name: &str) -> String {
        let delivery = self.slack.types(&UserId::new(ANA), &self.slack.security(), "/sir", "help");
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).unwrap();
        form.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap()
    }
}

fn message(text: &str) -> Message {
    let part = Part { index: 0, of: 1, text: text.to_owned() };
    let author = Author::Jira { name: text.to_owned() };
    slack::content(
        &Content::Comment { author, speaker: None, at: 1_795_262_400, edited: false, part },
        Plainness::Full,
    )
}

#[tokio::test]
async fn a_post_is_found_by_its_mark_and_set_and_taken_away() {
    let workspace = Workspace::start().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let parent =
        client.post(&to(channel.as_str()), &Mark::new("1234567890/card"), &message("card")).await.unwrap();
    let thread = ConversationRef { thread: Some(parent.clone()), ..to(channel.as_str()) };
    let mark = Mark::new("1234567890/comment/000001/0");
    let reply = client.post(&thread, &mark, &message("hello")).await.unwrap();
    workspace.slack.says(&UserId::new(ANA), &channel, "I look at it", Some(&Ts::new(parent.as_str())));
    let me = client.me().await.unwrap();

    let page = client.replies(&at(channel.as_str(), parent.as_str()), None).await.unwrap();
    let seen: Vec<_> =
        page.items.iter().map(|one| (one.ts.as_str(), one.mark_by(&me).map(Mark::as_str))).collect();
    assert_eq!(
        seen[..2],
        [(parent.as_str(), Some("1234567890/card")), (reply.as_str(), Some("1234567890/comment/000001/0")),]
    );
    let ana = &page.items[2];
    assert_eq!(
        (ana.user.as_ref(), ana.mark_by(&me), ana.text.as_str()),
        (Some(&user(ANA)), None, "I look at it")
    );
    assert_eq!((page.items.len(), page.next), (3, None));
    let history = client.history(&channel, &Ts::new("0"), None).await.unwrap();
    let marks: Vec<_> = history.items.iter().filter_map(|one| one.mark_by(&me)).collect();
    assert_eq!(marks, [&Mark::new("1234567890/card")]);

    let reply = at(channel.as_str(), reply.as_str());
    client.update(&reply, &mark, &message("changed")).await.unwrap();
    client.update(&reply, &mark, &message("changed")).await.unwrap();
    let shown = standins::SlackStandin::shown(
        &workspace.slack.message(&channel, &Ts::new(reply.ts.as_str())).unwrap(),
    );
    assert!(shown.contains("changed") && !shown.contains("hello"), "{shown}");
    client.delete(&reply).await.unwrap();
    client.delete(&reply).await.unwrap();
    assert_eq!(workspace.slack.message(&channel, &Ts::new(reply.ts.as_str())), None);
    let gone = client.update(&reply, &mark, &message("again")).await;
    assert_eq!(gone, Err(Failure::Gone { why: "chat.update: message_not_found".to_owned() }));
}

#[tokio::test]
async fn a_long_thread_and_a_long_channel_are_read_page_by_page() {
    let workspace = Workspace::start().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (parent, _) = workspace.slack.says(&UserId::new(ANA), &channel, "first", None);
    let said: Vec<String> = (0..250)
        .map(|n| {
            workspace.slack.says(&UserId::new(ANA), &channel, &n.to_string(), Some(&parent)).0.to_string()
        })
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
    let workspace = Workspace::start().await;
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
    let workspace = Workspace::start().await;
    let client = workspace.client();
    let made = client.create_channel("sir-case-1234567890", true).await.unwrap();
    for n in 0..120 {
        client.create_channel(&format!("a-{n}"), true).await.unwrap();
    }
    assert_eq!(client.create_channel("sir-case-1234567890", true).await, Ok(made.clone()));
    assert_eq!(workspace.slack.channel(&ChannelId::new(made.as_str())).unwrap()["is_private"], true);
    let (_, _, bot, _) = workspace.slack.app();
    for (name, private) in [("theirs", false), ("hidden", true)] {
        workspace.slack.add_channel(name, private, &[UserId::new(ANA), bot.clone()]);
        let why = "conversations.create: name_taken".to_owned();
        let taken = client.create_channel(name, private).await;
        assert_eq!(taken, Err(Failure::Broken { everywhere: false, why }), "{name}");
    }
}

#[tokio::test]
async fn people_are_invited_and_who_cannot_come_keeps_nobody_out() {
    let workspace = Workspace::start().await;
    let client = workspace.client();
    let channel = client.create_channel("sir-case-1234567890", true).await.unwrap();
    let (_, _, bot, _) = workspace.slack.app();
    let people = [ANA, "U0NOBODY", bot.as_str(), BO].map(user);
    let invite = async || {
        let refused = client.invite(&channel, &people).await.unwrap();
        refused.iter().map(|one| format!("{} {}", one.user, one.code)).collect::<Vec<_>>()
    };
    assert_eq!(invite().await, ["U0NOBODY user_not_found"]);
    let members = workspace.slack.members(&ChannelId::new(channel.as_str()));
    assert!([ANA, BO].iter().all(|user| members.iter().any(|member| member == user)), "{members:?}");
    assert_eq!(invite().await, ["U0NOBODY user_not_found"], "once more");
    assert_eq!(client.invite(&channel, &[user(ANA)]).await, Ok(vec![]), "who is there is as good");
    let add = |n| UserId::new(workspace.slack.add_user(&format!("u{n}"), "", &json!({})));
    let many: Vec<UserId> = (0..150).map(add).collect();
    assert_eq!(client.invite(&channel, &many).await, Ok(vec![]));
    assert_eq!(workspace.slack.members(&ChannelId::new(channel.as_str())).len(), 153);
}

#[tokio::test]
async fn a_topic_is_set_and_a_public_channel_entered() {
    let workspace = Workspace::start().await;
    let client = workspace.client();
    let channel = ChannelId::new(workspace.slack.add_channel("town", false, &[UserId::new(ANA)]));
    assert_eq!(outcome(client.set_topic(&channel, "x").await), Outcome::BrokenHere, "not in it yet");
    client.join(&channel).await.unwrap();
    client.join(&channel).await.unwrap();
    client.set_topic(&channel, "Submitted · case 1234567890").await.unwrap();
    let topic = workspace.slack.channel(&ChannelId::new(channel.as_str())).unwrap()["topic"]["value"].clone();
    assert_eq!(topic, "Submitted · case 1234567890");
    assert_eq!(
        outcome(client.set_topic(&ChannelId::new(channel.as_str()), &"x".repeat(251)).await),
        Outcome::Content
    );
}

#[tokio::test]
async fn people_are_known_by_id_by_address_and_by_group() {
    let workspace = Workspace::start().await;
    let client = workspace.client();
    let (_, bot_id, user_id, team_id) = workspace.slack.app();
    let (user_id, team_id) = (UserId::new(user_id), TeamId::new(team_id));
    assert_eq!(client.me().await, Ok(Me { bot_id, user_id, team_id: team_id.clone() }));
    let ana = Person {
        id: user(ANA),
        team: Some(team_id),
        teams: Vec::new(),
        everywhere: None,
        name: "ana".to_owned(),
        email: Some("ana@example.com".to_owned()),
        is_bot: false,
        is_restricted: false,
        is_deleted: false,
    };
    assert_eq!(client.user(&user(ANA)).await, Ok(Some(ana)));
    assert_eq!(client.user(&user("U0NOBODY")).await, Ok(None));
    let guest = workspace.slack.add_guest("gil", "gil@example.com");
    let stranger = workspace.slack.add_stranger("sam", "sam@example.net");
    let bot = workspace.slack.add_bot("other");
    assert!(client.user(&user(guest.as_str())).await.unwrap().unwrap().is_restricted);
    let stranger = client.user(&user(stranger.as_str())).await.unwrap().unwrap();
    assert!(
        stranger.is_restricted || stranger.team.as_ref() != Some(&workspace.settings.team),
        "{stranger:?}"
    );
    assert!(client.user(&user(bot.as_str())).await.unwrap().unwrap().is_bot);
    assert_eq!(client.user_by_email(&Email::new("bo@example.com")).await, Ok(Some(user(BO))));
    assert_eq!(client.user_by_email(&Email::new("nobody@example.com")).await, Ok(None));
    let group = GroupId::new(workspace.slack.add_group("responders", &[UserId::new(ANA), UserId::new(BO)]));
    assert_eq!(client.group_members(&group).await, Ok(vec![user(ANA), user(BO)]));
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
    let workspace = Workspace::start().await;
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
    client.publish_view(&user(ANA), &home).await.unwrap();
    assert!(workspace.slack.home(&UserId::new(ANA)).is_some());
}

#[tokio::test]
async fn a_person_is_answered_five_times_without_our_token_and_nobody_else_is() {
    let workspace = Workspace::start().await;
    let client = workspace.client();
    let url = workspace.given("response_url");
    workspace.slack.take_calls();
    for _ in 0..5 {
        client.respond(&url, &json!({"text": "yes"})).await.unwrap();
    }
    assert_eq!(outcome(client.respond(&url, &json!({"text": "yes"})).await), Outcome::Gone);
    let fresh = workspace.given("response_url");
    assert_eq!(outcome(client.respond(&fresh, &json!({"colour": "red"})).await), Outcome::Content);
    assert_eq!(workspace.slack.ephemerals(&UserId::new(ANA)).len(), 5);
    let heard = workspace.slack.take_calls().len();
    assert_eq!(heard, 7);
    for url in ["https://evil.example/x", "http://127.0.0.1:1/x", "not an address"] {
        assert_eq!(outcome(client.respond(url, &json!({"text": "no"})).await), Outcome::BrokenHere, "{url}");
    }
    client
        .ephemeral(&to(workspace.slack.security().as_str()), &user(ANA), &message("for you"))
        .await
        .unwrap();
    assert_eq!(workspace.slack.ephemerals(&UserId::new(ANA)).len(), 6);
}

#[tokio::test]
async fn a_file_and_a_link_are_told() {
    let workspace = Workspace::start().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (file, ts, _) =
        workspace.slack.shares(&UserId::new(ANA), &channel, ("a b.txt", "text/plain"), "abc", None);
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
async fn ask(workspace: &Workspace, method: &str) -> Outcome {
    let (client, channel) = (workspace.client(), ChannelId::new(workspace.slack.security()));
    let (card, mark) = (message("card"), Mark::new("mark"));
    let (here, first) = (to(channel.as_str()), at(channel.as_str(), "1.000001"));
    match method {
        "chat.postMessage" => outcome(client.post(&here, &mark, &card).await),
        "chat.update" => outcome(client.update(&first, &mark, &card).await),
        "chat.delete" => outcome(client.delete(&first).await),
        "chat.postEphemeral" => outcome(client.ephemeral(&here, &user(ANA), &card).await),
        "chat.getPermalink" => outcome(client.permalink(&first).await),
        "conversations.replies" => outcome(client.replies(&first, None).await),
        "conversations.history" => outcome(client.history(&channel, &Ts::new("0"), None).await),
        "conversations.create" => outcome(client.create_channel("sir-case-1234567890", true).await),
        "conversations.setTopic" => outcome(client.set_topic(&channel, "topic").await),
        "conversations.invite" => outcome(client.invite(&channel, &[user(ANA)]).await),
        "conversations.join" => outcome(client.join(&channel).await),
        "auth.test" => outcome(client.me().await),
        "users.info" => outcome(client.user(&user(ANA)).await),
        "users.lookupByEmail" => outcome(client.user_by_email(&Email::new("ana@example.com")).await),
        "usergroups.users.list" => outcome(client.group_members(&GroupId::new("S1")).await),
        "views.open" => outcome(client.open_view(&TriggerId::new("1"), &form("x")).await),
        "views.update" => {
            outcome(client.update_view(&OpenedView { id: ViewId::new("V1"), hash: None }, &form("x")).await)
        }
        "views.publish" => outcome(client.publish_view(&user(ANA), &form("x")).await),
        "files.info" => outcome(client.file(&FileId::new("F1")).await),
        other => panic!("{other} is not asked by this client"),
    }
}

const METHODS: [&str; 19] = [
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
    "conversations.join",
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
    let workspace = Workspace::start().await;
    for method in METHODS {
        for (what, fault, expected) in troubles() {
            workspace.slack.take_calls();
            workspace.slack.fault(fault(FaultRule::on(method).once()));
            assert_eq!(ask(&workspace, method).await, expected, "{method}: {what}");
            heard_once(&workspace.slack, method, what);
            workspace.wire.hour();
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
    let workspace = Workspace::start().await;
    workspace.slack.fault(FaultRule::on("users.info").once().throttled(Some("30")));
    assert_eq!(ask(&workspace, "users.info").await, Outcome::NotApplied(Some(30)));
    let asked = workspace.slack.count("users.info");
    assert!(matches!(ask(&workspace, "users.info").await, Outcome::NotApplied(Some(29..=30))));
    assert_eq!(workspace.slack.count("users.info"), asked);
    assert_eq!(ask(&workspace, "auth.test").await, Outcome::Done);
    workspace.wire.hour();
    assert_eq!(ask(&workspace, "users.info").await, Outcome::Done);
}

#[tokio::test]
async fn a_revoked_token_and_a_missing_scope_are_named() {
    let mut workspace = Workspace::start().await;
    let channel = workspace.slack.security();
    workspace.slack.revoke("chat:write");
    let refused = workspace.client().post(&to(channel.as_str()), &Mark::new("mark"), &message("x")).await;
    let why = "chat.postMessage: missing_scope (chat:write)".to_owned();
    assert_eq!(refused, Err(Failure::Broken { everywhere: true, why }));
    workspace.token = Secret::new("xoxb-wrong");
    let refused = workspace.client().me().await;
    assert_eq!(refused, Err(Failure::Broken { everywhere: true, why: "auth.test: invalid_auth".to_owned() }));
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let mut workspace = Workspace::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    workspace.settings.api_url = format!("http://{closed}/api");
    for method in METHODS {
        assert_eq!(ask(&workspace, method).await, Outcome::NotApplied(None), "{method}");
    }
}

#[tokio::test]
async fn an_archived_channel_and_a_lost_thread_are_told_apart() {
    let workspace = Workspace::start().await;
    let (client, channel) = (workspace.client(), workspace.slack.security());
    let (thread, mark) =
        (ConversationRef { thread: Some(Ts::new("1.000001")), ..to(channel.as_str()) }, Mark::new("mark"));
    let lost = client.post(&thread, &mark, &message("x")).await;
    assert_eq!(outcome(lost), Outcome::Gone);
    assert_eq!(outcome(client.replies(&at(channel.as_str(), "1.000001"), None).await), Outcome::Gone);
    assert_eq!(outcome(client.post(&to("C0NOWHERE"), &mark, &message("x")).await), Outcome::BrokenHere);
    workspace.slack.archives(&channel, &UserId::new(ANA));
    assert_eq!(outcome(client.post(&to(channel.as_str()), &mark, &message("x")).await), Outcome::Shut);
}
