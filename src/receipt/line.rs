//! A receipt: a line for people, and a line of JSON for auditors.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::application::Application;
use super::not_comparable::{NotComparable, listed};
use crate::body::check_resource_id;
use crate::config::{is_origin, normal_origin};
use crate::error::{Error, ErrorKind, Result, Violation, many, sanitize};
use crate::resource::Kind;

/// What a receipt proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReceiptKind {
    /// Vanta clearly accepted a push.
    Pushed,
    /// The live records were read back, and are those of the body.
    Verified,
    /// Vanta took a file for a document.
    Uploaded,
    /// Nothing: a push was sent, and its outcome is unknown. Only in audit files.
    Unknown,
    /// Nothing was sent: a list showed the records of the body, as it was when it was read. Of a
    /// push with [`only_if_changed`](crate::PushOptions::only_if_changed). It is no baseline, and
    /// settles no unknown outcome.
    Unchanged,
}

/// Proof of a push that Vanta accepted, of a body that was found live, or of an upload; or the
/// record of a push that was not sent.
///
/// `Display` is a line for a log, [`to_json`](Receipt::to_json) one for auditors. There is no
/// secret in either.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Receipt {
    /// What it proves.
    #[serde(alias = "proof")]
    pub receipt_kind: ReceiptKind,
    /// When the response came, by this machine's clock: RFC 3339, in UTC.
    pub time: String,
    /// The origin of the service. `None` in a line of an older version, which did not record it.
    #[serde(default)]
    pub origin: Option<String>,
    /// The client id of the application. `None` where the client has a static token, whose
    /// application it does not know.
    #[serde(default)]
    pub application: Option<String>,
    /// What was pushed; `document` for an upload.
    #[serde(serialize_with = "show_kind", deserialize_with = "take_kind", alias = "kind")]
    pub resource_kind: Kind,
    /// For which resource, or which document.
    pub resource_id: String,
    /// How many records.
    #[serde(alias = "records")]
    pub record_count: usize,
    /// How many bytes the request's body had; those of the file for an upload.
    #[serde(alias = "bytes")]
    pub byte_len: u64,
    /// SHA-256 of those bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The HTTP status of the response.
    #[serde(alias = "status")]
    pub http_status: u16,
    /// The request id that the server's front gave out.
    pub request_id: Option<String>,
    /// How many requests the call made, in all its attempts: token requests, reads (of the deletion
    /// guard too) and writes. The last one was accepted.
    pub attempts: u32,
    /// The generation of the token that the last request carried.
    pub token_generation: u64,
    /// How many live records a push deleted, by the remote state just before it; `None` where that
    /// was not read.
    #[serde(default)]
    pub removed: Option<usize>,
    /// The id that Vanta gave to an uploaded file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<String>,
    /// Members that [`verify`](crate::Client::verify) could not compare, since the service returns
    /// them on no row. What Vanta holds for these members is not proved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_comparable: Vec<NotComparable>,
    /// How many warnings there are.
    #[serde(rename = "warnings")]
    pub warning_count: usize,
    /// What Vanta may refuse one day; see [`Rule`](crate::Rule). Only their number is in the JSON.
    #[serde(skip)]
    pub warnings: Vec<Violation>,
    /// Whether the receipt is in the audit file; false where there is none, or it failed.
    #[serde(skip)]
    pub audited: bool,
}

impl Receipt {
    /// Returns one line of JSON, without its line end, as the audit file has it.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("text and numbers can be encoded")
    }

    /// Reads such a line.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where the line is no receipt.
    pub fn from_json(line: &str) -> Result<Receipt> {
        let receipt: Receipt = serde_json::from_str(line).map_err(|error| {
            let words = format!("this is not a receipt ({error})");
            Error::new(ErrorKind::InvalidArgument, words)
        })?;
        check_resource_id(&receipt.resource_id).map(|()| receipt)
    }

    /// The application that the receipt is of; `None` where an older version wrote it.
    pub(crate) fn of_application(&self) -> Option<Application> {
        let origin = normal_origin(self.origin.as_deref()?);
        Some(Application { origin, client_id: self.application.clone() })
    }

    /// Whether it is of this application. False where an older version wrote it.
    pub(crate) fn is_of(&self, application: &Application) -> bool {
        let is_same = |origin: &str| is_origin(origin, &application.origin);
        self.origin.as_deref().is_some_and(is_same) && self.application == application.client_id
    }

    /// Whether the receipt says how many records are live.
    pub(crate) fn has_live_count(&self) -> bool {
        matches!(self.receipt_kind, ReceiptKind::Pushed | ReceiptKind::Verified)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receipt { resource_kind, resource_id, byte_len: bytes, http_status, attempts, .. } =
            self;
        let records = many(self.record_count, "record");
        write!(f, "{resource_kind} {resource_id}: ")?;
        match self.receipt_kind {
            ReceiptKind::Pushed => write!(f, "{records} in {bytes} bytes accepted")?,
            ReceiptKind::Verified => {
                write!(f, "{records} live at Vanta, as in the body of {bytes} bytes")?
            }
            ReceiptKind::Uploaded => write!(f, "a file of {bytes} bytes accepted")?,
            ReceiptKind::Unknown => write!(f, "{records} in {bytes} bytes sent, outcome unknown")?,
            ReceiptKind::Unchanged => write!(f, "{records} in {bytes} bytes unchanged, not sent")?,
        }
        if let Some(removed) = self.removed.filter(|removed| *removed > 0) {
            write!(f, ", {} removed", many(removed, "record"))?;
        }
        if !self.not_comparable.is_empty() {
            write!(f, ", not comparable: {}", listed(&self.not_comparable))?;
        }
        if self.warning_count > 0 {
            write!(f, ", {}", many(self.warning_count, "warning"))?;
        }
        write!(f, " (HTTP {http_status}, {}", many(*attempts as usize, "request"))?;
        match &self.request_id {
            Some(id) => write!(f, ", request id {})", sanitize(id)),
            None => write!(f, ")"),
        }
    }
}

fn show_kind<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.as_str())
}

fn take_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let name = String::deserialize(deserializer)?;
    Kind::exact(&name).ok_or_else(|| serde::de::Error::custom("kind is malformed"))
}
