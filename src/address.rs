//! Where may a request go? To https, and to this machine itself.

use reqwest::Url;

/// Whether what is sent there stays private on the way: https, or http to this very machine.
pub fn is_private(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `::1`.
pub fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A proxy for what goes by https. What goes by http goes to this machine, and never through one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsProxy {
    /// Where it is.
    pub url: String,
    /// Hosts that are reached without it, as `NO_PROXY` spells them.
    pub except: String,
}

/// The proxy that the environment names in `HTTPS_PROXY` and `NO_PROXY`, in either case. `variable` reads one.
pub fn proxy(variable: impl Fn(&str) -> Option<String>) -> Option<HttpsProxy> {
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
