//! Hostile responses: each is an error, in bounded memory.

use std::process::Command;
use std::thread;

use crate::harness::{Fault, Place, RESOURCE, Rig};
use crate::languages::{command, secret_file};
use crate::resource_limits::c;

/// Returns a response with this head and body.
fn raw(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), body].concat()
}

/// Returns a complete response with the length of its body.
fn whole(body: &[u8]) -> Vec<u8> {
    raw(&format!("content-length: {}\r\n", body.len()), body)
}

/// Runs a program that lists a resource in an address space of 400 MB, and returns its output.
fn listed(response: &[u8]) -> String {
    let rig = Rig::unlimited();
    // As often as the request may be retried.
    (0..5).for_each(|_| rig.script(Place::Get, Fault::Raw(response.to_vec())));
    let secret = secret_file(&rig);
    let limited = "ulimit -v 400000; exec \"$@\"";
    let mut words: Vec<_> = ["sh", "-c", limited, "sh"].map(Into::into).to_vec();
    words.push(c("probe", "-std=c99"));
    let mut list: Command = command(&rig, &secret, &words);
    let output = list.args(["list", "user_account", RESOURCE]).output().expect("it starts");
    let (stdout, stderr) = (&output.stdout, &output.stderr);
    assert_eq!(String::from_utf8_lossy(stderr), "", "{:?}", output.status);
    String::from_utf8_lossy(stdout).into_owned()
}

#[test]
fn hostile_response_is_an_error_in_bounded_memory() {
    needs!("gcc");
    let row = br#"{"resources":[{"uniqueId":"a"}]}"#;
    let deep = [b"{\"resources\":[", "[".repeat(100_000).as_bytes(), b"]}"].concat();
    let deep_rows = [b"{\"resources\":[{\"a\":", "[".repeat(100_000).as_bytes(), b"}]}"].concat();
    let twins = br#"{"resources":[],"resources":[{"uniqueId":"a","uniqueId":"b"}]}"#;
    let bytes = b"{\"resources\":[{\"uniqueId\":\"\xff\xfe\"}]}";
    let bombs = [
        ("ten gigabytes are promised", raw("content-length: 10000000000\r\n", row)),
        ("and more than can be counted", raw("content-length: 99999999999999999999\r\n", row)),
        ("less than nothing", raw("content-length: -1\r\n", row)),
        ("a million headers", raw(&"x: y\r\n".repeat(1_000_000), row)),
        ("one header of ten megabytes", raw(&format!("x: {}\r\n", "y".repeat(10 << 20)), row)),
        ("a chunk of all bytes", raw("transfer-encoding: chunked\r\n", b"ffffffffffffffff\r\nx")),
        ("depth", whole(&deep)),
        ("depth in a row", whole(&deep_rows)),
        ("keys that come twice", whole(twins)),
        ("what is no text", whole(bytes)),
    ];
    // In parallel, because most of the time is backoff.
    thread::scope(|scope| {
        for (name, response) in bombs {
            scope.spawn(move || {
                let stdout = listed(&response);
                let status = stdout.lines().next().unwrap_or_default();
                assert!(status.starts_with("status -"), "{name}: {stdout}");
                assert!(!status.starts_with("status -100"), "{name}: {stdout}");
            });
        }
    });
}
