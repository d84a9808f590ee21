//! The [`Client`]: who is on the other side of a request, as far as the connection and its headers tell.
//!
//! The address is that of the connection, unless that is one of our own proxies: then it is what the proxy says. Nobody else is believed, so
//! a header that somebody made up changes nothing.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use ipnet::IpNet;
use woothee::parser::Parser;

use super::device::{self, Device};
use super::error::Error;
use super::{State, form};
use crate::users::event::Origin;

/// The most characters of a browser's name.
const BROWSER_CHARACTERS_MAX: usize = 100;
/// The most bytes of a `User-Agent` that are looked at.
const AGENT_BYTES_MAX: usize = 1000;
/// Bits of an IPv6 address that name a network; whoever has one of its addresses has them all.
const NETWORK_BITS: u32 = 64;

/// Who is on the other side.
#[derive(Debug, Clone)]
pub struct Client {
    /// Their address; an IPv4 address in IPv6's clothes is IPv4.
    pub address: IpAddr,
    /// Their browser in short, such as `Firefox on Linux`, or their program, such as `curl`; empty when it says nothing. At most 100
    /// characters, none of them a control character.
    pub browser: String,
    /// The account that this browser was logged in to last.
    pub device: Option<Device>,
}

impl Client {
    /// What limits take for one client: the address, or of IPv6 its network of 64 bits.
    #[must_use]
    pub fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = address.to_bits() >> (128 - NETWORK_BITS) << (128 - NETWORK_BITS);
                format!("{}/{NETWORK_BITS}", Ipv6Addr::from_bits(network))
            }
        }
    }

    /// The address as text: 45 characters at most.
    #[must_use]
    pub fn address_text(&self) -> String {
        self.address.to_string()
    }
}

impl Client {
    /// What is noted about a log-in and about security events.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            address: self.address_text(),
            browser: self.browser.clone(),
        }
    }
}

impl FromRequest for Client {
    type Error = Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(form::state(request).map(|state| Self {
            address: address(request, &state.proxies),
            browser: browser(&agent(request)),
            device: device::read(request, state),
        }))
    }
}

/// Whether a proxy of ours says that the browser spoke HTTPS to it.
pub(super) fn came_by_https(request: &HttpRequest, state: &State) -> bool {
    // The last word is the nearest proxy's.
    let said = values(request, "X-Forwarded-Proto").pop();
    is_trusted(&state.proxies, peer(request)) && said.is_some_and(|said| said.eq_ignore_ascii_case("https"))
}

/// The address that the connection comes from.
fn peer(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical())
}

fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|network| network.contains(&address))
}

fn address(request: &HttpRequest, proxies: &[IpNet]) -> IpAddr {
    let peer = peer(request);
    if !is_trusted(proxies, peer) {
        return peer;
    }
    nearest_stranger(peer, &values(request, "X-Forwarded-For"), proxies)
}

/// Walks from the nearest proxy outwards: each of ours says who stands before it. What is no address ends the walk, for whoever wrote it
/// can't be told from a stranger.
fn nearest_stranger(peer: IpAddr, forwarded: &[String], proxies: &[IpNet]) -> IpAddr {
    let mut last = peer;
    for said in forwarded.iter().rev() {
        let Some(address) = parse(said) else {
            return last;
        };
        last = address;
        if !is_trusted(proxies, address) {
            return last;
        }
    }
    last
}

/// `192.0.2.1`, `192.0.2.1:8080`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:8080`.
fn parse(said: &str) -> Option<IpAddr> {
    let bare = said
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|inner| inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6));
    let address = said.parse::<IpAddr>().ok().or(bare);
    let address = address.or_else(|| said.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.map(|address| address.to_canonical())
}

/// The values of a header that lists some, over all its lines in their order. A line that is no text is one value that says nothing.
fn values(request: &HttpRequest, name: &str) -> Vec<String> {
    request
        .headers()
        .get_all(name)
        .flat_map(|line| line.to_str().unwrap_or_default().split(','))
        .map(|value| value.trim().to_owned())
        .collect()
}

fn agent(request: &HttpRequest) -> String {
    let header = request.headers().get(header::USER_AGENT);
    let bytes = header.map_or(&[][..], |value| value.as_bytes());
    String::from_utf8_lossy(bytes.get(..AGENT_BYTES_MAX).unwrap_or(bytes)).into_owned()
}

