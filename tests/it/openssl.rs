//! Certificates that only the `openssl` command can make, and servers that present them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection};
use vanta::{Client, Config, Error, Roots};

use crate::harness::{TempFile, TempFolder};
use crate::tools::assert_declared;

pub const AUTHORITY: &str = "basicConstraints=critical,CA:TRUE\n";
pub const SERVER: &str = "subjectAltName=IP:127.0.0.1\n";

/// A folder of keys and certificates.
pub struct Pki {
    folder: TempFolder,
}

/// The parameters of a certificate.
#[derive(Clone, Copy)]
pub struct Make<'a> {
    /// A curve, or `rsa` and a number of bits.
    pub key: &'a str,
    pub digest: &'a str,
    /// The name of the issuing certificate; its own for a self-signed one.
    pub issuer: &'a str,
    /// Without extensions, the certificate has version 1.
    pub extensions: &'a str,
}

impl Pki {
    pub fn new() -> Pki {
        Pki { folder: TempFolder::new() }
    }

    pub fn path(&self, file: &str) -> String {
        self.folder.path().join(file).display().to_string()
    }

    pub fn run(&self, words: &[&str]) -> Vec<u8> {
        assert_declared("openssl");
        let mut command = Command::new("openssl");
        command.args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        let output = command.output().expect("openssl runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {errors}");
        output.stdout
    }

    /// Makes the files NAME.pem and NAME.key, with the subject CN=NAME, O=Example.
    pub fn make(&self, name: &str, make: Make<'_>) {
        let [key, request, out] = ["key", "csr", "pem"].map(|ending| format!("{name}.{ending}"));
        let (algorithm, option) = match make.key.strip_prefix("rsa") {
            Some(bits) => ("RSA", format!("rsa_keygen_bits:{bits}")),
            None => ("EC", format!("ec_paramgen_curve:{}", make.key)),
        };
        self.run(&["genpkey", "-algorithm", algorithm, "-pkeyopt", &option, "-out", &key]);
        let subject = format!("/CN={name}/O=Example");
        self.run(&["req", "-new", "-key", &key, "-subj", &subject, "-out", &request]);
        let digest = format!("-{}", make.digest);
        let mut words = vec!["x509", "-req", "-in", &request, "-days", "30", &digest, "-out", &out];
        let (ca, ca_key) = (format!("{}.pem", make.issuer), format!("{}.key", make.issuer));
        if make.issuer == name {
            words.extend(["-signkey", &key]);
        } else {
            words.extend(["-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"]);
        }
        let [file, config] = ["ext", "cnf"].map(|ending| format!("{name}.{ending}"));
        self.folder.write(&file, make.extensions.as_bytes());
        if !make.extensions.is_empty() {
            words.extend(["-extfile", &file]);
        }
        self.run(&words);
        if make.extensions.is_empty() && self.has_version_3(&out) {
            self.folder.write(&config, b"[req]\ndistinguished_name=name\n[name]\n");
            let words = ["req", "-x509", "-x509v1", "-config", &config, "-in", &request, &digest];
            self.run(&[&words[..], &["-CA", &ca, "-CAkey", &ca_key, "-out", &out]].concat());
        }
    }

    /// Newer versions of openssl add extensions unless version 1 is requested.
    fn has_version_3(&self, certificate: &str) -> bool {
        let text = self.run(&["x509", "-in", certificate, "-noout", "-text"]);
        String::from_utf8_lossy(&text).contains("Version: 3")
    }

    pub fn authority(&self, name: &str, key: &str, digest: &str) {
        self.make(name, Make { key, digest, issuer: name, extensions: AUTHORITY });
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).expect("it was made")
    }

    /// Returns the certificates of these names, one after the other.
    pub fn pem(&self, names: &[&str]) -> String {
        names.iter().map(|name| self.read(&format!("{name}.pem"))).collect()
    }

    /// Returns the result of a client that trusts `authority` with a server of this chain.
    pub fn token(&self, chain: &[&str], authority: &str) -> Result<(), Error> {
        let key = PrivateKeyDer::from_pem_slice(self.read(&format!("{}.key", chain[0])).as_bytes());
        let certificates = self.pem(chain);
        let certificates = CertificateDer::pem_slice_iter(certificates.as_bytes());
        let certificates = certificates.map(|it| it.expect("a certificate")).collect();
        let server = Shown::new(certificates, key.expect("a key"));
        token_from(server, &self.pem(&[authority]))
    }

    /// Returns the same with a server of openssl, which has no rules about keys.
    pub fn token_from_openssl(
        &self,
        name: &str,
        authority: &str,
        version: &str,
    ) -> Result<(), Error> {
        let server = Openssl::start(self, name, version);
        let ca = TempFile::new("pem", self.pem(&[authority]).as_bytes());
        let result = client(server.port, &ca).token().map(drop);
        drop(server);
        result
    }
}

fn client(port: u16, ca: &TempFile) -> Client {
    let config = Config::new().origin(format!("https://127.0.0.1:{port}")).ca_file(ca.path());
    let config = config.client_id(format!("vci_{port}")).client_secret("vcs_tls_0123456789");
    Client::new(config.roots(Roots::None)).expect("right")
}

/// A server of openssl, on a port of its choice.
struct Openssl {
    process: Child,
    port: u16,
}

impl Openssl {
    fn start(pki: &Pki, name: &str, version: &str) -> Openssl {
        assert_declared("openssl");
        let [certificate, key] = ["pem", "key"].map(|ending| pki.path(&format!("{name}.{ending}")));
        let mut command = Command::new("openssl");
        command.args([
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-www",
            version,
            "-cipher",
            "ALL:@SECLEVEL=0",
        ]);
        command.args(["-cert", &certificate, "-key", &key]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("openssl runs");
        let stdout = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut ports = stdout.map_while(Result::ok).filter_map(|line| {
            let address = line.strip_prefix("ACCEPT ")?.to_owned();
            address.rsplit(':').next()?.parse().ok()
        });
        let port = ports.next().expect("it says where it listens");
        Openssl { process, port }
    }
}

impl Drop for Openssl {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A chain that a server presents, whatever it contains.
#[derive(Debug)]
pub struct Shown(Arc<CertifiedKey>);

impl Shown {
    pub fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Shown {
        let key = ring::sign::any_supported_type(&key).expect("a key that ring signs with");
        Shown(Arc::new(CertifiedKey::new(chain, key)))
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// Returns the result of a client that trusts `authority` with this server.
pub fn token_from(server: Shown, authority: &str) -> Result<(), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().expect("bound").port();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(server));
    let thread = thread::spawn(move || respond(&listener, config));
    let ca = TempFile::new("pem", authority.as_bytes());
    let result = client(port, &ca).token().map(drop);
    let served = thread.join().expect("no panic");
    assert_eq!(result.is_ok(), served.is_ok(), "{result:?}, {served:?}");
    result
}

/// Responds to one request with a token.
fn respond(listener: &TcpListener, config: ServerConfig) -> io::Result<()> {
    let (mut tcp, _) = listener.accept()?;
    let mut tls = ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
    let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
    stream.read_exact(&mut [0; 100])?;
    let body = r#"{"access_token":"vat_tls_0123456789","expires_in":3599,"token_type":"Bearer"}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes())
}
