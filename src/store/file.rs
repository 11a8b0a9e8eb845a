//! A file as the store of one host: private, locked by the kernel, replaced whole.
//!
//! The lock is taken on a sibling that is never deleted, so the kernel frees it when its holder
//! dies. A record is written to another sibling, synced, and renamed into place.

use std::fs::{self, File, Metadata};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::error::StoreError;
use super::format::Content;
use super::interface::{CAP, LockedRecord, SharedStore};
use crate::clock::Deadline;
use crate::fork::Watched;
use crate::sys::file::Identity;
use crate::sys::folder::Folder;
use crate::sys::private::Sharing;
use crate::sys::remedy::write_remedy;
use crate::sys::user::{Group, is_member};
use crate::sys::{self, Access, OpenError};

/// How often a lock file may vanish while it is being opened.
const MOST_TRIES: usize = 8;

/// What is appended to the path, for the file that is locked and for the next record.
const LOCK: &str = ".lock";
const NEW: &str = ".new";

const NO_LINKS: &str = "lies on a file system without hard links; use a local disk, or Redis";

#[derive(Clone, Debug)]
pub(crate) struct FileStore {
    path: PathBuf,
    /// The group that may use the file too.
    group: Option<Group>,
}

impl FileStore {
    pub(crate) fn new(path: PathBuf, group: Option<Group>) -> FileStore {
        FileStore { path, group }
    }

    fn sibling(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        name.into()
    }

    fn sharing(&self) -> Sharing {
        Sharing { group: self.group, hard_links: false }
    }

    /// The files that the store writes.
    pub(crate) fn files(&self) -> [PathBuf; 3] {
        [self.path.clone(), self.sibling(LOCK), self.sibling(NEW)]
    }

    fn make(&self, path: &Path) -> io::Result<File> {
        self.sharing().create(path, Access::Write)
    }

    /// Opens the lock file, if it is there. A second name is given to it while it is made.
    fn open_lock(&self, path: &Path, access: Access) -> Result<Option<File>, StoreError> {
        let sharing = Sharing { hard_links: true, ..self.sharing() };
        sharing.open(path, access).map_err(|error| unopened(path, &error))
    }

    /// The record, which may be torn; anything else is refused.
    fn read_record(&self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.read_replaceable(&self.path)
    }

    /// What a file holds that may be replaced, as far as its content says.
    fn read_replaceable(&self, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let opened = self.sharing().open(path, Access::Read);
        let Some(file) = opened.map_err(|error| unopened(path, &error))? else { return Ok(None) };
        let size = file.metadata().map_or(0, |found| found.len());
        // Room for all of it: a buffer that grew would leave copies behind.
        let room = usize::try_from(size.min(CAP)).unwrap_or_default() + 1;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        file.take(CAP).read_to_end(&mut bytes).map_err(|error| failed(path, &error))?;
        match Content::of(&bytes).refusal() {
            Some(why) => Err(unusable(path, &why)),
            None => Ok(Some(bytes)),
        }
    }

    /// A user who may write to the folder can replace our file with another.
    fn check_folder(&self) -> Result<(), StoreError> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let found = match Folder::find(folder) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => self.create_folder(folder)?,
            Err(error) => return Err(failed(folder, &error)),
        };
        if let Some(why) = found.refusal(self.group, &|| self.other_folder(folder)) {
            return Err(unusable(folder, &why));
        }
        match self.group {
            Some(group) if !is_member(group) => Err(StoreError::unusable(format!(
                "this process is not in group {group} (token_store_group); add it to the group (in \
                 Kubernetes by fsGroup or supplementalGroups)"
            ))),
            _ => Ok(()),
        }
    }

    /// What to set where others may replace files in the folder.
    fn other_folder(&self, folder: &Path) -> String {
        let below = folder.join("vanta").join(self.path.file_name().unwrap_or_default());
        format!(
            "set VANTA_TOKEN_STORE to {} (its folder is created for the jobs alone)",
            below.display()
        )
    }

    /// Creates the last folder of the path; its parent must exist.
    fn create_folder(&self, folder: &Path) -> Result<Folder, StoreError> {
        let created = match Folder::create(folder, self.group) {
            // By another process, which may be about to share it.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let why = "does not exist, and neither does the folder above it; create them";
                return Err(unusable(folder, why));
            }
            outcome => outcome,
        };
        let found = created.and_then(|()| Folder::find(folder));
        found.map_err(|error| failed(folder, &error))
    }

    /// The file that is locked; it stays for ever.
    fn lock_file(&self) -> Result<File, StoreError> {
        let path = self.sibling(LOCK);
        for _ in 0..MOST_TRIES {
            if let Some(file) = self.open_lock(&path, Access::Write)? {
                return Ok(file);
            }
            // Named only when it is as it should be: nobody may meet it half made.
            let dice = RandomState::new().hash_one(std::process::id());
            let draft = self.sibling(&format!("{LOCK}.{dice:016x}"));
            self.make(&draft).map_err(|error| failed(&path, &error))?;
            let named = fs::hard_link(&draft, &path);
            let _ = fs::remove_file(&draft);
            match named {
                // Ours, or that of another process which was first.
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                // The draft could be made there, so it is not for want of permission.
                Err(error) if sys::error::lacks_links(&error) => {
                    return Err(unusable(&path, NO_LINKS));
                }
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        let path = path.display();
        Err(StoreError::unavailable(format!(
            "{path} was deleted again and again while it was opened"
        )))
    }

    /// Whether the file that was locked still is the one that others would lock.
    fn is_current(&self, lock: &File) -> bool {
        let named = Identity::of_name(&self.sibling(LOCK));
        named.is_some() && named == Identity::of_open(lock)
    }

    /// Deletes what a process that died left behind; nobody else writes while we hold the lock. A
    /// file of the user's that has this name by chance stays.
    fn delete_draft(&self, draft: &Path) -> Result<(), StoreError> {
        // A file without content may not have its group and mode yet. Nothing is lost with it.
        let empty = |found: Metadata| found.is_file() && found.len() == 0;
        if !fs::symlink_metadata(draft).is_ok_and(empty) {
            self.read_replaceable(draft)?;
        }
        match fs::remove_file(draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(draft, &error)),
            _ => Ok(()),
        }
    }

    fn replace(&self, draft: &Path, record: &[u8]) -> io::Result<()> {
        let mut file = self.make(draft)?;
        let written = file.write_all(record).and_then(|()| sys::file::sync(&file));
        let replaced = written.and_then(|()| sys::file::replace(&file, draft, &self.path));
        if replaced.is_err() {
            let _ = fs::remove_file(draft);
        }
        replaced
    }
}

