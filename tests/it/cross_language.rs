//! The same calls from C, C++, Python and Rust: one table of vectors, and the same output in each.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Body, Client, Clock, Config, Kind};

use crate::error_advice::in_language;
use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFile, TempFolder, fixture, fixture_path,
    without_deletion_guard,
};
use crate::languages::{BUILT, command, secret_file, succeed};
use crate::secret_leaks;
use crate::shared_fixtures::Shared;
use crate::vector_runner::probe;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// How many vectors run at the same time: processes that start and end need most of the time.
const WORKERS: usize = 4;

pub static VECTORS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(Path::new(ROOT).join("tests/vectors.json"));
    serde_json::from_str(&text.expect("is there")).expect("JSON")
});

/// The probes of C, C++ and Python.
pub static PROBES: Shared<[Vec<OsString>; 3]> = Shared::new(|| {
    let c = BUILT.compile("gcc", "-std=c99", "tests/c/probe.c");
    let cpp = BUILT.compile("g++", "-std=c++17", "tests/cpp/probe.cpp");
    [vec![c.into()], vec![cpp.into()], BUILT.python("tests/python/probe.py")]
});

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(vector: &'a Value, key: &str) -> Option<&'a str> {
    vector[key].as_str()
}

/// The calls of a vector: usually one, sometimes several in a row.
fn calls(vector: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(vector).chain(list(&vector["then"]))
}

/// A server in the state that a vector needs, and the files of a probe.
struct VectorSetup {
    rig: Rig,
    /// When the clock was stopped, so that the speed of the machine has no effect.
    began: Duration,
    secret: TempFile,
    folder: TempFolder,
}

impl VectorSetup {
    fn new(vector: &Value) -> VectorSetup {
        let rig = Rig::on_one_clock(|settings| {
            settings.only_declared = vector["only_declared"].as_bool().unwrap_or(false);
            settings.stale_reads = vector["stale_reads"].as_u64().map_or(0, |n| n as u32);
            settings.custom_properties_in_list =
                vector["custom_properties_in_list"].as_bool().unwrap_or(true);
        });
        let (secret, folder) = (secret_file(&rig), TempFolder::new());
        for (name, content) in vector["files"].as_object().into_iter().flatten() {
            let bytes = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
            let bytes = bytes.replace("{origin}", &rig.sim.origin());
            let bytes = bytes.replace("{client_id}", &rig.sim.client_id());
            folder.write(name, bytes.as_bytes());
        }
        if let Some(records) = vector["cut"].as_u64() {
            let file = fixture("02_user_account_1200.json");
            let mut body: Value = serde_json::from_slice(&file).expect("JSON");
            let records = usize::try_from(records).expect("small");
            body["resources"].as_array_mut().expect("an array").truncate(records);
            std::fs::write(folder.path().join("cut.json"), body.to_string()).expect("ours");
        }
        for live in list(&vector["live"]) {
            let kind: Kind = text(live, "kind").unwrap_or("user_account").parse().expect("a kind");
            let body = Body::from_file(fixture_path(text(live, "payload").expect("a payload")));
            // Pushed by another client, whose token the probe does not share.
            let config = base(&rig).static_token(rig.sim.issue_elsewhere());
            let client = Client::new(config).expect("well formed");
            client
                .push_with(&kind, &body.expect("good"), &without_deletion_guard())
                .expect("pushed");
        }
        rig.clock.stop();
        VectorSetup { began: rig.clock.monotonic(), rig, secret, folder }
    }

    /// Replaces the names of the test's files in a word of a vector.
    fn filled(&self, word: &str) -> String {
        let temp = self.folder.path().display().to_string();
        word.replace("{temp}", &temp).replace("{fixtures}", &fixture_path("").display().to_string())
    }

    /// Scripts the server's responses to a call.
    fn script(&self, call: &Value) {
        for response in list(&call["responses"]) {
            let place = match text(response, "place") {
                Some("token") => Place::Token,
                Some("put") => Place::Put,
                Some("upload") => Place::Upload,
                _ => Place::Get,
            };
            match text(response, "fault") {
                Some("lose_answer") => self.rig.script(place, Fault::LoseResponse),
                Some("drop") => self.rig.script(place, Fault::Drop),
                Some("pass") => self.rig.script(place, Fault::Pass),
                Some(other) => panic!("{other}"),
                None => self.reply(place, response),
            }
        }
    }

    fn reply(&self, place: Place, response: &Value) {
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers: Vec<(&str, &str)> =
            headers.map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        let (status, body) = match text(response, "wire") {
            Some(name) => wire(name),
            None => (response["status"].as_u64(), text(response, "body").unwrap_or("").to_owned()),
        };
        let status = u16::try_from(status.expect("a status")).expect("small");
        self.rig.reply_with(place, status, &headers, &body);
    }

    /// Returns the verb, the kind, the payload or resource id, and the options of the call.
    fn arguments(&self, call: &Value) -> Vec<String> {
        let verb = text(call, "verb").expect("a verb");
        let payload = || {
            let payload = text(call, "payload").expect("a payload");
            match payload.starts_with('{') {
                true => self.filled(payload),
                false => fixture_path(payload).display().to_string(),
            }
        };
        let what = match (verb, text(call, "source")) {
            ("list", _) => text(call, "resource_id").unwrap_or(RESOURCE).to_owned(),
            (_, Some(source)) => format!("{source}:{}", payload()),
            (_, None) => payload(),
        };
        let kind = text(call, "kind").unwrap_or("user_account").to_owned();
        let words = list(&call["options"]).map(|word| word.as_str().expect("text"));
        let words = words.map(|word| self.filled(word));
        [verb.to_owned(), kind, what].into_iter().chain(words).collect()
    }

    fn in_rust(&self, call: &Value) -> String {
        let rig = &self.rig;
        let mut config =
            base(rig).client_id(rig.sim.client_id()).client_secret_file(self.secret.path());
        for (name, value) in call["environment"].as_object().into_iter().flatten() {
            let value = self.filled(value.as_str().expect("text"));
            config = match name.as_str() {
                "VANTA_SCOPE" => config.scope(value),
                "VANTA_AUDIT_FILE" => config.audit_file(value),
                other => panic!("{other}"),
            };
        }
        probe(config, &self.arguments(call))
    }

    fn in_a_process(&self, words: &[OsString], call: &Value) -> String {
        let mut command: Command = command(&self.rig, &self.secret, words);
        let clock = self.rig.clock_file.as_ref().expect("there is one clock");
        command.env("VANTA_TEST_CLOCK", clock.path());
        for (name, value) in call["environment"].as_object().into_iter().flatten() {
            command.env(name, self.filled(value.as_str().expect("text")));
        }
        let output = succeed(command.args(self.arguments(call)));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Returns the results of all calls of a vector, without what differs from run to run.
    fn run(&self, vector: &Value, probe: Option<&[OsString]>) -> String {
        let mut lines = String::new();
        for (number, call) in calls(vector).enumerate() {
            self.script(call);
            let one = match probe {
                None => self.in_rust(call),
                Some(words) => self.in_a_process(words, call),
            };
            let one = if call["verb"] == "plan" { sorted(&one) } else { one };
            // A new process counts tokens from 1; the one process of Rust continues.
            let again = ["\ngeneration ", "\"tokenGeneration\":"];
            lines += &if number > 0 { masked(&one, &again, 1) } else { one };
        }
        let temp = self.folder.path().display().to_string();
        let (origin, client_id) = (self.rig.sim.origin(), self.rig.sim.client_id());
        let lines = lines.replace(&temp, "{temp}").replace(&origin, "{origin}");
        let lines = lines.replace(&client_id, "{client_id}");
        let lines =
            masked(&lines, &["\ntime ", "\"time\":\"", "\nupload_id ", "\"uploadId\":\""], 24);
        masked(&lines, &["\nrequest_id ", "request id ", "\"requestId\":\""], 36)
    }

    /// Compares the requests of the server and the waits with the vector.
    fn wrong(&self, vector: &Value, before: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let counters = json!(self.rig.sim.counters());
        for (name, expected) in vector["requests"].as_object().into_iter().flatten() {
            let count = |counters: &Value| counters[name].as_u64().expect("the counters have it");
            let seen = count(&counters) - count(before);
            if Some(seen) != expected.as_u64() {
                wrong.push(format!("{name}: {seen}, not {expected}"));
            }
        }
        if let Some(expected) = vector.get("uploaded") {
            let last = self.rig.sim.uploads().pop();
            let seen =
                last.map(|one| json!([one.file_name, one.effective_at_date, one.description]));
            if seen.as_ref() != Some(expected) {
                wrong.push(format!("uploaded {seen:?}, not {expected}"));
            }
        }
        let waited = self.rig.clock.monotonic() - self.began;
        // Jitter makes waits longer. Where the length matters, a vector has both limits.
        let seconds = |at: usize| vector["waits"][at].as_f64();
        let least = vector["waits"].as_f64().or(seconds(0)).unwrap_or_default();
        let most = seconds(1).unwrap_or(least * 1.25) + 0.001;
        if !(least * 0.8..=most).contains(&waited.as_secs_f64()) {
            wrong.push(format!("waited for {waited:?}, not for {least} to {most} s"));
        }
        wrong
    }
}

/// Returns the environment of every client of a rig.
fn base(rig: &Rig) -> Config {
    Config::new()
        .origin(rig.sim.origin())
        .ca_file(rig.ca.path())
        .clock(rig.clock.clone())
        .requests_per_minute(rig.requests_per_minute())
}

/// Replaces `count` characters after a prefix, where it occurs.
fn masked(text: &str, heads: &[&str], size: usize) -> String {
    let mut masked = text.to_owned();
    for head in heads {
        let parts: Vec<String> = masked.split(head).map(str::to_owned).collect();
        let hide = |part: &String| match part.get(..size) {
            Some(hidden) if !hidden.contains(['\n', '"']) => "#".repeat(size) + &part[size..],
            _ => part.clone(),
        };
        let rest = parts[1..].iter().map(|part| (*head).to_owned() + &hide(part));
        masked = parts[0].clone() + &rest.collect::<String>();
    }
    masked
}

/// Sorts the keys of a plan, because their order depends on the features of serde_json.
fn sorted(text: &str) -> String {
    fn in_order(value: Value) -> Value {
        match value {
            Value::Object(map) => {
                let map: BTreeMap<String, Value> = map.into_iter().collect();
                map.into_iter().map(|(key, value)| (key, in_order(value))).collect()
            }
            Value::Array(values) => values.into_iter().map(in_order).collect(),
            value => value,
        }
    }
    let line = |line: &str| match line.strip_prefix("json ").map(serde_json::from_str) {
        Some(Ok(json)) => format!("json {}\n", in_order(json)),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Reads a response from a fixture, whose name has the status.
fn wire(name: &str) -> (Option<u64>, String) {
    let text = String::from_utf8(fixture(&format!("wire/{name}"))).expect("text");
    let status = name.split('.').find_map(|part| part.parse().ok());
    let body = match name.rsplit('.').next() {
        Some("json") => {
            let json: Value = serde_json::from_str(&text).expect("JSON");
            json["body"].to_string()
        }
        Some("txt") => text.split_once("\n\n").expect("a head").1.trim_end().to_owned(),
        _ => text,
    };
    (status, body)
}

/// Runs a vector in all four languages, and returns what is wrong.
fn compare(vector: &Value) -> Vec<String> {
    let languages =
        [("C", 0), ("C++", 1), ("Python", 2)].map(|(name, at)| (name, Some(&PROBES[at])));
    let (mut wrong, mut expected) = (Vec::new(), None::<String>);
    for (language, words) in [("Rust", None)].into_iter().chain(languages) {
        let stage = VectorSetup::new(vector);
        let before = json!(stage.rig.sim.counters());
        let output = stage.run(vector, words.map(Vec::as_slice));
        secret_leaks::record_output(&output);
        let mut found = stage.wrong(vector, &before);
        match &expected {
            Some(expected) => found.extend(difference(&in_language(expected, language), &output)),
            None => found.extend(missing(vector, &output)),
        }
        expected.get_or_insert(output);
        let name = &vector["name"];
        wrong.extend(found.into_iter().map(|what| format!("{name} in {language}: {what}")));
    }
    wrong
}

fn difference(expected: &str, found: &str) -> Option<String> {
    let pairs = expected.lines().zip(found.lines());
    let line = pairs.into_iter().find(|(expected, found)| expected != found);
    let short = |line: &str| line.chars().take(500).collect::<String>();
    let (a, b) = line.map_or((short(expected), short(found)), |(a, b)| (short(a), short(b)));
    (expected != found).then(|| format!("not\n  {a}\nbut\n  {b}"))
}

/// Returns the lines and words that a vector expects and that are missing.
fn missing(vector: &Value, output: &str) -> Option<String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let line = list(&vector["expect"]).map(text).find(|line| !output.lines().any(|l| l == line));
    let words = list(&vector["words"]).map(text).find(|words| !output.contains(words));
    line.or(words).map(|what| format!("no {what:?} in\n{output}"))
}

#[test]
fn every_vector_has_the_same_result_in_all_four_languages() {
    needs!("gcc", "g++", "python3");
    let _ = &*PROBES;
    let next = AtomicUsize::new(0);
    let work = || {
        let vector = || VECTORS.get(next.fetch_add(1, Ordering::SeqCst));
        std::iter::from_fn(vector).flat_map(compare).collect::<Vec<String>>()
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let outputs = ["status 0\nrecords 3\n", "status 0\nrecords 4\n"];
    assert!(difference(outputs[0], outputs[1]).is_some() && difference("a", "a\n").is_some());
    assert!(missing(&json!({"expect": ["records 3"]}), outputs[1]).is_some());
}

#[test]
fn vectors_cover_every_verb_source_word_and_invalid_fixture() {
    let all = || VECTORS.iter().flat_map(calls);
    let of = |key: &str| all().filter_map(|call| text(call, key)).collect::<BTreeSet<_>>();
    assert_eq!(Vec::from_iter(of("verb")), ["check", "list", "plan", "push", "upload", "verify"]);
    let sources = ["array", "ndjson", "ndjson-file", "ndjson-reader", "reader", "request"];
    assert_eq!(Vec::from_iter(of("source")), sources);
    let words = all().flat_map(|call| list(&call["options"])).filter_map(Value::as_str);
    let words: BTreeSet<&str> = words.map(|w| w.split_once('=').map_or(w, |(n, _)| n)).collect();
    let known = "allow_any_removals allow_empty baseline baseline_from_audit cancelled \
                 components custom_properties date deadline_ms description expect_removals \
                 live_components only_if_changed progress rule:closed_timestamp rule:https_url \
                 rule:null_optional rule:schema rule:similar_ids rule:unknown_component \
                 rule:zero_to_ten schema";
    assert_eq!(Vec::from_iter(words).join(" "), known);
    for file in std::fs::read_dir(fixture_path("negative")).expect("a folder") {
        let name = file.expect("readable").file_name().to_string_lossy().into_owned();
        let payload = json!(format!("negative/{name}"));
        let refused = VECTORS.iter().find(|vector| vector["payload"] == payload);
        let refused = refused.unwrap_or_else(|| panic!("no vector has {name}"));
        assert_eq!(refused["requests"], json!({"puts": 0, "gets": 0, "token_requests": 0}));
        assert!(list(&refused["expect"]).any(|line| line == "attempts 0"), "{name}");
        assert!(list(&refused["words"]).count() > 0, "{name}");
    }
    let wire: Vec<&str> =
        all().flat_map(|call| list(&call["responses"])).filter_map(|a| text(a, "wire")).collect();
    for file in std::fs::read_dir(fixture_path("wire")).expect("a folder") {
        let name = file.expect("readable").file_name().to_string_lossy().into_owned();
        let is_covered =
            name.starts_with("put.error") || name.contains("error.4") && !name.contains("UNSURE");
        assert!(!is_covered || wire.contains(&name.as_str()), "no vector has {name}");
    }
}
