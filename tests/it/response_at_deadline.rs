//! What has come when the deadline or the cancel comes is kept: a token that nobody takes is lost
//! to all jobs, and the next one revokes it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use vanta::simulation::{self, Connection, World};
use vanta::{Cancel, Client, Config, Error, ErrorKind, Token};

const CONTENT: &str = r#"{"access_token":"vat_in_time","expires_in":3600,"token_type":"Bearer"}"#;

/// A server that sends its response in pieces. The call's time is over as the first is read.
#[derive(Clone, Debug)]
struct Server {
    pieces: usize,
    read: Arc<AtomicUsize>,
    /// Ends the call, in the place of its deadline.
    cancel: Option<Cancel>,
}

impl World for Server {
    fn process(&self) -> u64 {
        (1 << 32) + self.pieces as u64
    }

    fn monotonic(&self) -> Duration {
        let is_late = self.cancel.is_none() && self.read.load(Ordering::Relaxed) > 0;
        Duration::from_secs(if is_late { 1_000_000 } else { 1000 })
    }

    fn wall(&self) -> Duration {
        Duration::from_secs(1_800_000_000) + self.monotonic()
    }

    fn boot(&self) -> Duration {
        self.monotonic()
    }

    fn boot_id(&self) -> String {
        "one".to_owned()
    }

    fn sleep(&self, _: Duration) {}

    fn wait(&self, _: Duration) {}

    fn notify(&self) {}

    fn random(&self) -> u64 {
        0
    }

    fn connect(&self, _: SocketAddr) -> Box<dyn Connection> {
        Box::new(self.clone())
    }
}

impl Connection for Server {
    fn connected(&self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }

    fn read(&self, room: &mut [u8], _: Duration) -> io::Result<usize> {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ";
        let response = format!("{head}{}\r\n\r\n{CONTENT}", CONTENT.len());
        let mut pieces = response.as_bytes().chunks(response.len().div_ceil(self.pieces));
        let piece = pieces.nth(self.read.fetch_add(1, Ordering::Relaxed)).unwrap_or_default();
        room[..piece.len()].copy_from_slice(piece);
        self.cancel.iter().for_each(Cancel::cancel);
        Ok(piece.len())
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn wait_to_write(&self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }

    fn peek(&self) -> Option<bool> {
        None
    }
}

/// Requests a token from a server that sends its response in so many pieces.
fn request(pieces: usize, cancel: Option<Cancel>) -> Result<Token, Error> {
    let server = Server { pieces, read: Arc::default(), cancel: cancel.clone() };
    let run = move || {
        simulation::enter(Box::leak(Box::new(server)));
        let config = Config::new()
            .origin("http://127.0.0.1:80")
            .allow_plain_http_to_loopback(true)
            .client_id(format!("vci_late_{pieces}_{}", cancel.is_some()))
            .client_secret("vcs_late");
        let client = Client::new(config).expect("right");
        client.with_cancel(&cancel.unwrap_or_default()).token()
    };
    thread::spawn(run).join().expect("no panic")
}

#[test]
fn token_that_came_whole_is_kept_although_the_deadline_has_passed() {
    let token = request(1, None).expect("it has come");
    assert_eq!(token.secret().expose(), "vat_in_time");
}

#[test]
fn token_that_came_whole_is_kept_although_the_call_was_cancelled() {
    let token = request(1, Some(Cancel::new())).expect("it has come");
    assert_eq!(token.secret().expose(), "vat_in_time");
}

#[test]
fn response_in_pieces_ends_with_the_deadline() {
    let error = request(2, None).expect_err("half of it has come");
    assert_eq!(error.kind(), ErrorKind::TokenResponseLost, "{error}");
    assert!(error.to_string().contains("the deadline passed while reading"), "{error}");
}

#[test]
fn response_in_pieces_ends_with_the_cancel() {
    let error = request(2, Some(Cancel::new())).expect_err("half of it has come");
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
}
