//! Whether a value has one of the types of RFC 8927 section 2.2.3.

use super::form::Type;
use super::timestamp::is_timestamp;
use crate::json::Value;

impl Type {
    pub(super) fn holds(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Type::Boolean, Value::Boolean)
            | (Type::Float, Value::Number(_))
            | (Type::String, Value::String(_)) => true,
            (Type::Timestamp, Value::String(text)) => is_timestamp(text),
            (Type::Integer { least, most, .. }, Value::Number(number)) => {
                match (number.as_i64(), number.as_f64()) {
                    (Some(number), _) => (least..=most).contains(&number),
                    // 10.0 is an integer too (RFC 8927 section 3.3.3).
                    (None, Some(number)) => {
                        number.fract() == 0.0 && number >= least as f64 && number <= most as f64
                    }
                    (None, None) => false,
                }
            }
            _ => false,
        }
    }

    /// Returns what a value of this type is called in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Boolean => "boolean",
            Type::Float => "number",
            Type::String => "string",
            Type::Timestamp => "an RFC 3339 timestamp with an offset, such as 2026-01-31T12:00:00Z",
            Type::Integer { name, .. } => name,
        }
    }
}
