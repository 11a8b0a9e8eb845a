//! Any value, read with serde to its end: also what is inside it must be readable.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub(crate) enum AnyValue<'a> {
    String(Cow<'a, str>),
    Other,
}

impl<'de> Deserialize<'de> for AnyValue<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = AnyValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::String(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::Other)
    }

    fn visit_unit<E>(self) -> Result<AnyValue<'de>, E> {
        Ok(AnyValue::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<AnyValue<'de>, A::Error> {
        while array.next_element::<AnyValue>()?.is_some() {}
        Ok(AnyValue::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<AnyValue<'de>, A::Error> {
        while object.next_entry::<IgnoredAny, AnyValue>()?.is_some() {}
        Ok(AnyValue::Other)
    }
}
