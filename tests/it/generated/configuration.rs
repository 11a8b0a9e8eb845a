//! docs/configuration.md, generated from the table of src/config/table.rs and its documentation.

use std::fmt::Write;

use vanta::ErrorKind;

use super::settings::{SOURCE, Setting, Shape, in_c, in_cpp, setter, settings};
use super::{WIDTH, assert_generated, wrapped};
use crate::c_abi::read;

const PAGE: &str = "docs/configuration.md";

/// Settings whose values are callbacks or objects, and the page that has an example of each.
const ELSEWHERE: [(&str, &str); 4] = [
    ("client_secret_callback", "[rotating a secret](rotating-a-secret.md#from-a-vault)"),
    ("clock", "the documentation of `TestClock` in Rust"),
    (
        "custom_token_store",
        "the documentation of `TokenStore` in Rust, `vanta_store` in vanta.h, `vanta::token_store` \
         in C++, and `libvanta.TokenStore` in Python",
    ),
    ("on_event", "the documentation of `Event` in Rust, and `vanta_event_callback` in vanta.h"),
];

/// Returns the documentation of the method as Markdown, without its example.
fn documentation(source: &str, name: &str) -> String {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let begins = |line: &&str| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with('(') || rest.starts_with('<'))
    };
    let at = lines.iter().position(begins).unwrap_or_else(|| panic!("{name} is in the table"));
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with("//"));
    let mut text: Vec<&str> = above.filter_map(|line| line.strip_prefix("///")).collect();
    text.reverse();
    let text: Vec<&str> = text.iter().map(|line| line.trim_start()).collect();
    let text = text.join("\n");
    linked(text.split("```").next().unwrap_or_default().trim())
}

/// Converts links of rustdoc to links of these pages.
fn linked(text: &str) -> String {
    let mut page = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[`") {
        let (name, after) = after.split_once("`]").expect("a link ends");
        let target = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        let (target, after) = target.unwrap_or((name, after));
        let last = target.rsplit("::").next().unwrap_or_default();
        page += before;
        page += &match target {
            "crate::several_jobs" => "[several jobs](several-jobs.md)".to_owned(),
            _ if target.starts_with("crate::ErrorKind") => error_link(last),
            _ if settings().iter().any(|setting| setting.name == last) => {
                format!("[`{name}`](#{last})")
            }
            _ => format!("`{name}`"),
        };
        rest = after;
    }
    page + rest
}

fn error_link(name: &str) -> String {
    format!("[`{name}`](errors.md#{})", name.to_lowercase())
}

/// Links the names of errors to their entries.
fn with_errors(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ if ErrorKind::ALL.iter().any(|kind| kind.name() == part) => error_link(part),
        _ => format!("`{part}`"),
    });
    parts.collect()
}

/// Makes links relative to the folder of the page.
fn local(text: &str) -> String {
    text.replace("](docs/", "](")
}

/// Returns the name of the constant in Rust and in C for a word of a type, such as `system`.
fn choice(kind: &str, word: &str) -> (String, String) {
    let first = word.get(..1).unwrap_or_default().to_uppercase();
    let variant = format!("{first}{}", word.get(1..).unwrap_or_default());
    let mut c = String::from("VANTA");
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() {
            c.push('_');
        }
        c.push(letter.to_ascii_uppercase());
    }
    (format!("vanta::{kind}::{variant}"), format!("{c}_{}", word.to_uppercase()))
}

/// Returns the value of the example in Rust, C, C++ and Python.
fn values(setting: &Setting) -> [String; 4] {
    let value = setting.example.as_str();
    let number = || value.parse::<u64>().expect("a number");
    let quoted = format!("\"{value}\"");
    match setting.shape() {
        Shape::Text => [quoted.clone(), quoted.clone(), quoted.clone(), quoted],
        Shape::Secret => {
            [quoted.clone(), "secret, strlen(secret)".to_owned(), quoted.clone(), quoted]
        }
        Shape::Switch => {
            let on = if setting.default == "on" {
                ("false", "0", "False")
            } else {
                ("true", "1", "True")
            };
            [on.0, on.1, on.0, on.2].map(str::to_owned)
        }
        Shape::Milliseconds => [
            format!("std::time::Duration::from_secs({})", number() / 1000),
            value.to_owned(),
            format!("std::chrono::seconds({})", number() / 1000),
            format!("{}", number() / 1000),
        ],
        Shape::Seconds => [
            format!("std::time::Duration::from_secs({value})"),
            value.to_owned(),
            format!("std::chrono::seconds({value})"),
            value.to_owned(),
        ],
        Shape::Number(_) => [(); 4].map(|()| value.to_owned()),
        Shape::Choice(kind) => {
            let (rust, c) = choice(kind, value);
            let kind = if kind == "Roots" { "roots" } else { "on_store_unavailable" };
            [rust, c, format!("vanta::{kind}::{value}"), quoted]
        }
        Shape::Own | Shape::RustOnly => [(); 4].map(|()| String::new()),
    }
}

