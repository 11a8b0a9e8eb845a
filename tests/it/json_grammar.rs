//! The text of a body, and of a list, is JSON exactly where serde_json reads it, and errors are at
//! the same place.

use serde::de::IgnoredAny;
use serde_json::Value;
use vanta::{Body, Error, ErrorKind, Kind};

use crate::harness::{Place, RESOURCE, Rig};

/// Values, and what only looks like one.
const TEXTS: &[&str] = &[
    "null",
    "true",
    "false",
    "nul",
    "nulll",
    "nan",
    "tru",
    "truE",
    "falsy",
    "fals",
    "True",
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "0",
    "-0",
    "00",
    "01",
    "-01",
    "-",
    "--1",
    "+1",
    "1",
    "12345678901234567890",
    "123456789012345678901234567890",
    "-9223372036854775809",
    "0.5",
    "0.",
    ".5",
    "-.5",
    "1.5.5",
    "1e5",
    "1E+5",
    "1e-5",
    "1e",
    "1e+",
    "1e5.5",
    "1.e5",
    "1.0e05",
    "0e0",
    "0x10",
    "1_000",
    "1,5",
    "1 5",
    "1e999",
    "-1e999",
    "1e-999",
    "1.7976931348623157e308",
    "0e999",
    "[]",
    "[ ]",
    "[,]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "[1:2]",
    "[1",
    "[",
    "]",
    "[]]",
    "[}",
    "[1,\n2\t,\r3 ]",
    "[\u{a0}]",
    "[\u{c}]",
    "[\u{b}1]",
    "[[[]]]",
    "[[[]]",
    "{}",
    "{ }",
    "{,}",
    r#"{"a":1}"#,
    r#"{"a":1,}"#,
    r#"{,"a":1}"#,
    r#"{"a" 1}"#,
    r#"{"a"}"#,
    r#"{"a":}"#,
    r#"{"a"::1}"#,
    r#"{a:1}"#,
    r#"{'a':1}"#,
    r#"{1:1}"#,
    r#"{null:1}"#,
    r#"{"a":1 "b":2}"#,
    r#"{"a":1;"b":2}"#,
    r#"{"a":1,,"b":2}"#,
    r#"{"a":1,"b"}"#,
    r#"{ "a" : 1 , "b" : [ ] }"#,
    r#"{"a":1"#,
    r#"{"a":"#,
    r#"{"a"#,
    r#"{""#,
    "{",
    "}",
    r#"{"a":1]"#,
    r#"{"a":{"b":[{"c":[]}]}}"#,
    r#"{"":0,"":0}"#,
    r#""""#,
    r#"""#,
    r#""a"#,
    r#"'a'"#,
    r#""a"b"#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\a""#,
    r#""\ ""#,
    r#""\"#,
    r#""\""#,
    r#""\u"#,
    r#""\u1"#,
    r#""\u12"#,
    r#""\u123"#,
    r#""\u1234"#,
    r#""\u1234""#,
    r#""\u123g""#,
    r#""\u+123""#,
    r#""\u 123""#,
    r#""\uABCD\uabcd""#,
    r#""\U1234""#,
    r#""\x41""#,
    r#""\ud83d\ude00""#,
    r#""\uD83D\uDE00x""#,
    r#""\ud800""#,
    r#""\udc00""#,
    r#""\ud800\ud800""#,
    r#""\ud83d\u0041""#,
    r#""\ud83d\n""#,
    r#""\ud83d\ud83d\ude00""#,
    r#""\ud83d\u""#,
    r#""\ud83d\"#,
    "\"\u{1}\"",
    "\"\n\"",
    "\"\t\"",
    "\"\0\"",
    "\"\u{1f}\"",
    "\"\u{20}\"",
    "\"\u{7f}\"",
    "\"\u{80}\"",
    "\"é\u{2028}\u{ffff}😀\"",
    "/* c */ 1",
    "// c\n1",
    "1 // c",
    "# c\n1",
    "\u{feff}1",
    "",
    " ",
    "\n",
    r#""\u0000""#,
    "[\"a\",\n4\n,1,",
    "<html>",
    "*",
    "\\u0031",
    "[1]x",
    "{}{}",
    "null null",
    "[\"\0\"]",
];

/// Documents that are cut and changed at every byte.
const DOCUMENTS: [&str; 3] = [
    r#"{"a":[1,-2.5e+3,0],"bc":{"d":"e\"\u00e9\ud83d\ude00f","g":null},"h":true,"i":[]}"#,
    "{\n  \"name\" : \"a longer text, é\",\n  \"list\" : [ { } , [ false ] ],\r\n\t\"x\":\"\"\n}",
    r#"["0123456789abcdef","\\\n",{"":{"":[[{"k":1E2}]]}},12345678901234567890,"end"]"#,
];

