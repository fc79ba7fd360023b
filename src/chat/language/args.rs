//! How each verb's arguments are read.

use crate::case::{Actor, Seconds, Status};

use super::{
    arguments::{Arguments, Flag, choose, items, once, plain},
    command::{CaseFilter, ClockChange, Command, Impact, ListEdit, OwnerRef, PersonRef},
    help as pages,
    user_error::{UserError, nearest, quoted},
    validate, when,
};
use crate::chat::language::decode::{LineWords, Word};

pub(super) type Asked = Result<Command, UserError>;

/// A reader of a verb that takes nothing: what follows it is refused by the grammar.
macro_rules! bare {
    ($($name:ident => $command:expr),* $(,)?) => {
        $(pub(super) fn $name(_: &mut LineWords<'_>, _: Seconds) -> Asked {
            Ok($command)
        })*
    };
}

pub(super) use bare;

bare! {
    tray => Command::Tray,
    whoami => Command::Whoami,
    doctor => Command::Doctor,
    edit => Command::Edit,
    watchers => Command::Watchers,
    take => Command::Take,
    attach => Command::Attach,
    files => Command::Files,
    ai => Command::Ai,
    tags => Command::Tags,
    close => Command::Close,
    jira => Command::Jira,
    jira_open => Command::JiraOpen,
    jira_back => Command::JiraBack,
    restrict_off => Command::Unrestrict,
    card => Command::Card,
}

pub(super) fn help(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let Some(first) = words.next() else { return Ok(Command::Help { verb: None }) };
    if first.shown().eq_ignore_ascii_case(pages::ALL) && words.peek().is_none() {
        return Ok(Command::Help { verb: Some(pages::ALL.to_owned()) });
    }
    let found = super::grammar::topic(&first.shown(), words.next().map(|word| word.shown()).as_deref())?;
    Ok(Command::Help { verb: Some(found.to_owned()) })
}

pub(super) fn show(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let arguments = Arguments::read(words, &[Flag::Full])?;
    arguments.nothing_else()?;
    Ok(Command::Show { full: arguments.has(Flag::Full) })
}

pub(super) fn list(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let kinds = [("open", CaseFilter::Open), ("closed", CaseFilter::Closed), ("mine", CaseFilter::Mine)];
    let which = words.next().map(|word| choose("a list", &word.shown(), &kinds)).transpose()?;
    Ok(Command::List { which: which.unwrap_or_default() })
}

pub(super) fn comments(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Comments { count: how_many(words, 5)? })
}

pub(super) fn history(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::History { count: how_many(words, 10)? })
}

fn how_many(words: &mut LineWords<'_>, usual: u8) -> Result<u8, UserError> {
    let Some(word) = words.next() else { return Ok(usual) };
    Ok(u8::try_from(validate::number("a number of lines", &word.shown(), 50)?).unwrap_or(usual))
}

pub(super) fn new(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let title = one_line(&words.text());
    let title = (!title.is_empty()).then(|| validate::text("A title", title, 300)).transpose()?;
    Ok(Command::New { title })
}

pub(super) fn comment(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let text = words.text();
    let text = (!text.is_empty()).then(|| validate::text("A comment", text, 12_000)).transpose()?;
    Ok(Command::Comment { text })
}

pub(super) fn amend(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let comment = validate::comment(&required(words, "comment")?)?;
    Ok(Command::Amend { comment, text: validate::text("A comment", words.text(), 12_000)? })
}

pub(super) fn title(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Title { text: validate::text("A title", one_line(&words.text()), 300)? })
}

pub(super) fn describe(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Describe { text: validate::text("A description", words.text(), 8_000)? })
}

