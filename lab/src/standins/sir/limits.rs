//! Which values does the SIR model allow?
//! Lengths, ranges, enumerations and patterns of `security-ir/2018-05-10/service-2.json`.

use super::super::shape::{FieldShape, Shape, formed, list, may, need, text};

pub(super) const CASE_ID: Shape = formed(10, 32, |id| id.bytes().take(10).all(|byte| byte.is_ascii_digit()));
pub(super) const COMMENT_ID: Shape = formed(6, 6, digits);
pub(super) const ATTACHMENT_ID: Shape = formed(36, 36, is_uuid);
pub(super) const MEMBERSHIP_ID: Shape = formed(12, 34, |id| is_tail(id.strip_prefix("m-"), 10, 32));
pub(super) const INVESTIGATION_ID: Shape = formed(14, 36, |id| is_tail(id.strip_prefix("inv-"), 10, 32));
pub(super) const RESOURCE_ARN: Shape = formed(12, 1010, is_resource_arn);
pub(super) const ACCOUNT: Shape = formed(12, 12, digits);
pub(super) const TOKEN: Shape = text(1, 255);
pub(super) const NEXT_TOKEN: Shape = text(0, 2000);
pub(super) const MAX_RESULTS: Shape = Shape::Whole { min: 1, max: 25 };
pub(super) const TITLE: Shape = text(1, 300);
pub(super) const DESCRIPTION: Shape = text(1, 8000);
pub(super) const COMMENT: Shape = text(1, 12_000);
pub(super) const FILE_NAME: Shape = formed(1, 255, |name| {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
});
pub(super) const FILE_LENGTH: Shape = Shape::Whole { min: 1, max: 104_857_600 };
pub(super) const TAGS: Shape = Shape::Texts { max: 200, key: 128, value: 256 };
pub(super) const TAG_KEYS: Shape = list(0, usize::MAX, &text(1, 128));
pub(super) const RESOLVER: Shape = Shape::OneOf(&["AWS", "Self"]);
pub(super) const ENGAGEMENT: Shape = Shape::OneOf(&["Security Incident", "Investigation"]);
pub(super) const USEFULNESS: Shape = Shape::OneOf(&["USEFUL", "NOT_USEFUL"]);
pub(super) const FEEDBACK: Shape = text(1, 1000);
pub(super) const MEMBERSHIP_NAME: Shape = text(3, 50);
pub(super) const ISO_TIME: Shape = formed(1, 64, |value| {
    time::OffsetDateTime::parse(value, &time::format_description::well_known::Rfc3339).is_ok()
});
/// What UpdateCaseStatus takes; `Closed` is not among them.
pub(super) const SELF_STATUS: Shape = Shape::OneOf(&[
    "Submitted",
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
]);
/// Every status a case can show.
pub(super) const STATUSES: &[&str] = &[
    "Submitted",
    "Acknowledged",
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
    "Ready to Close",
    "Closed",
];

pub(super) const ACCOUNTS: Shape = list(0, 200, &ACCOUNT);
pub(super) const SERVICES: Shape = list(0, 600, &formed(2, 50, is_service_name));
pub(super) const REGIONS: Shape = list(0, 50, &Shape::Object(&[need("region", REGION)]));
pub(super) const WATCHERS: Shape = list(
    0,
    30,
    &Shape::Object(&[need("email", EMAIL), may("name", text(1, 50)), may("jobTitle", text(1, 50))]),
);
pub(super) const ACTORS: Shape = list(
    0,
    200,
    &Shape::Object(&[need("ipAddress", formed(1, 64, is_address)), may("userAgent", text(1, 500))]),
);
pub(super) const METADATA: Shape =
    list(1, 30, &Shape::Object(&[need("key", text(1, 500)), need("value", text(1, 2000))]));
pub(super) const TEAM: Shape = list(2, 10, &Shape::Object(RESPONDER));
pub(super) const FEATURES: Shape = list(
    1,
    2,
    &Shape::Object(&[need("featureName", Shape::OneOf(&["Triage"])), need("isEnabled", Shape::Flag)]),
);
pub(super) const COVERAGE_UPDATE: Shape = Shape::Object(&[
    may("coverEntireOrganization", Shape::Flag),
    may("organizationalUnitsToAdd", list(1, 5, &UNIT)),
    may("organizationalUnitsToRemove", list(1, 5, &UNIT)),
]);
pub(super) const MEMBER_ACCOUNTS: Shape = list(1, 100, &ACCOUNT);

