//! Secrets appear nowhere: not in errors, not in Debug output, not in any log at trace level.
//!
//! A logger records everything that any crate logs in the whole run. Each rig, when it is dropped,
//! searches that for its own secrets.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use vanta::{Client, Config, ErrorKind, Kind, Secret};

use crate::counting_allocator;
use crate::fakes;
use crate::harness::{Fault, Place, RESOURCE, Rig, TempFile, TempFolder, accounts, assert_kind};

thread_local! {
    /// Called once, when this thread logs.
    static ON_LOG: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Runs an action inside the logger, as a program's own logger may.
pub fn on_next_log(action: impl FnOnce() + 'static) {
    ON_LOG.set(Some(Box::new(action)));
}

/// The output, by thread, so that dumps of two threads do not mix.
static OUTPUT: Mutex<Option<HashMap<ThreadId, String>>> = Mutex::new(None);

struct LeakLogger;

impl log::Log for LeakLogger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if let Some(action) = ON_LOG.take() {
            action();
        }
        counting_allocator::uncounted(|| {
            let text = record.args().to_string();
            // A row of a dump: forty characters of hexadecimal digits, then sixteen of text, which
            // continues in the next row.
            match text.get(41..).filter(|row| row.len() == 16) {
                Some(row) => record_output(row),
                None => record_output(&format!("\n{text}\n")),
            }
        });
    }

    fn flush(&self) {}
}

/// Records output.
pub fn record_output(text: &str) {
    let mut output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
    let threads = output.get_or_insert_default();
    threads.entry(thread::current().id()).or_default().push_str(text);
}

