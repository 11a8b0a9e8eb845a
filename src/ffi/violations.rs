//! A list of violations of records, as C reads it.

use std::ffi::{CString, c_char};
use std::ptr::null;

use super::handle::{c_text, get, pointer, release};
use crate::Violation;

// == Validation

/// Violations of single records that do not keep a push from being sent: warnings. Owned by the
/// caller where a function gives it out, and freed with vanta_violations_free(); borrowed where a
/// getter returns it. It never changes, so any number of threads may read it. Texts live as long as
/// it.
pub struct vanta_violations(pub(super) Vec<ViolationText>);

/// A violation's texts.
pub(super) struct ViolationText {
    pub(super) index: i64,
    pub(super) unique_id: Option<CString>,
    pub(super) pointer: CString,
    pub(super) message: CString,
}

impl From<&Violation> for ViolationText {
    fn from(violation: &Violation) -> ViolationText {
        ViolationText {
            index: violation.index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1),
            unique_id: violation.unique_id.as_deref().map(c_text),
            pointer: c_text(&violation.pointer),
            message: c_text(&violation.message),
        }
    }
}

impl From<&[Violation]> for vanta_violations {
    fn from(violations: &[Violation]) -> vanta_violations {
        vanta_violations(violations.iter().map(ViolationText::from).collect())
    }
}

fn violation(violations: Option<&vanta_violations>, number: usize) -> Option<&ViolationText> {
    violations?.0.get(number)
}

/// How many there are. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_count(violations: Option<&vanta_violations>) -> usize {
    get(violations, 0, |violations| violations.0.len())
}

/// Position of the record that a violation is about, from 0; -1 when it is not about one record, or
/// past the last violation. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_index(
    violations: Option<&vanta_violations>,
    number: usize,
) -> i64 {
    get(violation(violations, number), -1, |violation| violation.index)
}

/// The uniqueId of the record that a violation is about; NULL when it is not known, or past the
/// last violation. One of more than 300 characters is cut, and ends in an ellipsis. With NULL:
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_unique_id(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| pointer(violation.unique_id.as_ref()))
}

/// JSON pointer to the violation within its record, "" for the record itself; NULL past the last
/// violation. One of more than 300 characters is cut, and ends in an ellipsis. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_pointer(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| violation.pointer.as_ptr())
}

/// What is wrong, in words; NULL past the last violation. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_message(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| violation.message.as_ptr())
}

/// Frees a list that was given out. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_free(violations: Option<Box<vanta_violations>>) {
    release(violations);
}
