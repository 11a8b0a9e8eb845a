//! The body builder: records are listed as they were built, and wrong calls return errors.

use serde_json::{Map, Value, json};
use vanta::{Body, BodyBuilder, Error, ErrorKind, Result};

use crate::harness::{RESOURCE, assert_kind};

/// A text that needs escapes in JSON.
const NASTY: [&str; 17] = [
    "",
    "\"",
    "\\",
    "\\\"\\u0041\\",
    "a\0b",
    "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{e}\u{f}",
    "\u{10}\u{11}\u{12}\u{13}\u{14}\u{15}\u{16}\u{17}",
    "\u{18}\u{19}\u{1a}\u{1b}\u{1c}\u{1d}\u{1e}\u{1f}",
    "\u{7f}\u{80}\u{9f}",
    "</script>",
    "\u{2028}\u{2029}",
    "\u{feff}",
    "Łęcka Žukauskas",
    "e\u{301}",
    "😀👩‍👩‍👧",
    "\u{10ffff}\u{fffd}",
    "~/~0~1",
];

fn records() -> BodyBuilder {
    BodyBuilder::new(RESOURCE).expect("a resource id of the console's")
}

/// Returns the text of a record that has these fields besides its `uniqueId`.
#[track_caller]
fn written(fill: impl FnOnce(&mut BodyBuilder) -> Result<&mut BodyBuilder>) -> String {
    let mut records = records();
    records.begin().expect("first").string("uniqueId", "r").expect("in a record");
    fill(&mut records).expect("as it should be").end().expect("open");
    let body = records.finish().expect("whole");
    let text = String::from_utf8(body.as_bytes().to_vec()).expect("UTF-8");
    let head = format!("{{\"resourceId\":\"{RESOURCE}\",\"resources\":[{{\"uniqueId\":\"r\",");
    let tail = text.strip_prefix(&head).expect("the shape of a request");
    tail.strip_suffix("}]}").expect("the shape of a request").to_owned()
}

fn read(fields: &str) -> Value {
    serde_json::from_str(&format!("{{{fields}}}")).expect("JSON")
}

#[test]
fn every_text_and_every_key_reads_back_as_it_was() {
    for text in NASTY {
        let fields = written(|records| records.string("text", text)?.string(text, "key"));
        assert_eq!(read(&fields), json!({"text": text, text: "key"}), "{text:?}");
    }
}

#[test]
fn a_number_reads_back_as_exactly_itself() {
    for number in [i64::MIN, -1, 0, 1, 1 << 53, (1 << 53) + 1, i64::MAX] {
        let fields = written(|records| records.integer("n", number));
        assert_eq!(fields, format!("\"n\":{number}"));
    }
    let mut rng = Rng(1);
    let random = std::iter::repeat_with(|| f64::from_bits(rng.next()));
    let special = [0.0, -0.0, 5.0, 0.1, 1e300, -1e-300, f64::MIN_POSITIVE, 5e-324, f64::MAX, 1e21];
    for number in special.into_iter().chain(random.filter(|n| n.is_finite()).take(3000)) {
        let fields = written(|records| records.number("n", number));
        assert!(read(&fields)["n"].is_number(), "{fields}");
        let token: f64 = fields["\"n\":".len()..].parse().expect("a number");
        assert_eq!(token.to_bits(), number.to_bits(), "{fields}");
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let words = format!("at /n - JSON has no number {number}; leave it out or write null");
        let fill = |records: &mut BodyBuilder| records.number("n", number).map(drop);
        let error = refused(ErrorKind::InvalidPayload, fill);
        assert!(error.to_string().contains(&words), "{error}");
    }
}

