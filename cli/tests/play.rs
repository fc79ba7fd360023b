//! Does the playground work as the README says? By the tool itself, and by its page over HTTP.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use casebridge::config::{hosts::Reach, settings::Settings};
use casebridge_lab::playground::page::PlaygroundPage;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

const ANA: &str = "U024BE7LH";
const BO: &str = "U024BE7LJ";

fn casebridge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
    command
        .args(arguments)
        .env_remove("CASEBRIDGE_TABLE")
        .env_remove("RUST_LOG")
        .env_remove("AWS_ENDPOINT_URL");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Its clock says another year than this machine's. UPDATE_DOCS=1 writes the transcript anew.
#[test]
fn the_story_of_a_night_is_told_as_it_stands_in_its_transcript_to_the_export() {
    let Output { status, stdout, stderr } =
        casebridge(&["play", "--once", "--story", "night"]).output().unwrap();
    assert_eq!((status.success(), text(&stderr).as_str()), (true, ""));
    let (told, path) =
        (text(&stdout), concat!(env!("CARGO_MANIFEST_DIR"), "/../lab/src/playground/stories/night.txt"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &told).unwrap();
    }
    assert_eq!(told, std::fs::read_to_string(path).unwrap(), "UPDATE_DOCS=1 cargo test rewrites it");
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    for end in ["The case is exported", "files 1,", "it is as it was exported"] {
        assert!(told.contains(end), "{end}");
    }
    assert!(told.ends_with("Lost 0, doubled 0, out of order 0.\n"), "{told}");
}

#[test]
fn the_story_is_told_as_it_happens_and_ends_well() {
    let Output { status, stdout, stderr } = casebridge(&["play", "--once"]).output().unwrap();
    let (told, trouble) = (text(&stdout), text(&stderr));
    assert!(status.success(), "{told}\n{trouble}");
    assert_eq!(trouble, "", "nothing went wrong on the way");
    let mut rest = told.as_str();
    for fact in [
        "AWS opens case",
        "Credentials used from a new country",
        "● Submitted ○ Detect ○ Contain ○ Post",
        "SEC-1",
        "Status: To Do",
        "Did your team create the key that is used here?",
        "● Detection and Analysis",
        "Status: In Progress",
        "Ana types  /sir",
        "No. We have disabled it.",
        "Bo replies in the thread",
        "Watchers 1",
        "AWS alone sets its status",
        "A laptop was stolen",
        "Bo types  /sir",
        "[Close the case]",
        "✅",
        "Status: Done",
        "nothing is told twice",
        "All of it happened as told.",
    ] {
        let (_, after) =
            rest.split_once(fact).unwrap_or_else(|| panic!("{fact:?} is not where it belongs:\n{told}"));
        rest = after;
    }
    for line in told.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert!(!line.contains('\u{1b}') && !line.contains("\"_aws\""), "{line}");
    }
}

#[test]
fn settings_are_checked_before_anything_is_asked_of_the_table() {
    let file = std::env::temp_dir().join(format!("casebridge-{}.toml", std::process::id()));
    std::fs::write(&file, "[slack]\nteam = 'T1'\nchanel = 'C1'\n").unwrap();
    let path = file.to_str().unwrap();
    for verb in ["check", "push"] {
        let Output { status, stderr, .. } = casebridge(&["settings", verb, path]).output().unwrap();
        let told = text(&stderr);
        assert!(!status.success(), "{told}");
        assert!(
            told.contains("line 3: slack.chanel: there is no such key. Perhaps it should be channel."),
            "{told}"
        );
        assert!(told.contains("slack.channel: this key is missing. Add"), "{told}");
        assert!(!told.contains("CASEBRIDGE_TABLE"), "{told}");
    }
    std::fs::write(&file, "[slack]\nteam = 'T1'\nchannel = 'C1'\n").unwrap();
    let Output { status, stdout, .. } = casebridge(&["settings", "check", path]).output().unwrap();
    assert!(status.success() && text(&stdout).contains(": good\n"), "{}", text(&stdout));
    let Output { status, stderr, .. } = casebridge(&["settings", "push", path]).output().unwrap();
    assert!(!status.success() && text(&stderr).contains("the environment lacks CASEBRIDGE_TABLE"));
    std::fs::remove_file(&file).unwrap();
}

