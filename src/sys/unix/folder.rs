//! Folders in which no other user may replace files.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::Path;

use super::private::other_owner;
use super::user::{Group, effective_user};

/// Whose a folder is, and who may put files there.
pub(crate) struct Folder(Metadata);

impl Folder {
    pub(crate) fn find(path: &Path) -> io::Result<Folder> {
        fs::metadata(path).map(Folder)
    }

    /// Creates a folder for this user alone, or for the group too. Its parent must exist.
    pub(crate) fn create(path: &Path, group: Option<Group>) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)?;
        let mode = match group {
            None => 0o700,
            Some(group) => {
                chown(path, None, Some(group))?;
                0o2770
            }
        };
        fs::set_permissions(path, Permissions::from_mode(mode))
    }

    /// Why others, but for the group, may replace files in the folder, and what to do. `other` is
    /// the advice to use another folder.
    pub(crate) fn refusal(
        &self,
        group: Option<Group>,
        other: &dyn Fn() -> String,
    ) -> Option<String> {
        let Folder(found) = self;
        let (mode, owner) = (found.mode() & 0o7777, found.uid());
        if mode & 0o002 != 0 {
            let other = other();
            return Some(format!("has mode {mode:04o}, so others may put files there; {other}"));
        }
        let shared = group == Some(found.gid());
        if mode & 0o020 != 0 && !shared {
            return Some(format!(
                "has mode {mode:04o}, so its group may put files there; {}, or set \
                 VANTA_TOKEN_STORE_GROUP to {} if only the jobs are in that group (in Kubernetes, \
                 the fsGroup)",
                other(),
                found.gid()
            ));
        }
        (owner != 0 && owner != effective_user() && !shared).then(|| other_owner(found))
    }
}
