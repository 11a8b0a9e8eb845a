//! vanta.h as the manual: what each comment must say, and that it is true.

use std::collections::BTreeSet;
use std::process::Command;

use vanta::{Action, ErrorKind};

use crate::c_abi::{Prototype, ROOT, prototypes, read, upper};
use crate::harness::{Rig, TempFolder, fixture_path};
use crate::header::{EXAMPLE, Item, declares, items};
use crate::languages::{BUILT, command, secret_file, succeed};
use crate::null_pointers::may_be_null;

fn all() -> Vec<Item> {
    items(&read("include/vanta.h"))
}

/// Returns the functions with their comments.
fn functions() -> Vec<(Prototype, String)> {
    functions_of(&read("include/vanta.h"))
}

/// Returns the functions of a header with their comments.
pub(crate) fn functions_of(header: &str) -> Vec<(Prototype, String)> {
    let items = items(header);
    let doc = |name: &str| {
        let item = items.iter().find(|item| declares(item.code.trim_end()) == name);
        item.unwrap_or_else(|| panic!("{name} is in no section")).doc.clone()
    };
    prototypes(header).into_iter().map(|p| (doc(&p.name), p)).map(|(doc, p)| (p, doc)).collect()
}

/// Returns functions whose comment is missing or incomplete.
fn unfinished(item: &Item) -> Option<String> {
    let members = item.code.split("/**").skip(1).filter_map(|rest| rest.split("*/").next());
    let docs = [item.doc.as_str()].into_iter().chain(members.map(str::trim_end));
    let short = docs.filter(|doc| !doc.ends_with('.') || doc.len() < 4);
    short.map(|doc| format!("{doc:?} of {}", declares(item.code.trim_end()))).next()
}

#[test]
fn every_function_type_member_and_constant_has_a_sentence_that_ends() {
    let items = all();
    assert!(items.len() > 300, "{}", items.len());
    assert_eq!(items.iter().filter_map(unfinished).collect::<Vec<_>>(), Vec::<String>::new());
    let members = items.iter().find(|item| item.code.contains("} vanta_store;"));
    let members = members.expect("the struct is there").code.lines();
    let plain = members.filter(|line| line.ends_with(';') && line.starts_with("  ")).count();
    let comments = items.iter().map(|item| item.code.matches("/**").count()).sum::<usize>();
    assert_eq!((plain, comments), (8, 8), "each member has its comment");
    let item = |doc: &str| Item { doc: doc.to_owned(), code: "void vanta_x(void);\n".to_owned() };
    let wrong = [item(""), item("It does")].iter().filter_map(unfinished).count();
    assert_eq!(wrong, 2);
}

#[test]
fn documentation_of_a_returned_handle_says_how_to_free_it() {
    let mut count = 0;
    for (prototype, doc) in functions() {
        for (kind, name) in &prototype.parameters {
            let Some(handle) = kind.strip_suffix(" **").filter(|kind| *kind != "vanta_error")
            else {
                continue;
            };
            let free = format!("{handle}_free()");
            assert!(doc.contains(&free), "{} gives {name} out, not {free}", prototype.name);
            count += 1;
        }
        let borrowed = prototype.result.ends_with('*') && !prototype.result.contains("char");
        assert!(!borrowed || doc.contains("Borrowed"), "{}", prototype.name);
    }
    assert!(count > 18, "{count} handles are given out");
}

/// Returns the parameters that may be NULL, by the comment.
fn said_to_be_null(doc: &str) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let mut rest = doc;
    while let Some((before, after)) = rest.split_once(" may be NULL") {
        let sentence = before.rsplit(['.', ';', ':']).next().unwrap_or_default();
        said.extend(sentence.split('`').skip(1).step_by(2).map(str::to_owned));
        rest = after;
    }
    said
}