/// A browser with its system, else the name of a program, else nothing.
fn browser(agent: &str) -> String {
    let known = Parser::new().parse(agent);
    let is_browser = |category: &str| matches!(category, "pc" | "smartphone" | "mobilephone" | "appliance");
    let name = match known {
        Some(known) if is_browser(known.category) && known.name != UNKNOWN => match system(known.os) {
            "" => known.name.to_owned(),
            system => format!("{} on {system}", known.name),
        },
        _ => program(agent).to_owned(),
    };
    let shown = name.chars().filter(|one| !one.is_control());
    shown.take(BROWSER_CHARACTERS_MAX).collect()
}

/// What the parser calls what it doesn't know.
const UNKNOWN: &str = "UNKNOWN";

/// A system as people call it; empty when it is not known.
fn system(os: &str) -> &str {
    match os {
        UNKNOWN => "",
        "Mac OSX" | "Mac OS Classic" => "macOS",
        os if os.starts_with("Windows") && os != "Windows Phone OS" => "Windows",
        os => os,
    }
}

/// `curl` from `curl/8.5.0`. A browser that nobody knows calls itself Mozilla, as all do, which says nothing.
fn program(agent: &str) -> &str {
    let end = |one: char| !one.is_ascii_alphanumeric() && !matches!(one, '-' | '_' | '.');
    let name = agent.split(end).next().unwrap_or_default();
    if name.eq_ignore_ascii_case("mozilla") {
        ""
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_nearest_stranger_is_the_client() {
        let ours = proxies(&["10.0.0.0/8", "fd00::/8"]);
        for (forwarded, wanted) in [
            ("", "10.0.0.1"),
            ("192.0.2.7", "192.0.2.7"),
            ("203.0.113.9, 192.0.2.7", "192.0.2.7"), // the first was made up by the client
            ("203.0.113.9, 192.0.2.7, 10.0.0.2,10.0.0.3", "192.0.2.7"),
            ("10.0.0.9, 10.0.0.2", "10.0.0.9"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:4711, fd00::1", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("::ffff:10.0.0.2", "10.0.0.2"),
            ("192.0.2.7, unknown, 10.0.0.2", "10.0.0.2"),
            ("192.0.2.7, , 10.0.0.2", "10.0.0.2"),
            ("192.0.2.7, 10.0.0.2.", "10.0.0.1"),
            ("192.0.2.7, fe80::1%eth0", "10.0.0.1"),
            ("_hidden", "10.0.0.1"),
            ("[192.0.2.7]", "10.0.0.1"),
        ] {
            let values: Vec<String> = forwarded
                .split(',')
                .map(|value| value.trim().to_owned())
                .collect();
            assert_eq!(
                nearest_stranger(ip("10.0.0.1"), &values, &ours),
                ip(wanted),
                "{forwarded}"
            );
        }
    }

    #[test]
    fn one_client_is_an_address_or_a_network() {
        let network = |address: &str| {
            let client = Client {
                address: ip(address),
                browser: String::new(),
                device: None,
            };
            assert!(client.address_text().len() <= 45);
            client.network()
        };
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff:ffff:ffff:ffff"), "2001:db8:1:2::/64");
        assert_ne!(network("2001:db8:1:3::6"), "2001:db8:1:2::/64");
        assert_eq!(network("::"), "::/64");
    }

    #[test]
    fn browsers_and_programs_have_names() {
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0";
        for (agent, wanted) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
                "Firefox on Linux",
            ),
            (
                &format!("Mozilla/5.0 (Linux; Android 10; K) {chrome} Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"),
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("python-requests/2.31.0", "python-requests"),
            ("ureq/3.0", "ureq"),
            ("budget-sync 1.2 (home)", "budget-sync"),
            ("Mozilla/5.0 (something of the future)", ""),
            ("", ""),
            ("-", "-"),
            ("<script>alert(1)</script>", ""),
        ] {
            assert_eq!(browser(agent), wanted, "{agent}");
        }
        assert_eq!(browser(&"x".repeat(500)).chars().count(), BROWSER_CHARACTERS_MAX);
        assert!(!browser("a\u{7}b\u{9b}c").chars().any(char::is_control));
    }
}
