//! With which words is a case told, wherever it is told? What Slack and Jira say alike.

use time::{OffsetDateTime, macros::format_description};

use crate::{
    case::{Resolver, Seconds, author::Author, text},
    targets::content::{Doer, Moment, Part, View},
};

/// A time as `2026-11-21 10:00 UTC`.
pub(crate) fn utc(at: Seconds) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|time| time.format(format).ok())
        .unwrap_or_else(|| format!("{at} s after 1970"))
}

pub(crate) fn whose_move(view: &View) -> &'static str {
    match (view.case.is_closed(), view.case.resolver) {
        (true, _) => "Closed",
        (_, Resolver::Own) => "Your team's move",
        _ if view.agent_waits => AGENT_WAITS,
        _ if view.is_ours() => "Your move: AWS waits for an answer",
        _ => "AWS's move",
    }
}

pub(crate) const AGENT_WAITS: &str = "Your move: the AI agent of AWS waits for an answer";

/// Why somebody is called.
pub(crate) fn moment(moment: Moment) -> &'static str {
    match moment {
        Moment::NewCase => "A new case",
        Moment::YourMove => "Your move: AWS waits for an answer",
        Moment::AwsSpoke => "AWS commented",
        Moment::Overdue => "AWS still waits for an answer",
        Moment::Closed => "The case is closed",
        Moment::Deadline => "Deadline",
    }
}

pub fn resolver(resolver: Resolver) -> &'static str {
    match resolver {
        Resolver::Aws => "AWS",
        Resolver::Own => "Your team",
    }
}

/// Who said something, in words for those who cannot look the person up. May hold text from outside.
pub fn author(author: &Author) -> String {
    match author {
        Author::AwsResponder => "AWS Responder".to_owned(),
        Author::Service => "AWS service (AI generated, verify)".to_owned(),
        Author::Slack { user } => format!("Slack user {}", text::cut(user.as_str(), 30)),
        Author::Jira { name } => format!("{} (Jira)", text::cut(&text::one_line(name), 80)),
        Author::Principal(principal) => self::principal(principal),
    }
}

/// Who did something, for those who cannot look an id up.
pub(crate) fn doer(doer: &Doer) -> String {
    match doer {
        Doer { author: Author::Slack { user }, name } if !name.is_empty() => {
            format!("{}, {} (Slack)", text::cut(name, 80), text::cut(user.as_str(), 30))
        }
        Doer { author, .. } => self::author(author),
    }
}

/// The same of whoever opened a case: the service writes none of it by an AI.
pub(crate) fn opener(opened: &Doer) -> String {
    if opened.author == Author::Service { "AWS".to_owned() } else { doer(opened) }
}

/// The same by their name alone, where there is one.
pub(crate) fn called(opened: &Doer) -> String {
    if opened.name.is_empty() { opener(opened) } else { text::cut(&opened.name, 80) }
}

/// A principal without what everybody knows: the role and session, the user, or the account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
pub fn principal(principal: &str) -> String {
    let mut fields = principal.splitn(6, ':').skip(4);
    let name = match (fields.next(), fields.next()) {
        (Some(account), Some("root")) => format!("root of {account}"),
        (Some(_), Some(resource)) => match resource.split_once('/') {
            Some(("assumed-role", role_and_session)) => role_and_session.to_owned(),
            Some((_, path)) => path.rsplit('/').next().unwrap_or(path).to_owned(),
            None => resource.to_owned(),
        },
        _ if principal.len() == 12 && principal.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("AWS account {principal}")
        }
        _ => principal.to_owned(),
    };
    // Sessions are called by mail addresses, and others read this; the trail has the whole ARN.
    let name = name.split('@').next().unwrap_or_default();
    text::cut(&text::one_line(name), 140)
}

/// The first of a list, and how many more there are: at most `most` characters and a few.
pub fn some_of(items: &[String], most: usize) -> String {
    let mut shown = String::new();
    for (index, item) in items.iter().enumerate() {
        let item = text::one_line(item);
        if shown.chars().count() + item.chars().count() + 2 > most {
            return match (index, items.len() - index) {
                (0, 1) => text::cut(&item, most),
                (0, all) => format!("{} and {} more", text::cut(&item, most), all - 1),
                (_, more) => format!("{shown} and {more} more"),
            };
        }
        if index > 0 {
            shown.push_str(", ");
        }
        shown.push_str(&item);
    }
    shown
}

/// `part 2 of 3`; `None` for a text in one piece.
pub(crate) fn which_part(part: &Part) -> Option<String> {
    (part.of > 1).then(|| format!("part {} of {}", part.index + 1, part.of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn a_principal_is_called_by_what_tells_it_apart() {
        let table = [
            ("arn:aws:sts::123456789012:assumed-role/Admin/ana@example.com", "Admin/ana"),
            ("arn:aws:iam::123456789012:user/bo@example.com", "bo"),
            ("arn:aws:iam::123456789012:user/team/red/ana", "ana"),
            ("arn:aws:iam::123456789012:role/Admin", "Admin"),
            ("arn:aws:iam::123456789012:root", "root of 123456789012"),
            ("123456789012", "AWS account 123456789012"),
            ("somebody: else", "somebody: else"),
            ("", ""),
            ("a\n<!channel>", "a <!channel>"),
        ];
        for (text, expected) in table {
            assert_eq!(principal(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_from_jira_cannot_pass_for_an_engineer_of_aws() {
        let long = "AWS Responder".to_owned() + &" ".repeat(80) + &"x".repeat(300);
        for name in ["AWS Responder", &long] {
            let author = author(&Author::Jira { name: name.to_owned() });
            assert!(author.ends_with(" (Jira)") && author.chars().count() <= 87, "{author}");
        }
    }

    #[test]
    fn a_long_list_says_how_many_more_there_are() {
        let items: Vec<String> = (1..=9).map(|n| format!("item{n}")).collect();
        assert_eq!(some_of(&items, 100), "item1, item2, item3, item4, item5, item6, item7, item8, item9");
        assert_eq!(some_of(&items, 20), "item1, item2, item3 and 6 more");
        assert_eq!(some_of(&items, 4), "ite… and 8 more");
        assert_eq!(some_of(&[], 4), "");
        assert_eq!(some_of(&["abcdefgh".to_owned()], 6), "abcde…");
    }

    #[test]
    fn a_time_is_told_in_utc_even_where_it_makes_no_sense() {
        assert_eq!(utc(1_795_255_200), "2026-11-21 10:00 UTC");
        assert_eq!(utc(i64::MAX), "9223372036854775807 s after 1970");
    }

    #[test]
    fn twice_the_name_is_shortened_in_twice_the_time() {
        is_steady(principal);
        is_steady(|text| principal(&format!("arn:aws:sts::1:assumed-role/{text}")));
        is_steady(|text| some_of(&[text.to_owned(), text.to_owned()], 100));
    }
}
