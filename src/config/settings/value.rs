//! Which values a key may have. Each check answers with what would be right.

use reqwest::Url;

use crate::{
    case::Millis,
    config::hosts::{self, Reach},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextShape {
    Team,
    /// A channel, not its name.
    Channel,
    Member,
    Prefix,
    /// What channel names begin with. With a case id behind it, Slack's 80 characters must not be passed:
    /// <https://docs.slack.dev/reference/methods/conversations.create>.
    ChannelPrefix,
    Email,
    /// The key of a project: <https://support.atlassian.com/jira-cloud-administration/docs/edit-a-projects-details/>.
    Project,
    Name,
    NameOrNone,
    /// As one types it.
    Word,
    /// Jira allows no blank in it.
    Label,
    Field,
    Region,
    Account,
    Callee,
    /// Of a case.
    Tag,
    /// From UTC.
    Offset,
}

impl TextShape {
    pub(super) fn check(self, text: &str) -> Result<(), String> {
        expect(self.fits(text), self.words())
    }

    fn fits(self, text: &str) -> bool {
        let all = |plain: fn(char) -> bool| text.chars().all(plain);
        let length = text.chars().count();
        match self {
            Self::Team => is_slack_id(text, &['T']),
            Self::Channel => is_slack_id(text, &['C', 'G']),
            Self::Member => is_slack_id(text, &['U', 'W', 'S']) || is_jira_account(text),
            Self::Prefix => {
                (1..=10).contains(&length) && all(|char| !char.is_whitespace() && !"<>&@#".contains(char))
            }
            Self::ChannelPrefix => {
                all(|char| matches!(char, 'a'..='z' | '0'..='9' | '-' | '_')) && (1..=48).contains(&length)
            }
            Self::Email => {
                let plain = |char: char| char.is_ascii_graphic() && !"<>()[],;:\\\"".contains(char);
                let parts = text.split_once('@').is_some_and(|(name, host)| {
                    !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.contains('@')
                });
                all(plain) && parts && length <= 254
            }
            Self::Project => {
                all(|char| matches!(char, 'A'..='Z' | '0'..='9' | '_'))
                    && length >= 2
                    && text.starts_with(|char: char| char.is_ascii_uppercase())
            }
            Self::Name => {
                !text.trim().is_empty()
                    && text.trim() == text
                    && length <= 255
                    && !text.contains(char::is_control)
            }
            Self::Word => {
                all(|char| char.is_ascii_alphanumeric() || "-_".contains(char)) && (1..=30).contains(&length)
            }
            Self::NameOrNone => text.is_empty() || Self::Name.fits(text),
            Self::Label => {
                all(|char| !char.is_whitespace() && !char.is_control()) && (1..=255).contains(&length)
            }
            Self::Field => {
                all(|char| char.is_ascii_alphanumeric() || char == '_')
                    && text.starts_with(|char: char| char.is_ascii_lowercase())
                    && length <= 100
            }
            Self::Region => is_region(text),
            Self::Account => length == 12 && all(|char| char.is_ascii_digit()),
            Self::Tag => text.split_once('=').is_some_and(|(key, _)| !key.trim().is_empty()) && length <= 400,
            Self::Offset => offset(text).is_some(),
            Self::Callee => matches!(text, "watchers" | "owner") || Self::Member.fits(text),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Team => "the workspace's id, as \"T024BE7LD\": Slack shows it in its web address",
            Self::Channel => {
                "the channel's id, as \"C024BE7LR\": in Slack, under the channel's name, at the bottom"
            }
            Self::Member => {
                "the id of a person (U…, W…) or of a user group (S…) in Slack, as \"U024BE7LH\", or of an account in Jira, as \
                 \"5b10ac8d82e05b22cc7d4ef5\", or of a group there, as \"group:276f955c-63d7-42c8-9520-92d01dca0625\""
            }
            Self::Prefix => "1 to 10 characters without blanks, <, >, &, @ and #, as \"//\"",
            Self::ChannelPrefix => "1 to 48 lower-case letters, digits, - and _",
            Self::Email => "an e-mail address, as \"ana@example.com\"",
            Self::Project => "the project's key, as \"SEC\": the part of an issue's key before the dash",
            Self::Name | Self::NameOrNone => "a name as Jira shows it, without blanks around it",
            Self::Word => "one word of letters, digits, - and _, as \"payments\"",
            Self::Label => "one word: Jira allows no blank in a label",
            Self::Field => {
                "a field's id, as \"customfield_10050\" or \"components\": `casebridge doctor` names those that are wanted"
            }
            Self::Region => "an AWS Region, as \"eu-west-1\"",
            Self::Account => "an AWS account's twelve digits in quotes, as \"111122223333\"",
            Self::Tag => "a tag as key=value, as \"confidential=yes\"",
            Self::Offset => "hours and minutes from UTC, as \"+01:00\"",
            Self::Callee => {
                "the id of a person (U…, W…) or of a user group (S…), as \"U024BE7LH\", or \"watchers\", or \"owner\""
            }
        }
    }
}

/// `+01:00` in milliseconds.
pub(super) fn offset(text: &str) -> Option<Millis> {
    let (hours, minutes) = text.strip_prefix(['+', '-'])?.split_once(':')?;
    let number = |digits: &str, most: Millis| -> Option<Millis> {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|number| plain && *number <= most)
    };
    let far = (number(hours, 14)? * 60 + number(minutes, 59)?) * 60_000;
    Some(if text.starts_with('-') { -far } else { far })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UrlShape {
    /// The base of Slack's Web API: the bot token goes there.
    SlackApi,
    /// The base of Jira's REST API: the API token goes there.
    JiraApi,
    JiraSite,
    /// A link in which `{region}` and `{case}` are replaced. People open it with their own rights; nothing is sent
    /// there.
    Link,
    /// The base of PagerDuty's Events API: the routing key goes there.
    PagerDuty,
    /// What happens on cases goes there: only to a name, and only where it is public.
    Public,
}

impl UrlShape {
    pub(super) fn check(self, text: &str, reach: Reach) -> Result<(), String> {
        if self == Self::Link {
            let filled = text.replace("{region}", "eu-west-1").replace("{case}", "0000000001");
            expect(!filled.contains(['{', '}']), "an address with no other {…} than {region} and {case}")?;
            let url = url(&filled)?;
            return self.at(&url, reach, !hosts::is_loopback(&url));
        }
        if self == Self::Public {
            let url = url(text)?;
            return self.at(&url, reach, hosts::is_named(&url));
        }
        let (url, base) = (base_url(text)?, hosts::Base::of(text));
        let right = base.is_some_and(|base| match self {
            Self::SlackApi => base.is_slack_api(),
            Self::JiraApi => base.is_jira_api(),
            Self::JiraSite => base.is_jira_site(),
            Self::PagerDuty => base.is_pagerduty(),
            Self::Link | Self::Public => false,
        });
        self.at(&url, reach, right)
    }

    fn words(self) -> &'static str {
        match self {
            Self::SlackApi => {
                "https://slack.com/api or https://slack-gov.com/api: the bot token goes nowhere else"
            }
            Self::JiraApi => {
                "https://SITE.atlassian.net or https://api.atlassian.com/ex/jira/CLOUD_ID: the API token goes nowhere else"
            }
            Self::JiraSite => "https://SITE.atlassian.net",
            Self::Link => "an address that people can open",
            Self::PagerDuty => {
                "https://events.pagerduty.com or https://events.eu.pagerduty.com: the routing key goes nowhere else"
            }
            Self::Public => "an address with a public name, as \"https://hooks.example.com/casebridge\"",
        }
    }

    /// Whether only what stands behind the host is wrong.
    fn is_host_right(self, url: &Url) -> bool {
        let host = format!("https://{}", url.host_str().unwrap_or_default());
        match self {
            Self::SlackApi => hosts::Base::of(&format!("{host}/api")).is_some_and(hosts::Base::is_slack_api),
            Self::JiraApi | Self::JiraSite => hosts::Base::of(&host).is_some_and(hosts::Base::is_jira_site),
            Self::PagerDuty => hosts::Base::of(&host).is_some_and(hosts::Base::is_pagerduty),
            Self::Link | Self::Public => false,
        }
    }

    fn at(self, url: &Url, reach: Reach, right: bool) -> Result<(), String> {
        let (what, host) = (self.words(), url.host_str().unwrap_or_default());
        match (right, hosts::is_loopback(url)) {
            (true, _) => Ok(()),
            (false, true) if reach == Reach::Loopback => Ok(()),
            (false, true) => Err(format!(
                "{what}. {host} is allowed only while AWS_ENDPOINT_URL leads to this machine as well"
            )),
            (false, false) if self.is_host_right(url) => {
                Err(format!("{what}. The path here is {}", url.path()))
            }
            (false, false) => Err(format!("{what}. The host here is {host}")),
        }
    }
}

