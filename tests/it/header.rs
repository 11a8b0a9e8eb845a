//! vanta.h: the output of cbindgen for src/ffi, in the sections that its preface names.

use std::collections::BTreeMap;
use std::path::Path;

use crate::c_abi::read;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The maximal width of a line in the header.
const WIDTH: usize = 100;

/// The section of an item of src/ffi, and the group of a constant.
type Places = BTreeMap<String, (String, String)>;

/// Notes the section after a line `// == Section`, and the constants after `// -- Group`.
fn note(text: &str, places: &mut Places) {
    let (mut section, mut group) = (String::new(), String::new());
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("// == ") {
            (section, group) = (title.to_owned(), String::new());
        } else if let Some(title) = line.strip_prefix("// -- ") {
            group = title.to_owned();
        }
        let heads = ["pub const ", "pub type ", "pub struct ", "pub extern \"C\" fn "];
        let Some(item) = heads.iter().find_map(|head| line.strip_prefix(head)) else { continue };
        let name = item.split(|c: char| !c.is_alphanumeric() && c != '_').next();
        let name = name.unwrap_or_default().to_owned();
        let constant = name.starts_with("VANTA_");
        let group = if constant { group.clone() } else { String::new() };
        places.insert(name, (section.clone(), group));
    }
}

fn places() -> Places {
    let mut places = Places::new();
    for entry in std::fs::read_dir(Path::new(ROOT).join("src/ffi")).expect("it is there") {
        let path = entry.expect("the folder can be read").path();
        note(&std::fs::read_to_string(path).expect("sources are text"), &mut places);
    }
    places
}

/// Returns an item without its comment.
fn code(item: &str) -> &str {
    let comment = item.split_once("*/\n").filter(|_| item.starts_with("/**"));
    comment.map_or(item, |(_, code)| code)
}

/// Returns the name that an item of the header declares.
pub(crate) fn declares(item: &str) -> &str {
    let code = code(item);
    let name = if let Some(rest) = code.strip_prefix("/* ") {
        rest.lines().next()
    } else if let Some(constant) = code.strip_prefix("#define ") {
        constant.split(' ').next()
    } else if code.starts_with("typedef struct {") {
        code.rsplit("} ").next()
    } else if code.starts_with("typedef") && code.contains("(*") {
        code.split("(*").nth(1).and_then(|rest| rest.split(')').next())
    } else if code.starts_with("typedef") {
        code.rsplit(' ').next()
    } else {
        code.split('(').next().and_then(|head| head.rsplit([' ', '*']).next())
    };
    name.unwrap_or_default().trim_end_matches(';')
}

/// Returns the sections in the order in which the preface names them.
fn sections(preface: &str) -> Vec<String> {
    let list = preface.split(" * Contents. ").nth(1).and_then(|rest| rest.split(".\n").next());
    let list = list.expect("the preface has contents").replace("\n *  ", "");
    list.split("; ").map(str::to_owned).collect()
}

/// Sorts an item: handles, then types, then constants, then functions.
fn layer(item: &str) -> usize {
    let layers = ["/* ", "typedef", "#define"];
    layers.iter().position(|head| code(item).starts_with(head)).unwrap_or(layers.len())
}

fn is_short(item: &str) -> bool {
    item.lines().count() <= 2
}

/// Puts short comments on one line, removes the fences of examples, and puts negative numbers in
/// parentheses.
fn tidy(raw: &str) -> String {
    let (mut lines, mut fenced): (Vec<String>, bool) = (Vec::new(), false);
    for line in raw.lines() {
        let text = line.trim_start();
        if text.starts_with("* ```") {
            fenced = !fenced;
            continue;
        }
        let above = lines.len().checked_sub(2).map(|at| lines[at].trim().to_owned());
        if text == "*/" && above.as_deref() == Some("/**") {
            let words = lines.pop().unwrap_or_default();
            let open = lines.pop().unwrap_or_default();
            let short = format!("{open} {} */", words.trim_start().trim_start_matches("* "));
            match short.len() {
                ..=WIDTH => lines.push(short),
                _ => lines.extend([open, words, line.to_owned()]),
            }
        } else if let Some((head, value)) = line.split_once(" -").filter(|_| !text.contains('*')) {
            lines.push(format!("{head} (-{value})"));
        } else {
            lines.push(if fenced { line.replacen("* ", "*     ", 1) } else { line.to_owned() });
        }
    }
    lines.join("\n")
}

