//! A list of faults of records, as C reads it.

use std::ffi::{CString, c_char};
use std::ptr::null;

use super::handle::{c_text, get, pointer, release};
use crate::Fault;

// == Checks and warnings

/// Faults of single records that do not keep a push from being sent: warnings. Owned by the caller
/// where a function gives it out, and freed with vanta_faults_free(); borrowed where a getter
/// returns it. It never changes, so any number of threads may read it. Texts live as long as it.
pub struct vanta_faults(pub(super) Vec<FaultText>);

/// A fault's texts.
pub(super) struct FaultText {
    pub(super) index: i64,
    pub(super) unique_id: Option<CString>,
    pub(super) pointer: CString,
    pub(super) message: CString,
}

impl From<&Fault> for FaultText {
    fn from(fault: &Fault) -> FaultText {
        FaultText {
            index: fault.index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1),
            unique_id: fault.unique_id.as_deref().map(c_text),
            pointer: c_text(&fault.pointer),
            message: c_text(&fault.message),
        }
    }
}

impl From<&[Fault]> for vanta_faults {
    fn from(faults: &[Fault]) -> vanta_faults {
        vanta_faults(faults.iter().map(FaultText::from).collect())
    }
}

fn fault(faults: Option<&vanta_faults>, number: usize) -> Option<&FaultText> {
    faults?.0.get(number)
}

/// How many there are. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_faults_count(faults: Option<&vanta_faults>) -> usize {
    get(faults, 0, |faults| faults.0.len())
}

/// Position of the record that a fault is about, from 0; -1 when it is not about one record, or
/// past the last fault. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_faults_index(faults: Option<&vanta_faults>, number: usize) -> i64 {
    get(fault(faults, number), -1, |fault| fault.index)
}

/// The uniqueId of the record that a fault is about; NULL when it is not known, or past the last
/// fault. One of more than 300 characters is cut, and ends in an ellipsis. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_faults_unique_id(
    faults: Option<&vanta_faults>,
    number: usize,
) -> *const c_char {
    get(fault(faults, number), null(), |fault| pointer(fault.unique_id.as_ref()))
}

/// JSON pointer to the fault within its record, "" for the record itself; NULL past the last fault.
/// One of more than 300 characters is cut, and ends in an ellipsis. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_faults_pointer(
    faults: Option<&vanta_faults>,
    number: usize,
) -> *const c_char {
    get(fault(faults, number), null(), |fault| fault.pointer.as_ptr())
}

/// What is wrong, in words; NULL past the last fault. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_faults_message(
    faults: Option<&vanta_faults>,
    number: usize,
) -> *const c_char {
    get(fault(faults, number), null(), |fault| fault.message.as_ptr())
}

/// Frees a list that was given out. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_faults_free(faults: Option<Box<vanta_faults>>) {
    release(faults);
}
