//! Pushes, lists and uploads to which the server or a gateway responds with an error.

use serde_json::json;
use vanta::{Body, Error, Upload};
use vanta_simulator::Gateway;

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFolder, account, accounts, without_deletion_guard,
};

use super::{KIND, Situation, failure, list};

fn push(rig: &Rig) -> Error {
    failure(rig.client().push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()))
}

/// Returns the error of a push with this response.
fn pushed(rig: &Rig, status: u16, body: &str) -> Error {
    (0..9).for_each(|_| rig.reply(Place::Put, status, body));
    push(rig)
}

/// Returns the error of a list with this response.
fn listed(rig: &Rig, status: u16, body: &str) -> Error {
    (0..9).for_each(|_| rig.reply(Place::Get, status, body));
    list(rig.config())
}

/// Returns the error of a push behind this gateway.
fn behind(rig: &Rig, gateway: Gateway) -> Error {
    rig.client().token().expect("a token");
    rig.sim.change(|settings| (settings.gateway, settings.gateway_at) = (gateway, Place::Put));
    push(rig)
}

fn uploaded(rig: &Rig, folder: &TempFolder, status: u16, body: &str) -> Error {
    folder.write("evidence.pdf", b"evidence");
    (0..9).for_each(|_| rig.reply(Place::Upload, status, body));
    let path = folder.path().join("evidence.pdf");
    failure(rig.client().upload(&Upload::new("access-requests", path)))
}

/// Returns the error of verifying `ids` where the remote records are `live`.
fn verified(rig: &Rig, live: &[&str], body: &Body) -> Error {
    let client = rig.client();
    client.push_with(&KIND, &accounts(live), &without_deletion_guard()).expect("pushed");
    failure(client.verify(&KIND, body))
}

const ONE_ROW: &str = r#"{"resources":[{"uniqueId":"a"},{"uniqueId":"a"}]}"#;

pub const SITUATIONS: &[Situation] = &[
    ("Vanta rejects the records with one text", |rig, _| {
        pushed(rig, 400, r#"{"error":"Bad request: email is not an address"}"#)
    }),
    ("Vanta rejects the records with a list of texts", |rig, _| {
        pushed(
            rig,
            400,
            r#"{"message":["resources.0.email must be an email","status is unknown"]}"#,
        )
    }),
    ("422 on a push", |rig, _| pushed(rig, 422, r#"{"error":"Unprocessable"}"#)),
    ("403 on a push", |rig, _| pushed(rig, 403, r#"{"error":"Forbidden"}"#)),
    ("404 on a push", |rig, _| pushed(rig, 404, r#"{"error":"Resource not found"}"#)),
    ("409 on a push", |rig, _| pushed(rig, 409, r#"{"error":"Conflict"}"#)),
    ("413 on a push", |rig, _| pushed(rig, 413, r#"{"error":"Payload too large"}"#)),
    ("429 on a push", |rig, _| pushed(rig, 429, r#"{"error":"Too many requests"}"#)),
    ("500 on a push", |rig, _| pushed(rig, 500, r#"{"error":"Internal server error"}"#)),
    ("The response to a push is lost", |rig, _| {
        (0..9).for_each(|_| rig.script(Place::Put, Fault::LoseResponse));
        push(rig)
    }),
    ("A 200 to a push that does not say whether it succeeded", |rig, _| pushed(rig, 200, "{}")),
    ("A 200 to a push with an error beside the success", |rig, _| {
        pushed(rig, 200, r#"{"success":true,"error":"partially applied"}"#)
    }),
    ("A firewall objects to a text in a record", |rig, _| {
        behind(rig, Gateway::Firewall("a@example.com".to_owned()))
    }),
    ("A gateway responds to a push with 403 in text", |rig, _| behind(rig, Gateway::Text(403))),
    ("A gateway times out on a push", |rig, _| behind(rig, Gateway::Page(504))),
    ("A gateway responds to a push with an empty 403", |rig, _| behind(rig, Gateway::Empty(403))),
    ("A gateway redirects a push to a page to sign in", |rig, _| {
        behind(rig, Gateway::PortalRedirect)
    }),
    ("A gateway compresses the response to a push", |rig, _| behind(rig, Gateway::Gzip)),
    ("404 on a list", |rig, _| listed(rig, 404, r#"{"error":"Resource not found"}"#)),
    ("A page with 404 on a list", |rig, _| listed(rig, 404, "<html><h1>Not Found</h1></html>")),
    ("A firewall's page on a list", |rig, _| {
        rig.client().token().expect("a token");
        let gateway = (Gateway::Page(403), Place::Get);
        rig.sim.change(|settings| (settings.gateway, settings.gateway_at) = gateway);
        list(rig.config())
    }),
    ("403 on a list", |rig, _| listed(rig, 403, r#"{"error":"Forbidden"}"#)),
    ("429 on a list", |rig, _| listed(rig, 429, r#"{"error":"Too many requests"}"#)),
    ("503 on a list", |rig, _| listed(rig, 503, r#"{"error":"Service unavailable"}"#)),
    ("418 on a list", |rig, _| listed(rig, 418, r#"{"error":"I am a teapot"}"#)),
    ("A list that is no JSON", |rig, _| listed(rig, 200, "OK")),
    ("A list without rows", |rig, _| listed(rig, 200, r#"{"data":[]}"#)),
    ("A list that is not complete, before a push", |rig, _| {
        rig.reply(Place::Get, 200, r#"{"resources":[],"hasMore":true}"#);
        failure(rig.client().push(&KIND, &accounts(&["a"])))
    }),
    ("A list that shows a record twice, before a push", |rig, _| {
        rig.reply(Place::Get, 200, ONE_ROW);
        failure(rig.client().push(&KIND, &accounts(&["a"])))
    }),
    ("A record that was pushed is missing", |rig, _| verified(rig, &["a"], &accounts(&["a", "b"]))),
    ("A record is there that was not pushed", |rig, _| {
        verified(rig, &["a", "b"], &accounts(&["a"]))
    }),
    ("A record differs from what was pushed", |rig, _| {
        let mut other = account("a");
        other["email"] = json!("other@example.com");
        verified(rig, &["a"], &Body::from_records(RESOURCE, &[other]).expect("right"))
    }),
    ("More differences than an error lists", |rig, _| {
        let ids: Vec<String> = (0..1200).map(|id| format!("u{id:04}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        verified(rig, &ids[..12], &accounts(&ids))
    }),
    ("An earlier attempt of a push may have taken effect", |rig, _| {
        rig.reply(Place::Put, 503, r#"{"error":"Service unavailable"}"#);
        rig.reply(Place::Put, 403, r#"{"error":"Forbidden"}"#);
        push(rig)
    }),
    ("404 on an upload", |rig, folder| {
        uploaded(rig, folder, 404, r#"{"error":"Document not found"}"#)
    }),
    ("413 on an upload", |rig, folder| uploaded(rig, folder, 413, r#"{"error":"Too large"}"#)),
    ("503 on an upload", |rig, folder| {
        uploaded(rig, folder, 503, r#"{"error":"Service unavailable"}"#)
    }),
    ("401 on a list with a token that was good", |rig, _| {
        let client = rig.client();
        client.list(&KIND, RESOURCE).expect("listed");
        rig.advance(std::time::Duration::from_secs(10));
        (0..3).for_each(|_| rig.reply(Place::Get, 401, r#"{"error":"Unauthorized"}"#));
        failure(client.list(&KIND, RESOURCE))
    }),
];
