//! `vanta token`: one shared token for programs that send their own requests.

use std::time::Duration;

use crate::rig::Rig;

impl Rig {
    fn token(&self, options: &[&str]) -> String {
        let command = self.vanta(&[&["token"], options].concat());
        let ran = self.finish_with_token(command, b"").ends_with(0);
        assert_eq!(ran.err, "");
        ran.out.strip_suffix('\n').expect("one line").to_owned()
    }
}

#[test]
fn all_runs_print_the_same_token() {
    let rig = Rig::new();
    let token = rig.token(&[]);
    assert_eq!(Some(&token), rig.sim.live_token().as_ref());
    assert_eq!(rig.token(&[]), token);
    let json: serde_json::Value =
        serde_json::from_str(&rig.token(&["--json"])).expect("one object");
    assert_eq!(
        (json["accessToken"].as_str(), &json["tokenType"]),
        (Some(&*token), &"Bearer".into())
    );
    assert!(json["secondsLeft"].as_u64().is_some_and(|left| left > 3000), "{json}");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn ten_runs_at_a_time_make_one_token_request() {
    needs!("xargs");
    let rig = Rig::new();
    let store = rig.path().join("token").display().to_string();
    let mut shell = rig.command("sh");
    shell.args(["-c", "seq 10 | xargs -P 10 -I {} vanta token --token-store \"$1\"", "sh", &store]);
    let ran = rig.finish_with_token(shell, b"").ends_with(0);
    let token = rig.sim.live_token().expect("a token");
    assert_eq!(ran.out, format!("{token}\n").repeat(10));
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_rejected_token_is_replaced_once() {
    let rig = Rig::on_one_clock();
    let old = rig.token(&[]);
    rig.sim.advance(Duration::from_secs(2));
    rig.sim.revoke_token();
    let replace = || {
        let command = rig.vanta(&["token", "--rejected", "-"]);
        rig.finish_with_token(command, format!("{old}\n").as_bytes()).ends_with(0).out
    };
    let new = replace();
    assert_eq!(new, format!("{}\n", rig.sim.live_token().expect("a token")));
    assert_ne!(new.trim(), old);
    // Another script reports the same old token: it gets the new one.
    assert_eq!(replace(), new);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_rejected_token_is_read_as_powershell_writes_it() {
    let encodings: [fn(&str) -> Vec<u8>; 3] = [
        |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        |text| text.as_bytes().to_vec(),
    ];
    for encode in encodings {
        let rig = Rig::on_one_clock();
        let old = rig.token(&[]);
        rig.sim.advance(Duration::from_secs(2));
        rig.sim.revoke_token();
        let command = rig.vanta(&["token", "--rejected", "-"]);
        let written = encode(&format!("\u{feff}{old}\r\n"));
        let ran = rig.finish_with_token(command, &written).ends_with(0);
        assert_ne!(ran.out.trim(), old);
        assert_eq!(rig.sim.counters().token_requests, 2);
    }
}

#[test]
fn a_token_that_must_live_longer_is_requested() {
    let rig = Rig::with(|settings| settings.expires_in = 600);
    let first = rig.token(&["--valid-for", "5m"]);
    assert_eq!(rig.token(&["--valid-for", "8m"]), first);
    let ran = rig.run(&["token", "--valid-for", "5 min"]).ends_with(64);
    ran.has_error(&["write a number and a unit: 90s, 10m, 12h or 30d"]);
}

#[test]
fn a_terminal_gets_no_token_unless_forced() {
    needs!("python3");
    let rig = Rig::new();
    let pty = |arguments: &str| {
        let mut python = rig.command("python3");
        let code =
            "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        python.args(["-c", code]).args(format!("vanta {arguments}").split(' '));
        rig.finish_with_token(python, b"")
    };
    let ran = pty("token").ends_with(64);
    assert!(ran.out.contains("$(vanta token), or give --force"), "{}", ran.out);
    assert_eq!(rig.sim.counters().token_requests, 0);
    let ran = pty("token --force").ends_with(0);
    assert!(ran.out.contains(&rig.sim.live_token().expect("a token")), "{}", ran.out);
}

#[test]
fn without_a_store_a_warning_says_what_each_run_does() {
    let rig = Rig::new();
    let mut command = rig.vanta(&["token", "--token-store", "memory"]);
    let ran = rig.finish_with_token(command, b"").ends_with(0);
    ran.has_error(&["warning: no token store is set: each run requests a token"]);
    // A home that cannot be written is no reason to fail.
    command = rig.vanta(&["token"]);
    let file = rig.path().join("secret");
    command.env("HOME", &file).env("LOCALAPPDATA", file);
    rig.finish_with_token(command, b"").ends_with(0).has_error(&["no token store is set"]);
}
