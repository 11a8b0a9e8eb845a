//! Network faults lead to their documented outcomes: each case of `faults.json`.
//!
//! A case has the steps of a peer and the expected outcome of the call. It fails where a step did
//! not happen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use vanta::{Action, Error};

use crate::fault_case::{self, Outcome};
use crate::load_tolerance;
use crate::scripted_peer::{PeerAction, PeerReport, Response, Step};
use crate::secret_leaks::{self, Moment};

const TABLE: &str = include_str!("../faults.json");

/// More than the cores of the machine, because many cases wait.
const WORKERS: usize = 12;

/// Secrets that no output may show. The peers issue the token.
pub const SECRET: &str = "vcs_faults_canary_0123456789";
pub const FIXED: &str = "vat_fixed_canary_0123456789";
const TOKEN: &str = "vat_canary_0123456789abcdef";
pub const PASSWORD: &str = "proxy_canary_0123456789";

const DEADLINE_MS: u64 = 20_000;

/// A second, and the resolution of the coarse clock.
const SLACK: Duration = Duration::from_millis(1100);

/// The peak of memory that a call may allocate unless the case has another limit: buffers, and one
/// response.
const PEAK_KIB: u64 = 640;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    group: String,
    at_least: usize,
    /// The call of its cases, where they have none of their own.
    call: String,
    cases: Vec<Case>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Reply {
    Word(String),
    Whole(Response),
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    name: String,
    /// Calls and steps of the clock. All but the last must succeed.
    pub call: String,
    /// `ok`, or kind, action and stage of the error. Alternatives with `or` depend on the kernel.
    is: String,
    /// Texts in the error, or in the result of the call.
    contains: Vec<String>,
    /// The kind at the end of the chain of causes.
    cause: String,
    status: Option<u16>,
    /// The seconds of `retry_after`.
    wait: Option<u64>,
    /// The lifetime of the token in seconds.
    lives: Option<u64>,
    /// The number of requests, where some that the peer receives are not part of the call.
    attempts: Option<u32>,
    peer: Vec<Vec<Step>>,
    /// Instead of `peer`: a request is received, and this is the response.
    response: Option<Reply>,
    /// How many more times the last script is played.
    again: usize,
    deadline_ms: Option<u64>,
    /// The certificate of the peer; without one, it uses plain http.
    pub cert: String,
    /// The peer is a proxy, and no connection may bypass it.
    pub proxy: bool,
    pub credentials: bool,
    /// Nothing listens at the address.
    pub refuse: bool,
    /// The client requests tokens; otherwise it has a static token.
    pub requests_token: bool,
    pub list_cap: Option<u64>,
    peak_kib: Option<u64>,
}

