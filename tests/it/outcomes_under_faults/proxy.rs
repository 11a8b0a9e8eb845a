//! A TCP proxy between a client and the simulator that acts at given bytes of the stream.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use vanta::{Cancel, TestClock};

use super::connection::{Act, Connection, Shared, WireFault};

/// The state of an open connection in /proc/net/tcp.
const ESTABLISHED: &str = "01";

/// Longer than any machine takes to end a connection on loopback.
const TIME_LIMIT: Duration = Duration::from_secs(60);

pub struct FaultProxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl FaultProxy {
    pub fn start(server: SocketAddr, clock: TestClock) -> FaultProxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared::new(server, clock));
        let own = Arc::clone(&shared);
        let thread = Some(thread::spawn(move || accept(&listener, &own)));
        FaultProxy { shared, address, thread }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Begins a call with this deadline and these faults, which happen once each and in this order.
    /// Returns the flag by which an act cancels the call.
    pub fn begin(&self, faults: impl IntoIterator<Item = WireFault>, deadline: Duration) -> Cancel {
        let mut call = self.shared.call();
        call.number += 1;
        call.faults = faults.into_iter().collect();
        (call.deadline, call.cancel) = (deadline, Cancel::new());
        call.forwarded = [0; 2];
        call.cancel.clone()
    }

    /// Closes the open connections, and waits until the system of the client has noticed. On a
    /// loaded machine that may take some time, and a request on such a connection would have an
    /// unknown outcome.
    pub fn end_connections(&self, act: Act) {
        self.shared.call().end_with = Some(act);
        let latest = Instant::now() + TIME_LIMIT;
        while self.shared.connections.load(Ordering::SeqCst) > 0 || self.has_client() {
            assert!(Instant::now() < latest, "a connection does not end");
            thread::sleep(Duration::from_micros(200));
        }
        self.shared.call().end_with = None;
    }

    /// Returns whether the system regards a connection to this proxy as open.
    fn has_client(&self) -> bool {
        let table = fs::read_to_string("/proc/net/tcp").expect("Linux has it");
        let peer = format!(":{:04X}", self.port());
        let is_open = |row: &str| {
            let mut fields = row.split_whitespace().skip(2);
            let (remote, state) = (fields.next(), fields.next());
            remote.is_some_and(|remote| remote.ends_with(&peer)) && state == Some(ESTABLISHED)
        };
        table.lines().any(is_open)
    }

    /// Returns the bytes that were forwarded to the server and to the client since the call began.
    pub fn forwarded(&self) -> [u64; 2] {
        self.shared.call().forwarded
    }

    /// Returns how often each act happened.
    pub fn acts(&self) -> BTreeMap<&'static str, usize> {
        self.shared.call().acts.clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            // A proxy that panicked has failed its test already.
            let _ = thread.join();
        }
    }
}

/// Serves each connection on a thread of its own.
fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    loop {
        let (client, _) = listener.accept().expect("a connection");
        if shared.over.load(Ordering::SeqCst) {
            break;
        }
        threads.retain(|thread| !thread.is_finished());
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(shared);
        threads.push(thread::spawn(move || {
            // An error of a side that has closed ends the connection, and nothing else.
            let _ = Connection::new(client, &shared).and_then(Connection::run);
            shared.connections.fetch_sub(1, Ordering::SeqCst);
        }));
    }
    for thread in threads {
        thread.join().expect("no connection panics");
    }
}
