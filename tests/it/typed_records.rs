//! Typed records agree with the schemas: each record is made from the schema's own text.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vanta::records::{
    ApiEndpointVulnerability, BackgroundCheck, CustomResource, MacosUserComputer,
    PackageVulnerability, Record, Secret, SecurityTask, StaticAnalysisVulnerability, UserAccount,
    UserSecurityTrainingStatus, VulnerableComponent, WindowsUserComputer,
};
use vanta::{Body, Kind, Schema, ValidationOptions};

use crate::harness::{RESOURCE, Rig, VALID_FIXTURES, fixture};
use crate::sample_records::{is_recorded, object, request, sample, schema};

/// More than the values of any enum.
const MOST_VALUES: usize = 10;

/// A kind, and the function that reads and writes a value by its type.
struct Typed {
    kind: Kind,
    through: fn(&Value) -> Result<Through, String>,
}

/// Returns the value that a type reads and writes again.
struct Through {
    json: Value,
    debug: String,
}

fn typed<T: Record + DeserializeOwned + Debug>() -> Typed {
    let through = |value: &Value| {
        let record: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        let json = serde_json::to_value(&record).expect("a record serialises");
        Ok(Through { json, debug: format!("{record:?}") })
    };
    Typed { kind: T::KIND, through }
}

fn all() -> [Typed; 12] {
    [
        typed::<ApiEndpointVulnerability>(),
        typed::<BackgroundCheck>(),
        typed::<CustomResource>(),
        typed::<MacosUserComputer>(),
        typed::<PackageVulnerability>(),
        typed::<Secret>(),
        typed::<SecurityTask>(),
        typed::<StaticAnalysisVulnerability>(),
        typed::<UserAccount>(),
        typed::<UserSecurityTrainingStatus>(),
        typed::<VulnerableComponent>(),
        typed::<WindowsUserComputer>(),
    ]
}

impl Typed {
    fn read(&self, value: &Value) -> Through {
        (self.through)(value).unwrap_or_else(|error| panic!("{}: {error}: {value}", self.kind))
    }

    fn refuses(&self, value: &Value) -> bool {
        (self.through)(value).is_err()
    }

    #[track_caller]
    fn assert_kept(&self, value: &Value) -> String {
        let Through { json, debug } = self.read(value);
        assert_eq!(&json, value, "{}", self.kind);
        debug
    }

    fn schema(&self) -> Value {
        schema(&self.kind)
    }

    fn violations(&self, value: &Value) -> Vec<String> {
        let schema = self.kind.schema().expect("one of the twelve");
        schema.validate(value).into_iter().map(|one| one.pointer).collect()
    }

    /// Returns a record with all properties, or with the required ones only. Each enum has its
    /// value of that number.
    fn sample(&self, full: bool, number: usize) -> Value {
        sample(&self.schema(), full, number)
    }
}

/// A place in a full record.
struct Place {
    /// Properties of the object, or of the array, that contains it.
    parent: String,
    name: String,
    schema: Value,
    required: bool,
    element: bool,
}

impl Place {
    fn pointer(&self) -> String {
        format!("{}/{}", self.parent, self.name)
    }

    fn set(&self, record: &Value, value: &Value) -> Value {
        let mut record = record.clone();
        *record.pointer_mut(&self.pointer()).expect("a full record has it") = value.clone();
        record
    }

    fn removed_from(&self, record: &Value) -> Value {
        let mut record = record.clone();
        let parent = record.pointer_mut(&self.parent).and_then(Value::as_object_mut);
        parent.and_then(|parent| parent.remove(&self.name)).expect("a full record has it");
        record
    }

    /// Returns values of types that the place does not have. A text may be invalid in other ways.
    fn wrong(&self) -> Vec<Value> {
        let schema = Schema::from_value(&self.schema).expect("a part of a schema");
        let any_text = self.schema["type"] == "timestamp" || self.schema.get("enum").is_some();
        let values = json!([true, 7, 7.5, 3_000_000_000_u32, "text", [], {}]);
        let values = values.as_array().cloned().unwrap_or_default().into_iter();
        values
            .filter(|value| !schema.validate(value).is_empty())
            .filter(|value| !any_text || !value.is_string())
            .chain((self.required && !object(&self.schema).is_empty()).then_some(Value::Null))
            .collect()
    }
}

