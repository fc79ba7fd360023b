//! Does template.yaml grant each function exactly what it calls?
//!
//! Scanners compare a policy with rules of thumb; one was seen to pass `security-ir:*` on `*`. Here the grants are
//! compared with the calls, both ways.

#![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

mod calls;
mod documents;
mod operator;

use std::collections::BTreeSet;

use casebridge::aws::sir::Operation;
use yaml_serde::Value;

/// What Lambda calls in a function's name: its queue, its log, its trace, the key of its environment, and what the
/// table's and the secret's key is asked for on the way.
const LAMBDA_CALLS: [&str; 9] = [
    "kms:Decrypt",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// Where a grant may point, by the service that it is for. Text as in the template, without its tag.
const PLACES: &[(&str, &[&str])] = &[
    ("dynamodb", &["Table.Arn", "${Table.Arn}/index/due"]),
    ("kms", &["Key.Arn"]),
    ("secretsmanager", &["Secret"]),
    (
        "security-ir",
        &[
            "arn:${AWS::Partition}:security-ir:${AWS::Region}:${AWS::AccountId}:case/*",
            "arn:${AWS::Partition}:security-ir:${AWS::Region}:${AWS::AccountId}:membership/*",
        ],
    ),
    ("securityhub", &["arn:${AWS::Partition}:securityhub:${AWS::Region}:${AWS::AccountId}:hub/default"]),
    ("sqs", &["Events.Arn", "EventsDead.Arn", "Inbox.Arn", "InboxDead.Arn"]),
];

/// The actions for which IAM takes no resource:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
const WITHOUT_RESOURCE: &[&str] = &[
    "security-ir:ListCases",
    "security-ir:ListMemberships",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    action: String,
    resource: String,
}

fn template() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/template.yaml");
    yaml_serde::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The text of a scalar, with or without a tag as `!GetAtt`; where what an earlier stack left may stand in the place of what is
/// made here, that which is made.
fn text(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) if tagged.tag == "If" => text(&tagged.value[1]),
        Value::Tagged(tagged) => text(&tagged.value),
        value => value.as_str().unwrap().to_owned(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    if matches!(value, Value::Tagged(tagged) if tagged.tag == "If") {
        return vec![text(value)];
    }
    value.as_sequence().map_or_else(|| vec![text(value)], |list| list.iter().map(text).collect())
}

/// What the policies inside a role say to this effect.
fn statements(role: &str, effect: &str) -> Vec<Value> {
    let template = template();
    let properties = &template["Resources"][role]["Properties"];
    assert!(
        properties["ManagedPolicyArns"].is_null(),
        "{role}: a managed policy grants what nobody here sees"
    );
    let policies = properties["Policies"].as_sequence().unwrap();
    let all = policies
        .iter()
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_sequence().unwrap().iter().cloned());
    all.map(as_with_everything).filter(|statement| text(&statement["Effect"]) == effect).collect()
}

/// What a statement is where each condition holds: `!If [condition, statement, nothing]`.
fn as_with_everything(statement: Value) -> Value {
    match statement {
        Value::Tagged(tagged) => tagged.value.as_sequence().unwrap()[1].clone(),
        statement => statement,
    }
}

/// Every action with every resource of the policies inside a role.
fn grants(role: &str) -> BTreeSet<Grant> {
    statements(role, "Allow")
        .into_iter()
        .flat_map(|statement| {
            let resources = texts(&statement["Resource"]);
            let all = |action: String| {
                resources
                    .iter()
                    .map(move |resource| Grant { action: action.clone(), resource: resource.clone() })
                    .collect::<Vec<_>>()
            };
            texts(&statement["Action"]).into_iter().flat_map(all).collect::<Vec<_>>()
        })
        .collect()
}

fn compare(role: &str, function: &str) {
    let granted: BTreeSet<String> = grants(role).into_iter().map(|grant| grant.action).collect();
    let mut called = calls::actions(function);
    called.extend(LAMBDA_CALLS.map(str::to_owned));
    let none = Vec::<&String>::new();
    assert_eq!(granted.difference(&called).collect::<Vec<_>>(), none, "{role}: granted, never called");
    assert_eq!(called.difference(&granted).collect::<Vec<_>>(), none, "{role}: called, not granted");
}

