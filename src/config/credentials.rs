//! Who we are to Vanta; a secret in a file is read again each time it is needed.

use std::path::PathBuf;

use super::check::{LONGEST_ID, LONGEST_SECRET, check_length, is_visible};
use super::problem::{invalid, named};
use super::read::read_secret;
use super::secret_callback::SecretCallback;
use super::secret_shape;
use super::table::Values;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// Who we are to Vanta.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    secret: Option<SecretSource>,
}

#[derive(Clone, Debug)]
enum SecretSource {
    Text(Secret),
    File(PathBuf),
    Callback(SecretCallback),
}

impl Credentials {
    /// Who never asks for a token needs no secret. An error advises to read the environment unless
    /// that was done.
    pub(super) fn from(values: &Values, reads_environment: bool) -> Result<Credentials> {
        let and_read = if reads_environment { "" } else { " and Config::from_env()" };
        let missing = |what: &str, how: &str| {
            let words = format!("no {what} is set; set {how}{and_read}");
            Error::new(ErrorKind::MissingCredentials, words)
        };
        let id_how = "Config::client_id(), or VANTA_CLIENT_ID";
        let client_id = values.client_id.clone().ok_or_else(|| missing("client id", id_how))?;
        values.check_one_secret()?;
        let secret_how = "Config::client_secret_file(), Config::client_secret() or \
                          Config::client_secret_callback(), or VANTA_CLIENT_SECRET_FILE or \
                          VANTA_CLIENT_SECRET";
        let secret = SecretSource::of(values);
        if secret.is_none() && !values.token_from_store_only() {
            return Err(missing("client secret", secret_how));
        }
        let credentials = Credentials { client_id: check_id(client_id)?, secret };
        if matches!(credentials.secret, Some(SecretSource::Text(_) | SecretSource::File(_))) {
            credentials.secret()?;
        }
        Ok(credentials)
    }

    /// Calls the client secret callback; `None` where the secret has another source. It runs the
    /// program's code, so it is called while no lock is held.
    pub(crate) fn call_back(&self) -> Result<Option<Secret>> {
        match &self.secret {
            Some(SecretSource::Callback(_)) => self.secret().map(Some),
            _ => Ok(None),
        }
    }

    /// Tells callbacks apart within this process; `None` where the secret has another source.
    pub(crate) fn callback_number(&self) -> Option<usize> {
        match &self.secret {
            Some(SecretSource::Callback(callback)) => Some(callback.number()),
            _ => None,
        }
    }

    /// The client secret as it stands now: a file is read anew, so a rotation needs no restart.
    pub(crate) fn secret(&self) -> Result<Secret> {
        let from = self.source_name();
        let secret = match &self.secret {
            Some(SecretSource::Text(secret)) => secret.clone(),
            Some(SecretSource::File(path)) => read_secret(path).map_err(|error| {
                named(error, "client_secret_file or VANTA_CLIENT_SECRET_FILE names it")
            })?,
            Some(SecretSource::Callback(callback)) => callback.read()?,
            None => return Err(Error::new(ErrorKind::MissingCredentials, "no client secret")),
        };
        if secret.expose().is_empty() {
            let message = format!("{from} is empty");
            return Err(Error::new(ErrorKind::MissingCredentials, message));
        }
        check_length(&from, secret.expose(), LONGEST_SECRET)?;
        if !is_visible(secret.expose()) {
            let message = format!("{from} holds white space, control or non-ASCII characters");
            let error = Error::new(ErrorKind::InvalidConfig, message);
            let shape = secret_shape::mistaken(secret.expose());
            return Err(
                shape.map_or(error.clone(), |words| error.with_note(&format!("it {words}")))
            );
        }
        Ok(secret)
    }

    /// What the secret is called in messages.
    fn source_name(&self) -> String {
        match &self.secret {
            Some(SecretSource::File(path)) => path.display().to_string(),
            Some(SecretSource::Callback(_)) => "the client secret from its callback".to_owned(),
            _ => "the client secret".to_owned(),
        }
    }

    /// What looks wrong with the credentials, once the server has refused them. It is only a
    /// suspicion: Vanta may give out secrets of another shape tomorrow.
    pub(crate) fn suspicion(&self, secret: &Secret) -> Option<String> {
        let of_secret = secret_shape::secret(secret.expose(), &self.client_id);
        let of_secret = of_secret.map(|words| format!("{} {words}", self.source_name()));
        let of_id = secret_shape::client_id(&self.client_id);
        let found =
            of_secret.into_iter().chain(of_id.map(|words| format!("the client id {words}")));
        Some(found.collect::<Vec<_>>().join("; ")).filter(|words| !words.is_empty())
    }
}

impl SecretSource {
    fn of(values: &Values) -> Option<SecretSource> {
        let text = values.client_secret.clone().map(SecretSource::Text);
        let file = values.client_secret_file.clone().map(SecretSource::File);
        let callback = values.client_secret_callback.clone().map(SecretSource::Callback);
        text.or(file).or(callback)
    }
}

fn check_id(id: String) -> Result<String> {
    check_length("the client id", &id, LONGEST_ID)?;
    if id.starts_with("vcs_") {
        return Err(invalid("the client id begins with vcs_, as a client secret does"));
    }
    if id.is_empty() || !is_visible(&id) {
        return Err(invalid("the client id is empty, or has characters other than visible ASCII"));
    }
    Ok(id)
}
