//! What is wrong with a settings document: every problem at once, with its key, its line, and what to do.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    ops::{Range, RangeInclusive},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Conditions,
    key::{self, Fallback, KEYS, ROUTE, ROUTES, SettingKey, TABLES, ValueKind},
    value::{TextShape, UrlShape},
};
use crate::config::hosts::Reach;

/// Something wrong in the settings. Its `Display` is one line for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `table.key`; empty where the document cannot be read at all.
    pub key: String,
    /// Counts from 1; `None` where something is missing from the whole document.
    pub line: Option<usize>,
    pub wrong: String,
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}. {}.", self.wrong, self.fix)
    }
}

/// The text of a document, unless it is not UTF-8: then the line where it is not.
///
/// # Errors
/// One problem.
pub fn utf8(bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().iter().take(good);
        Problem {
            key: String::new(),
            line: Some(1 + before.filter(|byte| **byte == b'\n').count()),
            wrong: "here stands what is not UTF-8".to_owned(),
            fix: "Save the file as UTF-8: an editor calls it the encoding".to_owned(),
        }
    })
}

/// All that is wrong with a document, in its order; what is missing comes with its table. `reach` is how far the tokens
/// may go.
pub fn problems(toml: &str, reach: Reach) -> Vec<Problem> {
    let mut check = Checker { toml, reach, problems: Vec::new() };
    match DeTable::parse(toml) {
        Ok(document) => check.document(document.get_ref()),
        Err(error) => {
            let what = error.message().lines().next().unwrap_or("it cannot be read");
            check.found(
                Spot { key: String::new(), span: error.span() },
                format!("this is not TOML: {what}"),
                "See https://toml.io",
            );
        }
    }
    check.problems.sort_by_key(|problem| problem.line);
    check.problems
}

type Value<'a> = Spanned<DeValue<'a>>;

/// Where something is wrong: under which key, and at which bytes of the document.
#[derive(Clone)]
struct Spot {
    key: String,
    span: Option<Range<usize>>,
}

impl Spot {
    fn at(key: impl Into<String>, span: Range<usize>) -> Self {
        Self { key: key.into(), span: Some(span) }
    }

    fn within(&self, span: Range<usize>) -> Self {
        Self { key: self.key.clone(), span: Some(span) }
    }
}

