//! Kind names: another spelling of a known kind is an error that names it.

use std::path::Path;
use std::process::Command;

use vanta::{Error, ErrorKind, Kind, Receipt};

use crate::c_abi::read;
use crate::harness::{Rig, accounts, assert_kind, without_deletion_guard};
use crate::header::kind_constants;
use crate::languages::{BUILT, alone, succeed};

fn parse(name: &str) -> Result<Kind, Error> {
    name.parse()
}

#[test]
fn another_spelling_of_a_known_kind_names_it() {
    for (name, words) in [
        ("UserAccount", "did you mean user_account? If not, write exact:UserAccount"),
        ("USER_ACCOUNT", "did you mean user_account? If not"),
        ("useraccount", "did you mean user_account? If not"),
        ("User_Accounts", "did you mean user_account? If not"),
        ("users", "did you mean user_account? If not"),
        ("Accounts", "did you mean user_account? If not"),
        ("user_acount", "did you mean user_account? If not"),
        ("user_acocunt", "did you mean user_account? If not"),
        ("user-accounts", "did you mean user_account?"),
        ("user account", "did you mean user_account?"),
        (" user_account\n", "did you mean user_account?"),
        ("secrets", "did you mean secret? If not"),
        ("Secret", "did you mean secret? If not"),
        ("custom_resources", "did you mean custom_resource? If not"),
        ("security_tasks", "did you mean security_task? If not"),
        ("BackgroundCheck", "did you mean background_check_connector? If not"),
        ("background_checks", "did you mean background_check_connector? If not"),
        ("background_check_connectors", "did you mean background_check_connector? If not"),
        ("package_vulnerabilities", "did you mean package_vulnerability_connectors? If not"),
        ("ApiEndpointVulnerability", "did you mean api_endpoint_vulnerability_connectors? If"),
        ("STATIC_ANALYSIS_VULNERABILITY", "did you mean static_analysis_code_vulnerability_conn"),
        ("StaticAnalysisCodeVulnerability", "did you mean static_analysis_code_vulnerability_c"),
        ("mac_user_computer", "did you mean macos_user_computer? If not"),
        ("macos_computers", "did you mean macos_user_computer? If not"),
        ("WindowsUserComputers", "did you mean windows_user_computer? If not"),
        ("computers", "did you mean macos_user_computer or windows_user_computer? If not"),
        ("vulnerable_components", "did you mean vulnerable_component? If not"),
        ("user_security_training_statuses", "did you mean user_security_training_status? If"),
    ] {
        let error = assert_kind(parse(name), ErrorKind::InvalidArgument).to_string();
        assert!(error.contains(words), "{name}: {error}");
    }
}

#[test]
fn every_kind_and_every_other_name_is_taken() {
    for kind in Kind::ALL {
        assert_eq!(parse(kind.as_str()).expect("a known kind"), *kind);
    }
    for name in [
        "linux_user_computer",
        "chromeos_user_computer",
        "ios_user_computer",
        "user_account_v2",
        "secret2",
        "user_group",
        "device",
        "code_repository",
        "background_job",
        "security_incident",
        "custom_control",
        "vulnerable_host",
        "document",
        &"x".repeat(100),
    ] {
        let kind = parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(kind.as_str(), name);
        assert!(kind.schema().is_none(), "{name} is none of the twelve");
    }
}

#[test]
fn a_name_that_resembles_a_kind_can_be_used_as_it_is() {
    let kind = parse("exact:MacosUserComputer").expect("a name of its own");
    assert_eq!(kind.as_str(), "MacosUserComputer");
    assert_eq!(parse("exact:user_account").expect("the known kind"), Kind::USER_ACCOUNT);
    for name in ["exact:", "exact:user account", "exact:user/account", "exact:exact:users"] {
        let error = assert_kind(parse(name), ErrorKind::InvalidArgument).to_string();
        assert!(error.contains("letters, digits and underscores"), "{name}: {error}");
    }
    let rig = Rig::with(|settings| settings.camel_case_paths = true);
    let kind = parse("exact:UserAccount").expect("a name of its own");
    let receipt = rig
        .client()
        .push_with(&kind, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    // Its line in an audit file can be read.
    let read = Receipt::from_json(&receipt.to_json()).expect("a receipt");
    assert_eq!(read.resource_kind.as_str(), "UserAccount");
}

/// Returns the expected constants of a language, one a line.
fn expected(name: impl Fn(&str) -> String) -> String {
    let constants = kind_constants();
    assert_eq!(constants.len(), Kind::ALL.len());
    let line = |(constant, kind): (&crate::header::KindConstant, &Kind)| {
        assert_eq!(constant.path, kind.as_str());
        format!("{} {}\n", name(&constant.name), constant.path)
    };
    constants.iter().zip(Kind::ALL).map(line).collect()
}

#[test]
fn c_and_cpp_have_a_constant_for_each_kind() {
    needs!("g++");
    let mut source = String::from("#include <cstdio>\n#include <vanta.hpp>\nint main() {\n");
    for constant in kind_constants() {
        let (c, cpp) = (format!("VANTA_KIND_{}", constant.name), constant.name.to_lowercase());
        source += &format!("    std::printf(\"{c} %s\\n\", {c});\n");
        source += &format!("    std::printf(\"{cpp} %s\\n\", vanta::kind::{cpp});\n");
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kinds.cpp");
    std::fs::write(&path, source + "}\n").expect("written");
    let program = BUILT.compile("g++", "-std=c++17", path.to_str().expect("text"));
    let output = String::from_utf8(succeed(&mut alone(&program)).stdout).expect("text");
    let lines = |prefix: &str| -> String {
        let own = |line: &&str| line.starts_with("VANTA_KIND_") == (prefix == "VANTA_KIND_");
        output.lines().filter(own).map(|line| format!("{line}\n")).collect()
    };
    assert_eq!(lines("VANTA_KIND_"), expected(|name| format!("VANTA_KIND_{name}")));
    assert_eq!(lines(""), expected(str::to_lowercase));
    let declared = read("bindings/cpp/vanta_kind.hpp").matches("constexpr").count();
    assert_eq!(declared, Kind::ALL.len(), "and no other");
}

#[test]
fn python_has_a_constant_for_each_kind() {
    needs!("python3");
    let script = "import libvanta\n\
                  for name in vars(libvanta.Kind):\n\
                  \x20   if name.isupper(): print(name, getattr(libvanta.Kind, name))\n";
    let mut words = BUILT.python("-c");
    words.push(script.into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("PYTHONPATH", "bindings/python").env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("LIBVANTA_LIBRARY", BUILT.folder.join("libvanta.so.0"));
    let output = String::from_utf8(succeed(&mut command).stdout).expect("text");
    assert_eq!(output, expected(str::to_owned));
}
