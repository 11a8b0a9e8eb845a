//! Certificate errors name the certificate, describe what is wrong with it, and say what to do.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SanType, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use vanta::{Action, Error, ErrorKind, Stage};

use crate::harness::assert_kind;
use crate::openssl::{Shown, token_from};
use crate::rng::Rng;

/// Checks the whole message, so that it can be read as prose.
#[track_caller]
pub fn assert_refused(result: Result<(), Error>, words: &str) {
    let error = assert_kind(result, ErrorKind::Tls);
    assert_eq!((error.stage(), error.action()), (Stage::Tls, Action::FixConfig), "{error}");
    assert!(error.to_string().contains(words), "\n{error}\nlacks\n{words}");
    assert!(error.to_string().matches(": ").count() <= 2, "{error}");
}

/// Makes an authority with this name.
fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key()).expect("it signs itself")
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn der(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).expect("a key in DER")
}

/// Makes a server certificate for 127.0.0.1.
fn server() -> CertificateParams {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, "server");
    params
}

/// Starts a server whose certificate is signed by `issuer`, and which sends other certificates too.
fn shown(
    params: &CertificateParams,
    issuer: &CertifiedIssuer<'static, KeyPair>,
    rest: &[CertificateDer<'static>],
) -> Shown {
    let own = key();
    let certificate = params.signed_by(&own, issuer).expect("signed");
    Shown::new([&[certificate.der().clone()], rest].concat(), der(&own))
}

#[test]
fn the_certificate_of_a_ca_that_a_server_uses_is_named() {
    let own = key();
    let mut params = server();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&own).expect("it signs itself");
    let shown = Shown::new(vec![certificate.der().clone()], der(&own));
    assert_refused(
        token_from(shown, &certificate.pem()),
        "the server's certificate \"CN=server\" is the certificate of a CA (CA:TRUE), which no \
         server may use; give the server a certificate of its own, with CA:FALSE",
    );
}

#[test]
fn an_issuer_that_is_no_ca_is_named() {
    let ca = authority("ca");
    let mut middle = server();
    middle.distinguished_name.push(DnType::CommonName, "middle");
    let middle = CertifiedIssuer::signed_by(middle, key(), &ca).expect("signed");
    assert_refused(
        token_from(shown(&server(), &middle, &[middle.der().clone()]), &ca.pem()),
        "intermediate certificate 1 of the chain \"CN=middle\" is not the certificate of a CA \
         (CA:FALSE), and may not issue others",
    );
}

#[test]
fn an_expired_certificate_is_named_with_both_dates() {
    let ca = authority("ca");
    let old = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2004, 2, 29);
    };
    let mut params = server();
    old(&mut params);
    let words = "expired on Sun, 29 Feb 2004 00:00:00 GMT, and the clock of this machine says";
    assert_refused(
        token_from(shown(&params, &ca, &[]), &ca.pem()),
        &format!("the server's certificate \"CN=server\" {words}"),
    );
    let mut middle = CertificateParams::default();
    middle.distinguished_name.push(DnType::CommonName, "middle");
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    old(&mut middle);
    let middle = CertifiedIssuer::signed_by(middle, key(), &ca).expect("signed");
    let result = token_from(shown(&server(), &middle, &[middle.der().clone()]), &ca.pem());
    let text = result.as_ref().expect_err("expired").to_string();
    assert!(text.contains("renew the certificate, or set the clock where that is wrong"), "{text}");
    let words = format!("intermediate certificate 1 of the chain \"CN=middle\" {words}");
    assert_refused(result, &words);
}

#[test]
fn a_certificate_that_is_not_valid_yet_is_named_with_both_dates() {
    let ca = authority("ca");
    for (year, date) in [(2089, "Sat, 01 Jan 2089"), (2049, "Fri, 01 Jan 2049")] {
        let mut params = server();
        params.not_before = date_time_ymd(year, 1, 1);
        params.not_after = date_time_ymd(2090, 1, 1);
        assert_refused(
            token_from(shown(&params, &ca, &[]), &ca.pem()),
            &format!(
                "the server's certificate \"CN=server\" is not valid yet; it begins on {date} \
                 00:00:00 GMT, and the clock of this machine says "
            ),
        );
    }
}

#[test]
fn a_certificate_for_other_hosts_is_shown_with_their_names() {
    let ca = authority("ca");
    let names = |names: &[&str]| {
        let mut params = server();
        let dns = |name: &&str| SanType::DnsName((*name).try_into().expect("a name"));
        params.subject_alt_names = names.iter().map(dns).collect();
        token_from(shown(&params, &ca, &[]), &ca.pem())
    };
    let start = "the server's certificate \"CN=server\" is not valid for the name 127.0.0.1; it";
    let end = "connect by a name that it is for, or have a certificate issued for 127.0.0.1";
    assert_refused(names(&["a.example"]), &format!("{start} is for a.example; {end}"));
    assert_refused(
        names(&["a.example", "*.b.example", "c", "d", "e", "f", "g"]),
        &format!("{start} is for a.example, *.b.example, c, d, e and 2 more; {end}"),
    );
    assert_refused(
        names(&[]),
        &format!(
            "{start} names no host (subjectAltName), and the subject does not count; have a \
             certificate issued that names 127.0.0.1"
        ),
    );
    let mut params = server();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.subject_alt_names = vec![SanType::IpAddress("::1".parse().expect("an address"))];
    assert_refused(
        token_from(shown(&params, &ca, &[]), &ca.pem()),
        "the server's certificate for ::1 is not valid for the name 127.0.0.1; connect by that",
    );
}

