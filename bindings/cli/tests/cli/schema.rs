//! `vanta kinds` and `vanta schema`.

use serde_json::{Value, json};
use vanta::{Kind, Schema};

use crate::rig::{RESOURCE, Rig};

#[test]
fn all_kinds_are_listed_with_their_fields() {
    let rig = Rig::new();
    let ran = rig.run(&["kinds"]).ends_with(0);
    assert_eq!(ran.out.lines().count(), 1 + Kind::ALL.len());
    let ran = rig.run(&["kinds", "--json"]).ends_with(0);
    let kinds: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(kinds.len(), Kind::ALL.len());
    let custom = kinds.iter().find(|one| one["kind"] == "custom_resource").expect("it is a kind");
    assert_eq!(custom["required"], json!(["displayName", "externalUrl", "uniqueId"]));
}

#[test]
fn the_schema_of_each_kind_is_printed() {
    let rig = Rig::new();
    for kind in Kind::ALL {
        let text = rig.run(&["schema", kind.as_str()]).ends_with(0).out;
        assert!(Schema::parse(&text).is_ok(), "{kind}");
    }
    let ran = rig.run(&["schema", "users"]).ends_with(64);
    ran.has_error(&["did you mean user_account?", "`vanta kinds` lists them"]);
    rig.run(&["schema", "exact:other"]).ends_with(64);
}

#[test]
fn the_example_and_the_template_of_each_kind_can_be_pushed() {
    let rig = Rig::with(|settings| settings.unknown_component = vanta_simulator::Ambiguity::Accept);
    for kind in Kind::ALL {
        let name = kind.as_str();
        let example = rig.run(&["schema", name, "--example"]).ends_with(0).out;
        let template = rig.run(&["schema", name, "--csv"]).ends_with(0).out;
        let push = ["push", name, "-", "--resource-id", RESOURCE, "--format"];
        let one = format!("[{example}]");
        rig.pipe(&[&push[..], &["array"]].concat(), one).ends_with(0);
        // As CSV it is the same record: nothing changes.
        let plan = [&["plan"], &push[1..], &["csv", "--json"]].concat();
        let plan = rig.pipe(&plan, template).ends_with(0).json();
        assert_eq!(
            (&plan["unchanged"], &plan["changed"]),
            (&json!(1), &json!([])),
            "{name}: {plan}"
        );
    }
}
