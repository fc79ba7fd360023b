//! Is every operation that the SDK has mapped, and is nothing mapped that it has not?
//!
//! The list comes from the SDK's own source, of the version in Cargo.lock: a new operation fails this by its name.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use casebridge::aws::sir::Operation;
use serde_json::Value;

/// The operations of Security Hub that the product has. The service has about a hundred; these are ours by choice.
const SECURITY_HUB: [&str; 6] = [
    "AcceptAdministratorInvitation",
    "DescribeProducts",
    "DisassociateFromAdministratorAccount",
    "GetAdministratorAccount",
    "GetMembers",
    "ListMembers",
];

#[test]
fn every_operation_of_the_sdk_is_mapped_and_no_other() {
    let (sdk, ours) = (operations_of_the_sdk(), mapped("security-ir:"));
    let unmapped: Vec<_> = sdk.difference(&ours).collect();
    let invented: Vec<_> = ours.difference(&sdk).collect();
    assert!(unmapped.is_empty(), "the SDK has operations that sir::Call lacks: {unmapped:?}");
    assert!(invented.is_empty(), "sir::Call has operations that the SDK lacks: {invented:?}");
}

#[test]
fn the_six_operations_of_security_hub_are_mapped_and_no_other() {
    assert_eq!(mapped("securityhub:"), SECURITY_HUB.map(str::to_owned).into());
}

fn mapped(service: &str) -> BTreeSet<String> {
    let ours = Operation::ALL.iter().filter(|operation| operation.action().starts_with(service));
    ours.map(|operation| operation.name().to_owned()).collect()
}

/// Each operation of the SDK is a module of `src/operation`, with a type of the operation's name.
fn operations_of_the_sdk() -> BTreeSet<String> {
    let folder = sdk_folder().join("src/operation");
    let modules = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = modules.map(|entry| entry.expect("an entry of the SDK's folder").path());
    let names: BTreeSet<String> =
        files.filter(|path| path.extension().is_some_and(|end| end == "rs")).map(operation_in).collect();
    assert!(!names.is_empty(), "no operation in {}", folder.display());
    names
}

/// The unit struct of an operation's module, as `pub struct GetCase;`.
fn operation_in(file: PathBuf) -> String {
    let source = fs::read_to_string(&file).expect("a module of the SDK");
    let name = source.lines().find_map(|line| line.strip_prefix("pub struct ")?.strip_suffix(';'));
    name.unwrap_or_else(|| panic!("no operation in {}", file.display())).to_owned()
}

/// Where cargo keeps the source of the SDK that this test was built with. No network: it was fetched to build.
fn sdk_folder() -> PathBuf {
    let version = cargo(&["-vV"]);
    // Without its platform, metadata asks for crates of other platforms, which nobody has fetched.
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host's platform");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata =
        ["metadata", "--format-version", "1", "--offline", "--locked", "--manifest-path", manifest];
    let metadata = cargo(&[&metadata[..], &["--filter-platform", host]].concat());
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON of cargo metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let sdk = packages.iter().find(|package| package["name"] == "aws-sdk-securityir").expect("the SDK");
    let manifest = PathBuf::from(sdk["manifest_path"].as_str().expect("a path"));
    manifest.parent().expect("the SDK's folder").to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
