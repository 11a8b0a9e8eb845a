//! The file that receipts are appended to: one line each, synced before the call returns.
//!
//! A line is written in one go at the end of the file, so that jobs may share it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;

use super::line::Receipt;
use crate::config::{named, unopened, unreadable};
use crate::error::{Error, ErrorKind, Result, kind_of};
use crate::sys::private::Sharing;
use crate::sys::remedy::write_remedy;
use crate::sys::{self, Access, OpenError};

/// It names the file, as the setting audit_file does.
const VARIABLE: &str = "VANTA_AUDIT_FILE";

/// Receipts are some 400 bytes: this is a hundred years of hourly pushes.
const LARGEST: u64 = 400 << 20;

/// How often the end is read before it is taken for what a crash or a full disk left.
const MOST_READS: u32 = 1000;

#[derive(Debug)]
pub(crate) struct Audit {
    path: PathBuf,
}

impl Audit {
    pub(crate) fn new(path: PathBuf) -> Audit {
        Audit { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Fails where a receipt could not be written. Called before anything is sent.
    pub(crate) fn ready(&self) -> Result<()> {
        self.open().map(drop).map_err(|error| self.unwritable(&error))
    }

    pub(crate) fn append(&self, receipt: &Receipt) -> Result<()> {
        let line = receipt.to_json() + "\n";
        self.write(line).map_err(|error| self.unwritable(&error))
    }

    /// Opens the file, with the checks of the token store's file; creates it where there is none.
    fn open(&self) -> Result<File, OpenError> {
        let sharing = Sharing::default();
        match sharing.create(&self.path, Access::Append) {
            Ok(file) => {
                // The name must outlive a crash too.
                sys::file::sync_folder_of(&self.path);
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let gone = || OpenError::from(io::Error::from(io::ErrorKind::NotFound));
                sharing.open(&self.path, Access::Append)?.ok_or_else(gone)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, mut line: String) -> Result<(), OpenError> {
        let mut file = self.open()?;
        if !ends_with_line(&mut file)? {
            line.insert(0, '\n');
        }
        file.write_all(line.as_bytes())?;
        Ok(sys::file::sync(&file)?)
    }

    fn unwritable(&self, error: &OpenError) -> Error {
        let words = described(&self.path, error);
        let is_named = words.contains(VARIABLE);
        let error = Error::new(kind(error, ErrorKind::UnwritableFile), words);
        if is_named { error } else { named(error, "audit_file or VANTA_AUDIT_FILE names it") }
    }
}

fn kind(error: &OpenError, otherwise: ErrorKind) -> ErrorKind {
    match error {
        OpenError::Io(error) => kind_of(error, otherwise),
        OpenError::Unsafe(_) | OpenError::OpenToGroup(..) => otherwise,
    }
}

fn described(path: &Path, error: &OpenError) -> String {
    match error {
        OpenError::Io(error) => {
            format!("{}, {error}{}", path.display(), write_remedy(path, error, VARIABLE))
        }
        OpenError::Unsafe(why) => format!("{} {why}", path.display()),
        OpenError::OpenToGroup(_, why) => format!(
            "{} {why} (in Kubernetes, fsGroup gives the files of a volume this mode, unless \
             fsGroupChangePolicy is OnRootMismatch)",
            path.display()
        ),
    }
}

/// Whether the file ends with a complete line. One that another job is writing is complete in a
/// moment.
fn ends_with_line(file: &mut File) -> io::Result<bool> {
    for _ in 0..MOST_READS {
        if file.metadata()?.len() == 0 {
            return Ok(true);
        }
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last == *b"\n" {
            return Ok(true);
        }
        thread::yield_now();
    }
    Ok(false)
}

pub(super) fn read(path: &Path) -> Result<String> {
    let failed = |error| unopened(path, &error);
    let opened = Sharing::default().open(path, Access::Read);
    let unreadable_file =
        |error| Error::new(kind(&error, ErrorKind::UnreadableFile), described(path, &error));
    let missing = || unopened(path, &io::ErrorKind::NotFound.into());
    let file = opened.map_err(unreadable_file)?.ok_or_else(missing)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(path, "larger than an audit file can be"));
    }
    // A line that is not valid UTF-8 is no receipt either.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