/// How the declaration of a handle begins.
const HANDLE: &str = "typedef struct v";

/// Declares all handles first, because functions of every section use them. Their documentation
/// stands with their functions.
fn with_its_functions(item: &str) -> Vec<String> {
    let code = code(item);
    if !code.starts_with(HANDLE) {
        return vec![item.to_owned()];
    }
    let name = declares(item);
    let comment = item[..item.len() - code.len()].trim_end().trim_end_matches("*/").trim_end();
    let comment = comment.trim_start_matches("/**").trim_start().trim_start_matches("* ");
    vec![code.to_owned(), format!("/* {name}\n *\n * {comment}\n */")]
}

/// Makes the header from the output of cbindgen.
fn arranged(raw: &str, places: &Places) -> String {
    let raw = tidy(raw);
    let (head, items) = raw.split_once("#include <stdint.h>\n\n").expect("it is included");
    let sections = sections(head);
    let place = |item: &str| {
        let name = declares(item);
        let (section, group) = places.get(name).unwrap_or_else(|| panic!("{name} has no place"));
        let section = if item.starts_with(HANDLE) { "Handles" } else { section.as_str() };
        let number = sections.iter().position(|title| title == section);
        let number = number.unwrap_or_else(|| panic!("no section {section:?}, for {name}"));
        (number, layer(item), group.clone())
    };
    let rest = ["#ifdef", "#endif"];
    let items = items.split("\n\n").filter(|item| !rest.iter().any(|head| item.starts_with(head)));
    let items: Vec<String> = items.map(str::trim_end).flat_map(with_its_functions).collect();
    let mut items: Vec<_> = items.iter().map(|item| (place(item), item.as_str())).collect();
    items.sort_by_key(|((section, layer, _), _)| (*section, *layer));
    let mut text =
        format!("{head}#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif");
    let (mut before, mut shorts) = ((usize::MAX, 0, String::new()), false);
    for (place, item) in items {
        let (section, layer, group) = &place;
        if *section != before.0 {
            let rule = "-".repeat(WIDTH - 6);
            text.push_str(&format!("\n\n/* {rule} *\n * {}\n * {rule} */", sections[*section]));
        }
        if !group.is_empty() && *group != before.2 {
            text.push_str(&format!("\n\n/* -- {group} -- */"));
        }
        let close = place == before && *layer <= 2 && shorts && is_short(item);
        text.push_str(if close { "\n" } else { "\n\n" });
        text.push_str(item);
        (before, shorts) = (place, is_short(item));
    }
    text.push_str("\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* VANTA_H */\n");
    text
}

/// A constant of `Kind`: its sentence, its name, and the name in the path.
pub(crate) struct KindConstant {
    doc: String,
    pub name: String,
    pub path: String,
}

/// Returns the constants of `Kind` in the source.
pub(crate) fn kind_constants() -> Vec<KindConstant> {
    let source = read("src/resource/kind.rs");
    let list = source.split("\nkinds! {\n").nth(1).and_then(|rest| rest.split("\n}\n").next());
    let lines: Vec<&str> = list.expect("the kinds are declared").lines().map(str::trim).collect();
    let constant = |pair: &[&str]| {
        let (name, path) = pair[1].split_once(" = ").expect("a name and a path");
        let doc = pair[0].trim_start_matches("/// ").to_owned();
        let path = path.trim_matches(['"', ';']).to_owned();
        KindConstant { doc, name: name.to_owned(), path }
    };
    lines.chunks(2).map(constant).collect()
}

/// Adds a macro for each kind, because cbindgen writes no string constants.
fn with_kinds(raw: &str, places: &mut Places) -> String {
    let mut macros = String::from("#include <stdint.h>\n\n");
    for KindConstant { doc, name, path } in kind_constants() {
        let place = ("Pushes".to_owned(), "Kinds of resources".to_owned());
        places.insert(format!("VANTA_KIND_{name}"), place);
        macros += &format!("/**\n * {doc}\n */\n#define VANTA_KIND_{name} \"{path}\"\n\n");
    }
    raw.replacen("#include <stdint.h>\n\n", &macros, 1)
}

pub(crate) fn fresh() -> String {
    let mut raw = Vec::new();
    cbindgen::generate(ROOT).expect("the C functions parse").write(&mut raw);
    let mut places = places();
    let raw = with_kinds(&String::from_utf8(raw).expect("the header is text"), &mut places);
    arranged(&raw, &places)
}

