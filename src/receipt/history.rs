//! The receipts of one resource in an audit file: which of them a push may use as its baseline.

use std::path::{Path, PathBuf};

use super::application::Application;
use super::audit;
use super::line::{Receipt, ReceiptKind};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Kind;

/// The newest receipt of each application for one kind and resource, newest first.
#[derive(Clone, Debug)]
pub(crate) struct History {
    path: PathBuf,
    /// The kind and the resource id.
    resource: String,
    receipts: Vec<Receipt>,
}

impl History {
    /// Reads an audit file. Lines that are no receipts of the resource are ignored.
    pub(crate) fn read(path: &Path, kind: &Kind, resource_id: &str) -> Result<History> {
        let text = audit::read(path)?;
        let resource = format!("{kind} {resource_id}");
        let mut history = History { path: path.to_owned(), resource, receipts: Vec::new() };
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(history.unusable(TORN));
        }
        let fits = |receipt: &Receipt| {
            let same = receipt.resource_kind == *kind && receipt.resource_id == resource_id;
            // Of a push that was not sent, nothing is known that an older receipt does not say.
            let is_push =
                !matches!(receipt.receipt_kind, ReceiptKind::Uploaded | ReceiptKind::Unchanged);
            same && is_push
        };
        let lines = text.lines().rev().filter_map(|line| Receipt::from_json(line).ok());
        lines.filter(fits).for_each(|receipt| history.add(receipt));
        Ok(history)
    }

    fn add(&mut self, receipt: Receipt) {
        let same = |known: &Receipt| known.of_application() == receipt.of_application();
        if !self.receipts.iter().any(same) {
            self.receipts.push(receipt);
        }
    }

    /// Fails where no application can use the file as a baseline.
    pub(crate) fn check(&self) -> Result<()> {
        match self.receipts.first() {
            None => Err(self.missing("")),
            Some(newest) if newest.origin.is_none() => Err(self.unusable(UNNAMED)),
            Some(_) if self.receipts.iter().any(Receipt::has_live_count) => Ok(()),
            Some(_) => Err(self.unusable(UNKNOWN)),
        }
    }

    /// The newest receipt, of whichever application.
    pub(super) fn newest(&self) -> Result<Option<Receipt>> {
        match self.receipts.first() {
            Some(receipt) if receipt.receipt_kind == ReceiptKind::Unknown => {
                Err(self.unusable(UNKNOWN))
            }
            newest => Ok(newest.cloned()),
        }
    }

    /// The newest receipt that may be of an application, whatever it proves. One that names no
    /// application may be of any.
    pub(crate) fn newest_of(&self, application: &Application) -> Option<&Receipt> {
        let may_be =
            |receipt: &&Receipt| receipt.of_application().is_none_or(|other| other == *application);
        self.receipts.iter().find(may_be)
    }

    /// The receipt that is an application's baseline. Receipts of other applications are ignored.
    /// One that names no application may be of any, so no receipt before it is used.
    pub(crate) fn baseline_of(&self, application: &Application) -> Result<&Receipt> {
        for receipt in &self.receipts {
            match receipt.of_application() {
                None => return Err(self.unusable(UNNAMED)),
                Some(other) if other != *application => {}
                Some(_) if receipt.receipt_kind == ReceiptKind::Unknown => {
                    return Err(self.unusable(UNKNOWN));
                }
                Some(_) => return Ok(receipt),
            }
        }
        Err(self.missing(&format!(" by {application}")))
    }

    fn missing(&self, by: &str) -> Error {
        let words = format!("{} has no push of {}{by}", self.path.display(), self.resource);
        Error::new(ErrorKind::InvalidArgument, words)
    }

    fn unusable(&self, why: &str) -> Error {
        let words = format!("{}, {why}", self.path.display());
        Error::new(ErrorKind::InvalidArgument, words)
    }
}

impl Receipt {
    /// Returns the newest receipt of a push or verify of a resource in an audit file, of any
    /// application; `None` where the file has none.
    ///
    /// Fails where the outcome of that push is unknown, or the last line is torn: then the number
    /// of live records is not known. Other lines that are no receipts are ignored. Prefer
    /// [`baseline_from_audit`](crate::PushOptions::baseline_from_audit), which takes the receipt of
    /// the application that pushes.
    pub fn last_live(
        path: impl AsRef<Path>,
        kind: &Kind,
        resource_id: &str,
    ) -> Result<Option<Receipt>> {
        History::read(path.as_ref(), kind, resource_id)?.newest()
    }
}

const TORN: &str = "its last line is incomplete; verify the last push first";

const UNKNOWN: &str = "the outcome of the last push is unknown; verify that push first";

/// What to do about a receipt of an older version.
pub(crate) const UNNAMED: &str = "the receipt names no origin and application, as an older \
     version wrote it: verify once, and use that receipt";
