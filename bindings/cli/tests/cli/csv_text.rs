//! What may differ between CSV files that mean the same, and what a cell becomes.

use serde_json::json;

use crate::rig::{HEADER, RESOURCE, Rig, account, sheet};

/// The first row that the service holds after a push of this file.
#[track_caller]
fn pushed(kind: &str, file: impl AsRef<[u8]>, options: &[&str]) -> serde_json::Value {
    let rig = Rig::new();
    let arguments = ["push", kind, "-", "--format", "csv", "--resource-id", RESOURCE];
    rig.pipe(&[&arguments, options].concat(), file).ends_with(0);
    let mut rows = rig.sim.rows(kind, RESOURCE);
    let row = rows[0].as_object_mut().expect("a row");
    for added in ["createdAt", "updatedAt", "deletedAt"] {
        row.remove(added);
    }
    rows.swap_remove(0)
}

#[test]
fn marks_line_ends_quotes_and_separators_do_not_change_the_records() {
    let plain = sheet(&["a", "b"]);
    let expected = pushed("user_account", &plain, &[]);
    assert_eq!(expected["mfaMethods"], json!(["OTP", "SMS"]));
    let quoted = |text: &str| {
        let cell = |cell: &str| format!("\"{cell}\"");
        let row = |row: &str| row.split(',').map(cell).collect::<Vec<_>>().join(",");
        text.lines().map(row).collect::<Vec<_>>().join("\n")
    };
    for (text, options) in [
        (format!("\u{feff}{plain}"), vec![]),
        (plain.replace('\n', "\r\n"), vec![]),
        (plain.replace('\n', "\r"), vec![]),
        (quoted(&plain), vec![]),
        (plain.trim_end().to_owned(), vec![]),
        (format!("\n{plain}\n,,,\n\n"), vec![]),
        (plain.replace(',', "\t"), vec!["--delimiter", "tab"]),
        (plain.replace(';', " ; ").replace(',', "|"), vec!["--delimiter", "|"]),
        (plain.replace("true", " TRUE "), vec![]),
        (plain.replace("true", "1"), vec![]),
        (plain.replace(HEADER, &HEADER.replace(',', " , ")), vec![]),
        (plain.replace("OTP;SMS", "\"[\"\"OTP\"\", \"\"SMS\"\"]\""), vec![]),
    ] {
        assert_eq!(pushed("user_account", &text, &options), expected, "{text:?}");
    }
}

#[test]
fn an_empty_cell_leaves_the_field_out_and_a_quoted_one_is_an_empty_text() {
    let text = format!("{HEADER},roleDescription,groupIds\n");
    let row = sheet(&["a"]).lines().nth(1).expect("a row").to_owned();
    let record = pushed("user_account", format!("{text}{row},,\n"), &[]);
    assert_eq!((record.get("roleDescription"), record.get("groupIds")), (None, None));
    let record = pushed("user_account", format!("{text}{row},\"\",x; y\n"), &[]);
    assert_eq!((&record["roleDescription"], &record["groupIds"]), (&json!(""), &json!(["x", "y"])));
}

#[test]
fn quotes_commas_and_line_ends_may_be_in_a_value() {
    let text = sheet(&["a"]).replacen("a,a,", "a,\"Doe, \"\"Ada\"\"\r\nx\",", 1);
    assert_eq!(pushed("user_account", text, &[])["displayName"], "Doe, \"Ada\"\r\nx");
}

#[test]
fn custom_properties_are_columns_and_typed_by_their_schema() {
    let text = "uniqueId,displayName,externalUrl,customProperties.team,customProperties.cost\n\
                a,A,https://x.example.com/a,core,7.50\n";
    let record = pushed("custom_resource", text, &[]);
    assert_eq!(record["customProperties"], json!({"team": "core", "cost": "7.50"}));

    let rig = Rig::new();
    let schema = json!({"properties": {"team": {"type": "string"}, "cost": {"type": "float64"}}});
    rig.write("custom.json", schema.to_string());
    rig.sim.declare(RESOURCE, "custom_resource", Some(schema));
    let arguments = ["push", "custom_resource", "-", "-r", RESOURCE];
    let with = [&arguments[..], &["--custom-properties", "custom.json"]].concat();
    rig.pipe(&with, text.replace("7.50", "7,50").replace(",7,50", ",\"7,50\""))
        .ends_with(65)
        .has_error(&[
            "column customProperties.cost (E2): \"7,50\" must be number; write a point: 7.50",
        ]);
    rig.pipe(&with, text).ends_with(0);
    let rows = rig.sim.rows("custom_resource", RESOURCE);
    assert_eq!(rows[0]["customProperties"], json!({"team": "core", "cost": 7.5}));
}

#[test]
fn nested_fields_are_columns_or_json() {
    let rig = Rig::new();
    let template = rig.run(&["schema", "windows_user_computer", "--csv"]).ends_with(0).out;
    assert!(template.contains("passwordPolicy.minimumLengthRequirement"), "{template}");
    let record = pushed("windows_user_computer", &template, &[]);
    assert_eq!(record["passwordPolicy"], json!({"minimumLengthRequirement": 7}));
    assert_eq!(record["drives"][0]["encrypted"], true);
    let broken = template.replacen("[{", "[", 1);
    let ran = rig.pipe(&["validate", "windows_user_computer", "-"], broken).ends_with(65);
    ran.has_error(&["row 2, column programs", "must be array; write a JSON array of objects"]);
}

#[test]
fn sqlite_writes_null_and_empty_text_as_this_reads_them() {
    needs!("sqlite3");
    let rig = Rig::new();
    let mut command = rig.command("sqlite3");
    command.args(["-csv", "-header", ":memory:", "select 'a' as x, '' as y, null as z, 1 as b"]);
    assert_eq!(rig.finish(command, b"").out.trim_end().replace('\r', ""), "x,y,z,b\na,\"\",,1");
}

#[test]
fn a_kind_without_a_schema_has_any_columns() {
    let rig = Rig::new();
    let text = "uniqueId,a.b,c\nx,1,2\n";
    let arguments = ["plan", "exact:new_kind", "-", "--format", "csv", "-r", RESOURCE];
    // The service does not know it, and says so.
    rig.pipe(&arguments, text).ends_with(78).has_error(&["new_kind"]);
    assert_eq!(account("a")["uniqueId"], "a");
}
