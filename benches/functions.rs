//! How small and how fast are the functions as they are deployed? Prints; judges nothing.
//!
//! `cargo bench --profile dev --bench functions` measures the release bootstraps in `target/lambda`, as
//! `cargo lambda build --release` leaves them; `CASEBRIDGE_NOTIFY_BIN` and `CASEBRIDGE_COMMAND_BIN` name others. All
//! servers are on loopback. With `CASEBRIDGE_TEST_DYNAMODB` the warm `notify` tells a whole case.
//!
//! `cargo bench --profile dev --bench functions secret_scan` measures only what a long text costs `command`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures and prints")]

#[path = "../tests/functions/amazon.rs"]
mod amazon;
#[path = "../tests/functions/fifo.rs"]
#[allow(dead_code, reason = "the tests of the functions use all of it")]
mod fifo;
mod figures;
#[path = "../tests/functions/lambda.rs"]
#[allow(dead_code, reason = "the tests of the functions use all of it")]
mod lambda;
#[path = "../tests/store/table.rs"]
#[allow(dead_code, reason = "the suite of the store uses all of it")]
mod table;

use std::time::{Duration, Instant};

use amazon::{Amazon, secret_of, variables_of};
use casebridge::{
    case::{Ts, UserId},
    state::{NO_LEASE, Seen, Store, Told, dynamodb::Dynamo, key::Key},
    targets::{jira, slack},
};
use casebridge_lab::standins::{JiraStandin, SignedRequest, SirStandin, SlackStandin};
use fifo::Fifo;
use figures::Figures;
use futures_util::StreamExt;
use lambda::{Lambda, request};
use serde_json::{Value, json};
use tokio::process::Child;

/// How often everything is measured.
const TIMES: usize = 30;
/// What AWS's own sample (Python, its Lambda handlers imported on the same machine) took: milliseconds and megabytes,
/// the best and the worst of its functions.
const SAMPLE: [(f64, f64); 2] = [(254.0, 60.0), (382.0, 72.0)];

/// The servers around the functions.
struct Around {
    slack: SlackStandin,
    sir: SirStandin,
    jira: JiraStandin,
    variables: Vec<(&'static str, String)>,
    /// The table, where there is DynamoDB.
    store: Option<Dynamo>,
}

impl Around {
    async fn start() -> Self {
        let slack = SlackStandin::start().await.unwrap();
        let (sir, jira) = (SirStandin::start().await.unwrap(), JiraStandin::start().await.unwrap());
        let settings = format!(
            "[slack]\napi_url = '{}/api'\nteam = '{}'\nchannel = '{}'\n[jira]\napi_url = '{}'\nproject = 'SEC'\n\
             [roles]\nadmin = ['U024BE7LH']\n",
            slack.url(),
            slack.app().3,
            slack.security(),
            jira.url()
        );
        let secret = secret_of(&slack, &jira);
        let aws = Amazon { secret, settings: Some(settings.clone()), inbox: Fifo::default() }.start().await;
        let (mut dynamodb, mut name, mut store) = (aws.clone(), "cases".to_owned(), None);
        if std::env::var_os("CASEBRIDGE_TEST_DYNAMODB").is_some() {
            let table = table::account().await.make("bench").await;
            casebridge::state::put_settings(&table.store, &settings).await.unwrap();
            (dynamodb, name, store) = (table::endpoint(), table.name, Some(table.store));
        }
        let variables = variables_of((&dynamodb, &name), &aws, (sir.url(), &aws));
        Self { slack, sir, jira, variables, store }
    }

    fn function(&self, lambda: &Lambda, binary: &str) -> Child {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        lambda.start_function(binary, &variables)
    }

