//! Which address may we answer through, or fetch a file from? It comes with what a person did; it must be Slack's.

use reqwest::Url;

use crate::config::settings;

/// Where Slack takes answers: <https://docs.slack.dev/interactivity/handling-user-interaction>, and GovSlack.
const HOSTS: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];

/// Where Slack keeps files: <https://docs.slack.dev/reference/objects/file-object>, and GovSlack.
const FILE_HOSTS: [&str; 2] = ["files.slack.com", "files.slack-gov.com"];

/// The address as it may be sent to: at Slack's hosts by https on its own port, or at the very origin of the
/// configured API. `None` for any other, and for one that two programs might read differently.
pub(crate) fn allowed_response_url(text: &str, settings: &settings::SlackSettings) -> Option<String> {
    allowed(text, &HOSTS, settings)
}

/// The same for the address of a file's bytes.
pub(crate) fn allowed_file_url(text: &str, settings: &settings::SlackSettings) -> Option<String> {
    allowed(text, &FILE_HOSTS, settings)
}

fn allowed(text: &str, hosts: &[&str], settings: &settings::SlackSettings) -> Option<String> {
    let plain = |char: char| char.is_ascii_graphic() && !"\\\"<>`{|}^".contains(char);
    let url = Url::parse(text).ok().filter(|_| text.chars().all(plain))?;
    if !url.username().is_empty() || url.password().is_some() || text.split('/').nth(2)?.contains('@') {
        return None;
    }
    let of_slack = url.scheme() == "https"
        && url.port().is_none()
        && url.host_str().is_some_and(|host| hosts.contains(&host));
    let of_api =
        Url::parse(&settings.api_url).is_ok_and(|api| api.has_host() && api.origin() == url.origin());
    (of_slack || of_api).then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(api_url: &str, text: &str) -> Option<String> {
        let settings = format!("api_url = '{api_url}'\nteam = 'T1'\nchannel = 'C1'");
        allowed_response_url(text, &toml::from_str(&settings).unwrap())
    }

    #[test]
    fn answers_go_to_slack_alone() {
        let good = [
            "https://hooks.slack.com/commands/T1/2/x",
            "https://hooks.slack.com/actions/T1/2/x?a=b%40c",
            "https://hooks.slack-gov.com/commands/T1/2/x",
            "https://slack.com/api/anything",
        ];
        for text in good {
            assert_eq!(allowed("https://slack.com/api", text).as_deref(), Some(text));
        }
        let same = allowed("https://slack.com/api", "HTTPS://HOOKS.Slack.com:443/x");
        assert_eq!(same.as_deref(), Some("https://hooks.slack.com/x"));
        let bad = [
            "",
            "hooks.slack.com/x",
            "//hooks.slack.com/x",
            "http://hooks.slack.com/x",
            "ftp://hooks.slack.com/x",
            "file:///etc/passwd",
            "https://hooks.slack.com:8443/x",
            "https://hooks.slack.com:80/x",
            "https://hooks.slack.com.evil.example/x",
            "https://hooks.slack.com./x",
            "https://evilhooks.slack.com/x",
            "https://xhooks.slack.com/x",
            "https://evil.example/https://hooks.slack.com/x",
            "https://evil.example?hooks.slack.com/x",
            "https://evil.example#hooks.slack.com/x",
            "https://hooks.slack.com@evil.example/x",
            "https://user:pass@hooks.slack.com/x",
            "https://user@hooks.slack.com/x",
            "https://@hooks.slack.com/x",
            "https://:@hooks.slack.com/x",
            "https://hooks.slack.com\\@evil.example/x",
            "https://evil.example\\@hooks.slack.com/x",
            "https:\\\\hooks.slack.com\\x",
            "https://hooks.slack.com%2eevil.example/x",
            "https://hooks.slack.com%00.evil.example/x",
            "https://hooks.slack.com\t.evil.example/x",
            "https://hooks.slack.com/x\r\nhost: evil.example",
            " https://hooks.slack.com/x",
            "https://hooks.slack.com/x ",
            "https://hooks.sl\u{430}ck.com/x",
            "https://hooks\u{3002}slack\u{3002}com/x",
            "https://[::1]/x",
            "https://169.254.169.254/latest",
            "https://127.0.0.1/x",
            "https://files.slack.com/x",
            "https://slack.com:8443/api/x",
            "http://slack.com/api/x",
        ];
        for text in bad {
            assert_eq!(allowed("https://slack.com/api", text), None, "{text:?}");
        }
    }

    #[test]
    fn a_configured_api_is_answered_at_its_own_origin_only() {
        let api = "http://127.0.0.1:8001/slack/api";
        assert!(allowed(api, "http://127.0.0.1:8001/response/1").is_some());
        assert!(allowed(api, "https://hooks.slack.com/commands/1").is_some());
        for text in [
            "http://127.0.0.1:8002/response/1",
            "https://127.0.0.1:8001/response/1",
            "http://localhost:8001/response/1",
            "http://127.0.0.1:8001@evil.example/",
            "http://x@127.0.0.1:8001/response/1",
        ] {
            assert_eq!(allowed(api, text), None, "{text:?}");
        }
        assert_eq!(allowed("no address", "no address"), None);
        assert_eq!(allowed("data:x", "data:x"), None, "opaque origins are like no other");
    }

    #[test]
    fn a_file_is_fetched_from_slacks_own_hosts_and_from_nowhere_else() {
        let settings = "api_url = 'https://slack.com/api'\nteam = 'T1'\nchannel = 'C1'";
        let settings = toml::from_str(settings).unwrap();
        for (url, allowed) in [
            ("https://files.slack.com/files-pri/T0123-F0123/download/log.txt", true),
            ("https://files.slack-gov.com/files-pri/T0123-F0123/download/log.txt", true),
            ("https://hooks.slack.com/files-pri/T0123-F0123/download/log.txt", false),
            ("http://files.slack.com/a", false),
            ("https://files.slack.com:8443/a", false),
            ("https://files.slack.com.evil.example/a", false),
            ("https://evil.example/files.slack.com", false),
            ("https://ana@files.slack.com/a", false),
        ] {
            assert_eq!(allowed_file_url(url, &settings).is_some(), allowed, "{url}");
        }
    }
}
