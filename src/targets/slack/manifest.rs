//! The app's manifest, made from the settings: <https://docs.slack.dev/reference/app-manifest>.

use serde_json::{Value, json};

use super::scopes::{self, SCOPES};
use crate::config::settings::Settings;

/// Where the stack is, as long as nobody says it.
pub const NOWHERE: &str = "https://casebridge.example.com";

const EVENTS: [&str; 7] = [
    "app_home_opened",
    "app_mention",
    "channel_unarchive",
    "group_unarchive",
    "member_joined_channel",
    "message.channels",
    "message.groups",
];

const LONG: &str = "Casebridge shows each AWS Security Incident Response case as one card with one thread, kept in step with \
                    the case and its Jira issue: nothing lost, nothing twice, in order. From the thread, /sir, buttons and \
                    forms you comment on cases, change their status, watch them, attach files and close them.";

/// What the app must be allowed by these settings, each scope with its reason; by any where there are none yet.
pub fn scopes(settings: Option<&Settings>) -> Vec<(&'static str, &'static str)> {
    let is_wanted = |scope: &str| settings.is_none_or(|settings| scopes::is_wanted(settings, scope));
    SCOPES.iter().copied().filter(|(scope, _)| is_wanted(scope)).collect()
}

/// The manifest of an app whose requests go to the stack at this address, the output `ApiUrl`.
pub fn manifest(stack: &str, settings: Option<&Settings>) -> Value {
    let stack = stack.trim_end_matches('/');
    let scopes: Vec<&str> = scopes(settings).into_iter().map(|(scope, _)| scope).collect();
    json!({
        "_metadata": { "major_version": 2, "minor_version": 1 },
        "display_information": {
            "name": "Casebridge",
            "description": "AWS Security Incident Response cases, told and worked where the team talks",
            "long_description": LONG,
            "background_color": "#232f3e"
        },
        "features": features(stack),
        "oauth_config": { "scopes": { "bot": scopes } },
        "settings": {
            "event_subscriptions": { "request_url": format!("{stack}/slack/events"), "bot_events": EVENTS },
            "interactivity": { "is_enabled": true, "request_url": format!("{stack}/slack/interactions") },
            "org_deploy_enabled": false,
            "socket_mode_enabled": false,
            "token_rotation_enabled": false
        }
    })
}

/// Where Slack offers to make an app of a manifest: <https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests>.
pub fn link(manifest: &Value) -> String {
    let query = serde_urlencoded::to_string([("new_app", "1"), ("manifest_json", &manifest.to_string())]);
    format!("https://api.slack.com/apps?{}", query.unwrap_or_default())
}

