//! The form of a new case: <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_CreateCase.html>.

use aws_sdk_securityir::types::AwsRegion;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    block::{Choice, Field},
    field::FieldName,
    values::{Errors, Values},
};
use crate::{
    aws::sir::{NewCase, limits},
    case::{Actor, Resolver, Seconds, Watcher},
    chat::{
        ingress::act::CommandKey,
        language::{
            command::{Command, Impact, PersonRef},
            when,
        },
    },
};

/// The most people who can watch a case.
const WATCHERS: usize = 30;

/// A new case as it was filled in: people of the workspace are looked up later.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewCaseForm {
    #[serde(rename = "title")]
    title: String,
    #[serde(rename = "description")]
    description: String,
    #[serde(rename = "engagement")]
    engagement: String,
    #[serde(rename = "resolver")]
    resolver: Resolver,
    #[serde(rename = "started")]
    started: Seconds,
    #[serde(rename = "accounts")]
    accounts: Vec<String>,
    #[serde(rename = "regions")]
    regions: Vec<String>,
    #[serde(rename = "services")]
    services: Vec<String>,
    #[serde(rename = "people")]
    pub(crate) people: Vec<PersonRef>,
    #[serde(rename = "actors")]
    actors: Vec<Actor>,
    #[serde(rename = "tags")]
    tags: Vec<(String, String)>,
}

impl NewCaseForm {
    pub(crate) fn call(&self, key: &CommandKey, watchers: Vec<Watcher>) -> NewCase {
        let Self { title, description, engagement, resolver, started, .. } = self.clone();
        let Self { accounts, regions, services, people: _, actors, tags, .. } = self.clone();
        NewCase {
            token: key.to_string(),
            resolver,
            title,
            description,
            engagement,
            reported_start: started,
            accounts,
            watchers,
            actors,
            services,
            regions,
            tags,
        }
    }

    pub(crate) fn typed(&self) -> String {
        let people = self.people.iter().map(|person| match person {
            PersonRef::User(id) => format!("@{id}"),
            PersonRef::Email(address) => address.clone(),
        });
        let actors = self.actors.iter().map(|actor| match &actor.user_agent {
            Some(agent) => format!("{} {agent}", actor.ip),
            None => actor.ip.clone(),
        });
        let tags = self.tags.iter().map(|(key, value)| format!("{key}={value}"));
        let lists = [
            ("Accounts", self.accounts.clone()),
            ("Regions", self.regions.clone()),
            ("Services", self.services.clone()),
            ("Watchers", people.collect()),
            ("Addresses", actors.collect()),
            ("Tags", tags.collect()),
        ];
        let resolver = resolver_name(self.resolver);
        let head = format!(
            "Title: {}\nType: {}\nResolver: {resolver}\nStart: {}",
            self.title,
            self.engagement,
            when::written(self.started)
        );
        let lists = lists.into_iter().filter(|(_, items)| !items.is_empty());
        let lines = lists.map(|(name, items)| format!("\n{name}: {}", items.join(", ")));
        format!("{head}{}\nDescription: {}", lines.collect::<String>(), self.description)
    }
}

fn resolver_name(resolver: Resolver) -> &'static str {
    match resolver {
        Resolver::Aws => "AWS",
        Resolver::Own => "Self",
    }
}

pub(crate) fn blocks(title: Option<&str>, now: Seconds) -> Vec<Value> {
    let resolvers =
        [Choice::new("AWS", "AWS works it with us"), Choice::new("Self", "Our own team works it")];
    let regions: Vec<_> = AwsRegion::values().iter().map(|region| Choice::bare(*region)).collect();
    let mut blocks =
        vec![Field::needed(FieldName::Title, "Title").initial(title.unwrap_or_default()).line(300)];
    blocks.extend(description(""));
    blocks.extend([
        engagement(""),
        Field::needed(FieldName::Resolver, "Who works it?")
            .hint("A case that AWS works cannot be taken back.")
            .one_of(&resolvers),
        Field::needed(FieldName::Started, "Reported start")
            .hint("When it is said to have begun, in your own time zone as Slack shows it.")
            .moment(Some(now)),
        Field::optional(FieldName::Accounts, "Accounts").hint("Their ids, with blanks between them.").lines(),
        Field::optional(FieldName::Regions, "Regions").some_of(&regions),
        Field::optional(FieldName::Services, "Services")
            .hint("As S3, IAM, with commas between them.")
            .lines(),
        Field::optional(FieldName::People, "Watchers").hint("They get the case's e-mails.").people(WATCHERS),
        Field::optional(FieldName::Watchers, "Watchers outside Slack")
            .hint("Their e-mail addresses.")
            .lines(),
        Field::optional(FieldName::Actors, "The threat actor's addresses")
            .hint("One a line; what follows it is the user agent.")
            .lines(),
        Field::optional(FieldName::Tags, "Tags").hint("As team=red cost=42.").lines(),
    ]);
    blocks
}

pub(crate) fn description(now: &str) -> Vec<Value> {
    let hint =
        "Slack takes 3,000 characters here, a case 8,000: what you type in more room begins a new line.";
    Field::needed(FieldName::Description, "Description")
        .hint(hint)
        .initial(now)
        .long(limits::case::MOST_OF_A_DESCRIPTION)
}

