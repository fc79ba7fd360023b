//! The queues and their dead letters: what lies there, and the way back.

use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata,
    types::{Message, MessageSystemAttributeName as Attribute},
};
use casebridge::{
    case::{CaseId, Millis},
    config::{
        clock,
        environment::{self, Environment, variable},
        secrets::{Secrets, SecretsError},
    },
    runtime::live::queue_urls,
    state::{self, Store},
    telemetry::audit::AuditOutcome,
};
use serde_json::Value;

use crate::{
    account::{Account, AccountError},
    doctor,
    operator::{self, Operator, OperatorError},
};

#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. The stack's output Environment prints the line that sets them")]
    Environment(#[from] environment::EnvironmentError),
    #[error("{0}")]
    Url(String),
    #[error(
        "the queue does not {what} ({code}): your credentials need sqs:ReceiveMessage, SendMessage and DeleteMessage on \
         the stack's queues. What was not moved is where it was"
    )]
    Refused { what: &'static str, code: String },
    #[error("\"{0}\" is neither a case's id nor a file with an event of EventBridge, as JSON")]
    Neither(String),
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error("{0}. Nothing was moved or asked for")]
    Operator(#[from] OperatorError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Whose dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    /// Of `notify`: what happened on cases.
    Events,
    /// Of `command`: what people did.
    Inbox,
}

#[derive(Debug, clap::Args)]
pub struct RedriveArgs {
    /// Of which queue; without it of both.
    which: Option<Which>,
    /// Only says what lies there.
    #[arg(long)]
    dry_run: bool,
}

/// A letter is hidden from others for so many seconds while it is moved.
const HIDDEN: i32 = 60;
/// So many are explained.
const EXPLAINED: usize = 10;

struct Post {
    client: Client,
    /// For `notify`, for `command`, and the dead letters of each.
    urls: [String; 4],
    secrets: Result<Secrets, SecretsError>,
}

impl Post {
    async fn open() -> Result<(Account, Self), QueueError> {
        let account = Account::open().await?;
        let environment = Environment::read(variable)?;
        let urls = queue_urls(&environment.inbox_url).map_err(QueueError::Url)?;
        let secrets = Secrets::load(&account.secrets().await, &environment.secret_id).await;
        let client = Client::new(account.aws.config().await);
        Ok((account, Self { client, urls, secrets: secrets.map(|(secrets, _)| secrets) }))
    }

    /// Letters that nobody else has in hand, hidden for so many seconds.
    async fn receive(&self, url: &str, hidden: i32) -> Result<Vec<Message>, QueueError> {
        let asked = self.client.receive_message().queue_url(url).max_number_of_messages(10);
        let asked = asked.visibility_timeout(hidden).wait_time_seconds(1);
        let asked = asked.message_system_attribute_names(Attribute::All);
        let answer = asked.send().await.map_err(|error| refused("give its letters", &error))?;
        Ok(answer.messages.unwrap_or_default())
    }

    /// Puts a letter back where it came from, and only then takes it away.
    async fn put_back(&self, which: Which, letter: &Message) -> Result<(), QueueError> {
        let [events, inbox, events_dead, inbox_dead] = &self.urls;
        let id = letter.message_id().unwrap_or_default();
        let send = self.client.send_message().message_body(letter.body().unwrap_or_default());
        let (send, from) = match which {
            Which::Events => (send.queue_url(events), events_dead),
            Which::Inbox => {
                let group = attribute(letter, &Attribute::MessageGroupId).unwrap_or(id);
                // Of its own: the first one's id may still be known as done.
                let send = send.message_group_id(group).message_deduplication_id(format!("redrive-{id}"));
                (send.queue_url(inbox), inbox_dead)
            }
        };
        send.send().await.map_err(|error| refused("take a letter back", &error))?;
        let receipt = letter.receipt_handle().unwrap_or_default();
        let deleted = self.client.delete_message().queue_url(from).receipt_handle(receipt).send().await;
        deleted.map(drop).map_err(|error| refused("let go of a letter that was put back", &error))
    }

    /// What a letter is, without anything of what somebody wrote.
    fn explain(&self, which: Which, letter: &Message) -> String {
        let at = attribute(letter, &Attribute::SentTimestamp).and_then(|text| text.parse::<Millis>().ok());
        let age = at.map_or_else(|| "at an unknown time".to_owned(), doctor::ago);
        let body = letter.body().unwrap_or_default();
        let what = match which {
            Which::Events => of_an_event(body),
            Which::Inbox => match &self.secrets {
                Err(_) => "a job; the secret cannot be read, so nobody knows which".to_owned(),
                Ok(secrets) => match secrets.unseal(body) {
                    None => {
                        "a job without a seal of ours: it is refused again (alarm forged-jobs)".to_owned()
                    }
                    Some(job) => of_a_job(job),
                },
            },
        };
        format!("{what}, sent {age}")
    }
}

fn attribute<'m>(letter: &'m Message, name: &Attribute) -> Option<&'m str> {
    letter.attributes()?.get(name).map(String::as_str)
}

fn refused<E: ProvideErrorMetadata>(what: &'static str, error: &E) -> QueueError {
    QueueError::Refused { what, code: error.code().unwrap_or("no answer").to_owned() }
}

/// Ids and names of the service's own; whatever else stands there stays there.
fn plain(value: &Value) -> &str {
    let text = value.as_str().unwrap_or_default();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || " -_./:".contains(letter);
    if !text.is_empty() && text.len() <= 80 && text.chars().all(is_plain) { text } else { "?" }
}

