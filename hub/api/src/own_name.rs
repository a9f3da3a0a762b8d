//! By which names the hub goes: those that only a home's own network answers for, and those that its owner gave it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Addresses, `localhost`, names without a dot, the endings that only a home's own network answers for, and what the
/// owner calls it.
pub(crate) fn is_own(host: &str, hosts: &[String]) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => {
            return rest.split_once(']').is_some_and(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
        }
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_plain = !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_'));
    is_plain
        && (name.parse::<Ipv4Addr>().is_ok()
            || !name.contains('.')
            || hosts.iter().any(|own| own.eq_ignore_ascii_case(&name))
            || HOME_ENDINGS.iter().any(|ending| is_below(&name, ending)))
}

/// Whether a name is that one or below it, by its dots.
pub(crate) fn is_below(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Names under these are never found in the public DNS.
pub(crate) const HOME_ENDINGS: &[&str] = &["local", "localhost", "lan", "home.arpa", "internal"];

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn only_names_of_a_home_are_the_hubs_own() {
        for host in [
            "127.0.0.1:8470",
            "192.168.1.5",
            "[::1]:8470",
            "[fe80::1]",
            "localhost:8470",
            "hearth",
            "hearth.local:8470",
            "hub.home.arpa",
            "HEARTH.LOCAL.",
        ] {
            assert!(is_own(host, &[]), "{host}");
        }
        for host in
            ["", "evil.example", "hearth.local.evil.example:8470", "[evil]", "127.0.0.1.evil.example", "a b", ":8470"]
        {
            assert!(!is_own(host, &["hub.example.org".to_owned()]), "{host}");
        }
        assert!(is_own("Hub.Example.org:443", &["hub.example.org".to_owned()]));
    }
}
