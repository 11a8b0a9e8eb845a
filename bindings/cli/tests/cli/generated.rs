//! The man page and the completions, which `bindings/cli/share` holds for packages.
//! `VANTA_BLESS=1 cargo test -p vanta-cli generated` writes them.

use std::fs;
use std::path::Path;

use crate::rig::Rig;

/// Compares what the program prints with a file, or writes the file.
#[track_caller]
fn assert_is_file(rig: &Rig, arguments: &[&str], name: &str) -> String {
    let text = rig.run(arguments).ends_with(0).out;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("share").join(name);
    if std::env::var_os("VANTA_BLESS").is_some() {
        fs::write(&path, &text).expect("the source tree can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is stale: VANTA_BLESS=1 writes it", path.display());
    text
}

/// Every long option of every command.
fn options(rig: &Rig) -> Vec<String> {
    let mut found = Vec::new();
    for command in ["token", "validate", "push", "list", "upload", "schema", "doctor"] {
        let help = rig.run(&[command, "--help"]).ends_with(0).out;
        let words = help.lines().filter(|line| line.trim_start().starts_with('-'));
        let words = words.flat_map(|line| line.split([' ', ',']));
        found.extend(words.filter(|word| word.starts_with("--")).map(str::to_owned));
    }
    found.sort();
    found.dedup();
    assert!(found.len() > 30, "{found:?}");
    found
}

#[test]
fn the_man_page_names_each_option_and_has_the_examples() {
    let rig = Rig::new();
    let page = assert_is_file(&rig, &["man"], "vanta.1").replace("\\-", "-");
    for option in options(&rig) {
        assert!(page.contains(&option), "{option}");
    }
    for part in [".TH vanta 1", "VANTA PUSH", "Exit codes:", "vanta schema user_account --csv"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn groff_finds_nothing_wrong_with_the_man_page() {
    needs!("groff");
    let rig = Rig::new();
    let mut shell = rig.command("sh");
    shell.args(["-c", "vanta man | groff -K utf8 -man -ww -Tutf8 -z"]);
    let ran = rig.finish(shell, b"").ends_with(0);
    assert_eq!(ran.err, "");
}

#[test]
fn completions_name_each_option() {
    let rig = Rig::new();
    for (shell, name) in [("bash", "vanta.bash"), ("zsh", "_vanta"), ("fish", "vanta.fish")] {
        let text = assert_is_file(&rig, &["completions", shell], name);
        for option in options(&rig) {
            let word = option.trim_start_matches('-');
            assert!(text.contains(word), "{shell}: {option}");
        }
    }
}

#[test]
fn bash_completes_commands_and_options() {
    needs!("bash");
    let rig = Rig::new();
    let script = "source <(vanta completions bash)
        complete_at() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
          _vanta vanta \"${@: -1}\" \"${@: -2:1}\"; printf '%s\\n' \"${COMPREPLY[@]}\"; }
        complete_at vanta pu; complete_at vanta push --dry";
    let mut bash = rig.command("bash");
    bash.args(["-c", script]);
    assert_eq!(rig.finish(bash, b"").ends_with(0).out, "push\n--dry-run\n");
}