#[test]
fn bool_null_and_raw_json_are_written_unchanged() {
    let fields = written(|records| {
        records.boolean("yes", true)?.boolean("no", false)?.null("nothing")?;
        records.json("ready", " {\"a\": [1, 18446744073709551615]}")?.json("text", "\"x\"")
    });
    let expected = "\"yes\":true,\"no\":false,\"nothing\":null,\
                    \"ready\": {\"a\": [1, 18446744073709551615]},\"text\":\"x\"";
    assert_eq!(fields, expected);
    for slip in ["", "x", "1,2", "1}", "{\"a\":1", "\"\\ud800\"", "1e999", "nul", "[1]]", "\"\n\""]
    {
        let fill = |records: &mut BodyBuilder| records.json("ready", slip).map(drop);
        let error = refused(ErrorKind::InvalidPayload, fill);
        assert!(error.to_string().contains("at /ready - it is not JSON ("), "{error}");
    }
}

#[test]
fn a_timestamp_is_the_date_that_it_is_in_utc() {
    for (unix_ms, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-86_400_000, "1969-12-31T00:00:00.000Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
        (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
        (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] {
        let fields = written(|records| records.timestamp_ms("t", unix_ms));
        assert_eq!(fields, format!("\"t\":\"{text}\""));
    }
    for unix_ms in [-62_135_596_800_001, 253_402_300_800_000, i64::MIN, i64::MAX] {
        let fill = |records: &mut BodyBuilder| records.timestamp_ms("t", unix_ms).map(drop);
        let error = refused(ErrorKind::InvalidPayload, fill);
        let words = format!("at /t - {unix_ms} ms since 1970 is outside the years 0001 to 9999");
        assert!(error.to_string().contains(&words), "{error}");
    }
}

#[test]
fn the_first_and_the_last_day_of_every_month_have_their_dates() {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut day = -719_162;
    let mut expected = Vec::new();
    let mut records = records();
    records.begin().and_then(|r| r.string("uniqueId", "r")?.begin_array("days")).expect("right");
    for year in 1..=9999 {
        let february = if leap(year) { 29 } else { 28 };
        let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1..).zip(lengths) {
            for (at, date) in [(day, 1), (day + length - 1, length)] {
                records.timestamp_ms(None, at * 86_400_000).expect("in range");
                expected.push(format!("{year:04}-{month:02}-{date:02}T00:00:00.000Z"));
            }
            day += length;
        }
    }
    records.end().and_then(BodyBuilder::end).expect("open");
    let body = records.finish().expect("below the limit");
    let body: Value = serde_json::from_slice(body.as_bytes()).expect("JSON");
    assert_eq!(body["resources"][0]["days"], json!(expected));
}

/// Returns pseudorandom numbers, the same in every run.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("small")
    }

    fn text(&mut self) -> String {
        (0..self.below(4)).map(|_| NASTY[self.below(NASTY.len())]).collect()
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth < 6 { 8 } else { 5 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.next() as i64),
            3 => json!(f64::from_bits(self.next() & !(1 << 62))),
            4 => json!(self.text()),
            5 => (0..self.below(5)).map(|_| self.value(depth + 1)).collect(),
            _ => Value::Object(self.object(depth + 1)),
        }
    }

    fn object(&mut self, depth: usize) -> Map<String, Value> {
        (0..self.below(6)).map(|_| (self.text(), self.value(depth))).collect()
    }
}

fn write(records: &mut BodyBuilder, key: Option<&str>, value: &Value) -> Result<()> {
    match value {
        Value::Null => records.null(key)?,
        Value::Bool(value) => records.boolean(key, *value)?,
        Value::String(text) => records.string(key, text)?,
        Value::Number(number) => match number.as_i64() {
            Some(number) => records.integer(key, number)?,
            None => records.number(key, number.as_f64().expect("one of the two"))?,
        },
        Value::Array(values) => {
            records.begin_array(key)?;
            values.iter().try_for_each(|value| write(records, None, value))?;
            records.end()?
        }
        Value::Object(fields) => {
            records.begin_object(key)?;
            fields.iter().try_for_each(|(key, value)| write(records, Some(key), value))?;
            records.end()?
        }
    };
    Ok(())
}

