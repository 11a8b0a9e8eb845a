//! The pages of the documentation name functions that exist.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::c_abi::{ROOT, read};
use crate::harness::{Rig, TempFolder};
use crate::languages::{BUILT, command, secret_file, succeed};

/// Returns README.md and the pages in docs.
fn pages() -> Vec<String> {
    let folder = std::fs::read_dir(Path::new(ROOT).join("docs")).expect("it is there");
    let names = folder.map(|entry| entry.expect("readable").file_name());
    let pages = names.map(|name| format!("docs/{}", name.to_string_lossy()));
    let pages = pages.filter(|name| name.ends_with(".md"));
    pages.chain(["README.md".to_owned()]).collect()
}

/// Returns the names in a text that begin with a prefix, except stems before three dots.
fn names<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(prefix) && !word.ends_with('_')).collect()
}

#[test]
fn a_name_of_c_that_a_page_uses_is_in_the_header() {
    let header = read("include/vanta.h");
    let known = names(&header, "vanta_");
    let of_others = BTreeSet::from(["vanta_static", "vanta_simulator"]);
    assert!(pages().len() > 5);
    for page in pages() {
        let text = read(&page);
        let unknown = &(&names(&text, "vanta_") - &known) - &of_others;
        assert!(unknown.is_empty(), "{page}: {unknown:?}");
    }
    assert!(!known.contains("vanta_push_now"));
}

/// Returns the code of a page between `<!-- name -->` and `<!-- end -->`, without its fence.
pub fn program(page: &str, name: &str) -> String {
    let text = read(page);
    let after = text.split_once(&format!("<!-- {name} -->\n"));
    let (_, after) = after.unwrap_or_else(|| panic!("{page} has no {name}"));
    let (shown, _) = after.split_once("<!-- end -->").expect("it ends");
    let code = shown.lines().filter(|line| !line.starts_with("```"));
    code.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_first_programs_plan_push_and_verify_a_record() {
    needs!("gcc", "g++", "python3");
    let folder = TempFolder::new();
    let write = |name: &str| {
        folder.write(name, program("docs/getting-started.md", name).as_bytes());
        folder.path().join(name).display().to_string()
    };
    let c = vec![BUILT.compile("gcc", "-std=c99", &write("first.c")).into_os_string()];
    let cpp = vec![BUILT.compile("g++", "-std=c++17", &write("first.cpp")).into_os_string()];
    for words in [c, cpp, BUILT.python(&write("first.py"))] {
        let rig = Rig::new();
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        let is_verified = found.contains("1 record in") && found.contains("1 record live");
        assert!(is_verified, "{words:?}: {found}");
        assert_eq!(rig.sim.counters().puts, 1, "{words:?}");
    }
}

/// Returns the lines of prose that are longer than a screen is wide.
fn long_lines(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2).flat_map(str::lines);
    prose.filter(|line| !line.starts_with('|') && line.chars().count() > 150).collect()
}

#[test]
fn lines_of_the_pages_are_wrapped_outside_tables_and_code() {
    let of = |page: &String| long_lines(&read(page)).iter().map(|line| line.to_string()).collect();
    let long: Vec<Vec<String>> = pages().iter().map(of).collect();
    assert_eq!(long.concat(), Vec::<String>::new());
    let (word, line) = ("x".repeat(151), "x".repeat(150));
    assert_eq!(long_lines(&format!("{line}\n| {word} |\n```\n{word}\n```\n{word}")), [&word]);
}

/// Returns the anchors of a page: `id`s, and headings as GitHub names them.
fn anchors(text: &str) -> BTreeSet<String> {
    let ids = text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut anchors: BTreeSet<String> = ids.map(str::to_owned).collect();
    let is_kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    let outside_code = text.split("```").step_by(2);
    for line in outside_code.flat_map(str::lines).filter(|line| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        anchors.insert(heading.chars().filter(is_kept).collect::<String>().replace(' ', "-"));
    }
    anchors
}

