//! How a person learns that the service refused, why, and what to do about it.

use crate::{
    aws::sir::{Fault, FaultKind, Operation},
    case::CaseId,
    chat::{
        language::command::Command,
        reply::{Button, Paragraph, Reply},
    },
};

pub(crate) fn is_missing(fault: &Fault) -> bool {
    fault.kind == FaultKind::NotFound
}

pub(crate) fn no_case(case: &CaseId) -> Reply {
    Reply::of(Paragraph::of("There is no case ").bold(case.as_str()).text(". Nothing was changed."))
        .line(Paragraph::of("See the cases with ").code("list").text("."))
}

pub(crate) fn on_a_closed_case(case: &CaseId, operation: Operation, replied: bool) -> Reply {
    let lost = match operation {
        Operation::CreateCaseComment if replied => "your reply was not added",
        Operation::CreateCaseComment => "your comment was not added",
        Operation::UpdateCaseComment => "the comment was not edited",
        Operation::GetCaseAttachmentUploadUrl => "the file was not attached",
        Operation::SendFeedback => "AWS was told nothing",
        _ => "nothing was changed",
    };
    Reply::of(Paragraph::of("Case ").bold(case.as_str()).text(format!(" is closed, so {lost}.")))
        .say("The service cannot open it again. For something new, open a new case.")
        .buttons(vec![Button::run("New case", Command::New { title: None })])
}

/// What is said about a call that was refused, or that could not be made. Nothing was changed by it.
pub(crate) fn explain(operation: Operation, fault: &Fault) -> Reply {
    let answer = Reply::of(Paragraph::default().bold(headline(&fault.kind)));
    let answer = match &fault.kind {
        FaultKind::Invalid { fields } => fields.iter().fold(answer, |answer, (name, message)| {
            answer.line(Paragraph::default().code(name).text(": ").text(message))
        }),
        FaultKind::Denied
        | FaultKind::Conflict
        | FaultKind::NotFound
        | FaultKind::NotActive
        | FaultKind::Quota
        | FaultKind::Throttled { .. }
        | FaultKind::InvalidToken
        | FaultKind::NoSession
        | FaultKind::NotSent
        | FaultKind::Unknown => answer,
    };
    let answer = match fault.message.trim() {
        "" => answer,
        words if fault.kind == FaultKind::NoSession => answer.line(Paragraph::of(words)),
        words => answer.line(Paragraph::of(format!("{} answered: ", service(operation))).text(words)),
    };
    answer.line(advice(operation, &fault.kind))
}

/// The same to somebody whose own rights decide.
pub(crate) fn denied_to_operator(operation: Operation) -> Reply {
    Reply::of(
        Paragraph::of("AWS does not let you do this: your AWS identity needs ")
            .code(operation.action())
            .text(" on it. Nothing was changed."),
    )
}

fn service(operation: Operation) -> &'static str {
    match operation.action().starts_with("securityhub:") {
        true => "Security Hub",
        false => "Security Incident Response",
    }
}

fn headline(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::Denied => "AWS does not let the bridge do this.",
        FaultKind::Conflict => "The service says that this does not fit how things stand now.",
        FaultKind::NotFound => "The service does not find what this is about.",
        FaultKind::NotActive => "There is no active membership.",
        FaultKind::Quota => "A quota of the service is used up.",
        FaultKind::Throttled { .. } => "The service has too much to do just now.",
        FaultKind::Invalid { .. } => "The service does not accept this.",
        FaultKind::InvalidToken => "The service took this for a repetition of something else.",
        FaultKind::NoSession => "AWS does not let Casebridge act in your name.",
        FaultKind::NotSent => "The service could not be reached.",
        FaultKind::Unknown => "The service gave no answer.",
    }
}

fn advice(operation: Operation, kind: &FaultKind) -> Paragraph {
    match kind {
        FaultKind::Denied => Paragraph::of("Nothing was changed. The function's role needs ")
            .code(operation.action())
            .text(" on it, and an organisation's policy may forbid it: ask whoever deployed the bridge."),
        FaultKind::Conflict => {
            Paragraph::of("Nothing was changed. Somebody may have been faster: look with ")
                .code("show")
                .text(".")
        }
        FaultKind::NotFound => {
            Paragraph::of("Nothing was changed. Look for the right one with ").code("list").text(".")
        }
        FaultKind::NotActive => Paragraph::of(
            "Nothing was changed. The service works only in the membership's account and \
                                          Region. Look with ",
        )
        .code("membership list")
        .text("."),
        FaultKind::Quota => Paragraph::of(
            "Nothing was changed. Remove what is no longer needed, or ask AWS for a higher quota.",
        ),
        FaultKind::Throttled { .. } | FaultKind::NotSent | FaultKind::Unknown => {
            Paragraph::of("Nothing was changed. Please try again in a minute.")
        }
        FaultKind::Invalid { .. } => Paragraph::of("Nothing was changed. Please correct it and try again."),
        FaultKind::InvalidToken => Paragraph::of("Nothing was changed. Please type it once more."),
        FaultKind::NoSession => Paragraph::of(
            "Nothing was changed, and it is never done in another name. Ask whoever deployed the bridge to look at ",
        )
        .code("doctor")
        .text("."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_refusal_has_its_own_answer_that_says_what_to_do() {
        let kinds = [
            FaultKind::Denied,
            FaultKind::Conflict,
            FaultKind::NotFound,
            FaultKind::NotActive,
            FaultKind::Quota,
            FaultKind::Throttled { retry_after: None },
            FaultKind::Invalid { fields: vec![("title".to_owned(), "too long".to_owned())] },
            FaultKind::InvalidToken,
            FaultKind::NoSession,
            FaultKind::NotSent,
            FaultKind::Unknown,
        ];
        let told: Vec<_> = kinds
            .iter()
            .map(|kind| {
                explain(Operation::UpdateCase, &Fault { kind: kind.clone(), message: "because".to_owned() })
                    .plain()
            })
            .collect();
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), kinds.len());
        for text in &told {
            let asked = !text.contains("in your name");
            assert_eq!(text.contains("Security Incident Response answered: because"), asked, "{text}");
            assert!(text.contains("because") && text.contains("Nothing was changed"), "{text}");
        }
        assert!(told[0].contains("security-ir:UpdateCase"));
        assert!(told[6].contains("title: too long"));
    }
}
