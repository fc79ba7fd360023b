//! Where may a request go? To https, and to this machine itself; with a token, to the hosts of its own service.

use std::net::{IpAddr, Ipv4Addr};

use reqwest::Url;

/// How far a token may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Services,
    /// To this machine as well: AWS is on it too, so all that is here is a rehearsal.
    Loopback,
}

/// Whether what is sent there stays private on the way: https, or http to this very machine.
pub fn is_private(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `::1`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether the host is a name that may lead to a public address, and no address itself: where it leads is seen as a
/// connection is made.
pub(crate) fn is_named(url: &Url) -> bool {
    let name = url.domain().filter(|name| name.contains('.') && !name.ends_with('.'));
    let inside = [".local", ".internal", ".localhost", ".home.arpa"];
    url.scheme() == "https" && name.is_some_and(|name| !inside.iter().any(|end| name.ends_with(end)))
}

/// Whether an address is one of the internet's, and leads into nobody's own network: RFC 6890, and what was added to it.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => {
            let [first, second, ..] = six.segments();
            let four = matches!((first, second), (0x64, 0xff9b) | (0x2002, _));
            // Of 2000::/3 all but what carries or stands for something else.
            first & 0xe000 == 0x2000
                && !four
                && (first, second) != (0x2001, 0xdb8)
                && !(first == 0x2001 && second < 0x200)
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let special =
        a == 0 || a >= 240 || (a, b) == (198, 18) || (a, b) == (198, 19) || (a, b, c) == (192, 0, 0);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || (a, b, c) == (192, 88, 99)
        || shared
        || special)
}

/// The base of an API, cut at the first slash. Read as text and compared byte by byte: what any program could read
/// otherwise than another (a name, a port, an escape, an upper-case or foreign letter, a dot too many) is equal to
/// nothing here.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    host: &'a str,
    path: &'a str,
}

impl<'a> Base<'a> {
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("https://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self { host: host.strip_suffix(":443").unwrap_or(host), path })
    }

    pub(super) fn is_slack_api(self) -> bool {
        matches!((self.host, self.path), ("slack.com" | "slack-gov.com", "api"))
    }

    /// <https://developer.pagerduty.com/docs/events-api-v2-overview>, and its service region EU.
    pub(super) fn is_pagerduty(self) -> bool {
        matches!((self.host, self.path), ("events.pagerduty.com" | "events.eu.pagerduty.com", ""))
    }

    /// `https://SITE.atlassian.net`
    pub(super) fn is_jira_site(self) -> bool {
        self.path.is_empty() && self.host.strip_suffix(".atlassian.net").is_some_and(is_label)
    }

    /// A site, or what scoped tokens need, `https://api.atlassian.com/ex/jira/CLOUD_ID`.
    pub(super) fn is_jira_api(self) -> bool {
        let gateway = || self.path.strip_prefix("ex/jira/").is_some_and(is_cloud_id);
        self.is_jira_site() || self.host == "api.atlassian.com" && gateway()
    }
}

/// One label of a host's name. `xn--` begins a label in foreign letters, which no site has.
fn is_label(text: &str) -> bool {
    let plain = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    (1..=63).contains(&text.len())
        && plain
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.starts_with("xn--")
}

fn is_cloud_id(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (1..=64).contains(&text.len()) && plain
}

/// A proxy for what goes by https. What goes by http goes to this machine, and never through one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpsProxy {
    pub url: String,
    /// Hosts that are reached without it, as `NO_PROXY` spells them.
    pub except: String,
}

