//! Goes through a payload record by record: no tree of all of them is built.

use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Shows the text of each record of a request body, or of an array of records.
pub(super) fn each<'a>(json: &'a [u8], see: impl FnMut(&'a str)) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_slice(json);
    let see = RefCell::new(see);
    Walk { reader: Show(&see), count: &mut 0 }.deserialize(&mut json)?;
    json.end()
}

/// How many records of a request body, from the first on, `reader` takes and says yes to.
pub(super) fn run<'a>(json: &'a [u8], reader: impl Reader<'a>) -> usize {
    let mut count = 0;
    let Ok(json) = std::str::from_utf8(json) else { return 0 };
    let mut json = serde_json::Deserializer::from_str(json);
    // Its error is that of a record, or that it ended with a no.
    let _ = Walk { reader, count: &mut count }.deserialize(&mut json);
    count
}

/// Takes one record, and says whether to go on.
pub(super) trait Reader<'de>: DeserializeSeed<'de, Value = bool> + Copy {}

impl<'de, R: DeserializeSeed<'de, Value = bool> + Copy> Reader<'de> for R {}

/// Finds the array of the records, and reads them.
struct Walk<'c, R> {
    reader: R,
    count: &'c mut usize,
}

impl<'de, R: Reader<'de>> DeserializeSeed<'de> for Walk<'_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Reader<'de>> Visitor<'de> for Walk<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resources" => map.next_value_seed(Walk { count: &mut *self.count, ..self })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(true) = records.next_element_seed(self.reader)? {
            *self.count += 1;
        }
        Ok(())
    }
}

/// Shows the text of a record.
struct Show<'w, F>(&'w RefCell<F>);

impl<F> Clone for Show<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Show<'_, F> {}

impl<'de, F: FnMut(&'de str)> DeserializeSeed<'de> for Show<'_, F> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, record: D) -> Result<bool, D::Error> {
        let text = <&RawValue>::deserialize(record)?;
        (self.0.borrow_mut())(text.get());
        Ok(true)
    }
}
