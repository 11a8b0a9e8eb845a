//! Goes through a request body record by record: no tree of all of them is built.

use crate::json::{Malformed, Reader, Value};

/// Calls `with` with a reader before each record of a request body, or of an array of records. It
/// reads the record. Fails where the text is not JSON.
pub(super) fn each<'a>(
    reader: &mut Reader<'a>,
    mut with: impl FnMut(&mut Reader<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let outer = reader.value()?;
    if !matches!(outer, Value::Object) {
        return elements(reader, &outer, &mut with);
    }
    while let Some(name) = reader.name()? {
        if name == "resources" {
            let value = reader.value()?;
            elements(reader, &value, &mut with)?;
        } else {
            reader.skip()?;
        }
    }
    Ok(())
}

/// Goes through an array, and skips a value of another type.
fn elements<'a>(
    reader: &mut Reader<'a>,
    begun: &Value<'a>,
    with: &mut impl FnMut(&mut Reader<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    if !matches!(begun, Value::Array) {
        return reader.leave(begun);
    }
    while reader.element()? {
        with(reader)?;
    }
    Ok(())
}
