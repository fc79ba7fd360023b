//! Which address did the person mean? The service takes IPv4, and IPv6 in eight upper-case groups without `::`; no
//! ranges: <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_ThreatActorIp.html>.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Length, Result, error};
use crate::case::Actor;

/// Reads an address as people write it, and writes it as the service takes it.
/// Short IPv6 is spelled out, IPv4 within IPv6 becomes IPv4, and `203[.]0[.]113[.]7` loses its brackets.
pub fn ip(text: &str) -> Result<String> {
    let plain = text.trim().replace("[.]", ".").replace("[:]", ":");
    let plain = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&plain);
    let address = match plain.parse::<IpAddr>() {
        Ok(address) => address.to_canonical(),
        Err(_) => return Err(error("ip", unreadable(text, plain))),
    };
    let kind = match address {
        IpAddr::V4(four) => local_four(four),
        IpAddr::V6(six) => local_six(six),
    };
    match kind {
        Some(kind) => Err(error(
            "ip",
            format!(
                "{address} is {kind}: it names nobody outside your own network. Give the public address, or tell of \
                 this one in a comment."
            ),
        )),
        None => Ok(spelled(address)),
    }
}

pub fn actor(actor: &Actor) -> Result<()> {
    let Actor { ip: address, user_agent } = actor;
    if ip(address)? != *address {
        return Err(error("ip", format!("{address} must be written {}.", ip(address)?)));
    }
    match user_agent {
        Some(agent) => Length { field: "user_agent", what: "A user agent", least: 1, most: 500 }.check(agent),
        None => Ok(()),
    }
}

fn spelled(address: IpAddr) -> String {
    match address {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => six.segments().map(|group| format!("{group:X}")).join(":"),
    }
}

fn unreadable(text: &str, plain: &str) -> String {
    if plain.split_once('/').is_some_and(|(base, _)| base.parse::<IpAddr>().is_ok()) {
        return format!("{text} is a range. The service takes single addresses, at most 200 on a case.");
    }
    if plain.parse::<SocketAddr>().is_ok() {
        return format!("{text} has a port. Give the address alone.");
    }
    if plain.split_once('%').is_some_and(|(base, _)| base.parse::<Ipv6Addr>().is_ok()) {
        return format!(
            "{text} names a network interface (what stands behind the %). Give the address alone."
        );
    }
    format!("\"{text}\" is not an IP address, like 203.0.113.7 or 2001:db8::1.")
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry/>
fn local_four(address: Ipv4Addr) -> Option<&'static str> {
    let [first, second, ..] = address.octets();
    match address {
        _ if address.is_private() => Some("a private address"),
        _ if address.is_loopback() => Some("the machine itself"),
        _ if address.is_link_local() => Some("a link-local address"),
        _ if first == 100 && second & 0xC0 == 64 => Some("an address of a provider's own network"),
        _ if address.is_multicast() => Some("a multicast address"),
        _ if first == 0 || first >= 240 => Some("a reserved address"),
        _ => None,
    }
}

/// <https://www.iana.org/assignments/iana-ipv6-special-registry/>
fn local_six(address: Ipv6Addr) -> Option<&'static str> {
    match address {
        _ if address.is_unspecified() => Some("a reserved address"),
        _ if address.is_loopback() => Some("the machine itself"),
        _ if address.is_unique_local() => Some("a private address"),
        _ if address.is_unicast_link_local() => Some("a link-local address"),
        _ if address.is_multicast() => Some("a multicast address"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_the_service_takes_it() {
        for (typed, sent) in [
            ("203.0.113.7", "203.0.113.7"),
            (" 203[.]0[.]113[.]7 ", "203.0.113.7"),
            ("2001:db8::1", "2001:DB8:0:0:0:0:0:1"),
            ("[2001:db8::1]", "2001:DB8:0:0:0:0:0:1"),
            ("2001:0DB8:0000:0000:0000:0000:0000:00fF", "2001:DB8:0:0:0:0:0:FF"),
            ("2001[:]db8::1", "2001:DB8:0:0:0:0:0:1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("100.63.255.255", "100.63.255.255"),
            ("100.128.0.0", "100.128.0.0"),
            ("172.32.0.1", "172.32.0.1"),
            ("223.255.255.255", "223.255.255.255"),
        ] {
            assert_eq!(ip(typed).as_deref(), Ok(sent), "{typed}");
            assert_eq!(ip(sent).as_deref(), Ok(sent), "what is sent stays as it is");
        }
    }

    #[test]
    fn what_cannot_be_an_intruders_address_is_explained() {
        for (typed, reason) in [
            ("203.0.113.0/24", "is a range"),
            ("2001:db8::/32", "is a range"),
            ("203.0.113.7:443", "has a port"),
            ("[2001:db8::1]:443", "has a port"),
            ("fe80::1%eth0", "network interface"),
            ("10.0.0.5", "a private address"),
            ("172.16.0.1", "a private address"),
            ("192.168.1.1", "a private address"),
            ("::ffff:10.0.0.5", "a private address"),
            ("127.0.0.1", "the machine itself"),
            ("169.254.169.254", "a link-local address"),
            ("100.64.0.1", "a provider's own network"),
            ("100.127.255.255", "a provider's own network"),
            ("224.0.0.1", "a multicast address"),
            ("0.0.0.0", "a reserved address"),
            ("255.255.255.255", "a reserved address"),
            ("::", "a reserved address"),
            ("::1", "the machine itself"),
            ("fd00::1", "a private address"),
            ("fe80::1", "a link-local address"),
            ("ff02::1", "a multicast address"),
            ("203.0.113", "not an IP address"),
            ("203.0.113.256", "not an IP address"),
            ("203.0.113.07", "not an IP address"),
            ("example.com", "not an IP address"),
            ("example.com/24", "not an IP address"),
            ("", "not an IP address"),
        ] {
            let refused = ip(typed).unwrap_or_else(|error| error.to_string());
            assert!(refused.contains(reason), "{typed}: {refused}");
        }
    }

    #[test]
    fn an_actor_must_be_spelled_out_already_and_its_agent_has_500_characters() {
        let actor_of =
            |ip: &str, agent: usize| Actor { ip: ip.to_owned(), user_agent: Some("ü".repeat(agent)) };
        assert_eq!(actor(&actor_of("203.0.113.7", 500)), Ok(()));
        assert_eq!(actor(&actor_of("203.0.113.7", 501)).expect_err("long").field, "user_agent");
        let short = actor(&actor_of("2001:db8::1", 1)).expect_err("not spelled out").to_string();
        assert_eq!(short, "2001:db8::1 must be written 2001:DB8:0:0:0:0:0:1.");
    }
}
