//! Which members the records of a body have.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Body;

impl Body {
    /// Returns the names of the members that any record sets. A null, and an empty object of custom
    /// properties, set nothing.
    pub(crate) fn members(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.each(|_, _, record| {
            let mut json = serde_json::Deserializer::from_str(record);
            // A record that cannot be read is never sent.
            let _ = Names(&mut names).deserialize(&mut json);
        });
        names
    }
}

struct Names<'a>(&'a mut BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value::<&RawValue>()?.get();
            if !is_nothing(&name, value) && !self.0.contains(&name) {
                self.0.insert(name);
            }
        }
        Ok(())
    }
}

fn is_nothing(name: &str, value: &str) -> bool {
    let is_empty = || value.strip_prefix('{').is_some_and(|rest| rest.trim_start() == "}");
    value == "null" || (name == "customProperties" && is_empty())
}
