//! An answer as plain text for a terminal: what can be pressed in Slack is a line to type here.

use super::{Button, ButtonAction, Paragraph, Piece, Reply, Style, TextRun};
use crate::chat::language::{
    decode,
    grammar::parse,
    shell::quoted,
    verbs::{self, Verb},
};

/// What our lines begin with here, and in Slack.
const TOOL: &str = "casebridge do";
const SLASH: &str = "/sir";

impl Reply {
    pub(crate) fn at_a_terminal(&self) -> String {
        let pieces = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Line(line) => Some(shown(line)),
            Piece::Buttons(buttons) => {
                let lines: Vec<_> = buttons.iter().filter_map(to_type).collect();
                (!lines.is_empty()).then(|| lines.join("\n"))
            }
        });
        pieces.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn without_buttons(self) -> Self {
        let lines = self.pieces.into_iter().filter(|piece| matches!(piece, Piece::Line(_)));
        Self { pieces: lines.collect() }
    }

    /// What the button holds that confirms it.
    pub(crate) fn confirmation(&self) -> Option<&str> {
        let all = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Line(_) => None,
            Piece::Buttons(buttons) => Some(buttons),
        });
        all.flatten()
            .find(|button| button.action == ButtonAction::Confirm)
            .map(|button| button.value.as_str())
    }
}

fn shown(line: &Paragraph) -> String {
    line.spans.iter().map(run).collect()
}

fn run(TextRun { text, style }: &TextRun) -> String {
    match style {
        Style::Link(url) if url != text => format!("{text} ({url})"),
        Style::Code => match text.strip_prefix(SLASH) {
            Some(line) if line.is_empty() || line.starts_with(' ') => format!("{TOOL}{line}"),
            _ => text.clone(),
        },
        Style::Plain | Style::Bold | Style::Link(_) | Style::Member(_) | Style::Date(_) => text.clone(),
    }
}

/// The line that a button stands for, where it can be typed here.
fn to_type(button: &Button) -> Option<String> {
    let line = parse(&button.value, 0).ok().filter(|_| button.action == ButtonAction::Run)?;
    let can_be_typed = verbs::of(&line.command).is_some_and(|verb: &Verb| verb.in_slack.is_none());
    let words = decode::decode(&button.value);
    let words: Vec<_> = words.split_whitespace().map(quoted).collect();
    can_be_typed.then(|| format!("  {TOOL} {}  # {}", words.join(" "), button.label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case::MemberId, chat::language::command::Command};

    #[test]
    fn what_slack_would_show_or_press_is_words_and_lines_to_type() {
        let line = Paragraph::of("Add one with ")
            .code("/sir 7000000003 status contain")
            .text(", see ")
            .link("https://aws.example/1", "the file")
            .text(" of ")
            .member(&MemberId::new("U1"))
            .date(1_795_668_300)
            .text("\u{1b}[2J /sir stays what it is");
        let buttons = vec![
            Button::run("Say it", "7000000003 comment it's &lt;b&gt; $(x)"),
            Button::run("New case", Command::New { title: None }.on(&crate::case::CaseId::new("7000000003"))),
            Button::confirm("Close", "signed".to_owned()),
            Button::dismiss("Leave it"),
        ];
        let reply = Reply::of(line).buttons(buttons);
        assert_eq!(
            reply.at_a_terminal(),
            "Add one with casebridge do 7000000003 status contain, see the file (https://aws.example/1) of @U12026-11-26 \
             04:45 UTC\u{fffd}[2J /sir stays what it is\n  \
             casebridge do 7000000003 comment 'it'\\''s' '<b>' '$(x)'  # Say it"
        );
        assert_eq!(reply.confirmation(), Some("signed"));
        assert_eq!(reply.without_buttons().confirmation(), None);
    }
}
