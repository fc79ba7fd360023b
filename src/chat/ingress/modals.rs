//! How does a form come to stand before a person in time, and what becomes of what they fill in?
//!
//! A `trigger_id` opens one form, for three seconds: so forms are opened here, at the door. What they need from the
//! service is filled in by a job, and so is done what they ask for.

use serde_json::{Value, json};

use super::{
    context::Bridge,
    envelope::Response,
    job::{Did, Job, Place, case_of, in_form},
    payload::{Click, Message, Shortcut, Submission},
    route::{at_once, put, taken},
};
use crate::{
    case::{Millis, text},
    chat::{
        forms::{Filled, Form, Kind, is_wanted, note, overflow_field},
        language::{
            command::{Ask, Line},
            decode,
        },
        policy::length,
        reply::Answer,
    },
    targets::slack::Beside,
};

/// The most files of one message that are attached: what a message can carry.
const FILES: usize = 10;

/// Who opens a form, where and with what.
pub struct Opener {
    /// Opens one form, for three seconds.
    pub trigger: String,
    /// The workspace.
    pub team: String,
    /// The person.
    pub user: String,
    /// Where: there the answer goes.
    pub place: Place,
    /// A button was pressed.
    pub pressed: bool,
}

/// The form that a line asks for; `None` where it asks for none, or its case has to be asked for first.
pub async fn wanted(bridge: &Bridge<'_>, line: &Line, opener: &Opener) -> Option<Kind> {
    if !is_wanted(&line.ask, opener.pressed) {
        return None;
    }
    let case = match &line.case {
        Some(case) => Some(case.clone()),
        // Where the table does not answer, the job that does this later asks again.
        None => case_of(bridge.world.store(), &opener.team, &opener.place).await.ok().flatten(),
    };
    Kind::of(&Line { case, ask: line.ask.clone() }, opener.pressed)
}

/// Opens a form.
///
/// # Errors
/// It could not be opened: what the person gets to read instead.
pub async fn open(bridge: &Bridge<'_>, kind: Kind, opener: &Opener, now: Millis) -> Result<Response, Answer> {
    let form = Form { kind, place: opener.place.clone() };
    let sorry = || {
        Answer::says("The form could not be opened in the three seconds that Slack gives. Nothing was done.")
            .say("Please try again.")
    };
    let opened = bridge.slack().open_view(&opener.trigger, &form.view(now.div_euclid(1_000))).await;
    let view = opened.map_err(|failure| {
        tracing::warn!(%failure, "a form could not be opened");
        sorry()
    })?;
    if !form.kind.is_filled_later() {
        return Ok(Response::bare(200));
    }
    let job = Job {
        act: in_form(&view.id),
        team: opener.team.clone(),
        user: opener.user.clone(),
        place: form.place.clone(),
        did: Did::Opened { view: view.id, hash: view.hash, form },
        response_url: None,
        replaces: false,
        at: now,
    };
    put(bridge, &job).await.map_err(|()| sorry())?;
    Ok(Response::bare(200))
}

/// A form is given one more field for a long text. A press that comes twice is refused by the view's hash. `None` for a
/// form without such a field.
pub async fn widened(bridge: &Bridge<'_>, click: &Click) -> Option<Response> {
    let (_, name) = click.actions.first()?.action_id.split_once('/')?;
    let view = click.view.as_ref()?;
    let wider = overflow_field::more(view, name)?;
    let id = view["id"].as_str().unwrap_or_default();
    if let Err(failure) = bridge.slack().update_view(id, view["hash"].as_str(), &wider).await {
        tracing::warn!(%failure, "a form got no more room");
    }
    Some(Response::bare(200))
}

/// A form was sent: mistakes are shown on its fields, and it stays open; all else goes on to the inbox.
pub async fn submitted(bridge: &Bridge<'_>, sent: &Submission, now: Millis) -> Response {
    let form = match Form::of(&sent.view) {
        Some(Ok(form)) => form,
        Some(Err(why)) => {
            tracing::warn!(%why, "a form of another release was sent");
            return of_another_release(&sent.view);
        }
        None => return Response::bare(200),
    };
    let team = sent.team.as_ref().map(|team| team.id.clone()).or_else(|| sent.user.team_id.clone());
    let team = team.unwrap_or_default();
    let filled = sent.view["state"]["values"].to_string().len();
    match length::is_read(bridge, (&team, &sent.user.id), filled).await {
        Ok(true) => {}
        Ok(false) => {
            return refused(&sent.view, &length::unread(bridge.settings, &team, &sent.user.id).plain());
        }
        Err(_) => return refused(&sent.view, &length::unknown().plain()),
    }
    let did = match form.read(&sent.view, now.div_euclid(1_000)) {
        Ok(did) => did,
        Err(errors) => return Response::json(json!({ "response_action": "errors", "errors": errors })),
    };
    let job = Job {
        act: in_form(sent.view["id"].as_str().unwrap_or_default()),
        team,
        user: sent.user.id.clone(),
        place: form.place,
        did,
        response_url: None,
        replaces: false,
        at: now,
    };
    match put(bridge, &job).await {
        Ok(()) => Response::json(json!({ "response_action": "clear" })),
        Err(()) => refused(
            &sent.view,
            "This could not be taken just now. Nothing was done: please send it again in a minute.",
        ),
    }
}