    /// A message with a button that only puts work on the inbox, and one that opens a form: its `ts`.
    async fn buttons(&self, case: &str) -> String {
        let button = |index: usize, line: &str| {
            json!({"type": "button", "action_id": format!("run/{index}"), "value": format!("{case} {line}"),
                "text": {"type": "plain_text", "text": line}})
        };
        let blocks = json!([{"type": "actions", "elements": [button(1, "status"), button(2, "comment")]}]);
        let post = reqwest::Client::new().post(format!("{}/api/chat.postMessage", self.slack.url()));
        let post = post.bearer_auth(self.slack.token());
        let message = json!({"channel": self.slack.security(), "text": "buttons", "blocks": blocks});
        let posted: Value = post.json(&message).send().await.unwrap().json().await.unwrap();
        posted["ts"].as_str().unwrap().to_owned()
    }

    fn click(&self, ts: &str, action: &str) -> SignedRequest {
        self.slack
            .clicks(&UserId::new("U024BE7LH"), &self.slack.security(), &Ts::new(ts), action, &Value::Null)
            .unwrap()
    }
}

/// What costs most where it is repeated: many beginnings of tokens, many signs that are read in another way.
const REPEATED: [&str; 12] =
    ["BEGIN ", "xox", "x|", "xoxe.\"", "ghp_", "a ", "<", "&", "\"", "<@U1>\"", "<a|b>\"\u{200b}", "é"];

/// A key that is seen only without the quotes: a text that ends with it is looked through in each way there is.
const HIDDEN: &str = " AKIA\"IOSFODNN7\"EXAMPLE";

/// What a megabyte of the worst of them costs `command`, in the longest pieces that are looked through: milliseconds of
/// CPU, to be looked through for secrets, and to be read as a line and answered as well. All else that such a request
/// costs is what it costs from somebody whose long text is not read.
async fn a_megabyte(around: &Around, binary: &str) -> [f64; 2] {
    let lambda = Lambda::start().await;
    let function = around.function(&lambda, binary);
    ready(&lambda).await;
    let [ana, stranger] = ["U024BE7LH", "U024BE7LJ"].map(UserId::new);
    let cost = async |who: &UserId, text: String, answer: &str| {
        let event = request(&around.slack.types(who, &around.slack.security(), "/sir", &text));
        let mut least = f64::MAX;
        for _ in 0..3 {
            let before = cpu(&function);
            lambda.invoke(event.clone());
            let outcome = lambda.outcome().await;
            assert!(outcome.body["body"].as_str().unwrap().contains(answer), "{:?}", outcome.body);
            least = least.min(cpu(&function) - before);
        }
        least
    };
    let mut most = [0.0_f64; 2];
    for each in REPEATED {
        let line = format!("comment {}", each.repeat(250_000 / each.len()));
        let unread = cost(&stranger, line.clone(), "is read only from").await;
        let secret = cost(&ana, format!("{line}{HIDDEN}"), "looks like an AWS access key id").await;
        let read = cost(&ana, line, "may have at most 12,000 characters").await;
        most = [most[0].max(4.0 * (secret - unread)), most[1].max(4.0 * (read - unread))];
    }
    most
}

/// From the start of the process until it asks for its first event.
async fn start_time(around: &Around, binary: &str) -> Duration {
    let lambda = Lambda::start().await;
    let begun = Instant::now();
    let mut function = around.function(&lambda, binary);
    while lambda.asked() == 0 {
        assert!(function.try_wait().unwrap().is_none(), "{binary} ended at once");
        tokio::task::yield_now().await;
    }
    let time = begun.elapsed();
    function.kill().await.unwrap();
    time
}

/// The most memory that a process ever had, in megabytes: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
fn peak(function: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", function.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1_024.0 / 1e6
}

/// Milliseconds of CPU that a process has used so far, all threads together.
fn cpu(function: &Child) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", function.id().unwrap())).unwrap();
    let spent = |task: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    tasks.filter_map(spent).sum::<f64>() / 1e6
}

