//! Help, and arguments that are wrong.

use crate::rig::Rig;

const COMMANDS: [&str; 12] = [
    "token",
    "validate",
    "plan",
    "push",
    "verify",
    "list",
    "upload",
    "status",
    "schema",
    "doctor",
    "completions",
    "kinds",
];

#[test]
fn help_teaches_with_examples() {
    let rig = Rig::new();
    let help = rig.run(&["--help"]).ends_with(0).out;
    for part in ["Examples:", "Exit codes:", "vanta doctor", "65  correct the records"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command}")), "{command}: {help}");
        let own = rig.run(&[command, "--help"]).ends_with(0).out;
        let needs_none = ["kinds"].contains(&command);
        assert!(needs_none || own.contains("Example"), "{command}: {own}");
        assert!(own.contains("Usage: vanta "), "{command}: {own}");
    }
    assert!(rig.run(&["--version"]).ends_with(0).out.starts_with("vanta 0."));
}

#[test]
fn wrong_arguments_are_64_and_say_what_is_meant() {
    let rig = Rig::new();
    rig.run(&[]).ends_with(64);
    rig.run(&["psuh"]).ends_with(64).has_error(&["push"]);
    rig.run(&["push", "user_account", "a", "--alow-empty"])
        .ends_with(64)
        .has_error(&["--allow-empty"]);
    let ran = rig.run(&["push", "user_account", "a", "--delimiter", "ab"]).ends_with(64);
    ran.has_error(&["write one character"]);
    rig.run(&["list", "user_account"]).ends_with(64).has_error(&["<RESOURCE_ID>"]);
}