#[test]
fn notify_may_do_what_it_calls_and_nothing_else() {
    compare("NotifyRole", "notify");
}

#[test]
fn command_may_do_what_it_calls_and_nothing_else() {
    compare("CommandRole", "command");
}

#[test]
fn the_schedule_may_only_hint() {
    let hint = Grant { action: "sqs:SendMessage".into(), resource: "Events.Arn".into() };
    assert_eq!(grants("SweepRole"), BTreeSet::from([hint]));
}

#[test]
fn command_may_hint_and_do_nothing_else_at_the_events() {
    let events = grants("CommandRole").into_iter().filter(|grant| grant.resource == "Events.Arn");
    let actions: Vec<_> = events.map(|grant| grant.action).collect();
    assert_eq!(actions, ["sqs:GetQueueAttributes", "sqs:SendMessage"], "the doctor counts them");
}

#[test]
fn every_grant_points_at_our_own_things_unless_the_service_takes_no_resource() {
    for role in ["NotifyRole", "CommandRole", "PersonRole"] {
        for Grant { action, resource } in grants(role) {
            let service = action.split(':').next().unwrap();
            let places =
                PLACES.iter().find(|(name, _)| *name == service).map_or(&[][..], |(_, places)| places);
            let logs = [role.replace("Role", "Logs.Arn"), "AuditLogs.Arn".to_owned()];
            let own_log = service == "logs" && logs.contains(&resource);
            let ours = places.contains(&resource.as_str()) || own_log;
            let forced = resource == "*" && WITHOUT_RESOURCE.contains(&action.as_str());
            assert!(ours || forced, "{role}: {action} on {resource}");
        }
    }
}

#[test]
fn notify_takes_hints_and_only_puts_work_on_the_inbox() {
    for Grant { action, resource } in grants("NotifyRole") {
        if action.starts_with("sqs:") {
            assert_eq!(resource == "Inbox.Arn", action == "sqs:SendMessage", "{action} on {resource}");
        }
    }
}

#[test]
fn case_actions_are_granted_on_cases_and_membership_actions_on_memberships() {
    for Grant { action, resource } in grants("CommandRole").into_iter().chain(grants("PersonRole")) {
        if !action.starts_with("security-ir:") || resource == "*" {
            continue;
        }
        let membership = is_of_memberships(&action);
        let kind = if membership { ":membership/*" } else { ":case/*" };
        assert!(resource.ends_with(kind), "{action} on {resource}");
    }
}

#[test]
fn both_functions_run_under_the_roles_that_are_checked_here() {
    let template = template();
    for (function, role) in [("Notify", "NotifyRole.Arn"), ("Command", "CommandRole.Arn")] {
        let properties = &template["Resources"][function]["Properties"];
        assert_eq!(text(&properties["Role"]), role);
        assert!(properties["Policies"].is_null(), "{function}: SAM would not add these to the role");
    }
}

/// Each write of DynamoDB, <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>.
const WRITES: [&str; 7] = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
];

#[test]
fn the_functions_can_write_everything_of_the_table_but_the_settings() {
    let memory = include_str!("../../src/state/item.rs");
    let state = include_str!("../../src/state/mod.rs");
    assert!(memory.contains("format!(\"NOTE#{name}\")") && state.contains("SETTINGS: &str = \"settings\""));
    for role in ["NotifyRole", "CommandRole"] {
        let [denied] = &statements(role, "Deny")[..] else { panic!("{role} denies one thing") };
        assert_eq!(texts(&denied["Action"]), WRITES, "{role}");
        assert_eq!(text(&denied["Resource"]), "Table.Arn");
        let keys = &denied["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"];
        assert_eq!(texts(keys), ["NOTE#settings*"], "and their versions");
        assert_eq!(
            denied["Condition"].as_mapping().unwrap().len(),
            1,
            "no condition makes it hold less often"
        );
        let written = grants(role).into_iter().map(|grant| grant.action);
        let written: Vec<_> = written.filter(|action| WRITES.contains(&action.as_str())).collect();
        assert!(written.contains(&"dynamodb:UpdateItem".to_owned()), "{role} writes: {written:?}");
    }
}