#[test]
fn the_committed_header_is_what_the_source_says() {
    let fresh = fresh();
    if std::env::var_os("VANTA_BLESS").is_some() {
        let path = Path::new(ROOT).join("include/vanta.h");
        std::fs::write(path, &fresh).expect("the header can be written");
    }
    let committed = read("include/vanta.h");
    assert!(committed == fresh, "stale: run VANTA_BLESS=1 cargo test --test it header");
}

#[test]
fn the_header_is_the_same_each_time_it_is_made() {
    assert!(fresh() == fresh());
}

/// An item of the header: its comment in one line, and its kind.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub doc: String,
    pub code: String,
}

/// Returns the lines between the `extern "C"` lines, without banners.
pub(crate) fn items(header: &str) -> Vec<Item> {
    let body = header.split("extern \"C\" {\n#endif\n").nth(1);
    let body = body.and_then(|rest| rest.split("\n#ifdef __cplusplus\n}").next());
    let (mut items, mut item, mut handles) = (Vec::new(), Item::default(), Vec::new());
    let (mut is_doc, mut is_banner) = (false, false);
    for line in body.expect("the header has its guards").lines().chain([""]) {
        is_doc |= line.starts_with("/**");
        is_banner |= line.starts_with("/* ");
        let is_handle = line.starts_with(HANDLE);
        if (is_doc || is_banner || is_handle || line.is_empty()) && !item.code.is_empty() {
            items.push(std::mem::take(&mut item));
        }
        if is_doc {
            push_words(&mut item.doc, line.trim_start_matches("/**"));
        } else if is_banner {
            if line.starts_with("/* ") {
                handles.push((line.trim_start_matches("/* ").to_owned(), String::new()));
            } else if let Some((_, doc)) = handles.last_mut() {
                push_words(doc, line);
            }
        } else if !line.is_empty() {
            item.code.push_str(line);
            item.code.push('\n');
        }
        let ends = line.ends_with("*/");
        (is_doc, is_banner) = (is_doc && !ends, is_banner && !ends);
    }
    for item in &mut items {
        let of_handle = handles.iter().find(|(name, _)| {
            item.code.starts_with(HANDLE) && declares(item.code.trim_end()) == name
        });
        let doc = of_handle.map_or(item.doc.as_str(), |(_, doc)| doc.as_str());
        item.doc = doc.trim().to_owned();
    }
    items
}

/// How a line of an example begins.
pub(crate) const EXAMPLE: &str = " *     ";

/// Adds a line of a comment, unless it is part of an example.
fn push_words(doc: &mut String, line: &str) {
    if line.starts_with(EXAMPLE) {
        return;
    }
    doc.push_str(line.trim_end_matches("*/").trim_start_matches(" *").trim());
    doc.push(' ');
}

#[test]
fn sections_and_groups_come_from_the_lines_above_an_item() {
    let mut places = Places::new();
    note(
        "// == A\npub struct vanta_x;\n// -- One\npub const VANTA_X: i32 = -1;\n\
         pub extern \"C\" fn vanta_x_free() {}\n// == B\npub type vanta_y = i32;\n",
        &mut places,
    );
    let raw = "/*\n * Contents. Handles;\n *   B; A.\n */\n\n#include <stdint.h>\n\n\
               /**\n * One.\n */\n#define VANTA_X -1\n\n/**\n * Two\n * lines.\n */\n\
               typedef struct vanta_x vanta_x;\n\n/**\n * Y.\n */\ntypedef int32_t vanta_y;\n\n\
               #ifdef __cplusplus\nextern \"C\" {\n#endif // __cplusplus\n\n\
               void vanta_x_free(vanta_x *x);\n\n#endif  /* VANTA_H */\n";
    let text = arranged(raw, &places);
    let found = items(&text);
    let names: Vec<&str> = found.iter().map(|item| declares(item.code.trim_end())).collect();
    assert_eq!(names, ["vanta_x", "vanta_y", "VANTA_X", "vanta_x_free"]);
    assert_eq!(found[0].doc, "Two lines.");
    assert_eq!(found[3].doc, "", "what has no comment is found, too");
    assert!(text.contains("/* -- One -- */\n\n/** One. */\n#define VANTA_X (-1)\n"), "{text}");
    assert!(text.contains(" * B\n") && text.ends_with("#endif /* VANTA_H */\n"), "{text}");
}
