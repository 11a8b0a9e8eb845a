//! A list of violations of records, as C reads it.

use std::ffi::{CString, c_char};
use std::ptr::null;

use super::handle::{c_text, get, pointer, release};
use super::names::in_c;
use crate::{Rule, Violation};

// == Validation

/// Violations of single records. A list that a function sets as an output is owned by the caller:
/// free it with vanta_violations_free(). A list that a getter returns is borrowed. It never
/// changes, so any number of threads may read it. Texts that getters return are valid as long as
/// the list.
///
/// ```c
/// vanta_violations *found = NULL;
/// const vanta_violations *warnings;
/// vanta_error *error = NULL;
/// if (vanta_validate(VANTA_KIND_USER_ACCOUNT, body, NULL, &found, &error) != VANTA_OK)
///     fprintf(stderr, "%s\n", vanta_error_message(error));
/// warnings = error ? vanta_error_warnings(error) : found;
/// for (size_t i = 0; i < vanta_violations_count(warnings); i++) {
///     const char *id = vanta_violations_unique_id(warnings, i); // NULL: unknown
///     printf("warning: record %ld, \"%s\"%s: %s\n", (long)vanta_violations_index(warnings, i),
///            id != NULL ? id : "", vanta_violations_pointer(warnings, i),
///            vanta_violations_message(warnings, i));
/// }
/// vanta_violations_free(found);
/// vanta_error_free(error);
/// ```
pub struct vanta_violations(pub(super) Vec<ViolationText>);

/// A violation's texts.
pub(super) struct ViolationText {
    pub(super) index: i64,
    pub(super) unique_id: Option<CString>,
    pub(super) pointer: CString,
    pub(super) message: CString,
    rule: Option<Rule>,
}

impl From<&Violation> for ViolationText {
    fn from(violation: &Violation) -> ViolationText {
        ViolationText {
            index: violation.index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1),
            unique_id: violation.unique_id.as_deref().map(c_text),
            pointer: c_text(&violation.pointer),
            message: c_text(&in_c(&violation.message)),
            rule: violation.rule,
        }
    }
}

/// The names of rules, by their numbers. In one table, as pointers to texts are relocations.
static NAMES: [[u8; 18]; Rule::ALL.len()] = [
    *b"schema\0\0\0\0\0\0\0\0\0\0\0\0",
    *b"null_optional\0\0\0\0\0",
    *b"https_url\0\0\0\0\0\0\0\0\0",
    *b"closed_timestamp\0\0",
    *b"zero_to_ten\0\0\0\0\0\0\0",
    *b"unknown_component\0",
    *b"similar_ids\0\0\0\0\0\0\0",
];

impl From<&[Violation]> for vanta_violations {
    #[inline(never)] // for the size of the library
    fn from(violations: &[Violation]) -> vanta_violations {
        vanta_violations(violations.iter().map(ViolationText::from).collect())
    }
}

fn violation(violations: Option<&vanta_violations>, number: usize) -> Option<&ViolationText> {
    violations?.0.get(number)
}

/// Returns the number of violations. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_count(violations: Option<&vanta_violations>) -> usize {
    get(violations, 0, |violations| violations.0.len())
}

/// Returns the position of the record, counted from 0; -1 when a violation belongs to no single
/// record, and past the last one. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_index(
    violations: Option<&vanta_violations>,
    number: usize,
) -> i64 {
    get(violation(violations, number), -1, |violation| violation.index)
}

/// Returns the uniqueId of the record, cut to 300 characters and an ellipsis; NULL when it is
/// unknown, and past the last violation. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_unique_id(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| pointer(violation.unique_id.as_ref()))
}

/// Returns the JSON pointer of the violation within its record, cut to 300 characters and an
/// ellipsis; "" for the record itself, and NULL past the last violation. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_pointer(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| violation.pointer.as_ptr())
}

/// Returns what is wrong, in words; NULL past the last violation. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_message(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| violation.message.as_ptr())
}

/// Returns the rule that the record breaks, named after its constant: "https_url" for
/// VANTA_RULE_HTTPS_URL, which vanta_options_set_rule() takes. NULL where no rule applies (a
/// duplicate member, a mistake in the use of a body builder, what the server rejects), and past the
/// last violation. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_rule(
    violations: Option<&vanta_violations>,
    number: usize,
) -> *const c_char {
    get(violation(violations, number), null(), |violation| {
        violation.rule.map_or(null(), |rule| NAMES[rule as usize].as_ptr().cast())
    })
}

/// Frees a list of violations. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_violations_free(violations: Option<Box<vanta_violations>>) {
    release(violations);
}
