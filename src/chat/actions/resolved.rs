//! What does a job ask for, of which case, and under which key is that done once?

use super::{
    findings::{self, Refusal},
    naming::SlackMessage,
};
use crate::{
    case::{CaseId, Ts},
    chat::{
        forms::{FormInput, Modal},
        ingress::{act::CommandKey, action::Action, context::ChatContext, job::Job},
        language::{
            command::{CaseFilter, Command, CommandLine},
            verbs::{self, Verb},
        },
        policy::{
            confirmation::{Confirmation, ConfirmationError},
            identity::Profile,
        },
        reply::Reply,
    },
    targets::slack::OpenedView,
};

/// What is to be done, and the key under which that is done once.
pub(super) struct ResolvedJob {
    pub(super) key: CommandKey,
    pub(super) action: ResolvedAction,
}

impl ResolvedJob {
    pub(super) fn verb(&self) -> Option<&'static Verb> {
        let command = match &self.action {
            ResolvedAction::Asked { line } => line.command.clone(),
            ResolvedAction::Confirmed { confirmation } => confirmation.line.command.clone(),
            ResolvedAction::Filled { filled } => filled.command(),
            ResolvedAction::Opened { form, .. } => form.kind.command(),
            ResolvedAction::Home => Command::List { which: CaseFilter::Open },
            ResolvedAction::Said { .. }
            | ResolvedAction::Withheld { .. }
            | ResolvedAction::Unread
            | ResolvedAction::Amended { .. }
            | ResolvedAction::Deleted { .. } => Command::Comment { text: None },
        };
        verbs::of(&command)
    }

    /// The case that it names; where it names none, its place says.
    pub(super) fn case(&self) -> Option<&CaseId> {
        match &self.action {
            ResolvedAction::Asked { line } => line.case.as_ref(),
            ResolvedAction::Confirmed { confirmation } => confirmation.line.case.as_ref(),
            ResolvedAction::Filled { filled } => filled.case(),
            ResolvedAction::Said { .. }
            | ResolvedAction::Withheld { .. }
            | ResolvedAction::Unread
            | ResolvedAction::Amended { .. }
            | ResolvedAction::Deleted { .. }
            | ResolvedAction::Opened { .. }
            | ResolvedAction::Home => None,
        }
    }

    /// The case that an open form is for.
    pub(super) fn form_of(&self) -> Option<&CaseId> {
        match &self.action {
            ResolvedAction::Opened { form, .. } => form.kind.case(),
            ResolvedAction::Asked { .. }
            | ResolvedAction::Confirmed { .. }
            | ResolvedAction::Said { .. }
            | ResolvedAction::Withheld { .. }
            | ResolvedAction::Unread
            | ResolvedAction::Amended { .. }
            | ResolvedAction::Deleted { .. }
            | ResolvedAction::Filled { .. }
            | ResolvedAction::Home => None,
        }
    }

    /// Whether something outside may be another when it is done.
    pub(super) fn changes(&self) -> bool {
        match &self.action {
            ResolvedAction::Asked { line } => changes(&line.command),
            ResolvedAction::Opened { .. } | ResolvedAction::Home => false,
            ResolvedAction::Confirmed { .. }
            | ResolvedAction::Said { .. }
            | ResolvedAction::Withheld { .. }
            | ResolvedAction::Unread
            | ResolvedAction::Amended { .. }
            | ResolvedAction::Deleted { .. }
            | ResolvedAction::Filled { .. } => true,
        }
    }

    pub(super) fn is_a_message(&self) -> bool {
        matches!(
            self.action,
            ResolvedAction::Said { .. }
                | ResolvedAction::Withheld { .. }
                | ResolvedAction::Unread
                | ResolvedAction::Amended { .. }
                | ResolvedAction::Deleted { .. }
        )
    }

    pub(super) fn is_a_part(&self) -> bool {
        matches!(&self.action, ResolvedAction::Filled { filled } if filled.is_a_part())
    }
}

pub(super) fn changes(command: &Command) -> bool {
    verbs::of(command).is_some_and(Verb::changes)
}

/// Why a job asks for nothing that can be done.
pub(super) enum Rejected {
    Answered(Reply),
    /// What a button held is no confirmation of this person's.
    Unconfirmed(ConfirmationError),
}

impl Rejected {
    pub(super) async fn told(self, chat: &ChatContext<'_>, job: &Job) -> Reply {
        let why = match self {
            Self::Answered(answer) => return answer,
            Self::Unconfirmed(why) => why,
        };
        findings::refused(chat.world, job, Refusal::of(None, why.rule())).await;
        Reply::says(why.to_string())
    }
}

pub(super) enum ResolvedAction {
    Asked { line: CommandLine },
    Confirmed { confirmation: Box<Confirmation> },
    Said { message: SlackMessage },
    Withheld { kind: String },
    Unread,
    Amended { message: SlackMessage },
    Deleted { ts: Ts },
    Filled { filled: FormInput },
    Opened { opened: OpenedView, form: Modal },
    Home,
}

/// Reads what the job asks for. A confirmation is good once, whatever number of times its button was pressed: its key
/// is that of the question.
pub(super) fn work(chat: &ChatContext<'_>, job: &Job, person: &Profile) -> Result<ResolvedJob, Rejected> {
    let key = job.key();
    let action = match job.action.clone() {
        Action::Asked { line, .. } => ResolvedAction::Asked { line },
        Action::Said { ts, text, files, uploads } => {
            ResolvedAction::Said { message: SlackMessage { ts, text, files, uploads } }
        }
        Action::Withheld { kind } => ResolvedAction::Withheld { kind },
        Action::Unread => ResolvedAction::Unread,
        Action::Amended { ts, text, files, uploads } => {
            ResolvedAction::Amended { message: SlackMessage { ts, text, files, uploads } }
        }
        Action::Deleted { ts } => ResolvedAction::Deleted { ts },
        Action::Filled { filled } => ResolvedAction::Filled { filled },
        Action::Opened { view, hash, form } => {
            ResolvedAction::Opened { opened: OpenedView { id: view, hash }, form }
        }
        Action::Home => ResolvedAction::Home,
        Action::Mistaken { answer } => return Err(Rejected::Answered(answer)),
        Action::JiraChanged { .. } | Action::JiraFile { .. } => {
            return Err(Rejected::Answered(Reply::silence()));
        }
        Action::Confirmed { value } => {
            let signs = chat.secrets.slack_signing_secret.reveal().as_bytes();
            // When it was pressed counts, not when it is delivered.
            let opened = Confirmation::open(&value, signs, &person.identity, job.at / 1_000);
            let confirmation = Box::new(opened.map_err(Rejected::Unconfirmed)?);
            let key = CommandKey::of(format!("confirmed|{}", confirmation.asked));
            return Ok(ResolvedJob { key, action: ResolvedAction::Confirmed { confirmation } });
        }
    };
    Ok(ResolvedJob { key, action })
}