impl Case {
    /// Returns whether the case waits for a deadline, which passes in real time.
    pub fn waits_for_deadline(&self) -> bool {
        let mut steps = self.peer.iter().flatten();
        self.deadline_ms.is_some()
            || steps.any(|step| matches!(step, Step::Word(word) if word == "wait"))
    }

    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms.unwrap_or(DEADLINE_MS))
    }

    fn verb(&self) -> &str {
        self.call.rsplit(", ").next().unwrap_or_default()
    }

    /// Returns the request that the call makes.
    fn method(&self) -> &str {
        match self.verb() {
            "token" => "POST /oauth/token",
            "list" | "verify" => "GET /v1/resources/",
            "upload" => "POST /v1/documents/",
            _ => "PUT /v1/resources/",
        }
    }

    pub fn scripts(&self) -> Vec<Vec<Step>> {
        let mut scripts = self.peer.clone();
        if let Some(reply) = &self.response {
            let reply = match reply.clone() {
                Reply::Word(word) => Step::Word(word),
                Reply::Whole(response) => Step::Action(PeerAction::Response(response)),
            };
            let script = vec![Step::Word(self.method().to_owned()), reply];
            if self.again > 0 && !self.method().starts_with("POST") {
                // The connection stays open.
                scripts.push(vec![script; self.again + 1].concat());
                return scripts;
            }
            scripts.push(script);
        }
        let last = scripts.last().cloned();
        scripts.extend(last.into_iter().cycle().take(self.again));
        scripts
    }

    /// Compares an outcome with the case, and returns what is wrong.
    fn compare(&self, outcome: &Outcome, allowance: Duration) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |what: &str, holds: bool, found: String| {
            if !holds {
                wrong.push(format!("{what}: {found}"));
            }
        };
        let Outcome { result, report, took, peak, .. } = outcome;
        let line = match result {
            Ok(text) => outcome.with_names(text),
            Err(error) => outcome.with_names(&error.to_string()),
        };
        let (is, action) = match result {
            Ok(_) => ("ok".to_owned(), None),
            Err(error) => {
                let action = error.action();
                let is = format!("{} {action:?} {:?}", error.kind().name(), error.stage());
                (is, Some(action))
            }
        };
        expect("outcome", self.is.split(" or ").any(|one| one == is), format!("{is}; {line}"));
        for words in &self.contains {
            expect("words", line.contains(words), format!("no {words:?} in {line}"));
        }
        let scripts = self.scripts().len();
        let lines = format!("{} of {scripts} and {} more", report.seen.len(), report.more);
        expect("connections", report.seen.len() == scripts && report.more == 0, lines);
        for (at, seen) in report.seen.iter().enumerate() {
            let failure = seen.failure.clone().unwrap_or_default();
            expect("peer", failure.is_empty(), format!("connection {at}: {failure}"));
        }
        expect("other host", !outcome.bypassed, "it got a connection".to_owned());
        expect("time", *took <= self.deadline() + SLACK + allowance, format!("{took:?}"));
        let most = self.peak_kib.unwrap_or(PEAK_KIB);
        expect("memory", *peak <= most << 10, format!("{} KiB", peak >> 10));
        if let Some(lives) = self.lives {
            let left = outcome.seconds_left;
            expect("life", (lives.saturating_sub(2)..=lives).contains(&left), left.to_string());
        }
        if let Err(error) = result {
            self.compare_error(error, &line, action, report, &mut expect);
        }
        wrong
    }

    fn compare_error(
        &self,
        error: &Error,
        line: &str,
        action: Option<Action>,
        report: &PeerReport,
        expect: &mut impl FnMut(&str, bool, String),
    ) {
        let requests = report.seen.iter().flat_map(|seen| &seen.requests);
        let requests = requests.filter(|head| !head.starts_with("CONNECT ")).count();
        let attempts = self.attempts.unwrap_or(u32::try_from(requests).unwrap_or(u32::MAX));
        expect("attempts", error.attempts() == attempts, error.attempts().to_string());
        let again = matches!(action, Some(Action::RetryLater | Action::VerifyOrRepeat));
        let doubled = self.verb() == "upload" && action == Some(Action::VerifyOrRepeat);
        expect("retryable", error.is_retryable() == (again && !doubled), line.to_owned());
        if !self.cause.is_empty() {
            let mut root = error;
            while let Some(cause) = root.cause() {
                root = cause;
            }
            expect("cause", root.kind().name() == self.cause, root.to_string());
        }
        if let Some(status) = self.status {
            expect(
                "status",
                error.http_status() == Some(status),
                format!("{:?}", error.http_status()),
            );
        }
        let wait = error.retry_after().map(|wait| wait.as_secs());
        let waits = self.wait.is_none() || wait == self.wait;
        expect("retry after", waits, format!("{:?}", error.retry_after()));
        let shown = shown(error);
        secret_leaks::record_output(&shown);
        let secrets = [SECRET, FIXED, TOKEN, PASSWORD].into_iter().flat_map(secret_leaks::forms);
        let mut secrets = secrets.chain(["vat_", "vcs_"].map(str::to_owned));
        let secret = secrets.find(|secret| shown.contains(secret.as_str()));
        expect("secrets", secret.is_none(), format!("{secret:?} in {shown}"));
        let clean = !line.contains(char::is_control) && line.len() < 2500;
        expect("one clean line", clean, line.to_owned());
    }
}

/// Returns all texts of an error.
fn shown(error: &Error) -> String {
    let (id, excerpt, code) = (error.request_id(), error.excerpt(), error.oauth_error());
    format!(
        "{error}\n{error:?}\n{error:#?}\n{id:?} {excerpt:?} {code:?} {:?}\n",
        error.violations()
    )
}

/// A case with its number in the table.
struct Numbered {
    group: usize,
    number: usize,
    case: Case,
}

/// Runs a case. Returns what is wrong with it, and the peak of memory.
///
/// On a loaded machine a short deadline may pass before the peer has finished. So a case with a
/// deadline of its own is repeated with a longer one before it fails.
fn problems(case: &Case, number: usize) -> (Vec<String>, u64) {
    let longer = |times| Case {
        deadline_ms: case.deadline_ms.map(|deadline| deadline * times),
        ..case.clone()
    };
    let first = problems_once(case, number);
    match case.deadline_ms {
        Some(deadline) if deadline < DEADLINE_MS && !first.0.is_empty() => {
            problems_once(&longer(5), number)
        }
        _ => first,
    }
}

fn problems_once(case: &Case, number: usize) -> (Vec<String>, u64) {
    let problems = catch_unwind(AssertUnwindSafe(|| {
        let (outcome, allowance) = load_tolerance::with_allowance(|| fault_case::run(case, number));
        (case.compare(&outcome, allowance), outcome.peak)
    }));
    problems.unwrap_or_else(|_| (vec!["a panic".to_owned()], 0))
}

