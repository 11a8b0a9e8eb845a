//! Plain http is allowed to loopback addresses only.

use std::process::Command;

use vanta::ErrorKind;

use crate::harness::Rig;
use crate::languages::{command, secret_file, succeed};
use crate::resource_limits::c;

/// Returns the result of a token request to `http://localhost`, where that name has these
/// addresses.
fn request(addresses: &str, change: impl FnOnce(&mut Command, u16)) -> (String, u64) {
    let rig = Rig::with(|settings| settings.tls = false);
    let secret = secret_file(&rig);
    let mut program = command(&rig, &secret, &[c("localhost", "-std=gnu99")]);
    let port = rig.sim.address().port();
    program.env("VANTA_ORIGIN", format!("http://localhost:{port}"));
    program.env("TEST_ADDRESSES", addresses);
    change(&mut program, port);
    let output = succeed(&mut program);
    (String::from_utf8_lossy(&output.stdout).into_owned(), rig.sim.counters().token_requests)
}

#[track_caller]
fn assert_refused(outcome: (String, u64), address: &str) {
    let (result, requests) = outcome;
    let words =
        format!("localhost is {address}, and plain http is sent to loopback addresses only");
    assert!(result.starts_with(&format!("{} ", ErrorKind::InsecureOrigin.code())), "{result}");
    assert!(result.contains(&words), "{result}");
    assert_eq!(requests, 0, "{result}");
}

#[test]
fn plain_http_to_a_localhost_that_is_elsewhere_is_refused_before_anything_is_sent() {
    needs!("gcc");
    // The kernel connects 0.0.0.0 to this host, but it is not a loopback address.
    for address in ["0.0.0.0", "192.0.2.1", "::"] {
        assert_refused(request(address, |_, _| ()), address);
    }
}

#[test]
fn plain_http_uses_only_the_loopback_addresses_of_localhost() {
    needs!("gcc");
    assert_eq!(request("192.0.2.1 127.0.0.1", |_, _| ()), ("0 \n".to_owned(), 1));
}

#[test]
fn plain_http_is_sent_to_no_proxy_elsewhere() {
    needs!("gcc");
    let by_proxy = |program: &mut Command, port: u16| {
        program.env("VANTA_PROXY", format!("http://localhost:{port}"));
    };
    assert_refused(request("0.0.0.0", by_proxy), "0.0.0.0");
}
