//! Token responses of every form: valid, invalid, too large, compressed.

use std::time::Duration;

use vanta::{Action, ErrorKind, Kind};

use crate::harness::{Fault, Place, RESOURCE, Rig, accounts, assert_kind};

const TOKEN: &str = "vat_1f2e3d_Zk3mQ9xw7Tn5pLr2Vb8sYc4Hd6Jg0Aq1";

fn response(members: &str) -> String {
    format!("{{\"access_token\":\"{TOKEN}\"{members}}}")
}

/// Returns how many seconds the token of a valid response is used, with an expiry margin of 30 s.
fn used_for(members: &str, secs: u64) -> bool {
    let rig = Rig::new();
    let client = rig.client();
    rig.reply(Place::Token, 200, &response(members));
    client.token().unwrap_or_else(|error| panic!("{members}: {error}"));
    rig.advance(Duration::from_secs(secs - 35));
    let early = client.token().expect("in memory").generation();
    rig.advance(Duration::from_secs(10));
    let late = client.token().expect("a new one").generation();
    (early, late) == (1, 2)
}

#[test]
fn expires_in_is_accepted_in_every_valid_form() {
    for (members, secs) in [
        (r#","expires_in":3600"#, 3600),
        (r#","expires_in":"3600""#, 3600),
        (r#","expires_in":" 3600 ""#, 3600),
        (r#","expires_in":3600.0"#, 3600),
        (r#","expires_in":3.6e3"#, 3600),
        (r#","expires_in":3599.5"#, 3599),
        (r#","expires_in":null"#, 3600),
        ("", 3600),
        (r#","expires_at":5"#, 3600),
        (r#","expires_in":1e20"#, 86_400),
        (r#","expires_in":9223372036854775808"#, 86_400),
        (r#","expires_in":2147483648"#, 86_400),
    ] {
        assert!(used_for(members, secs), "{members}");
    }
}

#[test]
fn valid_token_response_is_accepted_with_bom_whitespace_and_extra_members() {
    let deep = format!(",\"x\":{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for members in [
        r#","token_type":"Bearer""#,
        r#","token_type":"bearer""#,
        r#","token_type":"BEARER""#,
        r#","token_type":null"#,
        r#","new_member":{"a":[1,2,{}]},"another":[]"#,
        r#","scope":"connectors.self:read-resource""#,
        r#","error":null"#,
        &deep,
    ] {
        for status in [200, 201] {
            let rig = Rig::new();
            rig.reply(Place::Token, status, &response(members));
            let token = rig.client().token().unwrap_or_else(|e| panic!("{members}: {e}"));
            assert_eq!(token.secret().expose(), TOKEN);
        }
    }
    let rig = Rig::new();
    rig.reply_with(Place::Token, 200, &[("content-type", "text/html")], &response(""));
    rig.client().token().expect("the body decides");
    let rig = Rig::new();
    rig.reply(Place::Token, 200, &format!("\u{feff}{}", response("")));
    rig.client().token().expect("a byte order mark is ignored");
}

#[test]
fn invalid_token_response_error_shows_no_value() {
    let bad = ErrorKind::InvalidTokenResponse;
    let deep = format!("{{\"access_token\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(String, ErrorKind)> = vec![
        (response(r#","expires_in":0"#), bad),
        (response(r#","expires_in":-5"#), bad),
        (response(r#","expires_in":true"#), bad),
        (response(r#","expires_in":{}"#), bad),
        (response(r#","expires_in":[]"#), bad),
        (response(r#","expires_in":"zzz""#), bad),
        (response(r#","expires_in":"12abc""#), bad),
        (response(r#","expires_in":"NaN""#), bad),
        (response(r#","expires_in":NaN"#), bad),
        (response(r#","token_type":"mac""#), ErrorKind::UnsupportedTokenType),
        (response(r#","token_type":"DPoP""#), ErrorKind::UnsupportedTokenType),
        (response(r#","token_type":7"#), ErrorKind::UnsupportedTokenType),
        (response(&format!(r#","access_token":"{TOKEN}2""#)), bad),
        (deep, bad),
        ("{}".into(), bad),
        (r#"{"access_token":null}"#.into(), bad),
        (r#"{"access_token":""}"#.into(), bad),
        (r#"{"access_token":42}"#.into(), bad),
        (r#"{"access_token":"vat_a\r\nX-Evil: 1"}"#.into(), bad),
        (r#"{"access_token":"vat_a\u0000b"}"#.into(), bad),
        (r#"{"access_token":"vat_a b"}"#.into(), bad),
        (r#"{"access_token":"vat_ä"}"#.into(), bad),
        (String::new(), bad),
        ("  \r\n".into(), bad),
        ("<html>welcome</html>".into(), ErrorKind::GatewayResponse),
        ("[]".into(), bad),
        ("null".into(), bad),
        (format!("access_token={TOKEN}&token_type=bearer"), bad),
        (response("")[..40].to_owned(), bad),
        (r#"{"error":"invalid_client"}"#.into(), ErrorKind::InvalidClient),
        (r#"{"error":"brand_new"}"#.into(), ErrorKind::OtherTokenRefusal),
    ];
    for (body, kind) in cases {
        let rig = Rig::new();
        rig.reply(Place::Token, 200, &body);
        let client = rig.client();
        let error = assert_kind(client.token(), kind);
        assert!(!error.to_string().contains(TOKEN), "{error}");
        assert!(error.to_string().starts_with("requesting a token: "), "{error}");
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
}

#[test]
fn token_response_that_is_not_utf_8_is_an_error() {
    for body in [b"\xff\xfe{\0}\0".to_vec(), b"{\"access_token\":\"\xc3\x28\"}".to_vec()] {
        let rig = Rig::new();
        rig.script(Place::Token, Fault::Reply { status: 200, headers: Vec::new(), body });
        assert_kind(rig.client().token(), ErrorKind::InvalidTokenResponse);
    }
}

#[test]
fn a_token_of_64_kib_is_sent_whole() {
    let long = format!("vat_{}", "x".repeat(64 << 10));
    let rig = Rig::new();
    rig.reply(Place::Token, 200, &format!("{{\"access_token\":\"{long}\"}}"));
    rig.reply(Place::Get, 200, "{\"resources\":[]}");
    // Whether a server accepts such a long head does not matter; the library sends it completely.
    let result = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE);
    let sent = rig.sim.requests().into_iter().find(|request| request.method == "GET");
    match sent {
        Some(request) => assert!(request.headers.iter().any(|(_, v)| v.ends_with(&long))),
        None => assert_eq!(result.expect_err("refused").http_status(), Some(431)),
    }
}

#[test]
fn each_oauth_error_code_has_its_error_kind() {
    for (status, code, kind) in [
        (401, "invalid_client", ErrorKind::InvalidClient),
        (400, "invalid_client", ErrorKind::InvalidClient),
        (400, "invalid_request", ErrorKind::InvalidTokenRequest),
        (400, "invalid_grant", ErrorKind::InvalidGrant),
        (400, "unauthorized_client", ErrorKind::UnauthorizedClient),
        (400, "unsupported_grant_type", ErrorKind::UnsupportedGrantType),
        (400, "invalid_scope", ErrorKind::InvalidScope),
        (400, "brand_new_code", ErrorKind::OtherTokenRefusal),
    ] {
        let rig = Rig::new();
        let body = format!("{{\"error\":\"{code}\",\"error_description\":\"because of {code}\"}}");
        rig.reply(Place::Token, status, &body);
        let error = assert_kind(rig.client().token(), kind);
        assert_eq!(error.oauth_error(), Some(code));
        assert_eq!(error.excerpt(), Some(format!("because of {code}").as_str()));
        assert!(!error.is_retryable());
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
}

#[test]
fn other_token_errors_are_classified_by_status_and_sanitized() {
    let with_controls = "a\u{1b}[31m\nb\0\u{202e}c";
    for (status, body, kind, words) in [
        (400, r#"{"message":"no such thing"}"#.to_owned(), ErrorKind::OtherTokenRefusal, "no such"),
        (401, "plain text".to_owned(), ErrorKind::GatewayResponse, "plain text"),
        (403, "<html><b>denied</b>".to_owned(), ErrorKind::GatewayResponse, "denied"),
        (404, String::new(), ErrorKind::NotFound, "404"),
        (500, with_controls.to_owned(), ErrorKind::TokenUnavailable, "a [31m b c"),
        (500, "y".repeat(1 << 20), ErrorKind::TokenUnavailable, "yyy…"),
    ] {
        let rig = Rig::new();
        rig.reply(Place::Token, status, &body);
        let error = assert_kind(rig.client().token(), kind);
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().len() < 1000);
        assert!(!error.to_string().contains(char::is_control));
    }
}

#[test]
fn token_response_over_its_size_cap_is_not_read_further() {
    let rig = Rig::new();
    rig.reply(Place::Token, 200, &format!("{{\"x\":\"{}\"}}", "z".repeat(1 << 20)));
    let client = rig.client();
    let error = client.token().expect_err("too large");
    assert_eq!(error.cause().unwrap_or(&error).kind(), ErrorKind::ResponseTooLarge, "{error}");
    let rig = Rig::new();
    rig.script(Place::Token, Fault::EndlessBody);
    let error = rig.client().token().expect_err("endless");
    assert_eq!(error.cause().unwrap_or(&error).kind(), ErrorKind::ResponseTooLarge, "{error}");
}

#[test]
fn retry_after_of_a_token_error_is_parsed_within_limits() {
    for (values, expected) in [
        (vec!["0"], Some(0)),
        (vec!["-5"], Some(0)),
        (vec!["7"], Some(7)),
        (vec!["86400"], Some(86_400)),
        (vec!["1000000000000"], Some(1_000_000_000_000)),
        (vec!["7", "9"], Some(9)),
        (vec!["soon"], None),
        (vec!["Thu, 01 Jan 1970 00:00:00 GMT"], Some(0)),
        (vec!["Thursday, 01-Jan-70 00:00:00 GMT"], Some(0)),
        (vec!["Thu Jan  1 00:00:00 1970"], Some(0)),
    ] {
        let rig = Rig::new();
        let headers: Vec<_> = values.iter().map(|value| ("retry-after", *value)).collect();
        rig.reply_with(Place::Put, 418, &headers, "");
        let error =
            rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect_err("a teapot");
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs), "{values:?}");
    }
}

#[test]
fn status_numbers_are_stable() {
    let mut numbers: Vec<i32> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
    let table = [
        -1, -2, -3, -4, -5, -10, -11, -12, -13, -14, -15, -16, -20, -21, -22, -23, -24, -25, -26,
        -40, -41, -42, -43, -44, -45, -46, -47, -48, -49, -50, -52, -60, -61, -62, -63, -64, -65,
        -66, -67, -68, -69, -70, -71, -72, -73, -74, -75, -76, -77, -78, -80, -81, -82, -83, -84,
        -85, -86, -87, -100, -101,
    ];
    assert_eq!(numbers, table, "a status number is never changed and never used again");
    assert!(!numbers.contains(&-51), "it stood for a push that a newer one had replaced");
    numbers.dedup();
    assert_eq!(numbers.len(), ErrorKind::ALL.len());
    assert_eq!(ErrorKind::OutcomeUnknown.code(), -50);
    assert_eq!(ErrorKind::OutcomeUnknown.action(), Action::VerifyOrRepeat);
    assert_eq!(ErrorKind::InvalidClient.action(), Action::FixCredentials);
}

#[test]
fn invalid_expires_in_is_named_and_counts_as_a_token_request() {
    for value in ["0", "-5", "0.5", "true", "{}", "[]", "\"zzz\"", "\"12abc\"", "\"NaN\"", "\"\""] {
        let rig = Rig::new();
        let client = rig.client();
        rig.reply(Place::Token, 200, &response(&format!(",\"expires_in\":{value}")));
        let error = assert_kind(client.token(), ErrorKind::InvalidTokenResponse);
        let last = error.to_string();
        assert!(last.contains("expires_in is not a"), "{last}");
        assert!(!last.contains("zzz") && !last.contains("abc") && !last.contains("NaN"), "{last}");
        assert_eq!((error.attempts(), rig.sim.counters().token_requests), (1, 1));
        let snapshot = client.snapshot();
        assert_eq!((snapshot.requests_last_minute, snapshot.requests_left), (1, 3));
    }
}

#[test]
fn invalid_token_response_error_says_what_to_do() {
    let form = format!("access_token={TOKEN}&token_type=bearer");
    let cut = response("")[..40].to_owned();
    let twice = response(&format!(",\"access_token\":\"{TOKEN}\""));
    let nested = "[".repeat(10_000);
    for (body, words) in [
        (form.as_str(), "it is not JSON"),
        ("welcome", "it is not JSON"),
        (&cut, "it is cut off"),
        (&twice, "of the wrong type or duplicated"),
        (&nested, "of the wrong type"),
        ("{}", "access_token is missing"),
        (r#"{"access_token":null}"#, "access_token is missing"),
        (r#"{"access_token":""}"#, "access_token is empty"),
        (r#"{"access_token":42}"#, "access_token is not a string"),
        (r#"{"access_token":"a\r\nb"}"#, "characters that a header field cannot carry"),
    ] {
        let rig = Rig::new();
        rig.reply(Place::Token, 200, body);
        let error = assert_kind(rig.client().token(), ErrorKind::InvalidTokenResponse);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!((error.excerpt(), rig.sim.counters().token_requests), (None, 1));
    }
}

#[test]
fn invalid_token_response_keeps_the_earlier_token() {
    let cut = response("")[..40].to_owned();
    for body in [
        "{}",
        r#"{"access_token":null}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":42}"#,
        r#"{"access_token":"vat_a\r\nX-Evil: 1"}"#,
        r#"{"access_token":"vat_a\u0000b"}"#,
        &cut,
    ] {
        let rig = Rig::new();
        let client = rig.client();
        let first = client.token().expect("a token");
        rig.advance(Duration::from_secs(3579));
        rig.reply(Place::Token, 200, body);
        let kept = client.token().expect("the earlier one is live");
        assert_eq!(kept.secret(), first.secret());
        let snapshot = client.snapshot();
        let last = snapshot.last_error.map(|error| error.kind);
        assert_eq!(last, Some(ErrorKind::InvalidTokenResponse));
        assert!(snapshot.maybe_revoked, "{body} may have revoked it");
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("it works");
        assert!(!client.snapshot().maybe_revoked);
        assert_eq!(rig.sim.counters().token_requests, 2);
    }
}

#[test]
fn invalid_token_is_not_cached() {
    let rig = Rig::new();
    let client = rig.client();
    rig.reply(Place::Token, 200, r#"{"access_token":"vat_a b","expires_in":3600}"#);
    assert_kind(client.token(), ErrorKind::InvalidTokenResponse);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("with a token of its own");
    assert_eq!((rig.sim.counters().token_requests, rig.sim.counters().gets), (2, 1));
}

#[test]
fn a_body_is_read_up_to_its_cap_and_no_byte_further() {
    let padded = |size: usize| response("") + &" ".repeat(size - response("").len());
    let rig = Rig::new();
    rig.reply(Place::Token, 200, &padded(1 << 20));
    rig.client().token().expect("as large as it may be");
    let rig = Rig::new();
    rig.reply(Place::Token, 200, &padded((1 << 20) + 1));
    let error = assert_kind(rig.client().token(), ErrorKind::TokenResponseLost);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::ResponseTooLarge));
}

/// `{"access_token":"vat_zipped_0123456789"}` as gzip makes it.
const ZIPPED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 76, 78, 78, 45, 46, 142, 47, 201, 207, 78, 205,
    83, 178, 82, 42, 75, 44, 137, 175, 202, 44, 40, 72, 77, 137, 55, 48, 52, 50, 54, 49, 53, 51,
    183, 176, 84, 170, 5, 0, 185, 102, 125, 254, 40, 0, 0, 0,
];

#[test]
fn gzip_token_response_is_neither_requested_nor_decompressed() {
    let rig = Rig::new();
    let headers = vec![("content-encoding".to_owned(), "gzip".to_owned())];
    rig.script(Place::Token, Fault::Reply { status: 200, headers, body: ZIPPED.to_vec() });
    assert_kind(rig.client().token(), ErrorKind::GatewayResponse);
    let request = rig.sim.last_token_request().expect("one was made");
    let accepted = request.headers.iter().find(|(name, _)| name == "accept-encoding");
    assert_eq!(accepted.map(|(_, value)| value.as_str()), Some("identity"));
}

#[test]
fn token_in_an_error_response_is_not_shown() {
    let token = "vat_refused_0123456789abcdef";
    for status in [302, 400, 401, 429, 500, 502] {
        let rig = Rig::new();
        rig.reply(Place::Token, status, &format!("{{\"access_token\":\"{token}\"}}"));
        let short_deadline = rig.client().with_deadline(Duration::from_secs(3));
        let error = short_deadline.token().expect_err("no success");
        assert!(!format!("{error} {error:?}").contains(token), "{status}");
    }
}
