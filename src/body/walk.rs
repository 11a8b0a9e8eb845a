//! Goes through a payload record by record: no tree of all of them is built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Shows the text of each record of a request body, or of an array of records.
pub(super) fn each<'a>(json: &'a [u8], mut see: impl FnMut(&'a str)) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_slice(json);
    Walk(&mut see).deserialize(&mut json)?;
    json.end()
}

struct Walk<'w, 'de>(&'w mut dyn FnMut(&'de str));

impl<'de> DeserializeSeed<'de> for Walk<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resources" => map.next_value_seed(Walk(&mut *self.0))?,
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