/// The actions that a role has on such a condition only.
fn conditional(role: &str, condition: &str) -> BTreeSet<String> {
    let template = template();
    let policies = template["Resources"][role]["Properties"]["Policies"].as_sequence().unwrap();
    let statements = policies.iter().flat_map(|policy| {
        policy["PolicyDocument"]["Statement"].as_sequence().unwrap().iter().filter_map(|statement| {
            let Value::Tagged(tagged) = statement else { return None };
            let parts = tagged.value.as_sequence().unwrap();
            assert!(tagged.tag == "If" && text(&parts[2]) == "AWS::NoValue");
            (text(&parts[0]) == condition).then(|| texts(&parts[1]["Action"]))
        })
    });
    statements.flatten().collect()
}

fn is_of_memberships(action: &str) -> bool {
    let operation = action.strip_prefix("security-ir:");
    operation.is_some_and(|name| name.contains("Member") || name == "GetFindingMetrics")
}

fn is_of_the_hub(action: &str) -> bool {
    action.starts_with("securityhub:")
}

/// What `command` calls of the services and changes by it, or only reads.
fn of_the_services(reads: bool) -> BTreeSet<String> {
    let called = calls::actions("command");
    let all = Operation::ALL.iter().filter(|operation| operation.is_read() == reads);
    all.map(|operation| operation.action().to_owned()).filter(|action| called.contains(action)).collect()
}

#[test]
fn a_team_that_wants_neither_memberships_nor_security_hub_leaves_those_rights_out() {
    let template = template();
    for (parameter, condition) in
        [("WithMemberships", "HasMemberships"), ("WithSecurityHub", "HasSecurityHub")]
    {
        assert_eq!(text(&template["Parameters"][parameter]["Default"]), "true");
        let equals = &template["Conditions"][condition];
        let Value::Tagged(equals) = equals else { panic!("{condition}") };
        assert_eq!(text(&equals.value[0]), parameter);
    }
    let of = |reads, is_of: fn(&str) -> bool| -> BTreeSet<_> {
        of_the_services(reads).into_iter().filter(|action| is_of(action)).collect()
    };
    for (condition, itself, is_of) in [
        ("HasMemberships", "ChangesMembershipsItself", is_of_memberships as fn(&str) -> bool),
        ("HasSecurityHub", "ChangesSecurityHubItself", is_of_the_hub),
    ] {
        let (reads, writes) = (of(true, is_of), of(false, is_of));
        assert!(!reads.is_empty() && !writes.is_empty(), "{condition}");
        assert_eq!(conditional("CommandRole", condition), reads);
        assert_eq!(conditional("CommandRole", itself), writes);
        assert_eq!(conditional("PersonRole", condition), writes);
        let Value::Tagged(both) = &template["Conditions"][itself] else { panic!("{itself}") };
        assert_eq!(
            (both.tag == "And", texts(&both.value)),
            (true, vec![condition.to_owned(), "ActsItself".to_owned()])
        );
    }
}

#[test]
fn what_people_do_runs_under_one_role_that_only_command_may_assume_and_then_not_under_commands() {
    let template = template();
    assert_eq!(text(&template["Parameters"]["PersonalIdentity"]["Default"]), "false");
    let writes = of_the_services(false);
    let granted: BTreeSet<_> = grants("PersonRole").into_iter().map(|grant| grant.action).collect();
    assert_eq!(granted, writes, "what changes something, and nothing else");
    let itself = ["ActsItself", "ChangesMembershipsItself", "ChangesSecurityHubItself"];
    let itself: BTreeSet<_> =
        itself.into_iter().flat_map(|condition| conditional("CommandRole", condition)).collect();
    assert_eq!(itself, writes, "command cannot do it in its own name");
    let role = &template["Resources"]["PersonRole"];
    let [trust] = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"].as_sequence().unwrap()[..]
    else {
        panic!("one is trusted")
    };
    assert_eq!(
        (text(&trust["Principal"]["AWS"]), text(&trust["Action"])),
        ("CommandRole.Arn".to_owned(), "sts:AssumeRole".to_owned())
    );
    let sessions = &template["Resources"]["PersonSessions"];
    let [may] = &sessions["Properties"]["PolicyDocument"]["Statement"].as_sequence().unwrap()[..] else {
        panic!("one right")
    };
    assert_eq!(
        (texts(&may["Action"]), text(&may["Resource"])),
        (vec!["sts:AssumeRole".to_owned()], "PersonRole.Arn".to_owned())
    );
    assert_eq!(texts(&sessions["Properties"]["Roles"]), ["CommandRole"]);
    for resource in [role, sessions] {
        assert_eq!(text(&resource["Condition"]), "ActsInNames");
    }
    let variables = |of: &Value| of["Environment"]["Variables"]["CASEBRIDGE_PERSON_ROLE"].clone();
    assert_eq!(text(&variables(&template["Resources"]["Command"]["Properties"])), "PersonRole.Arn");
    assert!(variables(&template["Globals"]["Function"]).is_null(), "notify changes nothing");
}

