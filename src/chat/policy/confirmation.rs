//! A confirmation: of exactly this, by this person, in time, for the case as it was shown.
//!
//! It travels in its button's value, signed. It is good once: the command that carried it is recorded under
//! [`Confirmation::asked`], and that record answers every repetition.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    case::{Seconds, TeamId, UserId},
    state::record::{self, stated},
};

use super::roles::Identity;
use crate::chat::{ingress::act::CommandKey, language::command::CommandLine};

/// How long a confirmation holds, in seconds.
pub(crate) const LIFETIME: Seconds = 300;

/// The longest value of a button: <https://docs.slack.dev/reference/block-kit/block-elements/button-element/>.
const LONGEST_VALUE: usize = 2_000;

/// Keeps these signatures apart from any other that is made with the same key.
const PURPOSE: &[u8] = b"casebridge confirmation 1\0";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confirmation {
    /// The case and the verb with its arguments. The case must be named if the verb is about one.
    #[serde(rename = "line")]
    pub(crate) line: CommandLine,
    #[serde(rename = "team")]
    pub(crate) team: TeamId,
    #[serde(rename = "user")]
    pub(crate) user: UserId,
    /// The case's `lastUpdatedDate` when it was shown; `None` for what is about no case.
    #[serde(rename = "version", deserialize_with = "stated")]
    pub(crate) version: Option<Seconds>,
    /// The first moment at which it no longer holds.
    #[serde(rename = "expires")]
    pub(crate) expires: Seconds,
    /// Names the command that asked for it: unique, so that a confirmation is good once.
    #[serde(rename = "asked")]
    pub(crate) asked: CommandKey,
}

/// Why a confirmation does not hold. Its `Display` is the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfirmationError {
    #[error(
        "This button is not one of Casebridge's, or its key was changed since. Nothing was done: ask again."
    )]
    Forged,
    /// We signed it, but not as this release would have.
    #[error("This button was made by another release of Casebridge. Nothing was done: ask again.")]
    OfAnotherRelease,
    /// Somebody else's.
    #[error(
        "This confirmation is for the person who asked. Nothing was done: ask yourself, and confirm that."
    )]
    SomebodyElse,
    #[error("This confirmation is older than five minutes. Nothing was done: ask again.")]
    Expired,
    #[error("The case has changed since you were asked. Nothing was done: look at it, and ask again.")]
    Changed,
    /// The line does not fit into a button.
    #[error("This is too long for one line. Nothing was done: use the form.")]
    TooLong,
}

impl ConfirmationError {
    /// The rule that refused, for the audit trail.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Forged => "confirmation: forged",
            Self::OfAnotherRelease => "confirmation: of another release",
            Self::SomebodyElse => "confirmation: somebody else's",
            Self::Expired => "confirmation: expired",
            Self::Changed => "confirmation: the case has changed",
            Self::TooLong => "confirmation: too long",
        }
    }
}

impl Confirmation {
    /// The value of the button, at most 2,000 characters.
    pub(crate) fn encode(&self, key: &[u8]) -> Result<String, ConfirmationError> {
        let body = serde_json::to_vec(self).map_err(|_| ConfirmationError::TooLong)?;
        let signature = signer(key, &body)?.finalize().into_bytes();
        let value = format!("{}.{}", URL_SAFE_NO_PAD.encode(signature), URL_SAFE_NO_PAD.encode(body));
        if value.len() > LONGEST_VALUE { Err(ConfirmationError::TooLong) } else { Ok(value) }
    }

    /// Opens the value of a button that this person clicked. [`Confirmation::still_of`] is the last check.
    ///
    /// # Errors
    /// [`ConfirmationError::Forged`], [`ConfirmationError::OfAnotherRelease`], [`ConfirmationError::SomebodyElse`] or [`ConfirmationError::Expired`].
    pub(crate) fn open(
        value: &str,
        key: &[u8],
        identity: &Identity,
        now: Seconds,
    ) -> Result<Self, ConfirmationError> {
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| ConfirmationError::Forged);
        let (signature, body) = value.split_once('.').ok_or(ConfirmationError::Forged)?;
        let (signature, body) = (decode(signature)?, decode(body)?);
        signer(key, &body)?.verify_slice(&signature).map_err(|_| ConfirmationError::Forged)?;
        let body = String::from_utf8(body).map_err(|_| ConfirmationError::OfAnotherRelease)?;
        let confirmation: Self =
            record::read_whole(&body).map_err(|_| ConfirmationError::OfAnotherRelease)?;
        if confirmation.team != identity.team || confirmation.user != identity.user {
            return Err(ConfirmationError::SomebodyElse);
        }
        if now >= confirmation.expires {
            return Err(ConfirmationError::Expired);
        }
        Ok(confirmation)
    }

    /// Whether the case is still what was shown: its `lastUpdatedDate` as it was read just now.
    pub(crate) fn still_of(&self, version: Option<Seconds>) -> Result<(), ConfirmationError> {
        if self.version == version { Ok(()) } else { Err(ConfirmationError::Changed) }
    }
}

