//! Runs a vector in Rust: the arguments and the output of the programs of the other languages.

use std::fmt::Write;
use std::fs::{File, read, read_to_string};
use std::io::{self, Read};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use vanta::{
    Action, Body, Cancel, ChangePlan, Client, Config, Error, Kind, Level, NotComparable,
    PushOptions, Receipt, ReceiptKind, Rule, Schema, Upload, ValidationOptions, Violation,
};

use crate::harness::RESOURCE;

/// The calls of the progress callback.
#[derive(Clone, Default)]
struct Watched(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    sent: u64,
    total: u64,
    records: usize,
    restarts: u32,
    called: u32,
    callback_status: i32,
}

/// The options of the call.
struct Call {
    client: Client,
    cancel: Cancel,
    calls: Watched,
    checks: ValidationOptions,
    options: PushOptions,
    date: Option<String>,
    description: Option<String>,
}

/// Returns the lines about the result of a call.
pub fn probe(config: Config, arguments: &[String]) -> String {
    let calls = Watched::default();
    let mut lines = run(config, arguments, &calls).unwrap_or_else(|error| failed(&error));
    let Seen { sent, total, records, restarts, called, callback_status } =
        &*calls.0.lock().expect("no callback panics");
    if *called > 0 {
        let rest = format!("restarts {restarts}, callback status {callback_status}");
        lines += &format!("progress {sent} of {total}, {records} records, {rest}\n");
    }
    lines
}

fn run(config: Config, arguments: &[String], calls: &Watched) -> Result<String, Error> {
    let [verb, kind, what, words @ ..] = arguments else { panic!("{arguments:?}") };
    let cancel = Cancel::new();
    let client = Client::new(config)?.with_deadline(Duration::from_secs(30)).with_cancel(&cancel);
    let (checks, options) = (ValidationOptions::new(), PushOptions::new());
    let calls = calls.clone();
    let mut call = Call { client, cancel, calls, checks, options, date: None, description: None };
    let body = match verb.as_str() {
        "list" | "upload" => None,
        _ => Some(body(what)?),
    };
    for word in words {
        call.word(word, kind, body.as_ref())?;
    }
    let Call { client, checks, .. } = &call;
    let options = call.options.clone().validation(checks.clone());
    let kind_of = || kind.parse::<Kind>();
    match (verb.as_str(), &body) {
        ("push", Some(body)) => Ok(receipt(&client.push_with(&kind_of()?, body, &options)?)),
        ("verify", Some(body)) => Ok(receipt(&client.verify(&kind_of()?, body)?)),
        ("plan", Some(body)) => Ok(plan(&client.plan_with(&kind_of()?, body, &options)?)),
        ("check", Some(body)) => {
            let report = body.validate(&kind_of()?, checks)?;
            let named = format!("\nmessage validating {kind}: ");
            let lines = format!("status 0\n{}", violations("warning", &report.warnings));
            // The C function names the operation, which a caller in Rust does itself.
            let error = report.into_error();
            Ok(error.map_or(lines, |error| failed(&error).replace("\nmessage ", &named)))
        }
        ("upload", None) => Ok(receipt(&client.upload(&call.upload(kind, what))?)),
        _ => {
            let listing = client.list(&kind_of()?, what)?;
            let (rows, live) = (listing.rows().len(), listing.live().count());
            Ok(format!("status 0\nrows {rows}\nlive {live}\n"))
        }
    }
}

/// Returns at most a thousand bytes.
struct Slow(File);

impl Read for Slow {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let most = room.len().min(1000);
        self.0.read(&mut room[..most])
    }
}

fn body(what: &str) -> Result<Body, Error> {
    let (source, path) = what.split_once(':').unwrap_or(("file", what));
    let bytes = || read(path).expect("the test made it");
    let reader = || Slow(File::open(path).expect("the test made it"));
    match source {
        "request" => Body::from_request(bytes()),
        "array" => Body::from_json_array(RESOURCE, bytes()),
        "ndjson" => Body::from_ndjson(RESOURCE, bytes()),
        "ndjson-file" => Body::from_ndjson_file(RESOURCE, path),
        "ndjson-reader" => Body::from_ndjson_reader(RESOURCE, reader()),
        "reader" => Body::from_reader(reader()),
        _ => Body::from_file(path),
    }
}

