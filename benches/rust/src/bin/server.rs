//! The server of all measured programs: it accepts every request.
//!
//! `server FOLDER [ROWS [echo]]` writes its certificate's authority to `FOLDER/ca.pem`, prints its
//! origin, and serves until its input ends. A list holds ROWS records, one in ten of them
//! soft-deleted; with `echo`, after a PUT it is what was sent. A token request takes
//! `BENCH_TOKEN_MS` milliseconds, and adds a byte to `FOLDER/token_requests`.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const TOKEN: &str = concat!(
    r#"{"access_token":"vat_0123456789abcdef0123456789abcdef0123456789abcdef01234567","#,
    r#""expires_in":3599,"token_type":"Bearer"}"#
);
const SUCCESS: &str = r#"{"success":true}"#;

type Failure = Box<dyn std::error::Error>;

/// Makes a certificate for localhost, and writes its authority to a file.
fn config(folder: &Path) -> Result<ServerConfig, Failure> {
    let mut authority = CertificateParams::new([])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL regards a certificate whose issuer has the same name as self-signed.
    authority.distinguished_name.push(DnType::CommonName, "the benches' authority");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    fs::write(folder.join("ca.pem"), authority.pem())?;
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let key = KeyPair::generate()?;
    let own = CertificateParams::new(names)?.signed_by(&key, &authority)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_no_client_auth().with_single_cert(vec![own.der().clone()], key)?)
}

/// What is listed.
struct List {
    content: Mutex<Arc<[u8]>>,
    echo: bool,
}

impl List {
    fn get(&self) -> Arc<[u8]> {
        Arc::clone(&self.content.lock().expect("no thread panics with it"))
    }

    fn put(&self, content: Vec<u8>) {
        *self.content.lock().expect("no thread panics with it") = content.into();
    }
}

/// Reads a request to its end, and gives its first line. Its content goes to `keep`.
fn request(
    reader: &mut impl BufRead,
    line: &mut String,
    mut keep: impl Write,
) -> io::Result<Option<String>> {
    let (mut first, mut length) = (None, 0);
    loop {
        line.clear();
        if reader.read_line(line)? == 0 {
            return Ok(None);
        }
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
        first.get_or_insert_with(|| text.to_owned());
    }
    io::copy(&mut reader.take(length), &mut keep)?;
    Ok(first)
}

/// Counts a token request in the folder, and takes its time.
fn token_request(folder: &Path) -> io::Result<()> {
    let path = folder.join("token_requests");
    fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(b".")?;
    let wait = std::env::var("BENCH_TOKEN_MS").ok().and_then(|ms| ms.parse().ok());
    thread::sleep(Duration::from_millis(wait.unwrap_or_default()));
    Ok(())
}

fn serve(
    tcp: TcpStream,
    config: Arc<ServerConfig>,
    list: &List,
    folder: &Path,
) -> Result<(), Failure> {
    tcp.set_nodelay(true)?;
    let tls = StreamOwned::new(ServerConnection::new(config)?, tcp);
    let mut reader = BufReader::with_capacity(256 << 10, tls);
    let mut line = String::new();
    loop {
        let mut content = Vec::new();
        let keep: &mut dyn Write = if list.echo { &mut content } else { &mut io::sink() };
        let Some(first) = request(&mut reader, &mut line, keep)? else { return Ok(()) };
        let listed = list.get();
        let body = match first.split(' ').next() {
            Some("POST") if first.contains("/oauth/token") => {
                token_request(folder)?;
                TOKEN.as_bytes()
            }
            Some("GET") => &listed,
            _ => SUCCESS.as_bytes(),
        };
        if list.echo && first.starts_with("PUT") {
            list.put(content);
        }
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        let stream = reader.get_mut();
        stream.write_all(&[head.as_bytes(), body].concat())?;
        stream.flush()?;
    }
}

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("say where the authority's certificate may be written")?;
    let folder: Arc<Path> = Path::new(&folder).into();
    let listed = vanta_benches::list(words.next().map_or(Ok(0), |rows| rows.parse())?);
    let echo = words.next().is_some_and(|word| word == "echo");
    let list = Arc::new(List { content: Mutex::new(listed.into_bytes().into()), echo });
    let config = Arc::new(config(&folder)?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("https://localhost:{}\n", listener.local_addr()?.port());
    io::stdout().write_all(origin.as_bytes())?;
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let (config, list, folder) =
                (Arc::clone(&config), Arc::clone(&list), Arc::clone(&folder));
            thread::spawn(move || drop(serve(tcp, config, &list, &folder)));
        }
    });
    // The program that started this one has the other end of the pipe.
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