#[test]
fn documentation_names_each_pointer_that_may_be_null_and_no_other() {
    for (prototype, doc) in functions() {
        if !["vanta_status"].contains(&prototype.result.as_str()) {
            let handle = prototype.parameters.first().filter(|(kind, _)| kind.ends_with('*'));
            let says = doc.contains("With NULL: ") || doc.contains("NULL is allowed.");
            assert!(handle.is_none() || says, "{}: {doc}", prototype.name);
            continue;
        }
        let callback = |kind: &str| kind.ends_with("_callback");
        let pointers = prototype.parameters.iter();
        let pointers = pointers.filter(|(kind, _)| kind.ends_with('*') || callback(kind));
        let optional = pointers.filter(|(_, name)| {
            may_be_null(&prototype.name, name)
                || DESTROY.contains(&(prototype.name.as_str(), name.as_str()))
        });
        let optional: BTreeSet<String> = optional.map(|(_, name)| name.clone()).collect();
        assert_eq!(said_to_be_null(&doc), optional, "{}: {doc}", prototype.name);
    }
    let said = said_to_be_null("`a` is b. `c`, `d` and `e` may be NULL.");
    assert_eq!(said.into_iter().collect::<Vec<_>>(), ["c", "d", "e"]);
}

/// A pointer to a pointer, so the calls with NULL leave it out.
const DESTROY: [(&str, &str); 2] =
    [("vanta_config_on_event", "destroy"), ("vanta_config_set_client_secret_callback", "destroy")];

#[test]
fn documentation_of_a_function_with_options_says_whether_it_blocks() {
    let takes = |prototype: &Prototype| {
        prototype.parameters.iter().any(|(kind, _)| kind == "const vanta_options *")
    };
    let mut blocking = Vec::new();
    for (prototype, doc) in functions() {
        let blocks = doc.contains("Blocks");
        if takes(&prototype) {
            let says = blocks || doc.contains("does not block");
            assert!(says, "{} does not say whether it blocks", prototype.name);
        }
        if blocks {
            blocking.push(prototype.name);
        }
    }
    let known = "vanta_plan vanta_push vanta_verify vanta_upload vanta_list \
                 vanta_token vanta_token_valid_for";
    let known: BTreeSet<&str> = known.split_whitespace().collect();
    assert_eq!(blocking.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
}

/// Returns names of the library in a text that are declared nowhere. `VANTA_EVENT_` stands for a
/// group.
fn unknown_names(text: &str, known: &BTreeSet<String>) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("vanta_") || word.starts_with("VANTA_"));
    let is_group = |word: &str| word.ends_with('_') && known.iter().any(|k| k.starts_with(word));
    ours.filter(|word| !known.contains(*word) && !is_group(word)).map(str::to_owned).collect()
}

#[test]
fn every_name_in_the_comments_exists() {
    let header = read("include/vanta.h");
    let declared = all().iter().map(|item| declares(item.code.trim_end()).to_owned()).collect();
    let mut known: BTreeSet<String> = declared;
    known.insert("VANTA_H".to_owned());
    // The environment variables that the source reads.
    let sources = read("src/config/table.rs") + &read("src/config/ca_files.rs");
    let names = sources.split('"').filter(|text| text.starts_with("VANTA_"));
    known.extend(names.map(str::to_owned));
    assert_eq!(unknown_names(&header, &known), Vec::<String>::new());
    assert_eq!(unknown_names("see vanta_none(), VANTA_OK, VANTA_RULE_", &known), ["vanta_none"]);
    let unused = ["VANTA_ERR_INTERNAL", "vanta_error_free", "VANTA_ERR_REENTRANT"];
    let preface = header.split("#ifndef").next().expect("it begins so");
    assert!(unused.iter().all(|name| preface.contains(name)), "the preface tells of {unused:?}");
}

/// Returns a check in C that a getter returns for NULL what its comment says.
fn with_null(prototype: &Prototype, doc: &str) -> Option<String> {
    let value = doc.split_once("With NULL: ")?.1.trim_end_matches('.');
    let rest = prototype.parameters.iter().skip(1).map(|_| ", 0").collect::<String>();
    let call = format!("{}(NULL{rest})", prototype.name);
    Some(match value {
        "\"\"" => format!("{call}[0] == 0"),
        "nothing" => format!("({call}, 1)"),
        value => format!("{call} == {value}"),
    })
}

