//! A peer on loopback that plays a script on each connection, and reports how far it came.

use std::io::{self, ErrorKind as Io, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection};
use serde::Deserialize;
use socket2::{Domain, SockRef, Socket, Type};
use vanta::TestClock;

/// Longer than any call here may take.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// More than any buffers between two sockets can hold.
const MOST: usize = 64 << 20;

/// A connection from this address means that the test is over.
const WAKER: &str = "127.0.0.3:0";

/// One step of a script. As a word:
///
/// * `GET …`, `PUT …`, `POST …`, `CONNECT …`: reads a whole request of this method, which
///   contains the other words; with `head` instead of them, only its head
/// * `200 …`: a complete response of this status, with this body
/// * `hello`: reads a TLS record; `tls`: makes a handshake, `tls fails` one that must fail
/// * `half`: closes the write side; `wait`: reads until the client has closed; `stare`: no reads
/// * `close`, `reset`: immediately; a script that just ends closes the connection properly
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Step {
    Word(String),
    Action(PeerAction),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PeerAction {
    Response(Response),
    /// Reads this many more bytes.
    Take(usize),
    Send(Text),
    /// Sends each byte by itself.
    Slow(Text),
    /// Sends the same again and again, until the client has closed.
    Flood(Text),
    /// The same, but only a byte now and then.
    Drip(Text),
    /// Sends outside TLS.
    Bare(Text),
    /// Moves the clocks of the client's machine, in seconds.
    Advance(u64),
    Wall(i64),
    Suspend(u64),
}

/// A complete response, with a correct length.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    pub status: u16,
    #[serde(default)]
    pub head: String,
    #[serde(default)]
    pub body: Text,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Text {
    One(String),
    Parts(Vec<Part>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Part {
    One(String),
    Times(String, usize),
    Hex { hex: String },
}

impl Default for Text {
    fn default() -> Text {
        Text::One(String::new())
    }
}

/// The parameters of a peer.
#[derive(Clone)]
pub struct Setup {
    pub tls: Option<Arc<ServerConfig>>,
    pub clock: TestClock,
    /// Names in texts, and their replacements.
    pub names: Vec<(&'static str, String)>,
    /// Whether the client is done.
    pub over: Arc<AtomicBool>,
}

impl Setup {
    pub fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    fn bytes(&self, text: &Text) -> Vec<u8> {
        let part = |part: &Part| match part {
            Part::One(text) => self.fill(text).into_bytes(),
            Part::Times(text, times) => self.fill(text).repeat(*times).into_bytes(),
            Part::Hex { hex } => {
                let digits: Vec<char> = hex.chars().filter(|c| *c != ' ').collect();
                let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16);
                digits.chunks(2).map(|pair| byte(pair).expect("hex")).collect()
            }
        };
        match text {
            Text::One(text) => self.fill(text).into_bytes(),
            Text::Parts(parts) => parts.iter().map(part).collect::<Vec<_>>().concat(),
        }
    }

    fn response(&self, response: &Response) -> Vec<u8> {
        let body = self.bytes(&response.body);
        let (status, head, length) = (response.status, self.fill(&response.head), body.len());
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n{head}\r\n");
        [head.into_bytes(), body].concat()
    }
}

/// The report of one connection.
#[derive(Debug, Default)]
pub struct Seen {
    /// The heads of the requests.
    pub requests: Vec<String>,
    /// Why the script was not played to its end.
    pub failure: Option<String>,
}

/// The report of all connections.
#[derive(Debug, Default)]
pub struct PeerReport {
    pub seen: Vec<Seen>,
    /// Connections for which there was no script.
    pub more: usize,
}

pub struct Peer {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    thread: JoinHandle<PeerReport>,
}

impl Peer {
    /// Plays one script for each connection, in their order.
    pub fn start(listener: TcpListener, scripts: Vec<Vec<Step>>, stage: Setup) -> Peer {
        let address = listener.local_addr().expect("bound");
        let over = Arc::clone(&stage.over);
        let thread = thread::spawn(move || serve(&listener, scripts, &stage));
        Peer { address, over, thread }
    }

    /// Waits until the client is done, and returns the report.
    pub fn end(self) -> PeerReport {
        self.over.store(true, Ordering::SeqCst);
        let waker = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let from: SocketAddr = WAKER.parse().expect("an address");
        waker.bind(&from.into()).expect("all of 127 is loopback");
        waker.connect(&self.address.into()).expect("it listens");
        self.thread.join().expect("a peer does not panic")
    }
}

fn serve(listener: &TcpListener, scripts: Vec<Vec<Step>>, stage: &Setup) -> PeerReport {
    let mut scripts = scripts.into_iter();
    let (mut playing, mut more) = (Vec::new(), 0);
    loop {
        let (tcp, from) = listener.accept().expect("a connection");
        if WAKER.starts_with(&from.ip().to_string()) {
            break;
        }
        match scripts.next() {
            Some(script) => {
                let stage = stage.clone();
                playing.push(thread::spawn(move || play(tcp, &script, &stage)));
            }
            None => more += 1,
        }
    }
    let seen = playing.into_iter().map(|one| one.join().expect("a script does not panic"));
    PeerReport { seen: seen.collect(), more }
}

fn play(tcp: TcpStream, script: &[Step], stage: &Setup) -> Seen {
    let mut seen = Seen::default();
    let mut line = Line { tcp, tls: None, waiting: Vec::new() };
    let limit = Some(TIME_LIMIT);
    line.tcp.set_read_timeout(limit).expect("a socket can have a timeout");
    line.tcp.set_write_timeout(limit).expect("a socket can have a timeout");
    for (at, step) in crate::closing_peer::closing(script).iter().enumerate() {
        match line.take_step(step, stage, &mut seen) {
            Ok(true) => {}
            Ok(false) => return seen,
            Err(error) => {
                seen.failure = Some(format!("step {at}, {step:?}: {error}"));
                return seen;
            }
        }
    }
    if let Some(tls) = &mut line.tls {
        tls.send_close_notify();
        let _ = tls.write_tls(&mut line.tcp);
    }
    seen
}

struct Line {
    tcp: TcpStream,
    tls: Option<Box<ServerConnection>>,
    /// Data that came and was not read yet.
    waiting: Vec<u8>,
}

impl Read for Line {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.tcp).read(room),
            None => self.tcp.read(room),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.tcp).write(bytes),
            None => self.tcp.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.tcp).flush(),
            None => Ok(()),
        }
    }
}

