//! `vanta schema --diff` on a made-up OpenAPI document.

use serde_json::{Map, Value, json};
use vanta::Kind;

use crate::rig::Rig;

/// The OpenAPI schema of what a JSON Type Definition describes.
fn openapi(node: &Value) -> Value {
    if let Some(words) = node.get("enum") {
        return json!({"enum": words});
    }
    if let Some(elements) = node.get("elements") {
        return json!({"type": "array", "items": openapi(elements)});
    }
    match node["type"].as_str() {
        Some("timestamp") => return json!({"type": "string", "format": "date-time"}),
        Some("float64") => return json!({"type": "number"}),
        Some("int32") => return json!({"type": "number", "format": "int32"}),
        Some(name) => return json!({"type": name}),
        None => {}
    }
    let members = |keyword: &str| node[keyword].as_object().cloned().unwrap_or_default();
    let (required, optional) = (members("properties"), members("optionalProperties"));
    let names: Vec<&String> = required.keys().collect();
    let all = required.iter().chain(&optional);
    let properties: Map<String, Value> =
        all.map(|(name, node)| (name.clone(), openapi(node))).collect();
    json!({"type": "object", "properties": properties, "required": names})
}

/// A document of all kinds, with references as those of services have.
fn document() -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for kind in Kind::ALL {
        let text = kind.schema_text().expect("it has one");
        let schema: Value = serde_json::from_str(text).expect("JSON");
        schemas.insert(kind.to_string(), openapi(&schema));
        let items = json!({"allOf": [{"$ref": format!("#/components/schemas/{kind}")}]});
        let body = json!({"type": "object", "properties": {
            "resourceId": {"type": "string"}, "resources": {"type": "array", "items": items}}});
        let content = json!({"content": {"application/json": {"schema": body}}});
        let item = json!({"put": {"requestBody": content}, "get": {}});
        paths.insert(format!("/resources/{kind}"), item);
    }
    paths.insert("/documents/{documentId}/uploads".to_owned(), json!({"post": {}}));
    json!({"openapi": "3.0.3", "paths": paths, "components": {"schemas": schemas}})
}

#[test]
fn a_document_with_the_same_fields_has_no_differences() {
    let rig = Rig::new();
    rig.write("same.json", document().to_string());
    let ran = rig.run(&["schema", "--diff", "same.json"]).ends_with(0);
    assert_eq!(ran.out, "the schemas are those of the document\n");
}

#[test]
fn added_and_removed_fields_values_and_kinds_are_listed() {
    let mut document = document();
    let schemas = &mut document["components"]["schemas"];
    let account = &mut schemas["user_account"];
    account["properties"]["nickname"] = json!({"type": ["string", "null"]});
    account["properties"].as_object_mut().expect("an object").remove("roleDescription");
    account["properties"]["permissionLevel"]["enum"] = json!(["ADMIN", "EDITOR", "OWNER"]);
    account["properties"]["mfaEnabled"] = json!({"oneOf": [{"type": "null"}, {"type": "string"}]});
    let required = account["required"].as_array_mut().expect("a list");
    required.retain(|name| name != "email");
    let drives = &mut schemas["windows_user_computer"]["properties"]["drives"]["items"];
    drives["properties"]["sizeBytes"] = json!({"type": "integer"});
    let paths = document["paths"].as_object_mut().expect("an object");
    let secret = paths.remove("/resources/secret").expect("it was there");
    paths.insert("/v1/resources/NewKind/sync_all".to_owned(), secret);

    let rig = Rig::new();
    rig.write("new.json", document.to_string());
    let ran = rig.run(&["schema", "--diff", "new.json"]).ends_with(70);
    let expected = "\
+ new_kind: only the document has this kind
- secret: the document does not have this kind
~ user_account.email: string (required) here, string (optional) in the document
~ user_account.mfaEnabled: boolean (required) here, string (required) in the document
+ user_account.nickname: field string (optional), only in the document
- user_account.permissionLevel: value BASE, not in the document
+ user_account.permissionLevel: value OWNER, only in the document
- user_account.roleDescription: field string (optional), not in the document
+ windows_user_computer.drives[].sizeBytes: field integer (optional), only in the document
";
    assert_eq!(ran.out, expected);
    ran.has_error(&["9 differences to new.json"]);
    let ran = rig.run(&["schema", "--diff", "new.json", "--json"]).ends_with(70);
    let first = &ran.json()["differences"][0];
    let expected = json!({"kind": "new_kind", "field": null, "what": "kind", "here": null,
                          "document": "new_kind"});
    assert_eq!(*first, expected);
}

#[test]
fn another_file_is_refused() {
    let rig = Rig::new();
    rig.write("other.json", "{\"paths\": {}}");
    let ran = rig.run(&["schema", "--diff", "other.json"]).ends_with(64);
    ran.has_error(&["other.json has no path /resources/KIND"]);
    rig.run(&["schema", "--diff", "none.json"]).ends_with(78);
}
