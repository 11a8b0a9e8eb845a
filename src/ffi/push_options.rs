//! What the settings of a call say about pushes: checks, guards, progress.
//!
//! They hold for every push that is made with the settings, so another resource wants others.

use std::ffi::{c_char, c_void};
use std::mem::{MaybeUninit, take};

use super::arguments::{bytes, required, text};
use super::body::vanta_body;
use super::error::vanta_error;
use super::guard::guard;
use super::options::vanta_options;
use super::push_settings::{ProgressCallback, Settings};
use super::receipt::vanta_receipt;
use super::status::vanta_status;
use crate::error::{Error, ErrorKind, Result};
use crate::{Level, Rule, Schema};

// == Options of pushes

/// A rule for records: one of the VANTA_RULE_ numbers.
pub type vanta_rule = i32;

// -- Rules

/// The schema of the kind. Vanta rejects the whole push otherwise. Default: VANTA_LEVEL_ERROR.
pub const VANTA_RULE_SCHEMA: vanta_rule = 0;
/// An optional member is left out instead of null. Default: VANTA_LEVEL_WARNING.
pub const VANTA_RULE_NULL_OPTIONAL: vanta_rule = 1;
/// externalUrl is an https URL. Default: VANTA_LEVEL_WARNING.
pub const VANTA_RULE_HTTPS_URL: vanta_rule = 2;
/// A task has closedTimestamp exactly when it is CLOSED. Default: VANTA_LEVEL_WARNING.
pub const VANTA_RULE_CLOSED_TIMESTAMP: vanta_rule = 3;
/// Severities and confidences lie between 0 and 10. Default: VANTA_LEVEL_WARNING.
pub const VANTA_RULE_ZERO_TO_TEN: vanta_rule = 4;
/// A vulnerability names a known component. Default: VANTA_LEVEL_WARNING.
pub const VANTA_RULE_UNKNOWN_COMPONENT: vanta_rule = 5;
/// A uniqueId differs from another in more than letter case, leading or trailing blanks (invisible
/// characters count as blanks) or Unicode normalisation. Default: VANTA_LEVEL_WARNING.
pub const VANTA_RULE_SIMILAR_IDS: vanta_rule = 6;

/// What happens to a record that violates a rule: one of the VANTA_LEVEL_ numbers.
pub type vanta_level = i32;

// -- Levels

/// The rule is not applied.
pub const VANTA_LEVEL_OFF: vanta_level = 0;
/// The record is pushed, and the receipt lists the violation as a warning.
pub const VANTA_LEVEL_WARNING: vanta_level = 1;
/// Nothing is sent: VANTA_ERR_INVALID_RECORDS.
pub const VANTA_LEVEL_ERROR: vanta_level = 2;

const LEVELS: [Level; 3] = [Level::Off, Level::Warning, Level::Error];

/// Receives the bytes sent, the bytes of the whole body, the number of records, and `user_data`.
/// The thread of the call runs it. Each attempt starts again at 0. It must not call the library,
/// throw or longjmp.
pub type vanta_progress_callback =
    Option<extern "C" fn(sent: u64, total: u64, records: usize, user_data: *mut c_void)>;

fn change(
    options: Option<&mut vanta_options>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
    change: impl FnOnce(&mut Settings) -> Result<()>,
) -> vanta_status {
    guard(error, || change(&mut required(options, "options")?.push))
}

/// Sets what happens to records that violate a rule: one of the VANTA_RULE_ and one of the
/// VANTA_LEVEL_ numbers; another is VANTA_ERR_INVALID_ARGUMENT. Defaults: see the rules.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_rule(
    options: Option<&mut vanta_options>,
    rule: vanta_rule,
    level: vanta_level,
) -> vanta_status {
    change(options, None, |push| {
        let (rule, level) = (one_of(&Rule::ALL, rule, "rule")?, one_of(&LEVELS, level, "level")?);
        push.checks = take(&mut push.checks).level(rule, level);
        Ok(())
    })
}

fn one_of<T: Copy>(known: &[T], number: i32, name: &str) -> Result<T> {
    let found = usize::try_from(number).ok().and_then(|number| known.get(number));
    let unknown = || Error::new(ErrorKind::InvalidArgument, format!("{name} {number}"));
    found.copied().ok_or_else(unknown)
}

/// Sets a schema of your own for whole records, which replaces the schema of the kind: JSON Type
/// Definition (RFC 8927), of `size` bytes, as the Developer Console shows it. A malformed schema is
/// VANTA_ERR_INVALID_ARGUMENT. Default: the schema of the kind. `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_schema(
    options: Option<&mut vanta_options>,
    json: *const c_char,
    size: usize,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    change(options, error, |push| {
        let schema = schema(json, size)?;
        push.checks = take(&mut push.checks).schema(schema);
        Ok(())
    })
}

/// Sets the schema of customProperties, of `size` bytes, as the Developer Console shows it. Each
/// record must then have them. A malformed schema is VANTA_ERR_INVALID_ARGUMENT. Default: none.
/// `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_custom_properties(
    options: Option<&mut vanta_options>,
    json: *const c_char,
    size: usize,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    change(options, error, |push| {
        let schema = schema(json, size)?;
        push.checks = take(&mut push.checks).custom_properties(schema);
        Ok(())
    })
}

fn schema(json: *const c_char, size: usize) -> Result<Schema> {
    let text = std::str::from_utf8(bytes(json, size, "json")?).map_err(|error| {
        Error::new(ErrorKind::InvalidUtf8, format!("json at byte {}", error.valid_up_to()))
    })?;
    Schema::parse(text)
}