fn expect(right: bool, what: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(what.to_owned()) }
}

/// A letter of `kinds`, then upper-case letters and digits.
/// An Atlassian account: letters, digits, colons and dashes.
fn is_jira_account(text: &str) -> bool {
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, ':' | '-' | '_');
    (10..=128).contains(&text.len())
        && text.chars().all(plain)
        && text.contains(|char: char| char.is_ascii_digit())
        && !text.starts_with(|char: char| char.is_ascii_uppercase())
}

fn is_slack_id(text: &str, kinds: &[char]) -> bool {
    let rest = text.strip_prefix(kinds).unwrap_or_default();
    let plain = rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (1..=30).contains(&rest.len()) && plain
}

fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    matches!(parts.as_slice(), [area, middle @ .., number]
        if area.len() == 2 && !middle.is_empty() && number.len() == 1
            && [*area].iter().chain(middle).all(|part| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase()))
            && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An address to which `/path` is appended.
fn base_url(text: &str) -> Result<Url, String> {
    let url = url(text)?;
    expect(url.query().is_none() && url.fragment().is_none(), "an address without ? and #")?;
    let without = format!("the same without the slash at its end: {:?}", text.trim_end_matches('/'));
    expect(!text.ends_with('/'), &without)?;
    Ok(url)
}

