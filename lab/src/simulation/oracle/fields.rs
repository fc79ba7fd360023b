//! Is each change of a field told, from what it was to what it is?

use casebridge::case::Millis;
use serde_json::{Map, Value};

use super::{
    super::history::CaseHistory,
    Defect, Findings, TargetView,
    read::{ReadChange, ReadText, calls, plain, told},
};

type ReadField = (&'static str, fn(&Map<String, Value>) -> String);

const FIELDS: &[ReadField] = &[
    ("Status", |is| text(is, "caseStatus")),
    ("Closure", |is| text(is, "closureCode")),
    ("Title", |is| text(is, "title")),
    ("Resolver", |is| if text(is, "resolverType") == "AWS" { "AWS" } else { "Your team" }.to_owned()),
    ("Next move", next_move),
    ("Type", |is| text(is, "engagementType")),
    ("Reported start", |is| date(is, "reportedIncidentStartDate")),
    ("Actual start", |is| date(is, "actualIncidentStartDate")),
];

const LISTS: &[(&str, &str, &str)] = &[
    ("Accounts", "impactedAccounts", ""),
    ("Regions", "impactedAwsRegions", "region"),
    ("Services", "impactedServices", ""),
    ("Watchers", "watchers", "email"),
    ("Threat actor addresses", "threatActorIpAddresses", "ipAddress"),
];

fn text(is: &Map<String, Value>, name: &str) -> String {
    plain(is.get(name).and_then(Value::as_str).unwrap_or_default())
}

fn next_move(is: &Map<String, Value>) -> String {
    let ours = text(is, "pendingAction") == "Customer" || text(is, "resolverType") != "AWS";
    if ours { "Your team" } else { "AWS" }.to_owned()
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
fn date(is: &Map<String, Value>, name: &str) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let seconds = is.get(name).and_then(Value::as_f64).map(|at| at.floor() as i64);
    let at = seconds.and_then(|at| time::OffsetDateTime::from_unix_timestamp(at).ok());
    at.and_then(|at| at.format(format).ok()).unwrap_or_default()
}

/// Of these an issue has comments; all else stands in its description.
const IN_COMMENTS: [&str; 2] = ["Status", "Closure"];

fn has_lines(place: &TargetView<'_>, name: &str) -> bool {
    place.name == "Slack" || IN_COMMENTS.contains(&name)
}

/// What a line speaks of; nothing of one that calls somebody.
fn subject(line: &ReadChange) -> Option<&'static str> {
    match line {
        ReadChange::Field { name, .. } | ReadChange::List { name, .. } => Some(name),
        ReadChange::Description => Some("Description"),
        ReadChange::File { .. } => Some("Attachments"),
        ReadChange::Called => None,
    }
}

fn lines(place: &TargetView<'_>) -> Vec<ReadChange> {
    let first = place.told.iter().filter_map(|shown| shown.said.first());
    first
        .flat_map(|(_, text)| match told(text) {
            ReadText::Changes(lines) => lines,
            ReadText::Words { .. } if calls(text) => vec![ReadChange::Called],
            ReadText::Words { .. } | ReadText::Description { .. } | ReadText::NotMoved | ReadText::Other => {
                Vec::new()
            }
        })
        .collect()
}

/// Whether the lines stand as they were told: one that Slack did not keep is told again, below later ones.
fn in_order(judge: &Findings<'_>, place: &TargetView<'_>) -> bool {
    place.name != "Slack" || !judge.around.swallowed_changes()
}

pub fn judge(judge: &mut Findings<'_>, place: &TargetView<'_>, life: &CaseHistory) {
    let lines = lines(place);
    let Some(home) = place.homes.first() else { return };
    let in_order = in_order(judge, place);
    for name in lines.iter().filter_map(subject).filter(|name| !has_lines(place, name)) {
        judge.says(Defect::Untrue, format!("a comment of its own says that {name} changed"));
    }
    for (name, value) in FIELDS.iter().filter(|(name, _)| has_lines(place, name)) {
        let told = told_of(name, &lines);
        let open = |is: &Map<String, Value>| *name != "Next move" || text(is, "caseStatus") != "Closed";
        let was = history(life, |is| open(is).then(|| value(is)));
        let settled = *name != "Next move" || !life.is_closed();
        let told = if in_order { told } else { chained(told, &was) };
        if let Some(why) = broken(&was, home.at(), &told, settled) {
            judge.says(why, format!("{name} was {} and is told as {told:?} in {}", worded(&was), place.name));
        }
    }
    if place.name != "Slack" {
        return;
    }
    for (name, field, member) in LISTS {
        list(judge, (place, life), &lines, (name, field, member));
    }
    files(judge, place, life, &lines);
    if rewritten(life, home.at()) && !lines.contains(&ReadChange::Description) {
        judge.says(Defect::Lost, format!("that the description changed is not told in {}", place.name));
    }
}

