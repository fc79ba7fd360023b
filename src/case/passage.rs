//! How a text from outside is laid out: lines, lists, code, plain addresses, and nothing else.
//! Whatever else looks like markup is text: bold, headings, links with words of their own, mentions.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passage<'a> {
    Lines(&'a str),
    /// Items of a list; `first` is the first one's number where they are numbered.
    List {
        first: Option<u64>,
        items: Vec<&'a str>,
    },
    Code(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span<'a> {
    Words(&'a str),
    Code(&'a str),
    Address(&'a str),
}

/// The passages of a text, in order. The ends of the lines between two passages belong to neither.
pub(crate) fn passages(text: &str) -> Vec<Passage<'_>> {
    let lines = |from: usize, to: usize| {
        let lines = text[from..to].strip_suffix('\n').unwrap_or(&text[from..to]);
        (!lines.trim().is_empty()).then_some(Passage::Lines(lines))
    };
    let mut all: Vec<Passage<'_>> = Vec::new();
    let mut begun = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = Tail(&text[at..]);
        let Some((passage, end)) = rest.code().or_else(|| rest.list()) else {
            at += rest.line_from(0);
            continue;
        };
        all.extend(lines(begun, at));
        all.push(passage);
        at += end;
        begun = at;
    }
    all.extend(lines(begun, text.len()));
    all
}

const FENCE: &str = "```";

#[derive(Clone, Copy)]
struct Tail<'a>(&'a str);

impl<'a> Tail<'a> {
    fn line_from(self, at: usize) -> usize {
        self.0[at..].find('\n').map_or(self.0.len(), |end| at + end + 1)
    }

    fn code(self) -> Option<(Passage<'a>, usize)> {
        let is_fence = |line: &str| line.trim_end() == FENCE;
        let inside = self.line_from(0);
        if !is_fence(&self.0[..inside]) {
            return None;
        }
        let mut at = inside;
        while at < self.0.len() {
            let next = self.line_from(at);
            if is_fence(&self.0[at..next]) {
                let code = self.0[inside..at].strip_suffix('\n').unwrap_or_default();
                return (!code.trim().is_empty()).then_some((Passage::Code(code), next));
            }
            at = next;
        }
        None
    }

    /// Items one below the other, of one kind; numbers must follow each other, or a reader would see others.
    fn list(self) -> Option<(Passage<'a>, usize)> {
        let mut at = self.line_from(0);
        let (first, item) = marked(&self.0[..at])?;
        let mut items = vec![item];
        while at < self.0.len() {
            let next = self.line_from(at);
            let expected = first.map(|first| first.saturating_add(items.len() as u64));
            match marked(&self.0[at..next]) {
                Some((number, item)) if number == expected => items.push(item),
                _ => break,
            }
            at = next;
        }
        Some((Passage::List { first, items }, at))
    }
}

fn marked(line: &str) -> Option<(Option<u64>, &str)> {
    let line = line.trim_end();
    let bullet = ["- ", "* ", "• "].iter().find_map(|marker| line.strip_prefix(marker));
    let (number, item) = match bullet {
        Some(item) => (None, item),
        None => {
            let (digits, item) = line.split_once(". ")?;
            let is_number =
                (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            (
                Some(
                    digits
                        .parse()
                        .ok()
                        .filter(|_| is_number && !(digits.len() > 1 && digits.starts_with('0')))?,
                ),
                item,
            )
        }
    };
    (!item.trim().is_empty()).then_some((number, item))
}

/// The pieces of a text: words, code, addresses. Joined, with its backticks around code, they are the text.
pub(crate) fn spans(text: &str) -> Vec<Span<'_>> {
    let mut all = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(found) = text[at..].find(['`', 'h']) {
        at += found;
        let Some((span, length)) = coded(&text[at..]).or_else(|| addressed(text, at)) else {
            at += 1;
            continue;
        };
        if begun < at {
            all.push(Span::Words(&text[begun..at]));
        }
        all.push(span);
        at += length;
        begun = at;
    }
    if begun < text.len() {
        all.push(Span::Words(&text[begun..]));
    }
    all
}

fn coded(text: &str) -> Option<(Span<'_>, usize)> {
    let inside = text.strip_prefix('`')?;
    let end = inside.find(['`', '\n'])?;
    let code = &inside[..end];
    let is_code =
        inside[end..].starts_with('`') && !inside[end..].starts_with("``") && !code.trim().is_empty();
    is_code.then_some((Span::Code(code), end + 2))
}

fn addressed(text: &str, at: usize) -> Option<(Span<'_>, usize)> {
    let rest = &text[at..];
    let begins = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    if !begins || !(rest.starts_with("https://") || rest.starts_with("http://")) {
        return None;
    }
    let end =
        rest.find(|each: char| each.is_whitespace() || "<>\"'`|\\^{}".contains(each)).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_', '~']);
    let spelled = reqwest::Url::parse(address).ok()?;
    let is_plain = spelled.as_str().trim_end_matches('/') == address.trim_end_matches('/')
        && spelled.username().is_empty()
        && spelled.host_str().is_some_and(|host| host.contains('.'))
        && address.len() <= 2_000;
    is_plain.then_some((Span::Address(address), address.len()))
}

#[cfg(test)]
mod tests {
    use super::{
        Passage::{Code, Lines, List},
        Span::{Address, Words},
        *,
    };
    use crate::case::growth::is_steady;

    fn list(first: Option<u64>, items: &[&'static str]) -> Passage<'static> {
        List { first, items: items.to_vec() }
    }

    #[test]
    fn lists_and_code_are_seen_and_all_else_is_lines() {
        for (text, expected) in [
            ("", vec![]),
            ("a\n\nb\n", vec![Lines("a\n\nb")]),
            ("so:\n- a\n- b\n\nthen", vec![Lines("so:"), list(None, &["a", "b"]), Lines("\nthen")]),
            ("1. a\n2. b\n4. c", vec![list(Some(1), &["a", "b"]), list(Some(4), &["c"])]),
            ("1. a\n- b", vec![list(Some(1), &["a"]), list(None, &["b"])]),
            (
                "-5 degrees\n-- x\n2026. was\n01. x",
                vec![Lines("-5 degrees\n-- x"), list(Some(2026), &["was"]), Lines("01. x")],
            ),
            ("- \n-\n  - b", vec![Lines("- \n-\n  - b")]),
            ("a\n```\n x\n\ny\n```\nb", vec![Lines("a"), Code(" x\n\ny"), Lines("b")]),
            ("```\nx", vec![Lines("```\nx")]),
            ("```\n```\nx", vec![Lines("```\n```\nx")]),
            ("```sh\nx\n```", vec![Lines("```sh\nx\n```")]),
        ] {
            assert_eq!(passages(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_address_shows_where_it_leads_and_code_stands_between_two_backticks() {
        for (text, expected) in [
            ("run `id -u`.", vec![Words("run "), Span::Code("id -u"), Words(".")]),
            ("a ` b\n` c", vec![Words("a ` b\n` c")]),
            ("``x`` `` ` `", vec![Words("``x`` `` ` `")]),
            (
                "see https://a.example/b?c=1.",
                vec![Words("see "), Address("https://a.example/b?c=1"), Words(".")],
            ),
            ("(http://a.example)", vec![Words("("), Address("http://a.example"), Words(")")]),
            ("xhttps://a.example", vec![Words("xhttps://a.example")]),
            ("https://bank.example@evil.example/", vec![Words("https://bank.example@evil.example/")]),
            (
                "https://а.example https://evil https://a.example/ü",
                vec![Words("https://а.example https://evil https://a.example/ü")],
            ),
            ("hxxps://a.example", vec![Words("hxxps://a.example")]),
            ("[l](https://evil.example)", vec![Words("[l]("), Address("https://evil.example"), Words(")")]),
            (
                "<https://evil.example|here>",
                vec![Words("<"), Address("https://evil.example"), Words("|here>")],
            ),
        ] {
            assert_eq!(spans(text), expected, "{text:?}");
        }
    }

    #[test]
    fn twice_the_text_is_laid_out_in_twice_the_time() {
        is_steady(|text| passages(text).len());
        is_steady(|text| spans(text).len());
    }
}
