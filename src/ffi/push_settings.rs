//! What the settings of a call say about pushes.

use std::ffi::c_void;

use crate::{Client, Progress, PushOptions, ValidationOptions};

/// What a call says of pushes.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) checks: ValidationOptions,
    pub(super) options: PushOptions,
    pub(super) progress: Option<ProgressCallback>,
}

impl Settings {
    pub(super) fn options(&self) -> PushOptions {
        self.options.clone().validation(self.checks.clone())
    }

    pub(super) fn checks(&self) -> &ValidationOptions {
        &self.checks
    }

    pub(super) fn watch(&self, client: Client) -> Client {
        match &self.progress {
            None => client,
            Some(callback) => {
                let callback = callback.clone();
                client.with_progress(move |progress| callback.report(progress))
            }
        }
    }
}

/// A callback of the program's, and its pointer.
#[derive(Clone)]
pub(super) struct ProgressCallback {
    pub(super) callback: extern "C" fn(u64, u64, usize, *mut c_void),
    pub(super) user_data: *mut c_void,
}

// SAFETY: the pointer is only given back to the program, on the thread of the call that it was
// given to.
unsafe impl Send for ProgressCallback {}
// SAFETY: as above.
unsafe impl Sync for ProgressCallback {}

impl ProgressCallback {
    fn report(&self, progress: &Progress) {
        (self.callback)(progress.sent, progress.total, progress.records, self.user_data);
    }
}