struct Checker<'a> {
    toml: &'a str,
    reach: Reach,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn found(&mut self, spot: Spot, wrong: impl Into<String>, fix: impl Into<String>) {
        let line = spot.span.map(|span| {
            let before = self.toml.as_bytes().iter().take(span.start);
            1 + before.filter(|byte| **byte == b'\n').count()
        });
        self.problems.push(Problem { key: spot.key, line, wrong: wrong.into(), fix: fix.into() });
    }

    fn document(&mut self, document: &DeTable<'_>) {
        for (name, value) in document {
            if name.get_ref() == ROUTES {
                self.routes(document, &Spot::at(ROUTES, name.span()), value);
                continue;
            }
            let known = TABLES.iter().any(|(table, ..)| *table == name.get_ref());
            if !known && self.token(name.get_ref(), value) {
                continue;
            }
            match value.get_ref() {
                DeValue::Table(table) if known => {
                    self.table(&Spot::at(name.get_ref().as_ref(), name.span()), table)
                }
                _ if known => {
                    let fix = format!("Write it as a table: [{}]", name.get_ref());
                    self.found(Spot::at(name.get_ref().as_ref(), name.span()), "this is a table's name", fix);
                }
                _ => self.unknown_table(Spot::at(name.get_ref().as_ref(), name.span())),
            }
        }
        for (table, required, _) in TABLES {
            if required && !document.contains_key(table) {
                let needed: Vec<_> = key::keys_of(table)
                    .filter(|key| key.default == Fallback::Required)
                    .map(|key| key.name)
                    .collect();
                let fix = format!("Add [{table}] with {}", needed.join(" and "));
                self.found(Spot { key: table.to_owned(), span: None }, "this table is missing", fix);
            }
        }
    }

    /// Whether here stands a token. What it is, is not repeated: this may be logged.
    fn token(&mut self, path: &str, value: &Value<'_>) -> bool {
        let name = path.rsplit('.').next().unwrap_or_default().to_lowercase();
        let unknown = !KEYS.iter().any(|key| key.name == name);
        let named = unknown && ["token", "secret", "password"].iter().any(|word| name.contains(word));
        let found = named || holds_token(value.get_ref());
        if found {
            let fix = "Take it out of this file: tokens belong in Secrets Manager, in the secret of the stack \
                       (the output SecretArn). A token that was shared with this file is to be replaced";
            self.found(Spot::at(path, value.span()), "this is a token, or the place of one", fix);
        }
        found
    }

    fn unknown_table(&mut self, spot: Spot) {
        let fix = match KEYS.iter().find(|key| key.name == spot.key) {
            Some(key) => format!("Put it under [{}]", key.table),
            None => {
                let names: Vec<_> = TABLES.iter().map(|(table, ..)| *table).chain([ROUTES]).collect();
                did_you_mean(&spot.key, &names)
            }
        };
        self.found(spot, "there is no such table", fix);
    }

    fn table(&mut self, spot: &Spot, values: &DeTable<'_>) {
        let table = spot.key.as_str();
        for (name, value) in values {
            let path = format!("{table}.{}", name.get_ref());
            if self.token(&path, value) {
                continue;
            }
            match key::keys_of(table).find(|key| key.name == name.get_ref()) {
                Some(key) => self.value(&Spot::at(path, value.span()), key.kind, value),
                None => {
                    let fix = match KEYS.iter().find(|key| key.name == name.get_ref()) {
                        Some(key) => format!("Put it under [{}]", key.table),
                        None => did_you_mean(
                            name.get_ref(),
                            &key::keys_of(table).map(|key| key.name).collect::<Vec<_>>(),
                        ),
                    };
                    self.found(Spot::at(path, name.span()), "there is no such key", fix);
                }
            }
        }
        let missing = |key: &&SettingKey| key.default == Fallback::Required && !values.contains_key(key.name);
        for key in key::keys_of(table).filter(missing) {
            let fix = format!("Add {} = \"…\" under [{table}]: {}", key.name, hint(key));
            let spot = Spot { key: format!("{table}.{}", key.name), ..spot.clone() };
            self.found(spot, "this key is missing", fix);
        }
        match table {
            "slack" => self.layout(values),
            "jira" => self.ways(values),
            _ => {}
        }
    }

    /// The routes, and what none of them could ever do.
    fn routes(&mut self, document: &DeTable<'_>, spot: &Spot, routes: &Value<'_>) {
        if self.token(ROUTES, routes) {
            return;
        }
        let Some(all) = routes.get_ref().as_array() else {
            return self.mistyped(spot, "tables, as [[route]]", routes.get_ref());
        };
        for (index, route) in all.iter().enumerate() {
            let at = spot.within(route.span());
            self.rule(&at, (&ROUTE, &["name"]), route);
            let Some(table) = route.get_ref().as_table() else { continue };
            self.useless(document, &at, table);
            self.shadowed(&at, table, &all[..index]);
        }
    }

    /// What a route says where nothing asks for it.
    fn useless(&mut self, document: &DeTable<'_>, at: &Spot, route: &DeTable<'_>) {
        let slack = document.get("slack").and_then(|slack| slack.get_ref().as_table());
        let layout = slack.and_then(|slack| text_of(slack, "layout"));
        let own = layout == Some("channel");
        let has_jira = document.contains_key("jira");
        for (key, is_used, why) in [
            ("channel", !own, "with layout = \"channel\" each case has a channel of its own"),
            ("invite", own, "only with layout = \"channel\" is anybody invited"),
            ("project", has_jira, "there is no [jira]"),
            ("issue_type", has_jira, "there is no [jira]"),
        ] {
            if let Some(value) = route.get(key).filter(|_| !is_used) {
                let spot = Spot::at(format!("{}.{key}", at.key), value.span());
                self.found(spot, why, format!("Take {key} out of the route"));
            }
        }
    }

    /// A route whose cases an earlier one takes, or whose name.
    fn shadowed(&mut self, at: &Spot, route: &DeTable<'_>, earlier: &[Value<'_>]) {
        let name = |route: &DeTable<'_>| text_of(route, "name").unwrap_or_default().to_owned();
        let earlier: Vec<_> = earlier.iter().filter_map(|one| one.get_ref().as_table()).collect();
        if let Some(one) =
            route.get("name").filter(|_| earlier.iter().any(|other| name(other) == name(route)))
        {
            let spot = Spot::at(format!("{}.name", at.key), one.span());
            self.found(
                spot,
                "another route is called so",
                "Give it another name: a case remembers its route by it",
            );
        }
        let covers = |other: &&&DeTable<'_>| conditions(other).cover(&conditions(route));
        if let Some(other) = earlier.iter().find(covers) {
            let wrong = format!("it never holds: {:?} before it fits all its cases", name(other));
            self.found(at.clone(), wrong, "Put the narrower route first, or take it out");
        }
    }

    /// A private channel that nobody is invited to is seen by nobody.
    fn layout(&mut self, slack: &DeTable<'_>) {
        let Some(layout) = slack.get("layout").filter(|value| value.get_ref().as_str() == Some("channel"))
        else {
            return;
        };
        let invited = slack.get("invite").and_then(|value| value.get_ref().as_array());
        if invited.is_none_or(|invited| invited.is_empty()) {
            let wrong = "with layout = \"channel\" nobody would see the private channels";
            let fix = "Name the e-mail addresses to invite: invite = [\"ana@example.com\"]";
            self.found(Spot::at("slack.invite", layout.span()), wrong, fix);
        }
    }

    fn value(&mut self, spot: &Spot, kind: ValueKind, value: &Value<'_>) {
        match (kind, value.get_ref()) {
            (ValueKind::Text(shape), DeValue::String(text)) => self.text(spot, shape, text),
            (ValueKind::Url(shape), DeValue::String(text)) => self.url(spot, shape, text),
            (ValueKind::Texts(shape), DeValue::Array(texts)) => {
                for text in texts {
                    self.text_within(&spot.within(text.span()), shape, text.get_ref());
                }
            }
            (ValueKind::Choice(choices), DeValue::String(text)) => self.choice(spot, choices, text),
            (ValueKind::Choices(choices), DeValue::Array(chosen)) => {
                for one in chosen {
                    self.value(&spot.within(one.span()), ValueKind::Choice(choices), one);
                }
            }
            (ValueKind::Flag, DeValue::Boolean(_)) => {}
            (ValueKind::Number(least, most), DeValue::Integer(_)) => {
                self.number(spot, least..=most, value.get_ref());
            }
            (ValueKind::Hours, DeValue::Array(hours)) => self.hours(spot, hours),
            (ValueKind::Minutes(least, most), DeValue::Array(minutes)) => {
                self.minutes(spot, least..=most, minutes);
            }
            (ValueKind::Rules(keys, needed), DeValue::Array(rules)) => {
                rules.iter().for_each(|rule| self.rule(&spot.within(rule.span()), (keys, needed), rule));
            }
            (ValueKind::Clocks, DeValue::Table(clocks)) => {
                clocks.iter().for_each(|(name, clock)| self.clock(spot, name, clock));
            }
            (ValueKind::Names(names, shape), DeValue::Table(table)) => {
                self.names(spot, (names, shape), table)
            }
            (ValueKind::Fields, DeValue::Table(table)) => self.fields(spot, table),
            (ValueKind::Table(keys), DeValue::Table(table)) => self.keys(spot, keys, table),
            (ValueKind::Ways, DeValue::Table(table)) => {
                for (status, fields) in table {
                    let key = format!("{}.{:?}", spot.key, status.get_ref());
                    self.value(&Spot::at(key, fields.span()), ValueKind::Fields, fields);
                }
            }
            (_, other) => self.mistyped(spot, what(kind), other),
        }
    }

    fn fields(&mut self, spot: &Spot, table: &DeTable<'_>) {
        for (name, value) in table {
            let at = Spot::at(format!("{}.{}", spot.key, name.get_ref()), name.span());
            let name = name.get_ref().as_ref();
            if GIVEN.contains(&name) {
                self.found(at, "the bridge gives this field itself", "Take it out; jira.labels adds labels");
            } else if let Err(right) = TextShape::Field.check(name) {
                self.found(at, format!("{name:?} is no field's id"), format!("Give {right}"));
            } else if holds_a_date(value.get_ref()) {
                self.found(at, "here stands a date", "Give it as a text, in quotes");
            }
        }
    }

    /// A way to a status that no case leads to is a mistake.
    fn ways(&mut self, jira: &DeTable<'_>) {
        let Some(ways) = jira.get("transitions").and_then(|ways| ways.get_ref().as_table()) else { return };
        let given = jira.get("status").and_then(|status| status.get_ref().as_table());
        let mut statuses = super::jira_status();
        for (case, issue) in given.into_iter().flatten() {
            statuses
                .insert(case.get_ref().to_string(), issue.get_ref().as_str().unwrap_or_default().to_owned());
        }
        statuses.retain(|_, status| !status.is_empty());
        let names: BTreeSet<&str> = statuses.values().map(String::as_str).collect();
        for (status, _) in ways {
            let name = status.get_ref().as_ref();
            if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                let fix = did_you_mean(name, &names.iter().copied().collect::<Vec<_>>());
                let key = format!("jira.transitions.{name:?}");
                self.found(Spot::at(key, status.span()), "no status of [jira.status] is called so", fix);
            }
        }
    }

    /// One word names it, so that it can be typed; a deadline is at most a year of hours away.
    fn clock(&mut self, spot: &Spot, name: &Spanned<Cow<'_, str>>, clock: &Value<'_>) {
        let at = Spot::at(format!("{}.{:?}", spot.key, name.get_ref()), name.span());
        let is_word = name.get_ref().chars().all(|char| char.is_alphanumeric() || "-_".contains(char));
        if !is_word || name.get_ref().is_empty() || name.get_ref().len() > 30 {
            self.found(at.clone(), "a clock's name is one word", "Give letters, digits and dashes, as NIS2");
        }
        let Some(deadlines) = clock.get_ref().as_table() else {
            return self.mistyped(&at, "a table of hours, as \"Early warning\" = 24", clock.get_ref());
        };
        for (deadline, hours) in deadlines {
            let spot = Spot::at(format!("{}.{:?}", at.key, deadline.get_ref()), hours.span());
            self.text(&spot, TextShape::Name, deadline.get_ref());
            self.value(&spot, ValueKind::Number(1, 8_760), hours);
        }
    }

    fn choice(&mut self, spot: &Spot, choices: &[&str], text: &str) {
        if !choices.contains(&text) {
            self.found(spot.clone(), format!("there is no {text:?}"), did_you_mean(text, choices));
        }
    }

    fn text(&mut self, spot: &Spot, shape: TextShape, text: &str) {
        if let Err(right) = shape.check(text) {
            self.found(spot.clone(), format!("{text:?} does not fit"), format!("Give {right}"));
        }
    }

    fn text_within(&mut self, spot: &Spot, shape: TextShape, value: &DeValue<'_>) {
        match value {
            DeValue::String(inner) => self.text(spot, shape, inner),
            other => self.mistyped(spot, "a text in quotes", other),
        }
    }

    /// What stands before an `@` may be a password: it is not repeated, since this may be logged.
    fn url(&mut self, spot: &Spot, shape: UrlShape, text: &str) {
        if let Err(right) = shape.check(text, self.reach) {
            let shown = text.rsplit('@').next().unwrap_or_default();
            self.found(spot.clone(), format!("{shown:?} does not fit"), format!("Give {right}"));
        }
    }

    fn mistyped(&mut self, spot: &Spot, wanted: &str, there: &DeValue<'_>) {
        let wrong = format!("here stands {}", article(there.type_str()));
        self.found(spot.clone(), wrong, format!("Give {wanted}"));
    }

    fn number(&mut self, spot: &Spot, range: RangeInclusive<u32>, value: &DeValue<'_>) {
        let Some(integer) = value.as_integer() else {
            return self.mistyped(spot, "a whole number", value);
        };
        let number = u32::from_str_radix(&integer.as_str().replace('_', ""), integer.radix());
        if !number.is_ok_and(|number| range.contains(&number)) {
            let wrong = format!("{} is out of range", integer.as_str());
            self.found(spot.clone(), wrong, format!("Give {} to {}", range.start(), range.end()));
        }
    }

    fn hours(&mut self, spot: &Spot, hours: &[Value<'_>]) {
        for hour in hours {
            self.number(&spot.within(hour.span()), 0..=23, hour.get_ref());
        }
        let text = |hour: &Value<'_>| hour.get_ref().as_integer().map(|hour| hour.as_str().to_owned());
        let same = matches!(hours, [from, to] if text(from) == text(to));
        if hours.len() != 2 || same {
            let fix = "Give two different hours, as [22, 7], or leave the key out";
            self.found(spot.clone(), "these are not the first and the last hour", fix);
        }
    }

    fn minutes(&mut self, spot: &Spot, range: RangeInclusive<u32>, minutes: &[Value<'_>]) {
        let mut before = 0;
        for minute in minutes {
            let spot = spot.within(minute.span());
            self.number(&spot, range.clone(), minute.get_ref());
            let number = minute.get_ref().as_integer().and_then(|it| it.as_str().parse::<u32>().ok());
            if number.is_some_and(|number| number <= before) {
                self.found(spot, "these minutes do not rise", "Give them as [15, 60]");
            }
            before = number.unwrap_or(before);
        }
    }

    fn rule(&mut self, spot: &Spot, (keys, needed): (&[(&str, ValueKind)], &[&str]), rule: &Value<'_>) {
        let Some(table) = rule.get_ref().as_table() else {
            return self.mistyped(spot, &format!("a table: [[{}]]", spot.key), rule.get_ref());
        };
        for name in needed.iter().filter(|name| {
            let given = table.get(**name).map(Spanned::get_ref);
            given.is_none_or(|given| given.as_array().is_some_and(|given| given.is_empty()))
        }) {
            let spot = Spot { key: format!("{}.{name}", spot.key), ..spot.clone() };
            match *name {
                "name" => self.found(spot, "this route has no name", "Add name = \"payments\" to it"),
                _ => {
                    self.found(spot, "this rule names nobody", format!("Add {name} = [\"U024BE7LH\"] to it"))
                }
            }
        }
        self.keys(spot, keys, table);
    }

    fn keys(&mut self, spot: &Spot, keys: &[(&str, ValueKind)], table: &DeTable<'_>) {
        for (name, value) in table {
            let path = format!("{}.{}", spot.key, name.get_ref());
            match keys.iter().find(|(known, _)| *known == name.get_ref()) {
                Some((_, kind)) => self.value(&Spot::at(path, value.span()), *kind, value),
                None => {
                    let known: Vec<_> = keys.iter().map(|(known, _)| *known).collect();
                    let fix = did_you_mean(name.get_ref(), &known);
                    self.found(Spot::at(path, name.span()), "there is no such key", fix);
                }
            }
        }
    }

    fn names(&mut self, spot: &Spot, (names, shape): (&[&str], TextShape), table: &DeTable<'_>) {
        for (name, value) in table {
            let key = format!("{}.{:?}", spot.key, name.get_ref());
            if !names.contains(&name.get_ref().as_ref()) {
                let fix = did_you_mean(name.get_ref(), names);
                self.found(Spot::at(&key, name.span()), "a case has no such status", fix);
            }
            self.value(&Spot::at(key, value.span()), ValueKind::Text(shape), value);
        }
    }
}

/// What the bridge itself says of a new issue.
const GIVEN: [&str; 5] = ["project", "issuetype", "summary", "description", "labels"];

fn text_of<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    table.get(key).and_then(|value| value.get_ref().as_str())
}

