//! The gateways that the simulator plays.

mod common;

use serde_json::json;
use vanta_simulator::{Gateway, Place};

use common::{
    RESOURCE, background_check, credentials, get, plain, put, put_bytes, request_token, token,
};

const KIND: &str = "background_check_connector";

#[test]
fn html_text_and_empty_responses_reach_every_request_or_those_of_one_place() {
    for (gateway, body) in [
        (Gateway::Page(403), "Request blocked"),
        (Gateway::Text(401), "RBAC: access denied"),
        (Gateway::Empty(404), ""),
        (Gateway::Portal, "Guest network"),
        (Gateway::PortalRedirect, "Guest network"),
    ] {
        let sim = plain(|settings| settings.gateway = gateway.clone());
        let response = request_token(&sim, &credentials(&sim, common::BOTH)).expect("a response");
        assert!(response.text().contains(body) && response.status != 503, "{}", response.text());
        assert!(!response.head.contains("x-amzn"), "no front of Vanta's: {}", response.head);
        assert_eq!((sim.counters().blocked, sim.counters().tokens_issued), (1, 0));
        sim.change(|settings| settings.gateway_at = Place::Get);
        token(&sim);
        let response = get(&sim, KIND).expect("a response");
        assert!(response.text().contains(body), "{}", response.text());
        assert_eq!(put(&sim, KIND, &json!([background_check("a")])).status, 200);
    }
}

#[test]
fn firewall_blocks_a_body_with_its_text_and_lets_others_pass() {
    let sim = plain(|settings| settings.gateway = Gateway::Firewall("<script>".to_owned()));
    let mut record = background_check("a");
    record["displayName"] = json!("x <script>");
    let response = put(&sim, KIND, &json!([record]));
    assert_eq!(response.status, 403);
    assert!(response.head.contains("server: example-firewall/7"), "{}", response.head);
    assert_eq!(sim.counters().puts_accepted, 0);
    assert_eq!(put(&sim, KIND, &json!([background_check("a")])).status, 200);
}

#[test]
fn compression_and_odd_heads_come_after_the_request_took_effect() {
    let body = json!({ "resourceId": RESOURCE, "resources": [background_check("a")] }).to_string();
    for (gateway, field) in [
        (Gateway::Gzip, "content-encoding: gzip"),
        (Gateway::LongHead(20_000), "x-gateway: xxxx"),
        (Gateway::FoldedHead, "x-gateway: one\r\n two"),
    ] {
        let sim = plain(|settings| settings.gateway_at = Place::Put);
        sim.change(|settings| settings.gateway = gateway.clone());
        let response = put_bytes(&sim, KIND, body.as_bytes()).expect("a response");
        assert!(response.head.contains(field), "{}", response.head);
        assert_eq!(response.body.starts_with(&[0x1f, 0x8b]), gateway == Gateway::Gzip);
        assert_eq!((response.status, sim.counters().puts_accepted), (200, 1));
    }
}
