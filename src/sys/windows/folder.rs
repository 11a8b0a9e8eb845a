//! Folders in which no other user may replace files.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use windows_sys::Win32::Foundation::{GENERIC_ALL, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem::{
    CreateDirectoryW, DELETE, FILE_ADD_FILE, FILE_DELETE_CHILD, FILE_FLAG_BACKUP_SEMANTICS,
    READ_CONTROL, WRITE_DAC, WRITE_OWNER,
};

use super::security::{Private, Security};
use super::user::Group;
use super::wide;

/// The rights of which each one allows to put another file into a file's place.
const REPLACING: u32 = FILE_ADD_FILE
    | FILE_DELETE_CHILD
    | DELETE
    | WRITE_DAC
    | WRITE_OWNER
    | GENERIC_WRITE
    | GENERIC_ALL;

/// Whose a folder is, and who may put files there.
pub(crate) struct Folder(Security);

impl Folder {
    pub(crate) fn find(path: &Path) -> Result<Folder> {
        let mut options = File::options();
        options.access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
        let found = options.open(path)?;
        // A file in its place would only show later, as a path that is not found.
        if !found.metadata()?.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        Security::of(&found).map(Folder)
    }

    /// Creates a folder for this user alone. Its parent must exist.
    pub(crate) fn create(path: &Path, _: Option<Group>) -> Result<()> {
        let path = wide::path(path)?;
        let private = Private::folder()?;
        // SAFETY: the path is terminated, and the descriptor lives as long as the call.
        let outcome = unsafe { CreateDirectoryW(path.as_ptr(), &private.attributes()) };
        if outcome == 0 { Err(Error::last_os_error()) } else { Ok(()) }
    }

    /// Why others may replace files in the folder, and what to do. `other` is the advice to use
    /// another folder.
    pub(crate) fn refusal(&self, _: Option<Group>, other: &dyn Fn() -> String) -> Option<String> {
        let Folder(security) = self;
        if let Some(who) = security.others_who_may(REPLACING, true) {
            let other = other();
            return Some(format!("has permissions by which {who} may put files there; {other}"));
        }
        security.foreign_owner(true)
    }
}