/// Each document, cut before every byte, and with every byte replaced by others.
fn mutations() -> Vec<String> {
    let others = b"\0\x01\t\n\x1f !\"#+,-./0159:;<Eaefnrtu[\\]^{|}~\x7f";
    let mut texts = Vec::new();
    for document in DOCUMENTS {
        for at in 0..document.len() {
            texts.push(document.as_bytes()[..at].to_vec());
            texts.push([&document.as_bytes()[..at], &document.as_bytes()[at + 1..]].concat());
            for other in others {
                let mut changed = document.as_bytes().to_vec();
                changed[at] = *other;
                texts.push(changed);
            }
        }
    }
    texts.into_iter().filter_map(|text| String::from_utf8(text).ok()).collect()
}

/// Strings and blanks of any length up to three steps of eight bytes, with one byte that counts.
fn lengths() -> Vec<String> {
    let mut texts = Vec::new();
    for before in 0..17 {
        for byte in (0..0x80_u8).map(char::from).chain(['é', '\u{2028}', '😀']) {
            for behind in [0, 9] {
                let (before, behind) = ("x".repeat(before), "é".repeat(behind));
                texts.push(format!("\"{before}{byte}{behind}\""));
                texts.push(format!("{{\"{before}{byte}{behind}\":1}}"));
            }
            texts.push(format!("[{}{byte} 1]", " ".repeat(before)));
        }
    }
    texts
}

/// The message of an error, and its line and column.
fn parts_of(error: &str) -> (String, &str) {
    let (what, place) = error.rsplit_once(" at line ").expect("a place");
    let what = what.rsplit_once(": ").map_or(what, |(_, what)| what);
    // The words of serde_json that ours replace.
    let words = match what {
        "expected ident" => "expected true, false or null",
        "trailing comma" => "expected value",
        what => what,
    };
    (words.to_owned(), place)
}

/// What of the texts serde_json points to by one byte more or less.
fn is_placed_alike(what: &str) -> bool {
    !what.contains("escape") && !what.contains("control") && !what.contains("string")
}

/// Compares what is found in a text with what serde_json finds. A text of half a surrogate pair is
/// JSON, and no body.
fn assert_like_serde_json(text: &str, found: Result<Body, Error>) {
    let wanted = serde_json::from_str::<IgnoredAny>(text);
    match (wanted, found) {
        (Ok(_), Ok(_)) => {}
        (Ok(_), Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::InvalidPayload, "{text}: {error}");
            assert!(error.to_string().contains("half of a surrogate pair"), "{text}: {error}");
            assert!(text.contains("\\ud") || text.contains("\\uD"), "{text}: {error}");
        }
        (Err(wanted), Ok(_)) => panic!("{text:?} is no JSON: {wanted}"),
        (Err(wanted), Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::InvalidPayload, "{text}: {error}");
            let (wanted, error) = (wanted.to_string(), error.to_string());
            let (wanted, error) = (parts_of(&wanted), parts_of(&error));
            // What is behind the record of the text is a value first, and no record.
            if error.0.starts_with("expected record 1") {
                return;
            }
            // It places a line feed in the line that begins behind it.
            if is_placed_alike(&wanted.0) && !wanted.1.ends_with(" column 0") {
                assert_eq!(error.1, wanted.1, "{text:?}: {} and {}", error.0, wanted.0);
            }
            let is_comma = error.0 == "expected value" && wanted.0 == "key must be a string";
            let is_control = error.0.contains("control") && wanted.0.contains("control");
            assert!(
                is_comma || is_control || error.0 == wanted.0,
                "{text:?}: {error:?} {wanted:?}"
            );
        }
    }
}

fn within_a_record(text: &str) -> String {
    format!("[\n{{\"uniqueId\":\"a\",\"v\":\n{text}}}]")
}

#[test]
fn a_value_is_json_where_serde_json_reads_it() {
    let texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    let texts = texts.into_iter().chain(mutations()).chain(lengths());
    let (mut good, mut bad) = (0, 0);
    for text in texts {
        let array = within_a_record(&text);
        let body = Body::from_json_array(RESOURCE, &array);
        *(if body.is_ok() { &mut good } else { &mut bad }) += 1;
        assert_like_serde_json(&array, body);
    }
    println!("{good} values, and {bad} texts that are none");
    assert!(good > 1000 && bad > 1000);
}