#[test]
fn each_door_is_throttled_by_itself_and_a_flood_raises_an_alarm() {
    let template = template();
    let stage = &template["Resources"]["ApiStage"];
    let routes = ["SlackCommands", "SlackInteractions", "SlackEvents", "JiraWebhooks"];
    assert_eq!(texts(&stage["DependsOn"]), routes);
    for route in routes {
        let key = text(&template["Resources"][route]["Properties"]["RouteKey"]);
        let limits = &stage["Properties"]["RouteSettings"][key.as_str()];
        assert!(limits["ThrottlingRateLimit"].as_u64().is_some_and(|limit| limit >= 20), "{key}");
        assert!(limits["ThrottlingBurstLimit"].as_u64().is_some_and(|limit| limit >= 50), "{key}");
    }
    let alarm = &template["Resources"]["ApiFloodAlarm"]["Properties"];
    assert_eq!(
        (text(&alarm["MetricName"]), texts(&alarm["AlarmActions"])),
        ("Count".into(), vec!["AlarmTopic".into()])
    );
}

#[test]
fn a_public_url_has_a_function_of_its_own_so_that_a_flood_there_leaves_the_inbox_its_runs() {
    let template = template();
    let (door, command) = (&template["Resources"]["CommandDoor"], &template["Resources"]["Command"]);
    let at = |resource: &str, field: &str| text(&template["Resources"][resource]["Properties"][field]);
    assert_eq!(at("CommandUrl", "TargetFunctionArn"), "CommandDoor.Arn");
    for permission in ["CommandUrlPermission", "CommandUrlInvokePermission"] {
        assert_eq!(at(permission, "FunctionName"), "CommandDoor");
    }
    for resource in
        ["CommandDoor", "CommandUrl", "CommandUrlPermission", "CommandUrlInvokePermission", "DoorErrorsAlarm"]
    {
        assert_eq!(text(&template["Resources"][resource]["Condition"]), "HasFunctionUrl");
    }
    assert!(door["Properties"]["Events"].is_null(), "it takes nothing from the inbox");
    for field in ["Role", "Environment"] {
        assert_eq!(door["Properties"][field], command["Properties"][field], "{field}");
    }
    let binary = |of: &Value| of["Metadata"]["BuildProperties"]["Binary"].clone();
    assert_eq!(binary(door), binary(command));
    // Of what is reserved for `command` the inbox may use half, and the API, which is throttled, the rest.
    let most = command["Properties"]["Events"]["Inbox"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        .as_u64();
    assert_eq!(most, Some(5));
    for resource in [door, command] {
        let Value::Tagged(reserved) = &resource["Properties"]["ReservedConcurrentExecutions"] else {
            panic!("nothing is reserved")
        };
        assert!(reserved.value[1].as_u64() >= most);
    }
}

#[test]
fn a_forged_job_raises_an_alarm() {
    counts(&template(), "ForgedJobsAlarm", "Command");
}

#[test]
fn the_audit_trail_outlives_the_stack_and_nobody_here_can_take_a_line_away() {
    let template = template();
    let group = &template["Resources"]["AuditLogs"];
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        assert_eq!(text(&group[policy]), "Retain");
        assert_eq!(text(&template["Resources"]["Key"][policy]), "Retain", "nobody could read it without");
    }
    assert_eq!(text(&group["Properties"]["RetentionInDays"]), "AuditRetentionDays");
    assert_eq!(template["Parameters"]["AuditRetentionDays"]["Default"].as_u64(), Some(400));
    let variables = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(text(&variables["CASEBRIDGE_AUDIT_GROUP"]), "AuditLogs");
    for role in ["NotifyRole", "CommandRole"] {
        let granted = grants(role).into_iter().filter(|grant| grant.resource == "AuditLogs.Arn");
        let granted: Vec<_> = granted.map(|grant| grant.action).collect();
        assert_eq!(granted, ["logs:CreateLogStream", "logs:PutLogEvents"], "{role}");
    }
    for (alarm, function) in [("NotifyAuditAlarm", "Notify"), ("CommandAuditAlarm", "Command")] {
        counts(&template, alarm, function);
    }
}

