//! Who did what, and who tried to: the lines of the audit trail, with people's names as they are now.

use std::collections::{BTreeMap, BTreeSet};

use casebridge::{
    aws::{
        logs::{Logs, LogsError, Search},
        sir::aws::SirClient,
    },
    case::{CaseId, Millis, UserId, text},
    chat,
    config::{
        clock,
        environment::{self, Environment, variable},
        sdk::Aws,
    },
    targets::slack::Slack,
    telemetry::audit::{AuditLine, AuditOutcome, Decision},
};
use clap::Args;

use crate::{
    account::{self, AccountError},
    operator::{self, OperatorError},
};

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Only what is about this case.
    #[arg(long)]
    case: Option<String>,
    /// Only what this person did: a Slack or Jira id, or the ARN of an operator.
    #[arg(long)]
    who: Option<String>,
    /// Only what is as new as this: "30d", "2026-11-20", "yesterday 14:00"; UTC.
    #[arg(long)]
    since: Option<String>,
    /// The lines as they are kept, one a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("\"{0}\" is no case id: it is a number of ten digits")]
    Case(String),
    #[error("\"{0}\" is no id: Slack's begin with U or W, Jira's and AWS's are as the trail shows them")]
    Who(String),
    #[error("\"{0}\" is no moment: say 30d, 2026-11-20 or \"yesterday 14:00\"")]
    Since(String),
    #[error(transparent)]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Operator(#[from] OperatorError),
    #[error(
        "there is no log group {group} in {region}: CASEBRIDGE_AUDIT_GROUP is the output AuditGroup of the stack and stays when \
         the stack goes, AWS_REGION is the stack's Region"
    )]
    NoGroup { group: String, region: String },
    #[error(transparent)]
    Logs(#[from] LogsError),
}

fn explained(why: LogsError, group: String, region: String) -> AuditError {
    match &why {
        LogsError::Refused(code) if code == "ResourceNotFoundException" => {
            AuditError::NoGroup { group, region }
        }
        LogsError::Refused(code) => match account::refusal(code, format!("read the log group {group}")) {
            Some(refusal) => refusal.into(),
            None => why.into(),
        },
        LogsError::NoAnswer => account::silence("CloudWatch Logs", "CLOUDWATCH_LOGS", &region).into(),
        LogsError::NotSent(_) => why.into(),
    }
}

/// What the trail says, a line each, oldest first.
pub async fn run(asked: &AuditArgs) -> Result<String, AuditError> {
    let search = search(asked, environment::audit_group(variable)?, clock::now())?;
    let aws = Aws::default();
    let region = account::ready(&aws).await?;
    let group = search.group.clone();
    let found = read(&operator::logs(&aws).await?, search).await;
    let found = found.map_err(|why| explained(why, group, region))?;
    if asked.json {
        return Ok(found.iter().map(AuditLine::json).collect::<Vec<_>>().join("\n"));
    }
    let names = names(&found).await;
    let told: Vec<_> = found.iter().map(|line| told(line, &names)).collect();
    Ok(if told.is_empty() { "The audit trail says nothing of that.".to_owned() } else { told.join("\n") })
}

/// Which lines are about a case, as a term of the service's patterns.
pub fn about(case: &CaseId) -> String {
    format!("($.case = \"{case}\")")
}

fn search(asked: &AuditArgs, group: String, now: Millis) -> Result<Search, AuditError> {
    let mut terms = Vec::new();
    if let Some(case) = &asked.case {
        let id = CaseId::parse(case).ok_or_else(|| AuditError::Case(case.clone()))?;
        terms.push(about(&id));
    }
    if let Some(who) = &asked.who {
        // It stands between quotes.
        let is_id = |letter: char| letter.is_ascii_alphanumeric() || ":/_.@+=,-".contains(letter);
        if who.is_empty() || !who.chars().all(is_id) {
            return Err(AuditError::Who(who.clone()));
        }
        terms.push(format!("($.who = \"{who}\")"));
    }
    let since = asked.since.as_ref().map(|text| {
        let moment = chat::moment(text, now.div_euclid(1_000));
        moment.map(|at| at * 1_000).ok_or_else(|| AuditError::Since(text.clone()))
    });
    let pattern = (!terms.is_empty()).then(|| format!("{{ {} }}", terms.join(" && ")));
    Ok(Search { group, since: since.transpose()?, pattern, next: None })
}

/// All lines that are looked for, each once: an act that was delivered twice may have written two.
pub async fn read(logs: &Logs, mut search: Search) -> Result<Vec<AuditLine>, LogsError> {
    let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
    loop {
        let page = logs.find(&search).await?;
        for line in page.items.iter().filter_map(|text| serde_json::from_str::<AuditLine>(text).ok()) {
            let act = AuditLine { at: String::new(), aws: Vec::new(), ..line.clone() }.json();
            if seen.insert(act) {
                lines.push(line);
            }
        }
        search.next = page.next;
        if search.next.is_none() {
            break;
        }
    }
    lines.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(lines)
}