/// A title has one line: those of a longer text are joined.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(super) fn status(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let wanted = joined(words);
    let letters: String = wanted.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    if wanted.is_empty() {
        return Ok(Command::Status { to: None });
    }
    let all = [
        Status::Submitted,
        Status::Detection,
        Status::Containment,
        Status::PostIncident,
        Status::Acknowledged,
        Status::ReadyToClose,
        Status::Closed,
    ];
    let spelled = |status: &Status| -> String {
        status.as_str().to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()
    };
    let fitting: Vec<&Status> =
        all.iter().filter(|status| !letters.is_empty() && spelled(status).starts_with(&letters)).collect();
    match fitting[..] {
        [Status::Acknowledged | Status::ReadyToClose] => Err(UserError::new(
            format!("{wanted} is a status that only AWS sets.", wanted = quoted(&wanted)),
            "You can set `submitted`, `detect`, `contain` or `post` on a case of your own.",
        )),
        [Status::Closed] => Err(UserError::new(
            format!(
                "{wanted} is not set as a status: closing a case is final, and a verb of its own.",
                wanted = quoted(&wanted)
            ),
            "To finish the case, close it.",
        )
        .suggesting("close")),
        [status] => Ok(Command::Status { to: Some(status.clone()) }),
        _ => {
            let mistake = UserError::new(
                format!("{wanted} is not a status.", wanted = quoted(&wanted)),
                "A status is `submitted`, `detect`, `contain` or `post`; `status` alone shows the legal next ones. To \
                 finish a case: `close`.",
            );
            Err(match nearest(&wanted, ["submitted", "detect", "contain", "post"]) {
                Some(near) => mistake.instead_of(&wanted, near),
                None => mistake,
            })
        }
    }
}

fn joined(words: &mut LineWords<'_>) -> String {
    words.map(|word| word.shown()).collect::<Vec<_>>().join(" ")
}

pub(super) fn engagement(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let types = [
        ("incident", "Security Incident"),
        ("security incident", "Security Incident"),
        ("investigation", "Investigation"),
    ];
    let wanted = joined(words);
    Ok(Command::Type { engagement: choose("a type of case", &wanted, &types)?.to_owned() })
}

pub(super) fn started(words: &mut LineWords<'_>, now: Seconds) -> Asked {
    let arguments = Arguments::read(words, &[Flag::Reported])?;
    let said = arguments.plain.join(" ");
    let forms = format!("Write it as {}.", when::FORMS);
    let at = when::moment(&said, now).ok_or_else(|| {
        UserError::new(format!("{said} is not a moment that I can read.", said = quoted(&said)), forms)
    })?;
    let on_a_clock = when::on_a_clock(&said, now);
    // Where it is on somebody's own clock, whether it has come is known once that is.
    if at > now + on_a_clock.as_ref().map_or(0, |_| when::FARTHEST) {
        let happened =
            format!("{} has not come yet, and an incident cannot begin in the future.", when::written(at));
        return Err(UserError::new(
            happened,
            "Times are on your own clock unless you give an offset, as in `2026-11-20 14:00+01:00`.",
        ));
    }
    Ok(Command::Started { at, said: on_a_clock, reported: arguments.has(Flag::Reported) })
}

pub(super) fn metadata(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let pairs = pairs(words)?;
    validate::count("pairs", pairs.len(), 30)?;
    for (key, value) in &pairs {
        validate::text("A key of metadata", key.clone(), 500)?;
        validate::text("A value of metadata", value.clone(), 2_000)?;
    }
    Ok(Command::Metadata { pairs })
}

pub(super) fn watch(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Watch { people: people(words)? })
}

pub(super) fn unwatch(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Unwatch { people: people(words)? })
}

/// People, separated by blanks or commas. None at all: the one who asks.
fn people(line: &mut LineWords<'_>) -> Result<Vec<PersonRef>, UserError> {
    let mut people = Vec::new();
    for word in line {
        match word {
            Word::User(id) => people.push(PersonRef::User(id)),
            other @ (Word::Text(_) | Word::Flag { .. }) => {
                for email in items(&other)? {
                    people.push(PersonRef::Email(validate::email(&email)?));
                }
            }
        }
    }
    let people = once(people, |person| person);
    if !people.is_empty() {
        validate::count("watchers", people.len(), 30)?;
    }
    Ok(people)
}