fn url(text: &str) -> Result<Url, String> {
    let plain = text.chars().all(|char| char.is_ascii_graphic() && !"\\\"<>`{|}^".contains(char));
    let url = Url::parse(text).ok().filter(|url| plain && url.has_host());
    let url = url.ok_or("a whole address, as \"https://example.atlassian.net\"")?;
    let userinfo = !url.username().is_empty() || url.password().is_some() || authority(text).contains('@');
    expect(!userinfo, "an address without a user name or password: those belong into the secret")?;
    expect(hosts::is_private(&url), "an address that begins with https://")?;
    Ok(url)
}

fn authority(text: &str) -> &str {
    text.split('/').nth(2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [(TextShape, &[&str], &[&str]); 11] = [
        (
            TextShape::Offset,
            &["+01:00", "-09:30", "+14:00"],
            &["", "01:00", "+1:00", "+25:00", "+01:60", "CET", "+0a:00"],
        ),
        (
            TextShape::Field,
            &["components", "customfield_10050", "fixVersions"],
            &["", "Story Points", "Severity", "a-b", "1"],
        ),
        (TextShape::Team, &["T1", "T024BE7LD"], &["", "T", "t024", "C024BE7LR", "T02-4", "T024BE7LD ", "TÉ"]),
        (TextShape::Channel, &["C024BE7LR", "G1"], &["", "#security", "security", "D024BE7LR", "C 1"]),
        (
            TextShape::Member,
            &["U1", "W1", "S1", "5b10ac8d82e05b22cc7d4ef5", "712020:0b7e-41"],
            &["", "@ana", "B024", "U", "ana@example.com", "u024be7lh"],
        ),
        (
            TextShape::ChannelPrefix,
            &["sir-case-", "a_1"],
            &["", "Sir-", "sir case", "sir.", "é", "a-prefix-that-leaves-no-room-for-the-case-id-itself"],
        ),
        (
            TextShape::Email,
            &["ana@example.com", "a.b+c@d.example.com"],
            &["", "ana", "ana@", "@example.com", "ana@localhost", "a b@example.com", "<a@b.c>", "a@b@c.d"],
        ),
        (TextShape::Project, &["SEC", "A1_"], &["", "S", "sec", "1AB", "SEC-1", "SE C"]),
        (TextShape::Name, &["In Progress", "Übung"], &["", " ", " To Do", "a\nb"]),
        (TextShape::Label, &["security", "é"], &["", "two words", "a\tb"]),
        (
            TextShape::Region,
            &["eu-west-1", "us-gov-west-1", "ap-southeast-5"],
            &["", "eu", "eu-1", "eu-west", "EU-west-1", "eu-west-1a", "europe-west-1", "eu--1"],
        ),
    ];

    #[test]
    fn each_check_knows_good_from_bad() {
        for (number, (check, good, bad)) in TABLE.into_iter().enumerate() {
            for text in good {
                assert_eq!(check.check(text), Ok(()), "{number}: {text:?}");
            }
            for text in bad {
                assert!(check.check(text).is_err(), "{number}: {text:?}");
            }
        }
        assert_eq!(TextShape::NameOrNone.check(""), Ok(()));
        assert!(TextShape::NameOrNone.check(" ").is_err());
    }

    type Texts = &'static [&'static str];

    /// Good among the services, good in a rehearsal only, good nowhere.
    const URLS: [(UrlShape, Texts, Texts, Texts); 4] = [
        (
            UrlShape::SlackApi,
            &["https://slack.com/api", "https://slack-gov.com/api"],
            &[
                "http://127.0.0.1:8080/api",
                "http://[::1]:9/api",
                "https://localhost:1/api",
                "http://127.8.9.1",
            ],
            &[
                "",
                "slack.com",
                "/api",
                "https://slack.com/api/",
                "https://slack.com/",
                "http://slack.com/api",
                "https://ana:pw@slack.com/api",
                "https://@slack.com/api",
                "https://slack.com/api?x=1",
                "https://slack.com/api#x",
                "https://slack.com/a b",
                "https:\\\\slack.com",
                "javascript:alert(1)",
                "https://slack.com.evil.example/api",
                "https://SLACK.com/api",
                "https://example.atlassian.net",
                "http://localhost.evil.example/api",
                "http://ana@127.0.0.1/api",
                "http://10.0.0.1/api",
                "http://127.0.0.1:8080/api/",
            ],
        ),
        (
            UrlShape::JiraApi,
            &["https://example.atlassian.net", "https://api.atlassian.com/ex/jira/1324a887-45db-1bf4"],
            &["http://127.0.0.1:8080", "http://localhost:1/jira"],
            &[
                "",
                "https://evil.example",
                "https://api.atlassian.com",
                "https://example.atlassian.net/browse",
            ],
        ),
        (
            UrlShape::JiraSite,
            &["https://example.atlassian.net"],
            &["http://127.0.0.1:8080"],
            &["", "https://evil.example", "https://api.atlassian.com/ex/jira/1324a887"],
        ),
        (
            UrlShape::Link,
            &["https://{region}.console.aws.amazon.com/x?region={region}#/{case}", "https://example.com/"],
            &["http://localhost:8080/{case}", "https://127.0.0.1/"],
            &["", "https://example.com/{id}", "http://example.com/{case}", "https://example.com/}"],
        ),
    ];

    #[test]
    fn an_address_on_this_machine_is_good_only_while_aws_is_on_it_too() {
        for (check, services, loopback, nowhere) in URLS {
            let good = |text: &&str, reach| check.check(text, reach).is_ok();
            for text in services {
                assert!(good(text, Reach::Services) && good(text, Reach::Loopback), "{text:?}");
            }
            for text in loopback {
                assert!(!good(text, Reach::Services) && good(text, Reach::Loopback), "{text:?}");
            }
            for text in nowhere {
                assert!(!good(text, Reach::Services) && !good(text, Reach::Loopback), "{text:?}");
            }
        }
    }
}
