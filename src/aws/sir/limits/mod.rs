//! Would the service refuse this, and what shall the person who gave it be told? Pure checks, before any call. A
//! message may quote the person, so it is escaped like any outside text and never logged.

pub(crate) mod address;
pub(crate) mod case;
pub(crate) mod file;
pub(crate) mod membership;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod status;

use std::fmt;

pub use status::legal_next;

use super::Call;

/// Why a value cannot be sent. `Display` is the reply; `Debug` tells the field only.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LimitError {
    /// The input that is wrong, for a form that shows errors where they are: `title`, `watchers`, `ip`, ….
    pub field: &'static str,
    pub message: String,
}

impl fmt::Debug for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LimitError({})", self.field)
    }
}

pub type Result<T> = std::result::Result<T, LimitError>;

/// Whether the service's model allows a call, as far as that can be known without asking.
pub fn check(call: &Call) -> Result<()> {
    match call {
        Call::CreateCase { new } => case::new_case(new),
        Call::UpdateCase { change, .. } => case::change(change),
        Call::CreateCaseComment { body, .. } | Call::UpdateCaseComment { body, .. } => {
            case::COMMENT.check(body)
        }
        Call::UpdateCaseStatus { status, .. } => status::settable(status),
        Call::SendFeedback { comment, .. } => {
            comment.as_deref().map_or(Ok(()), |text| case::FEEDBACK.check(text))
        }
        Call::GetCaseAttachmentUploadUrl { name, bytes, .. } => {
            file::name(name)?;
            file::size(*bytes)
        }
        Call::BatchGetMemberAccountDetails { accounts, .. } => membership::accounts(accounts),
        Call::GetFindingMetrics { from, to, .. } => membership::days(*from, *to),
        Call::CreateMembership { new } => membership::new_membership(new),
        Call::UpdateMembership { change, .. } => membership::change(change),
        Call::TagResource { tags, .. } => case::tags(tags),
        Call::UntagResource { keys, .. } => keys.iter().try_for_each(|key| case::tag_key(key)),
        Call::Hub(call) => membership::hub(call),
        Call::GetCase { .. }
        | Call::ListCases { .. }
        | Call::ListComments { .. }
        | Call::ListCaseEdits { .. }
        | Call::UpdateResolverType { .. }
        | Call::CloseCase { .. }
        | Call::ListInvestigations { .. }
        | Call::GetCaseAttachmentDownloadUrl { .. }
        | Call::GetMembership { .. }
        | Call::ListMemberships { .. }
        | Call::CancelMembership { .. }
        | Call::ListTagsForResource { .. } => Ok(()),
    }
}

fn error(field: &'static str, message: impl Into<String>) -> LimitError {
    LimitError { field, message: message.into() }
}

/// How long a text may be, in code points, as the service's model counts:
/// <https://smithy.io/2.0/spec/constraint-traits.html#length-trait>.
pub(crate) struct Length {
    field: &'static str,
    what: &'static str,
    least: usize,
    most: usize,
}

impl Length {
    /// Whether a text is as long as it may be, and not blank where it must say something.
    pub fn check(&self, text: &str) -> Result<()> {
        let Self { field, what, least, most } = *self;
        let given = text.chars().count();
        if given < least || (least > 0 && text.trim().is_empty()) {
            let needs = if least <= 1 {
                "cannot be empty".to_owned()
            } else {
                format!("needs at least {least} characters")
            };
            return Err(error(field, format!("{what} {needs}; this has {}.", number(given))));
        }
        if given > most {
            let over = number(given - most);
            let (most, given) = (number(most), number(given));
            let message = format!("{what} has at most {most} characters; this has {given}: {over} too many.");
            return Err(error(field, message));
        }
        Ok(())
    }
}

/// How many there may be. `what` is the plural: `watchers`.
struct Count {
    field: &'static str,
    what: &'static str,
    least: usize,
    most: usize,
}

impl Count {
    fn check(&self, given: usize) -> Result<()> {
        let Self { field, what, least, most } = *self;
        if given == 0 && least == 1 {
            return Err(error(field, format!("No {what} were given.")));
        }
        if given < least {
            return Err(error(field, format!("At least {least} {what} are needed; this has {given}.")));
        }
        if given > most {
            return Err(error(field, format!("At most {most} {what} are possible; this has {given}.")));
        }
        Ok(())
    }
}

/// `12000` as people write it: `12,000`.
fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn a_length_is_counted_in_code_points_not_in_bytes() {
        // Each is 4 bytes and 1 code point; the flag is 8 bytes and 2 code points.
        assert_eq!(case::TITLE.check(&"🔥".repeat(300)), Ok(()));
        let long = case::TITLE.check(&"🔥".repeat(301)).expect_err("too long");
        assert_eq!(long.to_string(), "A title has at most 300 characters; this has 301: 1 too many.");
        let flags = case::TITLE.check(&"🇩🇪".repeat(151)).expect_err("too long");
        assert_eq!(flags.to_string(), "A title has at most 300 characters; this has 302: 2 too many.");
    }

    #[test]
    fn a_text_of_blanks_is_empty() {
        for text in ["", "   ", "\n\t"] {
            assert_eq!(case::TITLE.check(text).expect_err("empty").field, "title");
        }
        assert_eq!(Length { field: "value", what: "A value", least: 0, most: 256 }.check(""), Ok(()));
    }

    #[test]
    fn thousands_are_set_apart() {
        for (count, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (12_000, "12,000"), (104_857_600, "104,857,600")]
        {
            assert_eq!(number(count), text);
        }
    }

    #[test]
    fn an_error_quotes_the_person_in_its_reply_and_never_in_debug() {
        let error = error("email", "\"ana@\" is no e-mail address.");
        assert_eq!(format!("{error:?}"), "LimitError(email)");
        assert_eq!(error.to_string(), "\"ana@\" is no e-mail address.");
    }

    #[test]
    fn twice_the_text_is_checked_in_twice_the_time() {
        is_steady(|text| case::TITLE.check(text).is_ok());
        is_steady(|text| (file::name(text).is_ok(), file::fit(text, &[text, "a"])));
        is_steady(|text| (place::account(text).is_ok(), place::service(text).is_ok()));
        is_steady(|text| (person::email(text).is_ok(), person::email(&format!("{text}@{text}.com")).is_ok()));
        is_steady(|text| address::ip(text).is_ok());
    }
}