fn signer(key: &[u8], body: &[u8]) -> Result<Hmac<Sha256>, ConfirmationError> {
    let mut signer = Hmac::<Sha256>::new_from_slice(key).map_err(|_| ConfirmationError::Forged)?;
    signer.update(PURPOSE);
    signer.update(body);
    Ok(signer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::language::grammar::parse;
    use crate::chat::policy::roles::PersonKind;

    const KEY: &[u8] = b"a key of the test";
    const NOW: Seconds = 1_795_255_200;

    fn person(team: &str, user: &str) -> Identity {
        Identity {
            team: TeamId::new(team),
            user: UserId::new(user),
            kind: PersonKind::Member,
            groups: vec![],
        }
    }

    fn confirmation(line: &str) -> Confirmation {
        Confirmation {
            line: parse(line, NOW).unwrap(),
            team: TeamId::new("T0123"),
            user: UserId::new("U024BE7LH"),
            version: Some(NOW - 60),
            expires: NOW + LIFETIME,
            asked: CommandKey::known("0123456789abcdef".to_owned()),
        }
    }

    #[test]
    fn a_confirmation_holds_for_its_person_until_it_expires() {
        let asked = confirmation("1234567890 close");
        let value = asked.encode(KEY).unwrap();
        assert!(value.len() <= LONGEST_VALUE);
        let open = |team, user, now| Confirmation::open(&value, KEY, &person(team, user), now);
        assert_eq!(open("T0123", "U024BE7LH", NOW + LIFETIME - 1), Ok(asked));
        assert_eq!(open("T0123", "U024BE7LH", NOW + LIFETIME), Err(ConfirmationError::Expired));
        assert_eq!(open("T0123", "U999", NOW), Err(ConfirmationError::SomebodyElse));
        assert_eq!(open("T999", "U024BE7LH", NOW), Err(ConfirmationError::SomebodyElse));
    }

    #[test]
    fn what_another_release_signed_is_told_apart_from_what_is_forged() {
        let signed = |body: &str| {
            let signature = signer(KEY, body.as_bytes()).unwrap().finalize().into_bytes();
            format!("{}.{}", URL_SAFE_NO_PAD.encode(signature), URL_SAFE_NO_PAD.encode(body))
        };
        let body = serde_json::to_string(&confirmation("1234567890 close")).unwrap();
        let open = |body: &str| Confirmation::open(&signed(body), KEY, &person("T0123", "U024BE7LH"), NOW);
        assert!(open(&body).is_ok());
        for later in [
            body.replacen('{', "{\"v\":2,", 1),
            body.replacen('{', "{\"twice\":true,", 1),
            body.replace("\"Close\"", "\"CloseAll\""),
            body.replace("\"case\":\"1234567890\",", ""),
            String::new(),
        ] {
            assert_eq!(open(&later), Err(ConfirmationError::OfAnotherRelease), "{later}");
        }
    }

    #[test]
    fn a_confirmation_does_not_outlive_the_case_that_was_shown() {
        let asked = confirmation("1234567890 close");
        assert_eq!(asked.still_of(Some(NOW - 60)), Ok(()));
        assert_eq!(asked.still_of(Some(NOW)), Err(ConfirmationError::Changed));
        assert_eq!(asked.still_of(None), Err(ConfirmationError::Changed));
    }

    #[test]
    fn a_value_that_was_changed_anywhere_is_forged() {
        let value = confirmation("1234567890 close").encode(KEY).unwrap();
        let other = confirmation("1234567899 close").encode(KEY).unwrap();
        let (signature, _) = value.split_once('.').unwrap();
        let (_, body) = other.split_once('.').unwrap();
        let me = person("T0123", "U024BE7LH");
        for forged in [format!("{signature}.{body}"), String::new(), ".".to_owned(), value.replace('.', "")] {
            assert_eq!(
                Confirmation::open(&forged, KEY, &me, NOW),
                Err(ConfirmationError::Forged),
                "{forged:?}"
            );
        }
        for at in 0..value.len() {
            let mut changed = value.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Confirmation::open(&changed, KEY, &me, NOW), Err(ConfirmationError::Forged), "{at}");
        }
        assert_eq!(Confirmation::open(&value, b"another key", &me, NOW), Err(ConfirmationError::Forged));
        let mut plain = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        let body = value.split_once('.').unwrap().1;
        plain.update(&URL_SAFE_NO_PAD.decode(body).unwrap());
        let signed_for_another_purpose = URL_SAFE_NO_PAD.encode(plain.finalize().into_bytes());
        let forged = format!("{signed_for_another_purpose}.{body}");
        assert_eq!(Confirmation::open(&forged, KEY, &me, NOW), Err(ConfirmationError::Forged));
    }

    #[test]
    fn a_team_of_ten_fits_and_a_longer_line_is_said_to_be_too_long() {
        let line = |name: &str, job: &str| {
            (0..10).fold("membership new Example".to_owned(), |line, each| {
                format!("{line} --member \"{name} {each}|{job}|ana.lima{each}@example.com\"")
            })
        };
        assert!(confirmation(&line("Ana Lima", "Senior incident analyst")).encode(KEY).is_ok());
        assert_eq!(
            confirmation(&line(&"x".repeat(40), &"x".repeat(50))).encode(KEY),
            Err(ConfirmationError::TooLong)
        );
    }
}
