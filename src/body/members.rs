//! What a parser that skips or keeps a value does not show: members that an object has twice, and
//! the member whose value cannot be read.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::scan::quoted;
use super::size::part;

/// More than anybody reads.
const MOST: usize = 100;

/// What one pass over the text of a record finds: JSON pointers and words.
pub(super) struct Members {
    /// Each member that repeats the name of an earlier one, however deep it is.
    pub(super) duplicates: Vec<(String, String)>,
    /// The value that cannot be read, such as an unpaired surrogate or 1e999.
    pub(super) unreadable: Option<(String, String)>,
}

impl Members {
    pub(super) fn of(record: &str) -> Members {
        let notes = RefCell::new(Notes::default());
        let mut json = serde_json::Deserializer::from_str(record);
        let read = Node { path: String::new(), notes: &notes }.deserialize(&mut json);
        let Notes { at, in_name, duplicates } = notes.into_inner();
        let what = if in_name { "the name of a member" } else { "it" };
        let unreadable =
            read.err().map(|error| (at, format!("{what} cannot be read: {}", quoted(&error))));
        Members { duplicates, unreadable }
    }
}

/// Whether a text may have a `\u` escape for half a surrogate pair without the other half. It may
/// say so of an escaped backslash before a `u`, too.
pub(super) fn may_have_half_pair(json: &str) -> bool {
    let code = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut after_high = usize::MAX;
    json.match_indices('\\').any(|(at, _)| match code(at) {
        Some(0xdc00..=0xdfff) => at != after_high,
        Some(0xd800..=0xdbff) => {
            after_high = at + 6;
            !matches!(code(after_high), Some(0xdc00..=0xdfff))
        }
        _ => false,
    })
}

#[derive(Default)]
struct Notes {
    /// Where the value is that is being read.
    at: String,
    /// Whether it is a name that is being read, of a member of this value.
    in_name: bool,
    duplicates: Vec<(String, String)>,
}

/// A value and where it is.
struct Node<'n> {
    path: String,
    notes: &'n RefCell<Notes>,
}

impl Node<'_> {
    fn below(&self, name: &str) -> Self {
        Node { path: format!("{}{}", self.path, part(name)), notes: self.notes }
    }

    fn arrive(&self) {
        self.notes.borrow_mut().at.clone_from(&self.path);
    }

    fn note_duplicate(&self, name: &str) {
        let mut notes = self.notes.borrow_mut();
        if notes.duplicates.len() < MOST {
            let words =
                format!("duplicate member {:?}", name.chars().take(MOST).collect::<String>());
            notes.duplicates.push((self.path.clone(), words));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.arrive();
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        loop {
            self.notes.borrow_mut().in_name = true;
            let name = object.next_key::<String>()?;
            self.notes.borrow_mut().in_name = false;
            let Some(name) = name else { return Ok(()) };
            let inner = self.below(&name);
            if names.contains(&name) {
                inner.note_duplicate(&name);
            }
            names.insert(name);
            object.next_value_seed(inner)?;
            self.arrive();
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while values.next_element_seed(self.below(&index.to_string()))?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}
