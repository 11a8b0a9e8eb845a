//! Where the client secret comes from: a file, a command, the environment; never an argument.

use crate::permissions::set_mode;
use crate::rig::{RESOURCE, Ran, Rig};

/// Lists with another source of the secret than the file.
fn list(rig: &Rig, options: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = rig.vanta(&[&["list", "user_account", RESOURCE], options].concat());
    command.env_remove("VANTA_CLIENT_SECRET_FILE").envs(variables.iter().copied());
    rig.finish(command, b"")
}

fn script(rig: &Rig, text: &str) -> String {
    let path = rig.write("read secret", format!("#!/bin/sh\n{text}\n"));
    set_mode(&path, 0o700);
    path.display().to_string()
}

/// A program that prints the secret if its first argument is `a b`.
fn secret_program(rig: &Rig) -> String {
    if cfg!(windows) {
        let text = "@if \"%~1\"==\"a b\" type secret\r\n";
        return rig.write("read secret.bat", text).display().to_string();
    }
    script(rig, "[ \"$1\" = 'a b' ] && cat secret")
}

#[test]
fn a_file_a_variable_or_a_command_gives_the_secret() {
    let secret = Rig::new().sim.client_secret();
    assert!(!secret.is_empty());
    for source in ["file", "variable", "command", "command of a variable"] {
        let rig = Rig::new();
        let secret = rig.sim.client_secret();
        let command = format!("'{}' \"a b\" c", secret_program(&rig));
        let file = rig.path().join("secret").display().to_string();
        let ran = match source {
            "file" => list(&rig, &["--client-secret-file", &file], &[]),
            "variable" => list(&rig, &[], &[("VANTA_CLIENT_SECRET", &secret)]),
            "command" => list(&rig, &["--client-secret-command", &command], &[]),
            _ => list(&rig, &[], &[("VANTA_CLIENT_SECRET_COMMAND", &command)]),
        };
        assert_eq!(ran.code, 0, "{source}: {}", ran.err);
    }
}

#[test]
fn a_command_runs_without_a_shell_and_only_for_a_token_request() {
    let rig = Rig::new();
    let path = script(&rig, "echo \"$@\" >> arguments; cat secret");
    let command = format!("'{path}' $HOME *.pem; true");
    for _ in 0..2 {
        list(&rig, &["--client-secret-command", &command], &[]).ends_with(0);
    }
    assert_eq!(rig.read("arguments"), "$HOME *.pem; true\n");
}

#[test]
fn the_output_of_a_command_is_in_no_message() {
    let rig = Rig::new();
    let secret = rig.sim.client_secret();
    for (text, words) in [
        (format!("echo {secret}; exit 3"), "ended with exit status: 3"),
        (format!("echo '{secret} {secret}'"), "white space"),
        ("printf '\\377'".to_owned(), "its output is not UTF-8"),
        ("true".to_owned(), "is empty"),
    ] {
        let command = format!("'{}'", script(&rig, &text));
        let ran = list(&rig, &["--client-secret-command", &command, "--verbose"], &[]);
        assert!([75, 78].contains(&ran.code), "{text}: {ran:?}");
        ran.has_error(&[words]);
    }
    let ran = list(&rig, &["--client-secret-command", "/no/such/program x"], &[]).ends_with(75);
    ran.has_error(&["its command failed with \"/no/such/program: No such file"]);
    list(&rig, &["--client-secret-command", "cat 'x"], &[]).ends_with(64);
}

#[test]
fn two_sources_are_refused_and_none_is_named() {
    let rig = Rig::new();
    let file = rig.path().join("secret").display().to_string();
    let both = ["--client-secret-file", &file, "--client-secret-command", "cat secret"];
    let ran = list(&rig, &both, &[]).ends_with(78);
    ran.has_error(&["the client secret is set in two ways", "--client-secret-command"]);
    let variables =
        [("VANTA_CLIENT_SECRET_COMMAND", "cat secret"), ("VANTA_CLIENT_SECRET_FILE", &*file)];
    list(&rig, &[], &variables).ends_with(78).has_error(&["are both set; keep one"]);
    // An option stands above the environment.
    list(&rig, &both[..2], &variables).ends_with(0);
    list(&rig, &both[2..], &variables).ends_with(0);
    let ran = list(&rig, &[], &[]).ends_with(78);
    ran.has_error(&[
        "no client secret is set; set VANTA_CLIENT_SECRET_FILE or --client-secret-file",
    ]);
    let ran = list(&rig, &["--client-id", ""], &[("VANTA_CLIENT_ID", "")]).ends_with(78);
    assert!(!ran.err.contains("Config::"), "{}", ran.err);
}

#[test]
fn no_option_takes_a_secret() {
    let rig = Rig::new();
    for command in ["token", "push", "plan", "verify", "list", "upload", "status", "doctor"] {
        let help = rig.run(&[command, "--help"]).ends_with(0).out;
        assert!(help.contains("--client-secret-file"), "{command}");
        assert!(!help.contains("--client-secret ") && !help.contains("--password"), "{command}");
    }
}
