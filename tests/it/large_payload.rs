//! A payload near the size limit: the whole job needs a bounded amount of memory.

use std::fs;
use std::time::Instant;

use vanta::{Body, Client, Config, Kind, ValidationOptions};

use crate::harness::{RESOURCE, Rig, TempFile, TempFolder};
use crate::languages::{command, secret_file, succeed};

const FINDINGS: usize = 25_000;

const KIND: Kind = Kind::PACKAGE_VULNERABILITY;

/// Returns a request body of vulnerabilities, a little below the limit.
fn payload() -> String {
    let record = |i: usize| {
        format!(
            r#"{{"uniqueId":"f-{i}","displayName":"CVE-2026-{i}","externalUrl":"https://x.example.com/{i}","packageName":"p{i}","packageVersion":"1.{i}","severity":{}.{},"vulnerableComponentUniqueId":"c-{}","description":"{}","isResolvable":true,"remediationInstructions":"upgrade"}}"#,
            i % 10,
            i % 10,
            i % 400,
            "x".repeat(140),
        )
    };
    let records: Vec<String> = (0..FINDINGS).map(record).collect();
    format!(r#"{{"resourceId":"{RESOURCE}","resources":[{}]}}"#, records.join(","))
}

#[test]
fn job_with_25000_records_needs_a_few_times_the_body_size() {
    let body = payload();
    assert!((9_500_000..10_485_760).contains(&body.len()), "{} bytes", body.len());
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let payload = TempFile::new("json", body.as_bytes());
    let secret = secret_file(&rig);
    let words =
        ["--exact", "large_payload::child_process_of_this_test", "--ignored", "--nocapture"];
    let binary = std::env::current_exe().expect("this program").into_os_string();
    let output = succeed(
        command(&rig, &secret, &[binary])
            .args(words)
            .env("VANTA_AUDIT_FILE", folder.path().join("audit.jsonl"))
            .env("PAYLOAD", payload.path()),
    );
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures = stdout.lines().filter_map(|line| line.strip_prefix("peak "));
    let mut seen = 0;
    for line in figures {
        println!("{line}");
        let (stage, rest) = line.split_once(": ").expect("a stage");
        let times: f64 = rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
        // The body, the response with it, and an index of both.
        assert!(times < 4.0, "{stage}: {times} times the body");
        seen += 1;
    }
    assert_eq!(seen, 6, "{stdout}");
    assert_eq!(rig.sim.rows(KIND.as_str(), RESOURCE).len(), FINDINGS);
    assert_eq!(rig.sim.counters().puts, 1);
}

/// Returns the kilobytes of memory of this process: now, or the peak since the last reset.
fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("a field");
    line.trim().trim_end_matches(" kB").parse().expect("kilobytes")
}

/// Prints how far memory rose above `before` while the stage ran.
fn stage<T>(name: &str, before: u64, size: u64, run: impl FnOnce() -> T) -> T {
    fs::write("/proc/self/clear_refs", "5").expect("sets the highest back");
    let began = Instant::now();
    let result = run();
    let rose = memory("VmHWM:").saturating_sub(before);
    let (times, ms) = (rose as f64 * 1024.0 / size as f64, began.elapsed().as_millis());
    println!("peak {name}: {times:.2} times the body, {rose} kB, {ms} ms");
    result
}

#[test]
#[ignore = "a child of the test above, in a process of its own"]
fn child_process_of_this_test() {
    let path = std::env::var("PAYLOAD").expect("the parent gives it");
    let size = fs::metadata(&path).expect("a file").len();
    let client = Client::new(Config::from_env()).expect("configured");
    client.token().expect("a token");
    let before = memory("VmRSS:");
    let body = stage("read", before, size, || Body::from_file(&path).expect("read"));
    let report =
        stage("validate", before, size, || body.validate(&KIND, &ValidationOptions::new()));
    assert!(report.expect("checked").errors.is_empty());
    let plan = stage("plan", before, size, || client.plan(&KIND, &body).expect("planned"));
    assert_eq!((plan.added.len(), plan.is_empty()), (FINDINGS, false));
    drop(plan);
    let receipt = stage("push", before, size, || client.push(&KIND, &body).expect("pushed"));
    assert_eq!((receipt.record_count, receipt.audited), (FINDINGS, true));
    let proof = stage("verify", before, size, || client.verify(&KIND, &body).expect("verified"));
    assert_eq!(proof.sha256, receipt.sha256);
    let plan = stage("plan again", before, size, || client.plan(&KIND, &body).expect("planned"));
    assert!(plan.is_empty() && plan.unchanged == FINDINGS, "{plan}");
}
