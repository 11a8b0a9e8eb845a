//! One row of a list: the text that the server sent, and the little that is asked of every row.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Plain, glance};

/// One row: the record as it was pushed, and what Vanta added to it.
///
/// It becomes a value when one is asked for, and not before. The rows of a list share its text:
/// while one of them is kept, that is kept too.
#[derive(Clone)]
pub struct Row {
    list: Arc<Zeroizing<Vec<u8>>>,
    at: Range<usize>,
    head: Head,
}

impl Row {
    pub(super) fn new(list: &Arc<Zeroizing<Vec<u8>>>, at: Range<usize>, head: Head) -> Row {
        Row { list: Arc::clone(list), at, head }
    }

    /// The record's own id.
    pub fn unique_id(&self) -> &str {
        self.head.unique_id(&self.list)
    }

    /// When Vanta first saw the record (RFC 3339), where it says so.
    pub fn created_at(&self) -> Option<&str> {
        self.head.created_at.as_ref().map(|date| date.within(&self.list))
    }

    /// When Vanta last saw the record (RFC 3339), where it says so.
    pub fn updated_at(&self) -> Option<&str> {
        self.head.updated_at.as_ref().map(|date| date.within(&self.list))
    }

    /// When the record was left out of a push (RFC 3339); `None` for a live one.
    pub fn deleted_at(&self) -> Option<&str> {
        self.head.deleted_at(&self.list)
    }

    /// Whether the row is kept but no longer counts.
    pub fn is_deleted(&self) -> bool {
        self.head.deleted_at.is_some()
    }

    /// The record as it was pushed, without what Vanta added.
    pub fn record(&self) -> Value {
        let read = serde_json::from_slice(&self.list[self.at.clone()]);
        let mut record: Map<String, Value> = read.expect("it was read when it came");
        for added in ["createdAt", "updatedAt", "deletedAt"] {
            record.remove(added);
        }
        Value::Object(record)
    }

    /// The row as the server shows it, what Vanta added among it.
    pub fn whole(&self) -> Value {
        let mut whole = self.record();
        for (key, value) in [
            ("createdAt", self.created_at()),
            ("updatedAt", self.updated_at()),
            ("deletedAt", self.deleted_at()),
        ] {
            whole[key] = Value::from(value);
        }
        whole
    }

    /// The record as a type of yours.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.record()).map_err(|error| {
            let message = format!("row {:?} is of another shape ({error})", self.unique_id());
            Error::new(ErrorKind::InvalidAnswer, message)
        })
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.whole())
    }
}

/// What is asked of every row.
#[derive(Clone)]
pub(super) struct Head {
    unique_id: Words,
    created_at: Option<Words>,
    updated_at: Option<Words>,
    deleted_at: Option<Words>,
}

/// A text of a row: where it stands in the list, or by itself where it is written with escapes.
#[derive(Clone)]
enum Words {
    At(u32, u32),
    Apart(Box<str>),
}

impl Words {
    fn within<'a>(&'a self, list: &'a [u8]) -> &'a str {
        match self {
            Words::At(start, end) => std::str::from_utf8(&list[*start as usize..*end as usize])
                .expect("it was read when it came"),
            Words::Apart(text) => text,
        }
    }
}

impl Head {
    pub(super) fn unique_id<'a>(&'a self, list: &'a [u8]) -> &'a str {
        self.unique_id.within(list)
    }

    pub(super) fn deleted_at<'a>(&'a self, list: &'a [u8]) -> Option<&'a str> {
        self.deleted_at.as_ref().map(|date| date.within(list))
    }

    /// Reads a row that begins at `start` of the list; all of it must be a value.
    pub(super) fn of(row: &str, start: usize) -> serde_json::Result<Head> {
        Head::glanced(row, start)
            .map_or_else(|| Ok(serde_json::from_str::<Strict>(row)?.into()), Ok)
    }

    /// `None` where the row must be looked at more closely.
    fn glanced(row: &str, start: usize) -> Option<Head> {
        let (mut id, mut created, mut updated, mut deleted) = (None, None, None, None);
        let mut plain = true;
        let before = row.as_ptr() as usize - start;
        let is_value = glance(None, row, |key, value| {
            let slot = match key {
                "uniqueId" => &mut id,
                "createdAt" => &mut created,
                "updatedAt" => &mut updated,
                "deletedAt" => &mut deleted,
                _ => return,
            };
            let words = match value {
                Plain::Text(Cow::Borrowed(text)) => {
                    let at = text.as_ptr() as usize - before;
                    let ends = (u32::try_from(at), u32::try_from(at + text.len()));
                    let (Ok(start), Ok(end)) = ends else { return plain = false };
                    Some(Words::At(start, end))
                }
                Plain::Null => None,
                _ => return plain = false,
            };
            plain &= slot.replace(words).is_none();
        });
        let [created_at, updated_at, deleted_at] = [created, updated, deleted].map(Option::flatten);
        let unique_id = id.flatten().filter(|_| plain && is_value)?;
        Some(Head { unique_id, created_at, updated_at, deleted_at })
    }
}

/// The same from a tree of values: what is wrong with a row is told by this.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Strict {
    unique_id: String,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    deleted_at: Option<String>,
    #[serde(flatten)]
    _rest: Map<String, Value>,
}

impl From<Strict> for Head {
    fn from(strict: Strict) -> Head {
        let apart = |text: String| Words::Apart(text.into());
        Head {
            unique_id: apart(strict.unique_id),
            created_at: strict.created_at.map(apart),
            updated_at: strict.updated_at.map(apart),
            deleted_at: strict.deleted_at.map(apart),
        }
    }
}
