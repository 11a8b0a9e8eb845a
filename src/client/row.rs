//! One row of a list: the text that the server sent, and the little that is asked of every row.

use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Map;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::json::{Reader, Value};

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

    /// Returns the row as the server sent it, as JSON text.
    #[must_use]
    pub fn as_text(&self) -> &str {
        std::str::from_utf8(&self.list[self.at.clone()]).expect("it was read when it came")
    }

    /// Returns the record's own id.
    #[must_use]
    pub fn unique_id(&self) -> &str {
        self.head.unique_id(&self.list)
    }

    /// Returns when Vanta first saw the record (RFC 3339), where the row has it.
    #[must_use]
    pub fn created_at(&self) -> Option<&str> {
        self.head.created_at.as_ref().map(|date| date.within(&self.list))
    }

    /// Returns when Vanta last saw the record (RFC 3339), where the row has it.
    #[must_use]
    pub fn updated_at(&self) -> Option<&str> {
        self.head.updated_at.as_ref().map(|date| date.within(&self.list))
    }

    /// Returns when the record was left out of a push (RFC 3339); `None` for a live one.
    #[must_use]
    pub fn deleted_at(&self) -> Option<&str> {
        self.head.deleted_at(&self.list)
    }

    /// Returns whether the row is soft-deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.head.deleted_at.is_some()
    }

    /// Returns the record as it was pushed, without the three dates that Vanta adds.
    #[must_use]
    pub fn record(&self) -> serde_json::Value {
        let read = serde_json::from_slice(&self.list[self.at.clone()]);
        let mut record: Map<String, serde_json::Value> = read.expect("it was read when it came");
        for added in ["createdAt", "updatedAt", "deletedAt"] {
            record.remove(added);
        }
        serde_json::Value::Object(record)
    }

    /// Returns the row as the server sent it, with the three dates that Vanta adds.
    #[must_use]
    pub fn as_json(&self) -> serde_json::Value {
        let mut whole = self.record();
        for (key, value) in [
            ("createdAt", self.created_at()),
            ("updatedAt", self.updated_at()),
            ("deletedAt", self.deleted_at()),
        ] {
            whole[key] = serde_json::Value::from(value);
        }
        whole
    }

    /// Returns the record as a type of yours.
    ///
    /// # Errors
    ///
    /// [`InvalidResponse`](ErrorKind::InvalidResponse) where the record is not one of that type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_value(self.record()).map_err(|error| {
            let message = format!("row {:?} is of another shape ({error})", self.unique_id());
            Error::new(ErrorKind::InvalidResponse, message)
        })
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.as_json())
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
    /// `before` is what is subtracted from an address to get the position in the list.
    fn of(text: Cow<'_, str>, before: usize) -> Words {
        if let Cow::Borrowed(text) = text {
            let start = text.as_ptr() as usize - before;
            let ends = (u32::try_from(start), u32::try_from(start + text.len()));
            if let (Ok(start), Ok(end)) = ends {
                return Words::At(start, end);
            }
        }
        Words::Apart(text.into())
    }

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

    /// Reads a row that begins at `start` of the list.
    pub(super) fn of(row: &str, start: usize) -> Result<Head, String> {
        let (unique_id, dates) = id_and_dates(row, DATES)?;
        let [created_at, updated_at, deleted_at] = dates;
        let before = row.as_ptr() as usize - start;
        let words = |text: Cow<'_, str>| Words::of(text, before);
        Ok(Head {
            unique_id: words(unique_id),
            created_at: created_at.map(words),
            updated_at: updated_at.map(words),
            deleted_at: deleted_at.map(words),
        })
    }
}

const UNIQUE_ID: &str = "uniqueId";
const DATES: [&str; 3] = ["createdAt", "updatedAt", "deletedAt"];

type IdAndDates<'a, const N: usize> = (Cow<'a, str>, [Option<Cow<'a, str>>; N]);

/// Reads the id of a row, and the members that are dates, of which each may be null or absent.
pub(super) fn id_and_dates<'a, const N: usize>(
    row: &'a str,
    names: [&str; N],
) -> Result<IdAndDates<'a, N>, String> {
    let mut reader = Reader::new(row);
    let (mut id, mut dates) = (None, [const { None }; N]);
    reader.object("a row")?;
    while let Some(name) = reader.name()? {
        let date = names.iter().position(|date| *date == name);
        let slot = match date {
            Some(at) => &mut dates[at],
            None if name == UNIQUE_ID => &mut id,
            None => {
                reader.skip()?;
                continue;
            }
        };
        if slot.is_some() {
            return Err(format!("duplicate member {name:?}"));
        }
        *slot = Some(text_or_null(&mut reader, &name)?);
    }
    match id {
        Some(Some(id)) => Ok((id, dates.map(Option::flatten))),
        Some(None) => Err(format!("{UNIQUE_ID} is null")),
        None => Err(format!("{UNIQUE_ID} is missing")),
    }
}

fn text_or_null<'a>(reader: &mut Reader<'a>, name: &str) -> Result<Option<Cow<'a, str>>, String> {
    reader.of_type(format_args!("{name} to be a string"), |value| match value {
        Value::String(text) => Some(Some(mem::take(text))),
        Value::Null => Some(None),
        _ => None,
    })
}
