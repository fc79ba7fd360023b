//! Small breaks of what people see. Each is made where the product meets the world: what is sent, asked or answered is
//! altered on its way, and the product knows nothing of it. The oracle must see every one.

mod alter;
mod conversation;
mod table;

use casebridge::{
    aws::sir::{Answer, Call},
    http::{Request, Response},
};
use serde_json::Value;

use self::alter::Body;
pub use self::{conversation::CONVERSATION_BREAKS, table::BREAKS};
use super::oracle::{ReadText, told};
use crate::simulation::{Class, visible};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forwarding {
    Goes,
    Dropped,
    Twice,
}

/// A request that a break looks at.
pub struct Sent<'a> {
    /// The method of Slack's; of Jira's the verb and the path's last word that is no number.
    pub what: &'a str,
    pub body: Body<'a>,
    /// What it tells, where it tells something below a card or on an issue.
    pub told: Option<ReadText>,
}

#[derive(Clone, Copy)]
pub enum How {
    Sent(fn(&mut Sent<'_>) -> Forwarding),
    Asked(fn(&mut Call) -> Forwarding),
    Answered(fn(&mut Answer)),
    /// What Slack and Jira answer.
    Heard(fn(&mut Value)),
    /// Jobs are done the last first.
    Backwards,
}

/// A break.
pub struct Break {
    /// What is wrong then, in a few words.
    pub name: &'static str,
    /// How.
    pub how: How,
    /// The worlds that must show it.
    pub class: Class,
}

/// What a request was answered, as the product hears it.
pub fn heard(broken: Option<&Break>, answer: Response) -> Response {
    let Some(Break { how: How::Heard(alter), .. }) = broken else { return answer };
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    alter(&mut body);
    Response { body: body.to_string().into(), ..answer }
}

pub fn sent(broken: Option<&Break>, request: Request) -> (Request, Forwarding) {
    let Some(Break { how: How::Sent(alter), .. }) = broken else { return (request, Forwarding::Goes) };
    let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) else {
        return (request, Forwarding::Goes);
    };
    let what = what(&request);
    let told = read(&what, &body);
    let act = alter(&mut Sent { what: &what, body: Body(&mut body), told });
    (Request { body: body.to_string().into(), ..request }, act)
}

/// Whether a request adds something that must be there once.
pub fn adds(request: &Request) -> bool {
    matches!(what(request).as_str(), "chat.postMessage" | "POST comment" | "POST issue")
}

fn what(request: &Request) -> String {
    let path = request.url.split('?').next().unwrap_or_default();
    let is_word =
        |part: &&str| !part.is_empty() && part.chars().all(|char| char.is_ascii_alphabetic() || char == '.');
    let last = path.rsplit('/').find(is_word).unwrap_or_default();
    match path.contains("/rest/api/3/") {
        true => format!("{} {last}", request.method),
        false => last.to_owned(),
    }
}

fn read(what: &str, body: &Value) -> Option<ReadText> {
    match what {
        "chat.postMessage" | "chat.update" => Some(told(&visible::in_slack(body))),
        "POST comment" | "PUT comment" => Some(told(&visible::in_jira(&body["body"]))),
        _ => None,
    }
}
