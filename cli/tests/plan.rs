//! `casebridge plan` says what is missing before it asks anything.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

fn says(case: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
    command.args(["plan", case]).env_clear().envs(variables.iter().copied());
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_is_no_case_and_what_is_not_set_is_said() {
    let (good, words) = says("12", &[]);
    assert!(!good && words.contains("\"12\" is no case id"), "{words}");
    let (good, words) = says("1234567890", &[]);
    assert!(!good && words.contains("CASEBRIDGE_TABLE"), "{words}");
}