impl SharedStore for FileStore {
    fn name(&self) -> String {
        format!("file {}", self.path.display())
    }

    fn check(&self) -> Result<(), StoreError> {
        self.check_folder()?;
        self.open_lock(&self.sibling(LOCK), Access::Read)?;
        self.read_record().map(drop)
    }

    /// The name of the file is given to a whole record, never to a part.
    fn read(&self, _: &str, _: &Deadline) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.read_record()
    }

    fn try_lock(
        &self,
        _: &str,
        _: Duration,
        _: &Deadline,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        self.check_folder()?;
        let file = self.lock_file()?;
        let watched = Watched::new(&file);
        if !sys::lock::try_lock(&file).map_err(|error| unlocked(&self.sibling(LOCK), &error))? {
            return Ok(None);
        }
        let locked = LockedFile { watched: Some(watched), file, store: self.clone() };
        // Somebody deleted the lock file: what we hold is worth nothing. Next time we see the new.
        Ok(self.is_current(&locked.file).then(|| Box::new(locked) as Box<dyn LockedRecord>))
    }
}

/// Gives the lock back when it is dropped, even where a child of a fork still has the descriptor.
struct LockedFile {
    watched: Option<Watched>,
    file: File,
    store: FileStore,
}

impl LockedRecord for LockedFile {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.store.read_record()
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        // Another process may hold a new lock file by now, and have written since.
        if !self.store.is_current(&self.file) {
            let path = self.store.sibling(LOCK);
            return Err(StoreError::lost(format!("{}: the lock file was deleted", path.display())));
        }
        // Somebody may have put another file there since it was read.
        self.store.read_record()?;
        let draft = self.store.sibling(NEW);
        self.store.delete_draft(&draft)?;
        self.store.replace(&draft, record).map_err(|error| failed(&self.store.path, &error))
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        sys::lock::unlock(&self.file);
        self.watched = None;
    }
}

fn unlocked(path: &Path, error: &io::Error) -> StoreError {
    match sys::error::lacks_locks(error) {
        true => unusable(path, "lies on a file system without locks; use a local disk, or Redis"),
        false => failed(path, error),
    }
}

fn unopened(path: &Path, error: &OpenError) -> StoreError {
    match error {
        OpenError::Io(error) => failed(path, error),
        OpenError::Unsafe(why) => unusable(path, why),
        OpenError::OpenToGroup(group, why) => {
            let share = format!(
                "{why}, or set VANTA_TOKEN_STORE_GROUP to {group} if only the jobs are in that \
                 group (in Kubernetes, fsGroup gives the files of a volume this mode)"
            );
            unusable(path, &share)
        }
    }
}

/// What a retry does not cure is a fault of the configuration; other failures may pass.
pub(crate) fn failed(path: &Path, error: &io::Error) -> StoreError {
    let words = format!("{}, {error}", path.display());
    match error.kind() {
        ErrorKind::ResourceBusy => StoreError::unusable(format!(
            "{words}; a file that is mounted by itself cannot be replaced; mount its folder"
        )),
        ErrorKind::IsADirectory => {
            StoreError::unusable(format!("{words}; name a file that is not a folder"))
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::NotADirectory => {
            StoreError::unusable(words + &write_remedy(path, error, "VANTA_TOKEN_STORE"))
        }
        _ if sys::error::is_wrong_path(error) => StoreError::unusable(words),
        _ => StoreError::unavailable(words),
    }
}

fn unusable(path: &Path, why: &str) -> StoreError {
    StoreError::unusable(format!("{} {why}", path.display()))
}