/// Says so on the form, which stays open with all that is in it.
fn refused(view: &Value, why: &str) -> Response {
    let field = first_field(view).unwrap_or_default();
    Response::json(json!({ "response_action": "errors", "errors": { field: why } }))
}

/// The form stays open with all that is in it; one without a field says so in its place.
fn of_another_release(view: &Value) -> Response {
    let answer = Answer::says(
        "This form was opened by another release of Casebridge, so nothing was done. Copy what you wrote, close the form \
         and open it again.",
    );
    Response::json(match first_field(view) {
        Some(field) => json!({ "response_action": "errors", "errors": { field: answer.plain() } }),
        None => json!({ "response_action": "update", "view": note(&answer) }),
    })
}

fn first_field(view: &Value) -> Option<&str> {
    let mut blocks = view["blocks"].as_array()?.iter();
    blocks.find(|block| block["type"] == "input")?["block_id"].as_str()
}

/// A shortcut was chosen on a message.
pub async fn chosen(bridge: &Bridge<'_>, shortcut: Shortcut, now: Millis) -> Response {
    let Some(message) = &shortcut.message else { return Response::bare(200) };
    let Some((ask, files)) = about(&shortcut.callback_id, message) else { return Response::bare(200) };
    let team = shortcut.team.as_ref().map(|team| team.id.clone()).or_else(|| shortcut.user.team_id.clone());
    let place = Place {
        channel: shortcut.channel.as_ref().map(|channel| channel.id.clone()).unwrap_or_default(),
        thread: message.thread_ts.clone().or_else(|| message.ts.clone()),
    };
    let opener = Opener {
        trigger: shortcut.trigger_id.clone(),
        team: team.unwrap_or_default(),
        user: shortcut.user.id.clone(),
        place,
        pressed: true,
    };
    let case = match case_of(bridge.world.store(), &opener.team, &opener.place).await {
        Ok(case) => case,
        Err(_) => return Response::bare(503),
    };
    let job = |did| Job {
        act: shortcut.trigger_id.clone(),
        team: opener.team.clone(),
        user: opener.user.clone(),
        place: opener.place.clone(),
        did,
        response_url: shortcut.response_url.clone(),
        replaces: false,
        at: now,
    };
    let refusal = at_once(bridge.settings, (&opener.team, &opener.user, &opener.place.channel), &ask, "");
    let kind = match (refusal, ask, case) {
        (Some(answer), ..) => return taken(bridge, Some(job(Did::Mistaken { answer }))).await,
        (None, Ask::Attach, _) if files.is_empty() => {
            let answer = Answer::says("There is no file on this message. Nothing was done.");
            return taken(bridge, Some(job(Did::Mistaken { answer }))).await;
        }
        (None, Ask::Attach, None) => Kind::Attach { files },
        (None, Ask::Attach, case) => {
            return taken(
                bridge,
                Some(job(Did::Filled { filled: Filled::Attach { case, files, before: 0 } })),
            )
            .await;
        }
        (None, _, case) => Kind::Comment { case, text: whole(message) },
    };
    match open(bridge, kind, &opener, now).await {
        Ok(response) => response,
        Err(answer) => taken(bridge, Some(job(Did::Mistaken { answer }))).await,
    }
}

/// A message as the text of a comment.
fn whole(message: &Message) -> String {
    let said = message.said();
    let names: Vec<_> = said.beside.iter().map(Beside::called).collect();
    text::beside(&decode::decode(&said.text), "message in Slack", &names)
}

/// What a shortcut asks, and the files of its message.
fn about(callback: &str, message: &Message) -> Option<(Ask, Vec<String>)> {
    match callback {
        "add_to_case" => Some((Ask::Comment { text: None }, Vec::new())),
        "attach_file" => Some((Ask::Attach, files(message))),
        _ => None,
    }
}

/// The ids of a message's files.
pub fn files(message: &Message) -> Vec<String> {
    message.said().beside.into_iter().filter_map(|one| one.file).take(FILES).collect()
}
