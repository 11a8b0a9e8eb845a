//! Which members the records of a body have.

use std::collections::BTreeSet;

use super::request::Body;
use crate::json::{Reader, Value};

impl Body {
    /// Returns the names of the members that any record sets. A null, and an empty object of custom
    /// properties, set nothing.
    pub(crate) fn members(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.each(|_, _, record| {
            let mut reader = Reader::new(record);
            let Ok(Value::Object) = reader.value() else { return };
            while let Ok(Some(name)) = reader.name() {
                if !is_nothing(&name, reader.skip()) && !names.contains(&*name) {
                    names.insert(name.into_owned());
                }
            }
        });
        names
    }
}

fn is_nothing(name: &str, value: &str) -> bool {
    let is_empty = || value.strip_prefix('{').is_some_and(|rest| rest.trim_start() == "}");
    value == "null" || (name == "customProperties" && is_empty())
}
