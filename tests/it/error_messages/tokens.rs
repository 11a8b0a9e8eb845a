//! Token requests that fail.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vanta::{Client, Config, Error, ErrorKind, Secret};
use vanta_simulator::Gateway;

use crate::harness::{Fault, Place, RESOURCE, Rig, accounts, without_deletion_guard};

use super::{KIND, Situation, failure, list, token};

const SECRET: &str = "vcs_c0ffee_hunter2swordfish";

/// Returns the error of a token request with this response.
fn responds(rig: &Rig, status: u16, body: &str) -> Error {
    (0..9).for_each(|_| rig.reply(Place::Token, status, body));
    token(rig.config())
}

fn oauth(rig: &Rig, status: u16, code: &str) -> Error {
    responds(rig, status, &format!(r#"{{"error":"{code}"}}"#))
}

/// Returns the error of a token request behind this gateway.
fn behind(rig: &Rig, gateway: Gateway) -> Error {
    rig.sim.change(|settings| settings.gateway = gateway);
    token(rig.config())
}

fn with_secret(rig: &Rig, secret: &str) -> Error {
    token(rig.config().client_secret(secret))
}

pub const SITUATIONS: &[Situation] = &[
    ("A wrong client secret", |rig, _| with_secret(rig, "vcs_wrong_0123456789")),
    ("The same wrong secret again", |rig, _| {
        let client = Client::new(rig.config().client_secret("vcs_wrong_0123456789"));
        let client = client.expect("well formed");
        client.token().expect_err("refused");
        failure(client.token())
    }),
    ("A secret in quotes", |rig, _| with_secret(rig, &format!("\"{SECRET}\""))),
    ("A secret in base64", |rig, _| with_secret(rig, &STANDARD.encode(SECRET))),
    ("A secret in hexadecimal", |rig, _| {
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        with_secret(rig, &hex)
    }),
    ("NAME=value in the place of the secret", |rig, _| {
        with_secret(rig, &format!("VANTA_CLIENT_SECRET={SECRET}"))
    }),
    ("JSON in the place of the secret", |rig, _| {
        with_secret(rig, &format!("{{\"client_secret\":\"{SECRET}\"}}"))
    }),
    ("A client id in the place of the secret", |rig, _| with_secret(rig, "vci_c0ffee")),
    ("An access token in the place of the secret", |rig, _| with_secret(rig, "vat_c0ffee")),
    ("A placeholder in the place of the secret", |rig, _| with_secret(rig, "${VANTA_SECRET}")),
    ("A path in the place of the secret", |rig, _| with_secret(rig, "/run/secrets/vanta")),
    ("The callback for the secret fails", |rig, _| {
        let config = Config::new().origin(rig.sim.origin()).client_id(rig.sim.client_id());
        let config = config.ca_file(rig.ca.path()).clock(rig.clock.clone());
        token(config.client_secret_callback(|| Err::<Secret, _>("the vault is sealed")))
    }),
    ("A scope that the application does not have", |rig, _| {
        token(rig.config().scope("connectors.self:write-resource admin:all"))
    }),
    ("invalid_grant", |rig, _| oauth(rig, 400, "invalid_grant")),
    ("unauthorized_client", |rig, _| oauth(rig, 400, "unauthorized_client")),
    ("invalid_request", |rig, _| oauth(rig, 400, "invalid_request")),
    ("unsupported_grant_type", |rig, _| oauth(rig, 400, "unsupported_grant_type")),
    ("Another error code of OAuth", |rig, _| oauth(rig, 400, "temporarily_unavailable")),
    ("403 in JSON at the token endpoint", |rig, _| responds(rig, 403, r#"{"error":"no access"}"#)),
    ("404 at the token endpoint", |rig, _| responds(rig, 404, r#"{"error":"Not found"}"#)),
    ("429 at the token endpoint", |rig, _| responds(rig, 429, r#"{"error":"Too many requests"}"#)),
    ("503 in JSON at the token endpoint", |rig, _| responds(rig, 503, r#"{"message":"Busy"}"#)),
    ("A firewall at the token endpoint", |rig, _| behind(rig, Gateway::Page(403))),
    ("A gateway that cannot reach the token endpoint", |rig, _| behind(rig, Gateway::Page(502))),
    ("A gateway that is overloaded", |rig, _| behind(rig, Gateway::Page(503))),
    ("An empty 401 at the token endpoint", |rig, _| behind(rig, Gateway::Empty(401))),
    ("A captive portal's page in the place of a token", |rig, _| behind(rig, Gateway::Portal)),
    ("A captive portal's redirect", |rig, _| behind(rig, Gateway::PortalRedirect)),
    ("A token response that is cut off", |rig, _| responds(rig, 200, r#"{"access_token":"vat_x"#)),
    ("A token response that is empty", |rig, _| responds(rig, 200, "")),
    ("A token response without a token", |rig, _| responds(rig, 200, r#"{"expires_in":3599}"#)),
    ("A token that is not Bearer", |rig, _| {
        responds(rig, 200, r#"{"access_token":"vat_x","token_type":"mac"}"#)
    }),
    ("The token response is lost", |rig, _| {
        (0..9).for_each(|_| rig.script(Place::Token, Fault::LoseResponse));
        token(rig.config())
    }),
    ("The client may not request a token, and has none", |rig, _| {
        let (folder, config) =
            (crate::harness::TempFolder::new(), rig.config().token_from_store_only(true));
        token(config.token_store(folder.path().join("token").display().to_string()))
    }),
    ("The limit of token requests a minute is reached", |rig, _| {
        let client = Client::new(rig.config().token_requests_per_minute(1)).expect("right");
        client.report_token_rejected(&client.token().expect("a token"));
        failure(client.with_deadline(std::time::Duration::from_secs(4)).token())
    }),
    ("The API rejects each new token", |rig, _| {
        rig.sim.change(|settings| settings.reject_every_token = true);
        list(rig.config())
    }),
    ("The API rejects a token that the program gave", |rig, _| {
        let config = Config::new().origin(rig.sim.origin()).ca_file(rig.ca.path());
        list(config.clock(rig.clock.clone()).static_token("vat_expired"))
    }),
    ("Another program requests tokens for the application", |rig, _| {
        let push =
            |client: &Client| client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
        let client = rig.client().with_deadline(std::time::Duration::from_secs(5));
        push(&client).expect("pushed");
        for _ in 0..3 {
            rig.advance(std::time::Duration::from_secs(20));
            rig.sim.issue_elsewhere();
            push(&client).expect("with a new token");
        }
        rig.advance(std::time::Duration::from_secs(10));
        rig.sim.issue_elsewhere();
        let error = failure(push(&client));
        assert_eq!(error.kind(), ErrorKind::Contention);
        error
    }),
    ("A callback calls the library", |rig, _| {
        let (client, sent) = (rig.client(), std::sync::mpsc::channel());
        let (inner, send) = (client.clone(), sent.0);
        let watched = client.with_progress(move |_| {
            let _ = send.send(failure(inner.list(&KIND, RESOURCE)));
        });
        watched.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()).expect("pushed");
        sent.1.recv().expect("it was called")
    }),
];
