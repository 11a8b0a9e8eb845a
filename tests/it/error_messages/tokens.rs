//! Token requests that fail.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vanta::{Client, Config, Error, ErrorKind, Secret};
use vanta_simulator::Gateway;

use crate::harness::{Desk, Fault, Place, RESOURCE, accounts, without_deletion_guard};

use super::{KIND, Situation, failure, list, token};

const SECRET: &str = "vcs_c0ffee_hunter2swordfish";

/// Returns the error of a token request with this response.
fn responds(desk: &Desk, status: u16, body: &str) -> Error {
    (0..9).for_each(|_| desk.reply(Place::Token, status, body));
    token(desk.config())
}

fn oauth(desk: &Desk, status: u16, code: &str) -> Error {
    responds(desk, status, &format!(r#"{{"error":"{code}"}}"#))
}

/// Returns the error of a token request behind this gateway.
fn behind(desk: &Desk, gateway: Gateway) -> Error {
    desk.sim.change(|settings| settings.gateway = gateway);
    token(desk.config())
}

fn with_secret(desk: &Desk, secret: &str) -> Error {
    token(desk.config().client_secret(secret))
}

pub const SITUATIONS: &[Situation] = &[
    ("A wrong client secret", |desk, _| with_secret(desk, "vcs_wrong_0123456789")),
    ("The same wrong secret again", |desk, _| {
        let client = Client::new(desk.config().client_secret("vcs_wrong_0123456789"));
        let client = client.expect("well formed");
        client.token().expect_err("refused");
        failure(client.token())
    }),
    ("A secret in quotes", |desk, _| with_secret(desk, &format!("\"{SECRET}\""))),
    ("A secret in base64", |desk, _| with_secret(desk, &STANDARD.encode(SECRET))),
    ("A secret in hexadecimal", |desk, _| {
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        with_secret(desk, &hex)
    }),
    ("NAME=value in the place of the secret", |desk, _| {
        with_secret(desk, &format!("VANTA_CLIENT_SECRET={SECRET}"))
    }),
    ("JSON in the place of the secret", |desk, _| {
        with_secret(desk, &format!("{{\"client_secret\":\"{SECRET}\"}}"))
    }),
    ("A client id in the place of the secret", |desk, _| with_secret(desk, "vci_c0ffee")),
    ("An access token in the place of the secret", |desk, _| with_secret(desk, "vat_c0ffee")),
    ("A placeholder in the place of the secret", |desk, _| with_secret(desk, "${VANTA_SECRET}")),
    ("A path in the place of the secret", |desk, _| with_secret(desk, "/run/secrets/vanta")),
    ("The callback for the secret fails", |desk, _| {
        let config = Config::new().origin(desk.sim.origin()).client_id(desk.sim.client_id());
        let config = config.ca_file(desk.ca.path()).clock(desk.clock.clone());
        token(config.client_secret_callback(|| Err::<Secret, _>("the vault is sealed")))
    }),
    ("A scope that the application does not have", |desk, _| {
        token(desk.config().scope("connectors.self:write-resource admin:all"))
    }),
    ("invalid_grant", |desk, _| oauth(desk, 400, "invalid_grant")),
    ("unauthorized_client", |desk, _| oauth(desk, 400, "unauthorized_client")),
    ("invalid_request", |desk, _| oauth(desk, 400, "invalid_request")),
    ("unsupported_grant_type", |desk, _| oauth(desk, 400, "unsupported_grant_type")),
    ("Another error code of OAuth", |desk, _| oauth(desk, 400, "temporarily_unavailable")),
    ("403 in JSON at the token endpoint", |desk, _| {
        responds(desk, 403, r#"{"error":"no access"}"#)
    }),
    ("404 at the token endpoint", |desk, _| responds(desk, 404, r#"{"error":"Not found"}"#)),
    ("429 at the token endpoint", |desk, _| {
        responds(desk, 429, r#"{"error":"Too many requests"}"#)
    }),
    ("503 in JSON at the token endpoint", |desk, _| responds(desk, 503, r#"{"message":"Busy"}"#)),
    ("A firewall at the token endpoint", |desk, _| behind(desk, Gateway::Page(403))),
    ("A gateway that cannot reach the token endpoint", |desk, _| behind(desk, Gateway::Page(502))),
    ("A gateway that is overloaded", |desk, _| behind(desk, Gateway::Page(503))),
    ("An empty 401 at the token endpoint", |desk, _| behind(desk, Gateway::Empty(401))),
    ("A captive portal's page in the place of a token", |desk, _| behind(desk, Gateway::Portal)),
    ("A captive portal's redirect", |desk, _| behind(desk, Gateway::PortalRedirect)),
    ("A token response that is cut off", |desk, _| {
        responds(desk, 200, r#"{"access_token":"vat_x"#)
    }),
    ("A token response that is empty", |desk, _| responds(desk, 200, "")),
    ("A token response without a token", |desk, _| responds(desk, 200, r#"{"expires_in":3599}"#)),
    ("A token that is not Bearer", |desk, _| {
        responds(desk, 200, r#"{"access_token":"vat_x","token_type":"mac"}"#)
    }),
    ("The token response is lost", |desk, _| {
        (0..9).for_each(|_| desk.script(Place::Token, Fault::LoseResponse));
        token(desk.config())
    }),
    ("The client may not request a token, and has none", |desk, _| {
        let (folder, config) =
            (crate::harness::TempFolder::new(), desk.config().token_from_store_only(true));
        token(config.token_store(folder.path().join("token").display().to_string()))
    }),
    ("The limit of token requests a minute is reached", |desk, _| {
        let client = Client::new(desk.config().token_requests_per_minute(1)).expect("right");
        client.report_token_rejected(&client.token().expect("a token"));
        failure(client.with_deadline(std::time::Duration::from_secs(4)).token())
    }),
    ("The API rejects each new token", |desk, _| {
        desk.sim.change(|settings| settings.reject_every_token = true);
        list(desk.config())
    }),
    ("The API rejects a token that the program gave", |desk, _| {
        let config = Config::new().origin(desk.sim.origin()).ca_file(desk.ca.path());
        list(config.clock(desk.clock.clone()).static_token("vat_expired"))
    }),
    ("Another program requests tokens for the application", |desk, _| {
        let push =
            |client: &Client| client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
        let client = desk.client().with_deadline(std::time::Duration::from_secs(5));
        push(&client).expect("pushed");
        for _ in 0..3 {
            desk.advance(std::time::Duration::from_secs(20));
            desk.sim.issue_elsewhere();
            push(&client).expect("with a new token");
        }
        desk.advance(std::time::Duration::from_secs(10));
        desk.sim.issue_elsewhere();
        let error = failure(push(&client));
        assert_eq!(error.kind(), ErrorKind::Contention);
        error
    }),
    ("A callback calls the library", |desk, _| {
        let (client, sent) = (desk.client(), std::sync::mpsc::channel());
        let (inner, send) = (client.clone(), sent.0);
        let watched = client.with_progress(move |_| {
            let _ = send.send(failure(inner.list(&KIND, RESOURCE)));
        });
        watched.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()).expect("pushed");
        sent.1.recv().expect("it was called")
    }),
];