/// LineWords separated by blanks or commas, each of a shape, each once.
pub(super) fn many(
    line: &mut LineWords<'_>,
    what: &str,
    most: usize,
    shape: fn(&str) -> Result<String, UserError>,
) -> Result<Vec<String>, UserError> {
    let mut list = Vec::new();
    for word in line {
        for item in items(&word)? {
            list.push(shape(&item)?);
        }
    }
    let list = once(list, |item| item);
    validate::count(what, list.len(), most)?;
    Ok(list)
}

pub(super) fn impact_add(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Impact { edit: ListEdit::Add, what: impact(words)? })
}

pub(super) fn impact_rm(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Impact { edit: ListEdit::Remove, what: impact(words)? })
}

fn impact(words: &mut LineWords<'_>) -> Result<Impact, UserError> {
    #[derive(Clone, Copy)]
    enum ImpactKind {
        Account,
        Region,
        Service,
    }
    let kinds = [
        ("accounts", ImpactKind::Account),
        ("regions", ImpactKind::Region),
        ("services", ImpactKind::Service),
    ];
    Ok(match choose("a kind of impact", &required(words, "kind of impact")?, &kinds)? {
        ImpactKind::Account => Impact::Accounts(many(words, "accounts", 200, validate::account)?),
        ImpactKind::Region => Impact::Regions(many(words, "Regions", 50, validate::region)?),
        ImpactKind::Service => Impact::Services(many(words, "services", 600, validate::service)?),
    })
}

pub(super) fn actor_add(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let ip = validate::written(validate::public_address(&required(words, "IP address")?)?);
    Ok(Command::Actor { edit: ListEdit::Add, actor: Actor { ip, user_agent: agent(words)? } })
}

pub(super) fn actor_rm(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let ip = validate::written(validate::address(&required(words, "IP address")?)?);
    Ok(Command::Actor { edit: ListEdit::Remove, actor: Actor { ip, user_agent: agent(words)? } })
}

fn agent(words: &mut LineWords<'_>) -> Result<Option<String>, UserError> {
    let agent = words.text();
    (!agent.is_empty()).then(|| validate::text("A user agent", agent, 500)).transpose()
}

pub(super) fn get(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Get { number: validate::number("a file's number", &required(words, "file")?, 999)? })
}

pub(super) fn useful(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    rate(words, true)
}

pub(super) fn useless(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    rate(words, false)
}

fn rate(words: &mut LineWords<'_>, useful: bool) -> Asked {
    let step = validate::step(&required(words, "investigation")?)?;
    let why = words.text();
    let why = (!why.is_empty()).then(|| validate::text("A reason", why, 1_000)).transpose()?;
    Ok(Command::Rate { step, useful, why })
}

pub(super) fn tag_add(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let pairs = pairs(words)?;
    validate::count("tags", pairs.len(), 200)?;
    let checked = |(key, value)| Ok((validate::tag_key(key)?, validate::tag_value(value)?));
    Ok(Command::Tag { pairs: pairs.into_iter().map(checked).collect::<Result<_, UserError>>()? })
}

pub(super) fn tag_rm(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let mut keys = Vec::new();
    for word in words {
        let text = plain(&word)?;
        let key = text.split('=').next().unwrap_or_default().trim();
        keys.push(validate::tag_key(key.to_owned())?);
    }
    let keys = once(keys, |key| key);
    validate::count("tags", keys.len(), 200)?;
    Ok(Command::Untag { keys })
}

/// `KEY=VALUE`, each key once: the last one holds.
fn pairs(words: &mut LineWords<'_>) -> Result<Vec<(String, String)>, UserError> {
    let pairs = words.map(|word| validate::pair(&plain(&word)?));
    let mut pairs: Vec<(String, String)> = pairs.collect::<Result<_, UserError>>()?;
    pairs.reverse();
    let mut last = once(pairs, |(key, _)| key);
    last.reverse();
    Ok(last)
}