const RESPONDER: &[FieldShape] = &[
    need("name", text(3, 50)),
    need("jobTitle", text(1, 50)),
    need("email", EMAIL),
    may("communicationPreferences", list(0, usize::MAX, &Shape::OneOf(COMMUNICATIONS))),
];
const UNIT: Shape = formed(16, 68, is_unit);
const EMAIL: Shape = formed(6, 254, is_email);
const REGION: Shape = Shape::OneOf(&[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
]);
const COMMUNICATIONS: &[&str] = &[
    "Case Acknowledged",
    "Case Attachment Url Uploaded",
    "Case Closed",
    "Case Comment Added",
    "Case Comment Updated",
    "Case Created",
    "Case Pending Customer Action Reminder",
    "Case Status Updated",
    "Case Updated",
    "Case Updated To Service Managed",
    "Deregister Delegated Administrator",
    "Disable AWS Service Access",
    "Membership Cancelled",
    "Membership Created",
    "Membership Updated",
    "Register Delegated Administrator",
];

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_tail(tail: Option<&str>, min: usize, max: usize) -> bool {
    tail.is_some_and(|tail| {
        (min..=max).contains(&tail.len())
            && tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    lengths && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn is_unit(text: &str) -> bool {
    text.strip_prefix("ou-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(root, unit)| is_tail(Some(root), 4, 32) && is_tail(Some(unit), 8, 32))
}

/// `[a-zA-Z0-9 -.():]+`, in which the range from space to full stop admits `!"#$%&'()*+,-`.
fn is_service_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || (b' '..=b'.').contains(&byte) || byte == b':')
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_fits = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let part_fits = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !local.is_empty() && local.bytes().all(local_fits) && domain.split('.').all(part_fits)
}

/// IPv4, or IPv6 in eight upper-case groups (or six and a dotted IPv4); `::` is not allowed.
fn is_address(text: &str) -> bool {
    let groups = |part: &str, count: usize| {
        let fits = |group: &str| {
            (1..=4).contains(&group.len())
                && group.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
        };
        part.split(':').count() == count && part.split(':').all(fits)
    };
    let mixed = || text.rsplit_once(':').is_some_and(|(six, four)| groups(six, 6) && is_ipv4(four));
    is_ipv4(text) || groups(text, 8) || mixed()
}

fn is_ipv4(text: &str) -> bool {
    let octet = |part: &str| {
        (1..=3).contains(&part.len()) && digits(part) && part.parse::<u16>().is_ok_and(|value| value < 256)
    };
    text.split('.').count() == 4 && text.split('.').all(octet)
}

/// `arn:aws:security-ir:REGION:ACCOUNT:case/ID` or `…:membership/ID`.
fn is_resource_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", "aws", "security-ir", region, account, resource] = parts[..] else { return false };
    let resource_fits = match resource.split_once('/') {
        Some(("case", id)) => id.len() == 10 && digits(id),
        Some(("membership", id)) => is_tail(id.strip_prefix("m-"), 10, 32),
        _ => false,
    };
    region.split('-').count() == 3 && account.len() == 12 && digits(account) && resource_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_the_model() {
        type Form = fn(&str) -> bool;
        let table: &[(Form, &[&str], &[&str])] = &[
            (is_email, &["ana@example.com", "a.b+c@x"], &["ana", "@x.y", "a@", "a@x..y", "a b@x.y", "ä@x.y"]),
            (
                is_address,
                &["203.0.113.9", "2001:DB8:0:0:0:0:0:1", "0:0:0:0:0:FFFF:203.0.113.9", "001.2.3.4"],
                &["203.0.113.256", "203.0.113", "2001:DB8::1", "2001:db8:0:0:0:0:0:1", "203.0.113.0/24", ""],
            ),
            (
                is_unit,
                &["ou-abcd-12345678"],
                &["ou-abc-12345678", "ou-abcd-1234567", "ou-ABCD-12345678", "r-abcd"],
            ),
            (is_service_name, &["Amazon EC2", "S3 (eu-west-1): x"], &["S3_x", "S3/x", "Ä"]),
            (
                is_uuid,
                &["01234567-89ab-CDEF-0123-456789abcdef"],
                &["0123456789ab", "g1234567-89ab-cdef-0123-456789abcdef"],
            ),
            (
                is_resource_arn,
                &[
                    "arn:aws:security-ir:eu-west-1:111122223333:case/1234567890",
                    "arn:aws:security-ir:eu-west-1:111122223333:membership/m-1234567890abcdef0",
                ],
                &[
                    "arn:aws:s3:eu-west-1:111122223333:case/1234567890",
                    "arn:aws:security-ir:eu-west-1:111122223333:case/123",
                    "arn:aws:security-ir:eu:111122223333:case/1234567890",
                ],
            ),
        ];
        for (form, good, bad) in table {
            good.iter().for_each(|text| assert!(form(text), "{text} should fit"));
            bad.iter().for_each(|text| assert!(!form(text), "{text} should not fit"));
        }
    }
}
