//! What an error message says of a certificate: who it is for, who issued it, and how.
//!
//! Nothing here decides whether a certificate is trusted. It is read after that was denied.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::algorithms::PublicKey;
use super::der::{Der, tag};
use crate::error::sanitize;

/// The tags of the optional fields of a certificate, and of the names that it is valid for.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];

/// The most characters that are shown of one name.
const LONGEST_NAME: usize = 120;

/// The most names of hosts that are shown of one certificate.
const MOST_HOSTS: usize = 5;

#[derive(Debug)]
pub(super) struct Certificate<'a> {
    /// 1 to 3.
    pub(super) version: u8,
    /// The content of an `AlgorithmIdentifier`.
    pub(super) signature: &'a [u8],
    /// The content of a `Name`, as that of the subject.
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) key: PublicKey<'a>,
    /// In seconds since 1970, as the end.
    pub(super) not_before: Option<u64>,
    pub(super) not_after: Option<u64>,
    extensions: Option<Der<'a>>,
}

impl<'a> Certificate<'a> {
    pub(super) fn read(der: &'a [u8]) -> Option<Certificate<'a>> {
        let mut body = Der(der).open(tag::SEQUENCE)?.open(tag::SEQUENCE)?;
        let version = body.open(VERSION).and_then(|mut version| version.take(tag::INTEGER));
        let version = version.and_then(|digits| digits.last()).map_or(0, |last| *last);
        body.take(tag::INTEGER)?;
        let signature = body.take(tag::SEQUENCE)?;
        let issuer = body.take(tag::SEQUENCE)?;
        let mut validity = body.open(tag::SEQUENCE)?;
        let subject = body.take(tag::SEQUENCE)?;
        let key = PublicKey(body.take(tag::SEQUENCE)?);
        let mut extensions = None;
        while let Some((tag, value)) = body.next() {
            if tag == EXTENSIONS {
                extensions = Der(value).open(tag::SEQUENCE);
            }
        }
        let (not_before, not_after) = (time(&mut validity), time(&mut validity));
        let version = version.saturating_add(1);
        Some(Certificate {
            version,
            signature,
            issuer,
            subject,
            key,
            not_before,
            not_after,
            extensions,
        })
    }

    /// Whether the issuer is the subject.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether it says that it is the certificate of an authority.
    pub(super) fn is_authority(&self) -> bool {
        let constraints = self.extension(BASIC_CONSTRAINTS);
        let mut constraints = constraints.and_then(|mut value| value.open(tag::SEQUENCE));
        let flag = constraints.as_mut().and_then(|value| value.take(tag::BOOLEAN));
        flag.is_some_and(|flag| flag != [0])
    }

    fn extension(&self, oid: &[u8]) -> Option<Der<'a>> {
        let mut extensions = self.extensions?;
        while let Some(mut extension) = extensions.open(tag::SEQUENCE) {
            if extension.take(tag::OID) == Some(oid) {
                extension.take(tag::BOOLEAN);
                return extension.open(tag::OCTET_STRING);
            }
        }
        None
    }

    /// The names and addresses of the hosts that it is valid for, for a sentence. `None` where
    /// there is none.
    pub(super) fn hosts(&self) -> Option<String> {
        let names =
            self.extension(SUBJECT_ALT_NAME).and_then(|mut names| names.open(tag::SEQUENCE));
        let mut names = names.unwrap_or(Der(&[]));
        let (mut shown, mut more) = (Vec::new(), 0);
        while let Some((tag, value)) = names.next() {
            match host(tag, value) {
                Some(name) if shown.len() < MOST_HOSTS => shown.push(name),
                Some(_) => more += 1,
                None => {}
            }
        }
        if more > 0 {
            shown.push(format!("{more} more"));
        }
        let last = shown.pop()?;
        Some(if shown.is_empty() { last } else { format!("{} and {last}", shown.join(", ")) })
    }
}

fn host(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        DNS_NAME => Some(shown(&String::from_utf8_lossy(value))),
        IP_ADDRESS if value.len() == 4 => {
            <[u8; 4]>::try_from(value).ok().map(|ip| Ipv4Addr::from(ip).to_string())
        }
        IP_ADDRESS => <[u8; 16]>::try_from(value).ok().map(|ip| Ipv6Addr::from(ip).to_string()),
        _ => None,
    }
}

/// The attributes of a name that are shown.
const ATTRIBUTES: [(&[u8], &str); 8] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 6], "C"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 0x19], "DC"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
];

/// A name in quotes, such as "CN=example.com, O=Example": the content of a `Name`.
pub(super) fn name(content: &[u8]) -> String {
    let mut sets = Der(content);
    let mut text = String::new();
    while let Some(mut set) = sets.open(tag::SET) {
        while let Some(mut attribute) = set.open(tag::SEQUENCE) {
            let Some(value) = self::attribute(&mut attribute) else { continue };
            let comma = if text.is_empty() { "" } else { ", " };
            text = shown(&format!("{text}{comma}{value}"));
        }
    }
    if text.is_empty() { "(no name)".to_owned() } else { format!("\"{text}\"") }
}

fn attribute(attribute: &mut Der<'_>) -> Option<String> {
    let oid = attribute.take(tag::OID)?;
    let (_, name) = ATTRIBUTES.iter().find(|(known, _)| *known == oid)?;
    let (kind, value) = attribute.next()?;
    let value = if kind == tag::BMP_STRING {
        let pairs = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        String::from_utf16_lossy(&pairs.collect::<Vec<_>>())
    } else {
        String::from_utf8_lossy(value).into_owned()
    };
    Some(format!("{name}={value}"))
}

/// Limited, without control characters, and without the quotes that stand around it.
fn shown(text: &str) -> String {
    let text = sanitize(text).replace('"', "'");
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", text[..end].trim_end_matches('…')),
        None => text,
    }
}

/// The next value as a time, in seconds since 1970.
fn time(validity: &mut Der<'_>) -> Option<u64> {
    let (tag, text) = validity.next()?;
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
    let (year, rest) = match tag {
        tag::UTC_TIME => {
            let year: i64 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        tag::GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let field = |at: usize| rest.get(at..at + 2)?.parse::<i64>().ok();
    let days = days_before(year, field(0)?)? + field(2)? - 1;
    let seconds = ((days * 24 + field(4)?) * 60 + field(6)?) * 60 + field(8)?;
    u64::try_from(seconds).ok()
}

/// Days from 1970-01-01 to the first day of a month.
fn days_before(year: i64, month: i64) -> Option<i64> {
    let in_year = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let in_year = in_year.get(usize::try_from(month - 1).ok()?)?;
    // Years that end before this month's first of March have had their leap day.
    let past = if month > 2 { year } else { year - 1 };
    let leap_days = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    Some((year - 1970) * 365 + in_year + leap_days)
}
