//! What a push would change, as C reads it: numbers, lines for people, JSON.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use super::handle::{c_text, get, release};
use super::names::in_c;
use super::receipt::vanta_not_comparable;
use crate::ChangePlan;

// == Change plans

/// What a push would change. Owned by the caller: free it with vanta_change_plan_free(). It never
/// changes, so any number of threads may read it. Texts live until it is freed.
pub struct vanta_change_plan {
    plan: ChangePlan,
    /// Made when somebody asks: a plan of many records is a long text.
    text: OnceLock<CString>,
    json: OnceLock<CString>,
    not_comparable: vanta_not_comparable,
}

impl From<ChangePlan> for vanta_change_plan {
    fn from(mut plan: ChangePlan) -> vanta_change_plan {
        // Only here are names of settings the library's own words.
        plan.refusal = plan.refusal.map(|words| in_c(&words));
        let not_comparable = vanta_not_comparable::from(plan.not_comparable.as_slice());
        vanta_change_plan { plan, text: OnceLock::new(), json: OnceLock::new(), not_comparable }
    }
}

/// How many records are not live yet. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_added(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.added.len())
}

/// How many live records would be other than they are. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_changed(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.changed.len())
}

/// How many live records would go. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_removed(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.removed.len())
}

/// How many live records would stay as they are, in every member. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_unchanged(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.unchanged)
}

/// 1 when a push would change nothing; 0 when it would, or when some members cannot be compared,
/// also where an earlier push may have set them and this body does not. A job that pushes only what
/// has changed asks this function. Earlier pushes are known from this process and, for
/// customProperties of a kind whose schema has them, from the audit file. Where neither knows the
/// resource, members that the service returns on no row and that the body does not set are taken
/// for absent. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_is_empty(plan: Option<&vanta_change_plan>) -> i32 {
    get(plan, 0, |plan| i32::from(plan.plan.is_empty()))
}

/// Members that the service returns on no row, so that they cannot be compared. Borrowed from the
/// plan: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_not_comparable(
    plan: Option<&vanta_change_plan>,
) -> Option<&vanta_not_comparable> {
    get(plan, None, |plan| Some(&plan.not_comparable))
}

/// 1 when the guard would refuse the push; the text says why. Else 0. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_is_refused(plan: Option<&vanta_change_plan>) -> i32 {
    get(plan, 0, |plan| i32::from(plan.plan.refusal.is_some()))
}

/// The plan for people: a line for each record that would be touched; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_text(plan: Option<&vanta_change_plan>) -> *const c_char {
    let text = |plan: &vanta_change_plan| c_text(&plan.plan.to_string());
    get(plan, c"".as_ptr(), |plan| plan.text.get_or_init(|| text(plan)).as_ptr())
}

/// The plan as one JSON object: kind, resourceId, live, records, bytes, added, changed (with the
/// differences), removed, unchanged, notComparable, warnings, refusal; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_json(plan: Option<&vanta_change_plan>) -> *const c_char {
    let json = |plan: &vanta_change_plan| c_text(&plan.plan.to_json());
    get(plan, c"".as_ptr(), |plan| plan.json.get_or_init(|| json(plan)).as_ptr())
}

/// Frees a plan. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_free(plan: Option<Box<vanta_change_plan>>) {
    release(plan);
}
