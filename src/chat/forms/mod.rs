//! The forms: <https://docs.slack.dev/surfaces/modals>.
//!
//! A form stands before the person within the three seconds of its `trigger_id`: what it needs from the service is
//! filled in afterwards. What it is about travels in its `private_metadata`.
//! [`block`] builds fields and [`values`] reads them; a module for each form does both.

pub(crate) mod block;
mod change;
mod choice;
mod clock;
mod comment;
pub(crate) mod field;
mod membership;
pub(crate) mod new_case;
pub(crate) mod overflow_field;
mod people;
pub(crate) mod values;
pub(crate) mod written;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::{
    block::plain,
    values::{Errors, Values},
};
pub(crate) use self::{
    change::{CaseEdit, filled_in as edit_filled_in},
    choice::filled_in as choice_filled_in,
    clock::filled_in as clock_filled_in,
    new_case::NewCaseForm,
};
use super::reply::Reply;
use crate::{
    case::{CaseId, FileId, MembershipId, Seconds},
    chat::{
        ingress::{action::Action, job::Origin},
        language::command::{
            ClockChange, Command, CommandLine, InvestigationRef, MembershipCommand, MembershipUpdate,
            OwnerRef,
        },
    },
    state::record::{self, Unreadable, stated},
};

pub(crate) const CALLBACK: &str = "form";

/// A form, what it is about, and where it was opened: there the answer goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Modal {
    #[serde(rename = "kind")]
    pub(crate) kind: ModalKind,
    #[serde(rename = "place")]
    pub(crate) place: Origin,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ModalKind {
    #[serde(rename = "New")]
    New {
        #[serde(rename = "title", deserialize_with = "stated")]
        title: Option<String>,
    },
    #[serde(rename = "Comment")]
    Comment {
        /// `None`: to be chosen in the form.
        #[serde(rename = "case", deserialize_with = "stated")]
        case: Option<CaseId>,
        #[serde(rename = "text")]
        text: String,
    },
    #[serde(rename = "Edit")]
    Edit {
        #[serde(rename = "case")]
        case: CaseId,
    },
    #[serde(rename = "Close")]
    Close {
        #[serde(rename = "case")]
        case: CaseId,
        /// The confirmation that sending the form gives; `None` until it was made.
        #[serde(rename = "confirmation", deserialize_with = "stated")]
        confirmation: Option<String>,
    },
    #[serde(rename = "Rate")]
    Rate {
        #[serde(rename = "case")]
        case: CaseId,
        #[serde(rename = "step")]
        step: InvestigationRef,
        #[serde(rename = "useful")]
        useful: bool,
    },
    #[serde(rename = "Membership")]
    Membership,
    #[serde(rename = "MembershipChange")]
    MembershipChange {
        /// Which; `None` for the only one.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
    #[serde(rename = "Attach")]
    Attach {
        /// Their ids, `F…`.
        #[serde(rename = "files")]
        files: Vec<FileId>,
    },
    #[serde(rename = "Clock")]
    Clock {
        #[serde(rename = "case")]
        case: CaseId,
    },
    #[serde(rename = "Owner")]
    Owner {
        #[serde(rename = "case")]
        case: CaseId,
    },
    #[serde(rename = "Restrict")]
    Restrict {
        #[serde(rename = "case")]
        case: CaseId,
    },
    /// A case as it stands, opened on the home page: only to be read.
    #[serde(rename = "Case")]
    Case {
        #[serde(rename = "case")]
        case: CaseId,
    },
}

/// What was filled in, where no line of the grammar says it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FormInput {
    #[serde(rename = "New")]
    New(Box<NewCaseForm>),
    #[serde(rename = "Edit")]
    Edit {
        #[serde(rename = "case")]
        case: CaseId,
        #[serde(rename = "edit")]
        edit: Box<CaseEdit>,
    },
    /// A membership, made or changed; the form was the confirmation.
    #[serde(rename = "Membership")]
    Membership(MembershipCommand),
    #[serde(rename = "Attach")]
    Attach {
        /// `None`: the thread's, else the channel's.
        #[serde(rename = "case", deserialize_with = "stated")]
        case: Option<CaseId>,
        /// Their ids, `F…`.
        #[serde(rename = "files")]
        files: Vec<FileId>,
        /// How many of them the jobs before this one dealt with: a job takes one.
        #[serde(rename = "before", default)]
        before: usize,
    },
    /// A file of the machine that somebody sits at; it comes over no queue.
    #[serde(skip)]
    Brought { case: CaseId, name: String, bytes: u64 },
}

