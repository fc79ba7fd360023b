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
}
