//! How long does the playground take to open, once it is built? From the start of the process until its page and all that the
//! page shows are there; a browser's own time is not in it. Prints; judges nothing.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures and prints")]

use std::{process::Stdio, time::Instant};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

/// How often it is opened.
const TIMES: usize = 9;

#[tokio::main]
async fn main() {
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let mut play = Command::new(env!("CARGO_BIN_EXE_casebridge"))
            .args(["play", "--no-open"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(play.stdout.take().unwrap()).lines();
        let said = lines.next_line().await.unwrap().unwrap();
        let url = said
            .split(' ')
            .find(|word| word.starts_with("http://"))
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        for path in ["/", "/page.js", "/state"] {
            let answer = client.get(format!("{url}{path}")).send().await.unwrap().error_for_status().unwrap();
            assert!(!answer.bytes().await.unwrap().is_empty(), "{path}");
        }
        times.push(begun.elapsed());
    }
    times.sort();
    println!("playground_open_ms {:.0} ms", times[TIMES / 2].as_secs_f64() * 1_000.0);
}
