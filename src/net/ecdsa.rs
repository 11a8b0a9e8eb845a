//! Verifies ECDSA signatures that ring does not: by keys on P-521, and with SHA-512 by keys on
//! P-256 and P-384. The CA of some inspecting proxies makes them.
//!
//! ring hashes; crates of pure Rust do the arithmetic. Nothing secret is computed with.

use std::sync::LazyLock;

use ring::digest;
use rustls::SignatureScheme;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

type Algorithms = &'static [&'static dyn SignatureVerificationAlgorithm];

/// Verifies a digest with a public key. Both the key and the signature are encoded as in a
/// certificate.
type Verify = fn(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()>;

#[derive(Debug)]
struct Ecdsa {
    key: AlgorithmIdentifier,
    verify: Verify,
    signature: AlgorithmIdentifier,
    digest: &'static digest::Algorithm,
}

macro_rules! verify {
    ($name:ident, $curve:ident) => {
        fn $name(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
            use $curve::ecdsa::signature::hazmat::PrehashVerifier;
            let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
            let signature = $curve::ecdsa::Signature::from_der(signature).ok()?;
            key.verify_prehash(digest, &signature).ok()
        }
    };
}

verify!(p256_verify, p256);
verify!(p384_verify, p384);
verify!(p521_verify_prehash, p521);

/// The crate refuses a digest of less than half a field's size. Zeros before it change no number.
fn p521_verify(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let mut padded = [0; 66];
    padded.get_mut(66_usize.checked_sub(digest.len())?..)?.copy_from_slice(digest);
    p521_verify_prehash(key, &padded, signature)
}

const fn p521_with(signature: AlgorithmIdentifier, digest: &'static digest::Algorithm) -> Ecdsa {
    Ecdsa { key: alg_id::ECDSA_P521, verify: p521_verify, signature, digest }
}

const SHA512: AlgorithmIdentifier = alg_id::ECDSA_SHA512;
static P521_SHA256: Ecdsa = p521_with(alg_id::ECDSA_SHA256, &digest::SHA256);
static P521_SHA384: Ecdsa = p521_with(alg_id::ECDSA_SHA384, &digest::SHA384);
static P521_SHA512: Ecdsa = p521_with(SHA512, &digest::SHA512);
static P256_SHA512: Ecdsa = Ecdsa {
    key: alg_id::ECDSA_P256,
    verify: p256_verify,
    signature: SHA512,
    digest: &digest::SHA512,
};
static P384_SHA512: Ecdsa = Ecdsa {
    key: alg_id::ECDSA_P384,
    verify: p384_verify,
    signature: SHA512,
    digest: &digest::SHA512,
};

impl SignatureVerificationAlgorithm for Ecdsa {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }

    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let digest = digest::digest(self.digest, message);
        (self.verify)(public_key, digest.as_ref(), signature).ok_or(InvalidSignature)
    }
}

/// The provider with these algorithms too.
pub(super) fn with_all(provider: CryptoProvider) -> CryptoProvider {
    static ALL: LazyLock<WebPkiSupportedAlgorithms> = LazyLock::new(|| {
        all_of(rustls::crypto::ring::default_provider().signature_verification_algorithms)
    });
    CryptoProvider { signature_verification_algorithms: *ALL, ..provider }
}

/// Adds ours to those of ring. rustls wants lists that live as long as the process, so they are
/// made once.
fn all_of(ring: WebPkiSupportedAlgorithms) -> WebPkiSupportedAlgorithms {
    let ours: Borrowed<'_> =
        &[&P521_SHA256, &P521_SHA384, &P521_SHA512, &P384_SHA512, &P256_SHA512];
    // TLS 1.3 takes the first of each list. In TLS 1.2 a scheme fixes no curve.
    let schemes = ring.mapping.iter().map(|(scheme, verified)| match scheme {
        SignatureScheme::ECDSA_NISTP256_SHA256 => (*scheme, joined(verified, &[&P521_SHA256])),
        SignatureScheme::ECDSA_NISTP384_SHA384 => (*scheme, joined(verified, &[&P521_SHA384])),
        _ => (*scheme, *verified),
    });
    let p521 = joined(&[&P521_SHA512], &[&P384_SHA512, &P256_SHA512]);
    let p521 = (SignatureScheme::ECDSA_NISTP521_SHA512, p521);
    WebPkiSupportedAlgorithms {
        all: joined(ring.all, ours),
        mapping: schemes.chain([p521]).collect::<Vec<_>>().leak(),
    }
}

type Borrowed<'a> = &'a [&'static dyn SignatureVerificationAlgorithm];

fn joined(first: Borrowed<'_>, second: Borrowed<'_>) -> Algorithms {
    [first, second].concat().leak()
}
