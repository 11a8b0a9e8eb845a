//! The cipher suites of ring, with one difference: what the server sends is decrypted in our buffer
//! and stays there.
//!
//! rustls decrypts a record where it lies, and then copies its content into a vector of its own,
//! which it frees without wiping it. That copy would be the only one that is out of our reach, and
//! an access token may be in it. So our decrypter, which wraps the one of ring, hands over no more
//! than the first byte of content. `TlsStream` takes the rest from the buffer that it gave, and
//! wipes it there.
//!
//! Nothing here decides what is valid: ring decrypts and authenticates, and rustls keeps the keys,
//! the sequence numbers and the order of messages. Other messages than content pass unchanged.

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError,
};
use rustls::crypto::ring::cipher_suite as ring;
use rustls::{
    CipherSuiteCommon, ConnectionTrafficSecrets, ContentType, Error, SupportedCipherSuite,
    Tls12CipherSuite, Tls13CipherSuite,
};

/// How many bytes of content are handed over. With none, rustls would take the record for one of
/// the empty ones, of which it allows only a few.
const HANDED_OVER: usize = 1;

struct InPlace(Box<dyn MessageDecrypter>);

impl MessageDecrypter for InPlace {
    fn decrypt<'a>(
        &mut self,
        message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let begin = message.payload.as_ptr();
        let mut plain = self.0.decrypt(message, sequence)?;
        if plain.typ != ContentType::ApplicationData {
            return Ok(plain);
        }
        // `TlsStream` looks for the content there.
        if plain.payload.as_ptr() != begin {
            return Err(Error::General("a record was decrypted elsewhere".to_owned()));
        }
        plain.payload = plain.payload.get(..HANDED_OVER).unwrap_or_default();
        Ok(plain)
    }
}

struct Tls13(&'static dyn Tls13AeadAlgorithm);

impl Tls13AeadAlgorithm for Tls13 {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        self.0.encrypter(key, iv)
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(InPlace(self.0.decrypter(key, iv)))
    }

    fn key_len(&self) -> usize {
        self.0.key_len()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        self.0.extract_keys(key, iv)
    }
}

struct Tls12(&'static dyn Tls12AeadAlgorithm);

impl Tls12AeadAlgorithm for Tls12 {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        self.0.encrypter(key, iv, extra)
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(InPlace(self.0.decrypter(key, iv)))
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        self.0.key_block_shape()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: &[u8],
        explicit: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        self.0.extract_keys(key, iv, explicit)
    }
}

const fn common(of: &CipherSuiteCommon) -> CipherSuiteCommon {
    CipherSuiteCommon {
        suite: of.suite,
        hash_provider: of.hash_provider,
        confidentiality_limit: of.confidentiality_limit,
    }
}

const fn tls13(suite: &SupportedCipherSuite) -> &'static Tls13CipherSuite {
    match suite {
        SupportedCipherSuite::Tls13(suite) => suite,
        SupportedCipherSuite::Tls12(_) => panic!("a suite of TLS 1.2"),
    }
}

const fn tls12(suite: &SupportedCipherSuite) -> &'static Tls12CipherSuite {
    match suite {
        SupportedCipherSuite::Tls12(suite) => suite,
        SupportedCipherSuite::Tls13(_) => panic!("a suite of TLS 1.3"),
    }
}

/// The suite with our decrypter.
macro_rules! in_place {
    ($suite:ident in TLS 1.3) => {{
        static INNER: &Tls13CipherSuite = tls13(&ring::$suite);
        static CIPHER: Tls13 = Tls13(INNER.aead_alg);
        static SUITE: Tls13CipherSuite = Tls13CipherSuite {
            common: common(&INNER.common),
            hkdf_provider: INNER.hkdf_provider,
            aead_alg: &CIPHER,
            quic: None,
        };
        SupportedCipherSuite::Tls13(&SUITE)
    }};
    ($suite:ident in TLS 1.2) => {{
        static INNER: &Tls12CipherSuite = tls12(&ring::$suite);
        static CIPHER: Tls12 = Tls12(INNER.aead_alg);
        static SUITE: Tls12CipherSuite = Tls12CipherSuite {
            common: common(&INNER.common),
            prf_provider: INNER.prf_provider,
            kx: INNER.kx,
            sign: INNER.sign,
            aead_alg: &CIPHER,
        };
        SupportedCipherSuite::Tls12(&SUITE)
    }};
}

/// Those of ring, in its order.
pub(super) static SUITES: [SupportedCipherSuite; 9] = [
    in_place!(TLS13_AES_256_GCM_SHA384 in TLS 1.3),
    in_place!(TLS13_AES_128_GCM_SHA256 in TLS 1.3),
    in_place!(TLS13_CHACHA20_POLY1305_SHA256 in TLS 1.3),
    in_place!(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 in TLS 1.2),
    in_place!(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 in TLS 1.2),
    in_place!(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 in TLS 1.2),
    in_place!(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 in TLS 1.2),
    in_place!(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 in TLS 1.2),
    in_place!(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 in TLS 1.2),
];