pub fn install_logger() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&LeakLogger).expect("no other code sets a logger");
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// Returns the forms in which a secret could appear.
pub fn forms(secret: &str) -> Vec<String> {
    let percent: String = secret.bytes().map(|b| format!("%{b:02X}")).collect();
    let mut forms = vec![
        secret.to_owned(),
        serde_json::to_string(secret).expect("text").trim_matches('"').to_owned(),
        percent.to_lowercase(),
        percent,
    ];
    for shift in 0..3 {
        let bytes = [&vec![b' '; shift], secret.as_bytes()].concat();
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            let text = engine.encode(&bytes);
            forms.push(text[(shift * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned());
        }
    }
    forms
}

/// A moment of the run: how much output each thread had made. Its default is the beginning.
///
/// The output of a whole run is large, and a rig's secrets exist only since it was made: searching
/// less keeps the searches fast. No search holds the lock, for each thread that logs needs it.
#[derive(Clone, Default)]
pub struct Moment(HashMap<ThreadId, usize>);

impl Moment {
    pub fn now() -> Moment {
        let output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
        Moment(output.iter().flatten().map(|(thread, text)| (*thread, text.len())).collect())
    }

    fn output_since(&self) -> Vec<String> {
        let output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = |(thread, text): (_, &String)| {
            text[self.0.get(thread).copied().unwrap_or_default()..].to_owned()
        };
        output.iter().flatten().map(rest).filter(|text| !text.is_empty()).collect()
    }

    /// Returns where a form of one of the secrets appeared since, with some text before it.
    pub fn find(&self, secrets: &[&str]) -> Option<String> {
        let forms: Vec<String> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        self.output_since().iter().find_map(|text| {
            let at = forms.iter().find_map(|form| text.find(form.as_str()))?;
            let before: String = text[..at].chars().rev().take(200).collect();
            Some(before.chars().rev().collect())
        })
    }
}

#[test]
fn leak_detector_finds_every_encoded_form() {
    install_logger();
    let secret = "vcs_canary/which+sings_0123456789";
    for (i, form) in forms(secret).into_iter().enumerate() {
        let start = Moment::now();
        assert_eq!(start.find(&[secret]), None, "nothing was said yet");
        record_output(&form);
        assert!(start.find(&["vcs_another_secret", secret]).is_some(), "form {i}");
    }
    assert!(Moment::default().find(&[secret]).is_some(), "since the beginning");
    let start = Moment::now();
    let dumped = b"vcs_dumped_in_rows_of_sixteen_bytes_each";
    for row in dumped.chunks(16) {
        let text = String::from_utf8_lossy(row);
        log::trace!("{:<40} {text:.<16}", "0000");
    }
    assert!(start.find(&["vcs_dumped_in_rows_of_sixteen_bytes_each"]).is_some());
}

#[test]
fn trace_logs_of_the_http_crate_are_searched() {
    let rig = Rig::new();
    let config = rig.config().user_agent("shown-by-the-http-crate/1");
    let client = Client::new(config).expect("well formed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    // The dump of the head was recorded, and it has no Authorization field.
    let output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
    let here = output.as_ref().and_then(|threads| threads.get(&thread::current().id()));
    let here = here.expect("the crate logs on this thread").to_ascii_lowercase();
    assert!(here.contains("shown-by-the-http-crate/1"));
    assert!(!here.contains("authorization"), "{here}");
}

#[test]
fn secret_echoed_by_the_server_is_redacted_in_errors() {
    let secret = Secret::new("vcs_abc123_0123456789abcdef\"quoted+slashed/");
    for form in forms(secret.expose()) {
        for (status, body) in [
            (401, format!("{{\"error\":\"invalid_client\",\"error_description\":\"no {form}\"}}")),
            (400, format!("<html><p>You sent {form}</p>")),
            (500, format!("{}{form}", "x".repeat(290))),
            (200, format!("{{\"access_token\":1,\"echo\":\"{form}\"}}")),
        ] {
            let (start, rig) = (Moment::now(), Rig::new());
            let config = rig.config().client_secret(secret.expose());
            rig.reply(Place::Token, status, &body);
            let client = Client::new(config).expect("well formed");
            let error = client.token().expect_err("no token");
            record_output(&format!("{error}\n{error:?}\n{client:?}\n"));
            assert_eq!(start.find(&[secret.expose()]), None, "{status}");
        }
    }
}

#[test]
fn token_echoed_by_the_server_is_redacted_in_errors() {
    let (start, rig) = (Moment::now(), Rig::unlimited());
    let client = rig.client();
    let token = client.token().expect("a token");
    for form in forms(token.secret().expose()) {
        let body = format!("{{\"error\":\"/0: Bearer {form}\"}}");
        rig.reply(Place::Put, 400, &body);
        let error =
            client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect_err("it was refused");
        record_output(&format!("{error}\n{error:?}\n{:?}\n{token:?}\n", error.violations()));
        assert_eq!(start.find(&[token.secret().expose()]), None);
    }
}

#[test]
fn secret_echoed_in_a_header_field_is_redacted_in_errors() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let token = client.token().expect("a token").secret().expose().to_owned();
    for form in forms(&token) {
        let headers = [("x-amzn-requestid", form.as_str()), ("location", form.as_str())];
        rig.reply_with(Place::Get, 302, &headers, "");
        let error = client.list(&Kind::USER_ACCOUNT, RESOURCE).expect_err("a redirect");
        let shown = format!("{error} {error:?} {:?}", error.request_id());
        assert!(!shown.contains(&form), "{shown}");
    }
    // The response itself is in the log of the HTTP crate, which has the heads of responses.
    rig.leave_unchecked();
}

#[test]
fn chunked_token_response_is_redacted() {
    let (start, rig) = (Moment::now(), Rig::new());
    let body = r#"{"access_token":"vat_chunked_0123456789abcdef","expires_in":3600}"#;
    let (one, two) = body.split_at(27);
    let (first, second) = (one.len(), two.len());
    let raw = [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
        format!("{first:x}\r\n{one}\r\n{second:x};x=y\r\n{two}\r\n0\r\ntrailer: t\r\n\r\n"),
    ]
    .concat();
    rig.script(Place::Token, Fault::Raw(raw.into_bytes()));
    let token = rig.client().token().expect("a token");
    assert_eq!(token.secret().expose(), "vat_chunked_0123456789abcdef");
    assert_eq!(start.find(&["vat_chunked_0123456789abcdef"]), None);
}

/// Returns what a panic with `shown` would print.
fn panic_text(shown: &dyn Debug) -> String {
    let expect = |result: Result<(), &dyn Debug>| result.expect("on purpose");
    let caught = catch_unwind(AssertUnwindSafe(|| expect(Err(shown))));
    let payload = caught.expect_err("it panicked");
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn display_and_debug_show_no_secret() {
    let start = Moment::now();
    let (rig, recorder) = (Rig::unlimited(), fakes::EventRecorder::default());
    let config = recorder.at(rig.config()).static_token("vat_fixed_0123456789abcdef");
    let fixed = Client::new(config.clone()).expect("right");
    let client = recorder.client(&rig);
    let token = client.token().expect("a token");
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    let listing = client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    rig.reply(Place::Token, 401, &format!("no {}", rig.sim.client_secret()));
    client.report_token_rejected(&client.token().expect("in memory"));
    let error = assert_kind(client.token(), ErrorKind::GatewayResponse);
    let own = rig.config();
    let snapshots = [client.snapshot(), fixed.snapshot()];
    let printed: [&dyn Debug; 11] = [
        &config,
        &own,
        &client,
        &fixed,
        &token,
        token.secret(),
        &receipt,
        &listing,
        &snapshots,
        &error,
        &snapshots[0].last_error,
    ];
    for shown in printed {
        record_output(&format!("{shown:?}\n{shown:#?}\n{}\n", panic_text(shown)));
    }
    record_output(&format!("{receipt}\n{error}\n{}\n{}\n", snapshots[0], snapshots[1]));
    assert_eq!(recorder.events().len(), 4, "two tokens, two refusals; all recorded");
    let secrets = [token.secret().expose(), "vat_fixed_0123456789abcdef"];
    assert_eq!(start.find(&secrets), None);
}

/// Returns the descriptors, arguments and environment of a program that the host starts now.
fn inherited() -> String {
    let script = "ls -l /proc/self/fd; tr '\\0' '\\n' < /proc/$$/cmdline; env";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn child_program_inherits_no_descriptor() {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let path = folder.path().join("token").display().to_string();
    let client = Client::new(rig.config().token_store(path.as_str())).expect("right");
    // During a token request the store is locked and a connection is open.
    rig.script(Place::Token, Fault::Delay(Duration::from_millis(1500)));
    let call = client.clone();
    let call = thread::spawn(move || call.list(&Kind::USER_ACCOUNT, RESOURCE));
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    let own = std::fs::read_dir("/proc/self/fd").expect("Linux").filter_map(|entry| {
        std::fs::read_link(entry.ok()?.path()).ok()?.into_os_string().into_string().ok()
    });
    let own: Vec<String> = own.collect();
    assert!(own.iter().any(|held| held.starts_with(&path)), "the lock is held: {own:?}");
    assert!(own.iter().any(|held| held.starts_with("socket:")), "a line is open: {own:?}");
    let during = inherited();
    assert!(!call.is_finished(), "the program ran in the middle of the request");
    call.join().expect("no panic").expect("listed");
    // Now an idle connection is open.
    for text in [during, inherited()] {
        assert!(text.contains("/dev/null") && text.contains("PATH="), "it printed: {text}");
        for ours in ["socket:", &path, &rig.sim.client_secret(), "vat_"] {
            assert!(!text.contains(ours), "{ours} is inherited:\n{text}");
        }
    }
}

#[test]
fn a_secret_file_is_trimmed_and_an_empty_one_is_refused_before_anything_is_sent() {
    let rig = Rig::unlimited();
    let secret = rig.sim.client_secret();
    let config = |file: &TempFile| {
        let config = Config::new().origin(rig.sim.origin()).client_id(rig.sim.client_id());
        let config = config.client_secret_file(file.path()).ca_file(rig.ca.path());
        config.clock(rig.clock.clone())
    };
    for (before, after) in [("", "\n"), ("", "\r\n"), ("\u{feff}", ""), (" \t\n", " \n\n")] {
        let file = TempFile::new("secret", format!("{before}{secret}{after}").as_bytes());
        Client::new(config(&file)).expect("right").token().expect("a token");
        let request = rig.sim.last_token_request().expect("one was made");
        let body: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
        assert_eq!(body["client_secret"], secret.as_str(), "{before:?} {after:?}");
    }
    let asked = rig.sim.counters().connections;
    for empty in ["", "\n", "\u{feff}", " \r\n\t"] {
        let file = TempFile::new("secret", empty.as_bytes());
        let error = assert_kind(Client::new(config(&file)), ErrorKind::MissingCredentials);
        assert!(error.to_string().contains(&format!("{} is empty", file.path().display())));
    }
    // A file that becomes empty later is noticed when it is needed.
    let file = TempFile::new("secret", secret.as_bytes());
    let client = Client::new(config(&file)).expect("right");
    std::fs::write(file.path(), "\n").expect("writable");
    assert_kind(client.token(), ErrorKind::MissingCredentials);
    assert_eq!(rig.sim.counters().connections, asked);
}