fn conditions<'t>(route: &'t DeTable<'_>) -> Conditions<'t> {
    let [account, region, title, engagement, tag] =
        ["account", "region", "title", "type", "tag"].map(|key| text_of(route, key));
    Conditions { account, region, title, engagement, tag }
}

fn holds_a_date(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Datetime(_) => true,
        DeValue::Array(values) => values.iter().any(|value| holds_a_date(value.get_ref())),
        DeValue::Table(values) => values.values().any(|value| holds_a_date(value.get_ref())),
        _ => false,
    }
}

fn holds_token(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::String(text) => TOKENS.iter().any(|begin| text.trim_start().starts_with(begin)),
        DeValue::Array(values) => values.iter().any(|value| holds_token(value.get_ref())),
        DeValue::Table(values) => values.values().any(|value| holds_token(value.get_ref())),
        _ => false,
    }
}

/// How the tokens of Slack, of Atlassian and of PagerDuty's webhooks begin, and a private key.
const TOKENS: [&str; 8] = ["xoxb-", "xoxp-", "xoxa-", "xoxe", "xapp-", "ATATT", "whsec_", "-----BEGIN"];

fn what(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text(_) | ValueKind::Url(_) | ValueKind::Choice(_) => "a text in quotes",
        ValueKind::Texts(_) | ValueKind::Choices(_) => "a list of texts, as [\"…\", \"…\"]",
        ValueKind::Flag => "true or false, without quotes",
        ValueKind::Number(..) => "a whole number, without quotes",
        ValueKind::Hours => "two hours, as [22, 7]",
        ValueKind::Minutes(..) => "a list of numbers, as [15, 60]",
        ValueKind::Rules(..) => "tables, as [[notify.rules]]",
        ValueKind::Names(..) | ValueKind::Fields | ValueKind::Clocks | ValueKind::Table(_) => "a table",
        ValueKind::Ways => "a table a status: [jira.transitions.\"Done\"]",
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

fn hint(key: &SettingKey) -> String {
    match key.kind {
        ValueKind::Text(shape) => shape.check("").err().unwrap_or_default(),
        ValueKind::Url(shape) => shape.check("", Reach::Services).err().unwrap_or_default(),
        kind => what(kind).to_owned(),
    }
}

/// Names the nearest, or all where none is near.
fn did_you_mean(text: &str, names: &[&str]) -> String {
    let lower = text.to_lowercase();
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&name.to_lowercase(), &lower), *name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 3);
    match near {
        Some((_, name)) => format!("Perhaps it should be {name}"),
        None => format!("There are: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[slack]\nteam = \"T1\"\nchannel = \"C1\"\n";

    fn told(lines: &str) -> Vec<String> {
        problems(&format!("{GOOD}{lines}"), Reach::Services).iter().map(Problem::to_string).collect()
    }

    const ROUTED: &str = "[[route]]\nname = \"payments\"\ntag = \"team=pay\"\nchannel = \"C2\"\n[route.roles]\nadmin = [\"U1\"]";

    const TOLD: &[(&str, Option<&str>)] = &[
        ("", None),
        (
            "replies_are_coments = true",
            Some(
                "line 4: slack.replies_are_coments: there is no such key. Perhaps it should be replies_are_comments.",
            ),
        ),
        (
            "verify_minutes = 5",
            Some("line 4: slack.verify_minutes: there is no such key. Put it under [timing]."),
        ),
        ("[slak]", Some("line 4: slak: there is no such table. Perhaps it should be slack.")),
        (
            "[x]",
            Some(
                "line 4: x: there is no such table. There are: slack, jira, sir, roles, timing, notify, pagerduty, webhook, restrict, route.",
            ),
        ),
        (
            "replies_are_comments = \"yes\"",
            Some(
                "line 4: slack.replies_are_comments: here stands a string. Give true or false, without quotes.",
            ),
        ),
        (
            "invite = \"ana@example.com\"",
            Some("line 4: slack.invite: here stands a string. Give a list of texts, as [\"…\", \"…\"]."),
        ),
        (
            "invite = [\n\"ana@example.com\",\n\"#ana\"]",
            Some(
                "line 6: slack.invite: \"#ana\" does not fit. Give an e-mail address, as \"ana@example.com\".",
            ),
        ),
        ("invite = [1]", Some("line 4: slack.invite: here stands an integer. Give a text in quotes.")),
        (
            "layout = \"threads\"",
            Some("line 4: slack.layout: there is no \"threads\". Perhaps it should be thread."),
        ),
        (
            "layout = \"channel\"",
            Some(
                "line 4: slack.invite: with layout = \"channel\" nobody would see the private channels. Name the e-mail addresses to invite: invite = [\"ana@example.com\"].",
            ),
        ),
        ("layout = \"channel\"\ninvite = [\"ana@example.com\"]", None),
        (
            "api_url = \"http://slack.com/api\"",
            Some(
                "line 4: slack.api_url: \"http://slack.com/api\" does not fit. Give an address that begins with https://.",
            ),
        ),
        (
            "api_url = \"https://ana:pw@slack.com/api\"",
            Some(
                "line 4: slack.api_url: \"slack.com/api\" does not fit. Give an address without a user name or password: those belong into the secret.",
            ),
        ),
        (
            "api_url = \"https://slack.com.evil.example/api\"",
            Some(
                "line 4: slack.api_url: \"https://slack.com.evil.example/api\" does not fit. Give https://slack.com/api or https://slack-gov.com/api: the bot token goes nowhere else. The host here is slack.com.evil.example.",
            ),
        ),
        (
            "api_url = \"http://127.0.0.1:8080/api\"",
            Some(
                "line 4: slack.api_url: \"http://127.0.0.1:8080/api\" does not fit. Give https://slack.com/api or https://slack-gov.com/api: the bot token goes nowhere else. 127.0.0.1 is allowed only while AWS_ENDPOINT_URL leads to this machine as well.",
            ),
        ),
        (
            "[timing]\nverify_minutes = 4",
            Some("line 5: timing.verify_minutes: 4 is out of range. Give 5 to 44640."),
        ),
        ("[timing]\nverify_minutes = 5", None),
        (
            "[timing]\nverify_minutes = -5",
            Some("line 5: timing.verify_minutes: -5 is out of range. Give 5 to 44640."),
        ),
        ("[timing]\nnudge_hours = 0\nverify_minutes = 0x3c", None),
        (
            "[timing]\nnudge_hours = 99_999_999_999",
            Some("line 5: timing.nudge_hours: 99999999999 is out of range. Give 0 to 8760."),
        ),
        (
            "[timing]\nnudge_hours = 1.5",
            Some("line 5: timing.nudge_hours: here stands a float. Give a whole number, without quotes."),
        ),
        ("[timing]\nquiet_hours = [22, 7]", None),
        (
            "[timing]\nquiet_hours = [22, 24]",
            Some("line 5: timing.quiet_hours: 24 is out of range. Give 0 to 23."),
        ),
        (
            "[timing]\nquiet_hours = [7]",
            Some(
                "line 5: timing.quiet_hours: these are not the first and the last hour. Give two different hours, as [22, 7], or leave the key out.",
            ),
        ),
        (
            "[timing]\nquiet_hours = [7, 7]",
            Some(
                "line 5: timing.quiet_hours: these are not the first and the last hour. Give two different hours, as [22, 7], or leave the key out.",
            ),
        ),
        (
            "[roles]\nviewer = [\"@ana\"]",
            Some(
                "line 5: roles.viewer: \"@ana\" does not fit. Give the id of a person (U…, W…) or of a user group (S…) in Slack, as \"U024BE7LH\", or of an account in Jira, as \"5b10ac8d82e05b22cc7d4ef5\", or of a group there, as \"group:276f955c-63d7-42c8-9520-92d01dca0625\".",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"",
            Some(
                "line 4: jira.project: this key is missing. Add project = \"…\" under [jira]: the project's key, as \"SEC\": the part of an issue's key before the dash.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net/\"\nproject = \"SEC\"",
            Some(
                "line 5: jira.api_url: \"https://example.atlassian.net/\" does not fit. Give the same without the slash at its end: \"https://example.atlassian.net\".",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\ninternal_notes_are_comments = \"no\"",
            Some(
                "line 7: jira.internal_notes_are_comments: here stands a string. Give true or false, without quotes.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.status]\nclosed = \"Done\"",
            Some("line 8: jira.status.\"closed\": a case has no such status. Perhaps it should be Closed."),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.status]\nClosed = 1",
            Some("line 8: jira.status.\"Closed\": here stands an integer. Give a text in quotes."),
        ),
        (
            "slack_bot_token = \"xoxb-EXAMPLE\"",
            Some(
                "line 4: slack.slack_bot_token: this is a token, or the place of one. Take it out of this file: tokens belong in Secrets Manager, in the secret of the stack (the output SecretArn). A token that was shared with this file is to be replaced.",
            ),
        ),
        (
            "invite = [\"ana@example.com\", \"xoxb-EXAMPLE\"]",
            Some(
                "line 4: slack.invite: this is a token, or the place of one. Take it out of this file: tokens belong in Secrets Manager, in the secret of the stack (the output SecretArn). A token that was shared with this file is to be replaced.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.fields]\ncomponents = [\"SIR\"]\ncustomfield_1 = { value = 3 }\n[jira.transitions.\"done\"]\nresolution = \"Done\"",
            None,
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.fields]\nSeverity = \"High\"",
            Some(
                "line 8: jira.fields.Severity: \"Severity\" is no field's id. Give a field's id, as \"customfield_10050\" or \"components\": `casebridge doctor` names those that are wanted.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.fields]\nlabels = [\"x\"]",
            Some(
                "line 8: jira.fields.labels: the bridge gives this field itself. Take it out; jira.labels adds labels.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.fields]\nduedate = 2026-11-26",
            Some("line 8: jira.fields.duedate: here stands a date. Give it as a text, in quotes."),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.transitions]\nDone = \"x\"",
            Some("line 8: jira.transitions.\"Done\": here stands a string. Give a table."),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.transitions.Dnoe]\nresolution = \"Done\"",
            Some(
                "line 7: jira.transitions.\"Dnoe\": no status of [jira.status] is called so. Perhaps it should be Done.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net\"\nproject = \"SEC\"\n[jira.status]\nClosed = \"Resolved\"\n[jira.transitions.Done]\nresolution = \"Done\"",
            Some(
                "line 9: jira.transitions.\"Done\": no status of [jira.status] is called so. There are: In Progress, In Review, Resolved, To Do.",
            ),
        ),
        (
            "[jira]\napi_url = \"https://example.atlassian.net/browse\"\nproject = \"SEC\"",
            Some(
                "line 5: jira.api_url: \"https://example.atlassian.net/browse\" does not fit. Give https://SITE.atlassian.net or https://api.atlassian.com/ex/jira/CLOUD_ID: the API token goes nowhere else. The path here is /browse.",
            ),
        ),
        (
            "timing = 5",
            Some(
                "line 4: slack.timing: there is no such key. There are: team, channel, layout, channel_prefix, invite, invite_team, invite_watchers, bookmarks, pin_card, archive_days, relay, private_prefix, private_only, no_guests, attachments, attachments_mb, replies_are_comments, api_url.",
            ),
        ),
        (ROUTED, None),
        (
            "[[route]]\nname = \"a\"\ntitle = \"Pay\"\n[[route]]\nname = \"b\"\ntitle = \"payments\"\ntag = \"x=y\"",
            Some(
                "line 7: route: it never holds: \"a\" before it fits all its cases. Put the narrower route first, or take it out.",
            ),
        ),
        (
            "[[route]]\nname = \"a\"\ntitle = \"payments\"\n[[route]]\nname = \"b\"\ntitle = \"pay\"\n[[route]]\nname = \"c\"",
            None,
        ),
        (
            "[[route]]\nname = \"a\"\n[[route]]\nname = \"b\"\nregion = \"eu-west-1\"",
            Some(
                "line 6: route: it never holds: \"a\" before it fits all its cases. Put the narrower route first, or take it out.",
            ),
        ),
        (
            "[[route]]\nname = \"a\"\nregion = \"eu-west-1\"\n[[route]]\nname = \"a\"",
            Some(
                "line 8: route.name: another route is called so. Give it another name: a case remembers its route by it.",
            ),
        ),
        (
            "[[route]]\ntitle = \"pay\"",
            Some("line 4: route.name: this route has no name. Add name = \"payments\" to it."),
        ),
        (
            "[[route]]\nname = \"a\"\nchanel = \"C2\"",
            Some("line 6: route.chanel: there is no such key. Perhaps it should be channel."),
        ),
        (
            "[[route]]\nname = \"a\"\n[route.roles]\nresponders = [\"U1\"]",
            Some("line 7: route.roles.responders: there is no such key. Perhaps it should be responder."),
        ),
        (
            "[[route]]\nname = \"a\"\nproject = \"PAY\"",
            Some("line 6: route.project: there is no [jira]. Take project out of the route."),
        ),
        (
            "[[route]]\nname = \"a\"\ninvite = [\"ana@example.com\"]",
            Some(
                "line 6: route.invite: only with layout = \"channel\" is anybody invited. Take invite out of the route.",
            ),
        ),
        (
            "layout = \"channel\"\ninvite = [\"ana@example.com\"]\n[[route]]\nname = \"a\"\nchannel = \"C2\"",
            Some(
                "line 8: route.channel: with layout = \"channel\" each case has a channel of its own. Take channel out of the route.",
            ),
        ),
        (
            "[[route]]\nname = \"two words\"",
            Some(
                "line 5: route.name: \"two words\" does not fit. Give one word of letters, digits, - and _, as \"payments\".",
            ),
        ),
        ("[route]\nname = \"a\"", Some("line 4: route: here stands a table. Give tables, as [[route]].")),
        ("team = \"T2\"", Some("line 4: this is not TOML: duplicate key. See https://toml.io.")),
    ];

    #[test]
    fn a_problem_names_the_line_the_key_and_what_to_do() {
        for (lines, expected) in TOLD {
            assert_eq!(
                told(lines),
                expected.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(),
                "{lines}"
            );
        }
    }

    #[test]
    fn every_problem_is_told_at_once_and_in_the_documents_order() {
        let document = "timing = 5\n[roles]\nadmin = [\"ana\"]\nadmn = []\n[sir]\nregion = \"europe\"\n";
        let keys: Vec<_> = problems(document, Reach::Services)
            .into_iter()
            .map(|problem| (problem.line, problem.key))
            .collect();
        let expected = [
            (None, "slack"),
            (Some(1), "timing"),
            (Some(3), "roles.admin"),
            (Some(4), "roles.admn"),
            (Some(6), "sir.region"),
        ];
        assert_eq!(keys, expected.map(|(line, key)| (line, key.to_owned())));
        let missing =
            problems("[slack]", Reach::Services).into_iter().map(|problem| problem.key).collect::<Vec<_>>();
        assert_eq!(missing, ["slack.team", "slack.channel"]);
    }

    #[test]
    fn what_is_not_utf8_is_named_by_its_line() {
        assert_eq!(utf8("ü\n".into()).as_deref(), Ok("ü\n"));
        let problem = utf8(b"[slack]\nteam = \"T1\"\n# caf\xe9\n".to_vec()).unwrap_err();
        assert_eq!(problem.line, Some(3));
        assert!(problem.to_string().starts_with("line 3: here stands what is not UTF-8. Save"), "{problem}");
    }

    #[test]
    fn what_is_no_toml_is_one_problem_with_its_line() {
        let found = problems("[slack]\nteam = \"T1\nchannel = 1\n", Reach::Services);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].line, Some(2));
        assert!(found[0].to_string().starts_with("line 2: this is not TOML"), "{}", found[0]);
    }
}
