//! Who we are to Vanta; a secret in a file is read again each time it is needed.

use std::path::PathBuf;

use super::check::{LONGEST_ID, LONGEST_SECRET, check_length};
use super::source::only_one;
use super::{Values, invalid, is_visible, read_secret, secret_shape};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// Who we are to Vanta.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    secret: Option<SecretSource>,
}

#[derive(Debug)]
enum SecretSource {
    Text(Secret),
    File(PathBuf),
}

impl Credentials {
    /// Who never asks for a token needs no secret.
    pub(super) fn from(values: &Values, never_mint: bool) -> Result<Credentials> {
        let missing = |what: &str, how: &str| {
            Error::new(ErrorKind::MissingCredentials, format!("no {what}: set {how}"))
        };
        let id_how = "client_id, or VANTA_CLIENT_ID and Config::from_env";
        let client_id = values.client_id.clone().ok_or_else(|| missing("client id", id_how))?;
        only_one(values.client_secret.is_some(), values.client_secret_file.is_some())?;
        let secret_how = "client_secret_file or client_secret, or VANTA_CLIENT_SECRET_FILE or \
                          VANTA_CLIENT_SECRET and Config::from_env";
        let secret = match (&values.client_secret, &values.client_secret_file) {
            (Some(secret), _) => Some(SecretSource::Text(secret.clone())),
            (None, Some(path)) => Some(SecretSource::File(path.clone())),
            (None, None) if never_mint => None,
            (None, None) => return Err(missing("client secret", secret_how)),
        };
        let credentials = Credentials { client_id: check_id(client_id)?, secret };
        if credentials.secret.is_some() {
            credentials.secret()?;
        }
        Ok(credentials)
    }

    /// The client secret as it stands now: a file is read anew, so a rotation needs no restart.
    pub(crate) fn secret(&self) -> Result<Secret> {
        let from = self.source_name();
        let secret = match &self.secret {
            Some(SecretSource::Text(secret)) => secret.clone(),
            Some(SecretSource::File(path)) => read_secret(path)?,
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
            return Err(shape.map_or(error.clone(), |words| error.adding(&format!("it {words}"))));
        }
        Ok(secret)
    }

    /// What the secret is called in messages.
    fn source_name(&self) -> String {
        match &self.secret {
            Some(SecretSource::File(path)) => path.display().to_string(),
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

fn check_id(id: String) -> Result<String> {
    check_length("the client id", &id, LONGEST_ID)?;
    if id.starts_with("vcs_") {
        return Err(invalid("the client id begins with vcs_: that is a client secret"));
    }
    if id.is_empty() || !is_visible(&id) {
        return Err(invalid("the client id is empty, or not all of it is visible ASCII"));
    }
    Ok(id)
}
