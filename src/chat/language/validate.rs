//! Whether a word has the shape that the service takes; where it has not, the reply says why.
//!
//! Patterns and limits: <https://docs.aws.amazon.com/security-ir/latest/APIReference/>.

use std::net::{IpAddr, Ipv4Addr};

use aws_sdk_securityir::types::AwsRegion;

use crate::case::{CommentId, InvestigationId, IssueKey, MembershipId, Responder};

use super::{
    command::InvestigationRef,
    user_error::{UserError, nearest, quoted},
};

/// A text of a limited length in characters. `what` as in `A comment`.
pub(crate) fn text(what: &str, text: String, most: usize) -> Result<String, UserError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(UserError::new(format!("{what} needs a text."), "Write it after the verb."));
    }
    if length > most {
        let (most, length) = (grouped(most), grouped(length));
        return Err(UserError::new(
            format!("{what} may have at most {most} characters; this one has {length}."),
            "Shorten it, or say it in parts.",
        ));
    }
    Ok(text)
}

fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}

/// At least one and at most `most` of something.
pub(crate) fn count(what: &str, number: usize, most: usize) -> Result<(), UserError> {
    match number {
        0 => Err(UserError::new(format!("No {what} are named."), "Name at least one.")),
        number if number > most => Err(UserError::new(
            format!("At most {} {what} can be named at once; these are {}.", grouped(most), grouped(number)),
            "Say it in several lines.",
        )),
        _ => Ok(()),
    }
}

/// A number between two others, `#` before it allowed.
pub(crate) fn number(what: &str, word: &str, most: u16) -> Result<u16, UserError> {
    word.trim_start_matches('#').parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| {
        UserError::new(
            format!("{word} is not {what}.", word = quoted(word)),
            format!("Give a whole number from 1 to {}.", grouped(most.into())),
        )
    })
}

/// An account id; the console's dashes are taken away.
pub(crate) fn account(word: &str) -> Result<String, UserError> {
    let digits = word.replace('-', "");
    if digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(digits);
    }
    Err(UserError::new(
        format!(
            "{word} is not an AWS account id: it has twelve digits, leading zeros included.",
            word = quoted(word)
        ),
        "Copy it from the account menu of the AWS console.",
    ))
}

pub(crate) fn region(word: &str) -> Result<String, UserError> {
    let lower = word.to_lowercase();
    if let Some(known) = AwsRegion::values().iter().find(|known| **known == lower) {
        return Ok((*known).to_owned());
    }
    let near = nearest(&lower, AwsRegion::values().iter().copied());
    let remedy =
        near.map_or("Regions are spelled as in `eu-west-1`.".to_owned(), |near| format!("Is it `{near}`?"));
    let mistake = UserError::new(format!("{} is not a Region that the service knows.", quoted(word)), remedy);
    Err(match near {
        Some(near) => mistake.instead_of(word, near),
        None => mistake,
    })
}

/// A service's name: 2 to 50 characters of `[a-zA-Z0-9 -.():]`, where ` -.` is everything between blank and dot; but
/// no comma, which separates names here.
pub(crate) fn service(word: &str) -> Result<String, UserError> {
    let fits = |each: char| {
        each.is_ascii_alphanumeric() || (' '..='.').contains(&each) && each != ',' || each == ':'
    };
    let word = word.trim();
    if (2..=50).contains(&word.chars().count()) && word.chars().all(fits) {
        return Ok(word.to_owned());
    }
    Err(UserError::new(
        format!(
            "{word} is not a service's name: 2 to 50 letters, digits, blanks and punctuation.",
            word = quoted(word)
        ),
        "Put a name of several words in quotes.",
    ))
}

