//! Why a server's certificate was refused, and what to do, in words.
//!
//! The verifier says what is wrong in terms of the standard, and not of which certificate. The
//! chain that the server sent says the rest.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm};
use rustls::pki_types::{TrustAnchor, UnixTime};
use rustls::{CertificateError, Error};

use super::algorithms::{self, PublicKey};
use super::certificate::{Certificate, name};

/// The sizes of RSA keys that are verified begin here.
const SHORTEST_RSA: usize = 2048;

/// In seconds since 1970. Dates have four digits for the year.
const YEAR_10000: u64 = 253_402_300_800;

/// What the server showed, and what is trusted.
pub(super) struct Refused<'a> {
    pub(super) end_entity: &'a CertificateDer<'a>,
    pub(super) intermediates: &'a [CertificateDer<'a>],
    pub(super) roots: &'a [TrustAnchor<'static>],
    /// Where the roots come from, for a sentence.
    pub(super) sources: &'a str,
    pub(super) server: &'a ServerName<'a>,
    pub(super) verified: &'a [&'static dyn SignatureVerificationAlgorithm],
}

/// A certificate of the chain, and its place in it.
struct Link<'a> {
    /// 0 is the server's.
    place: usize,
    certificate: Certificate<'a>,
}

impl Link<'_> {
    /// For the begin of a sentence, such as: the server's certificate "CN=example.com".
    fn words(&self) -> String {
        let Certificate { subject, .. } = self.certificate;
        let place = match self.place {
            0 => "the server's certificate".to_owned(),
            _ if self.certificate.is_self_issued() => {
                "the root certificate of the chain".to_owned()
            }
            n => format!("intermediate certificate {n} of the chain"),
        };
        match self.certificate.hosts().filter(|_| subject.is_empty()) {
            Some(hosts) => format!("{place} for {hosts}"),
            None => format!("{place} {}", name(subject)),
        }
    }

    fn issuer(&self) -> String {
        name(self.certificate.issuer)
    }
}

