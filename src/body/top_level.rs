//! What the members of all records say together, noted while the text is read for the ids: which
//! names any record sets, and whether a validator could find a member that an object has twice.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::json::{self, Malformed, Reader, Text};
use crate::schema::{Origin, validate};

/// The members of all records.
#[derive(Clone, Default)]
pub(super) struct Members {
    /// The names that any record sets. A null, and an empty object of custom properties, set
    /// nothing.
    pub(super) set: BTreeSet<String>,
    /// Whether an object has a member twice, or a value in a record has parts that cannot be read.
    pub(super) has_duplicates: bool,
}

/// Notes the members of one record after the other.
#[derive(Default)]
pub(super) struct TopLevel<'a> {
    records: usize,
    names: Vec<Name<'a>>,
    indices: HashMap<Cow<'a, str>, usize>,
    /// The index of the name that comes next where records have the same members in one order, as
    /// most have. Then a name costs one comparison.
    next: usize,
    has_duplicates: bool,
    is_off: bool,
}

pub(super) struct Name<'a> {
    text: Cow<'a, str>,
    /// What is written from its quote up to the value, mostly.
    written: &'a str,
    /// The number of the last record that has it.
    record: usize,
    pub(super) is_set: bool,
    pub(super) is_unique_id: bool,
}

impl<'a> TopLevel<'a> {
    pub(super) fn begin_record(&mut self) {
        self.records += 1;
        self.next = 0;
    }

    /// Notes nothing any more, and keeps nothing: for records that are too large in all.
    pub(super) fn turn_off(&mut self) {
        *self = TopLevel { is_off: true, ..TopLevel::default() };
    }

    /// Reads the name of the next member of the record that was begun last.
    #[inline(always)]
    pub(super) fn next_name(
        &mut self,
        reader: &mut Reader<'a>,
    ) -> Result<Option<&mut Name<'a>>, Malformed> {
        let expected = self.names.get(self.next).map_or("", |name| name.written);
        match reader.expect_name(expected)? {
            None => return Ok(None),
            Some(json::Name::Expected) => {}
            Some(json::Name::Other(text, written)) => self.next = self.find(text, written),
        };
        let name = &mut self.names[self.next];
        self.next += 1;
        self.has_duplicates |= name.record == self.records;
        name.record = self.records;
        Ok(Some(name))
    }

    /// Notes the value of the member whose name was read last, and skips it.
    pub(super) fn add(&mut self, reader: &mut Reader<'a>) -> Result<(), Malformed> {
        let first = reader.byte();
        let value = reader.skip()?;
        let name = &mut self.names[self.next - 1];
        match first {
            Some(b'n') => {}
            Some(b'{' | b'[') => {
                self.has_duplicates = self.has_duplicates || has_duplicates(value);
                name.is_set |= name.text != "customProperties" || !is_empty(value);
            }
            _ => name.is_set = true,
        }
        Ok(())
    }

    /// The index of a name. Where nothing is to be kept, all names have index 0.
    fn find(&mut self, text: Text<'a>, written: &'a str) -> usize {
        // Where it is not readable, the record is refused.
        let text = text.decode().unwrap_or_default();
        if self.names.get(self.next).is_some_and(|next| next.text == text) {
            return self.next;
        }
        if self.is_off {
            self.names.clear();
            self.indices.clear();
        }
        let index = *self.indices.entry(text.clone()).or_insert(self.names.len());
        if index == self.names.len() {
            let is_unique_id = text == "uniqueId";
            self.names.push(Name { text, written, record: 0, is_set: false, is_unique_id });
        }
        index
    }

    pub(super) fn into_members(self) -> Members {
        let names = self.names.into_iter().filter(|name| name.is_set);
        let mut set = BTreeSet::new();
        set.extend(names.map(|name| name.text.into_owned()));
        Members { set, has_duplicates: self.has_duplicates }
    }
}

/// Whether it is an object without members.
fn is_empty(value: &str) -> bool {
    value.strip_prefix('{').is_some_and(|rest| rest.trim_start() == "}")
}

/// Whether an object in an array or object has a member twice, or something in it cannot be read.
fn has_duplicates(value: &str) -> bool {
    if !value.as_bytes().contains(&b'{') {
        return false;
    }
    let found = validate(None, &mut Reader::new(value), Origin::Text, &mut ());
    !found.duplicates.is_empty() || found.unreadable.is_some()
}
