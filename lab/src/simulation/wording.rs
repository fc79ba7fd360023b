//! What do people and AWS write in the worlds? Texts as they come: with marks that mean something elsewhere, with lines,
//! and longer than one message takes.

use serde_json::{Value, json};

use super::clock::Chance;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseField {
    Title,
    Description,
    Watcher,
    NoWatcher,
    Start,
    Service,
    File,
}

impl CaseField {
    const ALL: [Self; 7] = [
        Self::Title,
        Self::Description,
        Self::Watcher,
        Self::NoWatcher,
        Self::Start,
        Self::Service,
        Self::File,
    ];

    pub fn drawn(chance: &Chance) -> Self {
        let count = i64::try_from(Self::ALL.len()).unwrap_or(1);
        usize::try_from(chance.between(0, count - 1))
            .ok()
            .and_then(|at| Self::ALL.get(at).copied())
            .unwrap_or(Self::Title)
    }

    /// The members that AWS sends; nothing for a file.
    pub fn members(self, chance: &Chance, now: i64) -> Value {
        let number = chance.between(1, 9);
        match self {
            Self::Title => json!({"title": format!("Sign-ins <b>& more</b>, {number}")}),
            Self::Description => {
                json!({"description": words(chance, &format!("It was seen {number} times."))})
            }
            Self::Watcher => json!({"watchersToAdd": [{"email": format!("w@w{number}.example.com")}]}),
            Self::NoWatcher => json!({"watchersToDelete": [{"email": format!("w@w{number}.example.com")}]}),
            Self::Start => json!({"actualIncidentStartDate": now / 1_000 - 3_600 * number}),
            Self::Service => json!({"impactedServicesToAdd": [format!("service{number}")]}),
            Self::File => Value::Null,
        }
    }
}

/// These words, perhaps with more that a text can have; they come first.
pub fn words(chance: &Chance, first: &str) -> String {
    match chance.between(0, 19) {
        0..=11 => first.to_owned(),
        12 | 13 => format!("{first}\nSee *role* `admin` & <root> \"x\", 5 < 6 > 4, _not_ ~that~"),
        14 | 15 => format!("{first}\n\n1. Rotate keys\n2. Überprüfe 日本 🔒"),
        16 | 17 => format!("{first} <!channel> <@U024BE7LJ> @here #general https://example.com/?a=1&b=2"),
        18 => format!("{first} &amp; &lt;b&gt; {{\"a\": [1, 2]}}"),
        _ => format!("{first} {}", "The log goes on and on. ".repeat(150).trim()),
    }
}