/// Until it asked for its first event: then it is ready.
async fn ready(lambda: &Lambda) {
    while lambda.asked() == 0 {
        tokio::task::yield_now().await;
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}

async fn starts(around: &Around, binary: &str) -> f64 {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(start_time(around, binary).await);
    }
    median(times)
}

/// A warm `command`: milliseconds until the 200 for a slash command, for a button that only puts work on the inbox and
/// for one that opens a form; and the peak of memory.
async fn warm_command(around: &Around, binary: &str) -> ([f64; 3], f64) {
    let lambda = Lambda::start().await;
    let function = around.function(&lambda, binary);
    ready(&lambda).await;
    let case = around.sir.aws_creates_case("Key leaked");
    let (channel, buttons) = (around.slack.security(), around.buttons(case.as_str()).await);
    let line = |number| format!("{case} comment number {number}");
    let before = cpu(&function);
    lambda.invoke(request(&around.slack.types(&UserId::new("U024BE7LH"), &channel, "/sir", &line(0))));
    lambda.outcome().await;
    println!("first_request_cpu_ms_command {:.1} ms", cpu(&function) - before);
    let slash = warm(&lambda, |number| {
        around.slack.types(&UserId::new("U024BE7LH"), &channel, "/sir", &line(number))
    })
    .await;
    let queued = warm(&lambda, |_| around.click(&buttons, "run/1")).await;
    let form = warm(&lambda, |_| around.click(&buttons, "run/2")).await;
    assert_eq!(around.slack.count("views.open"), TIMES + 1);
    ([slash, queued, form], peak(&function))
}

/// Milliseconds from a request to its 200.
async fn warm(lambda: &Lambda, act: impl Fn(usize) -> SignedRequest) -> f64 {
    let mut times = Vec::new();
    for number in 0..=TIMES {
        let event = request(&act(number));
        let begun = Instant::now();
        lambda.invoke(event);
        let outcome = lambda.outcome().await;
        assert_eq!((outcome.failed, &outcome.body["statusCode"]), (false, &json!(200)), "{:?}", outcome.body);
        times.push(begun.elapsed());
    }
    // The first is not warm.
    median(times.split_off(1))
}

/// A warm `notify`: the peak of memory.
async fn warm_notify(around: &Around, binary: &str) -> f64 {
    let lambda = Lambda::start().await;
    let function = around.function(&lambda, binary);
    ready(&lambda).await;
    for which in ["first", "second"] {
        let before = cpu(&function);
        if around.store.is_some() {
            around.sir.aws_creates_case("Key leaked");
        }
        let body = around.sir.take_events().first().map_or(json!({"detail-type": "Other"}), Value::clone);
        lambda.invoke(json!({"Records": [{"messageId": "m0", "body": body.to_string()}]}));
        let outcome = lambda.outcome().await;
        assert_eq!(outcome.body, json!({"batchItemFailures": []}));
        println!("{which}_request_cpu_ms_notify {:.1} ms", cpu(&function) - before);
    }
    assert_eq!(around.jira.issues().len(), if around.store.is_some() { 2 } else { 0 });
    peak(&function)
}

/// The peak of memory of `notify` where a case has ten thousand comments that were all told: while it reads them all for
/// the first time, and in a process that tells one more.
async fn many_comments(around: &Around, binary: &str, store: &Dynamo) -> [f64; 2] {
    let case = around.sir.aws_creates_case("A long night");
    let created = around.sir.take_events();
    for number in 0..10_000 {
        around.sir.aws_comments(&case, "AWS Responder", &format!("Finding number {number}.")).unwrap();
    }
    let told = Told { remote: String::new(), hash: String::new(), seen: Seen::Yes, theirs: true };
    let comments = around.sir.comments(&case);
    let keys =
        comments.iter().map(|comment| Key(format!("comment/{}/0", comment["commentId"].as_str().unwrap())));
    let each = keys.flat_map(|key| [slack::KIND, jira::KIND].map(|kind| (key.clone(), kind)));
    let write = async |(key, kind)| store.tell(&case, NO_LEASE, kind, &key, &told).await.unwrap();
    futures_util::stream::iter(each).map(write).buffer_unordered(16).collect::<Vec<()>>().await;
    around.sir.take_events();
    let first = peak_of(around, binary, &created).await;
    around.sir.aws_comments(&case, "AWS Responder", "One more.").unwrap();
    let known = peak_of(around, binary, &around.sir.take_events()).await;
    let messages = around.slack.messages(&around.slack.security());
    let says = |words: &str| messages.iter().filter(|message| message.to_string().contains(words)).count();
    assert_eq!((says("One more."), says("Finding number 9999.")), (1, 0));
    [first, known]
}