/// What `settings check` and `settings push` say of these settings, with this endpoint for AWS.
fn judged(settings: &str, endpoint: Option<&str>) -> [String; 2] {
    let file = std::env::temp_dir().join(format!("casebridge-{}-{:p}.toml", std::process::id(), settings));
    std::fs::write(&file, settings).unwrap();
    let said = ["check", "push"].map(|verb| {
        let mut command = casebridge(&["settings", verb, file.to_str().unwrap()]);
        command.env("AWS_REGION", "eu-west-1");
        if let Some(endpoint) = endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint);
        }
        let Output { stdout, stderr, .. } = command.output().unwrap();
        text(&stdout) + &text(&stderr)
    });
    std::fs::remove_file(&file).unwrap();
    said
}

#[test]
fn a_host_that_is_neither_slacks_nor_atlassians_gets_no_token() {
    let settings = "[slack]\nteam = 'T1'\nchannel = 'C1'\napi_url = 'https://slack.com.evil.example/api'\n\
                    [jira]\napi_url = 'https://evil.example'\nsite_url = 'https://evil2.example'\nproject = 'SEC'\n";
    for endpoint in [None, Some("http://127.0.0.1:1")] {
        for said in judged(settings, endpoint) {
            for (line, host) in [(4, "slack.com.evil.example"), (6, "evil.example"), (7, "evil2.example")] {
                assert!(
                    said.contains(&format!("line {line}: ")) && said.contains(&format!("is {host}.")),
                    "{said}"
                );
            }
            assert!(
                said.contains("https://slack-gov.com/api") && said.contains("https://SITE.atlassian.net"),
                "{said}"
            );
            assert!(!said.contains("CASEBRIDGE_TABLE"), "nothing is asked of the table: {said}");
        }
    }
}

#[test]
fn this_machine_gets_a_token_only_while_aws_is_on_it_too() {
    let settings = "[slack]\nteam = 'T1'\nchannel = 'C1'\napi_url = 'http://127.0.0.1:8001/api'\n\
                    [jira]\napi_url = 'http://localhost:8002'\nproject = 'SEC'\n";
    for endpoint in [None, Some("https://aws.example"), Some("http://127.0.0.1.evil.example")] {
        for said in judged(settings, endpoint) {
            let why = "is allowed only while AWS_ENDPOINT_URL leads to this machine as well";
            assert!(
                said.contains(&format!("127.0.0.1 {why}")) && said.contains(&format!("localhost {why}")),
                "{said}"
            );
        }
    }
    let [checked, pushed] = judged(settings, Some("http://[::1]:4570"));
    assert!(checked.contains(": good\n"), "{checked}");
    assert!(pushed.contains("the environment lacks CASEBRIDGE_TABLE"), "{pushed}");
}

#[test]
fn where_no_browser_is_opened_the_page_says_so() {
    for (arguments, end) in [
        (vec!["play"], "Open this address in a browser."),
        (vec!["play", "--no-open"], "Open this address in a browser."),
    ] {
        let mut child = casebridge(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert!(first.starts_with("The playground is at http://127.0.0.1:"), "{first}");
        assert_eq!(lines.next().unwrap().unwrap(), end);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let Output { status, .. } = casebridge(&["play", "--open", "--no-open"]).output().unwrap();
    assert!(!status.success());
}

#[test]
fn a_port_that_is_taken_and_a_story_that_is_none_are_explained() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = |arguments: &[&str]| {
        let Output { status, stderr, .. } = casebridge(arguments).output().unwrap();
        assert!(!status.success());
        text(&stderr)
    };
    let said_of_port = said(&["play", "--port", &port]);
    assert!(said_of_port.contains(&format!("port {port} is in use by another program")), "{said_of_port}");
    assert!(said_of_port.contains("leave --port out"), "{said_of_port}");
    let said_of_story = said(&["play", "--story", "nothing"]);
    assert!(said_of_story.contains("There are: key, night,"), "{said_of_story}");
}

/// The longest, told as a test of its own and in the browser, are left out.
#[test]
fn each_storys_file_is_told_as_the_story_of_its_name_to_the_letter() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../lab/src/playground/stories");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let stories = files.filter(|file| file.extension().is_some_and(|kind| kind == "toml"));
    let name = |file: &Path| file.file_stem().unwrap().to_str().unwrap().to_owned();
    let told = |story: String| {
        casebridge(&["play", "--once", "--story", &story]).stdout(Stdio::piped()).spawn().unwrap()
    };
    let both: Vec<_> = stories
        .filter(|file| !["night", "sixty"].contains(&name(file).as_str()))
        .map(|file| (name(&file), [told(name(&file)), told(file.to_str().unwrap().to_owned())]))
        .collect();
    assert!(both.len() >= 5, "{}", both.len());
    for (story, both) in both {
        let [named, by_file] = both.map(|child| {
            let Output { status, stdout, .. } = child.wait_with_output().unwrap();
            assert!(status.success(), "{story}");
            text(&stdout)
        });
        assert!(named.lines().count() > 30, "{story}: {named}");
        assert_eq!(named, by_file, "{story}");
    }
}