#[test]
fn any_records_come_out_as_a_json_library_writes_them() {
    for seed in 0..400 {
        let mut rng = Rng(seed);
        let mut expected = Vec::new();
        let mut records = records();
        for number in 0..rng.below(4) {
            let mut record = rng.object(0);
            record.insert("uniqueId".to_owned(), json!(format!("{number}{}", rng.text())));
            records.begin().expect("none is open");
            for (key, value) in &record {
                write(&mut records, Some(key), value).expect("in its place");
            }
            records.end().expect("one is open");
            expected.push(record);
        }
        let built = records.finish().map(|body| body.as_bytes().to_vec());
        let other = Body::from_records(RESOURCE, &expected).map(|body| body.as_bytes().to_vec());
        assert_eq!(built.map_err(|e| e.to_string()), other.map_err(|e| e.to_string()), "{seed}");
    }
}

/// Returns the error of two records, the second of which is built by `fill`.
#[track_caller]
fn refused(kind: ErrorKind, fill: impl FnOnce(&mut BodyBuilder) -> Result<()>) -> Error {
    let mut records = records();
    let first = |records: &mut BodyBuilder| -> Result<()> {
        records.begin()?.string("uniqueId", "one")?.end()?.begin()?.string("uniqueId", "two")?;
        Ok(())
    };
    first(&mut records).expect("right so far");
    let kept = assert_kind(fill(&mut records), kind);
    let violation = &kept.violations()[0];
    assert_eq!((violation.index, violation.unique_id.as_deref()), (Some(1), Some("two")), "{kept}");
    assert!(kept.to_string().contains("; record 1 (uniqueId two)"), "{kept}");
    let later = [records.begin().err(), records.null("x").err(), records.end().err()];
    for again in later.into_iter().chain([records.finish().err()]) {
        assert_eq!(again.expect("it stays").to_string(), kept.to_string());
    }
    kept
}