#[test]
fn an_unknown_issuer_is_named_with_the_setting_that_cures_it() {
    let (ca, other) = (authority("Corporate CA"), authority("other"));
    let trusted = "into the CA file that ca_file names (trusted are 1 certificate of ";
    let words = "where a private CA or an inspecting proxy is in use, put";
    assert_refused(
        token_from(shown(&server(), &ca, &[]), &other.pem()),
        &format!(
            "unknown issuer, as the server's certificate \"CN=server\" is signed by \"CN=Corporate \
             CA\", which is not trusted; {words} the certificate of that issuer {trusted}"
        ),
    );
    // The CA file lacks the root of the chain.
    assert_refused(
        token_from(shown(&server(), &ca, &[ca.der().clone()]), &other.pem()),
        &format!(
            "unknown issuer, as the root certificate of the chain \"CN=Corporate CA\" is signed by \
             itself and is not trusted; {words} that certificate {trusted}"
        ),
    );
    let own = key();
    let alone = server().self_signed(&own).expect("it signs itself");
    assert_refused(
        token_from(Shown::new(vec![alone.der().clone()], der(&own)), &other.pem()),
        "unknown issuer, as the server's certificate \"CN=server\" is signed by itself and is not \
         trusted",
    );
}

#[test]
fn a_ca_that_has_another_key_than_the_trusted_one_of_its_name_is_named() {
    let (new, old) = (authority("ca"), authority("ca"));
    assert_refused(
        token_from(shown(&server(), &new, &[]), &old.pem()),
        "the server's certificate \"CN=server\" is not signed by the key of \"CN=ca\" that is \
         trusted; where that CA has a new key, put its new certificate into the CA file",
    );
}

#[test]
fn server_without_the_private_key_of_its_certificate_is_reported() {
    let ca = authority("ca");
    let certificate = server().signed_by(&key(), &ca).expect("signed");
    assert_refused(
        token_from(Shown::new(vec![certificate.der().clone()], der(&key())), &ca.pem()),
        "the server does not hold the private key of the server's certificate \"CN=server\"",
    );
}

#[test]
fn a_certificate_that_is_not_for_servers_is_named() {
    let (ca, mut params) = (authority("ca"), server());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_refused(
        token_from(shown(&params, &ca, &[]), &ca.pem()),
        "the server's certificate \"CN=server\", or its CA, is not for servers",
    );
}

#[test]
fn names_in_a_certificate_are_limited_and_hold_nothing_that_a_terminal_obeys() {
    let (ca, mut params) = (authority("ca"), server());
    let hostile = "\u{1b}[2Jgood\"\r\n\u{202e}evil\u{200b}";
    params.distinguished_name.push(DnType::CommonName, hostile);
    params.distinguished_name.push(DnType::OrganizationName, "o".repeat(30_000));
    params.subject_alt_names =
        vec![SanType::DnsName("x".repeat(20_000).try_into().expect("ASCII"))];
    let error = token_from(shown(&params, &ca, &[]), &ca.pem()).expect_err("for another host");
    let text = error.to_string();
    assert!(text.contains("\"CN=?[2Jgood'???evil?, O=ooo"), "{text}");
    assert!(text.len() < 800, "{} bytes", text.len());
}

/// Changes a few bytes, or removes some from the end.
fn damaged(der: &[u8], rng: &mut Rng) -> CertificateDer<'static> {
    let (mut der, length) = (der.to_vec(), der.len() as u64);
    for _ in 0..rng.roll(4) {
        der[rng.roll(length) as usize] = rng.roll(256) as u8;
    }
    if rng.roll(4) == 0 {
        der.truncate(rng.roll(length) as usize);
    }
    CertificateDer::from(der)
}

#[test]
fn damaged_certificates_end_in_an_error_and_never_in_a_panic() {
    let (ca, own) = (authority("ca"), key());
    let mut middle = CertificateParams::default();
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let middle = CertifiedIssuer::signed_by(middle, key(), &ca).expect("signed");
    let leaf = server().signed_by(&own, &middle).expect("signed");
    let mut rng = Rng::new(16);
    for round in 0..300 {
        let chain = [leaf.der(), middle.der(), ca.der()].map(|der| damaged(der, &mut rng));
        if chain[0] == *leaf.der() {
            continue;
        }
        let result = token_from(Shown::new(chain.to_vec(), der(&own)), &ca.pem());
        let error = result.err().unwrap_or_else(|| panic!("round {round} was trusted"));
        assert_eq!(error.kind(), ErrorKind::Tls, "{round}: {error}");
        assert!(error.to_string().len() < 2000, "{round}: {error}");
    }
}
