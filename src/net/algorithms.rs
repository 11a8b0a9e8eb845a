//! The algorithms of signatures and keys, in words.

use rustls::pki_types::{SignatureVerificationAlgorithm, alg_id};

use super::der::{Der, tag};

/// Object identifiers as they are encoded, and the words for them.
type Words = [(&'static [u8], &'static str)];

const SIGNATURES: &Words = &[
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1], "ECDSA and SHA-1"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1], "ECDSA and SHA-224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "ECDSA and SHA-256"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], "ECDSA and SHA-384"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], "ECDSA and SHA-512"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2], "RSA and MD2"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4], "RSA and MD5"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], "RSA and SHA-1"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "RSA-PSS"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], "RSA and SHA-256"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], "RSA and SHA-384"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], "RSA and SHA-512"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 14], "RSA and SHA-224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3], "DSA and SHA-1"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2], "DSA and SHA-256"),
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17], "ML-DSA-44"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18], "ML-DSA-65"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19], "ML-DSA-87"),
    (&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75], "SM2 and SM3"),
];

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

const CURVES: &Words = &[
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "P-256"),
    (&[0x2b, 0x81, 4, 0, 0x22], "P-384"),
    (&[0x2b, 0x81, 4, 0, 0x23], "P-521"),
    (&[0x2b, 0x81, 4, 0, 0x21], "P-224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1], "P-192"),
    (&[0x2b, 0x81, 4, 0, 0x0a], "secp256k1"),
    (&[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7], "brainpoolP256r1"),
    (&[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11], "brainpoolP384r1"),
    (&[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13], "brainpoolP512r1"),
];

fn known(words: &Words, oid: &[u8]) -> Option<&'static str> {
    words.iter().find(|(known, _)| *known == oid).map(|(_, words)| *words)
}

/// The algorithm of a signature: the content of an `AlgorithmIdentifier`.
pub(super) fn signature(identifier: &[u8]) -> String {
    let oid = Der(identifier).take(tag::OID).unwrap_or_default();
    known(SIGNATURES, oid).map_or_else(|| unknown(oid), str::to_owned)
}

/// Whether signatures of this algorithm are verified with this key.
pub(super) fn is_verified(
    verified: &[&'static dyn SignatureVerificationAlgorithm],
    identifier: &[u8],
    key: &PublicKey<'_>,
) -> bool {
    verified.iter().any(|algorithm| {
        *algorithm.signature_alg_id() == *identifier
            && key.identifier() == Some(&algorithm.public_key_alg_id())
    })
}

/// Whether the feature `all-ecdsa` makes the library verify them.
pub(super) fn is_optional(identifier: &[u8], key: &PublicKey<'_>) -> bool {
    let signatures = [alg_id::ECDSA_SHA256, alg_id::ECDSA_SHA384, alg_id::ECDSA_SHA512];
    let keys = [alg_id::ECDSA_P256, alg_id::ECDSA_P384, alg_id::ECDSA_P521];
    !cfg!(feature = "all-ecdsa")
        && signatures.iter().any(|known| **known == *identifier)
        && keys.iter().any(|known| key.identifier() == Some(known))
}

fn unknown(oid: &[u8]) -> String {
    match dotted(oid) {
        Some(oid) => format!("an unknown algorithm, {oid}"),
        None => "an algorithm without a name".to_owned(),
    }
}

/// A public key: the content of a `SubjectPublicKeyInfo`.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicKey<'a>(pub(super) &'a [u8]);

impl PublicKey<'_> {
    /// The content of the `AlgorithmIdentifier`.
    fn identifier(&self) -> Option<&[u8]> {
        Der(self.0).take(tag::SEQUENCE)
    }

    fn algorithm(&self) -> Option<(&[u8], Der<'_>)> {
        let mut identifier = Der(self.identifier()?);
        let oid = identifier.take(tag::OID)?;
        Some((oid, identifier))
    }

    fn is_rsa(&self) -> bool {
        self.algorithm().is_some_and(|(oid, _)| oid == RSA || oid == RSA_PSS)
    }

    /// The bits of an RSA key's modulus; `None` for other keys.
    pub(super) fn rsa_bits(&self) -> Option<usize> {
        let mut info = Der(self.0);
        info.take(tag::SEQUENCE).filter(|_| self.is_rsa())?;
        // The first byte of a bit string counts the bits that its last one lacks.
        let (_, key) = info.take(tag::BIT_STRING)?.split_first()?;
        let modulus = Der(key).open(tag::SEQUENCE)?.take(tag::INTEGER)?;
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let digits = &modulus[zeros..];
        let first = digits.first().map_or(0, |byte| byte.leading_zeros() as usize);
        Some(digits.len() * 8 - first)
    }

    /// For a sentence as "its key is …".
    pub(super) fn words(&self) -> String {
        if let Some(bits) = self.rsa_bits() {
            return format!("an RSA key of {bits} bits");
        }
        let Some((oid, mut parameters)) = self.algorithm() else {
            return "a key that cannot be read".to_owned();
        };
        if oid == EC {
            let curve = parameters.take(tag::OID).unwrap_or_default();
            let name = known(CURVES, curve).map(str::to_owned).or_else(|| dotted(curve));
            return name.map_or("a key on a curve without a name".to_owned(), |name| {
                format!("a key on the curve {name}")
            });
        }
        match known(SIGNATURES, oid) {
            Some(name) => format!("a key for {name}"),
            None => format!("a key for {}", unknown(oid)),
        }
    }
}

/// The most bytes of an object identifier that are shown.
const LONGEST: usize = 32;

/// An object identifier as it is written in standards, such as 1.2.840.10045.4.3.4.
fn dotted(oid: &[u8]) -> Option<String> {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc: u64 = 0;
    for byte in oid.iter().take(LONGEST) {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    let first = *arcs.first()?;
    let top = (first / 40).min(2);
    let rest = arcs[1..].iter().map(|arc| format!(".{arc}"));
    Some(rest.fold(format!("{top}.{}", first - top * 40), |text, arc| text + &arc))
}