/// How people are called now; whoever Slack does not tell of, or may not be asked about, is known by the id.
async fn names(lines: &[AuditLine]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let Ok(environment) = Environment::read(variable) else { return names };
    let live = account::live(environment, SirClient::reading);
    let Ok(chosen) = live.chosen().await else { return names };
    let slack = Slack::new(&live, &chosen.settings, &chosen.secrets, Millis::MAX);
    let people: BTreeSet<_> =
        lines.iter().filter(|line| !line.team.is_empty()).map(|line| &line.who).collect();
    for id in people {
        if let Ok(Some(person)) = slack.user(&UserId::new(id)).await {
            names.insert(id.clone(), person.name);
        }
    }
    names
}

/// One act, for a person to read.
fn told(line: &AuditLine, names: &BTreeMap<String, String>) -> String {
    let who = match (names.get(&line.who), line.who.as_str()) {
        (Some(name), id) => format!("{name} ({id})"),
        (None, "") => "Casebridge".to_owned(),
        (None, id) => id.to_owned(),
    };
    let case = line.case.as_ref().map(|case| format!(" {case}")).unwrap_or_default();
    let ended = ended(line);
    let rule = if line.rule.is_empty() { String::new() } else { format!(" ({})", line.rule) };
    let version = if line.version.is_empty() { String::new() } else { format!(" {}", line.version) };
    let place = [&line.channel, &line.issue].into_iter().find(|place| !place.is_empty());
    let place = place.map(|place| format!(" in {place}")).unwrap_or_default();
    let requests = line.aws.iter().filter(|request| !request.id.is_empty());
    let requests: String =
        requests.map(|request| format!("  {} {}", request.operation, request.id)).collect();
    let door = &line.door;
    let verb = if line.verb.is_empty() { "?" } else { &line.verb };
    text::visible(&format!(
        "{}  {who}: {verb}{case}{version} by {door}{place}: {ended}{rule}{requests}",
        line.at
    ))
    .replace('\n', " ")
}

/// How it ended, in words.
pub fn ended(line: &AuditLine) -> &'static str {
    match (line.decision, line.outcome) {
        (Decision::Refused, _) => "refused",
        (_, AuditOutcome::Done) => "done",
        (_, AuditOutcome::Shown) => "shown",
        (_, AuditOutcome::Asked) => "asked to confirm",
        (_, AuditOutcome::NotDone) => "allowed, not done",
        (_, AuditOutcome::Unknown) => "tried, tried again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(case: Option<&str>, who: Option<&str>, since: Option<&str>) -> AuditArgs {
        let [case, who, since] = [case, who, since].map(|text| text.map(str::to_owned));
        AuditArgs { case, who, since, json: false }
    }

    #[test]
    fn what_is_looked_for_is_a_pattern_of_the_service() {
        let now = 1_795_668_300_000;
        let search = |asked: AuditArgs| search(&asked, "g".to_owned(), now).ok();
        let pattern = r#"{ ($.case = "7000000003") && ($.who = "U1") }"#.to_owned();
        let found = search(asked(Some("7000000003"), Some("U1"), Some("1d"))).unwrap_or_default();
        assert_eq!((found.pattern, found.since), (Some(pattern), Some(now - 86_400_000)));
        assert_eq!(search(asked(None, None, None)).map(|found| found.pattern), Some(None));
        let arn = "arn:aws:sts::111122223333:assumed-role/ops/ana@example.com";
        assert!(search(asked(None, Some(arn), None)).is_some());
        for (case, who, since) in [
            (Some("7"), None, None),
            (None, Some("U1\") || ($.who = \"U2"), None),
            (None, Some(""), None),
            (None, None, Some("soon")),
        ] {
            assert_eq!(search(asked(case, who, since)), None);
        }
    }

    #[test]
    fn a_line_reads_as_who_did_what_and_what_came_of_it_whatever_somebody_is_called() {
        let line = AuditLine {
            at: "2026-11-26T04:45:00.012Z".to_owned(),
            door: "slash".to_owned(),
            who: "U1".to_owned(),
            channel: "C1".to_owned(),
            verb: "close".to_owned(),
            case: Some(CaseId::new("7000000003")),
            decision: Decision::Refused,
            rule: "role: commander".to_owned(),
            ..AuditLine::default()
        };
        let names = BTreeMap::from([("U1".to_owned(), "An\u{1b}[2Ja\u{202e}\n".to_owned())]);
        assert_eq!(
            told(&line, &names),
            "2026-11-26T04:45:00.012Z  An\u{fffd}[2Ja\u{fffd}  (U1): close 7000000003 by slash in C1: refused \
             (role: commander)"
        );
    }
}