impl FormInput {
    pub(crate) fn is_a_part(&self) -> bool {
        matches!(self, Self::Attach { files, before, .. } if before + 1 < files.len())
    }

    /// What it asks for: decides who may.
    pub(crate) fn command(&self) -> Command {
        match self {
            Self::New(_) => Command::New { title: None },
            Self::Edit { .. } => Command::Edit,
            Self::Membership(membership) => Command::Membership(membership.clone()),
            Self::Attach { .. } | Self::Brought { .. } => Command::Attach,
        }
    }

    pub(crate) fn case(&self) -> Option<&CaseId> {
        match self {
            Self::Edit { case, .. } | Self::Brought { case, .. } => Some(case),
            Self::Attach { case, .. } => case.as_ref(),
            Self::New(_) | Self::Membership(_) => None,
        }
    }

    pub(crate) fn typed(&self) -> String {
        match self {
            Self::New(new) => new.typed(),
            Self::Edit { edit, .. } => edit.typed(),
            Self::Membership(membership) => Command::Membership(membership.clone()).to_string(),
            Self::Attach { .. } | Self::Brought { .. } => String::new(),
        }
    }
}

/// Whether what a line asks is better said in a form. `pressed`: by a button, which cannot say more than it does.
pub(crate) fn is_wanted(command: &Command, pressed: bool) -> bool {
    let form = CommandLine { case: Some(CaseId::new("0000000000")), command: command.clone() };
    ModalKind::of(&form, pressed).is_some()
}

impl ModalKind {
    /// The form that a line asks for; `None` where it asks for none, or names no case although it is about one.
    pub(crate) fn of(line: &CommandLine, pressed: bool) -> Option<Self> {
        let case = line.case.clone();
        match &line.command {
            Command::New { title } => Some(Self::New { title: title.clone() }),
            Command::Comment { text: None } => Some(Self::Comment { case: Some(case?), text: String::new() }),
            Command::Edit => Some(Self::Edit { case: case? }),
            Command::Close if pressed => Some(Self::Close { case: case?, confirmation: None }),
            Command::Clock { name: None, .. } if pressed => Some(Self::Clock { case: case? }),
            Command::Owner { to: None } if pressed => Some(Self::Owner { case: case? }),
            Command::Restrict { people } if people.is_empty() => Some(Self::Restrict { case: case? }),
            Command::Rate { step, useful, why: None } if pressed => {
                Some(Self::Rate { case: case?, step: step.clone(), useful: *useful })
            }
            Command::Membership(MembershipCommand::New { values: None }) => Some(Self::Membership),
            Command::Membership(MembershipCommand::Update { membership, change })
                if *change == MembershipUpdate::default() =>
            {
                Some(Self::MembershipChange { membership: membership.clone() })
            }
            _ => None,
        }
    }

    pub(crate) fn case(&self) -> Option<&CaseId> {
        match self {
            Self::Comment { case, .. } => case.as_ref(),
            Self::Edit { case }
            | Self::Close { case, .. }
            | Self::Rate { case, .. }
            | Self::Clock { case }
            | Self::Owner { case }
            | Self::Restrict { case }
            | Self::Case { case } => Some(case),
            Self::New { .. } | Self::Membership | Self::MembershipChange { .. } | Self::Attach { .. } => None,
        }
    }

