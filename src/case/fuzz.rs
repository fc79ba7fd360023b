//! For tests: many texts and documents that nobody wrote, always the same ones. `CASEBRIDGE_FUZZ` says how many a reader or
//! renderer gets; `.ci/run fuzz` gives ten million to all of them together.

use std::{env, time::Instant};

use serde_json::{Map, Value};

/// So many where nothing else is said.
const FEW: u32 = 2_000;

/// What is put together: what has a meaning somewhere, and what is read in another way than it looks.
const PIECES: [&str; 48] = [
    "a",
    " ",
    "\n",
    "\r\n",
    "\t",
    "é",
    "ß",
    "漢",
    "🙂",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "<",
    ">",
    "&",
    "&lt;",
    "<!channel>",
    "<@U024BE7LH>",
    "<#C024BE7LR|general>",
    "<https://a.example|b>",
    "<!date^1|{date}|x>",
    "@here",
    "\"",
    "'",
    "“",
    "—",
    "--",
    "=",
    "|",
    "`",
    "```",
    "*bold*",
    "_it_",
    "~no~",
    "- ",
    "1. ",
    "> ",
    "https://a.example/b?c=d",
    "[a](https://b.example)",
    "7000000003",
    "comment",
    "status detect",
    "tag add a=b",
    "AKIA",
    "xoxb-1",
    "-----BEGIN PRIVATE KEY-----",
    "[withdrawn by",
];

/// Fields and values of the services' documents, and some of no service.
const NAMES: [&str; 40] = [
    "type",
    "text",
    "content",
    "attrs",
    "marks",
    "url",
    "elements",
    "blocks",
    "files",
    "attachments",
    "rows",
    "style",
    "user_id",
    "name",
    "id",
    "doc",
    "paragraph",
    "mention",
    "table",
    "tableRow",
    "tableCell",
    "bulletList",
    "listItem",
    "taskItem",
    "media",
    "mediaSingle",
    "status",
    "date",
    "timestamp",
    "rich_text",
    "rich_text_section",
    "rich_text_list",
    "section",
    "context",
    "fields",
    "title",
    "fallback",
    "mrkdwn",
    "link",
    "nobody",
];

/// Splitmix64: <https://prng.di.unimi.it/splitmix64.c>.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap() % most
    }

    fn text(&mut self) -> String {
        let length = if self.below(20) == 0 { self.below(400) } else { self.below(12) };
        (0..length).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    fn document(&mut self, depth: usize) -> Value {
        let kind = if depth == 0 { self.below(5) } else { self.below(9) };
        match kind {
            0 => Value::Null,
            1 => self.below(2_000_000_000).into(),
            2 => (self.below(2) == 0).into(),
            3 => NAMES[self.below(NAMES.len())].into(),
            4 => self.text().into(),
            5 | 6 => (0..self.below(4)).map(|_| self.document(depth - 1)).collect(),
            _ => Value::Object(self.fields(depth - 1)),
        }
    }

    /// Mostly with a type, and with what such a type has.
    fn fields(&mut self, depth: usize) -> Map<String, Value> {
        let mut fields = Map::new();
        if self.below(8) > 0 {
            fields.insert("type".to_owned(), NAMES[self.below(NAMES.len())].into());
        }
        for _ in 0..self.below(5) {
            fields.insert(NAMES[self.below(NAMES.len())].to_owned(), self.document(depth));
        }
        fields
    }
}

fn each(name: &str, mut work: impl FnMut(&mut Dice)) {
    let count = env::var("CASEBRIDGE_FUZZ").map_or(FEW, |count| count.parse().unwrap());
    let began = Instant::now();
    for number in 0..count {
        work(&mut Dice(u64::from(number).wrapping_mul(0x2545_f491_4f6c_dd1d)));
    }
    println!("fuzz_{name} {count} inputs in {:.1} s", began.elapsed().as_secs_f64());
}

/// Gives it many texts.
pub(crate) fn texts(name: &str, mut work: impl FnMut(&str)) {
    each(name, |dice| work(&dice.text()));
}

/// Gives it many documents.
pub(crate) fn documents(name: &str, mut work: impl FnMut(&Value)) {
    each(name, |dice| work(&Value::Object(dice.fields(6))));
}