impl Refused<'_> {
    /// Says why, where that is known.
    pub(super) fn explain(&self, error: &Error) -> Option<String> {
        let Error::InvalidCertificate(error) = error else { return None };
        let links = self.links();
        let server = links.first().filter(|link| link.place == 0);
        match error {
            CertificateError::ExpiredContext { time, not_after } => {
                expired(&links, *time, *not_after)
            }
            CertificateError::NotValidYetContext { time, not_before } => {
                not_valid_yet(&links, *time, *not_before)
            }
            CertificateError::NotValidForNameContext { .. } => server.map(|it| self.wrong_host(it)),
            CertificateError::UnknownIssuer => self.unknown_issuer(&links),
            CertificateError::UnsupportedSignatureAlgorithmContext {
                signature_algorithm_id: id,
                ..
            }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: id,
                ..
            } => self.unsupported(&links, id),
            CertificateError::BadSignature => self.bad_signature(&links),
            CertificateError::InvalidPurposeContext { .. } => links.first().map(wrong_purpose),
            CertificateError::BadEncoding => Some(malformed(&links, 1 + self.intermediates.len())),
            CertificateError::Other(error) => other(&links, &error.0),
            error => server.map(|link| generic(link, &error.to_string())),
        }
    }

    /// The certificates that can be read, in the order in which the server sent them.
    fn links(&self) -> Vec<Link<'_>> {
        let sent = std::iter::once(self.end_entity).chain(self.intermediates).enumerate();
        let read = sent.filter_map(|(place, der)| {
            Certificate::read(der).map(|certificate| Link { place, certificate })
        });
        read.collect()
    }

    /// The keys by which an issuer may have signed: of the certificates sent, and of the roots.
    fn issuer_keys<'a>(&'a self, links: &'a [Link<'a>], link: &Link<'_>) -> Vec<PublicKey<'a>> {
        let issuer = link.certificate.issuer;
        let sent = links.iter().map(|other| &other.certificate);
        let sent = sent.filter(|other| other.subject == issuer).map(|other| other.key);
        let roots = self.roots.iter().filter(|root| root.subject.as_ref() == issuer);
        roots.map(|root| PublicKey(root.subject_public_key_info.as_ref())).chain(sent).collect()
    }

    fn is_trusted(&self, issuer: &[u8]) -> bool {
        self.roots.iter().any(|root| root.subject.as_ref() == issuer)
    }

    fn wrong_host(&self, server: &Link<'_>) -> String {
        let wanted = self.server.to_str();
        let own = server.certificate.hosts();
        let rest = match own.filter(|_| !server.certificate.subject.is_empty()) {
            Some(hosts) => format!(
                "it is for {hosts}; connect by a name that it is for, or have a certificate issued \
                 for {wanted}"
            ),
            None if server.certificate.hosts().is_some() => {
                format!("connect by that name, or have a certificate issued for {wanted}")
            }
            None => format!(
                "it names no host (subjectAltName), and the subject does not count; have a \
                 certificate issued that names {wanted}"
            ),
        };
        format!("{} is not valid for the name {wanted}; {rest}", server.words())
    }

    /// The last certificate on the way up from the server's is the one whose issuer is missing.
    fn unknown_issuer(&self, links: &[Link<'_>]) -> Option<String> {
        let mut last = links.first()?;
        for _ in links {
            let issuer = last.certificate.issuer;
            let next = links.iter().find(|link| link.certificate.subject == issuer);
            match next.filter(|_| !last.certificate.is_self_issued()) {
                Some(next) => last = next,
                None => break,
            }
        }
        let sources = self.sources;
        let words = last.words();
        Some(if last.certificate.is_self_issued() {
            format!(
                "unknown issuer, as {words} is signed by itself and is not trusted; where a \
                 private CA or an inspecting proxy is in use, put that certificate into the CA \
                 file that ca_file names (trusted are {sources})"
            )
        } else {
            format!(
                "unknown issuer, as {words} is signed by {}, which is not trusted; where a private \
                 CA or an inspecting proxy is in use, put the certificate of that issuer into the \
                 CA file that ca_file names (trusted are {sources})",
                last.issuer()
            )
        })
    }

    fn unsupported(&self, links: &[Link<'_>], algorithm: &[u8]) -> Option<String> {
        let is_bad = |key: &PublicKey<'_>| !algorithms::is_verified(self.verified, algorithm, key);
        let same = || links.iter().filter(|link| link.certificate.signature == algorithm);
        let link = same().find(|link| self.issuer_keys(links, link).iter().any(is_bad));
        let link = link.or_else(|| same().next())?;
        let keys = self.issuer_keys(links, link);
        let key = keys.iter().find(|key| is_bad(key));
        let key_words = key.map_or_else(String::new, |key| format!(", which has {}", key.words()));
        let feature = match key.filter(|key| algorithms::is_optional(algorithm, key)) {
            Some(_) => "build the library with its feature all-ecdsa, or ",
            None => "",
        };
        Some(format!(
            "{} is signed with {} by {}{key_words}, and this library does not verify that; \
             {feature}have it issued anew, signed with SHA-256 or SHA-384 by an ECDSA key (P-256 \
             or P-384) or an RSA key of 2048 bits or more",
            link.words(),
            algorithms::signature(algorithm),
            link.issuer()
        ))
    }

    fn bad_signature(&self, links: &[Link<'_>]) -> Option<String> {
        let short = links.iter().find_map(|link| {
            let keys = self.issuer_keys(links, link);
            let bits = keys.iter().filter_map(PublicKey::rsa_bits).find(|n| *n < SHORTEST_RSA)?;
            Some(too_short(
                &format!("{} is signed by {}, which", link.words(), link.issuer()),
                bits,
            ))
        });
        short.or_else(|| {
            let link = links.iter().find(|link| self.is_trusted(link.certificate.issuer))?;
            Some(format!(
                "{} is not signed by the key of {} that is trusted; where that CA has a new key, \
                 put its new certificate into the CA file that ca_file names (trusted are {})",
                link.words(),
                link.issuer(),
                self.sources
            ))
        })
    }
}

/// What is wrong with the signature that the server makes with its own key.
pub(super) fn explain_handshake(end_entity: &CertificateDer<'_>, error: &Error) -> Option<String> {
    let certificate = Certificate::read(end_entity)?;
    let link = Link { place: 0, certificate };
    match (error, link.certificate.key.rsa_bits()) {
        (Error::InvalidCertificate(CertificateError::BadSignature), Some(bits))
            if bits < SHORTEST_RSA =>
        {
            Some(too_short(&link.words(), bits))
        }
        (Error::InvalidCertificate(CertificateError::BadSignature), _) => Some(format!(
            "the server does not hold the private key of {}; give it the key and the certificate \
             that belong together",
            link.words()
        )),
        _ => None,
    }
}

fn too_short(owner: &str, bits: usize) -> String {
    format!(
        "{owner} has an RSA key of {bits} bits, and this library verifies RSA from {SHORTEST_RSA} \
         bits on; have it issued anew with a larger key"
    )
}

fn expired(links: &[Link<'_>], now: UnixTime, end: UnixTime) -> Option<String> {
    let is_it = |link: &&Link<'_>| link.certificate.not_after == Some(end.as_secs());
    let link = links.iter().find(is_it)?;
    let (end, now) = (date(end)?, date(now)?);
    Some(format!(
        "{} expired on {end}, and the clock of this machine says {now}; renew the certificate, or \
         set the clock where that is wrong",
        link.words()
    ))
}

fn not_valid_yet(links: &[Link<'_>], now: UnixTime, begin: UnixTime) -> Option<String> {
    let is_it = |link: &&Link<'_>| link.certificate.not_before == Some(begin.as_secs());
    let link = links.iter().find(is_it)?;
    let (begin, now) = (date(begin)?, date(now)?);
    Some(format!(
        "{} is not valid yet; it begins on {begin}, and the clock of this machine says {now}, so \
         set the clock where that is wrong, or have the certificate issued anew",
        link.words()
    ))
}

fn date(time: UnixTime) -> Option<String> {
    let in_range = Some(time.as_secs()).filter(|seconds| *seconds < YEAR_10000)?;
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(in_range))?;
    Some(httpdate::fmt_http_date(time))
}

/// Some errors have no variant in rustls, which passes on the name that its verifier gives them.
fn other(links: &[Link<'_>], error: &dyn Debug) -> Option<String> {
    let (server, kind) = (links.first()?, format!("{error:?}"));
    let found = match kind.as_str() {
        "UnsupportedCertVersion" => links.iter().find(|link| link.certificate.version != 3),
        "CaUsedAsEndEntity" => Some(server),
        "EndEntityUsedAsCa" => links.iter().skip(1).find(|link| !link.certificate.is_authority()),
        _ => None,
    };
    let Some(link) = found else { return Some(generic(server, &kind)) };
    let rest = match kind.as_str() {
        "CaUsedAsEndEntity" => {
            "is the certificate of a CA (CA:TRUE), which no server may use; give the server a \
             certificate of its own, with CA:FALSE"
                .to_owned()
        }
        "EndEntityUsedAsCa" => {
            "is not the certificate of a CA (CA:FALSE), and may not issue others; have the server \
             send the chain of its CA"
                .to_owned()
        }
        _ => format!(
            "is of X.509 version {}, and only version 3 is accepted; have it issued anew with \
             version 3, which names the server's hosts (subjectAltName)",
            link.certificate.version
        ),
    };
    Some(format!("{} {rest}", link.words()))
}

fn wrong_purpose(server: &Link<'_>) -> String {
    format!(
        "{}, or its CA, is not for servers (extended key usage); have it issued anew with the \
         usage serverAuth",
        server.words()
    )
}

fn malformed(links: &[Link<'_>], sent: usize) -> String {
    let unread = (0..sent).find(|place| links.iter().all(|link| link.place != *place));
    match unread {
        None | Some(0) => "the server's certificate is malformed; have it issued anew".to_owned(),
        Some(n) => format!("intermediate certificate {n} of the chain is malformed"),
    }
}

fn generic(server: &Link<'_>, error: &str) -> String {
    format!("{}, or its chain, was rejected ({error})", server.words())
}
