//! A world whose inbox is another: a real queue's client against an address where anything may be, or nobody at all.

use casebridge_lab::stage::aws_at;
use std::time::Duration;

use axum::{Router, body::Body, http::Response};
use casebridge::{
    aws::sir,
    case::Millis,
    config::secrets::Secrets,
    http::{
        self,
        transport::{Opened, Source},
    },
    runtime::{
        QueueMessage, World,
        live::{Inbox, Live, Safe},
    },
    state::memory::Memory,
};

/// Everything as in `world`, but what is put on the inbox goes to the queue.
pub struct Elsewhere<'a> {
    world: &'a dyn World,
    queue: Live<Memory>,
}

impl<'a> Elsewhere<'a> {
    /// With a queue at this address.
    pub async fn of(world: &'a dyn World, address: &str) -> Self {
        let inbox = Inbox::Queue(format!("{address}/111122223333/inbox.fifo"));
        let safe = Safe::Given(Secrets::default());
        Self { world, queue: Live::new(Memory::default(), aws_at(address).await, inbox, safe) }
    }
}

#[async_trait::async_trait(?Send)]
impl World for Elsewhere<'_> {
    fn store(&self) -> &dyn casebridge::state::Store {
        self.world.store()
    }

    fn now(&self) -> Millis {
        self.world.now()
    }

    async fn sleep(&self, time: Duration) {
        self.world.sleep(time).await;
    }

    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError> {
        self.world.send(request).await
    }

    async fn open(&self, from: http::Request, bytes: Option<u64>) -> Result<Source, http::TransportError> {
        self.world.open(from, bytes).await
    }

    async fn fill(&self, to: http::Request, file: Opened) -> Result<http::Response, http::TransportError> {
        self.world.fill(to, file).await
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.world.call(call).await
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        self.queue.enqueue(message).await
    }
}

/// What the queue answers: a status, an error's name, a body, and how long that takes.
pub type Said = (u16, &'static str, &'static str, Duration);

/// A queue that answers everything with this: its address.
pub async fn queue((status, error, body, delay): Said) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = move || async move {
        tokio::time::sleep(delay).await;
        let answer = Response::builder().status(status).header("x-amzn-errortype", error);
        answer.body(Body::from(body)).unwrap()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}