    /// What the form asks for: decides who may.
    pub(crate) fn command(&self) -> Command {
        match self {
            Self::New { .. } => Command::New { title: None },
            Self::Comment { .. } => Command::Comment { text: None },
            Self::Edit { .. } => Command::Edit,
            Self::Close { .. } => Command::Close,
            Self::Clock { .. } => Command::Clock { name: None, change: ClockChange::Start { from: None } },
            Self::Owner { .. } => Command::Owner { to: Some(OwnerRef::Nobody) },
            Self::Restrict { .. } => Command::Restrict { people: Vec::new() },
            Self::Rate { step, useful, .. } => {
                Command::Rate { step: step.clone(), useful: *useful, why: None }
            }
            Self::Membership => Command::Membership(MembershipCommand::New { values: None }),
            Self::MembershipChange { membership } => Command::Membership(MembershipCommand::Update {
                membership: membership.clone(),
                change: MembershipUpdate::default(),
            }),
            Self::Attach { .. } => Command::Attach,
            Self::Case { .. } => Command::Show { full: true },
        }
    }

    /// Whether it needs something from the service before it can be filled in.
    pub(crate) fn is_filled_later(&self) -> bool {
        match self {
            Self::Comment { case, .. } => case.is_none(),
            Self::Edit { .. }
            | Self::Close { .. }
            | Self::Clock { .. }
            | Self::Attach { .. }
            | Self::Case { .. } => true,
            Self::New { .. }
            | Self::Rate { .. }
            | Self::Owner { .. }
            | Self::Restrict { .. }
            | Self::Membership
            | Self::MembershipChange { .. } => false,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::New { .. } => "New case",
            Self::Comment { .. } => "Comment",
            Self::Edit { .. } => "Edit details",
            Self::Close { .. } => "Close the case",
            Self::Clock { .. } => "Start a clock",
            Self::Owner { .. } => "Hand over the case",
            Self::Restrict { .. } => "Restrict the case",
            Self::Rate { useful: true, .. } => "Useful",
            Self::Rate { useful: false, .. } => "Not useful",
            Self::Membership => "New membership",
            Self::MembershipChange { .. } => "Change the membership",
            Self::Attach { .. } => "Attach to a case",
            Self::Case { .. } => "Case",
        }
    }
}

impl Modal {
    /// The form as it is opened.
    pub(crate) fn view(&self, now: Seconds) -> Value {
        match &self.kind {
            ModalKind::New { title } => self.with("Open the case", new_case::blocks(title.as_deref(), now)),
            ModalKind::Comment { case, text } => self.with("Add it", comment::blocks(case.as_ref(), text)),
            ModalKind::Rate { useful, .. } => self.with("Tell AWS", comment::reason(*useful)),
            ModalKind::Owner { .. } => self.with("Hand it over", people::owner_blocks()),
            ModalKind::Restrict { .. } => self.with("Restrict it", people::restrict_blocks()),
            ModalKind::Membership => self.with("Make it", membership::new_blocks()),
            ModalKind::MembershipChange { .. } => self.with("Change it", membership::change_blocks()),
            ModalKind::Edit { .. }
            | ModalKind::Close { .. }
            | ModalKind::Clock { .. }
            | ModalKind::Attach { .. }
            | ModalKind::Case { .. } => {
                self.without_submit(vec![block::note("One moment: the service is being asked …")])
            }
        }
    }

    pub(crate) fn with(&self, submit: &str, blocks: Vec<Value>) -> Value {
        let mut view = self.without_submit(blocks);
        view["submit"] = plain(submit);
        view["close"] = plain("Cancel");
        view
    }

    /// What stands in the form's place where it cannot be filled in.
    pub(crate) fn saying(&self, answer: &Reply) -> Value {
        self.without_submit(answer.view_blocks())
    }