fn of_an_event(body: &str) -> String {
    let event: Value = serde_json::from_str(body).unwrap_or_default();
    let detail = &event["detail"];
    let of = ["caseId", "membershipId", "caseArn"].into_iter().map(|name| plain(&detail[name]));
    let of = of.into_iter().find(|text| *text != "?");
    match (event.is_object(), of) {
        (false, _) => "no JSON: nobody can read it".to_owned(),
        (true, Some(of)) => format!("\"{}\" of {of}", plain(&event["detail-type"])),
        (true, None) => format!("\"{}\"", plain(&event["detail-type"])),
    }
}

fn of_a_job(job: &str) -> String {
    let job: Value = serde_json::from_str(job).unwrap_or_default();
    let who = match plain(&job["user"]) {
        "?" => "somebody in Jira",
        user => user,
    };
    format!("what {who} did (door {})", plain(&job["door"]))
}

/// How many lie there of each, and what the first are.
pub async fn redrive(asked: &RedriveArgs) -> Result<String, QueueError> {
    let (account, post) = Post::open().await?;
    let operator = Operator::identify(&account.aws).await?;
    let mut told = Vec::new();
    for which in [Which::Events, Which::Inbox] {
        if asked.which.is_some_and(|one| one != which) {
            continue;
        }
        told.push(match asked.dry_run {
            true => lying(&post, which).await?,
            false => moved(&post, which).await?,
        });
    }
    if !asked.dry_run {
        operator::record(operator.as_ref(), operator::line("redrive", None, AuditOutcome::Done)).await?;
    }
    Ok(told.join("\n"))
}

fn name(which: Which) -> &'static str {
    match which {
        Which::Events => "events-dead",
        Which::Inbox => "inbox-dead",
    }
}

fn dead(post: &Post, which: Which) -> &str {
    match which {
        Which::Events => &post.urls[2],
        Which::Inbox => &post.urls[3],
    }
}

async fn lying(post: &Post, which: Which) -> Result<String, QueueError> {
    let letters = post.receive(dead(post, which), 0).await?;
    let lines = letters.iter().take(EXPLAINED).map(|letter| format!("  {}", post.explain(which, letter)));
    let lines: Vec<_> = lines.collect();
    Ok(match lines.is_empty() {
        true => format!("{}: nothing lies there", name(which)),
        false => format!("{}, the first of them:\n{}", name(which), lines.join("\n")),
    })
}

async fn moved(post: &Post, which: Which) -> Result<String, QueueError> {
    let (mut count, mut lines) = (0_usize, Vec::new());
    let begun = clock::now();
    loop {
        let letters = post.receive(dead(post, which), HIDDEN).await?;
        // What is given up again meanwhile stays: it would go round for ever.
        let old = |letter: &&Message| {
            let first = attribute(letter, &Attribute::ApproximateFirstReceiveTimestamp);
            first.and_then(|at| at.parse::<Millis>().ok()).is_none_or(|at| at <= begun + 3_600_000)
        };
        let letters: Vec<_> = letters.iter().filter(old).collect();
        if letters.is_empty() {
            break;
        }
        for letter in letters {
            post.put_back(which, letter).await?;
            count += 1;
            if lines.len() < EXPLAINED {
                lines.push(format!("\n  {}", post.explain(which, letter)));
            }
        }
    }
    Ok(format!("{}: {count} put back on their queue{}", name(which), lines.concat()))
}

#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    /// A case's id, or a file with an event of EventBridge.
    pub what: String,
    /// Only says what would be done for the case.
    #[arg(long)]
    pub dry_run: bool,
}

/// Says again that there is news of a case, all of its comments included, or brings an event once more.
pub async fn replay(asked: &ReplayArgs) -> Result<String, QueueError> {
    let neither = || QueueError::Neither(asked.what.clone());
    let (account, post) = Post::open().await?;
    let operator = Operator::identify(&account.aws).await?;
    let did = async |case| {
        operator::record(operator.as_ref(), operator::line("replay", case, AuditOutcome::Done)).await
    };
    if let Some(case) = CaseId::parse(&asked.what) {
        account.table.hint(&case, clock::now(), true).await?;
        did(Some(&case)).await?;
        return Ok(format!("the next sweep, within a minute, looks at all of case {case}"));
    }
    let event = std::fs::read_to_string(&asked.what).map_err(|_| neither())?;
    let read: Value = serde_json::from_str(&event).map_err(|_| neither())?;
    if !read["detail-type"].is_string() {
        return Err(neither());
    }
    let send = post.client.send_message().queue_url(&post.urls[0]).message_body(event);
    send.send().await.map_err(|error| refused("take the event", &error))?;
    did(None).await?;
    Ok(format!("{} is on the queue for notify", of_an_event(&read.to_string())))
}

/// What lies with the dead letters, for `casebridge status`.
pub async fn explained() -> Result<String, QueueError> {
    let (_, post) = Post::open().await?;
    Ok(format!("{}\n{}", lying(&post, Which::Events).await?, lying(&post, Which::Inbox).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_explained_by_ids_alone() {
        let event =
            r#"{"detail-type": "Case Updated", "detail": {"caseId": "7000000003", "title": "SECRET"}}"#;
        assert_eq!(of_an_event(event), "\"Case Updated\" of 7000000003");
        assert_eq!(of_an_event("{\"detail-type\": \"Scheduled Event\"}"), "\"Scheduled Event\"");
        assert_eq!(of_an_event("not JSON"), "no JSON: nobody can read it");
        assert_eq!(of_an_event("{\"detail-type\": \"\\u001b[2J\"}"), "\"?\"");
        let job = r#"{"user": "U024BE7LH", "door": "slash", "did": {"text": "SECRET"}}"#;
        assert_eq!(of_a_job(job), "what U024BE7LH did (door slash)");
        assert_eq!(of_a_job("{}"), "what somebody in Jira did (door ?)");
    }
}
