//! What is around a function that is killed?

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use casebridge::{
    case::ChannelId,
    config::{hosts::Reach, settings::Settings},
};
use casebridge_lab::playground::standins::Standins;
use casebridge_lab::stage::{Canary, settings_of};
use casebridge_lab::standins::{
    FaultRule, HeardCall, JiraStandin, PERSON_ROLE, Server, SirStandin, SlackStandin,
};
use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Child,
};

use super::{
    amazon::{Amazon, secret_of, variables_of},
    fifo::Fifo,
    lambda::Lambda,
    table,
};

/// The stand-ins, a table, a secret, an inbox, and a Runtime API.
pub struct Stage {
    pub slack: SlackStandin,
    pub jira: JiraStandin,
    pub sir: SirStandin,
    pub table: table::Table,
    pub inbox: Fifo,
    pub lambda: Lambda,
    pub channel: String,
    /// Commanders of the workspace, in the channel.
    pub people: Vec<String>,
    variables: Vec<(&'static str, String)>,
    binary: String,
    standins: Standins,
    /// All that any process wrote.
    log: Arc<Mutex<Vec<u8>>>,
}

impl Stage {
    /// For a test of this name of a binary, and so many people. The processes share a table, and memory cannot be shared.
    pub async fn set(test: &str, binary: String, people: usize) -> Self {
        let standins = Standins::start().await.unwrap();
        let Standins { slack, jira, sir, .. } = standins.clone();
        slack.enforce_pace(false);
        jira.enforce_rates(false);
        let channel = slack.security();
        let people = commanders(&slack, channel.as_str(), people);
        let speakers = [people.clone(), vec![jira.ana().to_string()]].concat();
        let settings = settings_of(&standins, "", &format!("[roles]\ncommander = {speakers:?}\n"));
        Settings::parse(&settings, Reach::Loopback).unwrap();
        let table = table::account().await.make(test).await;
        casebridge::state::put_settings(&table.store, &settings).await.unwrap();
        let inbox = Fifo::default();
        let secret = secret_of(&slack, &jira);
        let amazon = Amazon { secret, settings: None, inbox: inbox.clone() }.start().await;
        let mut variables =
            variables_of((&table::endpoint(), &table.name), &amazon, (sir.url(), standins.logs.url()));
        // As with PersonalIdentity=true: `command` does in people's names what it could do in its own.
        variables.push(("CASEBRIDGE_PERSON_ROLE", PERSON_ROLE.to_owned()));
        variables.push(("AWS_ENDPOINT_URL_STS", sir.url().to_owned()));
        // The most that anybody can ask for.
        variables.push(("RUST_LOG", "trace".to_owned()));
        let lambda = Lambda::start().await;
        Self {
            slack,
            jira,
            sir,
            table,
            inbox,
            lambda,
            channel: channel.to_string(),
            people,
            variables,
            binary,
            standins,
            log: Arc::default(),
        }
    }

    /// So many processes that ask for work: what dies before has done nothing.
    pub async fn start(&self, count: u32) -> Vec<Child> {
        let before = self.lambda.asked();
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let start = |_| self.lambda.start_function(&self.binary, &variables);
        let mut functions: Vec<Child> = (0..count).map(start).collect();
        for function in &mut functions {
            tokio::spawn(kept(function.stdout.take().unwrap(), self.log.clone()));
            tokio::spawn(kept(function.stderr.take().unwrap(), self.log.clone()));
        }
        self.lambda.is_asked(before + count).await;
        functions
    }

    /// Kills these; what they sent before arrives. What the stand-ins heard since the last time.
    pub async fn kill(&self, functions: Vec<Child>) -> Vec<HeardCall> {
        for mut function in functions {
            function.kill().await.unwrap();
        }
        self.lambda.clear().await;
        self.settled().await
    }

    /// Neither a secret nor one of these words of people and AWS stands where it does not belong: a secret in the table or on the
    /// inbox, either of them in what the processes wrote and in the audit trail.
    pub async fn lets_nothing_out(&self, words: &[String]) {
        let Standins { slack, jira, sir, logs, .. } = &self.standins;
        let canary = Canary::of(&secret_of(slack, jira), slack, jira, sir);
        let items = self.table.client.scan().table_name(&self.table.name).into_paginator().items().send();
        let items: Vec<_> = items.collect().await;
        let bodies: String = self.inbox.arrived().into_iter().map(|message| message.body).collect();
        let log = String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned();
        let logged = [log, logs.lines().join("\n")].concat();
        let looked_through = (items.len(), logged.lines().count());
        assert!(looked_through.0 > 10 && looked_through.1 > 10, "{looked_through:?}");
        for kept in [format!("{items:?}"), bodies] {
            assert_eq!(canary.secrets_in(&kept), [""; 0], "a secret was kept");
        }
        assert_eq!(canary.all_in(&logged), [""; 0], "it was logged");
        assert_eq!(sir.session_tokens().iter().find(|token| logged.contains(*token)), None, "it was logged");
        assert_eq!(words.iter().find(|word| logged.contains(word.as_str())), None, "it was logged");
    }

    /// Of so many changes each came in the session of somebody who was there.
    pub fn came_in_names(&self, calls: &[HeardCall], changes: &[&str]) -> usize {
        let ana = self.jira.ana().to_string();
        let is_there = |arn: &String| {
            let name = arn.rsplit('/').next().unwrap_or_default();
            name == ana || self.people.iter().any(|person| person == name)
        };
        let changing = calls.iter().filter(|call| changes.contains(&call.operation.as_str()));
        let sessions: Vec<_> = changing.map(|call| self.sir.session_of(call)).collect();
        assert!(sessions.iter().all(|of| of.as_ref().is_some_and(is_there)), "{sessions:?}");
        sessions.len()
    }

    /// The stand-ins hear nothing new and owe nobody an answer.
    async fn settled(&self) -> Vec<HeardCall> {
        let servers: [&Server; 3] = [&self.slack, &self.jira, &self.sir];
        let mut before = usize::MAX;
        loop {
            tokio::time::sleep(Duration::from_millis(15)).await;
            let calls: Vec<_> = servers.iter().flat_map(|server| server.calls()).collect();
            let at_work = calls.iter().any(|call| call.status.is_none() && !call.faulty);
            if !at_work && before == calls.len() {
                break;
            }
            before = calls.len();
        }
        servers.iter().flat_map(|server| server.take_calls()).collect()
    }
}

async fn kept(mut from: impl AsyncRead + Unpin, log: Arc<Mutex<Vec<u8>>>) {
    let mut bytes = [0; 4_096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        log.lock().unwrap().extend_from_slice(&bytes[..count]);
    }
}

/// How long a process may live so that a kill is likely to meet it at work, from the time that it needed for a first
/// piece of work: machines and builds differ.
pub fn longest_life(first: Duration) -> Duration {
    (first * 3 / 2).clamp(Duration::from_millis(150), Duration::from_secs(3))
}

/// An answer that takes its time gives a kill the moment that matters: sent, done, and not yet known.
pub fn slow(server: &Server, operations: &[&str], by: Duration) {
    for operation in operations {
        server.fault(FaultRule::on(operation).slow(by));
    }
}

fn commanders(slack: &SlackStandin, channel: &str, count: usize) -> Vec<String> {
    let add = |number| {
        let name = format!("person{number}");
        let user = slack.add_user(&name, &format!("{name}@example.com"), &json!({}));
        slack.set_member(&ChannelId::new(channel), &user, true);
        user.to_string()
    };
    (0..count).map(add).collect()
}

/// Says something past the capture of output.
pub fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}
