//! What is around a function that is killed?

use std::{io::Write, time::Duration};

use casebridge::{
    case::ChannelId,
    config::{hosts::Reach, settings::Settings},
};
use casebridge_lab::playground::standins::Standins;
use casebridge_lab::stage::settings_of;
use casebridge_lab::standins::{FaultRule, HeardCall, JiraStandin, Server, SirStandin, SlackStandin};
use serde_json::json;
use tokio::process::Child;

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
        let variables = variables_of((&table::endpoint(), &table.name), &amazon, &sir);
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
        }
    }

    /// So many processes that ask for work: what dies before has done nothing.
    pub async fn start(&self, count: u32) -> Vec<Child> {
        let before = self.lambda.asked();
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let start = |_| self.lambda.start_function(&self.binary, &variables);
        let functions = (0..count).map(start).collect();
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
