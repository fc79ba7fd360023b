//! Forms: how they come to stand before a person in time, and what becomes of what is filled in.
//!
//! A `trigger_id` opens one form, for three seconds: so forms are opened at ingress. What they need from the service is
//! filled in by a job, and so is done what they ask for.

use serde_json::{Value, json};

use super::{
    act::ActId,
    action::Action,
    context::ChatContext,
    envelope::GatewayResponse,
    job::{Door, Job, Origin, Sender, case_of},
    payload::{BlockActions, EventMessage, Shortcut, ViewSubmission},
    route::{put, record_refusal, refused as is_refused, taken},
};
use crate::{
    case::{CaseId, FileId, Millis, TriggerId, ViewId, text},
    chat::{
        actions::findings::Refusal,
        forms::{FormInput, Modal, ModalKind, field::FieldName, is_wanted, note, overflow_field},
        language::{
            command::{Command, CommandLine},
            decode, verbs,
        },
        policy::{length, secret_scan},
        reply::Reply,
    },
    targets::slack::{Beside, OpenedView},
};

/// The most files of one message that are attached: what a message can carry.
const FILES: usize = 10;

/// Who opens a form, where and with what.
pub(super) struct ModalOpener {
    pub(super) trigger: TriggerId,
    pub(super) sender: Sender,
    pub(super) pressed: bool,
}

/// The form that a line asks for; `None` where it asks for none, or its case has to be asked for first.
pub(super) async fn wanted(
    chat: &ChatContext<'_>,
    line: &CommandLine,
    opener: &ModalOpener,
) -> Option<ModalKind> {
    if !is_wanted(&line.command, opener.pressed) {
        return None;
    }
    let case = match &line.case {
        Some(case) => Some(case.clone()),
        // Where the table does not answer, the job that does this later asks again.
        None => here(chat, &opener.sender).await.ok().flatten(),
    };
    ModalKind::of(&CommandLine { case, command: line.command.clone() }, opener.pressed)
}

async fn here(chat: &ChatContext<'_>, sender: &Sender) -> crate::state::Result<Option<CaseId>> {
    case_of(chat.world.store(), &sender.team, &sender.place).await
}

pub(super) async fn open(
    chat: &ChatContext<'_>,
    kind: ModalKind,
    opener: &ModalOpener,
) -> Result<GatewayResponse, Reply> {
    let form = Modal { kind, place: opener.sender.place.clone() };
    let sorry = || {
        Reply::says("The form could not be opened in the three seconds that Slack gives. Nothing was done.")
            .say("Please try again.")
    };
    let view = form.view(opener.sender.at.div_euclid(1_000));
    let opened = chat.slack().open_view(&opener.trigger, &view).await;
    let opened = opened.map_err(|failure| {
        tracing::warn!(%failure, "a form could not be opened");
        sorry()
    })?;
    if !form.kind.is_filled_later() {
        return Ok(GatewayResponse::bare(200));
    }
    let view = opened.id;
    let act = ActId::of_form(&view);
    let job = opener.sender.clone().does(act, Action::Opened { view, hash: opened.hash, form });
    put(chat, &job).await.map_err(|()| sorry())?;
    Ok(GatewayResponse::bare(200))
}

/// A form is given one more field for a long text. A press that comes twice is refused by the view's hash. `None` for a
/// form without such a field.
pub(super) async fn widened(chat: &ChatContext<'_>, click: &BlockActions) -> Option<GatewayResponse> {
    let (_, name) = click.actions.first()?.action_id.split_once('/')?;
    let view = click.view.as_ref()?;
    let wider = overflow_field::more(view, FieldName::of_long_text(name)?)?;
    let id = ViewId::new(view["id"].as_str().unwrap_or_default());
    let opened = OpenedView { id, hash: view["hash"].as_str().map(str::to_owned) };
    if let Err(failure) = chat.slack().update_view(&opened, &wider).await {
        tracing::warn!(%failure, "a form got no more room");
    }
    Some(GatewayResponse::bare(200))
}

/// A form was sent: mistakes are shown on its fields, and it stays open; all else goes on to the inbox.
pub(super) async fn submitted(chat: &ChatContext<'_>, sent: &ViewSubmission, now: Millis) -> GatewayResponse {
    let form = match Modal::of(&sent.view) {
        Some(Ok(form)) => form,
        Some(Err(why)) => {
            tracing::warn!(%why, "a form of another release was sent");
            return of_another_release(&sent.view);
        }
        None => return GatewayResponse::bare(200),
    };
    let sender = sent.user.sends(sent.team.as_ref(), form.place.clone(), now);
    let filled = sent.view["state"]["values"].to_string().len();
    match length::is_read(chat, &sender, filled).await {
        Ok(true) => {}
        Ok(false) => {
            let act = ActId::of_form(&ViewId::new(sent.view["id"].as_str().unwrap_or_default()));
            let refusal = Refusal::of(verbs::of(&form.kind.command()), length::RULE);
            record_refusal(chat, &sender, act, refusal).await;
            return refused(&sent.view, &length::unread(chat.settings, &sender).plain());
        }
        Err(_) => return refused(&sent.view, &length::unknown().plain()),
    }
    let action = match form.read(&sent.view, now.div_euclid(1_000)) {
        Ok(action) => action,
        Err(errors) => {
            if secret_scan::secret(&sent.view["state"]["values"].to_string()).is_some() {
                let act = ActId::of_form(&ViewId::new(sent.view["id"].as_str().unwrap_or_default()));
                let refusal = Refusal::of(verbs::of(&form.kind.command()), secret_scan::RULE);
                record_refusal(chat, &sender, act, refusal).await;
            }
            return GatewayResponse::json(json!({ "response_action": "errors", "errors": errors }));
        }
    };
    let view = ViewId::new(sent.view["id"].as_str().unwrap_or_default());
    match put(chat, &sender.does(ActId::of_form(&view), action)).await {
        Ok(()) => GatewayResponse::json(json!({ "response_action": "clear" })),
        Err(()) => refused(
            &sent.view,
            "This could not be taken just now. Nothing was done: please send it again in a minute.",
        ),
    }
}