pub(crate) fn email(word: &str) -> Result<String, UserError> {
    let fits = |part: &str, others: &str| {
        !part.is_empty() && part.chars().all(|each| each.is_ascii_alphanumeric() || others.contains(each))
    };
    let good = (6..=254).contains(&word.len())
        && word.split_once('@').is_some_and(|(name, domain)| {
            fits(name, ".!#$%&'*+/=?^_`{|}~-") && domain.split('.').all(|label| fits(label, "-"))
        });
    if good {
        return Ok(word.to_owned());
    }
    let mistake = UserError::new(
        format!("{word} is not an e-mail address that the service takes.", word = quoted(word)),
        "It needs 6 to 254 plain letters, digits and signs around one @.",
    );
    match word.strip_prefix('@') {
        Some(name) => Err(UserError::new(
            format!("\"@{name}\" is not a person whom Slack knows."),
            "Choose the person from the list that Slack shows after the @, or give the e-mail address.",
        )),
        None => Err(mistake),
    }
}

/// An address in the service's form: IPv6 in eight upper-case groups. `[.]` is read as `.`.
pub(crate) fn address(word: &str) -> Result<IpAddr, UserError> {
    let plain = word.replace("[.]", ".").replace("[:]", ":");
    if let Ok(address) = plain.parse() {
        return Ok(address);
    }
    let (happened, remedy) = match plain.split_once('/') {
        Some((address, _)) if address.parse::<IpAddr>().is_ok() => (
            format!("{word} is a range, and the service takes single addresses only.", word = quoted(word)),
            "Name each address that was seen.",
        ),
        _ if plain.parse::<std::net::SocketAddr>().is_ok() => (
            format!("{word} has a port, and the service takes addresses only.", word = quoted(word)),
            "Leave the port away.",
        ),
        _ => (
            format!("{word} is not an IP address.", word = quoted(word)),
            "Give one as 203.0.113.9 or 2001:db8::1.",
        ),
    };
    Err(UserError::new(happened, remedy))
}

/// An address that an intruder can come from: one on the internet.
pub(crate) fn public_address(word: &str) -> Result<IpAddr, UserError> {
    let address = address(word)?;
    match scope(address.to_canonical()) {
        None => Ok(address),
        Some(scope) => Err(UserError::new(
            format!("{address} is {scope} address: it says nothing about where the intruder came from."),
            "Name the address on the internet, or write this one in a comment.",
        )),
    }
}

/// What kind of address it is, if not one on the internet. Ranges for documentation count as the internet.
fn scope(address: IpAddr) -> Option<&'static str> {
    match address {
        _ if address.is_loopback() => Some("a loopback"),
        _ if address.is_unspecified() => Some("an unspecified"),
        _ if address.is_multicast() => Some("a multicast"),
        IpAddr::V4(four) => scope_of_four(four),
        IpAddr::V6(six) if six.is_unique_local() => Some("a private"),
        IpAddr::V6(six) if six.is_unicast_link_local() => Some("a link-local"),
        IpAddr::V6(_) => None,
    }
}

fn scope_of_four(four: Ipv4Addr) -> Option<&'static str> {
    match four.octets() {
        _ if four.is_private() => Some("a private"),
        _ if four.is_link_local() => Some("a link-local"),
        _ if four.is_broadcast() => Some("a broadcast"),
        [0, ..] => Some("a reserved"),
        [100, 64..=127, ..] => Some("a shared (carrier)"),
        _ => None,
    }
}

pub(crate) fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => six.segments().map(|group| format!("{group:X}")).join(":"),
    }
}

/// `KEY=VALUE`. The value may be empty.
pub(crate) fn pair(word: &str) -> Result<(String, String), UserError> {
    match word.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        _ => Err(UserError::new(
            format!("{word} is not KEY=VALUE.", word = quoted(word)),
            "Join the two with =, and put a value of several words in quotes.",
        )),
    }
}

/// A tag's key: 1 to 128 characters, none of them AWS's own.
pub(crate) fn tag_key(key: String) -> Result<String, UserError> {
    if key.to_lowercase().starts_with("aws:") {
        return Err(UserError::new(
            format!("{key} begins with aws:, which AWS keeps for itself.", key = quoted(key)),
            "Choose another key.",
        ));
    }
    tag_part("A tag's key", key, 1, 128)
}

