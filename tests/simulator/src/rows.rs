//! How a record is stored, and how a list shows it.

use serde_json::{Number, Value, json};

use crate::dates::respelt;
use crate::schemas;
use crate::settings::Settings;

/// A record that was pushed.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) record: Value,
    pub(crate) created: String,
    pub(crate) updated: String,
    pub(crate) deleted: Option<String>,
}

impl Row {
    /// Returns the row in a list.
    pub(crate) fn shown(&self, schema: &Value, settings: &Settings) -> Value {
        let mut shown = self.record.clone();
        if let (false, Some(record)) = (settings.custom_properties_in_list, shown.as_object_mut()) {
            record.shift_remove("customProperties");
        }
        if settings.nulls_dropped || settings.timestamps_rewritten {
            reshape(&mut shown, schema, settings);
        }
        shown["createdAt"] = json!(self.created);
        shown["updatedAt"] = json!(self.updated);
        shown["deletedAt"] = json!(self.deleted);
        shown
    }

    pub(crate) fn delete(&mut self, now: &str) {
        self.deleted.get_or_insert_with(|| now.to_owned());
    }

    pub(crate) fn id(&self) -> &str {
        id(&self.record)
    }
}

pub(crate) fn id(record: &Value) -> &str {
    record.get("uniqueId").and_then(Value::as_str).unwrap_or_default()
}

/// Returns the record as it is stored: "float is rounded to one decimal", says
/// <https://developer.vanta.com/reference/build-integrations.json> of the severities that are
/// floats.
pub(crate) fn stored(record: &Value, schema: &Value, settings: &Settings) -> Value {
    let mut stored = record.clone();
    let float = schema.get("severity").is_some_and(|form| form == "float64");
    if settings.severities_rounded && float {
        stored["severity"] = rounded(&stored["severity"]);
    }
    stored
}

fn rounded(severity: &Value) -> Value {
    let whole = |number: f64| (number * 10.0).round() / 10.0;
    let changed = severity.as_f64().filter(|number| whole(*number) != *number);
    changed.and_then(|number| Number::from_f64(whole(number))).map_or(severity.clone(), Value::from)
}

/// Leaves out optional nulls and normalises timestamps, as the settings say.
fn reshape(value: &mut Value, form: &Value, settings: &Settings) {
    match (value, form) {
        (Value::Array(items), Value::Array(forms)) => {
            let each = forms.first().unwrap_or(&Value::Null);
            items.iter_mut().for_each(|item| reshape(item, each, settings));
        }
        (Value::Object(members), Value::Object(_)) => {
            for (key, form) in schemas::fields(form) {
                let name = schemas::name(key);
                let Some(value) = members.get_mut(name) else { continue };
                if value.is_null() && schemas::is_optional(key) && settings.nulls_dropped {
                    members.shift_remove(name);
                } else {
                    reshape(value, form, settings);
                }
            }
        }
        (Value::String(text), Value::String(form)) if schemas::is_of_time(form) => {
            if let Some(other) = respelt(text).filter(|_| settings.timestamps_rewritten) {
                *text = other;
            }
        }
        _ => {}
    }
}