/// What the lines say of a field. A call says that the move passed to us, unless a line beside it says so.
fn told_of<'l>(name: &str, lines: &'l [ReadChange]) -> Vec<(&'l str, &'l str)> {
    let (mut told, mut said): (Vec<(&str, &str)>, bool) = (Vec::new(), false);
    for line in lines {
        match line {
            // What a call said first, and nothing came between.
            ReadChange::Field { name: of, new, .. }
                if *of == name && said && told.last().is_some_and(|(_, last)| last == new) => {}
            ReadChange::Field { name: of, old, new } if *of == name => {
                said = false;
                told.push((old, new));
            }
            ReadChange::Called if name == "Next move" => {
                let known = told.last().is_some_and(|(_, new)| *new == "Your team");
                told.extend((!known).then_some(("AWS", "Your team")));
                said |= !known;
            }
            ReadChange::Field { .. }
            | ReadChange::List { .. }
            | ReadChange::Description
            | ReadChange::Called
            | ReadChange::File { .. } => {}
        }
    }
    told
}

/// A field's values, since when, without repetitions.
fn history<T: PartialEq>(
    life: &CaseHistory,
    value: impl Fn(&Map<String, Value>) -> Option<T>,
) -> Vec<(Millis, T)> {
    let mut was: Vec<(Millis, T)> = Vec::new();
    for (at, is) in &life.was {
        if let Some(value) = value(is)
            && was.last().is_none_or(|(_, last)| *last != value)
        {
            was.push((*at, value));
        }
    }
    was
}

fn worded(was: &[(Millis, String)]) -> String {
    was.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" → ")
}

/// The lines of a field in an order in which they go on from one another through what it was, where there is one.
fn chained<'l>(told: Vec<(&'l str, &'l str)>, was: &[(Millis, String)]) -> Vec<(&'l str, &'l str)> {
    let (mut chain, mut rest) = (Vec::new(), told.clone());
    if goes_on(&mut chain, &mut rest, was) { chain } else { told }
}

fn goes_on<'l>(
    chain: &mut Vec<(&'l str, &'l str)>,
    rest: &mut Vec<(&'l str, &'l str)>,
    was: &[(Millis, String)],
) -> bool {
    if rest.is_empty() {
        return broken(was, Millis::MAX, chain, false).is_none();
    }
    for next in 0..rest.len() {
        let one = rest[next];
        if rest[..next].contains(&one) || chain.last().is_some_and(|(_, last)| *last != one.0) {
            continue;
        }
        rest.remove(next);
        chain.push(one);
        if goes_on(chain, rest, was) {
            return true;
        }
        chain.pop();
        rest.insert(next, one);
    }
    false
}

/// What is wrong with a field's lines: they begin with what it was when the case was first shown, each goes on where
/// the one before ended, all of it was so in this order, and they end with what it is.
fn broken(was: &[(Millis, String)], shown: Millis, told: &[(&str, &str)], settled: bool) -> Option<Defect> {
    let (_, is) = was.last()?;
    let at_first = |value: &str| was.iter().any(|(at, one)| *at <= shown && one == value);
    let Some(((first, _), (_, last))) = told.first().zip(told.last()) else {
        return (settled && !at_first(is)).then_some(Defect::Lost);
    };
    if told.windows(2).any(|pair| pair[0].1 != pair[1].0) {
        return Some(Defect::Lost);
    }
    let chain: Vec<&str> = std::iter::once(*first).chain(told.iter().map(|(_, new)| *new)).collect();
    let mut values = was.iter().map(|(_, value)| value.as_str());
    match () {
        () if chain.iter().any(|one| !was.iter().any(|(_, value)| value == one)) => Some(Defect::Untrue),
        () if !chain.iter().all(|one| values.any(|value| value == *one)) => Some(Defect::OutOfOrder),
        () if !at_first(first) || settled && last != is => Some(Defect::Lost),
        () => None,
    }
}

