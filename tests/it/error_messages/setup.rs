//! Wrong configurations.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use vanta::{Client, Config, Error, Roots};

use crate::harness::{Desk, TempFolder, accounts, without_deletion_guard};

use super::{KIND, Situation, failure, token};

/// Writes a private file into the folder of the situation.
fn file(folder: &TempFolder, name: &str, content: &str) -> PathBuf {
    folder.write(name, content.as_bytes());
    folder.path().join(name)
}

fn secret_file(folder: &TempFolder, content: &str) -> Config {
    let path = file(folder, "secret", content);
    Config::new().client_id("vci_example").client_secret_file(path)
}

fn with_ca(desk: &Desk, folder: &TempFolder, content: &str) -> Config {
    desk.config().ca_file(file(folder, "ca.pem", content))
}

/// Returns the error of a push, which opens the audit file.
fn pushed(config: Config) -> Error {
    let push =
        |client: Client| client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
    failure(Client::new(config).and_then(push))
}

pub const SITUATIONS: &[Situation] = &[
    ("The file of the client secret does not exist", |_, _| {
        token(Config::new().client_id("vci_example").client_secret_file("/nowhere/secret"))
    }),
    ("The file of the client secret is empty", |_, folder| token(secret_file(folder, "\n"))),
    ("The file of the client secret is a folder", |_, folder| {
        token(Config::new().client_id("vci_example").client_secret_file(folder.path()))
    }),
    ("The file of the client secret has two lines", |_, folder| {
        token(secret_file(folder, "vcs_one\nvcs_two\n"))
    }),
    ("A secret and a file of the secret are both set", |desk, folder| {
        token(desk.config().client_secret_file(file(folder, "secret", "vcs_two")))
    }),
    ("A client secret in the place of the client id", |desk, _| {
        token(desk.config().client_id("vcs_example"))
    }),
    ("A client id with a space in it", |desk, _| token(desk.config().client_id("vci example"))),
    ("An origin without https", |desk, _| token(desk.config().origin("api.vanta.com"))),
    ("An origin with a user and a password", |desk, _| {
        token(desk.config().origin("https://user:hunter2@api.vanta.com"))
    }),
    ("An origin with a port that does not exist", |desk, _| {
        token(desk.config().origin("https://api.vanta.com:99999"))
    }),
    ("A deadline that is too short for a token request", |desk, _| {
        token(desk.config().deadline(Duration::from_millis(1500)))
    }),
    ("More token requests a minute than Vanta allows", |desk, _| {
        token(desk.config().token_requests_per_minute(6))
    }),
    ("A scope with a quote in it", |desk, _| token(desk.config().scope("a\"b"))),
    ("A line end in the name for the User-Agent", |desk, _| {
        token(desk.config().user_agent("me\r\nX: y"))
    }),
    ("A static token with a line end in it", |desk, _| {
        token(desk.config().static_token("vat_x\n"))
    }),
    ("The CA file does not exist", |desk, _| token(desk.config().ca_file("/nowhere/ca.pem"))),
    ("The CA file has no certificate", |desk, folder| token(with_ca(desk, folder, "hello\n"))),
    ("Two files of certificates were joined without a line end", |desk, folder| {
        let joined = format!("{}{}", desk.sim.ca_pem().trim_end(), desk.sim.ca_pem());
        token(with_ca(desk, folder, &joined))
    }),
    ("The CA file is OpenSSL's own form", |desk, folder| {
        token(with_ca(
            desk,
            folder,
            &desk.sim.ca_pem().replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        ))
    }),
    ("The CA file is cut off", |desk, folder| {
        token(with_ca(desk, folder, &desk.sim.ca_pem()[..300]))
    }),
    ("The CA file has a private key", |desk, folder| {
        token(with_ca(desk, folder, &desk.sim.ca_pem().replace("CERTIFICATE", "PRIVATE KEY")))
    }),
    ("No certificate authority is trusted", |desk, _| {
        token(
            Config::new()
                .origin(desk.sim.origin())
                .roots(Roots::None)
                .client_id("vci_example")
                .client_secret("vcs_example"),
        )
    }),
    ("More requests a minute than Vanta allows", |desk, _| {
        token(desk.config().requests_per_minute(21))
    }),
    ("The origin has a path of the API", |desk, _| {
        token(desk.config().origin("https://api.vanta.com/v1"))
    }),
    ("The credentials of the proxy are set twice", |desk, folder| {
        let path = file(folder, "proxy", "jobs:hunter2");
        let config = desk.config().proxy("http://proxy.example:3128").proxy_credentials("a:b");
        token(config.proxy_credentials_file(path))
    }),
    ("The URL of the proxy is of SOCKS", |desk, _| {
        token(desk.config().proxy("socks5://proxy.example:1080"))
    }),
    ("The file of the proxy's credentials has no colon", |desk, folder| {
        let path = file(folder, "proxy", "jobs\n");
        token(desk.config().proxy("http://proxy.example:3128").proxy_credentials_file(path))
    }),
    ("The audit file is the token store", |desk, folder| {
        let path = folder.path().join("token");
        token(desk.config().token_store(path.display().to_string()).audit_file(path))
    }),
    ("The audit file is in a folder that does not exist", |desk, _| {
        pushed(desk.config().audit_file("/nowhere/audit.log"))
    }),
    ("The audit file is a symbolic link", |desk, folder| {
        let path = folder.path().join("audit.log");
        let target = file(folder, "target", "");
        std::os::unix::fs::symlink(target, &path).expect("ours");
        pushed(desk.config().audit_file(path))
    }),
    ("The audit file is a folder", |desk, folder| {
        let path = folder.path().join("audit.log");
        fs::create_dir(&path).expect("ours");
        pushed(desk.config().audit_file(path))
    }),
];
