//! What a push would change, as C reads it: numbers, lines for people, JSON.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use super::handle::{c_text, get, release};
use super::names::in_c;
use super::receipt::vanta_not_comparable;
use crate::ChangePlan;

// == Change plans

/// The changes that a push would make. Owned by the caller: free it with vanta_change_plan_free().
/// It never changes, so any number of threads may read it. Texts that getters return are valid
/// until it is freed.
///
/// ```c
/// vanta_change_plan *plan = NULL;
/// vanta_status status = vanta_plan(client, VANTA_KIND_USER_ACCOUNT, body, NULL, &plan, NULL);
/// if (status == VANTA_OK)
///     printf("%s", vanta_change_plan_text(plan));
/// if (status == VANTA_OK && !vanta_change_plan_is_empty(plan))
///     status = vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, NULL, NULL);
/// vanta_change_plan_free(plan);
/// ```
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

/// Returns how many records the push would add. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_added(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.added.len())
}

/// Returns how many live records the push would change. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_changed(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.changed.len())
}

/// Returns how many leavers the push would deactivate; see vanta_body_with_leavers(). They are not
/// counted as changed. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_deactivated(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.deactivated.len())
}

/// Returns how many live records the push would delete. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_removed(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.removed.len())
}

/// Returns how many live records are equal to the body's in every member. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_unchanged(plan: Option<&vanta_change_plan>) -> usize {
    get(plan, 0, |plan| plan.plan.unchanged)
}

/// Returns 1 when the push would change nothing, so that a job may skip it, otherwise 0. It is also
/// 0 when members cannot be compared with the remote state, and when an earlier push may have set
/// such a member that this body does not set. Earlier pushes are known from this process and, for
/// customProperties of a kind whose schema has them, from the audit file. When neither knows the
/// resource, a member that the service returns on no row and the body does not set counts as
/// absent. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_is_empty(plan: Option<&vanta_change_plan>) -> i32 {
    get(plan, 0, |plan| i32::from(plan.plan.is_empty()))
}

/// Returns the members that the service returns on no row, so that they cannot be compared.
/// Borrowed from the plan: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_not_comparable(
    plan: Option<&vanta_change_plan>,
) -> Option<&vanta_not_comparable> {
    get(plan, None, |plan| Some(&plan.not_comparable))
}

/// Returns 1 when the deletion guard would reject the push, for the reason in
/// vanta_change_plan_text(), otherwise 0. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_is_refused(plan: Option<&vanta_change_plan>) -> i32 {
    get(plan, 0, |plan| i32::from(plan.plan.refusal.is_some()))
}

/// Returns the plan as text for people, one line for each record that would change; never NULL.
/// With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_change_plan_text(plan: Option<&vanta_change_plan>) -> *const c_char {
    let text = |plan: &vanta_change_plan| c_text(&plan.plan.to_string());
    get(plan, c"".as_ptr(), |plan| plan.text.get_or_init(|| text(plan)).as_ptr())
}

/// Returns the plan as one JSON object with the members kind, resourceId, live, records, bytes,
/// added, changed (with the differences), deactivated, removed, unchanged, notComparable, warnings
/// and refusal; never NULL. With NULL: "".
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