#[test]
fn getters_treat_null_as_documented_and_statuses_have_the_names_and_actions_of_rust() {
    needs!("gcc");
    let mut checks = String::new();
    let mut check = |what: String| {
        checks.push_str(&format!("    check({what}, __LINE__);\n"));
    };
    let said: Vec<_> = functions().iter().filter_map(|(p, doc)| with_null(p, doc)).collect();
    assert!(said.len() > 55, "{} functions say what NULL leads to", said.len());
    said.into_iter().for_each(&mut check);
    for kind in ErrorKind::ALL {
        let status = format!("VANTA_ERR_{}", upper(kind.name()));
        let action = upper(&format!("{:?}", kind.action()));
        check(format!("vanta_status_action({status}) == VANTA_ACTION_{action}"));
        check(format!("strcmp(vanta_status_text({status}), {:?}) == 0", kind.words()));
    }
    assert_eq!(upper(&format!("{:?}", Action::FixCall)), "FIX_CALL");
    let version = env!("CARGO_PKG_VERSION");
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().expect("a number")).collect();
    let number = parts[0] * 10000 + parts[1] * 100 + parts[2];
    check(format!("strcmp(vanta_version(), {version:?}) == 0"));
    check(format!("VANTA_VERSION_NUMBER == {number}"));
    for (name, part) in ["MAJOR", "MINOR", "PATCH"].iter().zip(parts) {
        check(format!("VANTA_VERSION_{name} == {part}"));
    }
    check("vanta_abi_version() == VANTA_ABI_VERSION".to_owned());
    let head = "#include <stdio.h>\n#include <string.h>\n#include <vanta.h>\nstatic int wrong;\n\
                static void check(int good, int line)\n{\n    if (!good && ++wrong)\n        \
                fprintf(stderr, \"line %d\\n\", line);\n}\n\nint main(void)\n{\n";
    let path = BUILT.folder.join("said.c");
    std::fs::write(&path, format!("{head}{checks}    return wrong != 0;\n}}\n")).expect("written");
    let program = BUILT.compile("gcc", "-std=c99", &path.display().to_string());
    succeed(&mut Command::new(program));
}

/// Returns the examples of a text: the indented lines of each comment.
fn examples(text: &str) -> Vec<String> {
    let mut examples = Vec::new();
    for comment in text.split("*/") {
        let mut example = String::new();
        let mut lines = comment.lines().peekable();
        while let Some(line) = lines.next() {
            let goes_on = lines.peek().is_some_and(|next| next.starts_with(EXAMPLE));
            match line.strip_prefix(EXAMPLE) {
                Some(line) => example += &format!("{line}\n"),
                None if goes_on && !example.is_empty() => example.push('\n'),
                None => {}
            }
        }
        examples.extend(Some(example).filter(|example| !example.is_empty()));
    }
    examples
}

/// Returns the sections with their examples. The preface is the first one.
fn sections(header: &str) -> Vec<(String, Vec<String>)> {
    let title = |section: &str| {
        let title = section.lines().nth(1).and_then(|line| line.strip_prefix(" * "));
        title.unwrap_or_default().to_owned()
    };
    header.split("/* ----").map(|section| (title(section), examples(section))).collect()
}

/// The variables that the examples use without declaring them.
const GIVEN: &str = "#include <signal.h>\n#include <stdio.h>\n#include <string.h>\n\
    #include <time.h>\n#include <vanta.h>\n\nextern vanta_config *config;\n\
    extern vanta_client *client;\n\
    extern vanta_body *body;\nint db_lock(void *db, const char *key, uint64_t hold_ms);\n\
    int32_t db_load(void *db, const char *key, void *record, size_t room, size_t *size);\n\
    int32_t db_save(void *db, const char *key, const void *record, size_t size);\n\
    void db_unlock(void *db, const char *key);\n\n";

/// Returns an example as C at the top level of a file.
fn at_top_level(number: usize, example: &str) -> String {
    match example.starts_with("static ") {
        true => example.to_owned(),
        false => format!("static void example_{number}(void)\n{{\n{example}}}\n"),
    }
}

