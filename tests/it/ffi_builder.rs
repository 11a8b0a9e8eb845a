//! Bodies that C and C++ build field by field are equal to those of Rust.

use std::ffi::OsString;
use std::process::Command;

use serde_json::json;
use vanta::{Body, BodyBuilder, Result};

use crate::harness::{RESOURCE, Rig};
use crate::languages::{BUILT, command, secret_file, succeed, valgrind};

const NASTY: &str = "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}\0 \u{2028} 😀";

fn account(records: &mut BodyBuilder, id: &str, name: &str) -> Result<()> {
    records.begin()?.string("uniqueId", id)?.string("displayName", name)?;
    records.string("externalUrl", "https://ledger.example.com/\"quoted\"")?;
    records.string("fullName", name)?.string("accountName", id)?;
    records.string("email", "a@example.com")?.string("permissionLevel", "BASE")?;
    records.timestamp_ms("createdTimestamp", 951_782_400_001)?.string("status", "ACTIVE")?;
    records.boolean("mfaEnabled", true)?;
    records.begin_array("mfaMethods")?.string(None, "OTP")?.string(None, "SMS")?.end()?;
    records.string("authMethod", "SSO")?.string("roleDescription", "")?;
    records.json("groupIds", "[\"g1\", \"g2\"]")?.end()?;
    Ok(())
}

fn accounts() -> Result<Body> {
    let mut records = BodyBuilder::new(RESOURCE)?;
    account(&mut records, "acct-1", NASTY)?;
    account(&mut records, "acct-2", "Freja")?;
    records.finish()
}

fn user(records: &mut BodyBuilder, name: &str, policies: u32) -> Result<()> {
    records.begin_object(None)?.string("username", name)?.begin_array("screenlockPolicies")?;
    for _ in 0..policies {
        records.begin_object(None)?.boolean("requiresPassword", true)?;
        records.integer("screenSleepTimeoutMs", 300_000)?.end()?;
    }
    records.end()?.begin_object("screenlockSettings")?.boolean("requiresPassword", false)?;
    records.integer("screenSleepTimeoutMs", 0)?.end()?.end()?;
    Ok(())
}

fn macs() -> Result<Body> {
    let mut records = BodyBuilder::new(RESOURCE)?;
    records.begin()?.string("uniqueId", "mac-1")?.string("displayName", "Freja's Mac")?;
    records.string("externalUrl", "https://mdm.example.com/1")?;
    records.timestamp_ms("collectedTimestamp", 1_767_323_045_678)?.string("osName", "macOS")?;
    records.string("osVersion", "15.2")?.string("hardwareUuid", "0A1B")?;
    records.string("serialNumber", "C02")?.begin_array("applications")?.end()?;
    records.begin_array("browserExtensions")?.end()?.begin_array("drives")?.begin_object(None)?;
    records.string("name", "Macintosh HD")?.boolean("encrypted", true)?;
    records.boolean("filevaultEnabled", true)?.end()?.end()?.begin_array("users")?;
    user(&mut records, "freja", 2)?;
    user(&mut records, "lior", 0)?;
    records.end()?.begin_array("systemScreenlockPolicies")?.end()?;
    records.boolean("isManaged", true)?.boolean("autoUpdatesEnabled", false)?.end()?;
    records.finish()
}

/// Runs a program, and returns the bodies that it pushed and Vanta accepted.
fn pushed(words: &[OsString]) -> (Rig, Vec<Vec<u8>>) {
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let output = succeed(&mut command(&rig, &secret, words));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "passed\n", "{words:?}");
    let requests = rig.sim.requests().into_iter();
    let bodies = requests.filter(|request| request.method == "PUT").map(|request| request.body);
    let bodies = bodies.collect();
    (rig, bodies)
}

#[test]
fn rust_c_and_cpp_write_the_same_bytes_and_vanta_takes_them() {
    needs!("gcc", "g++");
    let bodies = [accounts().expect("right"), macs().expect("right")];
    let expected = bodies.map(|body| body.as_bytes().to_vec());
    let c = BUILT.compile("gcc", "-std=c99", "tests/c/builder.c");
    let cpp = BUILT.compile("g++", "-std=c++17", "tests/cpp/builder.cpp");
    for program in [c, cpp] {
        let (rig, found) = pushed(&[program.into_os_string()]);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(String::from_utf8_lossy(found), String::from_utf8_lossy(expected));
        }
        assert_eq!(found.len(), 2);
        let rows = rig.sim.rows("user_account", RESOURCE);
        assert_eq!((&rows[0]["fullName"], &rows[1]["fullName"]), (&json!(NASTY), &json!("Freja")));
        assert_eq!(rows[0]["createdTimestamp"], "2000-02-29T00:00:00.001Z");
        let rows = rig.sim.rows("macos_user_computer", RESOURCE);
        let locked = json!({"requiresPassword": true, "screenSleepTimeoutMs": 300_000});
        assert_eq!(rows[0]["users"][0]["screenlockPolicies"], json!([locked, locked]));
        assert_eq!(rows[0]["users"][1]["username"], "lior");
    }
}

#[test]
fn valgrind_finds_nothing_in_valid_invalid_and_abandoned_records() {
    needs!("gcc", "valgrind");
    let program = BUILT.compile("gcc", "-std=c99", "tests/c/builder.c");
    pushed(&valgrind(program));
}

#[test]
fn a_value_of_another_type_does_not_compile_in_cpp() {
    needs!("g++");
    let path = BUILT.folder.join("typed.cpp");
    let compiles = |call: &str| {
        let source = format!(
            "#include <vanta.hpp>\nint main() {{ vanta::body_builder r(\"x\"); {call}; }}\n"
        );
        std::fs::write(&path, source).expect("the test's folder can be written");
        let mut compiler = Command::new("g++");
        compiler.args(["-std=c++17", "-fsyntax-only", "-I", "include", "-I", "bindings/cpp"]);
        let output = compiler.arg(&path).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        output.expect("g++ runs").status.success()
    };
    assert!(compiles("r.boolean(\"k\", true).integer(\"k\", 1L).string(\"k\", \"text\")"));
    for slip in [
        "r.boolean(\"k\", \"false\")",
        "r.integer(\"k\", 1.5)",
        "r.integer(\"k\", sizeof r)",
        "vanta::body_builder other(r)",
    ] {
        assert!(!compiles(slip), "{slip}");
    }
}