/// Runs cases in parallel, because many of them wait. Returns what is wrong with each.
fn run_all(cases: &[Numbered]) -> Vec<(Vec<String>, u64)> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(one) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
            let wrong = problems(&one.case, one.number);
            results.lock().expect("no panic").push((one.number, wrong));
        }
    };
    thread::scope(|scope| (0..WORKERS).for_each(|_| drop(scope.spawn(work))));
    let mut results = results.into_inner().expect("no panic");
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, wrong)| wrong).collect()
}

#[test]
fn every_network_fault_has_its_documented_outcome() {
    secret_leaks::install_logger();
    let groups: Vec<Group> = serde_json::from_str(TABLE).expect("the table is right");
    let mut cases = Vec::new();
    for (group, Group { call, cases: own, .. }) in groups.iter().enumerate() {
        for case in own {
            let call = if case.call.is_empty() { call } else { &case.call };
            let case = Case { call: call.clone(), ..case.clone() };
            cases.push(Numbered { group, number: cases.len(), case });
        }
    }
    let results = run_all(&cases);
    let mut failed = Vec::new();
    for (at, Group { group, at_least, .. }) in groups.iter().enumerate() {
        let own = || cases.iter().zip(&results).filter(|(one, _)| one.group == at);
        let passed = own().filter(|(_, (wrong, _))| wrong.is_empty()).count();
        let peak = own().map(|(_, (_, peak))| peak >> 10).max().unwrap_or_default();
        println!("{group}: {passed} of {}, {peak} KiB at the most", own().count());
        assert!(own().count() >= *at_least, "{group}: cases are missing");
        failed.extend(own().filter(|(_, (wrong, _))| !wrong.is_empty()).map(
            |(one, (wrong, _))| {
                format!("{group}, {}, {}:\n    {}", one.number, one.case.name, wrong.join("\n    "))
            },
        ));
    }
    println!("all: {} of {}", cases.len() - failed.len(), cases.len());
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
    let shown = Moment::default().find(&[SECRET, FIXED, TOKEN, PASSWORD]);
    assert_eq!(shown, None, "a secret was shown after this");
}

/// Returns what is wrong with a case.
fn run_text(case: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(1_000_000);
    let case: Case = serde_json::from_str(case).expect("a case");
    problems(&case, NUMBER.fetch_add(1, Ordering::SeqCst)).0.join("; ")
}

#[test]
fn case_whose_steps_do_not_happen_fails() {
    let case = |rest: &str| format!(r#"{{"call":"list","response":"403 {{}}",{rest}}}"#);
    let right = r#""is":"Forbidden FixCredentials Read""#;
    assert_eq!(run_text(&case(right)), "");
    for (more, words) in [
        (r#""is":"Forbidden FixCredentials Wait""#, "outcome: Forbidden"),
        (r#""is":"ok""#, "outcome: Forbidden"),
        (&format!(r#"{right},"contains":["no such words"]"#), "words: no"),
        (&format!(r#"{right},"again":1"#), "step 2"),
        (&format!(r#"{right},"attempts":2"#), "attempts: 1"),
        (&format!(r#"{right},"status":404"#), "status: Some(403)"),
        (&format!(r#"{right},"wait":1"#), "retry after: None"),
        (&format!(r#"{right},"cause":"Receive""#), "cause: "),
        (&format!(r#"{right},"peak_kib":1"#), "memory: "),
    ] {
        let wrong = run_text(&case(more));
        assert!(wrong.contains(words), "{more}: {wrong}");
    }
    for (peer, words) in [
        (r#"[]"#, "connections: 0 of 0 and "),
        (r#"[["PUT","403 {}"]]"#, "step 0"),
        (r#"[["GET","403 {}"],["GET","403 {}"]]"#, "connections: 1 of 2"),
        (r#"[["GET vat_other","403 {}"]]"#, "the words are not in it"),
        (r#"[["GET","403 {}","GET"]]"#, "step 2"),
        (r#"[["GET","403 {}","no such word"]]"#, "no such word"),
    ] {
        let wrong = run_text(&format!(r#"{{"call":"list",{right},"peer":{peer}}}"#));
        assert!(wrong.contains(words), "{peer}: {wrong}");
    }
    let shown = r#"{"error":"it was vat_another_0123456789abcdef"}"#;
    let wrong =
        run_text(&format!(r#"{{"call":"list",{right},"response":{:?}}}"#, format!("403 {shown}")));
    assert!(wrong.contains("secrets: Some"), "{wrong}");
    let late = r#"[["GET",{"advance":30},"403 {}"]]"#;
    let wrong = run_text(&format!(r#"{{"call":"list","is":"ok","peer":{late}}}"#));
    assert!(wrong.contains("time: 3"), "{wrong}");
}