#[tokio::test]
async fn the_stand_ins_say_where_they_are() {
    let file = std::env::temp_dir().join(format!("casebridge-{}.json", std::process::id()));
    let mut child = casebridge(&["standins", "--port-file", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let known: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let client = client();
    for name in ["sir", "slack", "jira", "hub"] {
        let url = format!("{}/_control/state", known[name].as_str().unwrap());
        assert_eq!(client.get(url).send().await.unwrap().status(), StatusCode::OK, "{name}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let settings = Settings::parse(known["settings"].as_str().unwrap(), Reach::Loopback).unwrap();
    assert_eq!(settings.roles.responder, [BO]);
    let secrets = casebridge::config::secrets::Secrets::parse(&known["secret"].to_string()).unwrap();
    assert_eq!(secrets.suffice(&settings), Ok(()));
    assert_eq!(secrets.slack_signing_secret.reveal(), known["slack_signing_secret"]);
    std::fs::remove_file(&file).unwrap();
}

fn client() -> Client {
    Client::builder().tls_certs_only([]).no_proxy().build().unwrap()
}

/// A browser without a screen.
struct Browser {
    client: Client,
    url: String,
}

impl Browser {
    async fn acts(&self, act: Value) -> Value {
        let request =
            self.client.post(format!("{}acts", self.url)).header("content-type", "application/json");
        let answer = request.body(act.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{act}");
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Looks until it sees what it looks for.
    async fn sees<T>(&self, what: &str, find: impl Fn(&Value) -> Option<T>) -> T {
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..600 {
            looks.tick().await;
            let answer = self.client.get(format!("{}state", self.url)).send().await.unwrap();
            let state: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            if let Some(found) = find(&state) {
                return found;
            }
        }
        panic!("{what} is not to be seen")
    }

    /// Somebody presses a button of this label in the newest message that has one.
    async fn presses(&self, user: &str, label: &str) -> Value {
        let (ts, action) = self.sees(label, |seen| button(seen, user, label)).await;
        self.acts(json!({ "do": "clicks", "user": user, "ts": ts, "action": action })).await
    }
}

fn all(value: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

/// The things of which the names begin so, in the order of their names.
fn named<'a>(seen: &'a Value, prefix: &str) -> Vec<&'a Value> {
    let all = seen.as_object().unwrap().iter();
    all.filter(|(name, _)| name.starts_with(prefix)).map(|(_, thing)| thing).collect()
}

fn button(seen: &Value, user: &str, label: &str) -> Option<(Value, Value)> {
    let own = seen[format!("own/{user}")]["ephemerals"].as_array()?;
    let messages = named(seen, "message/").into_iter().chain(own).rev();
    messages.filter(|message| message["blocks"].is_array()).find_map(|message| {
        let elements = all(&message["blocks"]).filter_map(|block| block["elements"].as_array()).flatten();
        let mut buttons = elements.filter(|element| element["type"] == "button");
        let found = buttons.find(|button| button["text"]["text"] == label)?;
        Some((message["ts"].clone(), found["action_id"].clone()))
    })
}

#[tokio::test]
async fn a_case_is_opened_answered_and_closed_on_the_page() {
    let page = PlaygroundPage::bind(0, None).await.unwrap();
    let browser = Browser { client: client(), url: page.url() };
    tokio::select! {
        ended = page.run() => panic!("{ended:?}"),
        () = walk(&browser) => {}
    }
}

async fn walk(browser: &Browser) {
    browser.acts(json!({ "do": "opens_case", "title": "<img src=x> & *more*", "aws": true })).await;
    let case = browser
        .sees("the case", |seen| {
            let (name, _) = seen.as_object()?.iter().find(|(name, _)| name.starts_with("sir/"))?;
            Some(name["sir/".len()..].to_owned())
        })
        .await;
    let summary = |seen: &Value| seen["issue/SEC-1"]["fields"]["summary"].clone();
    browser.sees("the issue", |seen| (summary(seen) == "<img src=x> & *more*").then_some(())).await;
    let card = browser
        .sees("the card", |seen| named(seen, "message/").first()?["ts"].as_str().map(str::to_owned))
        .await;

    browser.acts(json!({ "do": "says", "user": BO, "text": "Ours & <theirs>.", "thread": card })).await;
    let says = |list: &Value, text: &str| list.to_string().contains(text);
    browser
        .sees("the reply in SIR", |seen| {
            says(&named(seen, "sir/")[0]["comments"], "Ours & <theirs>.").then_some(())
        })
        .await;
    browser
        .sees("the reply in Jira", |seen| {
            says(&seen["issue/SEC-1"]["comments"], "Ours & <theirs>.").then_some(())
        })
        .await;

    attach(browser, &card).await;

    let typed = browser.acts(json!({ "do": "says", "user": BO, "text": format!("/sir {case} close") })).await;
    assert_eq!(typed["status"], 200);
    let may_not = "close needs the role commander; you are responder.";
    let reads = |seen: &Value| seen[format!("own/{BO}")].to_string().contains("needs the role commander");
    browser.sees(may_not, |seen| reads(seen).then_some(())).await;
    let typed =
        browser.acts(json!({ "do": "says", "user": ANA, "text": format!("/sir {case} close") })).await;
    assert_eq!(typed["status"], 200);
    assert_eq!(browser.presses(ANA, "Close the case").await["status"], 200);
    browser
        .sees("the end in SIR", |seen| {
            (named(seen, "sir/")[0]["case"]["caseStatus"] == "Closed").then_some(())
        })
        .await;
    browser
        .sees("the end in Jira", |seen| {
            (seen["issue/SEC-1"]["fields"]["status"]["name"] == "Done").then_some(())
        })
        .await;
}

/// A file of 3 MB, with a name that the service does not take.
async fn attach(browser: &Browser, card: &str) {
    let bytes = BASE64_STANDARD.encode(vec![7; 3_000_000]);
    let shares = json!({ "do": "shares", "user": BO, "text": "", "thread": card, "name": "disk image.bin",
        "mimetype": "application/octet-stream", "bytes": bytes });
    browser.acts(shares).await;
    let shared = |message: &Value| message["files"][0]["size"] == 3_000_000;
    let (channel, ts) = browser
        .sees("the file", |seen| {
            let message = named(seen, "message/").into_iter().find(|message| shared(message))?;
            Some((seen["slack"]["security"].clone(), message["ts"].clone()))
        })
        .await;
    let chooses =
        json!({ "do": "chooses", "user": BO, "channel": channel, "ts": ts, "shortcut": "attach_file" });
    browser.acts(chooses).await;
    let file = |seen: &Value| named(seen, "sir/")[0]["case"]["caseAttachments"][0].clone();
    browser
        .sees("the file on the case", |seen| (file(seen)["fileName"] == "disk_image.bin").then_some(()))
        .await;
}

#[tokio::test]
async fn the_page_answers_its_own_browser_and_nobody_elses() {
    let page = PlaygroundPage::bind(0, None).await.unwrap();
    let (client, url) = (client(), page.url());
    let checks = async {
        let answer = client.get(&url).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
        assert!(answer.text().await.unwrap().contains("Casebridge playground"));
        let acts = format!("{url}acts");
        let act = json!({ "do": "events_again" }).to_string();
        let post = |kind: &'static str| client.post(&acts).header("content-type", kind).body(act.clone());
        assert_eq!(post("application/json").send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(post("text/plain").send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for (name, value) in [("host", "rebound.example"), ("origin", "https://evil.example")] {
            let answer = post("application/json").header(name, value).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
        }
        let unknown =
            client.post(&acts).header("content-type", "application/json").body("{}").send().await.unwrap();
        assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
    };
    tokio::select! {
        ended = page.run() => panic!("{ended:?}"),
        () = checks => {}
    }
}

#[test]
fn no_worlds_at_all_prove_nothing() {
    let asked = casebridge(&["simulate", "--seeds", "0"]).output().unwrap();
    assert!(!asked.status.success(), "{}", text(&asked.stdout));
    assert!(text(&asked.stderr).contains("--seeds"), "{}", text(&asked.stderr));
}