pub(crate) fn engagement(now: &str) -> Value {
    let kinds = limits::case::ENGAGEMENTS.map(Choice::bare);
    Field::needed(FieldName::Engagement, "Type").initial(now).one_of(&kinds)
}

pub(crate) fn read(mut values: Values<'_>) -> Result<NewCaseForm, Errors> {
    let (title, description) = (values.text(FieldName::Title), values.long(FieldName::Description));
    let title = title.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    values.checked(FieldName::Title, limits::case::TITLE.check(&title));
    values.checked_long(FieldName::Description, limits::case::DESCRIPTION.check(&description));
    let engagement = values.option(FieldName::Engagement).unwrap_or_default().to_owned();
    match engagement.is_empty() {
        true => values.wrong(FieldName::Engagement, "Which type of case is it?"),
        false => {
            values.checked(FieldName::Engagement, limits::case::engagement(&engagement));
        }
    }
    let resolver = match values.option(FieldName::Resolver) {
        Some("AWS") => Resolver::Aws,
        Some(_) => Resolver::Own,
        None => {
            values.wrong(FieldName::Resolver, "Who works it? Nothing is chosen for you.");
            Resolver::Own
        }
    };
    let started = values.moment(FieldName::Started);
    if started.is_none() {
        values.wrong(FieldName::Started, "When did it begin?");
    }
    let new = NewCaseForm {
        title,
        description,
        engagement,
        resolver,
        started: started.unwrap_or_default(),
        accounts: impact(&mut values, FieldName::Accounts, "impact add account"),
        regions: values.options(FieldName::Regions),
        services: services(&mut values),
        people: people(&mut values),
        actors: actors(&mut values),
        tags: match values.asked(FieldName::Tags, "tag add") {
            Some(Command::Tag { pairs }) => pairs,
            _ => Vec::new(),
        },
    };
    // Whatever else the service's model says. Who the people of the workspace are is not known yet.
    if let Err(error) = limits::case::new_case(&new.call(&CommandKey::known("x".to_owned()), Vec::new())) {
        let field = match error.field {
            "account" | "accounts" => FieldName::Accounts,
            "region" | "regions" => FieldName::Regions,
            "service" | "services" => FieldName::Services,
            "ip" | "actors" => FieldName::Actors,
            "engagement" => FieldName::Engagement,
            "tags" => FieldName::Tags,
            _ => FieldName::Title,
        };
        // A description was checked above, where its last field is known.
        if error.field != "description" {
            values.wrong(field, &error);
        }
    }
    values.read(Some(new))
}

fn impact(values: &mut Values<'_>, name: FieldName, verb: &str) -> Vec<String> {
    match values.asked(name, verb) {
        Some(Command::Impact { what: Impact::Accounts(items) | Impact::Services(items), .. }) => items,
        _ => Vec::new(),
    }
}

/// A service's name may have blanks in it: commas and lines stand between them.
fn services(values: &mut Values<'_>) -> Vec<String> {
    let all = values.text(FieldName::Services);
    let items = all.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
    let mut services: Vec<String> = items.map(str::to_owned).collect();
    services.dedup();
    for service in &services {
        values.checked(FieldName::Services, limits::place::service(service));
    }
    services
}

fn people(values: &mut Values<'_>) -> Vec<PersonRef> {
    let mut people: Vec<_> = values.people(FieldName::People).into_iter().map(PersonRef::User).collect();
    if let Some(Command::Watch { people: more }) = values.asked(FieldName::Watchers, "watch") {
        people.extend(more);
    }
    if people.len() > WATCHERS {
        values.wrong(
            FieldName::Watchers,
            format!("At most {WATCHERS} watchers are possible; this has {}.", people.len()),
        );
    }
    people
}

fn actors(values: &mut Values<'_>) -> Vec<Actor> {
    let all = values.text(FieldName::Actors);
    let mut actors = Vec::new();
    for line in all.lines() {
        if let Some(Command::Actor { actor, .. }) = values.asked_of(FieldName::Actors, "actor add", line) {
            actors.push(actor);
        }
    }
    actors
}

#[cfg(test)]
pub(crate) fn sample() -> NewCaseForm {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    NewCaseForm {
        title: "Leaked key".to_owned(),
        description: "Used from\n203.0.113.9".to_owned(),
        engagement: limits::case::ENGAGEMENTS[0].to_owned(),
        resolver: Resolver::Aws,
        started: 1_795_666_800,
        accounts: texts(&["111122223333"]),
        regions: texts(&["eu-west-1"]),
        services: texts(&["AWS Lambda"]),
        people: vec![
            PersonRef::User(crate::case::UserId::new("U0ANAEXAMP")),
            PersonRef::Email("bo@example.com".to_owned()),
        ],
        actors: vec![Actor { ip: "203.0.113.9".to_owned(), user_agent: Some("Boto3/1.34".to_owned()) }],
        tags: vec![("team".to_owned(), "blue".to_owned())],
    }
}
