//! A successful token response: lifetime, token type and scopes.

use vanta::{Client, ErrorKind, Event, Kind};

use crate::harness::{Fault, Place, RESOURCE, Rig, assert_kind};

const TOKEN: &str = "vat_5a6b7c_Qw8eRt3yUi1oPa9sDf2gHj4kLz6xCv0b";
const READ: &str = "connectors.self:read-resource";

fn response(members: &str) -> String {
    format!("{{\"access_token\":\"{TOKEN}\"{members}}}")
}

/// Returns the lifetime of a token with this response, and whether it was assumed.
fn lifetime(members: &str) -> (u64, bool) {
    let rig = Rig::new();
    let (config, log) = rig.with_event_log();
    let client = Client::new(config).expect("right");
    rig.reply(Place::Token, 200, &response(members));
    client.token().unwrap_or_else(|error| panic!("{members}: {error}"));
    let lifetime = log.events().into_iter().find_map(|event| match event {
        Event::NewToken { expires_in, .. } => Some(expires_in),
        _ => None,
    });
    (lifetime.expect("it is reported"), client.snapshot().lifetime_assumed)
}

#[test]
fn a_lifetime_is_whole_seconds_of_a_day_at_most() {
    for (value, secs) in [
        ("3600", 3600),
        ("\"3600\"", 3600),
        ("\" 3600 \"", 3600),
        ("3600.0", 3600),
        ("3.6e3", 3600),
        ("3599.5", 3599),
        ("1", 1),
        ("86401", 86_400),
        ("2147483648", 86_400),
        ("9223372036854775807", 86_400),
        ("9223372036854775808", 86_400),
        ("18446744073709551616", 86_400),
        ("1e20", 86_400),
        ("1e300", 86_400),
    ] {
        assert_eq!(lifetime(&format!(",\"expires_in\":{value}")), (secs, false), "{value}");
    }
}

#[test]
fn missing_expires_in_is_an_hour_and_flagged() {
    for members in ["", r#","expires_in":null"#, r#","expires_at":5"#, r#","expires":"soon""#] {
        assert_eq!(lifetime(members), (3600, true), "{members}");
    }
}

#[test]
fn authorization_is_bearer_for_any_spelling_of_token_type() {
    for name in ["bearer", "BEARER", "Bearer", "bEaReR"] {
        let rig = Rig::new();
        rig.reply(Place::Token, 200, &response(&format!(",\"token_type\":\"{name}\"")));
        rig.reply(Place::Get, 200, r#"{"resources":[]}"#);
        rig.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
        let list = rig.sim.requests().pop().expect("it was made");
        let sent = list.headers.iter().find(|(header, _)| header == "authorization");
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(sent.map(|(_, value)| value), Some(&bearer), "{name}");
    }
}

#[test]
fn missing_token_type_is_an_event_and_an_error_with_strict_token_response() {
    for members in ["", r#","token_type":null"#] {
        let rig = Rig::new();
        let (config, log) = rig.with_event_log();
        rig.reply(Place::Token, 200, &response(members));
        Client::new(config).expect("right").token().expect("it is used");
        assert!(log.events().contains(&Event::TokenTypeMissing), "{:?}", log.events());

        let rig = Rig::new();
        rig.reply(Place::Token, 200, &response(members));
        let strict = Client::new(rig.config().strict_token_response(true)).expect("right");
        let error = assert_kind(strict.token(), ErrorKind::InvalidTokenResponse);
        assert!(error.to_string().contains("token_type"), "{error}");
        strict.token().expect("the usual response has its type");
    }
}

#[test]
fn narrower_scope_is_used_and_reported() {
    let rig = Rig::new();
    let (config, log) = rig.with_event_log();
    let client = Client::new(config).expect("right");
    let narrow = response(&format!(",\"token_type\":\"Bearer\",\"scope\":\"{READ}\""));
    rig.reply(Place::Token, 200, &narrow);
    for _ in 0..3 {
        assert_eq!(client.token().expect("it is used").secret().expose(), TOKEN);
    }
    assert_eq!(client.snapshot().scope.as_deref(), Some(READ));
    assert!(log.events().contains(&Event::ScopeDiffers { granted: READ.to_owned() }));
    assert_eq!(rig.sim.counters().token_requests, 1);

    let rig = Rig::new();
    rig.reply(Place::Token, 200, &narrow);
    let strict = Client::new(rig.config().strict_token_response(true)).expect("right");
    let error = assert_kind(strict.token(), ErrorKind::InvalidTokenResponse);
    assert!(error.to_string().contains(READ), "{error}");
}

#[test]
fn granted_scope_as_requested_raises_no_event() {
    let rig = Rig::with(|settings| settings.scope_in_token_response = true);
    let (config, log) = rig.with_event_log();
    let client = Client::new(config.strict_token_response(true)).expect("right");
    client.token().expect("all is as it should be");
    let lifetime = Event::NewToken { generation: 1, expires_in: 3599 };
    assert_eq!(log.events(), [lifetime]);
    let scope = client.snapshot().scope.expect("it was granted");
    assert_eq!(scope, format!("connectors.self:write-resource {READ}"));
}

#[test]
fn token_response_without_content_type_is_parsed() {
    let rig = Rig::new();
    let body = response(r#","token_type":"Bearer""#);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    rig.script(Place::Token, Fault::Raw((head + &body).into_bytes()));
    assert_eq!(rig.client().token().expect("a token").secret().expose(), TOKEN);
}

#[test]
fn any_2xx_token_response_with_content_is_a_success() {
    for status in [200, 201, 202] {
        let rig = Rig::new();
        rig.reply(Place::Token, status, &response(""));
        assert_eq!(rig.client().token().expect("a token").secret().expose(), TOKEN);
    }
    for status in [200, 201, 202, 204] {
        let rig = Rig::new();
        rig.reply(Place::Token, status, "");
        let error = assert_kind(rig.client().token(), ErrorKind::InvalidTokenResponse);
        assert!(error.to_string().contains("it is empty"), "{error}");
        assert_eq!(error.http_status(), Some(status));
    }
}

#[test]
fn deeply_nested_members_of_a_token_response_are_ignored() {
    let nested = "{\"a\":[".repeat(5) + "1" + &"]}".repeat(5);
    let rig = Rig::new();
    rig.reply(Place::Token, 200, &response(&format!(",\"id\":7,\"more\":{nested}")));
    assert_eq!(rig.client().token().expect("a token").secret().expose(), TOKEN);
}