fn features(stack: &str) -> Value {
    let command = |name: &str, description: &str| {
        json!({
            "command": name,
            "url": format!("{stack}/slack/commands"),
            "description": description,
            "usage_hint": "[CASE] show | comment TEXT | status | help",
            "should_escape": true
        })
    };
    let shortcut = |name: &str, id: &str, description: &str| json!({ "name": name, "type": "message", "callback_id": id, "description": description });
    json!({
        "app_home": { "home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": true },
        "bot_user": { "display_name": "Casebridge", "always_online": true },
        "shortcuts": [
            shortcut("Add to case as comment", "add_to_case", "Adds this message to the case as a comment"),
            shortcut("Attach file to case", "attach_file", "Attaches this message's files to the case"),
        ],
        "slash_commands": [
            command("/sir", "Work on an AWS Security Incident Response case"),
            command("/security-ir", "The same as /sir"),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{hosts::Reach, settings::Layout};

    fn example() -> Settings {
        Settings::parse(include_str!("../../../docs/settings.example.toml"), Reach::Services).unwrap()
    }

    #[test]
    fn the_manifest_that_is_shipped_is_what_the_example_gives() {
        let shipped: Value = serde_json::from_str(include_str!("../../../slack-manifest.json")).unwrap();
        let made = "casebridge manifest --settings docs/settings.example.toml > slack-manifest.json";
        assert_eq!(manifest(NOWHERE, Some(&example())), shipped, "{made}");
    }

    #[test]
    fn only_where_channels_are_made_or_people_invited_the_app_may_do_that() {
        let mut settings = example();
        let may = |scope: &str, settings: Option<&Settings>| {
            scopes(settings).iter().any(|(other, _)| *other == scope)
        };
        let has = |settings: Option<&Settings>| may("groups:write", settings);
        assert!(has(None) && has(Some(&settings)) && may("channels:write.invites", Some(&settings)));
        settings.notify = crate::config::settings::Notify::default();
        assert!(!may("channels:write.invites", Some(&settings)), "nobody is called, so nobody is invited");
        for calls in [
            "deadline = ['owner']",
            "[notify.clocks.NIS2]\n'Early warning' = 24",
            "[[notify.rules]]\ndeadline = ['owner']",
        ] {
            let toml = format!("[slack]\nteam = 'T0CASEBRDG'\nchannel = 'C0SECURITY'\n[notify]\n{calls}");
            let calling = Settings::parse(&toml, Reach::Services).unwrap();
            assert!(
                may("channels:write.invites", Some(&calling)) && may("groups:write", Some(&calling)),
                "{calls}"
            );
        }
        assert!(has(Some(&settings)), "a commander may restrict a case");
        settings.roles = crate::config::settings::Roles::default();
        assert!(may("groups:write", Some(&settings)), "the people of a route may");
        settings.routes.clear();
        settings.restrict.rules.clear();
        assert!(!has(Some(&settings)), "nobody may restrict a case");
        settings.slack.layout = Layout::Channel;
        assert!(has(Some(&settings)));
        let furniture = |settings: &Settings| {
            let all = scopes(Some(settings)).into_iter().map(|(scope, _)| scope);
            all.filter(|scope| ["bookmarks:read", "bookmarks:write", "pins:write"].contains(scope)).count()
        };
        for (bookmarks, pin_card, count) in
            [(true, true, 3), (true, false, 2), (false, true, 1), (false, false, 0)]
        {
            (settings.slack.bookmarks, settings.slack.pin_card) = (bookmarks, pin_card);
            assert_eq!(furniture(&settings), count);
        }
        (settings.slack.bookmarks, settings.slack.layout) = (true, Layout::Thread);
        assert_eq!(furniture(&settings), 0, "no case has a channel of its own");
    }

    #[test]
    fn every_address_leads_to_the_stack_and_the_link_carries_the_manifest() {
        let made = manifest("https://abc.example/", None);
        assert_eq!(made.to_string().matches("https://abc.example/slack/").count(), 4);
        assert!(!made.to_string().contains("casebridge.example.com"));
        let link = reqwest::Url::parse(&link(&made)).unwrap();
        let pairs: std::collections::BTreeMap<_, _> = link.query_pairs().into_owned().collect();
        assert_eq!(serde_json::from_str::<Value>(&pairs["manifest_json"]).unwrap(), made);
        assert_eq!((pairs["new_app"].as_str(), link.as_str().len() < 8_000), ("1", true));
    }

    /// What Slack takes, of <https://github.com/slackapi/manifest-schema>: where a text may stand, and how long it is.
    const TEXTS: [(&str, usize, usize); 14] = [
        ("/display_information/name", 1, 35),
        ("/display_information/description", 1, 140),
        ("/display_information/long_description", 175, 4_000),
        ("/display_information/background_color", 4, 7),
        ("/features/bot_user/display_name", 1, 80),
        ("/features/shortcuts/*/name", 1, 24),
        ("/features/shortcuts/*/type", 7, 7),
        ("/features/shortcuts/*/callback_id", 1, 255),
        ("/features/shortcuts/*/description", 1, 150),
        ("/features/slash_commands/*/command", 2, 32),
        ("/features/slash_commands/*/url", 9, 3_000),
        ("/features/slash_commands/*/description", 1, 2_000),
        ("/features/slash_commands/*/usage_hint", 1, 1_000),
        ("/settings/*/request_url", 9, 3_000),
    ];
    const LISTS: [(&str, usize); 4] = [
        ("/features/shortcuts", 5),
        ("/features/slash_commands", 5),
        ("/oauth_config/scopes/bot", 255),
        ("/settings/event_subscriptions/bot_events", 100),
    ];
    const FLAGS: [&str; 9] = [
        "/features/app_home/home_tab_enabled",
        "/features/app_home/messages_tab_enabled",
        "/features/app_home/messages_tab_read_only_enabled",
        "/features/bot_user/always_online",
        "/features/slash_commands/*/should_escape",
        "/settings/interactivity/is_enabled",
        "/settings/org_deploy_enabled",
        "/settings/socket_mode_enabled",
        "/settings/token_rotation_enabled",
    ];

    /// Where everything stands, with `*` for an index and for either request URL.
    fn leaves(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(all) => {
                all.iter().for_each(|(name, one)| leaves(one, &format!("{at}/{name}"), found))
            }
            Value::Array(all) => {
                found.push((at.to_owned(), value.clone()));
                all.iter().for_each(|one| leaves(one, &format!("{at}/*"), found));
            }
            leaf => found.push((at.to_owned(), leaf.clone())),
        }
    }

    fn faults(manifest: &Value) -> Vec<String> {
        let mut found = Vec::new();
        leaves(manifest, "", &mut found);
        let good = |at: &str, value: &Value| {
            let at = if at.ends_with("/request_url") { "/settings/*/request_url" } else { at };
            match value {
                Value::String(text) => {
                    let is_https = !at.ends_with("url") || text.starts_with("https://");
                    let begins = !at.ends_with("/command") || text.starts_with('/');
                    let of_a_list = LISTS.iter().any(|(list, _)| at == format!("{list}/*"));
                    let fits = TEXTS.iter().any(|(place, least, most)| {
                        at == *place && (*least..=*most).contains(&text.chars().count())
                    });
                    is_https && begins && (fits || of_a_list && !text.is_empty())
                }
                Value::Array(all) => {
                    let once = all.iter().collect::<std::collections::HashSet<_>>().len() == all.len();
                    once && LISTS.iter().any(|(place, most)| at == *place && (1..=*most).contains(&all.len()))
                }
                Value::Bool(_) => FLAGS.contains(&at),
                Value::Number(_) => at.starts_with("/_metadata/"),
                Value::Null | Value::Object(_) => false,
            }
        };
        found.iter().filter(|(at, value)| !good(at, value)).map(|(at, _)| at.clone()).collect()
    }

    #[test]
    fn slack_takes_it() {
        assert_eq!(faults(&manifest(NOWHERE, None)), [""; 0]);
        assert!(manifest(NOWHERE, None)["display_information"]["name"].is_string(), "required");
        for (at, bad) in [
            ("/display_information/name", json!("x".repeat(36))),
            ("/display_information/long_description", json!("short")),
            ("/features/shortcuts/0/name", json!("x".repeat(25))),
            ("/features/slash_commands/0/command", json!("sir")),
            ("/features/slash_commands/0/url", json!("http://casebridge.example.com")),
            ("/oauth_config/scopes/bot", json!([])),
            ("/oauth_config/scopes/bot", json!(["commands", "commands"])),
            ("/settings", json!({ "invented": true })),
        ] {
            let mut broken = manifest(NOWHERE, None);
            *broken.pointer_mut(at).unwrap() = bad;
            assert!(!faults(&broken).is_empty(), "{at}");
        }
    }
}
