//! How does a form come to stand before a person in time, and what becomes of what they fill in?
//!
//! A `trigger_id` opens one form, for three seconds: so forms are opened here, at the door. What they need from the
//! service is filled in by a job, and so is done what they ask for.

use serde_json::{Value, json};

use super::{
    context::ChatContext,
    envelope::GatewayResponse,
    job::{Action, Job, Origin, case_of, in_form},
    payload::{BlockActions, EventMessage, Shortcut, ViewSubmission},
    route::{at_once, put, taken},
};
use crate::{
    case::{Millis, text},
    chat::{
        forms::{FormInput, Modal, ModalKind, field::FieldName, is_wanted, note, overflow_field},
        language::{
            command::{Command, CommandLine},
            decode,
        },
        policy::length,
        reply::Reply,
    },
    targets::slack::Beside,
};

/// The most files of one message that are attached: what a message can carry.
const FILES: usize = 10;

/// Who opens a form, where and with what.
pub struct ModalOpener {
    /// Opens one form, for three seconds.
    pub trigger: String,
    /// The workspace.
    pub team: String,
    /// The person.
    pub user: String,
    /// Where: there the answer goes.
    pub place: Origin,
    /// A button was pressed.
    pub pressed: bool,
}

/// The form that a line asks for; `None` where it asks for none, or its case has to be asked for first.
pub async fn wanted(chat: &ChatContext<'_>, line: &CommandLine, opener: &ModalOpener) -> Option<ModalKind> {
    if !is_wanted(&line.command, opener.pressed) {
        return None;
    }
    let case = match &line.case {
        Some(case) => Some(case.clone()),
        // Where the table does not answer, the job that does this later asks again.
        None => case_of(chat.world.store(), &opener.team, &opener.place).await.ok().flatten(),
    };
    ModalKind::of(&CommandLine { case, command: line.command.clone() }, opener.pressed)
}

/// Opens a form.
///
/// # Errors
/// It could not be opened: what the person gets to read instead.
pub async fn open(
    chat: &ChatContext<'_>,
    kind: ModalKind,
    opener: &ModalOpener,
    now: Millis,
) -> Result<GatewayResponse, Reply> {
    let form = Modal { kind, place: opener.place.clone() };
    let sorry = || {
        Reply::says("The form could not be opened in the three seconds that Slack gives. Nothing was done.")
            .say("Please try again.")
    };
    let opened = chat.slack().open_view(&opener.trigger, &form.view(now.div_euclid(1_000))).await;
    let view = opened.map_err(|failure| {
        tracing::warn!(%failure, "a form could not be opened");
        sorry()
    })?;
    if !form.kind.is_filled_later() {
        return Ok(GatewayResponse::bare(200));
    }
    let job = Job {
        act: in_form(&view.id),
        team: opener.team.clone(),
        user: opener.user.clone(),
        place: form.place.clone(),
        action: Action::Opened { view: view.id, hash: view.hash, form },
        response_url: None,
        replaces: false,
        at: now,
    };
    put(chat, &job).await.map_err(|()| sorry())?;
    Ok(GatewayResponse::bare(200))
}

/// A form is given one more field for a long text. A press that comes twice is refused by the view's hash. `None` for a
/// form without such a field.
pub async fn widened(chat: &ChatContext<'_>, click: &BlockActions) -> Option<GatewayResponse> {
    let (_, name) = click.actions.first()?.action_id.split_once('/')?;
    let view = click.view.as_ref()?;
    let wider = overflow_field::more(view, FieldName::of_long_text(name)?)?;
    let id = view["id"].as_str().unwrap_or_default();
    if let Err(failure) = chat.slack().update_view(id, view["hash"].as_str(), &wider).await {
        tracing::warn!(%failure, "a form got no more room");
    }
    Some(GatewayResponse::bare(200))
}

