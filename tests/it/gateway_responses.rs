//! HTML or text of a firewall, proxy, CDN or captive portal instead of Vanta's response.
//!
//! Such a response says nothing about token, scope or credentials, and is not remembered.

use std::fs;
use std::time::Duration;

use vanta::{Action, Client, Config, Error, ErrorKind, Kind, Upload};
use vanta_simulator::Gateway;

use crate::fakes::FakeStore;
use crate::harness::{
    Place, RESOURCE, Rig, TempFolder, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::USER_ACCOUNT;

/// Makes a rig behind a gateway that handles the requests at `place`.
fn behind(gateway: Gateway, place: Place) -> Rig {
    let rig = Rig::unlimited();
    gate(&rig, gateway, place);
    rig
}

fn gate(rig: &Rig, gateway: Gateway, place: Place) {
    rig.sim.change(|settings| (settings.gateway, settings.gateway_at) = (gateway, place));
}

fn open(rig: &Rig) {
    gate(rig, Gateway::None, Place::Any);
}

/// Checks an error about a gateway's response: it names the gateway, and gives no advice about
/// Vanta's console.
#[track_caller]
fn assert_gateway(error: &Error) {
    let message = error.to_string();
    assert!(message.contains("a gateway") && message.contains("responded"), "{message}");
    assert_ne!(error.action(), Action::FixCredentials, "{message}");
    assert!(!message.contains("allow_any_removals"), "{message}");
    assert!(!error.is_remembered(), "{message}");
}

/// Checks an error about an HTML page, which quotes the page and names its sender.
#[track_caller]
fn assert_page(error: &Error) {
    assert_gateway(error);
    let message = error.to_string();
    for words in
        ["example-firewall/7", "1.1 gateway.example", "Request blocked", "Support id: 4711"]
    {
        assert!(message.contains(words), "{words}: {message}");
    }
}

const BLOCKED: [u16; 6] = [400, 401, 403, 404, 405, 451];

#[test]
fn html_at_the_token_endpoint_says_nothing_about_credentials_and_is_not_remembered() {
    for status in BLOCKED {
        let (rig, fake_store) = (behind(Gateway::Page(status), Place::Token), FakeStore::default());
        let client = Client::new(fake_store.config(&rig)).expect("right");
        for _ in 0..2 {
            let error = assert_kind(client.token(), ErrorKind::GatewayResponse);
            assert_page(&error);
            assert_eq!((error.http_status(), error.action()), (Some(status), Action::FixConfig));
            assert!(error.to_string().contains("client id and secret were not checked"), "{error}");
        }
        assert_eq!(rig.sim.counters().blocked, 2, "{status}: each call made a request");
        let refusals = fake_store.record()["refusals"].as_array().map(Vec::len);
        assert_eq!(refusals.unwrap_or_default(), 0, "{status}");
        open(&rig);
        client.token().expect("as soon as the gateway lets it pass");
    }
}

#[test]
fn text_at_the_token_endpoint_is_no_verdict_on_credentials_and_is_not_remembered() {
    for status in BLOCKED {
        let rig = behind(Gateway::Text(status), Place::Token);
        let client = rig.client();
        let error = assert_kind(client.token(), ErrorKind::GatewayResponse);
        assert_gateway(&error);
        assert_eq!(error.excerpt(), Some("RBAC: access denied"));
        open(&rig);
        client.token().expect("as soon as the gateway lets it pass");
    }
}

#[test]
fn html_with_503_at_the_token_endpoint_is_retried_later_and_names_the_gateway() {
    let rig = behind(Gateway::Page(503), Place::Token);
    let error = assert_kind(rig.client().token(), ErrorKind::TokenUnavailable);
    assert_page(&error);
    assert_eq!(error.action(), Action::RetryLater);
    let rig = behind(Gateway::Page(504), Place::Token);
    assert_page(&assert_kind(rig.client().token(), ErrorKind::TokenResponseLost));
}

#[test]
fn html_or_text_at_a_list_says_nothing_about_token_scope_and_resource() {
    for status in BLOCKED {
        for gateway in [Gateway::Page(status), Gateway::Text(status)] {
            let rig = Rig::unlimited();
            let client = rig.client();
            client.list(&KIND, RESOURCE).expect("listed");
            rig.advance(Duration::from_secs(10));
            gate(&rig, gateway, Place::Get);
            let error = assert_kind(client.list(&KIND, RESOURCE), ErrorKind::GatewayResponse);
            assert_gateway(&error);
            assert_eq!((error.http_status(), error.action()), (Some(status), Action::FixConfig));
            open(&rig);
            client.list(&KIND, RESOURCE).expect("the token is as good as before");
            assert_eq!(rig.sim.counters().token_requests, 1, "{status}");
        }
    }
    let rig = behind(Gateway::Page(503), Place::Get);
    let error = assert_kind(rig.client().list(&KIND, RESOURCE), ErrorKind::Unavailable);
    assert_page(&error);
}

#[test]
fn html_with_a_challenge_for_a_token_or_a_scope_is_still_a_gateway_s() {
    let challenge = [("www-authenticate", "Bearer error=\"invalid_token\", scope=\"a:write\"")];
    for status in [401, 403] {
        let rig = Rig::unlimited();
        let client = rig.client();
        client.token().expect("a token");
        rig.advance(Duration::from_secs(10));
        rig.reply_with(Place::Get, status, &challenge, "<html>Sign in</html>");
        let error = assert_kind(client.list(&KIND, RESOURCE), ErrorKind::GatewayResponse);
        assert_gateway(&error);
        rig.reply_with(Place::Put, status, &challenge, "<html>Sign in</html>");
        let pushed = client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
        assert_gateway(&assert_kind(pushed, ErrorKind::OutcomeUnknown));
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
}

#[test]
fn gateway_response_to_the_read_before_a_push_stops_the_push() {
    for status in [401, 403, 404, 503] {
        let rig = behind(Gateway::Page(status), Place::Get);
        let pushed = rig.client().push(&KIND, &accounts(&["a"]));
        let error = pushed.expect_err("what is live could not be read");
        assert_page(&error);
        assert!(error.to_string().contains("nothing was pushed in this attempt"), "{error}");
        assert_eq!(rig.sim.counters().puts, 0);
    }
}

#[test]
fn firewall_that_blocks_a_record_leaves_the_outcome_unknown_and_is_named() {
    let rig = behind(Gateway::Firewall("' OR 1=1 --".to_owned()), Place::Any);
    let client = rig.client();
    let account = |name: &str| {
        let mut account = crate::harness::account("a");
        account["displayName"] = name.into();
        vanta::Body::from_records(RESOURCE, &[account]).expect("right")
    };
    let error =
        assert_kind(client.push(&KIND, &account("x' OR 1=1 --")), ErrorKind::OutcomeUnknown);
    assert_page(&error);
    let message = error.to_string();
    assert!(message.contains("its rules may object to a text in the records"), "{message}");
    assert!(!message.contains("OR 1=1"), "{message}");
    assert_eq!(error.http_status(), Some(403));
    client.push(&KIND, &account("x")).expect("without that text");
    assert_eq!(rig.sim.counters().token_requests, 1);

    let folder = TempFolder::new();
    let path = folder.path().join("a.csv");
    fs::write(&path, "name\n' OR 1=1 --\n").expect("ours");
    let error = assert_kind(client.upload(&Upload::new("doc", &path)), ErrorKind::OutcomeUnknown);
    assert!(error.to_string().contains("may object to a text in the file"), "{error}");
}

#[test]
fn captive_portal_is_never_a_success() {
    let at = |place| behind(Gateway::Portal, place);
    let rig = at(Place::Any);
    for _ in 0..2 {
        let error = assert_kind(rig.client().token(), ErrorKind::GatewayResponse);
        assert_gateway(&error);
        let message = error.to_string();
        assert!(
            message.contains("Guest network") && message.contains("example-portal"),
            "{message}"
        );
    }
    let error =
        assert_kind(at(Place::Get).client().list(&KIND, RESOURCE), ErrorKind::GatewayResponse);
    assert_gateway(&error);
    let pushed = at(Place::Put).client().push(&KIND, &accounts(&["a"]));
    assert_gateway(&assert_kind(pushed, ErrorKind::OutcomeUnknown));
}

#[test]
fn redirect_of_a_captive_portal_is_refused_and_names_it() {
    let rig = behind(Gateway::PortalRedirect, Place::Any);
    let error = assert_kind(rig.client().token(), ErrorKind::RedirectRefused);
    let message = error.to_string();
    for words in ["http://portal.example/sign-in", "captive portal", "example-portal"] {
        assert!(message.contains(words), "{words}: {message}");
    }
}

/// Makes a client of a server whose empty responses with 401 come from Vanta or from a gateway.
fn old_token(rig: &Rig, config: Config) -> Client {
    let client = Client::new(config).expect("right");
    client.list(&KIND, RESOURCE).expect("listed");
    rig.advance(Duration::from_secs(10));
    client
}

#[test]
fn empty_401_rejects_the_token_where_it_is_vanta_s() {
    let rig = Rig::unlimited();
    let client = old_token(&rig, rig.config());
    rig.sim.issue_elsewhere();
    rig.reply(Place::Get, 401, "");
    client.list(&KIND, RESOURCE).expect("listed with another token");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn the_word_unauthorized_rejects_the_token_as_text_and_as_a_json_string() {
    for body in ["Unauthorized", "\"unauthorized\""] {
        let rig = Rig::unlimited();
        let client = old_token(&rig, rig.config());
        rig.sim.issue_elsewhere();
        rig.reply(Place::Get, 401, body);
        client.list(&KIND, RESOURCE).expect("listed with another token");
        assert_eq!(rig.sim.counters().token_requests, 2, "{body}");
        let [put, token] = [Rig::new(), Rig::new()];
        put.reply(Place::Put, 403, body);
        assert_kind(
            put.client().push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()),
            ErrorKind::Forbidden,
        );
        token.reply(Place::Token, 401, "invalid_client");
        assert_kind(token.client().token(), ErrorKind::InvalidClient);
    }
}

#[test]
fn empty_401_costs_one_token_request_and_blames_no_credentials_where_it_is_a_gateway_s() {
    let rig = Rig::unlimited();
    let client = old_token(&rig, rig.config());
    gate(&rig, Gateway::Empty(401), Place::Get);
    let error = assert_kind(client.list(&KIND, RESOURCE), ErrorKind::GatewayResponse);
    assert_eq!(error.action(), Action::FixConfig);
    let message = error.to_string();
    assert!(
        message.contains("another token was rejected too") && message.contains("empty"),
        "{message}"
    );
    assert_eq!(rig.sim.counters().token_requests, 2);
    let error = assert_kind(
        Client::new(rig.config().static_token("vat_given")).expect("right").list(&KIND, RESOURCE),
        ErrorKind::Unauthorized,
    );
    assert!(error.to_string().contains("it may be a gateway's or Vanta's"), "{error}");
}

#[test]
fn empty_401_or_403_at_the_token_endpoint_names_both_readings_and_is_not_remembered() {
    for status in [401, 403] {
        let rig = behind(Gateway::Empty(status), Place::Token);
        let client = rig.client();
        for _ in 0..2 {
            let error = assert_kind(client.token(), ErrorKind::GatewayResponse);
            let message = error.to_string();
            assert!(message.contains("client id and secret"), "{message}");
            assert!(message.contains("it may be a gateway's"), "{message}");
            assert!(!error.is_remembered());
        }
        open(&rig);
        client.token().expect("as soon as it is let through");
    }
}

#[test]
fn empty_403_of_a_list_names_both_readings() {
    let rig = behind(Gateway::Empty(403), Place::Get);
    let error = assert_kind(rig.client().list(&KIND, RESOURCE), ErrorKind::GatewayResponse);
    let message = error.to_string();
    assert!(
        message.contains("it may be a gateway's or Vanta's") && message.contains("scope"),
        "{message}"
    );
}

#[test]
fn vanta_s_own_401_and_403_in_json_or_as_a_word_are_rejections() {
    for text in [false, true] {
        let rig = Rig::with(|settings| settings.errors_as_text = text);
        let reader = rig.config().scope("connectors.self:read-resource");
        let client = Client::new(rig.config()).expect("right");
        client.token().expect("a token");
        rig.advance(Duration::from_secs(10));
        rig.sim.issue_elsewhere();
        client.list(&KIND, RESOURCE).expect("the rejected token was replaced");
        let body = accounts(&["a"]);
        let writer = rig.config().scope("connectors.self:write-resource");
        drop((client, reader));
        let error = assert_kind(
            Client::new(writer).expect("right").push(&KIND, &body),
            ErrorKind::Forbidden,
        );
        assert_eq!(error.action(), Action::FixCredentials);
        assert!(error.to_string().contains("allow_any_removals"), "{error}");
    }
}

#[test]
fn title_of_an_html_page_is_quoted_after_long_styles_and_scripts() {
    let styles = "a { color: red } ".repeat(1500);
    let page = format!(
        "<HTML><STYLE>{styles}</STYLE><SCRIPT>var a = '<b>'; {styles}</SCRIPT><BODY>Blocked by \
         policy<title>Web filter</title></BODY>"
    );
    let rig = Rig::new();
    rig.reply(Place::Token, 403, &page);
    let error = assert_kind(rig.client().token(), ErrorKind::GatewayResponse);
    let excerpt = error.excerpt().expect("the page is quoted");
    assert!(excerpt.starts_with("Web filter Blocked by policy"), "{excerpt}");
}