impl Call {
    fn word(&mut self, word: &str, kind: &str, body: Option<&Body>) -> Result<(), Error> {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let text = || read_to_string(value).expect("the test made it");
        let (options, checks) = (self.options.clone(), self.checks.clone());
        match name {
            "only_if_changed" => self.options = options.only_if_changed(true),
            "allow_empty" => self.options = options.allow_empty(true),
            "allow_any_removals" => self.options = options.allow_any_removals(true),
            "cancelled" => self.cancel.cancel(),
            "expect_removals" => {
                self.options = options.expect_removals(value.parse().expect("a number"));
            }
            "deadline_ms" => {
                let deadline = Duration::from_millis(value.parse().expect("a number"));
                self.client = self.client.with_deadline(deadline);
            }
            "schema" => self.checks = checks.schema(Schema::parse(&text())?),
            "custom_properties" => {
                self.checks = checks.custom_properties(Schema::parse(&text())?);
            }
            "components" => {
                self.checks = checks.components(Body::from_file(value)?.unique_ids());
            }
            "live_components" => self.options = options.live_components(value),
            "baseline" => self.options = options.baseline(&Receipt::from_json(&text())?),
            "baseline_from_audit" => {
                let resource_id = body.expect("there is a body").resource_id();
                self.options = options.baseline_from_audit(value, &kind.parse()?, resource_id)?;
            }
            "date" => self.date = Some(value.to_owned()),
            "description" => self.description = Some(value.to_owned()),
            "progress" => self.watch(value),
            _ => self.checks = checks.level(rule(name), level(value)),
        }
        Ok(())
    }

    fn watch(&mut self, action: &str) {
        let (calls, action) = (self.calls.clone(), action.to_owned());
        let (client, cancel) = (self.client.clone(), self.cancel.clone());
        self.client = self.client.with_progress(move |progress| {
            let mut seen = calls.0.lock().expect("no callback panics");
            seen.restarts += u32::from(seen.called > 0 && progress.sent < seen.sent);
            seen.called += 1;
            (seen.sent, seen.total) = (progress.sent, progress.total);
            seen.records = progress.records;
            match action.as_str() {
                "cancel" => cancel.cancel(),
                "call" => {
                    let listed = client.list(&Kind::USER_ACCOUNT, RESOURCE);
                    seen.callback_status = listed.map_or_else(|error| error.code(), |_| 0);
                }
                _ => {}
            }
        });
    }

    fn upload(&self, document_id: &str, path: &str) -> Upload {
        let mut upload = Upload::new(document_id, path);
        if let Some(date) = &self.date {
            upload = upload.effective_at_date(date);
        }
        if let Some(description) = &self.description {
            upload = upload.description(description);
        }
        upload
    }
}

fn rule(word: &str) -> Rule {
    match word {
        "rule:schema" => Rule::Schema,
        "rule:null_optional" => Rule::NullOptional,
        "rule:https_url" => Rule::HttpsUrl,
        "rule:closed_timestamp" => Rule::ClosedTimestamp,
        "rule:zero_to_ten" => Rule::ZeroToTen,
        "rule:unknown_component" => Rule::UnknownComponent,
        "rule:similar_ids" => Rule::SimilarIds,
        _ => panic!("{word}"),
    }
}

fn level(word: &str) -> Level {
    match word {
        "off" => Level::Off,
        "warning" => Level::Warning,
        "error" => Level::Error,
        _ => panic!("{word}"),
    }
}

fn number(action: Action) -> u32 {
    match action {
        Action::FixCall => 1,
        Action::FixRecords => 2,
        Action::FixConfig => 3,
        Action::FixCredentials => 4,
        Action::RetryLater => 5,
        Action::VerifyOrRepeat => 6,
        Action::Stop => 7,
        _ => 8,
    }
}