/// A tag's value: at most 256 characters.
pub(crate) fn tag_value(value: String) -> Result<String, UserError> {
    tag_part("A tag's value", value, 0, 256)
}

/// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>
fn tag_part(what: &str, part: String, least: usize, most: usize) -> Result<String, UserError> {
    let fits = |each: char| each.is_alphanumeric() || " _.:/=+-@".contains(each);
    if (least..=most).contains(&part.chars().count()) && part.chars().all(fits) {
        return Ok(part);
    }
    Err(UserError::new(
        format!(
            "{part} does not fit. {what} has {least} to {most} letters, digits, blanks and any of _.:/=+-@.",
            part = quoted(part)
        ),
        "Change it and try again.",
    ))
}

pub(crate) fn comment(word: &str) -> Result<CommentId, UserError> {
    let id = word.trim_start_matches('#');
    if id.len() == 6 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(CommentId::new(id));
    }
    Err(UserError::new(
        format!("{word} is not a comment's id: it has six digits.", word = quoted(word)),
        "See them with `comments`.",
    ))
}

/// An investigation: its number, or its id `inv-[a-zA-Z0-9]{10,32}`.
pub(crate) fn step(word: &str) -> Result<InvestigationRef, UserError> {
    let plain =
        |id: &str| (10..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match word.strip_prefix("inv-") {
        Some(id) if plain(id) => Ok(InvestigationRef::Id(InvestigationId::new(word))),
        _ => Ok(InvestigationRef::Number(number("an investigation's number", word, 999)?)),
    }
}

pub(crate) fn membership(word: &str) -> Result<MembershipId, UserError> {
    MembershipId::parse(&word.to_lowercase()).ok_or_else(|| {
        UserError::new(
            format!(
                "{word} is not a membership's id: it is spelled as m-abcdef1234567890.",
                word = quoted(word)
            ),
            "See them with `membership list`.",
        )
    })
}

/// An organizational unit: `ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}`.
pub(crate) fn unit(word: &str) -> Result<String, UserError> {
    let lower = word.to_lowercase();
    let part = |part: &str, least: usize| {
        (least..=32).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let halves = lower.strip_prefix("ou-").and_then(|rest| rest.split_once('-'));
    if halves.is_some_and(|(root, unit)| part(root, 4) && part(unit, 8)) {
        return Ok(lower);
    }
    Err(UserError::new(
        format!(
            "{word} is not an organizational unit's id: it is spelled as ou-ab12-cd34ef56.",
            word = quoted(word)
        ),
        "Copy it from AWS Organizations.",
    ))
}

/// A person of an incident response team: `NAME|JOB TITLE|EMAIL`.
pub(crate) fn responder(word: &str) -> Result<Responder, UserError> {
    let parts: Vec<&str> = word.split('|').map(str::trim).collect();
    let [name, job_title, address] = parts[..] else {
        return Err(UserError::new(
            format!("{word} is not a member of a team.", word = quoted(word)),
            "Write name, job title and e-mail address with | between them, in quotes.",
        ));
    };
    let length = |what: &str, text: &str, least: usize| {
        if (least..=50).contains(&text.chars().count()) {
            return Ok(text.to_owned());
        }
        Err(UserError::new(
            format!("{text} does not fit. {what} has {least} to 50 characters.", text = quoted(text)),
            "Change it and try again.",
        ))
    };
    Ok(Responder {
        name: length("A team member's name", name, 3)?,
        job_title: length("A job title", job_title, 1)?,
        email: email(address)?,
        communication: Vec::new(),
    })
}

/// A membership's name: 3 to 50 characters.
pub(crate) fn membership_name(name: &str) -> Result<String, UserError> {
    let name = name.trim();
    if (3..=50).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(UserError::new(
        format!("{name} does not fit. A membership's name has 3 to 50 characters.", name = quoted(name)),
        "Choose another name.",
    ))
}

pub(crate) fn issue(word: &str) -> Result<IssueKey, UserError> {
    let last = word.split(['?', '#']).next().and_then(|path| path.trim_end_matches('/').rsplit('/').next());
    let key = last.unwrap_or_default().to_uppercase();
    let good = key.rsplit_once('-').is_some_and(|(project, number)| {
        project.len() > 1
            && project.starts_with(|each: char| each.is_ascii_uppercase())
            && project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && (1..=10).contains(&number.len())
            && !number.starts_with('0')
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if good {
        return Ok(IssueKey::new(key));
    }
    Err(UserError::new(
        format!("{word} is not an issue's key.", word = quoted(word)),
        "Give it as SEC-12, or paste the issue's address.",
    ))
}

pub(crate) fn invitation(word: &str) -> Result<String, UserError> {
    let good = (1..=64).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    good.then(|| word.to_owned()).ok_or_else(|| {
        UserError::new(
            format!("{word} is not an invitation's id.", word = quoted(word)),
            "Copy it from the invitation, or from `aws securityhub list-invitations`.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken, and what of the reply says why it is not.
    fn check<T: std::fmt::Debug + ToString>(
        of: impl Fn(&str) -> Result<T, UserError>,
        rows: &[(&str, Result<&str, &str>)],
    ) {
        for (word, expected) in rows {
            match (of(word), expected) {
                (Ok(value), Ok(expected)) => assert_eq!(value.to_string(), *expected),
                (Err(mistake), Err(why)) => {
                    let reply = mistake.to_string();
                    let named = word.split('|').any(|part| reply.contains(part));
                    assert!(reply.contains(why) && named, "{word:?}: {reply}");
                }
                (other, _) => panic!("{word:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn addresses_are_converted_and_everything_else_is_explained() {
        check(
            |word| public_address(word).map(written),
            &[
                ("203.0.113.9", Ok("203.0.113.9")),
                ("203[.]0[.]113[.]9", Ok("203.0.113.9")),
                ("2001:db8::1", Ok("2001:DB8:0:0:0:0:0:1")),
                ("2001:0db8:00ab::FFFF", Ok("2001:DB8:AB:0:0:0:0:FFFF")),
                ("::ffff:203.0.113.9", Ok("0:0:0:0:0:FFFF:CB00:7109")),
                ("203.0.113.0/24", Err("is a range")),
                ("2001:db8::/32", Err("is a range")),
                ("203.0.113.9:443", Err("has a port")),
                ("10.1.2.3", Err("a private address")),
                ("172.31.0.1", Err("a private address")),
                ("192.168.1.1", Err("a private address")),
                ("100.64.0.1", Err("a shared (carrier) address")),
                ("127.0.0.1", Err("a loopback address")),
                ("169.254.169.254", Err("a link-local address")),
                ("::ffff:10.1.2.3", Err("a private address")),
                ("fd00::1", Err("a private address")),
                ("fe80::1", Err("a link-local address")),
                ("ff02::1", Err("a multicast address")),
                ("0.0.0.0", Err("an unspecified address")),
                ("255.255.255.255", Err("a broadcast address")),
                ("010.1.1.1", Err("is not an IP address")),
                ("1.2.3", Err("is not an IP address")),
                ("example.com", Err("is not an IP address")),
            ],
        );
    }

    #[test]
    fn accounts_and_regions_are_checked() {
        check(
            account,
            &[
                ("111122223333", Ok("111122223333")),
                ("0000-1111-2222", Ok("000011112222")),
                ("11112222333", Err("twelve digits")),
                ("1111222233334", Err("twelve digits")),
                ("١١١١٢٢٢٢٣٣٣٣", Err("twelve digits")),
            ],
        );
        check(
            region,
            &[
                ("EU-West-1", Ok("eu-west-1")),
                ("eu-wst-1", Err("Is it `eu-west-1`?")),
                ("mars", Err("spelled as in")),
            ],
        );
    }

    #[test]
    fn names_and_addresses_of_people_are_checked() {
        check(
            email,
            &[
                ("ana@example.com", Ok("ana@example.com")),
                ("a.b+c@x-y.example", Ok("a.b+c@x-y.example")),
                ("a@b.c", Err("6 to 254")),
                ("ana@@example.com", Err("around one @")),
                ("ana@example..com", Err("around one @")),
                ("anä@example.com", Err("around one @")),
                ("@ana", Err("whom Slack knows")),
            ],
        );
        check(
            |word| responder(word).map(|person| person.email),
            &[
                ("Ana Lima | Lead | ana@example.com", Ok("ana@example.com")),
                ("Bo|Lead|bo@example.com", Err("3 to 50")),
                ("Ana Lima||ana@example.com", Err("1 to 50")),
                ("Ana Lima, Lead, ana@example.com", Err("with | between")),
            ],
        );
    }

    #[test]
    fn services_tags_and_ids_are_checked() {
        check(
            service,
            &[
                ("AWS Lambda", Ok("AWS Lambda")),
                ("S", Err("2 to 50")),
                ("a/b", Err("2 to 50")),
                ("EC2,S3", Err("2 to 50")),
            ],
        );
        check(
            |word| tag_key(word.to_owned()),
            &[
                ("cost centre", Ok("cost centre")),
                ("AWS:x", Err("keeps for itself")),
                ("a\nb", Err("1 to 128")),
                (&"k".repeat(129), Err("1 to 128")),
            ],
        );
        check(|word| tag_value(word.to_owned()), &[("", Ok("")), (&"v".repeat(257), Err("0 to 256"))]);
        check(
            |word| pair(word).map(|(key, value)| format!("{key}>{value}")),
            &[("a=b=c", Ok("a>b=c")), ("a=", Ok("a>")), ("=b", Err("KEY=VALUE")), ("ab", Err("KEY=VALUE"))],
        );
        check(comment, &[("000123", Ok("000123")), ("#000123", Ok("000123")), ("123", Err("six digits"))]);
        check(membership, &[("M-abcdef1234567890", Ok("m-abcdef1234567890")), ("m-1", Err("spelled as"))]);
        check(unit, &[("ou-ab12-cd34ef56", Ok("ou-ab12-cd34ef56")), ("ou-ab12", Err("spelled as"))]);
        check(invitation, &[("7ab938c5", Ok("7ab938c5")), ("a b", Err("invitation"))]);
        check(
            issue,
            &[
                ("sec-12", Ok("SEC-12")),
                ("https://example.atlassian.net/browse/SEC-12?focused=1", Ok("SEC-12")),
                ("SEC-012", Err("issue's key")),
                ("S-1", Err("issue's key")),
                ("SEC", Err("issue's key")),
            ],
        );
    }

    #[test]
    fn every_limit_is_named_with_what_was_given() {
        assert_eq!(
            text("A comment", "x".repeat(12_345), 12_000).unwrap_err().to_string(),
            "A comment may have at most 12,000 characters; this one has 12,345. Shorten it, or say it in parts."
        );
        assert!(text("A comment", "é".repeat(12_000), 12_000).is_ok());
        assert!(text("A title", String::new(), 300).is_err());
        assert_eq!(
            count("Regions", 51, 50).unwrap_err().to_string(),
            "At most 50 Regions can be named at once; these are 51. Say it in several lines."
        );
        check(
            |word| number("a number", word, 50),
            &[
                ("50", Ok("50")),
                ("#1", Ok("1")),
                ("0", Err("from 1 to 50")),
                ("51", Err("from 1 to 50")),
                ("+", Err("from 1 to 50")),
            ],
        );
    }
}