/// A form was sent: mistakes are shown on its fields, and it stays open; all else goes on to the inbox.
pub async fn submitted(chat: &ChatContext<'_>, sent: &ViewSubmission, now: Millis) -> GatewayResponse {
    let form = match Modal::of(&sent.view) {
        Some(Ok(form)) => form,
        Some(Err(why)) => {
            tracing::warn!(%why, "a form of another release was sent");
            return of_another_release(&sent.view);
        }
        None => return GatewayResponse::bare(200),
    };
    let team = sent.team.as_ref().map(|team| team.id.clone()).or_else(|| sent.user.team_id.clone());
    let team = team.unwrap_or_default();
    let filled = sent.view["state"]["values"].to_string().len();
    match length::is_read(chat, (&team, &sent.user.id), filled).await {
        Ok(true) => {}
        Ok(false) => {
            return refused(&sent.view, &length::unread(chat.settings, &team, &sent.user.id).plain());
        }
        Err(_) => return refused(&sent.view, &length::unknown().plain()),
    }
    let action = match form.read(&sent.view, now.div_euclid(1_000)) {
        Ok(action) => action,
        Err(errors) => {
            return GatewayResponse::json(json!({ "response_action": "errors", "errors": errors }));
        }
    };
    let job = Job {
        act: in_form(sent.view["id"].as_str().unwrap_or_default()),
        team,
        user: sent.user.id.clone(),
        place: form.place,
        action,
        response_url: None,
        replaces: false,
        at: now,
    };
    match put(chat, &job).await {
        Ok(()) => GatewayResponse::json(json!({ "response_action": "clear" })),
        Err(()) => refused(
            &sent.view,
            "This could not be taken just now. Nothing was done: please send it again in a minute.",
        ),
    }
}

/// Says so on the form, which stays open with all that is in it.
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

/// A shortcut was chosen on a message.
pub async fn chosen(chat: &ChatContext<'_>, shortcut: Shortcut, now: Millis) -> GatewayResponse {
    let Some(message) = &shortcut.message else { return GatewayResponse::bare(200) };
    let Some((command, files)) = about(&shortcut.callback_id, message) else {
        return GatewayResponse::bare(200);
    };
    let team = shortcut.team.as_ref().map(|team| team.id.clone()).or_else(|| shortcut.user.team_id.clone());
    let place = Origin {
        channel: shortcut.channel.as_ref().map(|channel| channel.id.clone()).unwrap_or_default(),
        thread: message.thread_ts.clone().or_else(|| message.ts.clone()),
    };
    let opener = ModalOpener {
        trigger: shortcut.trigger_id.clone(),
        team: team.unwrap_or_default(),
        user: shortcut.user.id.clone(),
        place,
        pressed: true,
    };
    let case = match case_of(chat.world.store(), &opener.team, &opener.place).await {
        Ok(case) => case,
        Err(_) => return GatewayResponse::bare(503),
    };
    let job = |action| Job {
        act: shortcut.trigger_id.clone(),
        team: opener.team.clone(),
        user: opener.user.clone(),
        place: opener.place.clone(),
        action,
        response_url: shortcut.response_url.clone(),
        replaces: false,
        at: now,
    };
    let refusal = at_once(chat.settings, (&opener.team, &opener.user, &opener.place.channel), &command, "");
    let kind = match (refusal, command, case) {
        (Some(answer), ..) => return taken(chat, Some(job(Action::Mistaken { answer }))).await,
        (None, Command::Attach, _) if files.is_empty() => {
            let answer = Reply::says("There is no file on this message. Nothing was done.");
            return taken(chat, Some(job(Action::Mistaken { answer }))).await;
        }
        (None, Command::Attach, None) => ModalKind::Attach { files },
        (None, Command::Attach, case) => {
            return taken(
                chat,
                Some(job(Action::Filled { filled: FormInput::Attach { case, files, before: 0 } })),
            )
            .await;
        }
        (None, _, case) => ModalKind::Comment { case, text: whole(message) },
    };
    match open(chat, kind, &opener, now).await {
        Ok(response) => response,
        Err(answer) => taken(chat, Some(job(Action::Mistaken { answer }))).await,
    }
}

/// A message as the text of a comment.
fn whole(message: &EventMessage) -> String {
    let said = message.said();
    let names: Vec<_> = said.beside.iter().map(Beside::called).collect();
    text::beside(&decode::decode(&said.text), "message in Slack", &names)
}

/// What a shortcut asks, and the files of its message.
fn about(callback: &str, message: &EventMessage) -> Option<(Command, Vec<String>)> {
    match callback {
        "add_to_case" => Some((Command::Comment { text: None }, Vec::new())),
        "attach_file" => Some((Command::Attach, files(message))),
        _ => None,
    }
}

/// The ids of a message's files.
pub fn files(message: &EventMessage) -> Vec<String> {
    message.said().beside.into_iter().filter_map(|one| one.file).take(FILES).collect()
}
