//! What stands on a line, and how its marks are kept.

use serde_json::Value;
use time::{OffsetDateTime, macros::format_description};

use super::{DocumentReader, attribute, called, first, kind};
use crate::case::text;

#[derive(Default)]
struct Run {
    text: String,
    is_struck: bool,
    is_code: bool,
    address: Option<String>,
}

pub(super) fn is_inline(node: &Value) -> bool {
    matches!(
        kind(node),
        "text"
            | "hardBreak"
            | "mention"
            | "emoji"
            | "date"
            | "status"
            | "placeholder"
            | "inlineCard"
            | "mediaInline"
            | "inlineExtension"
    )
}

impl DocumentReader<'_> {
    pub(super) fn inline(&mut self, nodes: &[Value]) -> String {
        let runs: Vec<Run> = nodes.iter().map(|node| self.run(node)).collect();
        linked(&runs)
    }

    fn run(&mut self, node: &Value) -> Run {
        let mut run = Run { text: self.words(node), ..Run::default() };
        for mark in node["marks"].as_array().into_iter().flatten() {
            match kind(mark) {
                "strike" => run.is_struck = true,
                "code" => run.is_code = true,
                "link" => run.address = attribute(mark, "href").map(text::one_line),
                "subsup" if attribute(mark, "type") == Some("sub") => run.text.insert(0, '_'),
                "subsup" => run.text.insert(0, '^'),
                "strong" | "em" | "underline" | "textColor" | "backgroundColor" | "fontSize"
                | "annotation" | "alignment" | "indentation" | "border" | "breakout" | "dataConsumer"
                | "fragment" => {}
                other => self.beside.push(format!("words marked {}", called(other))),
            }
        }
        run
    }

    fn words(&mut self, node: &Value) -> String {
        match kind(node) {
            "text" => node["text"].as_str().unwrap_or_default().to_owned(),
            "hardBreak" => "\n".to_owned(),
            "mention" => self.mention(node),
            "emoji" => first(node, &["text", "shortName", "id"]).unwrap_or("[emoji]").to_owned(),
            "date" => date(node),
            "status" => bracketed(first(node, &["text", "color"]).unwrap_or("status")),
            "placeholder" => bracketed(attribute(node, "text").unwrap_or("placeholder")),
            "inlineCard" => card(node),
            "mediaInline" => bracketed(&media(node)),
            "inlineExtension" => bracketed(&macro_of(node)),
            _ => self.block(node).join(" "),
        }
    }

    fn mention(&self, node: &Value) -> String {
        let id = attribute(node, "id").unwrap_or("somebody");
        let known = || self.names.get(id).map(String::as_str);
        let name =
            attribute(node, "text").map(|text| text.trim_start_matches('@')).filter(|name| !name.is_empty());
        format!("@{}", text::one_line(name.or_else(known).unwrap_or(id)))
    }
}

fn bracketed(words: &str) -> String {
    format!("[{}]", text::one_line(words))
}

/// A day: Jira writes it as the milliseconds of its beginning in UTC.
fn date(node: &Value) -> String {
    let stamp = &node["attrs"]["timestamp"];
    let millis = stamp.as_i64().or_else(|| stamp.as_str()?.trim().parse().ok());
    let time = millis.and_then(|millis| OffsetDateTime::from_unix_timestamp(millis.div_euclid(1_000)).ok());
    let day = time.and_then(|time| time.format(format_description!("[year]-[month]-[day]")).ok());
    day.unwrap_or_else(|| bracketed(stamp.as_str().unwrap_or("a date")))
}

pub(super) fn card(node: &Value) -> String {
    let data = &node["attrs"]["data"];
    let of_data = || ["url", "@id", "name"].iter().find_map(|name| data[name].as_str());
    let of_source = || node["attrs"]["datasource"]["parameters"]["jql"].as_str();
    match attribute(node, "url").or_else(of_data) {
        Some(address) => text::one_line(address),
        None => of_source().map_or("[card]".to_owned(), |query| bracketed(&format!("issues of {query}"))),
    }
}

/// How a file or an image is called. Its id is not the attachment's.
pub(super) fn media(node: &Value) -> String {
    let name = first(node, &["alt", "__fileName"]).map(text::one_line);
    let of_mark = |mark: &Value| attribute(mark, "href").map(text::one_line);
    let link = node["marks"].as_array().and_then(|marks| marks.iter().find_map(of_mark));
    match (name, link.or_else(|| attribute(node, "url").map(text::one_line))) {
        (Some(name), Some(address)) => text::linked(&name, &address),
        (Some(name), None) => name,
        (None, Some(address)) => address,
        (None, None) => "a file without a name".to_owned(),
    }
}

pub(super) fn macro_of(node: &Value) -> String {
    let title = || node["attrs"]["parameters"]["extensionTitle"].as_str();
    let name =
        attribute(node, "text").or_else(title).or_else(|| first(node, &["extensionKey", "extensionType"]));
    name.map_or("a macro without a name".to_owned(), text::one_line)
}

pub(super) fn words_of(node: &Value) -> Option<&str> {
    let own = || node["text"].as_str().filter(|text| !text.is_empty());
    first(node, &["text", "title", "name", "alt", "shortName", "url", "href"]).or_else(own)
}

fn linked(runs: &[Run]) -> String {
    let same = runs.chunk_by(|a, b| a.address == b.address);
    same.map(|runs| match runs.first().and_then(|run| run.address.as_deref()) {
        Some(address) if !runs.iter().any(|run| run.is_struck || run.is_code) => {
            text::linked(&struck(runs), address)
        }
        // A mark on the words would hide that they are the address.
        Some(address) => format!("{} ({address})", struck(runs)),
        None => struck(runs),
    })
    .collect()
}

fn struck(runs: &[Run]) -> String {
    let same = runs.chunk_by(|a, b| a.is_struck == b.is_struck);
    same.map(
        |runs| if runs.iter().any(|run| run.is_struck) { around('~', &coded(runs)) } else { coded(runs) },
    )
    .collect()
}

fn coded(runs: &[Run]) -> String {
    let words = |runs: &[Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
    let same = runs.chunk_by(|a, b| a.is_code == b.is_code);
    same.map(|runs| if runs.iter().any(|run| run.is_code) { around('`', &words(runs)) } else { words(runs) })
        .collect()
}

fn around(sign: char, words: &str) -> String {
    let inner = words.trim();
    match words.split_once(inner) {
        Some((before, after)) if !inner.is_empty() => format!("{before}{sign}{inner}{sign}{after}"),
        _ => words.to_owned(),
    }
}
