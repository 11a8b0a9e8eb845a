//! Pushes, lists and uploads to which the server or a gateway responds with an error.

use serde_json::json;
use vanta::{Body, Error, Upload};
use vanta_simulator::Gateway;

use crate::harness::{
    Desk, Fault, Place, RESOURCE, TempFolder, account, accounts, without_deletion_guard,
};

use super::{KIND, Situation, failure, list};

fn push(desk: &Desk) -> Error {
    failure(desk.client().push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()))
}

/// Returns the error of a push with this response.
fn pushed(desk: &Desk, status: u16, body: &str) -> Error {
    (0..9).for_each(|_| desk.reply(Place::Put, status, body));
    push(desk)
}

/// Returns the error of a list with this response.
fn listed(desk: &Desk, status: u16, body: &str) -> Error {
    (0..9).for_each(|_| desk.reply(Place::Get, status, body));
    list(desk.config())
}

/// Returns the error of a push behind this gateway.
fn behind(desk: &Desk, gateway: Gateway) -> Error {
    desk.client().token().expect("a token");
    desk.sim.change(|settings| (settings.gateway, settings.gateway_at) = (gateway, Place::Put));
    push(desk)
}

fn uploaded(desk: &Desk, folder: &TempFolder, status: u16, body: &str) -> Error {
    folder.write("evidence.pdf", b"evidence");
    (0..9).for_each(|_| desk.reply(Place::Upload, status, body));
    let path = folder.path().join("evidence.pdf");
    failure(desk.client().upload(&Upload::new("access-requests", path)))
}

/// Returns the error of verifying `ids` where the remote records are `live`.
fn verified(desk: &Desk, live: &[&str], body: &Body) -> Error {
    let client = desk.client();
    client.push_with(&KIND, &accounts(live), &without_deletion_guard()).expect("pushed");
    failure(client.verify(&KIND, body))
}

const ONE_ROW: &str = r#"{"resources":[{"uniqueId":"a"},{"uniqueId":"a"}]}"#;

pub const SITUATIONS: &[Situation] = &[
    ("Vanta rejects the records with one text", |desk, _| {
        pushed(desk, 400, r#"{"error":"Bad request: email is not an address"}"#)
    }),
    ("Vanta rejects the records with a list of texts", |desk, _| {
        pushed(
            desk,
            400,
            r#"{"message":["resources.0.email must be an email","status is unknown"]}"#,
        )
    }),
    ("422 on a push", |desk, _| pushed(desk, 422, r#"{"error":"Unprocessable"}"#)),
    ("403 on a push", |desk, _| pushed(desk, 403, r#"{"error":"Forbidden"}"#)),
    ("404 on a push", |desk, _| pushed(desk, 404, r#"{"error":"Resource not found"}"#)),
    ("409 on a push", |desk, _| pushed(desk, 409, r#"{"error":"Conflict"}"#)),
    ("413 on a push", |desk, _| pushed(desk, 413, r#"{"error":"Payload too large"}"#)),
    ("429 on a push", |desk, _| pushed(desk, 429, r#"{"error":"Too many requests"}"#)),
    ("500 on a push", |desk, _| pushed(desk, 500, r#"{"error":"Internal server error"}"#)),
    ("The response to a push is lost", |desk, _| {
        (0..9).for_each(|_| desk.script(Place::Put, Fault::LoseResponse));
        push(desk)
    }),
    ("A 200 to a push that does not say whether it succeeded", |desk, _| pushed(desk, 200, "{}")),
    ("A 200 to a push with an error beside the success", |desk, _| {
        pushed(desk, 200, r#"{"success":true,"error":"partially applied"}"#)
    }),
    ("A firewall objects to a text in a record", |desk, _| {
        behind(desk, Gateway::Firewall("a@example.com".to_owned()))
    }),
    ("A gateway responds to a push with 403 in text", |desk, _| behind(desk, Gateway::Text(403))),
    ("A gateway times out on a push", |desk, _| behind(desk, Gateway::Page(504))),
    ("A gateway responds to a push with an empty 403", |desk, _| behind(desk, Gateway::Empty(403))),
    ("A gateway redirects a push to a page to sign in", |desk, _| {
        behind(desk, Gateway::PortalRedirect)
    }),
    ("A gateway compresses the response to a push", |desk, _| behind(desk, Gateway::Gzip)),
    ("404 on a list", |desk, _| listed(desk, 404, r#"{"error":"Resource not found"}"#)),
    ("A page with 404 on a list", |desk, _| listed(desk, 404, "<html><h1>Not Found</h1></html>")),
    ("A firewall's page on a list", |desk, _| {
        desk.client().token().expect("a token");
        let gateway = (Gateway::Page(403), Place::Get);
        desk.sim.change(|settings| (settings.gateway, settings.gateway_at) = gateway);
        list(desk.config())
    }),
    ("403 on a list", |desk, _| listed(desk, 403, r#"{"error":"Forbidden"}"#)),
    ("429 on a list", |desk, _| listed(desk, 429, r#"{"error":"Too many requests"}"#)),
    ("503 on a list", |desk, _| listed(desk, 503, r#"{"error":"Service unavailable"}"#)),
    ("418 on a list", |desk, _| listed(desk, 418, r#"{"error":"I am a teapot"}"#)),
    ("A list that is no JSON", |desk, _| listed(desk, 200, "OK")),
    ("A list without rows", |desk, _| listed(desk, 200, r#"{"data":[]}"#)),
    ("A list that is not complete, before a push", |desk, _| {
        desk.reply(Place::Get, 200, r#"{"resources":[],"hasMore":true}"#);
        failure(desk.client().push(&KIND, &accounts(&["a"])))
    }),
    ("A list that shows a record twice, before a push", |desk, _| {
        desk.reply(Place::Get, 200, ONE_ROW);
        failure(desk.client().push(&KIND, &accounts(&["a"])))
    }),
    ("A record that was pushed is missing", |desk, _| {
        verified(desk, &["a"], &accounts(&["a", "b"]))
    }),
    ("A record is there that was not pushed", |desk, _| {
        verified(desk, &["a", "b"], &accounts(&["a"]))
    }),
    ("A record differs from what was pushed", |desk, _| {
        let mut other = account("a");
        other["email"] = json!("other@example.com");
        verified(desk, &["a"], &Body::from_records(RESOURCE, &[other]).expect("right"))
    }),
    ("More differences than an error lists", |desk, _| {
        let ids: Vec<String> = (0..1200).map(|id| format!("u{id:04}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        verified(desk, &ids[..12], &accounts(&ids))
    }),
    ("An earlier attempt of a push may have taken effect", |desk, _| {
        desk.reply(Place::Put, 503, r#"{"error":"Service unavailable"}"#);
        desk.reply(Place::Put, 403, r#"{"error":"Forbidden"}"#);
        push(desk)
    }),
    ("404 on an upload", |desk, folder| {
        uploaded(desk, folder, 404, r#"{"error":"Document not found"}"#)
    }),
    ("413 on an upload", |desk, folder| uploaded(desk, folder, 413, r#"{"error":"Too large"}"#)),
    ("503 on an upload", |desk, folder| {
        uploaded(desk, folder, 503, r#"{"error":"Service unavailable"}"#)
    }),
    ("401 on a list with a token that was good", |desk, _| {
        let client = desk.client();
        client.list(&KIND, RESOURCE).expect("listed");
        desk.advance(std::time::Duration::from_secs(10));
        (0..3).for_each(|_| desk.reply(Place::Get, 401, r#"{"error":"Unauthorized"}"#));
        failure(client.list(&KIND, RESOURCE))
    }),
];
