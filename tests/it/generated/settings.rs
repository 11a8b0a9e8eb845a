//! The settings in C++ and Python, generated from the table of src/config/table.rs. The setters of
//! C are written by hand, because each has documentation of its own, and compared with the table
//! here.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{assert_generated, wrapped};
use crate::c_abi::{Prototype, prototypes, read};
use crate::header::fresh;

pub(super) const SOURCE: &str = "src/config/table.rs";

/// Methods of the configuration that are not settings.
const OTHERS: [&str; 3] = ["vanta_config_free", "vanta_config_new", "vanta_config_use_environment"];

/// A setting, as the table declares it.
#[derive(Clone, Debug, Default)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) parameter: String,
    pub(super) kind: String,
    pub(super) variable: String,
    pub(super) unit: String,
    pub(super) default: String,
    pub(super) meaning: String,
    pub(super) example: String,
    pub(super) errors: String,
}

/// How a setting is passed in C, C++ and Python.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Text,
    Secret,
    Switch,
    Milliseconds,
    Seconds,
    Number(u32),
    /// One of several words, which is a number in C.
    Choice(&'static str),
    /// A callback or an object, for which each language has code of its own.
    Own,
    RustOnly,
}

/// The Python types of settings that have code of their own.
const OWN: [(&str, &str); 3] = [
    ("client_secret_callback", "Callable[[], Union[str, bytes]]"),
    ("custom_token_store", "TokenStore"),
    ("on_event", "Listener"),
];

impl Setting {
    pub(super) fn shape(&self) -> Shape {
        match self.parameter.as_str() {
            "bool" => Shape::Switch,
            "impl Into<String>" | "impl Into<PathBuf>" => Shape::Text,
            // Their text in the other languages.
            "impl Into<TokenStoreLocation>" | "impl Into<ProxyChoice>" => Shape::Text,
            "impl Into<Box<str>>" => Shape::Secret,
            "Duration" if self.unit == "ms" => Shape::Milliseconds,
            "Duration" if self.unit == "s" => Shape::Seconds,
            "u32" => Shape::Number(32),
            "u64" => Shape::Number(64),
            "Roots" => Shape::Choice("Roots"),
            "OnStoreUnavailable" => Shape::Choice("OnStoreUnavailable"),
            _ if self.name == "clock" => Shape::RustOnly,
            _ => Shape::Own,
        }
    }

    /// Returns the documentation in ASCII, without the links of Markdown.
    pub(super) fn words(&self) -> String {
        let mut words = String::new();
        let mut rest = self.meaning.as_str();
        while let Some((before, after)) = rest.split_once("](") {
            words += before;
            rest = after.split_once(')').map_or("", |(_, after)| after);
        }
        (words + rest).replace('[', "").replace('…', "...")
    }
}

/// Returns the quoted text of a line `label: "text"`, which may have several lines.
fn quoted(entry: &str, label: &str) -> String {
    let after = entry.split(&format!("{label}: \"")).nth(1).unwrap_or_default();
    let mut text = String::new();
    for line in after.split('\n') {
        match line.trim_start().strip_suffix(" \\") {
            Some(part) => text += &format!("{part} "),
            None => {
                text += line.trim_start();
                break;
            }
        }
    }
    text.split('"').next().unwrap_or_default().to_owned()
}

fn table(source: &str) -> Vec<Setting> {
    let list = source.split("\nsettings! {\n").nth(1).and_then(|rest| rest.split("\n}\n").next());
    let code = list.expect("the table is there").lines();
    let code: Vec<&str> = code.filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let entries = code.split(";\n").map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(setting).collect()
}

fn setting(entry: &str) -> Setting {
    let (head, rest) = entry.split_once("->").expect("a type");
    let (name, parameter) = head.split_once('(').expect("parameters");
    let parameter = parameter.trim().trim_end_matches(')').split_once(':');
    let (kind, _) = rest.split_once(" = ").expect("an expression");
    Setting {
        name: name.split('<').next().unwrap_or_default().to_owned(),
        parameter: parameter.map_or("", |(_, kind)| kind.trim()).to_owned(),
        kind: kind.trim().to_owned(),
        variable: quoted(entry, "variable"),
        unit: quoted(entry, "unit"),
        default: quoted(entry, "default"),
        meaning: quoted(entry, "meaning"),
        example: quoted(entry, "example"),
        errors: quoted(entry, "errors"),
    }
}

pub(super) fn settings() -> Vec<Setting> {
    table(&read(SOURCE))
}

/// Returns the parameters of the C setter after the configuration; `None` for any.
pub(super) fn in_c(shape: Shape) -> Option<&'static [&'static str]> {
    Some(match shape {
        Shape::Text => &["const char *"],
        Shape::Secret => &["const char *", "size_t"],
        Shape::Switch => &["int32_t"],
        Shape::Milliseconds | Shape::Seconds | Shape::Number(64) => &["uint64_t"],
        Shape::Number(_) => &["uint32_t"],
        Shape::Choice(_) => &["int32_t"],
        Shape::Own | Shape::RustOnly => return None,
    })
}

