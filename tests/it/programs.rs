//! The programs that the README names work as it says.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use vanta::{Client, Config, Kind};

use crate::harness::RESOURCE;
use crate::secret_leaks;

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--offline"]).args(arguments);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

#[test]
fn the_quick_start_pushes_and_reads_back_1200_accounts() {
    let output = cargo(&["-p", "quickstart"]).output().expect("cargo runs");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    secret_leaks::record_output(&stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("1,200 records in 506241 bytes accepted"), "{stdout}");
    assert!(
        stdout.contains("1,200 records live at Vanta, as in the body of 506241 bytes"),
        "{stdout}"
    );
    assert!(!stdout.contains("vcs_") && !stdout.contains("vat_"), "{stdout}");
}

/// Ends the program with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_simulator_as_a_program_tells_how_to_reach_it() {
    let mut command = cargo(&["-p", "vanta-simulator", "--", "--no-limits"]);
    let mut running = Running(command.stdout(Stdio::piped()).spawn().expect("cargo runs"));
    let output = BufReader::new(running.0.stdout.take().expect("piped"));
    let lines: Vec<String> = output
        .lines()
        .map(|line| line.expect("text"))
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .collect();
    secret_leaks::record_output(&lines.join("\n"));
    let value = |name: &str| {
        let found = lines.iter().find_map(|line| line.strip_prefix(&format!("export {name}=")));
        found.unwrap_or_else(|| panic!("{name} is not printed: {lines:?}")).to_owned()
    };
    assert!(lines.iter().all(|line| !line.contains("vcs_")), "{lines:?}");
    let config = Config::new()
        .origin(value("VANTA_ORIGIN"))
        .client_id(value("VANTA_CLIENT_ID"))
        .client_secret_file(value("VANTA_CLIENT_SECRET_FILE"))
        .ca_file(value("VANTA_CA_FILE"));
    let client = Client::new(config).expect("the printed settings are right");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let folder = value("VANTA_CA_FILE").replace("/ca.pem", "");
    drop(running);
    std::fs::remove_dir_all(folder).expect("a program that ends by SIGKILL leaves its folder");
}

/// Returns the crates that cargo builds for a package, including itself.
fn crates(package: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--offline", "--locked", "-e", "normal,build", "--prefix", "none", "-p"]);
    let output = command.args(package).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let output = output.expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).expect("names are UTF-8");
    stdout.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn examples_build_no_development_dependency() {
    let mut needed = crates(&["libvanta"]);
    needed.insert("push".to_owned());
    assert_eq!(crates(&["push"]), needed);
    needed.remove("push");
    needed.extend(crates(&["vanta-simulator", "--no-default-features"]));
    needed.insert("quickstart".to_owned());
    assert_eq!(crates(&["quickstart"]), needed);
    assert!(crates(&["vanta-simulator"]).contains("clap") && !needed.contains("clap"));
    println!("the quickstart builds {} crates", needed.len());
}