#[test]
fn a_whole_body_is_json_where_serde_json_reads_it() {
    let record = r#"{"uniqueId":"a","n":[1,{"x":"\n"}],"b":null}"#;
    let body = format!("{{\"resourceId\":\"{RESOURCE}\", \"resources\":[{record},\n {{ }}\n]}}");
    for at in 0..body.len() {
        let cut = &body[..at];
        assert_like_serde_json(cut, Body::from_request(cut));
        for other in ["", " ", "\"", ",", ":", "[", "]", "{", "}", "\\", "\u{1}", "7"] {
            let changed = format!("{cut}{other}{}", &body[at + 1..]);
            let found = Body::from_request(changed.as_str());
            let Err(wanted) = serde_json::from_str::<IgnoredAny>(&changed) else { continue };
            let error = found.expect_err("it is no JSON");
            // A wrong type or name may come before the place that is no JSON.
            let place = |text: &str| -> Option<(usize, usize)> {
                let (_, place) = text.rsplit_once(" at line ")?;
                let (line, column) = place.split_once(" column ")?;
                Some((line.parse().ok()?, column.parse().ok()?))
            };
            let (wanted, found) = (place(&wanted.to_string()), place(&error.to_string()));
            assert!(
                found.is_some() && found <= wanted.map(|(l, c)| (l, c + 4)),
                "{changed}: {error}"
            );
        }
    }
}

#[test]
fn lines_and_lists_are_json_where_serde_json_reads_them() {
    for text in TEXTS.iter().filter(|text| !text.contains('\n')) {
        let line = format!("{{\"uniqueId\":\"a\",\"v\":{text}}}");
        let is_json = serde_json::from_str::<IgnoredAny>(&line).is_ok();
        let is_value = serde_json::from_str::<Value>(&line).is_ok();
        let body = Body::from_ndjson(RESOURCE, &line);
        let is_half = body.as_ref().is_err_and(|error| error.to_string().contains("half of a"));
        assert_eq!(body.is_ok() || is_half, is_json, "{line}: {body:?}");
        let rig = Rig::new();
        rig.reply(Place::Get, 200, &format!("{{\"resources\":[{line}]}}"));
        let listed = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE);
        assert_eq!(listed.is_ok(), is_value, "{line}: {listed:?}");
    }
}

#[test]
fn any_depth_is_read_without_recursion() {
    for (depth, is_value) in [(1, true), (100, true), (126, true), (127, false), (100_000, false)] {
        let deep = format!("{}{}", r#"[{"a":"#.repeat(depth / 2), "}]".repeat(depth / 2));
        let deep = if depth % 2 == 1 { format!("[{deep}]") } else { deep };
        let deep = deep.replace(r#""a":}"#, r#""a":0}"#);
        let line = format!("{{\"uniqueId\":\"a\",\"v\":{deep}}}");
        Body::from_ndjson(RESOURCE, &line).expect("it is JSON");
        Body::from_ndjson(RESOURCE, &line[..line.len() - 2]).expect_err("a bracket is missing");
        assert_eq!(serde_json::from_str::<Value>(&line).is_ok(), is_value, "{depth}");
        let rig = Rig::new();
        rig.reply(Place::Get, 200, &format!("{{\"resources\":[{line}]}}"));
        let listed = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE);
        assert_eq!(listed.is_ok(), is_value, "{depth}");
    }
}

#[test]
fn names_that_repeat_are_read_like_the_first() {
    let first = r#"{"uniqueId":"0","a":"x","b" : 1,"c":null}"#;
    for (second, is_json) in [
        (r#"{"uniqueId":"1","a":"x","b" : 1,"c":null}"#, true),
        (r#"{"a":"x","uniqueId":"1","c":null,"b" : 1}"#, true),
        (r#"{"uniqueId":"1" , "a" :"x" ,"b": 1 , "c": null }"#, true),
        (r#"{,"uniqueId":"1"}"#, false),
        (r#"{"uniqueId":"1",,"a":"x"}"#, false),
        (r#"{"uniqueId":"1""a":"x"}"#, false),
        (r#"{"uniqueId":"1","a":"x","b" : }"#, false),
        (r#"{"uniqueId":"1","a":,"b" : 1}"#, false),
        (r#"{"uniqueId":"1","a":"x","b" : 1,}"#, false),
        (r#"{"uniqueId":"1","a":["x","a":"y"]}"#, false),
    ] {
        let array = format!("[{first},{second}]");
        let body = Body::from_json_array(RESOURCE, &array);
        assert_eq!(serde_json::from_str::<IgnoredAny>(&array).is_ok(), is_json, "{array}");
        match body {
            Ok(body) => assert!(is_json && body.unique_ids().eq(["0", "1"]), "{array}"),
            Err(error) => assert!(!is_json, "{array}: {error}"),
        }
    }
}