fn refused(view: &Value, why: &str) -> GatewayResponse {
    let field = first_field(view).unwrap_or_default();
    GatewayResponse::json(json!({ "response_action": "errors", "errors": { field: why } }))
}

/// The form stays open with all that is in it; one without a field says so in its place.
fn of_another_release(view: &Value) -> GatewayResponse {
    let answer = Reply::says(
        "This form was opened by another release of Casebridge, so nothing was done. Copy what you wrote, close the form \
         and open it again.",
    );
    GatewayResponse::json(match first_field(view) {
        Some(field) => json!({ "response_action": "errors", "errors": { field: answer.plain() } }),
        None => json!({ "response_action": "update", "view": note(&answer) }),
    })
}

fn first_field(view: &Value) -> Option<&str> {
    let mut blocks = view["blocks"].as_array()?.iter();
    blocks.find(|block| block["type"] == "input")?["block_id"].as_str()
}

pub(super) async fn chosen(chat: &ChatContext<'_>, shortcut: Shortcut, now: Millis) -> GatewayResponse {
    let Some(message) = &shortcut.message else { return GatewayResponse::bare(200) };
    let Some(asked) = ShortcutAsk::of(&shortcut, message) else { return GatewayResponse::bare(200) };
    let place = Origin {
        channel: shortcut.channel.as_ref().map(|channel| channel.id.clone()),
        thread: message.thread_ts.clone().or_else(|| message.ts.clone()),
    };
    let sent = shortcut.user.sends(shortcut.team.as_ref(), place, now);
    let sender = Sender { door: Door::Shortcut, ..sent };
    let Ok(case) = here(chat, &sender).await else { return GatewayResponse::bare(503) };
    let opener = ModalOpener { trigger: shortcut.trigger_id.clone(), sender, pressed: true };
    let refusal = is_refused(chat.settings, &opener.sender, &asked.command());
    let action = match (refusal, asked, case) {
        // Whoever does the job says who may.
        (Some(_), asked, case) => {
            Action::Asked { line: CommandLine { case, command: asked.command() }, typed: String::new() }
        }
        (None, ShortcutAsk::Attach(files), _) if files.is_empty() => {
            Action::Mistaken { answer: Reply::says("There is no file on this message. Nothing was done.") }
        }
        (None, ShortcutAsk::Attach(files), None) => {
            return opened(chat, ModalKind::Attach { files }, &shortcut, &opener).await;
        }
        (None, ShortcutAsk::Attach(files), case) => {
            Action::Filled { filled: FormInput::Attach { case, files, before: 0 } }
        }
        (None, ShortcutAsk::Comment, case) => {
            return opened(chat, ModalKind::Comment { case, text: whole(message) }, &shortcut, &opener).await;
        }
    };
    taken(chat, Some(job(&shortcut, &opener, action))).await
}

async fn opened(
    chat: &ChatContext<'_>,
    kind: ModalKind,
    shortcut: &Shortcut,
    opener: &ModalOpener,
) -> GatewayResponse {
    match open(chat, kind, opener).await {
        Ok(response) => response,
        Err(answer) => taken(chat, Some(job(shortcut, opener, Action::Mistaken { answer }))).await,
    }
}

fn job(shortcut: &Shortcut, opener: &ModalOpener, action: Action) -> Job {
    let job = opener.sender.clone().does(ActId::of_trigger(&opener.trigger), action);
    job.answered_at(shortcut.response_url.clone())
}

fn whole(message: &EventMessage) -> String {
    let said = message.said();
    let names: Vec<_> = said.beside.iter().map(Beside::called).collect();
    text::beside(&decode::decode(&said.text), "message in Slack", &names)
}

enum ShortcutAsk {
    Comment,
    Attach(Vec<FileId>),
}

impl ShortcutAsk {
    fn of(shortcut: &Shortcut, message: &EventMessage) -> Option<Self> {
        match shortcut.callback_id.as_str() {
            "add_to_case" => Some(Self::Comment),
            "attach_file" => Some(Self::Attach(files(message))),
            _ => None,
        }
    }

    fn command(&self) -> Command {
        match self {
            Self::Comment => Command::Comment { text: None },
            Self::Attach(_) => Command::Attach,
        }
    }
}

pub(super) fn files(message: &EventMessage) -> Vec<FileId> {
    message.said().beside.into_iter().filter_map(|one| one.file.map(FileId::new)).take(FILES).collect()
}
