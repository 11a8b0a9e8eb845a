//! C functions in random order with random arguments: no crash and no leak.

use crate::c_abi::{Prototype, prototypes, read};
use crate::harness::TempFolder;
use crate::languages::{BUILT, alone, succeed};

/// Returns an expression in C for a random argument. A length follows its bytes.
fn argument(function: &str, kind: &str, name: &str) -> String {
    let handle = kind.trim_start_matches("const ").trim_end_matches('*').trim();
    match (kind, name) {
        ("const char *", "sized") => "bytes(&size)".into(),
        ("const char *", "kind") => "text(\"custom_resource\")".into(),
        ("const char *", "resource_id") => "text(\"66f0c0ffee0000000000a001\")".into(),
        ("const char *", "key") => "text(\"uniqueId\")".into(),
        ("const char *", _) => "text(\"x\")".into(),
        ("char *", _) | ("void *", "memory") => "(size = roll(sizeof buffer + 1), buffer)".into(),
        ("void *", _) => "&counted".into(),
        ("size_t *", _) => "roll(2) ? &needed : NULL".into(),
        ("size_t", "size") => "size".into(),
        ("uint64_t", "milliseconds") => "roll(30)".into(),
        ("double", _) => "number()".into(),
        ("const vanta_store *", _) => "roll(8) ? &store : NULL".into(),
        ("vanta_read_callback", _) => "roll(8) ? reader : NULL".into(),
        ("vanta_event_callback", _) => "roll(8) ? on_event : NULL".into(),
        ("vanta_row_callback", _) => "roll(8) ? row : NULL".into(),
        ("vanta_progress_callback", _) => "roll(8) ? watch : NULL".into(),
        ("vanta_destroy_callback", _) => "roll(8) ? destroy : NULL".into(),
        // Borrowed from a plan.
        ("const vanta_not_comparable *", _) => {
            "vanta_change_plan_not_comparable(a_vanta_change_plan())".into()
        }
        ("const vanta_config *", _) if function == "vanta_client_new" => {
            "hasty(a_vanta_config())".into()
        }
        (kind, _) if kind.ends_with("**") => format!("out_{handle}()"),
        (kind, _) if kind.ends_with('*') => format!("a_{handle}()"),
        _ => format!("({kind})integer()"),
    }
}

/// Returns the case of one function. Its outputs come first, because a handle may be freed for
/// them.
fn case(number: usize, prototype: &Prototype) -> String {
    let name = &prototype.name;
    if let Some(handle) = name.strip_suffix("_free") {
        let free = format!("if (roll(3) == 0)\n            out_{handle}();");
        return format!("    case {number}:\n        {free}\n        break;\n");
    }
    let mut lines = String::new();
    let parameters: Vec<_> = prototype.parameters.iter().enumerate().collect();
    let (outputs, inputs): (Vec<_>, Vec<_>) =
        parameters.into_iter().partition(|(_, (kind, _))| kind.ends_with("**"));
    for (i, (kind, what)) in outputs.into_iter().chain(inputs) {
        let next = prototype.parameters.get(i + 1).map(|(_, name)| name.as_str());
        let what = if next == Some("size") && kind == "const char *" { "sized" } else { what };
        lines.push_str(&format!("        {kind} p{i} = {};\n", argument(name, kind, what)));
    }
    let list: Vec<String> = (0..prototype.parameters.len()).map(|i| format!("p{i}")).collect();
    let call = format!("{name}({})", list.join(", "));
    let call = match prototype.result.as_str() {
        "const char *" => format!("read_text({call})"),
        "const vanta_error *" => format!("read_text(vanta_error_message({call}))"),
        "void" => call,
        _ => format!("seen += (size_t){call} & 1"),
    };
    format!("    case {number}: {{\n{lines}        {call};\n        break;\n    }}\n")
}

#[test]
fn random_calls_in_random_order_neither_crash_nor_leak() {
    needs!("gcc");
    let functions = prototypes(&read("include/vanta.h"));
    let cases: String = functions.iter().enumerate().map(|(i, p)| case(i, p)).collect();
    let source = read("tests/c/fuzz.c").replace("/* CALLS */\n", &cases);
    let source = source.replace("roll(CASES)", &format!("roll({})", functions.len()));
    let (path, folder) = (BUILT.folder.join("fuzz.c"), TempFolder::new());
    std::fs::write(&path, source).expect("the test's folder can be written");
    let program = BUILT.compile("gcc", "-std=c99", &path.display().to_string());
    let calls = std::env::var("VANTA_FUZZ_CALLS").unwrap_or_else(|_| "20000".to_owned());
    let seeds = ["1", "2", "3"];
    println!("functions of C in any order: {} times {calls} executions", seeds.len());
    for seed in seeds {
        let mut fuzz = alone(&program);
        let output = succeed(fuzz.args([seed, &calls]).current_dir(folder.path()));
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(stdout, "nothing crashed, and something was given back\n", "seed {seed}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "seed {seed}");
    }
}
