//! The protocol has the properties, and its steps are those of the document and of the library.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::{Report, check};
use crate::event::{Bounds, Fault};
use crate::model::Protocol;
use crate::step::Step;
use crate::store::Kind;

/// Bounds in which everything may happen: this many failures together, of any kind.
fn all_failures(processes: usize, failures: u8) -> Bounds {
    let kinds = Fault::ALL.into_iter().filter(|fault| fault.is_failure());
    let bounds = Bounds::new(processes).with_failures(failures);
    kinds.fold(bounds, |bounds, fault| bounds.with(fault, failures))
}

/// The token becomes due, and expires unless it is replaced; one wait is too early.
fn with_time(bounds: Bounds) -> Bounds {
    bounds.with(Fault::Due, 1).with(Fault::Expired, 1).with(Fault::Wait, 1)
}

/// Checks that no property fails with either store.
fn holds(bounds: Bounds) -> Vec<Report> {
    let reports = [Kind::File, Kind::Server].map(|kind| {
        let name = format!(
            "{kind:?}, {} processes, at most {} failures",
            bounds.processes, bounds.failures
        );
        let report = check(&name, &Protocol::new(kind, bounds));
        let failed: String =
            report.failed.iter().map(|it| format!("no {}:\n{}", it.0, it.1)).collect();
        assert!(failed.is_empty(), "{name}: {failed}");
        report
    });
    reports.into()
}

#[test]
fn two_processes_renew_a_token_once_while_nothing_fails() {
    holds(with_time(Bounds::new(2)));
}

#[test]
fn three_processes_request_one_token_while_nothing_fails() {
    holds(Bounds::new(3));
}

#[test]
fn two_processes_survive_one_failure_of_each_kind() {
    let reports = holds(all_failures(2, 1));
    for report in reports {
        assert_eq!(report.steps, Step::ALL, "each step is taken");
    }
}

#[test]
fn two_processes_survive_a_crash_while_they_renew_a_token() {
    holds(Bounds::new(2).with(Fault::Due, 1).with(Fault::Crash, 1).with_failures(1));
}

#[test]
#[ignore = "larger bounds: .ci/universe runs them in a release build"]
fn larger_bounds() {
    holds(with_time(Bounds::new(3)));
    holds(all_failures(2, 1).with(Fault::Due, 1).with(Fault::Expired, 1));
    holds(all_failures(2, 2));
    holds(all_failures(3, 1));
}

fn read(path: impl AsRef<Path>) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn documentation_names_the_same_steps_in_the_same_order() {
    let page = read("docs/token-store.md");
    let (_, section) = page.split_once("\n## The protocol\n").expect("the page has this section");
    let (section, _) = section.split_once("\n#").expect("another section follows");
    let step = |line: &str| {
        let (number, text) = line.split_once(". **")?;
        let (name, _) = text.split_once(".**")?;
        Some((number.parse().ok()?, name.to_owned()))
    };
    let documented: Vec<(usize, String)> = section.lines().filter_map(step).collect();
    let modelled = Step::ALL.map(|step| format!("{step:?}"));
    let modelled = modelled.into_iter().enumerate().map(|(at, name)| (at + 1, name));
    assert_eq!(documented, modelled.collect::<Vec<_>>());
}

#[test]
fn documentation_names_the_properties() {
    let page = read("docs/simulation.md");
    for property in crate::check::names() {
        assert!(page.contains(&format!("| {property} |")), "{property} is not in the table");
    }
}

/// Returns the functions that the comments of the steps name, with the files that have them.
fn functions() -> Vec<(String, String)> {
    let comments =
        include_str!("step.rs").lines().filter_map(|line| line.trim().strip_prefix("///"));
    let comments: Vec<&str> = comments.collect();
    let (mut file, mut functions) = (String::new(), Vec::new());
    // Of the pieces between the quotes, each second one is quoted.
    for quoted in comments.join(" ").split('`').skip(1).step_by(2) {
        if quoted.ends_with(".rs") {
            quoted.clone_into(&mut file);
        } else {
            let name = quoted.rsplit("::").next().unwrap_or(quoted);
            functions.push((file.clone(), name.to_owned()));
        }
    }
    functions
}

#[test]
fn library_has_the_functions_that_take_the_steps() {
    let functions = functions();
    let files: BTreeSet<&str> = functions.iter().map(|(file, _)| file.as_str()).collect();
    assert!(functions.len() >= 2 * Step::ALL.len() && files.len() > 8, "{functions:?}");
    for (file, name) in &functions {
        if file == "transition.rs" {
            continue;
        }
        let text = read(Path::new("src").join(file));
        let is_there =
            text.contains(&format!("fn {name}(")) || text.contains(&format!("fn {name}<"));
        assert!(is_there, "src/{file} has no function {name}: has the step moved?");
    }
}