pub(super) fn resolver(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    match required(words, "resolver")?.to_lowercase().as_str() {
        "aws" => Ok(Command::Resolver),
        other => Err(UserError::new(
            format!("{other} is not a resolver that a case can be given to.", other = quoted(other)),
            "A case can only be handed to AWS, and never back.",
        )),
    }
}

pub(super) fn owner(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let to = match words.next() {
        None => None,
        Some(Word::User(user)) => Some(OwnerRef::Person(user)),
        Some(word) if word.shown().eq_ignore_ascii_case("nobody") => Some(OwnerRef::Nobody),
        Some(word) => {
            return Err(UserError::new(
                format!("{} is nobody whom Slack knows.", quoted(word.shown())),
                "Choose the person from the list that Slack shows after the @, or say `owner nobody`.",
            ));
        }
    };
    Ok(Command::Owner { to })
}

pub(super) fn clock(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let start = |from| ClockChange::Start { from };
    let Some(name) = words.next().map(|word| word.shown()) else {
        return Ok(Command::Clock { name: None, change: start(None) });
    };
    let rest = joined(words).split_whitespace().collect::<Vec<_>>().join(" ");
    let change = match rest.split_once(' ') {
        _ if rest.is_empty() => start(None),
        _ if rest.eq_ignore_ascii_case("stop") => ClockChange::Stop,
        Some((from, when)) if from.eq_ignore_ascii_case("from") => start(Some(when.to_owned())),
        _ => {
            return Err(UserError::new(
                format!("{} does not follow a clock's name.", quoted(&rest)),
                "Write `clock NAME`, `clock NAME from yesterday 14:00`, or `clock NAME stop`.",
            ));
        }
    };
    Ok(Command::Clock { name: Some(name), change })
}

pub(super) fn restrict(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let mut people = Vec::new();
    for word in words {
        let Word::User(user) = word else {
            return Err(UserError::new(
                format!("{} is nobody whom Slack knows.", quoted(word.shown())),
                "Choose each person from the list that Slack shows after the @.",
            ));
        };
        people.push(user);
    }
    Ok(Command::Restrict { people: once(people, |user| user) })
}

pub(super) fn brief(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let arguments = Arguments::read(words, &[Flag::Post])?;
    arguments.nothing_else()?;
    Ok(Command::Brief { post: arguments.has(Flag::Post) })
}

pub(super) fn timeline(words: &mut LineWords<'_>, now: Seconds) -> Asked {
    let said = joined(words);
    if said.is_empty() {
        return Ok(Command::Timeline { since: None, said: None });
    }
    let since = when::moment(&said, now).ok_or_else(|| {
        UserError::new(
            format!("{} is not a moment that I can read.", quoted(&said)),
            format!("Write it as {}.", when::FORMS),
        )
    })?;
    Ok(Command::Timeline { since: Some(since), said: when::on_a_clock(&said, now) })
}

pub(super) fn jira_link(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::JiraLink { key: validate::issue(&required(words, "issue")?)? })
}

pub(super) fn jira_close(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::JiraClose { key: validate::issue(&required(words, "issue")?)? })
}

pub(super) use super::args_organisation::*;

