//! What does a worker see of a simulated world? The seam that the binaries use, with the faults on both ways.

use std::{cell::RefCell, rc::Rc, time::Duration};

use casebridge::{
    aws::sir::{Answer, Call, Fault, FaultKind},
    case::{CommentId, DeploymentId, Millis},
    config::settings::Settings,
    http::{
        Request, Response, TransportError,
        transport::{Opened, Source},
    },
    runtime::{QueueMessage, Recent, World},
};

use super::{
    Class,
    arrivals::is_post,
    breaks::{self, Forwarding, How},
    conversation,
    faults::Fate,
    protections::{Protection, is_lost},
    store::VirtualTable,
    world::{Happening, Shared},
};

#[derive(Clone)]
pub struct SimWorld {
    pub shared: Rc<Shared>,
    /// What the user had chosen when the worker began.
    pub settings: Rc<Settings>,
    table: VirtualTable,
    recent: Rc<Recent>,
    deployment: Rc<DeploymentId>,
}

impl SimWorld {
    pub fn new(shared: &Rc<Shared>) -> Self {
        let (table, recent) = (VirtualTable(shared.clone()), Rc::default());
        let deployment = Rc::new(DeploymentId::new("simulated"));
        Self { shared: shared.clone(), settings: shared.settings(), table, recent, deployment }
    }

    async fn try_send(&self, request: &Request) -> Result<Response, TransportError> {
        let world = &self.shared;
        world.watch_departure(request);
        let path = request.url.split('?').next().unwrap_or_default().to_owned();
        let fate = world.faults.borrow().fate(&world.chance, is_post(&path));
        let lost = || TransportError::Lost("timeout".to_owned());
        match fate {
            Fate::NotSent => return Err(TransportError::NotSent("refused".to_owned())),
            Fate::Throttled(word) => {
                world.delay(10, 60).await;
                world.note("throttled", &path);
                if let Some(word) = word.filter(|word| *word > 3) {
                    let now = world.clock.now();
                    world.patience.borrow_mut().insert(path, (now, now + word * 1_000));
                }
                world.delay(5, 30).await;
                let retry_after = word.map(|word| word.to_string());
                return Ok(Response { status: 429, retry_after, ..Response::default() });
            }
            Fate::Late(by) => {
                let at = world.clock.now() + 5_000 + by;
                world.plan(at, Happening::Arrives(request.clone(), true, Rc::default()));
                world.delay(5_000, 5_000).await;
                return Err(lost());
            }
            Fate::Lost(as_status) => {
                world.delay(5, 5_000).await;
                return if as_status { Ok(unavailable()) } else { Err(lost()) };
            }
            Fate::Answered | Fate::AnswerLost(_) | Fate::NeverStored => {}
        }
        // What has left arrives, whatever becomes of the worker: paused or killed, it cannot call it back.
        let answer = Rc::<RefCell<Option<Response>>>::default();
        let arrives = Happening::Arrives(request.clone(), fate != Fate::NeverStored, answer.clone());
        let way = world.chance.between(10, 60);
        world.plan(world.clock.now() + way, arrives);
        world.delay(way, way).await;
        world.delay(10, 60).await;
        let answer = answer.take().unwrap_or_else(unavailable);
        match fate {
            Fate::AnswerLost(true) => Ok(unavailable()),
            Fate::AnswerLost(false) => Err(lost()),
            Fate::Answered
            | Fate::Throttled(_)
            | Fate::NotSent
            | Fate::Late(_)
            | Fate::Lost(_)
            | Fate::NeverStored => Ok(answer),
        }
    }
}

/// The same call, as somebody else would make it.
fn again(call: &Call) -> Call {
    let mut again = call.clone();
    if let Call::CreateCaseComment { token, .. } = &mut again {
        token.push_str("-again");
    }
    again
}

fn unavailable() -> Response {
    Response { status: 503, body: "<html>".into(), ..Response::default() }
}

#[async_trait::async_trait(?Send)]
impl World for SimWorld {
    fn store(&self) -> &dyn casebridge::state::Store {
        &self.table
    }

    fn now(&self) -> Millis {
        let now = self.shared.clock.now();
        match self.shared.holds(Protection::SendCheck) {
            true => now,
            // A worker that stood still does not notice.
            false => now - self.shared.clock.stood_still(),
        }
    }