/// Returns the links of a page whose file or anchor does not exist.
fn broken_links(page: &str, text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let folder = Path::new(ROOT).join(page);
    let is_broken = |target: &&str| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = folder.parent().expect("a folder").join(file);
        let path = if file.is_empty() { folder.clone() } else { path };
        let anchors = || anchors(&std::fs::read_to_string(&path).unwrap_or_default());
        !path.exists() || !anchor.is_empty() && !anchors().contains(anchor)
    };
    let local = targets.filter(|target| !target.starts_with("http") && !target.contains(' '));
    local.filter(is_broken).map(|target| format!("{page}: {target}")).collect()
}

#[test]
fn links_between_pages_have_a_target() {
    let broken: Vec<String> =
        pages().iter().flat_map(|page| broken_links(page, &read(page))).collect();
    assert_eq!(broken, Vec::<String>::new());
    let text = "[a](faq.md) [b](none.md) [c](faq.md#none) [d](glossary.md#glossary)";
    let expected = ["docs/x.md: none.md", "docs/x.md: faq.md#none"];
    assert_eq!(broken_links("docs/x.md", text), expected);
}

/// Symptoms that no message of the list has, because no situation of the list leads to them.
const OTHER_SYMPTOMS: [&str; 5] =
    ["error while loading", "ImportError", "RateLimited", "NotVerified", "the clock of this"];

#[test]
fn troubleshooting_quotes_messages_as_they_are() {
    let messages = read("tests/error_messages.txt");
    let page = read("docs/troubleshooting.md");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let mut count = 0;
    for cell in rows.filter_map(|row| row.split('|').nth(1)) {
        for symptom in cell.split('`').skip(1).step_by(2) {
            if OTHER_SYMPTOMS.iter().any(|other| symptom.starts_with(other)) {
                continue;
            }
            let parts: Vec<&str> = symptom.split('…').map(str::trim).collect();
            let has_all = |line: &str| parts.iter().all(|part| line.contains(part));
            assert!(messages.lines().any(has_all), "no message has {symptom:?}");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

/// Returns a line with 0 between the parts that numbers separate.
fn without_numbers(line: &str) -> String {
    let parts = line.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("0")
}

#[test]
fn the_page_of_several_jobs_shows_a_snapshot_as_it_is() {
    let page = read("docs/several-jobs.md");
    let shown = page.lines().find(|line| line.starts_with("token of generation"));
    let shown = without_numbers(shown.expect("the page has an example"));
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let store = folder.path().join("token").display().to_string();
    let client = || vanta::Client::new(rig.config().token_store(store.as_str())).expect("right");
    client().token().expect("a token");
    let client = client();
    client.token().expect("that of the store");
    let snapshot = client.snapshot().to_string().replace(&store, "/var/lib/vanta/token");
    assert_eq!(without_numbers(&snapshot), shown);
}

#[test]
fn install_script_prints_the_lines_of_the_first_steps() {
    let folder = TempFolder::new();
    let built = folder.path().join("built");
    std::fs::create_dir(&built).expect("ours");
    for name in ["libvanta.so", "libvanta.a"] {
        std::fs::write(built.join(name), "").expect("ours");
    }
    let home = folder.path().display().to_string();
    let install = |prefix: &str, staged: &str| {
        let mut script = Command::new("sh");
        script.args(["bindings/c/install.sh", "--prefix", prefix, "--built"]).arg(&built);
        let output = succeed(script.env("DESTDIR", staged).current_dir(ROOT));
        String::from_utf8(output.stdout).expect("text")
    };
    let printed = install(&format!("{home}/vanta"), "");
    let page = read("docs/getting-started.md");
    let line = page.lines().find(|line| line.starts_with("export PKG_CONFIG_PATH="));
    let line = line.expect("the page exports it").replace("$HOME", &home);
    assert_eq!(printed.lines().nth(1), Some(line.as_str()), "{printed}");
    assert_eq!(install("/usr", &home).lines().count(), 1, "a staged tree is used elsewhere");
}