/// Returns all places below one.
fn places(schema: &Value, parent: &str, found: &mut Vec<Place>) {
    let mut note = |name: &str, schema: &Value, required: bool, element: bool| {
        let (parent, name) = (parent.to_owned(), name.to_owned());
        let place = Place { parent, name, schema: schema.clone(), required, element };
        let pointer = place.pointer();
        found.push(place);
        places(schema, &pointer, found);
    };
    if let Some(inner) = schema.get("elements") {
        note("0", inner, true, true);
    }
    for (keyword, required) in [("properties", true), ("optionalProperties", false)] {
        for (name, inner) in &object(&schema[keyword]) {
            note(name, inner, required, false);
        }
    }
}

/// Calls a function with each type, a full record of it, and each place in that.
fn each_place(mut call: impl FnMut(&Typed, &Value, &Place)) {
    for typed in all() {
        let mut found = Vec::new();
        places(&typed.schema(), "", &mut found);
        assert!(found.len() >= 4, "{}", typed.kind);
        let full = typed.sample(true, 0);
        found.iter().for_each(|place| call(&typed, &full, place));
    }
}

#[test]
fn each_of_the_twelve_kinds_has_a_type() {
    let mut kinds: Vec<Kind> = all().map(|typed| typed.kind).into();
    kinds.sort_by_key(Kind::to_string);
    let recorded = Kind::ALL.iter().filter(|kind| is_recorded(kind)).cloned();
    assert_eq!(kinds, recorded.collect::<Vec<_>>());
}

#[test]
fn a_full_record_goes_through_its_type_with_each_value_of_each_enum() {
    for typed in all() {
        for number in 0..MOST_VALUES {
            let full = typed.sample(true, number);
            assert_eq!(typed.violations(&full), [""; 0], "{}: {full}", typed.kind);
            let debug = typed.assert_kept(&full);
            assert!(!debug.contains("Unlisted"), "{}: {debug}", typed.kind);
        }
    }
}

#[test]
fn no_type_has_a_field_that_its_schema_lacks() {
    for typed in all() {
        let debug = typed.assert_kept(&typed.sample(true, 0));
        // The published schemas have no custom properties, except that of custom resources.
        let custom = usize::from(typed.kind != Kind::CUSTOM_RESOURCE);
        assert_eq!(debug.matches("custom_properties: None").count(), custom, "{debug}");
        assert_eq!(debug.matches(": None").count(), custom, "{debug}");
    }
}

#[test]
fn a_minimal_record_is_written_without_a_null() {
    for typed in all() {
        let minimal = typed.sample(false, 0);
        assert_eq!(typed.violations(&minimal), [""; 0], "{}: {minimal}", typed.kind);
        typed.assert_kept(&minimal);
    }
}

#[test]
fn no_record_is_read_without_a_required_property() {
    let mut tried = 0;
    each_place(|typed, full, place| {
        if place.required && !place.element {
            let without = place.removed_from(full);
            assert!(typed.refuses(&without), "{}{}", typed.kind, place.pointer());
            tried += 1;
        }
    });
    assert!(tried > 150, "{tried} were tried");
}

#[test]
fn an_optional_property_may_be_absent_and_null_reads_as_absent() {
    let mut tried = 0;
    each_place(|typed, full, place| {
        if !place.required {
            let without = place.removed_from(full);
            typed.assert_kept(&without);
            let null = place.set(full, &Value::Null);
            assert_eq!(typed.read(&null).json, without, "{}{}", typed.kind, place.pointer());
            tried += 1;
        }
    });
    assert!(tried > 40, "{tried} were tried");
}

#[test]
fn a_property_of_another_type_is_not_read() {
    let mut tried = 0;
    each_place(|typed, full, place| {
        for wrong in place.wrong() {
            let record = place.set(full, &wrong);
            assert!(typed.refuses(&record), "{}{}: {wrong}", typed.kind, place.pointer());
            tried += 1;
        }
    });
    assert!(tried > 1000, "{tried} were tried");
}

#[test]
fn unknown_enum_value_is_read_and_written_and_reported_by_validation() {
    let mut tried = 0;
    each_place(|typed, full, place| {
        if place.schema.get("enum").is_some() {
            let record = place.set(full, &json!("TOMORROW"));
            let debug = typed.assert_kept(&record);
            assert!(debug.contains("Unlisted(\"TOMORROW\")"), "{}: {debug}", typed.kind);
            assert_eq!(typed.violations(&record), [place.pointer()]);
            tried += 1;
        }
    });
    assert!(tried >= 20, "{tried} were tried");
}

