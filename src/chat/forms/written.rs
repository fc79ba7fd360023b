//! A new case as a text: what a terminal has in place of the form, and read by what reads the form.

use serde_json::{Map, Value, json};

use super::{
    block::IT,
    field::FieldName,
    new_case::{self, NewCaseForm},
    values::Values,
};
use crate::{aws::sir::limits, case::Seconds, chat::language::when};

/// A line of it.
struct Line {
    label: &'static str,
    field: FieldName,
    /// Stands above it in a blank.
    hint: &'static str,
    /// What Slack would send of such a field.
    sent: fn(&str, Seconds) -> Value,
}

const fn line(
    label: &'static str,
    field: FieldName,
    hint: &'static str,
    sent: fn(&str, Seconds) -> Value,
) -> Line {
    Line { label, field, hint, sent }
}

/// The description is the last: all that follows belongs to it.
const LINES: [Line; 11] = [
    line("Title", FieldName::Title, "", text),
    line("Type", FieldName::Engagement, "Security Incident or Investigation", engagement),
    line(
        "Resolver",
        FieldName::Resolver,
        "AWS or Self. A case that AWS works cannot be taken back",
        resolver,
    ),
    line("Start", FieldName::Started, "When it is said to have begun, in UTC, or as 2h ago", moment),
    line(
        "Accounts",
        FieldName::Accounts,
        "From here to the tags a line may stay empty. Ids, with blanks between",
        text,
    ),
    line("Regions", FieldName::Regions, "", several),
    line("Services", FieldName::Services, "As S3, IAM, with commas between", text),
    line("Watchers", FieldName::Watchers, "E-mail addresses, with blanks between", text),
    line(
        "Address",
        FieldName::Actors,
        "The intruder's, then the user agent; for more addresses, more such lines",
        text,
    ),
    line("Tags", FieldName::Tags, "As team=red cost=42", text),
    line("Description", FieldName::Description, "All that follows is the description", text),
];

/// One to fill in.
pub(crate) fn blank(title: &str, now: Seconds) -> String {
    let head = "# Fill this in and say: casebridge do new - < FILE\n# A line that begins with # is left out."
        .to_owned();
    let now = when::written(now);
    LINES.iter().fold(head, |blank, Line { label, field, hint, .. }| {
        let hint = if hint.is_empty() { String::new() } else { format!("# {hint}\n") };
        let value = match (*field == FieldName::Title, *field == FieldName::Started) {
            (true, _) => title,
            (_, true) => &now,
            (false, false) => "",
        };
        format!("{blank}\n{hint}{label}: {value}")
    })
}

/// Whether something is filled in.
pub(crate) fn is_filled(text: &str) -> bool {
    text.lines().any(|line| labelled(line).is_some())
}

/// What was filled in, or what is wrong with which line.
pub(crate) fn read(text: &str, now: Seconds) -> Result<NewCaseForm, Vec<String>> {
    let view = json!({ "state": { "values": values(text, now).map_err(|wrong| vec![wrong])? } });
    new_case::read(Values::of(&view, now)).map_err(|errors| {
        let said =
            |line: &Line| Some(format!("{}: {}", line.label, errors.get(line.field.as_str())?.as_str()?));
        LINES.iter().filter_map(said).collect()
    })
}

fn values(text: &str, now: Seconds) -> Result<Map<String, Value>, String> {
    let mut said: Vec<(&Line, String)> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (label, value) = labelled(line).ok_or(format!("This is no line of a new case: {line}"))?;
        let mut value = value.trim().to_owned();
        if label.field == FieldName::Description {
            lines.by_ref().for_each(|more| value = format!("{value}\n{more}"));
        }
        match said.iter_mut().find(|(known, _)| known.field == label.field) {
            Some((_, before)) => *before = format!("{before}\n{value}"),
            None => said.push((label, value)),
        }
    }
    let sent = |(line, value): &(&Line, String)| {
        (line.field.as_str().to_owned(), json!({ IT: (line.sent)(value, now) }))
    };
    Ok(said.iter().map(sent).collect())
}

fn labelled(line: &str) -> Option<(&'static Line, &str)> {
    let (label, value) = line.split_once(':')?;
    Some((LINES.iter().find(|known| known.label.eq_ignore_ascii_case(label.trim()))?, value))
}