fn example(setting: &Setting) -> String {
    let name = &setting.name;
    if let Some((_, place)) = ELSEWHERE.iter().find(|(known, _)| known == name) {
        return wrapped(&format!("See {place}."), "", WIDTH);
    }
    let [rust, c, cpp, python] = values(setting);
    let mut text =
        format!("```rust,no_run\nlet config = vanta::Config::new().{name}({rust});\n```\n\n");
    text += "```text\n";
    let _ = writeln!(text, "C            {}(config, {c});", setter(setting));
    let _ = writeln!(text, "C++          config.{name}({cpp});");
    let _ = writeln!(text, "Python       libvanta.Config({name}={python})");
    if !setting.variable.is_empty() {
        let _ = writeln!(text, "environment  {}={}", setting.variable, setting.example);
    }
    text + "```\n"
}

fn c_prototype(setting: &Setting) -> String {
    let parameters = in_c(setting.shape()).unwrap_or(&["…"]).join(", ");
    format!("{}(config, {parameters})", setter(setting))
}

fn names(setting: &Setting) -> String {
    let name = &setting.name;
    let mut rows = String::from("| in | name |\n|---|---|\n");
    let _ = writeln!(rows, "| Rust | `Config::{name}` |");
    if setting.shape() != Shape::RustOnly {
        let cpp = in_cpp(setting).map_or("…".to_owned(), |(parameter, _)| parameter);
        let cpp = cpp
            .replace("duration<Number, Period>", "duration")
            .replace("const std::string &", "std::string ");
        let _ = writeln!(rows, "| C | `{}` |", c_prototype(setting));
        let _ = writeln!(rows, "| C++ | `config::{name}({cpp})` |");
        let _ = writeln!(rows, "| Python | `Config({name}=…)` |");
    }
    let variable = &setting.variable;
    if !variable.is_empty() {
        let _ = writeln!(rows, "| environment | `{variable}` |");
    }
    rows
}

fn unit(setting: &Setting) -> &str {
    match setting.shape() {
        Shape::Milliseconds => "milliseconds in C, seconds in Python, a duration in Rust and C++",
        Shape::Seconds => "seconds in C and Python, a duration in Rust and C++",
        Shape::Number(_) if setting.unit == "a minute" => "requests in a minute",
        _ => &setting.unit,
    }
}

fn entry(source: &str, setting: &Setting) -> String {
    let name = &setting.name;
    let mut text = format!("## {name}\n\n{}\n", names(setting));
    let _ = writeln!(text, "{}\n", documentation(source, name));
    if !unit(setting).is_empty() {
        let _ = writeln!(text, "**Unit.** {}\n", unit(setting));
    }
    let _ = writeln!(text, "**Default.** {}\n", setting.default);
    let errors = if setting.errors.is_empty() { "none" } else { &setting.errors };
    text += &wrapped(&format!("**Errors.** {}", with_errors(errors)), "", WIDTH);
    text.push('\n');
    text + "**Example.**\n\n" + &example(setting) + "\n"
}

#[test]
fn the_page_of_the_configuration_is_that_of_the_source() {
    let mut page =
        String::from("\n| setting | variable | meaning | default |\n|---|---|---|---|\n");
    for Setting { name, variable, meaning, default, .. } in settings() {
        let variable = if variable.is_empty() { String::new() } else { format!("`{variable}` ") };
        let meaning = local(&meaning);
        let _ = writeln!(page, "| [`{name}`](#{name}) | {variable}| {meaning} | {default} |");
    }
    let source = read(SOURCE);
    page += "\n";
    page += &settings().iter().map(|setting| entry(&source, setting)).collect::<String>();
    assert_generated(PAGE, SOURCE, &page);
}

#[test]
fn links_of_the_documentation_lead_to_the_pages() {
    let text = "a [`roots`](Config::roots), [`X`](crate::ErrorKind::Tls), [`Client::new`]";
    let page = "a [`roots`](#roots), [`Tls`](errors.md#tls), `Client::new`";
    assert_eq!(linked(text), page);
    assert_eq!(with_errors("`Tls` or `x`"), "[`Tls`](errors.md#tls) or `x`");
}
