//! The handle of a simulator: starts it on a thread, controls it, and ends it.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::faults::{Fault, Place};
use crate::settings::Settings;
use crate::state::{AppliedPush, Counters, Declared, RecordedRequest, Shared, State};
use crate::uploads::Upload;
use crate::{server, tls};

/// A running simulator. Dropping it ends it.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    ca_pem: String,
    tls: bool,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts with TLS, on a free port of loopback, with the usual settings.
    pub fn start() -> Simulator {
        Simulator::start_with(Settings::default())
    }

    /// Starts with other settings.
    ///
    /// # Panics
    ///
    /// Panics when loopback has no free port, or not the requested one.
    pub fn start_with(settings: Settings) -> Simulator {
        Simulator::try_start_with(settings).expect("loopback has a free port")
    }

    /// Starts with other settings. Returns an error when the port cannot be used.
    pub fn try_start_with(settings: Settings) -> io::Result<Simulator> {
        let with_tls = settings.tls;
        let port = settings.port;
        let (acceptor, ca_pem) = tls::temporary_authority();
        let acceptor = with_tls.then_some(acceptor);
        let state = Mutex::new(State::new(settings));
        let pending = AtomicUsize::new(0);
        let shared = Arc::new(Shared { clock: Clock::new(), state, pending });
        let (stop, stopped) = oneshot::channel();
        let (send, received) = mpsc::channel();
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.expect("the machine has room for a runtime").block_on(async {
                let listener = match TcpListener::bind(("127.0.0.1", port)).await {
                    Ok(listener) => listener,
                    Err(error) => return drop(send.send(Err(error))),
                };
                let _ = send.send(listener.local_addr());
                tokio::select! {
                    () = server::run(listener, acceptor, served) => {}
                    _ = stopped => {}
                }
            });
        });
        let address = received.recv().expect("the simulator's thread sends its address")?;
        let (stop, thread) = (Some(stop), Some(thread));
        Ok(Simulator { shared, address, ca_pem, tls: with_tls, stop, thread })
    }

    /// Returns scheme, host, port and path prefix. The host is `localhost`, or `127.0.0.1` on a
    /// machine that cannot resolve that name because it has no hosts file.
    pub fn origin(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let host = if resolves_localhost() { "localhost" } else { "127.0.0.1" };
        let prefix = &self.state().settings.path_prefix;
        format!("{scheme}://{host}:{}{prefix}", self.address.port())
    }

    /// Returns the address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the certificate of the temporary authority, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Returns the client id of its only application.
    pub fn client_id(&self) -> String {
        self.state().client_id.clone()
    }

    /// Changes the client id of the application.
    pub fn set_client_id(&self, id: &str) {
        self.state().client_id = id.to_owned();
    }

    /// Returns the client secret of the application.
    pub fn client_secret(&self) -> String {
        self.state().client_secret.clone()
    }

    /// Changes the client secret of the application, as the console does.
    pub fn set_client_secret(&self, secret: &str) {
        let mut state = self.state();
        state.client_secret = secret.to_owned();
        if state.settings.rotation_revokes_token {
            state.live = None;
        }
    }

    /// Issues a token to another client of the same application, which revokes the live one.
    pub fn issue_elsewhere(&self) -> String {
        let now = self.shared.clock.now();
        let mut state = self.state();
        state.counters.tokens_issued_elsewhere += 1;
        state.issue("connectors.self:write-resource connectors.self:read-resource", now)
    }

    /// Revokes the live token.
    pub fn revoke_token(&self) {
        self.state().live = None;
    }

    /// Returns the live token, if there is one.
    pub fn live_token(&self) -> Option<String> {
        let now = self.shared.clock.now();
        self.state().live(now).map(|live| live.token.clone())
    }

    /// Lets time pass for the simulator: for the lifetime of tokens, the rate limits and the dates
    /// of rows.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// Takes the time from `time` from now on: since some fixed moment, and since 1970. For tests
    /// in which several processes and the simulator share a clock. May be called once.
    ///
    /// # Panics
    ///
    /// Panics when it follows a clock already.
    pub fn follow_clock(&self, time: impl Fn() -> (Duration, Duration) + Send + Sync + 'static) {
        self.shared.clock.follow(time);
    }

    /// Changes settings while it runs.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state().settings);
    }

    /// Declares a resource as the console does, with custom properties as a JSON Type Definition.
    pub fn declare(&self, resource_id: &str, kind: &str, custom_properties: Option<Value>) {
        let declared = Declared { kind: kind.to_owned(), custom: custom_properties };
        self.state().declared.insert(resource_id.to_owned(), declared);
    }

    /// Declares a document, to which files can be uploaded.
    pub fn declare_document(&self, document_id: &str) {
        self.state().documents.insert(document_id.to_owned());
    }

    /// Queues faults. Each request at `place` uses one.
    pub fn script(&self, place: Place, faults: impl IntoIterator<Item = Fault>) {
        self.state().script.add(place, faults);
    }

    /// Removes the faults that no request has used yet.
    pub fn clear_script(&self) {
        self.state().script.clear();
    }

    /// Waits until no connection is open and no request is pending, so that
    /// [`applied_pushes`](Simulator::applied_pushes) and [`uploads`](Simulator::uploads) are
    /// final. Returns false when `timeout` ends first, as it does while a client keeps its
    /// connections.
    pub fn wait_until_quiet(&self, timeout: Duration) -> bool {
        let began = Instant::now();
        while self.shared.pending.load(Ordering::SeqCst) > 0 {
            if began.elapsed() >= timeout {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// Returns the numbers of requests so far.
    pub fn counters(&self) -> Counters {
        self.state().counters.clone()
    }

    /// Returns the rows of a resource as a list shows them, soft-deleted ones included; never
    /// stale.
    pub fn rows(&self, kind: &str, resource_id: &str) -> Vec<Value> {
        self.state().shown(&(kind.to_owned(), resource_id.to_owned()))
    }

    /// Returns every push that took effect so far, whether its response arrived or not.
    pub fn applied_pushes(&self) -> Vec<AppliedPush> {
        self.state().taken.clone()
    }

    /// Returns every accepted upload so far.
    pub fn uploads(&self) -> Vec<Upload> {
        self.state().uploads.clone()
    }

    /// Returns every request so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().recorded.clone()
    }

    /// Returns the last request to the token endpoint.
    pub fn last_token_request(&self) -> Option<RecordedRequest> {
        let state = self.state();
        state.recorded.iter().rev().find(|request| request.target == "/oauth/token").cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no handler panics while it holds the state")
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A simulator that panicked has failed its test already.
            let _ = thread.join();
        }
    }
}

/// Returns whether the machine resolves `localhost`. Looks it up once.
fn resolves_localhost() -> bool {
    static RESOLVES: OnceLock<bool> = OnceLock::new();
    *RESOLVES.get_or_init(|| ("localhost", 0).to_socket_addrs().is_ok())
}