pub(super) fn required(words: &mut LineWords<'_>, what: &str) -> Result<String, UserError> {
    match words.next() {
        Some(word) => plain(&word),
        None => Err(UserError::new(format!("No {what} is named."), "Write it after the verb.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::language::grammar::parse;

    /// 2026-11-21T10:00:00Z.
    const NOW: Seconds = 1_795_255_200;

    fn numbered(many: usize, word: impl Fn(usize) -> String) -> String {
        (0..many).map(word).collect::<Vec<_>>().join(" ")
    }

    /// Everything has a limit: a line with so much of it is taken, and with one more it is refused by that number.
    fn limited(most: usize, named: &str, line: impl Fn(usize) -> String) {
        let refused = |much: usize| parse(&line(much), NOW).err().map(|mistake| mistake.to_string());
        assert_eq!(refused(most), None);
        let reply = refused(most + 1).unwrap_or_else(|| panic!("{} is taken", line(most + 1)));
        assert!(reply.contains(named), "{named}: {reply}");
    }

    #[test]
    fn every_text_has_the_services_limit() {
        for (before, most, named) in [
            ("comment ", 12_000, "A comment may have at most 12,000 characters; this one has 12,001."),
            ("amend 000123 ", 12_000, "A comment may have at most 12,000"),
            ("title ", 300, "A title may have at most 300"),
            ("new ", 300, "A title may have at most 300"),
            ("describe ", 8_000, "A description may have at most 8,000"),
            ("actor add 203.0.113.9 ", 500, "A user agent may have at most 500"),
            ("ai useful 1 ", 1_000, "A reason may have at most 1,000"),
            ("metadata key=", 2_000, "A value of metadata may have at most 2,000"),
            ("tag add key=", 256, "0 to 256"),
        ] {
            limited(most, named, |much| format!("{before}{}", "é".repeat(much)));
        }
        limited(500, "A key of metadata may have at most 500", |much| {
            format!("metadata {}=v", "k".repeat(much))
        });
        limited(128, "1 to 128", |much| format!("tag add {}=v", "k".repeat(much)));
    }

    #[test]
    fn every_list_has_the_services_limit() {
        let account = |each| format!("{each:012}");
        limited(200, "At most 200 accounts", |many| {
            format!("impact add account {}", numbered(many, account))
        });
        limited(100, "At most 100 accounts", |many| {
            format!("membership accounts {}", numbered(many, account))
        });
        limited(600, "At most 600 services", |many| {
            format!("impact add service {}", numbered(many, |n| format!("EC{n}")))
        });
        limited(30, "At most 30 watchers", |many| {
            format!("watch {}", numbered(many, |n| format!("a{n}@example.com")))
        });
        limited(30, "At most 30 pairs", |many| format!("metadata {}", numbered(many, |n| format!("k{n}=v"))));
        limited(200, "At most 200 tags", |many| format!("tag add {}", numbered(many, |n| format!("k{n}=v"))));
        limited(200, "At most 200 tags", |many| format!("tag rm {}", numbered(many, |n| format!("k{n}"))));
        limited(50, "from 1 to 50", |number| format!("comments {number}"));
        for side in ["add", "remove"] {
            limited(5, "At most 5 organizational units", |many| {
                let unit = |each| format!("--{side}-unit ou-ab12-cd34ef{each:02}");
                format!("membership update {}", numbered(many, unit))
            });
        }
        let member = |each| format!("--member \"Ana Lima|Lead|a{each}@example.com\"");
        limited(10, "At most 10 team members", |many| {
            format!("membership new Example {}", numbered(many, member))
        });
        limited(10, "this one has 11", |many| format!("membership update {}", numbered(many, member)));
        assert!(parse(&format!("membership update {}", member(1)), NOW).is_err());
    }

    #[test]
    fn what_is_named_twice_counts_once_and_the_last_value_holds() {
        for (twice, once) in [
            ("impact add account 111122223333 1111-2222-3333", "impact add account 111122223333"),
            ("watch ana@example.com,ana@example.com", "watch ana@example.com"),
            ("tag add k=a k=b", "tag add k=b"),
            ("metadata k=a k=b", "metadata k=b"),
            ("tag rm k k=v", "tag rm k"),
            ("membership update --name Alpha --name Beta", "membership update --name Beta"),
        ] {
            assert_eq!(parse(twice, NOW), parse(once, NOW), "{twice}");
            assert!(parse(once, NOW).is_ok(), "{once}");
        }
    }
}