/// Adds the components of a body to those that vulnerabilities may name: a body that was, or will
/// be, pushed before the vulnerabilities.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_add_components(
    options: Option<&mut vanta_options>,
    body: Option<&vanta_body>,
) -> vanta_status {
    change(options, None, |push| {
        let components = &required(body, "body")?.body;
        push.checks = take(&mut push.checks).components(components.unique_ids());
        Ok(())
    })
}

/// Sets the resource whose live components are read before vulnerabilities are pushed, and added to
/// those that they may name. Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_live_components(
    options: Option<&mut vanta_options>,
    resource_id: *const c_char,
) -> vanta_status {
    change(options, None, |push| {
        let resource_id = text(resource_id, "resource_id")?;
        push.options = take(&mut push.options).live_components(resource_id);
        Ok(())
    })
}

/// Allows (1) or rejects (0) a push without records. The deletion guard still applies. Options hold
/// for every push that is made with them: use others for another resource. Default: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_allow_empty(
    options: Option<&mut vanta_options>,
    allow: i32,
) -> vanta_status {
    change(options, None, |push| {
        push.options = take(&mut push.options).allow_empty(allow != 0);
        Ok(())
    })
}

/// Allows a push to delete at most `most` live records. A negative number converted to size_t is
/// VANTA_ERR_INVALID_ARGUMENT. Default: half of them, or all when there are fewer than three.
///
/// ```c
/// vanta_options *options = NULL;
/// vanta_options_new(&options);
/// vanta_options_expect_removals(options, 40);
/// vanta_options_set_rule(options, VANTA_RULE_HTTPS_URL, VANTA_LEVEL_ERROR);
/// vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, NULL, NULL);
/// vanta_options_free(options);
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_expect_removals(
    options: Option<&mut vanta_options>,
    most: usize,
) -> vanta_status {
    change(options, None, |push| {
        // A negative number that somebody let become a size would allow everything.
        if isize::try_from(most).is_err() {
            let words = format!("{most} removals: that many records exist nowhere");
            return Err(Error::new(ErrorKind::InvalidArgument, words));
        }
        push.options = take(&mut push.options).expect_removals(most);
        Ok(())
    })
}

/// Disables (1) or enables (0) the deletion guard. Without it nothing is read before the push, and
/// every live record that is not in the body is deleted. Default: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_allow_any_removals(
    options: Option<&mut vanta_options>,
    allow: i32,
) -> vanta_status {
    change(options, None, |push| {
        push.options = take(&mut push.options).allow_any_removals(allow != 0);
        Ok(())
    })
}

/// Sets whether a push is sent only if the remote state is not that of the body (1) or always (0).
/// The live records are read and compared as vanta_plan() does, once for this and for the deletion
/// guard. When nothing would change, nothing is sent, and the receipt is VANTA_RECEIPT_UNCHANGED.
/// The push is sent when members cannot be compared, and within 60 seconds of a push of the
/// resource by this process that was accepted or whose outcome is unknown: a list may not show that
/// one yet. Live records that cannot be read fail the push. Default: 0.
///
/// ```c
/// vanta_options *options = NULL;
/// vanta_receipt *receipt = NULL;
/// vanta_options_new(&options);
/// vanta_options_set_only_if_changed(options, 1);
/// vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, &receipt, NULL);
/// if (vanta_receipt_kind(receipt) == VANTA_RECEIPT_UNCHANGED)
///     printf("nothing to do\n");
/// vanta_receipt_free(receipt);
/// vanta_options_free(options);
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_only_if_changed(
    options: Option<&mut vanta_options>,
    only_if_changed: i32,
) -> vanta_status {
    change(options, None, |push| {
        push.options = take(&mut push.options).only_if_changed(only_if_changed != 0);
        Ok(())
    })
}

/// Sets a receipt whose record count the deletion guard uses instead of reading the live records.
/// Use it when the token has no read scope. The receipt must be of a push or verify of the same
/// origin, application, kind and resource; otherwise the push is VANTA_ERR_INVALID_ARGUMENT and
/// sends nothing. The receipt may be freed afterwards. Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_baseline(
    options: Option<&mut vanta_options>,
    receipt: Option<&vanta_receipt>,
) -> vanta_status {
    change(options, None, |push| {
        let receipt = required(receipt, "receipt")?.receipt();
        push.options = take(&mut push.options).baseline(receipt);
        Ok(())
    })
}

/// Sets the baseline, as vanta_options_set_baseline() does, to the newest receipt of a resource in
/// an audit file, pushed or verified by the application that pushes. Receipts of other applications
/// are ignored; a push for which there is none is VANTA_ERR_INVALID_ARGUMENT. `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_baseline_from_audit(
    options: Option<&mut vanta_options>,
    path: *const c_char,
    kind: *const c_char,
    resource_id: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    change(options, error, |push| {
        let (path, kind) = (text(path, "path")?, text(kind, "kind")?.parse()?);
        let resource_id = text(resource_id, "resource_id")?;
        let options = push.options.clone().baseline_from_audit(path, &kind, resource_id)?;
        push.options = options;
        Ok(())
    })
}

/// Sets the progress callback. NULL disables it. Default: NULL. `callback` and `user_data` may be
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_progress(
    options: Option<&mut vanta_options>,
    callback: vanta_progress_callback,
    user_data: *mut c_void,
) -> vanta_status {
    change(options, None, |push| {
        push.progress = callback.map(|callback| ProgressCallback { callback, user_data });
        Ok(())
    })
}