fn wrong<T>(why: String) -> io::Result<T> {
    Err(io::Error::other(why))
}

/// Whether the end of the connection was an error, but not a wait that was too long.
fn is_gone(error: &io::Error) -> bool {
    !matches!(error.kind(), Io::WouldBlock | Io::TimedOut)
}

impl Line {
    /// Whether more data may come.
    fn take_step(&mut self, step: &Step, stage: &Setup, seen: &mut Seen) -> io::Result<bool> {
        match step {
            Step::Word(word) => return self.obey(word, stage, seen),
            Step::Action(PeerAction::Response(response)) => {
                self.write_all(&stage.response(response))?
            }
            Step::Action(PeerAction::Take(size)) => drop(self.take(*size)?),
            Step::Action(PeerAction::Send(text)) => self.write_all(&stage.bytes(text))?,
            Step::Action(PeerAction::Slow(text)) => {
                for byte in stage.bytes(text) {
                    self.write_all(&[byte])?;
                    self.flush()?;
                }
            }
            Step::Action(PeerAction::Flood(text)) => self.flood(&stage.bytes(text), None)?,
            Step::Action(PeerAction::Drip(text)) => {
                let (bytes, pause) = (stage.bytes(text), Duration::from_millis(5));
                self.flood(&bytes, Some(pause))?;
            }
            Step::Action(PeerAction::Bare(text)) => self.tcp.write_all(&stage.bytes(text))?,
            Step::Action(PeerAction::Advance(by)) => stage.clock.advance(Duration::from_secs(*by)),
            Step::Action(PeerAction::Wall(by)) => stage.clock.step_wall_ms(by * 1000),
            Step::Action(PeerAction::Suspend(by)) => stage.clock.suspend(Duration::from_secs(*by)),
        }
        self.flush()?;
        Ok(true)
    }

