//! A file as the store of one host: private, locked by the kernel, replaced whole.
//!
//! `flock` is taken on a sibling that is never deleted, so the kernel frees it when its holder
//! dies. A record is written to another sibling, synced, and renamed into place.

use std::ffi::CString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{LockedRecord, StoreError, TokenStore};
use crate::fork::Watched;

/// How often a lock file may vanish while it is being opened.
const MOST_TRIES: usize = 8;

/// No record is larger.
const CAP: u64 = 1 << 20;

#[derive(Clone, Debug)]
pub(crate) struct FileStore {
    path: PathBuf,
    /// The group that may use the file too.
    group: Option<u32>,
}

impl FileStore {
    pub(crate) fn new(path: PathBuf, group: Option<u32>) -> FileStore {
        FileStore { path, group }
    }

    fn sibling(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        name.into()
    }

    fn mode(&self) -> u32 {
        if self.group.is_some() { 0o660 } else { 0o600 }
    }

    /// Makes what is ours alone from the first moment, whatever the umask is.
    fn make(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
        let file = options.open(path)?;
        if let Some(group) = self.group {
            fchown(&file, None, Some(group))?;
        }
        file.set_permissions(fs::Permissions::from_mode(self.mode()))?;
        Ok(file)
    }

    /// Opens what is there, if it is safe; never through a symbolic link.
    fn open(&self, path: &Path, write: bool) -> Result<Option<File>, StoreError> {
        let mut options = OpenOptions::new();
        // A pipe in the file's place must not make us wait.
        options.read(true).write(write).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        match options.open(path) {
            Ok(file) => {
                let found = file.metadata().map_err(|e| away(path, &e))?;
                self.check_file(path, &found).map(|()| Some(file))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => {
                Err(unusable(path, "is a symbolic link: name the file itself"))
            }
            Err(error) => Err(away(path, &error)),
        }
    }

    fn check_file(&self, path: &Path, found: &Metadata) -> Result<(), StoreError> {
        let (mode, allowed) = (found.mode() & 0o777, self.mode());
        let ours = match self.group {
            None => found.uid() == effective_user(),
            Some(group) => found.gid() == group,
        };
        if !found.is_file() {
            return Err(unusable(path, "is not a regular file"));
        }
        if !ours {
            let words = match self.group {
                None => "belongs to somebody else".to_owned(),
                Some(group) => format!("is not of group {group}, which was named: chgrp it"),
            };
            return Err(unusable(path, &words));
        }
        if mode & !allowed != 0 {
            let words = format!("has mode {mode:04o}, so others may use it: chmod {allowed:o} it");
            return Err(unusable(path, &words));
        }
        if path == self.path && found.nlink() > 1 {
            return Err(unusable(path, "has a second name (a hard link): delete one of them"));
        }
        Ok(())
    }

    /// Whoever may write to the folder can put another file in the place of ours.
    fn check_folder(&self) -> Result<(), StoreError> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let found = match fs::metadata(folder) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(unusable(folder, "does not exist: make it, for its owner alone"));
            }
            Err(error) => return Err(away(folder, &error)),
        };
        let group_may_write = found.mode() & 0o020 != 0 && self.group != Some(found.gid());
        if found.mode() & 0o002 != 0 || group_may_write {
            let words = format!(
                "has mode {:04o}, so others may put their files there: use a folder of your own",
                found.mode() & 0o7777
            );
            return Err(unusable(folder, &words));
        }
        let owner = found.uid();
        let grouped = self.group == Some(found.gid());
        if owner != 0 && owner != effective_user() && !grouped {
            return Err(unusable(folder, "belongs to somebody else"));
        }
        Ok(())
    }

    /// The file that is locked; it stays for ever.
    fn lock_file(&self) -> Result<File, StoreError> {
        let path = self.sibling(".lock");
        for _ in 0..MOST_TRIES {
            if let Some(file) = self.open(&path, true)? {
                return Ok(file);
            }
            // Named only when it is as it should be: nobody may meet it half made.
            let dice = RandomState::new().hash_one(std::process::id());
            let draft = self.sibling(&format!(".lock.{dice:016x}"));
            self.make(&draft).map_err(|error| away(&draft, &error))?;
            let named = fs::hard_link(&draft, &path);
            let _ = fs::remove_file(&draft);
            match named {
                // Ours, or that of another process which was first.
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(away(&path, &error)),
            }
        }
        Err(StoreError::away(format!("{} comes and goes", path.display())))
    }

    /// Whether the file that was locked still is the one that others would lock.
    fn is_current(&self, lock: &File) -> bool {
        let named = fs::symlink_metadata(self.sibling(".lock"));
        let same = |held: Metadata, named: Metadata| {
            (held.dev(), held.ino()) == (named.dev(), named.ino())
        };
        lock.metadata().and_then(|held| Ok(same(held, named?))).unwrap_or(false)
    }

    fn replace(&self, record: &[u8]) -> io::Result<()> {
        let draft = self.sibling(".new");
        // What a process that died left behind; nobody else writes while we hold the lock.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = self.make(&draft)?;
        let written = file.write_all(record).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&draft, &self.path)) {
            let _ = fs::remove_file(&draft);
            return Err(error);
        }
        // The name must outlive a crash too. Where folders cannot be synced, the system sees to it.
        let _ = File::open(self.path.parent().unwrap_or(Path::new("/"))).map(|f| f.sync_all());
        Ok(())
    }
}

