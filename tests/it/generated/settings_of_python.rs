//! The documentation of Python's settings, generated from the table with units and defaults.

use std::fmt::Write;

use super::settings::{Setting, Shape, settings};
use super::{assert_generated, wrapped};

/// Returns the text for a setting in the documentation of the class.
fn entry(setting: &Setting) -> String {
    let unit = match setting.shape() {
        Shape::Milliseconds | Shape::Seconds => ", in seconds",
        Shape::Number(_) if setting.unit == "bytes" => ", in bytes",
        _ => "",
    };
    let words = setting.words();
    // The unit belongs to the meaning of the value, which the first clause gives.
    let (first, rest) = words.split_at(words.find(';').unwrap_or(words.len()));
    let mut capital = first.get(..1).unwrap_or_default().to_uppercase();
    capital += first.get(1..).unwrap_or_default();
    let mut facts = format!("Default: {}.", setting.default);
    if !setting.variable.is_empty() {
        let _ = write!(facts, " Variable: {}.", setting.variable);
    }
    let head = format!("    {}\n", setting.name);
    head + &wrapped(&format!("{capital}{unit}{rest}. {facts}"), "        ", 100)
}

#[test]
fn documentation_of_python_names_unit_and_default_of_each_setting() {
    let settings = settings();
    let shown = settings.iter().filter(|setting| setting.shape() != Shape::RustOnly);
    let entries: String = shown.map(entry).collect();
    let source = "the documentation of the settings";
    assert_generated("bindings/python/libvanta/config.py", source, &entries);
}

#[test]
fn unit_stands_with_the_value_and_the_variable_at_the_end() {
    let mut setting = Setting { name: "limit".to_owned(), ..Setting::default() };
    (setting.parameter, setting.unit) = ("Duration".to_owned(), "s".to_owned());
    (setting.meaning, setting.default) = ("how long; not 0".to_owned(), "1 s".to_owned());
    setting.variable = "V".to_owned();
    let lines = "    limit\n        How long, in seconds; not 0. Default: 1 s. Variable: V.\n";
    assert_eq!(entry(&setting), lines);
}