    fn obey(&mut self, word: &str, stage: &Setup, seen: &mut Seen) -> io::Result<bool> {
        let (first, rest) = word.split_once(' ').unwrap_or((word, ""));
        match (first, rest) {
            ("GET" | "PUT" | "POST" | "CONNECT", _) => {
                self.request(first, &stage.fill(rest), seen)?
            }
            ("hello", _) => {
                let head = self.take(5)?;
                self.take(usize::from(u16::from_be_bytes([head[3], head[4]])))?;
            }
            ("tls", "") => self.shake(stage)?,
            ("tls", _) if self.shake(stage).is_ok() => return wrong("hands were shaken".into()),
            ("tls", _) => {}
            ("half", _) => self.tcp.shutdown(Shutdown::Write)?,
            ("wait", _) => self.outwait()?,
            ("stare", _) => {
                while !stage.over.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(5));
                }
            }
            ("close", _) => return Ok(false),
            ("reset", _) => {
                SockRef::from(&self.tcp).set_linger(Some(Duration::ZERO))?;
                return Ok(false);
            }
            _ => {
                let status = first.parse().or_else(|_| wrong(format!("no such word: {word}")))?;
                let body = Text::One(rest.to_owned());
                self.write_all(&stage.response(&Response { status, head: String::new(), body }))?;
                self.flush()?;
            }
        }
        Ok(true)
    }

    fn request(&mut self, method: &str, words: &str, seen: &mut Seen) -> io::Result<()> {
        let end = b"\r\n\r\n";
        while !self.waiting.windows(end.len()).any(|window| window == end) {
            self.more()?;
        }
        let at = self.waiting.windows(end.len()).position(|window| window == end).expect("found");
        let head = self.take(at + end.len())?;
        let head = String::from_utf8_lossy(&head).into_owned();
        seen.requests.push(head.clone());
        if !head.starts_with(&format!("{method} ")) {
            return wrong(format!("it was {:?}", head.lines().next()));
        }
        if words == "head" {
            return Ok(());
        }
        let lower = head.to_ascii_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
        let size = length.map_or(0, |length| length.parse().expect("a length"));
        let body = self.take(size)?;
        let whole = head + &String::from_utf8_lossy(&body);
        if whole.contains(words) { Ok(()) } else { wrong("the words are not in it".to_owned()) }
    }

    fn more(&mut self) -> io::Result<()> {
        let mut room = vec![0; 64 << 10];
        let amount = self.read(&mut room)?;
        self.waiting.extend_from_slice(&room[..amount]);
        if amount > 0 { Ok(()) } else { wrong("the client closed the connection".to_owned()) }
    }

    fn take(&mut self, size: usize) -> io::Result<Vec<u8>> {
        while self.waiting.len() < size {
            self.more()?;
        }
        let rest = self.waiting.split_off(size);
        Ok(std::mem::replace(&mut self.waiting, rest))
    }

    fn shake(&mut self, stage: &Setup) -> io::Result<()> {
        let config = stage.tls.clone().expect("a case with TLS names a certificate");
        let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut self.tcp)?;
        }
        self.tls = Some(Box::new(tls));
        Ok(())
    }

    fn outwait(&mut self) -> io::Result<()> {
        let mut room = vec![0; 64 << 10];
        loop {
            match self.read(&mut room) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if is_gone(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn flood(&mut self, bytes: &[u8], pause: Option<Duration>) -> io::Result<()> {
        let (began, mut sent) = (Instant::now(), 0);
        let size = if pause.is_some() { 1 } else { bytes.len() };
        for piece in bytes.chunks(size).cycle() {
            match self.write_all(piece).and_then(|()| self.flush()) {
                Err(error) if is_gone(&error) => break,
                Err(error) => return Err(error),
                Ok(()) => sent += piece.len(),
            }
            if sent > MOST || began.elapsed() > TIME_LIMIT {
                return wrong(format!("{sent} bytes were taken, and no end"));
            }
            thread::sleep(pause.unwrap_or_default());
        }
        Ok(())
    }
}
