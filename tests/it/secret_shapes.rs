//! A client secret of an unusual form: sent as it is, and named where the server refuses it. No
//! part of it is quoted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vanta::{Client, Config, Error, ErrorKind};

use crate::harness::{Place, Rig, TempFile, assert_kind};

const SECRET: &str = "vcs_c0ffee_hunter2swordfish";

/// Returns the error of a token request with this secret, which the server refuses.
fn refused(config: impl Fn(Config) -> Config) -> Error {
    let rig = Rig::new();
    let client = Client::new(config(rig.config())).expect("it is not refused before");
    let error = assert_kind(client.token(), ErrorKind::InvalidClient);
    assert_eq!(rig.sim.counters().token_requests, 1, "the server had its say");
    // The remembered error has the same text.
    let again = assert_kind(client.token(), ErrorKind::InvalidClient);
    assert!(again.is_remembered());
    let words = |error: &Error| error.to_string().split(" (").next().map(str::to_owned);
    let (first, second) = (words(&error), words(&again));
    assert!(second.is_some() && second == first, "{again}");
    error
}

#[track_caller]
fn assert_says(error: &Error, words: &str) {
    let message = format!("{error} {error:?}");
    assert!(message.contains(words), "{message}");
    for secret in ["hunter2", "swordfish", "c0ffee", &STANDARD.encode(SECRET)[6..20]] {
        assert!(!message.contains(secret), "{message}");
    }
}

#[test]
fn the_shape_of_a_refused_secret_is_named() {
    let base64 = STANDARD.encode(SECRET);
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    for (secret, words) in [
        (format!("\"{SECRET}\""), "the client secret is in quotes; remove them"),
        (format!("'{SECRET}'"), "is in quotes"),
        (format!("{SECRET}\""), "is in quotes"),
        (base64.clone(), "is in base64; decode it first"),
        (base64.trim_end_matches('=').to_owned(), "is in base64"),
        (STANDARD.encode(format!("{SECRET}\n")), "is in base64"),
        (hex, "is in hexadecimal"),
        (format!("VANTA_CLIENT_SECRET={SECRET}"), "looks like NAME=value; give the value alone"),
        (format!("client_secret:{SECRET}"), "looks like NAME=value"),
        (
            format!("{{\"client_id\":\"vci_x\",\"client_secret\":\"{SECRET}\"}}"),
            "is JSON; give the value alone",
        ),
        ("vci_c0ffee_hunter2".to_owned(), "begins with vci_, as a client id does"),
        ("vat_c0ffee_hunter2".to_owned(), "begins with vat_, as an access token does"),
        ("Bearer:vat_c0ffee_hunter2".to_owned(), "begins with Bearer"),
        ("$hunter2".to_owned(), "is a placeholder in which no value was put"),
        ("${hunter2}".to_owned(), "is a placeholder"),
        ("{{hunter2}}".to_owned(), "is a placeholder"),
        ("<hunter2>".to_owned(), "is a placeholder"),
        ("********".to_owned(), "is a mask"),
        ("/run/secrets/hunter2".to_owned(), "looks like a path or a URL"),
        ("vault://hunter2".to_owned(), "looks like a path or a URL"),
        ("hunter2swordfish".to_owned(), "does not begin with vcs_, as client secrets do"),
        (format!("x{SECRET}"), "holds something before vcs_"),
        (format!("{SECRET}{SECRET}"), "holds vcs_ twice"),
        (format!("{SECRET}\\n"), "holds characters that no known client secret has"),
        (format!("{SECRET};"), "holds characters that no known client secret has"),
    ] {
        assert_says(&refused(|config| config.client_secret(secret.as_str())), words);
    }
    let file = TempFile::new("secret", format!("'{SECRET}'\n").as_bytes());
    let path = file.path().display().to_string();
    let rig = Rig::new();
    let config = Config::new().origin(rig.sim.origin()).client_id(rig.sim.client_id());
    let config = config.ca_file(rig.ca.path()).client_secret_file(file.path());
    let client = Client::new(config).expect("it is not refused before");
    let error = assert_kind(client.token(), ErrorKind::InvalidClient);
    assert_says(&error, &format!("{path} is in quotes"));
}

#[test]
fn a_client_id_of_an_unusual_form_is_named() {
    for (id, words) in [
        ("\"vci_r78\"", "the client id is in quotes"),
        ("VANTA_CLIENT_ID=vci_r78", "the client id looks like NAME=value"),
        ("r78", "the client id does not begin with vci_, as client ids do"),
    ] {
        assert_says(&refused(|config| config.client_id(id).client_secret(SECRET)), words);
    }
    let both = refused(|config| config.client_id("vci_r78").client_secret("vci_r78"));
    assert_says(&both, "the client secret begins with vci_, as a client id does");
    let both = refused(|config| config.client_id("id-hunter2").client_secret("id-hunter2"));
    assert!(both.to_string().contains("is the client id; the client id does not begin"), "{both}");
}

#[test]
fn credentials_of_the_usual_form_are_not_named() {
    let error = refused(|config| config.client_secret(SECRET)).to_string();
    assert!(!error.contains("client secret"), "{error}");
    // Another refusal has another reason.
    let rig = Rig::new();
    rig.reply(Place::Token, 400, r#"{"error":"invalid_scope"}"#);
    let client = Client::new(rig.config().client_secret("'x'")).expect("right");
    let error = assert_kind(client.token(), ErrorKind::InvalidScope).to_string();
    assert!(!error.contains("quotes"), "{error}");
    // A secret that the server accepts is right, whatever its form.
    rig.sim.set_client_secret("'hunter2'");
    Client::new(rig.config()).expect("right").token().expect("a token");
}

#[test]
fn a_secret_that_cannot_be_sent_is_named_by_its_shape_too() {
    for (secret, words) in [
        (format!("Bearer {SECRET}"), "begins with Bearer"),
        (format!("VANTA_CLIENT_ID=vci_x\nVANTA_CLIENT_SECRET={SECRET}"), "looks like NAME=value"),
        (format!("export VANTA_CLIENT_SECRET={SECRET} "), "looks like NAME=value"),
        (format!("{{\"client_secret\": \"{SECRET}\"}}"), "is JSON"),
        (format!("\u{201c}{SECRET}\u{201d}"), "is in quotes"),
        (format!("\u{feff}{SECRET}"), "holds a byte order mark"),
        (format!("{SECRET}\n{SECRET}"), "holds white space"),
    ] {
        let config = Config::new().client_id("vci_a").client_secret(secret);
        assert_says(&assert_kind(Client::new(config), ErrorKind::InvalidConfig), words);
    }
}
