//! Goes through a request body record by record: no tree of all of them is built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::{Reader, Value};

/// Calls `with` with a reader before each record of a request body that was read before. It reads
/// the record.
pub(super) fn each<'a>(body: &'a str, mut with: impl FnMut(&mut Reader<'a>)) {
    let mut reader = Reader::new(body);
    let Ok(Value::Object) = reader.value() else { return };
    while let Ok(Some(name)) = reader.name() {
        if name != "resources" {
            reader.skip();
        } else if let Ok(Value::Array) = reader.value() {
            while reader.element() {
                with(&mut reader);
            }
        }
    }
}

/// Calls `with` with the text of each record of a request body, or of an array of records, that
/// may be malformed.
pub(super) fn try_each<'a>(
    json: &'a [u8],
    mut with: impl FnMut(&'a str),
) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_slice(json);
    Records(&mut with).deserialize(&mut json)?;
    json.end()
}

/// Finds the array of the records.
struct Records<'w, F>(&'w mut F);

impl<'de, F: FnMut(&'de str)> DeserializeSeed<'de> for Records<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&'de str)> Visitor<'de> for Records<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resources" => map.next_value_seed(Records(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<&RawValue>()? {
            (self.0)(record.get());
        }
        Ok(())
    }
}