    fn deployment(&self) -> Option<&DeploymentId> {
        Some(&self.deployment)
    }

    fn recent(&self) -> Option<&Recent> {
        Some(&self.recent)
    }

    async fn sleep(&self, time: Duration) {
        self.shared.clock.delay(Millis::try_from(time.as_millis()).unwrap_or(0)).await;
    }

    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (request, act) = breaks::sent(self.shared.broken, request);
        match act {
            Forwarding::Goes => {}
            Forwarding::Dropped => {
                self.shared.delay(10, 60).await;
                return Ok(self.shared.drops(&request));
            }
            Forwarding::Twice => drop(self.try_send(&request).await),
        }
        let answer = self.try_send(&request).await.map(|answer| breaks::heard(self.shared.broken, answer));
        let lost = is_lost(&answer);
        if lost && !self.shared.holds(Protection::NoClientRetry) {
            return self.try_send(&request).await;
        }
        if lost && !self.shared.holds(Protection::UnknownIsNotSuccess) && breaks::adds(&request) {
            return Ok(self.shared.drops(&request));
        }
        self.shared.without.heard(&request, answer)
    }

    async fn open(&self, from: Request, bytes: Option<u64>) -> Result<Source, TransportError> {
        let answer = self.try_send(&from).await?;
        let given = answer.body.len() as u64;
        Ok(match answer.status {
            200 if bytes.is_none_or(|bytes| bytes == given) => Source::Opened(Opened::of(given, answer.body)),
            200 => Source::Length { bytes: given },
            status => Source::Refused { status },
        })
    }

    async fn fill(&self, to: Request, file: Opened) -> Result<Response, TransportError> {
        let to = to.header("content-length", file.bytes().to_string());
        let body = file.read().await.map_err(TransportError::Lost)?;
        self.try_send(&Request { body, ..to }).await
    }

    async fn call(&self, mut call: Call) -> Result<Answer, Fault> {
        let world = &self.shared;
        if let (Call::CreateCaseComment { token, .. }, false) =
            (&mut call, world.holds(Protection::ClientToken))
        {
            *token = world.chance.next().to_string();
        }
        let act = match self.shared.broken.map(|broken| broken.how) {
            Some(How::Asked(alter)) => alter(&mut call),
            Some(How::Sent(_) | How::Answered(_) | How::Heard(_) | How::Backwards) | None => Forwarding::Goes,
        };
        world.delay(10, 60).await;
        let fault = |kind| Fault { kind, message: String::new() };
        let fate = world.faults.borrow().fate(&world.chance, false);
        match fate {
            Fate::NotSent => return Err(fault(FaultKind::NotSent)),
            Fate::Throttled(word) => {
                let retry_after = word.map(|word| Duration::from_secs(word.unsigned_abs()));
                return Err(fault(FaultKind::Throttled { retry_after }));
            }
            Fate::Late(by) => {
                world.plan(world.clock.now() + 5_000 + by, Happening::Called(call));
                world.delay(5_000, 5_000).await;
                return Err(fault(FaultKind::Unknown));
            }
            Fate::Lost(_) => return Err(fault(FaultKind::Unknown)),
            Fate::Answered | Fate::AnswerLost(_) | Fate::NeverStored => {}
        }
        let mut answer = match act {
            Forwarding::Goes => world.called(call),
            Forwarding::Dropped => Ok(Answer::CommentId(CommentId::new("999999"))),
            Forwarding::Twice => {
                drop(world.called(again(&call)));
                world.delay(1_100, 1_100).await;
                world.called(call)
            }
        };
        if let Ok(answer) = &mut answer {
            if let Some(How::Answered(alter)) = world.broken.map(|broken| broken.how) {
                alter(answer);
            }
            world.without.answered(answer);
        }
        world.delay(10, 60).await;
        match fate {
            Fate::AnswerLost(_) => Err(fault(FaultKind::Unknown)),
            Fate::Answered
            | Fate::Throttled(_)
            | Fate::NotSent
            | Fate::Late(_)
            | Fate::Lost(_)
            | Fate::NeverStored => answer,
        }
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        let world = &self.shared;
        world.delay(5, 20).await;
        if world.class == Class::Conversation {
            conversation::put(world, message);
            return Ok(());
        }
        world.plan(world.clock.now() + world.chance.between(20, 500), Happening::Job(message.body.into(), 1));
        Ok(())
    }
}
