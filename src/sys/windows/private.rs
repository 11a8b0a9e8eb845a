//! Opens and creates files that only their owner may use, besides administrators and the system.
//!
//! The store's files and the audit file go through here, so that both get the same checks.

use std::fs::File;
use std::io::{self, Error, ErrorKind};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle};
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{
    GENERIC_ALL, GENERIC_READ, GENERIC_WRITE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_NEW, CreateFileW, DELETE, FILE_APPEND_DATA, FILE_ATTRIBUTE_DIRECTORY,
    FILE_ATTRIBUTE_NORMAL, FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_OPEN_REPARSE_POINT,
    FILE_GENERIC_WRITE, FILE_READ_DATA, FILE_SHARE_DELETE, FILE_SHARE_READ, FILE_SHARE_WRITE,
    FILE_TYPE_DISK, FILE_WRITE_DATA, GetFileType, SECURITY_ANONYMOUS, WRITE_DAC, WRITE_OWNER,
};

use super::file::{self, information};
use super::security::{Private, Security};
use super::user::Group;
use super::wide;
use crate::sys::{Access, OpenError};

/// What no other user may do with a file: read it, change it, or let others do so.
const USING: u32 = FILE_READ_DATA
    | FILE_WRITE_DATA
    | FILE_APPEND_DATA
    | DELETE
    | WRITE_DAC
    | WRITE_OWNER
    | GENERIC_READ
    | GENERIC_WRITE
    | GENERIC_ALL;

/// Who may use a file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sharing {
    /// No group can be named: see `user`.
    #[expect(dead_code)]
    pub(crate) group: Option<Group>,
    /// Whether the file may have a second name.
    pub(crate) hard_links: bool,
}

impl Sharing {
    /// Creates a file that must not exist yet. It is private from the first moment, whatever it
    /// would inherit of its folder.
    pub(crate) fn create(self, path: &Path, access: Access) -> io::Result<File> {
        let path = wide::path(path)?;
        let private = Private::file()?;
        let share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
        file::open(access, || {
            // SAFETY: the path is terminated, and the descriptor lives as long as the call.
            let handle = unsafe {
                CreateFileW(
                    path.as_ptr(),
                    rights(access),
                    share,
                    &private.attributes(),
                    CREATE_NEW,
                    FILE_ATTRIBUTE_NORMAL,
                    ptr::null_mut(),
                )
            };
            if handle == INVALID_HANDLE_VALUE {
                return Err(Error::last_os_error());
            }
            // SAFETY: it was just opened, and is ours.
            Ok(unsafe { File::from_raw_handle(handle) })
        })
    }

    /// Opens a file if it exists and is safe. Never follows a link.
    pub(crate) fn open(self, path: &Path, access: Access) -> Result<Option<File>, OpenError> {
        let mut options = File::options();
        options.access_mode(rights(access)).security_qos_flags(SECURITY_ANONYMOUS);
        options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
        // Windows says of a folder that access is denied.
        if path.is_dir() {
            return Err(not_regular());
        }
        match file::open(access, || options.open(path)) {
            Ok(file) => {
                self.check(&file)?;
                Ok(Some(file))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn check(self, file: &File) -> Result<(), OpenError> {
        // SAFETY: the handle is open.
        if unsafe { GetFileType(file.as_raw_handle()) } != FILE_TYPE_DISK {
            return Err(not_regular());
        }
        let found = information(file)?;
        if found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT != 0 {
            return Err(OpenError::because("is a symbolic link; name the file itself"));
        }
        if found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY != 0 {
            return Err(not_regular());
        }
        let security = Security::of(file)?;
        if let Some(why) = security.foreign_owner(false) {
            return Err(OpenError::Unsafe(why));
        }
        if let Some(who) = security.others_who_may(USING, false) {
            return Err(OpenError::Unsafe(format!(
                "has permissions by which {who} may use it; remove them, or delete it"
            )));
        }
        if found.nNumberOfLinks > 1 && !self.hard_links {
            return Err(OpenError::because("has a second name (a hard link); delete one of them"));
        }
        Ok(())
    }
}

fn rights(access: Access) -> u32 {
    match access {
        Access::Read => GENERIC_READ,
        Access::Write => GENERIC_READ | GENERIC_WRITE,
        // Without the right to write elsewhere, each write goes to the end.
        Access::Append => GENERIC_READ | (FILE_GENERIC_WRITE & !FILE_WRITE_DATA),
    }
}

fn not_regular() -> OpenError {
    OpenError::because("is not a regular file")
}
