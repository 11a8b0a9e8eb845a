//! Opens, compares and replaces files.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, Result};
use std::mem::MaybeUninit;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::Path;

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT,
    FILE_READ_ATTRIBUTES, GetFileInformationByHandle, SECURITY_ANONYMOUS,
};
use windows_sys::Win32::System::Threading::Sleep;

use crate::sys::Access;

/// What stands between the paths of a list.
pub(crate) const LIST_SEPARATOR: char = ';';

/// Opens a file to read it. The server of a named pipe in its place does not learn who we are.
pub(crate) fn open_to_read(path: &Path) -> Result<File> {
    File::options().read(true).security_qos_flags(SECURITY_ANONYMOUS).open(path)
}

/// Which file it is, whatever its name: the volume and the number there.
#[derive(PartialEq, Eq)]
pub(crate) struct Identity(u32, u64);

impl Identity {
    /// Of the file that a name leads to, through links.
    pub(crate) fn of_target(path: &Path) -> Option<Identity> {
        let file = to_look_at().custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path).ok()?;
        Identity::of_open(&file)
    }

    /// Of the file that has this name, which may be a link.
    pub(crate) fn of_name(path: &Path) -> Option<Identity> {
        let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
        Identity::of_open(&to_look_at().custom_flags(flags).open(path).ok()?)
    }

    pub(crate) fn of_open(file: &File) -> Option<Identity> {
        let found = information(file).ok()?;
        let number = u64::from(found.nFileIndexHigh) << 32 | u64::from(found.nFileIndexLow);
        Some(Identity(found.dwVolumeSerialNumber, number))
    }
}

fn to_look_at() -> OpenOptions {
    let mut options = File::options();
    options.access_mode(FILE_READ_ATTRIBUTES).security_qos_flags(SECURITY_ANONYMOUS);
    options
}

/// What the system knows of a file.
pub(super) fn information(file: &File) -> Result<BY_HANDLE_FILE_INFORMATION> {
    let mut found = MaybeUninit::zeroed();
    // SAFETY: the handle is open, and the structure is ours. Zeros are valid there.
    let (outcome, found) = unsafe {
        let outcome = GetFileInformationByHandle(file.as_raw_handle(), found.as_mut_ptr());
        (outcome, found.assume_init())
    };
    if outcome == 0 { Err(Error::last_os_error()) } else { Ok(found) }
}

/// Has the content of a file outlive a crash.
pub(crate) fn sync(file: &File) -> Result<()> {
    file.sync_all()
}

/// How often a file is tried that another program has open, such as a scanner for viruses, with a
/// wait of 10 ms in between: two seconds for what cannot be done later, to replace it or to add to
/// it, and 0.2 s for the rest, since it may be denied for good.
const MOST_TRIES: u32 = 200;
const FEW_TRIES: u32 = 20;

/// Gives a file, which was written and synced, the name of another. The name then outlives a crash.
///
/// std replaces with POSIX semantics, so others may have the file open, if they share it. Some file
/// systems have no such semantics, and some programs do not share: those are waited for.
pub(crate) fn replace(file: &File, from: &Path, to: &Path) -> Result<()> {
    while_in_use(MOST_TRIES, || fs::rename(from, to))?;
    // The file has its name already: a failure to sync it leaves at worst the old one.
    let _ = file.sync_all();
    Ok(())
}

/// Opens or creates a file that others may be replacing, reading without sharing it, or deleting.
pub(super) fn open(access: Access, attempt: impl FnMut() -> Result<File>) -> Result<File> {
    let is_last_chance = matches!(access, Access::Append);
    while_in_use(if is_last_chance { MOST_TRIES } else { FEW_TRIES }, attempt)
}

/// Tries something again as long as another program keeps it from being done.
fn while_in_use<T>(most: u32, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    for _ in 1..most {
        match attempt() {
            // SAFETY: it takes a number, and cannot fail.
            Err(error) if is_in_use(&error) => unsafe { Sleep(10) },
            outcome => return outcome,
        }
    }
    attempt()
}

/// Windows says that access is denied where a file that is open would be replaced, and where one
/// would be opened that is being replaced.
fn is_in_use(error: &Error) -> bool {
    let code = error.raw_os_error().and_then(|code| u32::try_from(code).ok());
    matches!(code, Some(ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION))
}

/// Has the names in the folder of a file outlive a crash: the journal of NTFS sees to it.
pub(crate) fn sync_folder_of(_: &Path) {}