fn syntax_check(name: &str, source: &str) -> bool {
    let path = BUILT.folder.join(name);
    std::fs::write(&path, source).expect("the test's folder can be written");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"]);
    gcc.args(["-fsyntax-only", "-I", "include"]).arg(path).current_dir(ROOT);
    let output = gcc.output().expect("gcc runs");
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

#[test]
fn every_section_has_an_example_and_all_examples_compile() {
    needs!("gcc");
    let sections = sections(&read("include/vanta.h"));
    assert_eq!(sections.len(), 22, "the preface and 21 sections");
    let without = sections.iter().filter(|(_, examples)| examples.is_empty());
    let without: Vec<&str> = without.map(|(title, _)| title.as_str()).collect();
    assert_eq!(without, ["Handles"]);
    let examples = sections.iter().skip(1).flat_map(|(_, examples)| examples).enumerate();
    let source: String =
        examples.map(|(number, example)| at_top_level(number, example) + "\n").collect();
    assert!(syntax_check("examples.c", &format!("{GIVEN}{source}")));
    assert!(!syntax_check("wrong.c", &format!("{GIVEN}static int wrong(void) {{}}\n")));
}

#[test]
fn the_examples_of_the_preface_and_the_builder_work() {
    needs!("gcc");
    let sections = sections(&read("include/vanta.h"));
    let builder = sections.iter().find(|(title, _)| title == "Building a body");
    let builder = at_top_level(0, &builder.expect("the section is there").1[0]);
    let builder = format!("{GIVEN}{builder}\nint main(void)\n{{\n    example_0();\n}}\n");
    let (rig, folder) = (Rig::new(), TempFolder::new());
    std::fs::copy(fixture_path("01_user_account_3.json"), folder.path().join("accounts.json"))
        .expect("the sample is there");
    let secret = secret_file(&rig);
    for (name, source) in [("preface.c", &sections[0].1[0]), ("built.c", &builder)] {
        let path = BUILT.folder.join(name);
        std::fs::write(&path, source).expect("the test's folder can be written");
        let program = BUILT.compile("gcc", "-std=c99", &path.display().to_string());
        let mut command = command(&rig, &secret, &[program.into_os_string()]);
        let output = succeed(command.current_dir(folder.path()));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
    assert_eq!(rig.sim.counters().puts, 1);
}

#[test]
fn the_comment_of_a_function_begins_with_a_verb_in_the_third_person() {
    let is_verb = |doc: &str| {
        let word = doc.split_whitespace().next().unwrap_or_default();
        word.ends_with('s') && word.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let other = functions().into_iter().filter(|(_, doc)| !is_verb(doc));
    assert_eq!(other.map(|(p, _)| p.name).collect::<Vec<_>>(), Vec::<String>::new());
    assert!(!is_verb("The number of records.") && is_verb("Returns the number."));
}

#[test]
fn the_comment_of_a_setting_has_its_default_and_its_environment_variable() {
    let functions = functions();
    let of_config = |p: &Prototype| p.name.starts_with("vanta_config_set_");
    let mut count = 0;
    for (prototype, doc) in functions.iter().filter(|(p, _)| of_config(p)) {
        assert!(doc.contains(" Default: "), "{}: {doc}", prototype.name);
        count += 1;
    }
    assert!(count > 25, "{count}");
    let table = read("src/config/table.rs");
    let variables: Vec<_> = table.split("variable: \"").skip(1).collect();
    assert!(variables.len() > 12, "{variables:?}");
    for variable in variables.iter().filter_map(|rest| rest.split('"').next()) {
        let setting = variable.trim_start_matches("VANTA_").to_lowercase();
        let setter = format!("vanta_config_set_{setting}");
        let (_, doc) = functions.iter().find(|(p, _)| p.name == setter).expect("it has a setter");
        assert!(doc.contains(&format!("Environment: {variable}")), "{doc}");
        let (_, all) =
            functions.iter().find(|(p, _)| p.name.ends_with("use_environment")).expect("there");
        assert!(all.contains(variable), "{variable}");
    }
}

#[test]
fn the_header_uses_the_words_of_the_field_and_names_no_page_that_is_not_installed() {
    let header = read("include/vanta.h").to_lowercase();
    let words = "timeout,response,rate limit,revoke,validate,idempotent,access token,backoff";
    for word in words.split(',') {
        assert!(header.contains(word), "{word}");
    }
    let retired = "answer,minted,killed,dead,fault,flaw,asked,nobody,readme,.md,docs/,whoever";
    let text = header.replace("default", "").replace("deadline", "");
    let found: Vec<&str> = retired.split(',').filter(|word| text.contains(word)).collect();
    assert_eq!(found, Vec::<&str>::new());
}