fn text(text: &str, _: Seconds) -> Value {
    json!({ "value": text })
}

fn engagement(text: &str, _: Seconds) -> Value {
    let known = limits::case::ENGAGEMENTS.iter().find(|known| known.eq_ignore_ascii_case(text));
    json!({ "selected_option": { "value": known.copied().unwrap_or(text) } })
}

/// Nothing is chosen for anybody: what is not understood is not said.
fn resolver(text: &str, _: Seconds) -> Value {
    let known = ["AWS", "Self"].into_iter().find(|known| known.eq_ignore_ascii_case(text));
    json!({ "selected_option": { "value": known } })
}

fn moment(text: &str, now: Seconds) -> Value {
    json!({ "selected_date_time": when::moment(text, now) })
}

fn several(text: &str, _: Seconds) -> Value {
    let words = text.split([',', ' ', '\n']).filter(|word| !word.is_empty());
    json!({ "selected_options": words.map(|word| json!({ "value": word })).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    /// 2026-11-21T10:00:00Z.
    const NOW: Seconds = 1_795_255_200;

    const FILLED: &str = "# mine\nTitle: Leaked key\ntype: security incident\nResolver: self\nStart: 2h ago\nAccounts: \
        111122223333 444455556666\nRegions: eu-west-1, us-east-1\nServices: S3, AWS Lambda\nWatchers: bo@example.com\n\
        Address: 203.0.113.9 Mozilla/5.0 (X11, Linux)\nAddress: 198.51.100.7\nTags: team=red\n\nDescription: Used from\n\
        # a shell\nStart: unknown\n";

    #[test]
    fn what_is_written_is_what_the_form_would_say() {
        let read = read(FILLED, NOW).ok().unwrap();
        assert_eq!(
            read.typed(),
            "Title: Leaked key\nType: Security Incident\nResolver: Self\nStart: 2026-11-21T08:00:00Z\nAccounts: \
             111122223333, 444455556666\nRegions: eu-west-1, us-east-1\nServices: S3, AWS Lambda\nWatchers: \
             bo@example.com\nAddresses: 203.0.113.9 Mozilla/5.0 (X11, Linux), 198.51.100.7\nTags: team=red\n\
             Description: Used from\n# a shell\nStart: unknown"
        );
    }

    #[test]
    fn a_blank_lacks_only_what_nobody_else_can_say() {
        let blank = blank("Leaked key", NOW);
        assert!(is_filled(&blank) && !is_filled("Leaked key in the build account"));
        assert_eq!(
            read(&blank, NOW).err().unwrap(),
            [
                "Type: Which type of case is it?",
                "Resolver: Who works it? Nothing is chosen for you.",
                "Description: A description cannot be empty; this has 0."
            ]
        );
        let filled = blank.replace("Type: ", "Type: Investigation").replace("Resolver: ", "Resolver: AWS");
        assert_eq!(read(&format!("{filled}x"), NOW).ok().unwrap().typed().lines().count(), 5);
    }

    #[test]
    fn what_is_wrong_is_said_by_the_line_that_is_meant() {
        for (from, to, wrong) in [
            ("Resolver: self", "Resolver: AWZ", "Resolver: Who works it?"),
            ("Start: 2h ago", "Start: soon", "Start: When did it begin?"),
            ("444455556666", "44", "Accounts: "),
            ("us-east-1", "mars-1", "Regions: "),
            ("Address: 198.51.100.7", "Address: 1.2", "Address: "),
            ("team=red", "team", "Tags: "),
            ("bo@example.com", "bo", "Watchers: "),
            ("Services: ", "Servicse: ", "This is no line of a new case: Servicse: S3"),
            ("Title: Leaked key", "Title:", "Title: "),
        ] {
            let wrongs = read(&FILLED.replacen(from, to, 1), NOW).err().unwrap();
            assert!(wrongs.len() == 1 && wrongs[0].starts_with(wrong), "{to}: {wrongs:?}");
        }
    }

    #[test]
    fn twice_the_text_is_read_in_twice_the_time() {
        is_steady(|text| read(&format!("Title: x\n{text}"), NOW).is_ok());
        is_steady(|text| read(&format!("Title: x\nDescription: {text}"), NOW).is_ok());
        is_steady(|text| read(&format!("Address: {text}\n").repeat(2), NOW).is_ok());
    }
}