#[test]
fn misplaced_builder_call_has_an_error_with_place_and_remedy() {
    type Fill = fn(&mut BodyBuilder) -> Result<()>;
    let cases: [(Fill, &str, &str); 9] = [
        (|r| r.begin().map(drop), "", "call BodyBuilder::end() before the next record begins"),
        (|r| r.null("a")?.null("a").map(drop), "/a", "duplicate key"),
        (|r| r.string("uniqueId", "x").map(drop), "/uniqueId", "has this key already"),
        (|r| r.null(None).map(drop), "", "a value in an object needs a key"),
        (
            |r| r.begin_array("users")?.begin_object(None)?.boolean(None, true).map(drop),
            "/users/0",
            "needs a key",
        ),
        (
            |r| r.begin_array("a/b~")?.null(None)?.string("k", "x").map(drop),
            "/a~1b~0/1",
            "a value in an array has no key",
        ),
        (
            |r| {
                r.begin_array("users")?.begin_object(None)?.end()?.begin_object(None)?;
                r.begin_array("policies")?.end()?.integer("policies", 1).map(drop)
            },
            "/users/1/policies",
            "duplicate key",
        ),
        (
            |r| (0..32).try_for_each(|_| r.begin_object("o").map(drop)),
            "/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o/o",
            "more than 32 levels",
        ),
        (
            |r| r.json("o", &format!("{}{}", "[".repeat(32), "]".repeat(32))).map(drop),
            "/o",
            "more than 32 levels",
        ),
    ];
    for (fill, pointer, words) in cases {
        let error = refused(ErrorKind::InvalidArgument, fill);
        assert_eq!(error.violations()[0].pointer, pointer, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn builder_call_outside_a_record_names_the_record_before_it() {
    let mut none = records();
    let error = assert_kind(none.end(), ErrorKind::InvalidArgument);
    let words = "an argument is invalid; before the first record - BodyBuilder::end() has no open \
                 record, object or array to end";
    assert_eq!(error.to_string(), words);
    let mut one = records();
    one.begin().and_then(|r| r.string("uniqueId", "r")?.end()).expect("right");
    let error = assert_kind(one.begin_array("users"), ErrorKind::InvalidArgument);
    let words =
        "after record 0 at /users - a value is outside a record; call BodyBuilder::begin() first";
    assert!(error.to_string().contains(words), "{error}");
    let mut two = records();
    two.begin().and_then(|r| r.string("uniqueId", "r")?.end()?.begin()).expect("right");
    let error = assert_kind(two.null(None), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("; record 1 - a value in an object needs a key"), "{error}");
}

#[test]
fn unfinished_record_makes_no_body() {
    let mut records = records();
    let begun = |records: &mut BodyBuilder| -> Result<()> {
        records.begin()?.begin_array("users")?.null(None)?;
        records.begin_object(None)?.begin_array("policies")?.null(None).map(drop)
    };
    begun(&mut records).expect("right so far");
    let error = assert_kind(records.finish(), ErrorKind::InvalidArgument);
    let words =
        "record 0 at /users/1/policies - it is still open; BodyBuilder::end() is missing 4 times";
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn body_errors_are_reported_when_the_builder_finishes() {
    let mut twins = records();
    for _ in 0..2 {
        twins.begin().and_then(|r| r.string("uniqueId", "a")?.end()).expect("right");
    }
    let error = assert_kind(twins.finish(), ErrorKind::DuplicateUniqueId);
    assert_eq!(error.violations()[0].index, Some(1));
    let mut nameless = records();
    nameless.begin().and_then(BodyBuilder::end).expect("right");
    assert_kind(nameless.finish(), ErrorKind::InvalidUniqueId);
    assert_kind(BodyBuilder::new("a b"), ErrorKind::InvalidArgument);
}

#[test]
fn records_over_the_size_limit_report_their_size_and_stop_growing() {
    let text = "x".repeat(10_485_760);
    let mut large = records();
    large.begin().and_then(|r| r.string("uniqueId", &text)?.end()).expect("not the end yet");
    let error = assert_kind(large.finish(), ErrorKind::PayloadTooLarge);
    assert!(error.to_string().contains("the limit is 10,485,760"), "{error}");
    let mut endless = records();
    endless.begin().and_then(|r| r.begin_array("texts")).expect("right");
    let kept = (0..17).find_map(|_| endless.string(None, &text).err()).expect("an end");
    let error = assert_kind(endless.finish(), ErrorKind::PayloadTooLarge);
    assert_eq!(error.to_string(), kept.to_string());
    assert!(error.to_string().contains("at /texts/15 - the records up to here"), "{error}");
}

/// Makes one random call of the builder.
fn any_call<'r>(rng: &mut Rng, records: &'r mut BodyBuilder) -> Result<&'r mut BodyBuilder> {
    let key = ["a", "b", "uniqueId"][rng.below(3)];
    let key = (rng.below(4) > 0).then_some(key);
    match rng.below(14) {
        0 => records.begin(),
        1..4 => records.end(),
        4 => records.begin_object(key),
        5 => records.begin_array(key),
        6 => records.null(key),
        7 => records.json(key, ["{}", "{", "[[1]]"][rng.below(3)]),
        8 => records.number(key, f64::from_bits(rng.next())),
        9 => records.timestamp_ms(key, rng.next() as i64 >> 20),
        _ => records.string(key, &rng.text()),
    }
}

#[test]
fn builder_keeps_the_first_error_in_any_order_of_calls() {
    let (mut bodies, mut refused) = (0, 0);
    for seed in 0..8000 {
        let mut rng = Rng(seed);
        let mut records = records();
        records.begin().and_then(|r| r.string("id", "x")).expect("right");
        let mut first: Option<String> = None;
        for _ in 0..rng.below(12) {
            let kept = any_call(&mut rng, &mut records).err().map(|error| error.to_string());
            assert!(first.is_none() || kept == first, "{seed}: {kept:?} after {first:?}");
            first = kept;
        }
        match (records.finish(), first) {
            (Err(last), Some(first)) => assert_eq!(last.to_string(), first, "{seed}"),
            (Ok(body), None) => {
                serde_json::from_slice::<Value>(body.as_bytes()).expect("a body is JSON");
                bodies += 1;
            }
            (Err(last), None) => {
                assert_ne!(last.kind(), ErrorKind::InvalidPayload, "{seed}: {last}");
                refused += 1;
            }
            (Ok(_), Some(first)) => panic!("{seed}: a body in spite of {first}"),
        }
    }
    assert!(bodies > 10 && refused > 100, "{bodies} bodies, {refused} refused at the end");
}
