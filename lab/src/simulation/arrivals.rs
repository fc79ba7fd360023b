//! What arrives at the services, and what comes of it? Requests and calls have their effects, and events go on their way.

use std::{rc::Rc, time::Instant};

use casebridge::{
    aws::sir::{Answer, Call, Fault, FaultKind},
    case::Millis,
    http::{Request, Response},
    sync::trigger::{self, Hint},
};

use super::{
    Class, conversation, sir,
    world::{Happening, Shared},
};
use crate::standins::Sight;

impl Shared {
    /// Reads may be up to 5 s old.
    fn seen(&self) -> Option<Millis> {
        let now = self.clock.now();
        self.fault(|faults| faults.stale).then(|| now - self.chance.between(0, 5_000))
    }

    pub fn arrive(&self, request: &Request, stored: bool) -> Response {
        let began = Instant::now();
        let answer = self.take_in(request, stored);
        self.costs.borrow_mut().request(began.elapsed());
        answer
    }

    fn take_in(&self, request: &Request, stored: bool) -> Response {
        let now = self.clock.now();
        let path = request.url.split('?').next().unwrap_or_default();
        self.note("arrives", path);
        if self.is_traced() {
            self.note("    marked", mark_in(&request.body));
        }
        let lists = path.ends_with("/conversations.replies")
            || path.ends_with("/conversations.history")
            || request.method == "GET" && path.ends_with("/comment");
        let sight = match (stored, lists) {
            (false, _) => Sight::Unkept,
            (true, true) => self.seen().map_or(Sight::Now, Sight::AsOf),
            (true, false) => Sight::Now,
        };
        let answer = self.services.arrive(request, now, sight);
        if self.class == Class::Conversation && request.method != "GET" {
            conversation::webhooks(self);
        }
        if !stored {
            self.note("    swallowed", path);
        }
        if self.is_traced() {
            let body = String::from_utf8_lossy(&answer.body);
            let wrong = answer.status >= 400 || body.starts_with("{\"ok\":false");
            let more = if wrong { body.into_owned() } else { String::new() };
            self.note("    answered", &format!("{} {more}", answer.status));
        }
        answer
    }

    /// A call has its effect, now. The event that follows is planned.
    pub fn called(&self, call: Call) -> Result<Answer, Fault> {
        self.note("calls", call.operation());
        let refused = || Fault { kind: FaultKind::Invalid { fields: vec![] }, message: String::new() };
        let members = sir::members(&call).ok_or_else(refused)?;
        let sight = match sir::is_read(&call) {
            true => self.seen().map_or(Sight::Now, Sight::AsOf),
            false => Sight::Now,
        };
        let began = Instant::now();
        let answer = self.sir().ask(call.operation(), members, sight);
        self.costs.borrow_mut().call(began.elapsed());
        self.happened();
        match answer {
            Ok(output) => sir::answer(call, &output),
            Err(refused) => {
                self.note("    refused", &refused.name);
                Err(sir::fault(&refused))
            }
        }
    }

    /// Writes down what changed on the service's side; its events go on their way.
    pub fn happened(&self) {
        for event in self.sir().take_events() {
            let body = event.to_string();
            if let Ok(Hint::Case { id, full, .. }) = trigger::decode_value(event) {
                self.history.borrow_mut().look(self.sir(), (&id, full), self.clock.now());
                self.announce(body.into());
            }
        }
    }

    /// The event of a change goes on its way: once, twice, late or never.
    fn announce(&self, body: Rc<str>) {
        let now = self.clock.now();
        if self.fault(|faults| faults.event_lost) {
            return self.note("event", "lost");
        }
        let times = if self.fault(|faults| faults.event_twice) { self.chance.between(2, 4) } else { 1 };
        for _ in 0..times {
            let late = if self.fault(|faults| faults.event_late) { 600_000 } else { 1_500 };
            self.plan(now + self.chance.between(200, late), Happening::Event(body.clone()));
        }
    }

    pub fn watch_departure(&self, request: &Request) {
        let now = self.clock.now();
        let path = request.url.split('?').next().unwrap_or_default();
        if is_post(path) && says(&request.body, self.settings().slack.channel.as_str()) {
            let mut posts = self.posts.borrow_mut();
            posts.push(now);
            posts.retain(|at| now - at < 5_000);
            // Five a five seconds, and some that were held up on their way to the door.
            if posts.len() > 9 {
                drop(posts);
                self.is_wrong("more than a post a second");
            }
        }
        // Where workers die, or the table does not answer, a service's word can die with whoever heard it.
        let early = self.kept_words
            && self
                .patience
                .borrow()
                .get(path)
                .is_some_and(|(told, until)| now > told + 2_500 && now < *until);
        if early {
            self.is_wrong(format!("came back too early to {path}"));
        }
    }
}

fn mark_in(body: &[u8]) -> &str {
    let text = std::str::from_utf8(body).unwrap_or_default();
    text.split("\"mark\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// Whether this method adds a message.
pub fn is_post(path: &str) -> bool {
    path.ends_with("/chat.postMessage")
}

fn says(body: &[u8], words: &str) -> bool {
    body.windows(words.len()).any(|some| some == words.as_bytes())
}