async fn peak_of(around: &Around, binary: &str, events: &[Value]) -> f64 {
    let lambda = Lambda::start().await;
    let function = around.function(&lambda, binary);
    ready(&lambda).await;
    let record = |event: &Value| json!({"messageId": "m0", "body": event.to_string()});
    lambda.invoke(json!({"Records": events.iter().map(record).collect::<Vec<_>>()}));
    assert_eq!(lambda.outcome().await.body, json!({"batchItemFailures": []}));
    peak(&function)
}

fn binary(name: &str) -> String {
    let variable = format!("CASEBRIDGE_{}_BIN", name.to_uppercase());
    let built = format!("{}/target/lambda/{name}/bootstrap", env!("CARGO_MANIFEST_DIR"));
    std::env::var(variable).unwrap_or(built)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let around = Around::start().await;
    let [notify, command] = ["notify", "command"].map(binary);
    let [secret, line] = a_megabyte(&around, &command).await;
    let mut figures = Figures::of("texts");
    figures.say("secret_scan_1_mb", (secret, "ms"), Some(50.0));
    figures.say("line_1_mb", (line, "ms"), Some(50.0));
    figures.written();
    if std::env::args().any(|arg| arg == "secret_scan") {
        return;
    }
    around.sir.take_events();
    let notify_peak = warm_notify(&around, &notify).await;
    let ([slash, queued, form], command_peak) = warm_command(&around, &command).await;
    println!("{:<10}{:>10}{:>22}{:>24}", "", "size", "start to first /next", "peak memory, warm");
    let mut starts_of = Vec::new();
    for (name, binary, peak) in [("notify", &notify, notify_peak), ("command", &command, command_peak)] {
        let size = std::fs::metadata(binary).unwrap().len() as f64 / 1e6;
        let start = starts(&around, binary).await;
        println!("{name:<10}{size:>7.2} MB{start:>19.1} ms{peak:>21.1} MB");
        starts_of.push((start, peak));
    }
    println!("warm, medians of {TIMES}: a slash command has its 200 after {slash:.2} ms,");
    println!(
        "a button that only puts work on the inbox after {queued:.2} ms, one that opens a form after {form:.2} ms"
    );
    match &around.store {
        Some(store) => {
            let [first, known] = many_comments(&around, &notify, store).await;
            println!("peak_rss_mb_reading_10000 {first:.1} MB\npeak_rss_mb_known_10000 {known:.1} MB");
        }
        None => println!(
            "notify's peak is that of an event it leaves alone: CASEBRIDGE_TEST_DYNAMODB was not set"
        ),
    }
    let worst = starts_of.iter().fold((0_f64, 0_f64), |most, one| (most.0.max(one.0), most.1.max(one.1)));
    let [best_sample, worst_sample] = SAMPLE;
    println!(
        "AWS's sample starts in {:.0} to {:.0} ms with {:.0} to {:.0} MB: {:.0} to {:.0} times as long, {:.1} to {:.1} times as much",
        best_sample.0,
        worst_sample.0,
        best_sample.1,
        worst_sample.1,
        best_sample.0 / worst.0,
        worst_sample.0 / worst.0,
        best_sample.1 / worst.1,
        worst_sample.1 / worst.1,
    );
}
