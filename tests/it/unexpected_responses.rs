//! Responses that HTTP does not allow, or that the request did not ask for.

use std::fs;

use vanta::{Action, Client, ErrorKind, Kind, Upload};
use vanta_simulator::Gateway;

use crate::harness::{
    Place, RESOURCE, Rig, TempFolder, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::USER_ACCOUNT;

fn behind(gateway: Gateway, place: Place) -> Rig {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| (settings.gateway, settings.gateway_at) = (gateway, place));
    rig
}

#[test]
fn compression_that_was_not_requested_is_named_with_its_content_encoding() {
    let named = |error: vanta::Error| {
        let message = error.to_string();
        assert!(message.contains("Content-Encoding gzip"), "{message}");
        assert!(!message.contains('\u{fffd}') && error.excerpt().is_none(), "{message}");
        assert_ne!(error.action(), Action::FixCredentials, "{message}");
    };
    let at = |place| behind(Gateway::Gzip, place);
    named(assert_kind(at(Place::Token).client().token(), ErrorKind::GatewayResponse));
    let listed = at(Place::Get).client().list(&KIND, RESOURCE);
    named(assert_kind(listed, ErrorKind::GatewayResponse));
    let rig = at(Place::Put);
    let pushed = rig.client().push(&KIND, &accounts(&["a"]));
    named(assert_kind(pushed, ErrorKind::OutcomeUnknown));
    assert_eq!(rig.sim.counters().puts_accepted, 1, "the push took effect");
    let (rig, folder) = (at(Place::Upload), TempFolder::new());
    let path = folder.path().join("a.pdf");
    fs::write(&path, "%PDF").expect("ours");
    let uploaded = rig.client().upload(&Upload::new("doc", &path));
    named(assert_kind(uploaded, ErrorKind::OutcomeUnknown));
}

#[test]
fn compressed_refusal_is_named_with_its_content_encoding_and_is_no_verdict() {
    let rig = behind(Gateway::Gzip, Place::Token);
    let wrong = Client::new(rig.config().client_secret("vcs_wrong")).expect("well formed");
    let error = assert_kind(wrong.token(), ErrorKind::GatewayResponse);
    assert!(error.to_string().contains("Content-Encoding gzip"), "{error}");
    let rig = behind(Gateway::Gzip, Place::Put);
    let config = rig.config().scope("connectors.self:read-resource");
    let pushed = Client::new(config).expect("right").push_with(
        &KIND,
        &accounts(&["a"]),
        &without_deletion_guard(),
    );
    let error = assert_kind(pushed, ErrorKind::OutcomeUnknown);
    assert!(error.to_string().contains("Content-Encoding gzip"), "{error}");
}

#[test]
fn a_wrong_content_encoding_is_ignored() {
    let rig = Rig::new();
    let body = r#"{"resources":[]}"#;
    rig.reply_with(Place::Get, 200, &[("content-encoding", "gzip")], body);
    rig.client().list(&KIND, RESOURCE).expect("the body decides");
}

#[test]
fn list_of_texts_in_a_400_keeps_its_texts() {
    let rig = Rig::unlimited();
    let push = |body: &str| {
        rig.reply(Place::Put, 400, body);
        let pushed =
            rig.client().push_with(&KIND, &accounts(&["a", "b"]), &without_deletion_guard());
        assert_kind(pushed, ErrorKind::RecordsRejected)
    };
    let texts = r#"["email must be an email","too\u001b[31m long"]"#;
    let error = push(&format!("{{\"message\":{texts},\"error\":\"Bad Request\"}}"));
    assert_eq!(error.excerpt(), Some("email must be an email; too [31m long"));
    let error = push(r#"{"error":["one","two"]}"#);
    assert_eq!(error.excerpt(), Some("one; two"));
    let error = push(r#"{"message":["/0/email: must be string","/1/status: must be string"]}"#);
    let violations: Vec<_> =
        error.violations().iter().map(|violation| violation.unique_id.as_deref()).collect();
    assert_eq!(violations, [Some("a"), Some("b")], "each text names its record");
    let texts = vec![format!("\"{}\"", "x".repeat(200)); 50].join(",");
    let error = push(&format!("{{\"message\":[{texts}]}}"));
    let excerpt = error.excerpt().expect("texts").chars().count();
    assert!((300..=301).contains(&excerpt), "{excerpt}");
}

#[test]
fn head_over_the_limit_or_with_a_folded_line_leaves_an_applied_push_unknown_and_says_why() {
    for (gateway, why) in [
        (Gateway::LongHead(100_000), "a head, or a line of a body, has more than 16384 bytes"),
        (Gateway::FoldedHead, "goes on in the next line (obs-fold)"),
    ] {
        let rig = behind(gateway, Place::Put);
        let pushed = rig.client().push(&KIND, &accounts(&["a"]));
        let error = assert_kind(pushed, ErrorKind::OutcomeUnknown);
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(rig.sim.counters().puts_accepted, 1, "the push took effect");
        assert_eq!(error.action(), Action::VerifyOrRepeat);
    }
}