/// Each `!If [MakesX, ours, theirs]` of the template: its condition, and both texts.
fn choices(value: &Value, found: &mut BTreeSet<(String, String, String)>) {
    match value {
        Value::Tagged(tagged) => {
            if tagged.tag == "If" && text(&tagged.value[0]).starts_with("Makes") {
                let [condition, ours, theirs] = [0, 1, 2].map(|place| text(&tagged.value[place]));
                found.insert((condition, ours, theirs));
            }
            choices(&tagged.value, found);
        }
        Value::Mapping(all) => all.iter().for_each(|(_, one)| choices(one, found)),
        Value::Sequence(all) => all.iter().for_each(|one| choices(one, found)),
        _ => {}
    }
}

#[test]
fn what_an_earlier_stack_left_takes_the_place_of_what_is_made_everywhere() {
    let template = template();
    let (mut found, resources) = (BTreeSet::new(), &template["Resources"]);
    choices(&template, &mut found);
    let arn = |service: &str, rest: &str| {
        format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")
    };
    let table = arn("dynamodb", "table/${ExistingTable}");
    let mut expected = vec![
        ("MakesTable".to_owned(), "Table".to_owned(), "ExistingTable".to_owned()),
        ("MakesTable".to_owned(), "Table.Arn".to_owned(), table.clone()),
        ("MakesTable".to_owned(), "${Table.Arn}/index/due".to_owned(), format!("{table}/index/due")),
        ("MakesSecret".to_owned(), "Secret".to_owned(), "ExistingSecretArn".to_owned()),
        ("MakesKey".to_owned(), "Key.Arn".to_owned(), "ExistingKeyArn".to_owned()),
    ];
    for (group, name) in
        [("NotifyLogs", "notify"), ("CommandLogs", "command"), ("AuditLogs", "audit"), ("ApiLogs", "api")]
    {
        let path = format!("/casebridge/${{AWS::StackName}}/{name}");
        assert_eq!(text(&resources[group]["Properties"]["LogGroupName"]), path);
        if group != "ApiLogs" {
            expected.push(("MakesLogs".to_owned(), group.to_owned(), path.clone()));
        }
        let arn = arn("logs", &format!("log-group:{path}:*"));
        expected.push(("MakesLogs".to_owned(), format!("{group}.Arn"), arn));
    }
    assert_eq!(found, expected.into_iter().collect());
    // Nothing names what may not be there without asking whether it is.
    let text = include_str!("../../template.yaml");
    for (name, condition) in [
        ("Table", "MakesTable"),
        ("Secret", "MakesSecret"),
        ("Key", "MakesKey"),
        ("NotifyLogs", "MakesLogs"),
        ("CommandLogs", "MakesLogs"),
        ("AuditLogs", "MakesLogs"),
        ("ApiLogs", "MakesLogs"),
    ] {
        let resource = &resources[name];
        assert_eq!(self::text(&resource["Condition"]), condition, "{name}");
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert_eq!(self::text(&resource[policy]), "Retain", "{name}: {policy}");
        }
        let unasked: Vec<_> = text
            .lines()
            .filter(|line| {
                [format!("!Ref {name}\n"), format!("!GetAtt {name}.Arn\n")]
                    .iter()
                    .any(|end| format!("{line}\n").ends_with(end))
            })
            .filter(|line| line.trim() != "SecretId: !Ref Secret")
            .collect();
        assert_eq!(unasked, [""; 0], "{name}");
    }
}