impl TokenStore for FileStore {
    fn name(&self) -> String {
        format!("file {}", self.path.display())
    }

    fn check(&self) -> Result<(), StoreError> {
        self.check_folder()?;
        self.open(&self.sibling(".lock"), false)?;
        self.open(&self.path, false).map(drop)
    }

    fn try_lock(&self, _: &str, _: Duration) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        self.check_folder()?;
        let file = self.lock_file()?;
        let watched = Watched::new(file.as_raw_fd());
        if !flock(&file, libc::LOCK_EX | libc::LOCK_NB, &self.sibling(".lock"))? {
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
        let path = &self.store.path;
        let Some(file) = self.store.open(path, false)? else { return Ok(None) };
        let size = file.metadata().map_or(0, |found| found.len());
        // Room for all of it: a buffer that grew would leave copies behind.
        let room = usize::try_from(size.min(CAP)).unwrap_or_default() + 1;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        file.take(CAP).read_to_end(&mut bytes).map_err(|error| away(path, &error))?;
        Ok(Some(bytes))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        self.store.replace(record).map_err(|error| away(&self.store.path, &error))
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        let _ = flock(&self.file, libc::LOCK_UN, &self.store.path);
        drop(self.watched.take());
    }
}

/// Whether the lock was had.
fn flock(file: &File, operation: i32, path: &Path) -> Result<bool, StoreError> {
    loop {
        // SAFETY: a descriptor that we own, and no memory.
        if unsafe { libc::flock(file.as_raw_fd(), operation) } == 0 {
            return Ok(true);
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::EWOULDBLOCK) => return Ok(false),
            Some(libc::ENOLCK | libc::EOPNOTSUPP | libc::ENOSYS) => {
                return Err(unusable(path, "lies on a file system without locks: use another"));
            }
            _ => return Err(away(path, &error)),
        }
    }
}

/// The number of a group.
pub(crate) fn group_id(name: &str) -> Option<u32> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    let name = CString::new(name).ok()?;
    let mut room = vec![0; 16 << 10];
    let mut found = std::ptr::null_mut();
    // SAFETY: zeros are a valid group, whose pointers nobody follows.
    let mut group = unsafe { std::mem::zeroed::<libc::group>() };
    // SAFETY: all memory is ours, and its size is told.
    let status = unsafe {
        libc::getgrnam_r(name.as_ptr(), &mut group, room.as_mut_ptr(), room.len(), &mut found)
    };
    (status == 0 && !found.is_null()).then_some(group.gr_gid)
}

fn effective_user() -> u32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

fn away(path: &Path, error: &io::Error) -> StoreError {
    StoreError::away(format!("{}: {error}", path.display()))
}

fn unusable(path: &Path, words: &str) -> StoreError {
    StoreError::unusable(format!("{} {words}", path.display()))
}