/// Returns the setter of C.
pub(super) fn setter(setting: &Setting) -> String {
    let name = &setting.name;
    match setting.shape() {
        Shape::Milliseconds => format!("vanta_config_set_{name}_ms"),
        _ if name == "on_event" => format!("vanta_config_{name}"),
        _ => format!("vanta_config_set_{name}"),
    }
}

#[test]
fn c_has_a_setter_for_each_setting_and_no_other() {
    let of_config = |function: &Prototype| function.name.starts_with("vanta_config_");
    let functions: Vec<Prototype> = prototypes(&fresh()).into_iter().filter(of_config).collect();
    let mut known: BTreeSet<String> = OTHERS.iter().map(|name| (*name).to_owned()).collect();
    for setting in settings().iter().filter(|setting| setting.shape() != Shape::RustOnly) {
        let name = setter(setting);
        let function = functions.iter().find(|function| function.name == name);
        let function = function.unwrap_or_else(|| panic!("C has no {name}"));
        let types = function.parameters.iter().skip(1).map(|(kind, _)| kind.as_str());
        if let Some(expected) = in_c(setting.shape()) {
            assert_eq!(types.collect::<Vec<_>>(), expected, "{name}");
        }
        known.insert(name);
    }
    let found: BTreeSet<String> = functions.into_iter().map(|function| function.name).collect();
    assert_eq!(found, known);
}

/// Returns the parameter of a C++ setter, and its body.
pub(super) fn in_cpp(setting: &Setting) -> Option<(String, String)> {
    let setter = setter(setting);
    let duration = "std::chrono::duration<Number, Period> value".to_owned();
    let counted = |unit: &str| format!("set({setter}, detail::count<std::chrono::{unit}>(value))");
    let plain = format!("set({setter}, value)");
    Some(match setting.shape() {
        Shape::Text => ("const std::string &value".to_owned(), format!("text({setter}, value)")),
        Shape::Secret => (
            "std::string_view value".to_owned(),
            format!("set({setter}, value.data(), value.size())"),
        ),
        Shape::Switch => ("bool value".to_owned(), format!("set({setter}, value ? 1 : 0)")),
        Shape::Milliseconds => (duration, counted("milliseconds")),
        Shape::Seconds => (duration, counted("seconds")),
        Shape::Number(bits) => (format!("std::uint{bits}_t value"), plain),
        Shape::Choice(choice) => {
            let kind = if choice == "Roots" { "roots" } else { "on_store_unavailable" };
            let number = format!("set({setter}, static_cast<std::int32_t>(value))");
            (format!("vanta::{kind} value"), number)
        }
        Shape::Own | Shape::RustOnly => return None,
    })
}

/// The comment of a setter of C with the names and types of C++.
fn words_of_cpp(words: &str, shape: Shape) -> String {
    const NAMES: [(&str, &str); 6] = [
        (", of `size` bytes", ""),
        (" of `size` bytes", ""),
        ("vanta_config_set_", "config::"),
        (": one of the VANTA_ROOTS_ numbers; another is VANTA_ERR_INVALID_ARGUMENT", ""),
        (
            ": one of the VANTA_ON_STORE_UNAVAILABLE_ numbers; another is \
             VANTA_ERR_INVALID_ARGUMENT",
            "",
        ),
        ("vanta_report_token_rejected()", "client::report_token_rejected()"),
    ];
    const OF_SWITCHES: [(&str, &str); 6] = [
        ("(1)", "(true)"),
        ("(0)", "(false)"),
        ("With 1,", "With true,"),
        ("With 0,", "With false,"),
        ("Default: 1.", "Default: true."),
        ("Default: 0.", "Default: false."),
    ];
    const OF_DURATIONS: [(&str, &str); 4] = [
        (", in milliseconds:", ":"),
        (", in seconds:", ":"),
        ("Default: 120,000.", "Default: 120 s."),
        ("Default: 30.", "Default: 30 s."),
    ];
    let of_shape: &[_] = match shape {
        Shape::Switch => &OF_SWITCHES,
        Shape::Milliseconds | Shape::Seconds => &OF_DURATIONS,
        _ => &[],
    };
    let rename = |text: String, (c, cpp): &(&str, &str)| text.replace(c, cpp);
    NAMES.iter().chain(of_shape).fold(words.to_owned(), rename)
}