#[test]
fn a_second_stack_that_hears_of_the_same_cases_fails_unless_it_is_meant() {
    let template = template();
    let rules: Vec<_> = template["Resources"]
        .as_mapping()
        .unwrap()
        .iter()
        .filter(|(_, resource)| text(&resource["Type"]) == "AWS::Events::Rule")
        .collect();
    let function = |value: &Value| match value {
        Value::Tagged(tagged) => (tagged.tag.to_string().replace('!', ""), texts(&tagged.value)),
        plain => (String::new(), texts(plain)),
    };
    assert_eq!(rules.len(), 1);
    let name = ["IsAlone", "casebridge-cases", "AWS::NoValue"].map(str::to_owned).to_vec();
    assert_eq!(function(&rules[0].1["Properties"]["Name"]), ("If".to_owned(), name));
    let alone = ["AnotherStack", "false"].map(str::to_owned).to_vec();
    assert_eq!(function(&template["Conditions"]["IsAlone"]), ("Equals".to_owned(), alone));
    assert_eq!(text(&template["Parameters"]["AnotherStack"]["Default"]), "false");
}

/// The alarm counts what this function's code writes under that name.
fn counts(template: &Value, alarm: &str, function: &str) {
    let properties = &template["Resources"][alarm]["Properties"];
    let metrics = include_str!("../../src/telemetry/metrics.rs");
    let metric = format!("\"{}\"", text(&properties["MetricName"]));
    assert!(metrics.contains(&metric), "{alarm}: nobody writes {metric}");
    assert_eq!(text(&properties["Namespace"]), "Casebridge");
    let dimensions = properties["Dimensions"].as_sequence().unwrap();
    assert_eq!(dimensions.len(), 1, "{alarm}");
    let named = (text(&dimensions[0]["Name"]), text(&dimensions[0]["Value"]));
    assert_eq!(named, ("FunctionName".into(), function.into()), "{alarm}");
    assert_eq!(texts(&properties["AlarmActions"]), ["AlarmTopic"], "{alarm}");
}

/// An alarm on a metric that nobody writes never rings.
#[test]
fn every_metric_of_our_own_that_an_alarm_watches_is_written() {
    let template = template();
    let metrics = include_str!("../../src/telemetry/metrics.rs");
    let mut watched = BTreeSet::new();
    for (_, resource) in template["Resources"].as_mapping().unwrap() {
        let properties = &resource["Properties"];
        let inner = properties["Metrics"].as_sequence().into_iter().flatten();
        for metric in inner.map(|metric| &metric["MetricStat"]["Metric"]).chain([properties]) {
            if metric["Namespace"].as_str() == Some("Casebridge") {
                watched.insert(text(&metric["MetricName"]));
            }
        }
    }
    assert!(watched.contains("Sweeps") && watched.contains("SecretFailures") && watched.contains("NotSetUp"));
    for metric in watched {
        assert!(metrics.contains(&format!("\"{metric}\"")), "nobody writes {metric}");
    }
}

#[test]
fn the_dashboard_shows_metrics_that_are_written_of_what_is_there() {
    let template = template();
    let body = text(&template["Resources"]["Dashboard"]["Properties"]["DashboardBody"][0]);
    let metrics = include_str!("../../src/telemetry/metrics.rs");
    let board: serde_json::Value = serde_json::from_str(&body).unwrap();
    let widgets = board["widgets"].as_array().unwrap();
    assert_eq!(widgets.len(), 6);
    let mut ours = 0;
    for widget in widgets {
        let mut space = String::new();
        for metric in widget["properties"]["metrics"].as_array().unwrap() {
            let [first, name] = [0, 1].map(|place| metric[place].as_str().unwrap().to_owned());
            if first != "." && first != "..." {
                space = first.clone();
            }
            if space == "Casebridge" && first != "..." {
                ours += 1;
                assert!(metrics.contains(&format!("\"{name}\"")), "nobody writes {name}");
            }
        }
    }
    assert_eq!(ours, 8);
    for name in body.split("${").skip(1).map(|rest| rest.split(['}', '.']).next().unwrap()) {
        let known = ["AWS::Region", "Name"].contains(&name) || !template["Resources"][name].is_null();
        assert!(known, "{name}");
    }
}

#[test]
fn what_cannot_be_read_raises_an_alarm_of_either_function_under_the_name_that_it_runs_under() {
    let template = template();
    for (alarm, function) in [("NotifyUnreadableAlarm", "Notify"), ("CommandUnreadableAlarm", "Command")] {
        counts(&template, alarm, function);
        let properties = &template["Resources"][alarm]["Properties"];
        let hours = properties["Period"].as_u64().unwrap()
            * properties["EvaluationPeriods"].as_u64().unwrap()
            / 3_600;
        assert!(hours >= 2, "{alarm} would end between two tries");
    }
}
