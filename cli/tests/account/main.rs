//! The tool against an account: a table, a secret, who the operator is, the trail, and the stand-ins.
//!
//! The processes share a table, and memory cannot be shared: `CASEBRIDGE_TEST_DYNAMODB` names a DynamoDB. Where it names none,
//! these tests are ignored.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod acting;
mod evidence;
mod settings;

#[path = "../../../tests/functions/amazon.rs"]
mod amazon;
#[path = "../../../tests/functions/fifo.rs"]
#[expect(dead_code, reason = "the functions need more of it")]
mod fifo;
#[path = "../../../tests/store/table.rs"]
mod table;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use casebridge::{config::secrets::Secrets, telemetry::audit::AuditLine};
use casebridge_lab::{playground::standins::Standins, stage::settings_of};

use self::amazon::{Amazon, secret_of, variables_of};

/// An account in which Casebridge is set up.
pub struct Deployed {
    pub standins: Standins,
    pub table: table::Table,
    variables: Vec<(&'static str, String)>,
    /// A folder of this test's own.
    pub scratch: PathBuf,
}

impl Deployed {
    pub async fn set(test: &str) -> Self {
        let table = table::account().await.make(test).await;
        let endpoint = table::endpoint();
        let standins = Standins::start().await.unwrap();
        let Standins { slack, jira, sir, logs, .. } = standins.clone();
        casebridge::state::put_settings(&table.store, &settings_of(&standins, "", "")).await.unwrap();
        let secret = secret_of(&slack, &jira);
        Secrets::parse(&secret.to_string()).unwrap();
        let amazon = Amazon { secret, settings: None, inbox: fifo::Fifo::default() }.start().await;
        let mut variables = variables_of((&endpoint, &table.name), &amazon, (sir.url(), logs.url()));
        variables.push(("AWS_EC2_METADATA_DISABLED", "true".to_owned()));
        // Slack and Jira stand on this machine: allowed while AWS does, too.
        variables.push(("AWS_ENDPOINT_URL", amazon));
        let scratch = std::env::temp_dir().join(format!("casebridge-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&scratch).unwrap();
        Self { standins, table, variables, scratch }
    }

    /// What the tool says: whether it is content, and its words.
    pub async fn casebridge(&self, arguments: &[&str]) -> (bool, String) {
        self.casebridge_with(arguments, &[], Stdio::null()).await
    }

    /// The same with other variables, and something on standard input.
    pub async fn casebridge_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: Stdio,
    ) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
        command.args(arguments).current_dir(&self.scratch).env_clear().stdin(input);
        command.envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())));
        command.envs(variables.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// The lines of the trail.
    pub fn trail(&self) -> Vec<AuditLine> {
        let lines = self.standins.logs.lines();
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}