#[test]
fn settings_of_cpp_are_those_of_the_table() {
    let mut methods = String::new();
    let functions = crate::manual::functions_of(&fresh());
    for setting in settings() {
        let Some((parameter, body)) = in_cpp(&setting) else { continue };
        let of_c = functions.iter().find(|(function, _)| function.name == setter(&setting));
        let (_, words) = of_c.expect("C has its setter");
        methods += &wrapped(&words_of_cpp(words, setting.shape()), "    // ", 100);
        if parameter.contains("<Number, Period>") {
            methods += "    template <typename Number, typename Period>\n";
        }
        let line = format!("    config &{}({parameter}) {{ return {body}; }}\n", setting.name);
        methods += &match line.len() {
            ..=101 => line,
            _ => line.replace("{ return", "{\n        return").replace("; }\n", ";\n    }\n"),
        };
    }
    assert_generated("bindings/cpp/vanta_config.hpp", SOURCE, &methods);
}

/// Returns the line of a Python dataclass.
fn field(setting: &Setting) -> Option<String> {
    let own = OWN.iter().find(|(name, _)| *name == setting.name).map(|(_, kind)| *kind);
    let kind = match setting.shape() {
        Shape::Switch => "bool",
        Shape::Text if setting.parameter == "impl Into<PathBuf>" => "Path",
        Shape::Text | Shape::Secret | Shape::Choice(_) => "str",
        Shape::Milliseconds => "float",
        Shape::Seconds | Shape::Number(_) => "int",
        Shape::Own => own.expect("its type is in the list above"),
        Shape::RustOnly => return None,
    };
    // A URL may contain a password, and the repr of a callback is useless.
    let is_hidden = setting.kind == "Secret" || kind.starts_with("Callable") || kind == "Listener";
    let value = if is_hidden { "field(default=None, repr=False)" } else { "None" };
    Some(format!("    {}: Optional[{kind}] = {value}\n", setting.name))
}

#[test]
fn settings_of_python_are_those_of_the_table() {
    let settings = settings();
    let fields: String = settings.iter().filter_map(field).collect();
    assert_generated("bindings/python/libvanta/config.py", SOURCE, &fields);
    let mut tables = String::new();
    let mut tuple = |title: &str, is_in: &dyn Fn(Shape) -> bool| {
        let names = settings.iter().filter(|setting| is_in(setting.shape()));
        let names: String = names.map(|setting| format!("    \"{}\",\n", setting.name)).collect();
        let _ = write!(tables, "{title} = (\n{names})\n");
    };
    tuple("_TEXTS", &|shape| shape == Shape::Text);
    tuple("_SECRETS", &|shape| shape == Shape::Secret);
    tuple("_SWITCHES", &|shape| shape == Shape::Switch);
    tuple("_MILLISECONDS", &|shape| shape == Shape::Milliseconds);
    let mut pairs = |title: &str, value: &dyn Fn(Shape) -> Option<String>| {
        let pairs = settings.iter().filter_map(|setting| Some((setting, value(setting.shape())?)));
        let pairs = pairs.map(|(setting, value)| format!("    \"{}\": {value},\n", setting.name));
        let _ = write!(tables, "{title} = {{\n{}}}\n", pairs.collect::<String>());
    };
    pairs("_BITS", &|shape| match shape {
        Shape::Number(bits) => Some(bits.to_string()),
        Shape::Seconds => Some("64".to_owned()),
        _ => None,
    });
    pairs("_CHOICES: Dict[str, Type[Any]]", &|shape| match shape {
        Shape::Choice(words) => Some(words.to_owned()),
        _ => None,
    });
    assert_generated(
        "bindings/python/libvanta/config.py",
        "the table, by how they are given",
        &tables,
    );
}

#[test]
fn entries_of_the_table_are_read_with_their_parts() {
    let lines = [
        "",
        "settings! {",
        "    /// Doc; more.",
        "    // Why.",
        "    a_b<E: Display>(",
        "        x: Duration",
        "    ) -> C = x.into(),",
        "        variable: \"V\",",
        "        unit: \"ms\",",
        "        default: \"1 `s`\" = 1,",
        "        meaning: \"a [b](c) `d` \\",
        "            e\";",
        "",
        "    /// Doc.",
        "    c(on: bool) -> bool = on,",
        "        default: \"off\" = false,",
        "        meaning: \"m\";",
        "}",
        "",
    ];
    let settings = table(&lines.join("\n"));
    let (one, two) = (&settings[0], &settings[1]);
    assert_eq!(
        (one.name.as_str(), one.kind.as_str(), one.shape()),
        ("a_b", "C", Shape::Milliseconds)
    );
    assert_eq!((one.variable.as_str(), one.default.as_str()), ("V", "1 `s`"));
    assert_eq!((one.meaning.as_str(), one.words()), ("a [b](c) `d` e", "a b `d` e".to_owned()));
    assert_eq!((two.name.as_str(), two.shape(), settings.len()), ("c", Shape::Switch, 2));
}
