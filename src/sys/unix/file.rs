//! Opens, compares and replaces files.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// What stands between the paths of a list.
pub(crate) const LIST_SEPARATOR: char = ':';

/// Opens a file to read it. A pipe in its place is opened without waiting for its writer.
pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

/// Which file it is, whatever its name: device and inode.
#[derive(PartialEq, Eq)]
pub(crate) struct Identity(u64, u64);

impl Identity {
    /// Of the file that a name leads to, through links.
    pub(crate) fn of_target(path: &Path) -> Option<Identity> {
        fs::metadata(path).ok().map(Identity::from)
    }

    /// Of the file that has this name, which may be a link.
    pub(crate) fn of_name(path: &Path) -> Option<Identity> {
        fs::symlink_metadata(path).ok().map(Identity::from)
    }

    pub(crate) fn of_open(file: &File) -> Option<Identity> {
        file.metadata().ok().map(Identity::from)
    }
}

impl From<Metadata> for Identity {
    fn from(found: Metadata) -> Identity {
        Identity(found.dev(), found.ino())
    }
}

/// Has the content of a file outlive a crash.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    let synced = file.sync_all();
    // There std has the disk empty its cache too, which not every file system can.
    #[cfg(target_vendor = "apple")]
    let synced = synced.or_else(|_| sync_without_the_disk(file));
    synced
}

#[cfg(target_vendor = "apple")]
fn sync_without_the_disk(file: &File) -> io::Result<()> {
    // SAFETY: the descriptor is open.
    match unsafe { libc::fsync(std::os::fd::AsRawFd::as_raw_fd(file)) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Gives a file, which was written and synced, the name of another. The name then outlives a crash.
pub(crate) fn replace(_: &File, from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder_of(to);
    Ok(())
}

/// Has the names in the folder of a file outlive a crash. Where folders cannot be synced, the
/// system sees to it.
pub(crate) fn sync_folder_of(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let _ = File::open(folder.unwrap_or(Path::new("."))).map(|folder| folder.sync_all());
}
