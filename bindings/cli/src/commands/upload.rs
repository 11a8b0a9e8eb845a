//! `vanta upload`: a file for a document.

use vanta::{Action, Upload};

use crate::args;
use crate::config;
use crate::failure::Result;
use crate::output::{self, Output};

/// What an upload needs. A token that the other commands share then has their scopes too.
const SCOPE: &str = "self:write-document";

pub fn run(options: &args::Upload, output: &Output) -> Result<()> {
    let mut connection = options.connection.clone();
    if connection.scope.is_none() && config::variable("VANTA_SCOPE").is_none() {
        connection.scope = Some(SCOPE.to_owned());
    }
    let client = config::client(&connection, output)?;
    let mut upload = Upload::new(&options.document_id, &options.file);
    if let Some(date) = &options.effective_at_date {
        upload = upload.effective_at_date(date);
    }
    if let Some(text) = &options.description {
        upload = upload.description(text);
    }
    let client = match output.start_progress(format!("uploading {}", options.file.display())) {
        Some(bar) => client.with_progress(move |progress| output::show(&bar, progress)),
        None => client,
    };
    let receipt = client.upload(&upload)?;
    let written = output.result(&receipt, receipt.to_json());
    written.map_err(|failure| failure.with_action(Action::VerifyOrRepeat))
}