/// What came to a list and what went from it, added up, makes of what it was what it is.
fn list(
    judge: &mut Findings<'_>,
    (place, life): (&TargetView<'_>, &CaseHistory),
    lines: &[ReadChange],
    (name, field, member): (&str, &str, &str),
) {
    let items = |is: &Map<String, Value>| -> Option<Vec<String>> {
        let one =
            |item: &Value| (if member.is_empty() { item } else { &item[member] }).as_str().map(str::to_owned);
        let all = is.get(field)?.as_array()?.iter().filter_map(one);
        Some(all.map(|item| if member == "email" { unaddressed(&item) } else { item }).collect())
    };
    let was = history(life, items);
    let Some((_, is)) = was.last() else { return };
    let people = if name == "Watchers" { judge.around.people() } else { Vec::new() };
    // Somebody is told by the name under which Slack knows the address, where it does and could be asked.
    let lines = lines.iter().cloned().map(|line| addressed(line, &people)).collect::<Vec<_>>();
    let adds_up = |start: &Vec<String>| {
        let (mut now, mut gone) = (start.clone(), Vec::new());
        for line in &lines {
            if let ReadChange::List { name: of, added, removed } = line
                && *of == name
            {
                now.extend(added.iter().cloned());
                gone.extend(removed.iter());
            }
        }
        for item in gone {
            if let Some(at) = now.iter().position(|one| one == item) {
                now.remove(at);
            }
        }
        let (mut now, mut is) = (now, is.clone());
        now.sort();
        is.sort();
        now == is
    };
    let shown = place.homes.first().map_or(0, |home| home.at());
    if !was.iter().any(|(at, start)| *at <= shown && adds_up(start)) {
        judge.says(
            Defect::Lost,
            format!("{name}, now {is:?}, are not told as they changed in {}", place.name),
        );
    }
}

fn addressed(line: ReadChange, people: &[Value]) -> ReadChange {
    let ReadChange::List { name, added, removed } = line else { return line };
    let of = |item: String| {
        let profile =
            people.iter().map(|one| &one["profile"]).find(|one| one["display_name"] == item.as_str());
        profile.and_then(|profile| profile["email"].as_str()).map_or(item, unaddressed)
    };
    let [added, removed] = [added, removed].map(|list| list.into_iter().map(of).collect());
    ReadChange::List { name, added, removed }
}

/// Whom nobody knows by name is told without their address.
fn unaddressed(email: &str) -> String {
    email.rsplit_once('@').map_or_else(|| email.to_owned(), |(_, at)| format!("somebody at {at}"))
}

/// Each file that came after the case was first shown is told, and how its check ended.
fn files(judge: &mut Findings<'_>, place: &TargetView<'_>, life: &CaseHistory, lines: &[ReadChange]) {
    let shown = place.homes.first().map_or(0, |home| home.at());
    let files = |is: &Map<String, Value>| -> Vec<(String, String)> {
        let files = is.get("caseAttachments").and_then(Value::as_array).into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        files.map(|file| (text(&file["fileName"]), text(&file["attachmentStatus"]))).collect()
    };
    let at_first: Vec<(String, String)> =
        life.was.iter().filter(|(at, _)| *at <= shown).flat_map(|(_, is)| files(is)).collect();
    let Some((_, is)) = life.was.last() else { return };
    for (name, stands) in files(is).into_iter().filter(|file| !at_first.contains(file)) {
        let told = ReadChange::File { name: name.clone(), stands: stands.clone() };
        let last =
            lines.iter().rfind(|line| matches!(line, ReadChange::File { name: of, .. } if *of == name));
        if last != Some(&told) && (in_order(judge, place) || !lines.contains(&told)) {
            judge.says(Defect::Lost, format!("that {name} is {stands} is not told in {}", place.name));
        }
    }
}

/// What an issue's description must say of the fields, each as a row; nothing of a row that shows no more than some.
pub fn rows(life: &CaseHistory, issue: &str) -> Vec<String> {
    let Some((_, is)) = life.was.last() else { return Vec::new() };
    let fields = FIELDS.iter().filter(|(name, _)| !["Title", "Next move"].contains(name));
    let mut wanted: Vec<(&str, Vec<String>)> = fields.map(|(name, value)| (*name, vec![value(is)])).collect();
    let member = |item: &Value, member: &str| {
        (if member.is_empty() { item } else { &item[member] }).as_str().unwrap_or_default().to_owned()
    };
    for (name, field, of) in LISTS {
        let items = is.get(*field).and_then(Value::as_array).into_iter().flatten();
        let told = |item: String| if *of == "email" { unaddressed(&item) } else { item };
        wanted.push((name, items.map(|item| told(member(item, of))).collect()));
    }
    let files = is.get("caseAttachments").and_then(Value::as_array).into_iter().flatten();
    let file = |file: &Value| format!("{} ({})", member(file, "fileName"), member(file, "attachmentStatus"));
    wanted.push(("Attachments", files.map(file).collect()));
    wanted.iter().filter_map(|(name, items)| lacking(issue, name, items)).collect()
}

/// The row of an issue's table that does not say just this; its name and its value are a line each.
fn lacking(issue: &str, name: &str, items: &[String]) -> Option<String> {
    let shown = issue.lines().skip_while(|line| *line != name).nth(1).unwrap_or_default();
    let sorted = |list: &str| {
        let mut items: Vec<String> = list.split(", ").map(plain).collect();
        items.sort();
        items
    };
    let wanted = items.join(", ");
    let is_cut = shown.ends_with(" more") || shown.ends_with('…');
    (!is_cut && sorted(shown) != sorted(&wanted)).then(|| format!("{name} {wanted}"))
}

/// Whether the line above an issue's table says whose move it is.
pub fn says_whose_move(life: &CaseHistory, issue: &str) -> bool {
    let says = issue.lines().nth(1).unwrap_or_default();
    let waits = life.is("pendingAction") == "Customer";
    match life.is("resolverType") {
        _ if life.is_closed() => says.starts_with("Closed"),
        "AWS" if waits => true,
        "AWS" => says.starts_with("AWS's move") || says.contains("AI agent"),
        _ => says.starts_with("Your team's move"),
    }
}

/// Whether the description became another one after it was first shown.
fn rewritten(life: &CaseHistory, shown: Millis) -> bool {
    let was = history(life, |is| Some(text(is, "description")));
    was.last().is_some_and(|(_, is)| !was.iter().any(|(at, value)| *at <= shown && value == is))
}