fn violations(name: &str, violations: &[Violation]) -> String {
    let mut lines = String::new();
    for violation in violations {
        let index = violation.index.map_or(-1, |index| i64::try_from(index).unwrap_or(-1));
        let id = violation.unique_id.as_deref().unwrap_or("-");
        let (pointer, message) = (&violation.pointer, &violation.message);
        writeln!(lines, "{name} {index}|{id}|{pointer}|{message}").expect("text");
        let rule =
            violation.rule.map_or("-".to_owned(), |rule| in_snake_case(&format!("{rule:?}")));
        writeln!(lines, "rule {rule}").expect("text");
    }
    lines
}

/// Returns `HttpsUrl` as `https_url`.
fn in_snake_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn failed(error: &Error) -> String {
    let wait = error.retry_after().map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(-1));
    let text = format!(
        "status {}\naction {}\nstage {}\nhttp {}\nattempts {}\nretryable {}\n\
         retry_after_ms {wait}\nrequest_id {}\noauth_error {}\nexcerpt {}\n",
        error.code(),
        number(error.action()),
        error.stage() as i32,
        error.http_status().unwrap_or(0),
        error.attempts(),
        i32::from(error.is_retryable()),
        error.request_id().unwrap_or("-"),
        error.oauth_error().unwrap_or("-"),
        error.excerpt().unwrap_or("-"),
    );
    let cause = error.cause().map_or(0, Error::code);
    text + &violations("violation", error.violations())
        + &violations("warning", error.warnings())
        + &format!("cause {cause}\nmessage {error}\n")
}

fn receipt(receipt: &Receipt) -> String {
    let proof = match receipt.receipt_kind {
        ReceiptKind::Pushed => 1,
        ReceiptKind::Verified => 2,
        ReceiptKind::Uploaded => 3,
        ReceiptKind::Unchanged => 4,
        _ => 0,
    };
    let removed = receipt.removed.map_or(-1, |removed| i64::try_from(removed).unwrap_or(-1));
    let text = format!(
        "status 0\nreceipt_kind {proof}\ntime {}\nkind {}\nresource_id {}\nrecords {}\nbytes {}\n\
         sha256 {}\nhttp {}\nattempts {}\ngeneration {}\nremoved {removed}\naudited {}\n\
         request_id {}\nupload_id {}\norigin {}\napplication {}\n{}",
        receipt.time,
        receipt.resource_kind,
        receipt.resource_id,
        receipt.record_count,
        receipt.byte_len,
        receipt.sha256,
        receipt.http_status,
        receipt.attempts,
        receipt.token_generation,
        i32::from(receipt.audited),
        receipt.request_id.as_deref().unwrap_or("-"),
        receipt.upload_id.as_deref().unwrap_or("-"),
        receipt.origin.as_deref().unwrap_or("-"),
        receipt.application.as_deref().unwrap_or("-"),
        not_comparable(&receipt.not_comparable),
    );
    let json = receipt.to_json();
    text + &violations("warning", &receipt.warnings) + &format!("line {receipt}\njson {json}\n")
}

fn not_comparable(members: &[NotComparable]) -> String {
    let line = |one: &NotComparable| format!("not_comparable {}|{}\n", one.pointer, one.records);
    members.iter().map(line).collect()
}

fn plan(plan: &ChangePlan) -> String {
    let (added, changed, removed) = (plan.added.len(), plan.changed.len(), plan.removed.len());
    let (unchanged, refused) = (plan.unchanged, i32::from(plan.refusal.is_some()));
    format!(
        "status 0\nadded {added}\nchanged {changed}\nremoved {removed}\nunchanged {unchanged}\n\
         refused {refused}\nempty {}\n{}text {plan}json {}\n",
        i32::from(plan.is_empty()),
        not_comparable(&plan.not_comparable),
        plan.to_json()
    )
}