    fn without_submit(&self, blocks: Vec<Value>) -> Value {
        json!({
            "type": "modal", "callback_id": CALLBACK, "title": plain(self.kind.title()), "close": plain("Close"),
            "private_metadata": self.metadata(), "blocks": blocks,
        })
    }

    /// Without what stands in the form itself: Slack takes 3,000 characters.
    fn metadata(&self) -> String {
        let mut form = self.clone();
        match &mut form.kind {
            ModalKind::New { title } => *title = None,
            ModalKind::Comment { text, .. } => text.clear(),
            ModalKind::Edit { .. }
            | ModalKind::Close { .. }
            | ModalKind::Rate { .. }
            | ModalKind::Membership
            | ModalKind::MembershipChange { .. }
            | ModalKind::Attach { .. }
            | ModalKind::Clock { .. }
            | ModalKind::Owner { .. }
            | ModalKind::Restrict { .. }
            | ModalKind::Case { .. } => {}
        }
        // It cannot fail; an empty text would be refused when the form is sent.
        serde_json::to_string(&form).unwrap_or_default()
    }

    /// The form that a view is; `None` for one that is not ours.
    pub(crate) fn of(view: &Value) -> Option<Result<Self, Unreadable>> {
        let metadata = view["private_metadata"].as_str().unwrap_or_default();
        (view["callback_id"] == CALLBACK).then(|| record::read_whole(metadata))
    }

    /// What the person asks with a form that was sent at `now`.
    pub(crate) fn read(&self, view: &Value, now: Seconds) -> Result<Action, Errors> {
        let values = Values::of(view, now);
        match &self.kind {
            ModalKind::New { .. } => Ok(filled(FormInput::New(Box::new(new_case::read(values)?)))),
            ModalKind::Comment { case, .. } => Ok(asked(comment::read(values, case.clone())?)),
            ModalKind::Rate { case, step, useful } => {
                let why = comment::read_reason(values)?;
                let command = Command::Rate { step: step.clone(), useful: *useful, why };
                Ok(asked(command.on(case)))
            }
            ModalKind::Edit { case } => {
                let edit = Box::new(change::read(values)?);
                Ok(filled(FormInput::Edit { case: case.clone(), edit }))
            }
            ModalKind::Clock { case } => Ok(asked(clock::read(values, case, now)?)),
            ModalKind::Owner { case } => Ok(asked(people::read_owner(values, case)?)),
            ModalKind::Restrict { case } => Ok(asked(people::read_restrict(values, case)?)),
            // Slack cannot send a form that has no button to send it with.
            ModalKind::Case { .. } => Ok(Action::Confirmed { value: String::new() }),
            ModalKind::Close { confirmation, .. } => {
                // Slack cannot send a form that has no button to send it with.
                Ok(Action::Confirmed { value: confirmation.clone().unwrap_or_default() })
            }
            ModalKind::Membership => Ok(filled(FormInput::Membership(membership::read_new(values)?))),
            ModalKind::MembershipChange { membership } => {
                Ok(filled(FormInput::Membership(membership::read_change(values, membership.clone())?)))
            }
            ModalKind::Attach { files } => {
                let case = Some(choice::read(values)?);
                Ok(filled(FormInput::Attach { case, files: files.clone(), before: 0 }))
            }
        }
    }
}

/// A form that says something and asks for nothing.
pub(crate) fn note(answer: &Reply) -> Value {
    json!({ "type": "modal", "title": plain("Casebridge"), "close": plain("Close"), "blocks": answer.view_blocks() })
}

fn filled(filled: FormInput) -> Action {
    Action::Filled { filled }
}

fn asked(line: CommandLine) -> Action {
    let typed = match &line.command {
        Command::Comment { text: Some(text) } | Command::Rate { why: Some(text), .. } => text.clone(),
        _ => String::new(),
    };
    Action::Asked { line, typed }
}
