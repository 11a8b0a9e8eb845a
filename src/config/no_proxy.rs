//! The list of hosts that are reached without the environment's proxy.
//!
//! Entries mean what they mean to curl. An entry that could match nothing is an error: a host that
//! silently goes through the proxy, or around it, is found out much later.

use std::net::IpAddr;

use super::check::SHOWN;
use super::origin::{Origin, host_and_port, is_numeric};
use super::problem::invalid;
use crate::error::Result;

/// What an entry exempts.
#[derive(Debug)]
enum Entry<'a> {
    All,
    /// The host and all below it; with a port, that port alone.
    Domain(&'a str, Option<u16>),
    Address(IpAddr, Option<u16>),
    /// As many bits of the address are compared.
    Block(IpAddr, u32),
}

/// Whether the value of the variable `name` exempts the origin from the proxy.
pub(super) fn exempts(origin: &Origin, name: &str, list: &str) -> Result<bool> {
    let Some((host, port)) = host_and_port(origin.authority()) else { return Ok(false) };
    let host = host.trim_matches(['[', ']']);
    let port = port.unwrap_or(if origin.is_https() { 443 } else { 80 });
    let separator = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';');
    let mut is_exempt = false;
    for text in list.split(separator).filter(|text| !text.is_empty()) {
        let lower = text.to_ascii_lowercase();
        let entry = parse(&lower).map_err(|rule| malformed(name, text, rule))?;
        is_exempt |= entry.matches(host, port);
    }
    Ok(is_exempt)
}

fn malformed(name: &str, text: &str, rule: &str) -> crate::error::Error {
    let shown: String = text.chars().take(SHOWN).collect();
    invalid(format!("{name} has the entry {shown:?}, which matches no host; {rule}"))
}

/// Reads an entry in lower case; an error says how to write it.
fn parse(text: &str) -> Result<Entry<'_>, &'static str> {
    if text == "*" {
        return Ok(Entry::All);
    }
    if text.contains("://") {
        return Err("write a host, without a scheme");
    }
    if let Some((address, bits)) = text.split_once('/') {
        let rule = "write a block of addresses as 10.0.0.0/8 or fd00::/8";
        return block(address, bits).ok_or(rule);
    }
    if let Ok(address) = text.trim_matches(['[', ']']).parse() {
        return Ok(Entry::Address(address, None));
    }
    let dotted = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    if dotted.contains('*') {
        return Err("write a domain as .example.com and a block of addresses as 10.0.0.0/8");
    }
    let rule = "write a host or an address, with :port if need be";
    let (host, port) = host_and_port(dotted).ok_or(rule)?;
    if let Ok(address) = host.trim_matches(['[', ']']).parse() {
        let is_whole = dotted.len() == text.len();
        return is_whole.then_some(Entry::Address(address, port)).ok_or(rule);
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    if is_numeric(host) || host.split('.').any(str::is_empty) {
        return Err("write a domain as .example.com and an IPv4 address in four decimal numbers");
    }
    Ok(Entry::Domain(host, port))
}

/// An address, and how many of its bits count (RFC 4632, RFC 4291 section 2.3).
fn block<'a>(address: &str, bits: &str) -> Option<Entry<'a>> {
    let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
    let is_number = bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits: u32 = bits.parse().ok().filter(|_| is_number)?;
    let size = if address.is_ipv4() { 32 } else { 128 };
    (bits <= size).then_some(Entry::Block(address, bits))
}

impl Entry<'_> {
    fn matches(&self, host: &str, port: u16) -> bool {
        match self {
            Entry::All => true,
            Entry::Domain(name, only) => is_port(*only, port) && is_below(host, name),
            Entry::Address(address, only) => is_port(*only, port) && is_in(host, *address, 128),
            Entry::Block(address, bits) => is_in(host, *address, *bits),
        }
    }
}

fn is_port(only: Option<u16>, port: u16) -> bool {
    only.is_none_or(|only| only == port)
}

/// Whether the host is `name`, or a name below it.
fn is_below(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// Whether the host is an address whose first `bits` are those of `address`.
fn is_in(host: &str, address: IpAddr, bits: u32) -> bool {
    let (difference, size) = match (host.parse(), address) {
        (Ok(IpAddr::V4(host)), IpAddr::V4(address)) => {
            (u128::from(host.to_bits() ^ address.to_bits()), 32)
        }
        (Ok(IpAddr::V6(host)), IpAddr::V6(address)) => (host.to_bits() ^ address.to_bits(), 128),
        _ => return false,
    };
    difference.checked_shr(size - bits.min(size)).is_none_or(|rest| rest == 0)
}
