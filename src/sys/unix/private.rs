//! Opens and creates files that only their owner, or a named group, may use.
//!
//! The store's files and the audit file go through here, so that both get the same checks.

use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use super::error::is_link;
use super::user::{Group, effective_user};
use crate::sys::{Access, OpenError};

/// Who may use a file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sharing {
    /// The group whose members share the file; `None` is the owner alone.
    pub(crate) group: Option<Group>,
    /// Whether the file may have a second name.
    pub(crate) hard_links: bool,
}

impl Sharing {
    fn mode(self) -> u32 {
        if self.group.is_some() { 0o660 } else { 0o600 }
    }

    /// Creates a file that must not exist yet. It is private from the first moment, whatever the
    /// umask is.
    pub(crate) fn create(self, path: &Path, access: Access) -> io::Result<File> {
        let mut options = options(access);
        let file =
            options.create_new(true).mode(0o600).custom_flags(libc::O_NOFOLLOW).open(path)?;
        if let Some(group) = self.group {
            fchown(&file, None, Some(group))?;
        }
        file.set_permissions(Permissions::from_mode(self.mode()))?;
        Ok(file)
    }

    /// Opens a file if it exists and is safe. Never follows a symbolic link.
    pub(crate) fn open(self, path: &Path, access: Access) -> Result<Option<File>, OpenError> {
        // Opening a pipe must not block.
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        match options(access).custom_flags(flags).open(path) {
            Ok(file) => {
                self.check(&file.metadata()?)?;
                Ok(Some(file))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if is_link(&error) => {
                Err(OpenError::because("is a symbolic link; name the file itself"))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn check(self, found: &Metadata) -> Result<(), OpenError> {
        if !found.is_file() {
            return Err(OpenError::because("is not a regular file"));
        }
        self.check_owner(found)?;
        let (mode, allowed) = (found.mode() & 0o777, self.mode());
        // That the owner may execute it lets nobody else use it. Some network file systems show it.
        if mode & !(allowed | 0o100) != 0 {
            let why = format!("has mode {mode:04o}, so others may use it; chmod {allowed:o} it");
            return Err(match mode & 0o007 {
                0 if self.group.is_none() => OpenError::OpenToGroup(found.gid(), why),
                _ => OpenError::Unsafe(why),
            });
        }
        if found.nlink() > 1 && !self.hard_links {
            return Err(OpenError::because("has a second name (a hard link); delete one of them"));
        }
        Ok(())
    }

    fn check_owner(self, found: &Metadata) -> Result<(), OpenError> {
        match self.group {
            None if found.uid() == effective_user() => Ok(()),
            None => Err(OpenError::Unsafe(other_owner(found))),
            Some(group) if found.gid() == group => Ok(()),
            Some(group) => {
                let why = format!("is not of group {group} (token_store_group); chgrp it");
                Err(OpenError::because(why))
            }
        }
    }
}

fn options(access: Access) -> OpenOptions {
    let mut options = File::options();
    match access {
        Access::Read => options.read(true),
        Access::Write => options.read(true).write(true),
        Access::Append => options.read(true).append(true),
    };
    options
}

/// Says that the owner of a file is another user.
pub(super) fn other_owner(found: &Metadata) -> String {
    format!(
        "belongs to user {}, and this process runs as user {}; run all jobs as one user (in \
         Kubernetes by runAsUser), or chown it",
        found.uid(),
        effective_user()
    )
}
