//! The algorithms of certificates that are verified, and the errors about those that are not.

use vanta::{Error, ErrorKind};

use crate::certificate_errors::assert_refused;
use crate::openssl::{AUTHORITY, Make, Pki, SERVER};

const REMEDY: &str = "signed with SHA-256 or SHA-384 by an ECDSA key (P-256 or P-384) or an RSA \
                      key of 2048 bits or more";

/// Checks that a call succeeds with the feature `all-ecdsa`, and that the error names the feature
/// without it.
#[track_caller]
fn assert_needs_all_ecdsa(result: Result<(), Error>, words: &str) {
    if cfg!(feature = "all-ecdsa") {
        return result.expect("the feature verifies it");
    }
    let remedy = format!(
        "{words}, and this library does not verify that; build the library with its feature \
         all-ecdsa, or have it issued anew, {REMEDY}"
    );
    assert_refused(result, &remedy);
}

#[test]
fn ecdsa_on_p_521_and_with_sha_512_is_verified_or_named() {
    needs!("openssl");
    for (key, digest, words) in [
        (
            "P-521",
            "sha512",
            "ECDSA and SHA-512 by \"CN=ca, O=Example\", which has a key on the curve P-521",
        ),
        (
            "P-521",
            "sha256",
            "ECDSA and SHA-256 by \"CN=ca, O=Example\", which has a key on the curve P-521",
        ),
        (
            "P-256",
            "sha512",
            "ECDSA and SHA-512 by \"CN=ca, O=Example\", which has a key on the curve P-256",
        ),
        (
            "P-384",
            "sha512",
            "ECDSA and SHA-512 by \"CN=ca, O=Example\", which has a key on the curve P-384",
        ),
    ] {
        let pki = Pki::new();
        pki.authority("ca", key, digest);
        pki.make("server", Make { key: "P-256", digest, issuer: "ca", extensions: SERVER });
        let words =
            format!("the server's certificate \"CN=server, O=Example\" is signed with {words}");
        assert_needs_all_ecdsa(pki.token(&["server"], "ca"), &words);
    }
}

#[test]
fn a_server_whose_own_key_is_on_p_521_is_verified_or_the_key_is_named_as_a_cause() {
    needs!("openssl");
    let pki = Pki::new();
    pki.authority("ca", "P-256", "sha256");
    let own = Make { key: "P-521", digest: "sha256", issuer: "ca", extensions: SERVER };
    pki.make("server", own);
    for version in ["-tls1_3", "-tls1_2"] {
        let result = pki.token_from_openssl("server", "ca", version);
        // In TLS 1.2, OpenSSL requires the curve among those of the key exchange.
        if cfg!(feature = "all-ecdsa") && version == "-tls1_3" {
            // The response of openssl is not a token response, so the handshake has succeeded.
            assert_ne!(result.expect_err("a page").kind(), ErrorKind::Tls, "{version}");
        } else {
            assert_refused(
                result,
                "a key that is not verified here, such as one on the curve P-521",
            );
        }
    }
}

#[test]
fn sha_1_is_named_with_the_certificate_that_has_it() {
    needs!("openssl");
    let pki = Pki::new();
    pki.authority("ca", "rsa2048", "sha256");
    let (weak, good) = ("sha1", "sha256");
    let server = Make { key: "P-256", digest: weak, issuer: "ca", extensions: SERVER };
    pki.make("server", server);
    assert_refused(
        pki.token(&["server"], "ca"),
        &format!(
            "the server's certificate \"CN=server, O=Example\" is signed with RSA and SHA-1 by \
             \"CN=ca, O=Example\", which has an RSA key of 2048 bits, and this library does not \
             verify that; have it issued anew, {REMEDY}"
        ),
    );
    pki.make("middle", Make { extensions: AUTHORITY, ..server });
    pki.make("below", Make { digest: good, issuer: "middle", ..server });
    assert_refused(
        pki.token(&["below", "middle"], "ca"),
        "intermediate certificate 1 of the chain \"CN=middle, O=Example\" is signed with RSA and \
         SHA-1 by \"CN=ca, O=Example\"",
    );
}

#[test]
fn a_curve_that_no_build_verifies_is_named_without_the_feature() {
    needs!("openssl");
    let pki = Pki::new();
    pki.authority("ca", "secp256k1", "sha256");
    let server = Make { key: "P-256", digest: "sha256", issuer: "ca", extensions: SERVER };
    pki.make("server", server);
    assert_refused(
        pki.token(&["server"], "ca"),
        &format!(
            "which has a key on the curve secp256k1, and this library does not verify that; have \
             it issued anew, {REMEDY}"
        ),
    );
}

#[test]
fn an_rsa_key_of_1024_bits_is_named_with_its_size() {
    needs!("openssl");
    let pki = Pki::new();
    pki.authority("ca", "rsa2048", "sha256");
    pki.authority("short", "rsa1024", "sha256");
    let short = Make { key: "rsa1024", digest: "sha256", issuer: "ca", extensions: SERVER };
    pki.make("server", short);
    let remedy = "an RSA key of 1024 bits, and this library verifies RSA from 2048 bits on; have \
                  it issued anew with a larger key";
    assert_refused(
        pki.token_from_openssl("server", "ca", "-tls1_3"),
        &format!("the server's certificate \"CN=server, O=Example\" has {remedy}"),
    );
    pki.make("below", Make { key: "P-256", issuer: "short", ..short });
    assert_refused(
        pki.token(&["below"], "short"),
        &format!(
            "the server's certificate \"CN=below, O=Example\" is signed by \"CN=short, \
             O=Example\", which has {remedy}"
        ),
    );
}

#[test]
fn a_certificate_of_version_1_is_named() {
    needs!("openssl");
    let pki = Pki::new();
    pki.authority("ca", "P-256", "sha256");
    let old = Make { key: "P-256", digest: "sha256", issuer: "ca", extensions: "" };
    pki.make("server", old);
    let words = "is of X.509 version 1, and only version 3 is accepted; have it issued anew with \
                 version 3";
    assert_refused(
        pki.token(&["server"], "ca"),
        &format!("the server's certificate \"CN=server, O=Example\" {words}"),
    );
    pki.make("middle", old);
    pki.make("below", Make { issuer: "middle", extensions: SERVER, ..old });
    assert_refused(
        pki.token(&["below", "middle"], "ca"),
        &format!("intermediate certificate 1 of the chain \"CN=middle, O=Example\" {words}"),
    );
}
