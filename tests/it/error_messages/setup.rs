//! Wrong configurations.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use vanta::{Client, Config, Error, Roots};

use crate::harness::{Rig, TempFolder, accounts, without_deletion_guard};

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

fn with_ca(rig: &Rig, folder: &TempFolder, content: &str) -> Config {
    rig.config().ca_file(file(folder, "ca.pem", content))
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
    ("A secret and a file of the secret are both set", |rig, folder| {
        token(rig.config().client_secret_file(file(folder, "secret", "vcs_two")))
    }),
    ("A client secret in the place of the client id", |rig, _| {
        token(rig.config().client_id("vcs_example"))
    }),
    ("A client id with a space in it", |rig, _| token(rig.config().client_id("vci example"))),
    ("An origin without https", |rig, _| token(rig.config().origin("api.vanta.com"))),
    ("An origin with a user and a password", |rig, _| {
        token(rig.config().origin("https://user:hunter2@api.vanta.com"))
    }),
    ("An origin with a port that does not exist", |rig, _| {
        token(rig.config().origin("https://api.vanta.com:99999"))
    }),
    ("A deadline that is too short for a token request", |rig, _| {
        token(rig.config().deadline(Duration::from_millis(1500)))
    }),
    ("More token requests a minute than Vanta allows", |rig, _| {
        token(rig.config().token_requests_per_minute(6))
    }),
    ("A scope with a quote in it", |rig, _| token(rig.config().scope("a\"b"))),
    ("A line end in the name for the User-Agent", |rig, _| {
        token(rig.config().user_agent("me\r\nX: y"))
    }),
    ("A static token with a line end in it", |rig, _| token(rig.config().static_token("vat_x\n"))),
    ("The CA file does not exist", |rig, _| token(rig.config().ca_file("/nowhere/ca.pem"))),
    ("The CA file has no certificate", |rig, folder| token(with_ca(rig, folder, "hello\n"))),
    ("Two files of certificates were joined without a line end", |rig, folder| {
        let joined = format!("{}{}", rig.sim.ca_pem().trim_end(), rig.sim.ca_pem());
        token(with_ca(rig, folder, &joined))
    }),
    ("The CA file is OpenSSL's own form", |rig, folder| {
        token(with_ca(rig, folder, &rig.sim.ca_pem().replace("CERTIFICATE", "TRUSTED CERTIFICATE")))
    }),
    ("The CA file is cut off", |rig, folder| token(with_ca(rig, folder, &rig.sim.ca_pem()[..300]))),
    ("The CA file has a private key", |rig, folder| {
        token(with_ca(rig, folder, &rig.sim.ca_pem().replace("CERTIFICATE", "PRIVATE KEY")))
    }),
    ("No certificate authority is trusted", |rig, _| {
        token(
            Config::new()
                .origin(rig.sim.origin())
                .roots(Roots::None)
                .client_id("vci_example")
                .client_secret("vcs_example"),
        )
    }),
    ("More requests a minute than Vanta allows", |rig, _| {
        token(rig.config().requests_per_minute(21))
    }),
    ("The origin has a path of the API", |rig, _| {
        token(rig.config().origin("https://api.vanta.com/v1"))
    }),
    ("The credentials of the proxy are set twice", |rig, folder| {
        let path = file(folder, "proxy", "jobs:hunter2");
        let config = rig.config().proxy("http://proxy.example:3128").proxy_credentials("a:b");
        token(config.proxy_credentials_file(path))
    }),
    ("The URL of the proxy is of SOCKS", |rig, _| {
        token(rig.config().proxy("socks5://proxy.example:1080"))
    }),
    ("The file of the proxy's credentials has no colon", |rig, folder| {
        let path = file(folder, "proxy", "jobs\n");
        token(rig.config().proxy("http://proxy.example:3128").proxy_credentials_file(path))
    }),
    ("The audit file is the token store", |rig, folder| {
        let path = folder.path().join("token");
        token(rig.config().token_store(path.display().to_string()).audit_file(path))
    }),
    ("The audit file is in a folder that does not exist", |rig, _| {
        pushed(rig.config().audit_file("/nowhere/audit.log"))
    }),
    ("The audit file is a symbolic link", |rig, folder| {
        let path = folder.path().join("audit.log");
        let target = file(folder, "target", "");
        std::os::unix::fs::symlink(target, &path).expect("ours");
        pushed(rig.config().audit_file(path))
    }),
    ("The audit file is a folder", |rig, folder| {
        let path = folder.path().join("audit.log");
        fs::create_dir(&path).expect("ours");
        pushed(rig.config().audit_file(path))
    }),
];
