//! Who said a comment, as the service spells it and as we know it.

use serde::{Deserialize, Serialize};

use super::{UserId, text};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    #[serde(rename = "AwsResponder")]
    AwsResponder,
    #[serde(rename = "Service")]
    Service,
    #[serde(rename = "Slack")]
    Slack {
        #[serde(rename = "user")]
        user: UserId,
    },
    #[serde(rename = "Jira")]
    Jira {
        #[serde(rename = "name")]
        name: String,
    },
    /// Anybody else in the user's account: an account id or an ARN.
    #[serde(rename = "Principal")]
    Principal(String),
}

/// A name for the line that names a speaker. One that reads like AWS's own, or like a mark of ours, is quoted: a reader must
/// not take it for one.
pub(crate) fn plain_name(name: &str) -> String {
    let line = text::one_line(name);
    let lower = line.to_lowercase();
    let words: Vec<&str> = lower.split(|char: char| !char.is_alphanumeric()).collect();
    let is_like_aws = words.iter().any(|word| ["aws", "amazon", "casebridge"].contains(word))
        || words.join(" ").contains("security incident response");
    let is_like_a_mark = line.contains(['(', ')', '·', ':', '"', '[', ']']);
    match is_like_aws || is_like_a_mark || line.trim().is_empty() {
        true => format!("\"{}\"", line.replace('"', "'")),
        false => line,
    }
}

/// What a comment says without the line in which we named its speaker. Whose name stands there otherwise, in whatever
/// words, is a part of what was said.
pub(crate) fn unnamed<'a>(body: &'a str, speaker: Option<&str>) -> &'a str {
    let named = speaker.and_then(|speaker| body.strip_prefix(speaker)?.strip_prefix(":\n"));
    named.filter(|words| !words.is_empty()).unwrap_or(body)
}

/// Whether a comment names its speaker as we do for somebody who spoke at this target: `Ana (Slack):`.
pub(crate) fn names_a_speaker(body: &str, target: &str) -> bool {
    speaker_in(body, target).is_some()
}

/// The line in which a comment names its speaker so, without the number of its part.
pub(crate) fn speaker_in<'a>(body: &'a str, target: &str) -> Option<&'a str> {
    let (line, _) = body.split_once(":\n")?;
    let who = line.rsplit_once(" · part ").map_or(line, |(who, _)| who);
    (!who.contains('\n') && who.ends_with(&format!(" ({target})"))).then_some(who)
}

/// Their name, of such a line: `Ana Lima, U024BE7LH (Slack)`.
pub(crate) fn name_in(line: &str) -> &str {
    let who = line.rsplit_once(" (").map_or(line, |(who, _)| who);
    who.rsplit_once(", ").map_or(who, |(name, _)| name)
}

impl Author {
    pub fn of(creator: &str) -> Self {
        match creator {
            "AWS Responder" => Self::AwsResponder,
            "security-ir.amazonaws.com" => Self::Service,
            other => Self::Principal(other.to_owned()),
        }
    }

    pub(crate) fn is_a_principal(&self) -> bool {
        matches!(self, Self::Principal(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_names_a_speaker_says_where_he_spoke() {
        for (body, expected) in [
            ("ana (Slack):\nIt was Bo", true),
            ("ana, U1 (Slack) · part 1 of 2:\nIt was", true),
            ("ana (Jira):\nIt was Bo", false),
            ("It was\nana (Slack):\nwho said so", false),
            ("ana (Slack): It was Bo", false),
            ("(Slack):\nIt was Bo", false),
        ] {
            assert_eq!(names_a_speaker(body, "Slack"), expected, "{body}");
        }
    }

    #[test]
    fn a_name_that_reads_like_awss_or_like_a_mark_of_ours_is_quoted() {
        for (name, expected) in [
            ("Ana Lima", "Ana Lima"),
            ("Dawson O'Neil-Laws", "Dawson O'Neil-Laws"),
            ("AWS Responder", "\"AWS Responder\""),
            ("aws-support", "\"aws-support\""),
            ("Amazon", "\"Amazon\""),
            ("Security  Incident\nResponse", "\"Security Incident Response\""),
            ("ana (Slack)", "\"ana (Slack)\""),
            ("Ana · part 1 of 2", "\"Ana · part 1 of 2\""),
            ("\"AWS\", x", "\"'AWS', x\""),
            ("", "\"\""),
        ] {
            assert_eq!(plain_name(name), expected);
        }
    }

    #[test]
    fn only_the_name_that_we_wrote_is_taken_off() {
        for (body, speaker, shown) in [
            ("ana (Slack):\nIt was Bo", Some("ana (Slack)"), "It was Bo"),
            ("ana (Slack):\nIt was Bo", None, "ana (Slack):\nIt was Bo"),
            ("bo (Slack):\nIt was me", Some("ana (Slack)"), "bo (Slack):\nIt was me"),
            ("ana (Slack):\nbo (Slack):\nme", Some("ana (Slack)"), "bo (Slack):\nme"),
            ("ana (Slack): It was Bo", Some("ana (Slack)"), "ana (Slack): It was Bo"),
            ("ana (Slack):\n", Some("ana (Slack)"), "ana (Slack):\n"),
        ] {
            assert_eq!(unnamed(body, speaker), shown);
        }
    }
}