#[test]
fn unknown_property_is_ignored_at_every_depth() {
    let mut tried = 0;
    let mut assert_passed_over = |typed: &Typed, full: &Value, pointer: &str| {
        let mut record = full.clone();
        record.pointer_mut(pointer).expect("it is there")["colour"] = json!({"of": ["the", "sky"]});
        assert_eq!(&typed.read(&record).json, full, "{}{pointer}", typed.kind);
        tried += 1;
    };
    each_place(|typed, full, place| {
        if place.schema.get("properties").is_some() {
            assert_passed_over(typed, full, &place.pointer());
        }
    });
    all().iter().for_each(|typed| assert_passed_over(typed, &typed.sample(true, 0), ""));
    assert!(tried > 25, "{tried} were tried");
}

#[test]
fn custom_properties_go_with_every_kind() {
    let declared = json!({"properties": {"colour": {"type": "string"}, "age": {"type": "int32"}}});
    let declared = Schema::from_value(&declared).expect("a schema");
    for typed in all() {
        let mut record = typed.sample(false, 0);
        record["customProperties"] = json!({"colour": "green", "age": 7});
        typed.assert_kept(&record);
        let checks = ValidationOptions::new().custom_properties(declared.clone());
        let body = Body::from_records(RESOURCE, &[record]).expect("well formed");
        let report = body.validate(&typed.kind, &checks).expect("they go together");
        assert_eq!(report.errors, []);
    }
}

#[test]
fn real_records_go_through_unchanged() {
    let wire = Kind::ALL.iter().filter(|kind| is_recorded(kind));
    let wire = wire.map(|kind| (request(kind), kind.clone()));
    let whole = VALID_FIXTURES.into_iter().map(|(name, kind)| (fixture(name), kind));
    let mut tried = 0;
    for (bytes, kind) in wire.chain(whole) {
        let typed = all().into_iter().find(|typed| typed.kind == kind).expect("one of the twelve");
        let request: Value = serde_json::from_slice(&bytes).expect("JSON");
        for record in request["resources"].as_array().expect("an array") {
            typed.assert_kept(record);
            tried += 1;
        }
    }
    assert!(tried > 2000, "{tried} were tried");
}

#[test]
fn pushed_records_are_listed_as_the_same_type() {
    let rig = Rig::unlimited();
    let client = rig.client();
    for typed in all() {
        let (mut full, mut minimal) = (typed.sample(true, 1), typed.sample(false, 2));
        (full["uniqueId"], minimal["uniqueId"]) = (json!("full"), json!("minimal"));
        let pushed = [full, minimal].map(|record| typed.read(&record).json);
        let body = Body::from_records(RESOURCE, &pushed).expect("well formed");
        client.push(&typed.kind, &body).expect("Vanta takes it");
        let listing = client.list(&typed.kind, RESOURCE).expect("Vanta shows it");
        let listed: Vec<Value> =
            listing.live().map(|row| typed.read(&row.as_json()).json).collect();
        assert_eq!(listed, pushed, "{}", typed.kind);
    }
}

/// Returns the values of the enums in a part of a schema.
fn enums(schema: &Value, found: &mut BTreeSet<BTreeSet<String>>) {
    if let Some(values) = schema["enum"].as_array() {
        found.insert(values.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    schema.as_object().into_iter().flatten().for_each(|(_, inner)| enums(inner, found));
}

/// Converts `HardwareToken` to `HARDWARE_TOKEN`.
fn written(variant: &str) -> String {
    let split = |(i, c): (usize, char)| (i > 0 && c.is_uppercase()).then_some('_');
    let parts = variant.chars().enumerate().flat_map(|(i, c)| split((i, c)).into_iter().chain([c]));
    parts.collect::<String>().to_uppercase()
}

#[test]
fn the_enums_have_no_value_that_no_schema_has() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resource/records");
    let mut typed = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let text = fs::read_to_string(entry.expect("it can be read").path()).expect("text");
        for body in text.split("pub enum ").skip(1).filter_map(|rest| rest.split("\n}").next()) {
            let lines = body.lines().skip(1).map(str::trim);
            let variants =
                lines.filter_map(|line| line.strip_suffix(',')).filter(|l| !l.ends_with(')'));
            typed.insert(variants.map(written).collect::<BTreeSet<_>>());
        }
    }
    let mut listed = BTreeSet::new();
    all().iter().for_each(|typed| enums(&typed.schema(), &mut listed));
    assert_eq!(typed, listed);
}
