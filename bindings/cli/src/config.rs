//! The client of a command: options, then the environment, then defaults of this program.

use std::env;
use std::fs::DirBuilder;
use std::path::PathBuf;

use vanta::{Action, Client, Config};

use crate::args::Connection;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::secret_command::SecretCommand;
use crate::signals;

/// A variable that is not empty.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Makes the client. Nothing is sent before its first call.
pub fn client(connection: &Connection, output: &Output) -> Result<Client> {
    let client = Client::new(config(connection, output)?)?.with_cancel(&signals::cancel());
    Ok(match connection.deadline {
        Some(deadline) => client.with_shared_deadline(deadline),
        None => client,
    })
}

/// The configuration of options and environment.
pub fn config(connection: &Connection, output: &Output) -> Result<Config> {
    let Connection { client_id, client_secret_file, origin, scope, ca_file, .. } = connection;
    let Connection { proxy, audit_file, .. } = connection;
    let mut config =
        Config::from_env().user_agent(concat!("vanta-cli/", env!("CARGO_PKG_VERSION")));
    config = set(config, client_id, Config::client_id);
    config = set(config, client_secret_file, Config::client_secret_file);
    config = set(config, origin, Config::origin);
    config = set(config, scope, Config::scope);
    config = set(config, ca_file, Config::ca_file);
    config = set(config, proxy, Config::proxy);
    config = set(config, audit_file, Config::audit_file);
    config = set(config, &store(connection), Config::token_store);
    config = set(config, &secret_command(connection)?, |config, command| {
        config.client_secret_callback(move || command.run())
    });
    let output = output.clone();
    Ok(config.on_event(move |event| output.event(event)))
}

fn set<T: Clone>(config: Config, value: &Option<T>, with: impl Fn(Config, T) -> Config) -> Config {
    match value {
        Some(value) => with(config, value.clone()),
        None => config,
    }
}

fn secret_command(connection: &Connection) -> Result<Option<SecretCommand>> {
    let text = match &connection.client_secret_command {
        Some(text) => Some(text.clone()),
        // An option stands above all variables.
        None if connection.client_secret_file.is_some() => None,
        None => variable("VANTA_CLIENT_SECRET_COMMAND"),
    };
    let others = ["VANTA_CLIENT_SECRET", "VANTA_CLIENT_SECRET_FILE"];
    let other = others.into_iter().find(|name| variable(name).is_some());
    match (&connection.client_secret_command, &text, other) {
        (None, Some(_), Some(other)) => Err(Failure::new(
            Action::FixConfig,
            format!("VANTA_CLIENT_SECRET_COMMAND and {other} are both set; keep one"),
        )),
        _ => text.map(|text| SecretCommand::parse(&text)).transpose(),
    }
}

/// Where the token is stored. Each command is a process of its own, so that the default is a file:
/// without one, each would request a token and revoke the one before.
pub fn store(connection: &Connection) -> Option<String> {
    let given = connection.token_store.clone().or_else(|| variable("VANTA_TOKEN_STORE"));
    given.or_else(|| default_store(connection))
}

/// One file for each application: below `$XDG_STATE_HOME`, or `~/.local/state`; on Windows below
/// `%LOCALAPPDATA%`.
fn default_store(connection: &Connection) -> Option<String> {
    let client_id = connection.client_id.clone().or_else(|| variable("VANTA_CLIENT_ID"))?;
    let origin = connection.origin.clone().or_else(|| variable("VANTA_ORIGIN"));
    let origin = origin.unwrap_or_else(|| Config::COMMERCIAL.to_owned());
    let origin = origin.trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    let name = format!("{client_id}@{origin}");
    let name: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let folder = state_folder()?.join("vanta");
    // A machine without a home that can be written keeps the token in memory.
    private_folders().recursive(true).create(&folder).ok()?;
    let name: String = name.chars().take(200).collect();
    folder.join(name).into_os_string().into_string().ok()
}

/// Where programs keep what they may lose, but not at each restart.
fn state_folder() -> Option<PathBuf> {
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return absolute("LOCALAPPDATA");
    }
    absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))
}

/// Below the home of a user, Windows makes each folder private.
fn private_folders() -> DirBuilder {
    #[cfg_attr(windows, expect(unused_mut))]
    let mut folders = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders
}