/// The proxy that the environment names in `HTTPS_PROXY` and `NO_PROXY`, in either case. `variable` reads one.
pub(crate) fn proxy(variable: impl Fn(&str) -> Option<String>) -> Option<HttpsProxy> {
    let either = |upper: &str, lower: &str| {
        [upper, lower].into_iter().filter_map(&variable).find(|text| !text.is_empty())
    };
    let url = either("HTTPS_PROXY", "https_proxy")?;
    Some(HttpsProxy { url, except: either("NO_PROXY", "no_proxy").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_private() {
        let private = |text: &str| Url::parse(text).is_ok_and(|url| is_private(&url));
        for good in [
            "https://slack.com/api",
            "https://10.0.0.1/",
            "http://localhost:8080/x",
            "http://127.0.0.1",
            "http://127.8.9.1:1/",
            "http://[::1]:9/",
            "HTTP://LOCALHOST/",
        ] {
            assert!(private(good), "{good}");
        }
        for bad in [
            "http://slack.com/api",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://10.0.0.1/",
            "http://[::2]/",
            "http://0.0.0.0/",
            "http://localhost@evil.example/",
            "ftp://localhost/",
            "file:///etc/passwd",
            "data:text/plain,https://x",
        ] {
            assert!(!private(bad), "{bad}");
        }
    }

    #[test]
    fn what_leads_into_anybodys_own_network_is_not_public() {
        for good in ["8.8.8.8", "100.63.0.1", "172.32.0.1", "2606:4700::1111", "2001:4860:4860::8888"] {
            assert!(is_public(good.parse().unwrap()), "{good}");
        }
        for bad in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(bad.parse().unwrap()), "{bad}");
        }
    }

    #[test]
    fn only_a_name_of_the_internet_is_one() {
        let named = |text: &str| Url::parse(text).is_ok_and(|url| is_named(&url));
        for good in ["https://hooks.example.com/in", "https://hooks.example.com:8443/in?x=1"] {
            assert!(named(good), "{good}");
        }
        for bad in [
            "http://hooks.example.com/",
            "https://10.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://x.localhost/",
            "https://intranet/",
            "https://example.com./",
        ] {
            assert!(!named(bad), "{bad}");
        }
    }

    type Is = fn(Base<'_>) -> bool;

    const GOOD: [(Is, &[&str]); 3] = [
        (
            |base| base.is_slack_api(),
            &["https://slack.com/api", "https://slack-gov.com/api", "https://slack.com:443/api"],
        ),
        (
            |base| base.is_jira_site(),
            &["https://example.atlassian.net", "https://my-site-2.atlassian.net:443"],
        ),
        (
            |base| base.is_jira_api(),
            &["https://example.atlassian.net", "https://api.atlassian.com/ex/jira/1324a887-45db"],
        ),
    ];

    /// What else an attacker could put in a host's place; `{}` is the host.
    const HOSTS: [&str; 21] = [
        "{}.",
        "{}.evil.example",
        "evil.example/{}",
        "evil.example?{}",
        "evil.example#{}",
        "evil.example\\{}",
        "{}@evil.example",
        "{}%2eevil.example",
        "{}%00.evil.example",
        "{}\t.evil.example",
        "{}\u{3002}evil.example",
        "ana:pw@{}",
        "@{}",
        "{}:8443",
        "{}:80",
        "{}:",
        "a.b.{}",
        "evil{}.evil.example",
        "127.0.0.1",
        "xn--slck-5cd.com",
        "",
    ];

    #[test]
    fn a_token_goes_to_the_hosts_of_its_own_service_however_another_is_spelled() {
        for (is, text) in GOOD.into_iter().flat_map(|(is, good)| good.iter().map(move |text| (is, *text))) {
            let is = |text: &str| Base::of(text).is_some_and(is);
            assert!(is(text), "{text}");
            let Base { host, path } = Base::of(text).unwrap();
            let at = |other: &str| text.replacen(host, other, 1);
            let hosts = HOSTS.map(|other| at(&other.replace("{}", host)));
            let letters = [
                at(&host.to_uppercase()),
                at(&host.replace('a', "\u{430}")),
                at(&host.replace('.', "\u{3002}")),
            ];
            let schemes =
                ["http://", "HTTPS://", "ftp://", "//", ""].map(|scheme| text.replace("https://", scheme));
            let paths =
                ["/x", "/../x", "/%2e%2e", "/", "?x", "#x", "\n", " "].map(|more| format!("{text}{more}"));
            let before =
                [format!(" {text}"), at(&format!("{host}/x/../{path}")), at(&format!("{host}//{path}"))];
            for bad in hosts.iter().chain(&letters).chain(&schemes).chain(&paths[..]).chain(&before) {
                // A site's own slash at its end is told before.
                assert!(!is(bad) || *bad == format!("{text}/"), "{bad:?}");
            }
        }
    }

    #[test]
    fn what_only_looks_like_an_address_of_slack_or_jira_is_none() {
        for bad in [
            "https://atlassian.net",
            "https://.atlassian.net",
            "https://-a.atlassian.net",
            "https://a-.atlassian.net",
            "https://a_b.atlassian.net",
            "https://xn--exmple-cua.atlassian.net",
            "https://evilatlassian.net",
            "https://evil.example/.atlassian.net",
            "https://example.atlassian.net/browse",
            "https://api.atlassian.com",
            "https://api.atlassian.com/ex/jira/",
            "https://api.atlassian.com/ex/jira/..",
            "https://api.atlassian.com/ex/confluence/1324a887",
            "https://slack.com/api",
        ] {
            assert!(
                !Base::of(bad).is_some_and(Base::is_jira_api)
                    && !Base::of(bad).is_some_and(Base::is_jira_site),
                "{bad}"
            );
        }
        assert!(
            !Base::of("https://api.atlassian.com/ex/jira/1324a887").is_some_and(Base::is_jira_site),
            "nobody can open that"
        );
        for bad in
            ["https://slack.com", "https://slack.com/", "https://slack.com/apix", "https://a.slack.com/api"]
        {
            assert!(!Base::of(bad).is_some_and(Base::is_slack_api), "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_what_the_environment_names_for_https_alone() {
        let proxy = |set: &[(&str, &str)]| {
            let found =
                |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, text)| (*text).to_owned());
            super::proxy(found).map(|proxy| (proxy.url, proxy.except))
        };
        let told = |url: &str, except: &str| Some((url.to_owned(), except.to_owned()));
        assert_eq!(proxy(&[("HTTP_PROXY", "http://p:1"), ("ALL_PROXY", "http://p:1")]), None);
        assert_eq!(proxy(&[("HTTPS_PROXY", ""), ("https_proxy", "http://p:1")]), told("http://p:1", ""));
        let both = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "slack.com"), ("https_proxy", "http://q:1")];
        assert_eq!(proxy(&both), told("http://p:1", "slack.com"));
    }
}
