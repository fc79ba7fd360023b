//! One stand-in, whichever service it stands for: a model of the service behind a [`Server`].

use std::{
    fmt, io,
    ops::Deref,
    sync::{Arc, Mutex},
};

use super::{
    ServiceClock, Sight,
    exchange::{WireRequest, WireResponse},
    fault::ErrorCode,
    past::Past,
    server::{Endpoint, Server, Service, bind, lock},
};

/// What one service knows and answers, as its state; all else is the same for all services.
pub trait ServiceModel: Clone + Send + Sync + 'static {
    /// The service before anything happened in it.
    fn furnished(endpoint: &Endpoint) -> Self;
    fn clock(&self) -> &ServiceClock;
    /// Refuses from now on what comes faster than the service documents.
    fn keep_limits(&mut self);
    /// The service's own name for what is asked.
    fn operation(asked: &WireRequest) -> String;
    /// Whether nothing is another afterwards.
    fn only_reads(asked: &WireRequest) -> bool;
    fn answer(&mut self, asked: &WireRequest) -> WireResponse;
    fn error(code: &ErrorCode) -> WireResponse;
    /// Does what is asked under `/_control/`, where this service knows it.
    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse>;
}

/// A running stand-in; clones are the same one. It stops when the last of them is dropped.
#[derive(Clone)]
pub struct Standin<M> {
    server: Server,
    kept: Arc<ModelCell<M>>,
}

/// A model with what it was a few seconds ago.
struct ModelCell<M> {
    now: Mutex<M>,
    past: Past<M>,
}

impl<M: ServiceModel> ModelCell<M> {
    fn new(endpoint: &Endpoint) -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(M::furnished(endpoint)), past: Past::default() })
    }

    fn with<T>(&self, work: impl FnOnce(&mut M) -> T) -> T {
        let mut now = lock(&self.now);
        self.past.remember(now.clock().millis(), &now);
        work(&mut now)
    }

    /// Works on the model, and puts it back where only the answer is wanted.
    fn seen<T>(&self, sight: Sight, only_reads: bool, work: impl Fn(&mut M) -> T) -> T {
        match sight {
            Sight::Now if only_reads => work(&mut lock(&self.now)),
            Sight::Now => self.with(work),
            Sight::AsOf(at) => {
                let before = self.past.at(at, &work);
                before.unwrap_or_else(|| self.seen(Sight::Now, only_reads, work))
            }
            Sight::Unkept => {
                let mut now = lock(&self.now);
                let before = now.clone();
                let done = work(&mut now);
                *now = before;
                done
            }
        }
    }
}

impl<M: ServiceModel> Service for ModelCell<M> {
    fn operation(&self, asked: &WireRequest) -> String {
        M::operation(asked)
    }

    fn answer(&self, asked: &WireRequest, sight: Sight) -> WireResponse {
        self.seen(sight, M::only_reads(asked), |model| model.answer(asked))
    }

    fn error(&self, code: &ErrorCode) -> WireResponse {
        M::error(code)
    }

    fn control(&self, asked: &WireRequest) -> Option<WireResponse> {
        self.with(|model| model.control(asked))
    }
}

impl<M: ServiceModel> Standin<M> {
    /// Starts one on a free port of loopback.
    /// Fails when no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(&ServiceClock::default()).await
    }

    /// The same on this clock.
    /// Fails when no port can be bound.
    pub async fn start_on(clock: &ServiceClock) -> io::Result<Self> {
        let (listener, url) = bind().await?;
        let endpoint = Endpoint::new(url, clock);
        let kept = ModelCell::new(&endpoint);
        Ok(Self { server: Server::run(listener, endpoint, kept.clone()), kept })
    }

    /// One that only this process can ask, on this clock, with the service's limits kept: see [`Server::answer`].
    pub fn within(endpoint: Endpoint) -> Self {
        let kept = ModelCell::<M>::new(&endpoint);
        kept.with(M::keep_limits);
        Self { server: Server::within(endpoint, kept.clone()), kept }
    }

    /// From now on a read can be asked for as of an earlier time, at most 5 s.
    pub fn remember_the_past(&self) {
        self.kept.past.begin();
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut M) -> T) -> T {
        self.kept.with(work)
    }

    pub(super) fn seen<T>(&self, sight: Sight, only_reads: bool, work: impl Fn(&mut M) -> T) -> T {
        self.kept.seen(sight, only_reads, work)
    }
}

impl<M> Deref for Standin<M> {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl<M> fmt::Debug for Standin<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Standin").field(&self.server).finish()
    }
}
