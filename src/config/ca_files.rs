//! The files and folders of certificate authorities that a setting or a variable names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::environment::{FromVariable, variable};
use super::pem::{self, Certificate, Pem, Problem};
use super::problem::{invalid, unreadable};
use super::read::read_file;
use crate::error::{Error, Result, many, shorten};
use crate::net::Authorities;
use crate::sys::file::LIST_SEPARATOR;

/// A file or a folder, and hashed folders as OpenSSL has them.
#[derive(Clone, Debug, Default)]
pub(super) struct CaFiles {
    file: Option<PathBuf>,
    /// Separated as the system separates paths: by colons, on Windows by semicolons.
    folders: Option<String>,
    /// The setting or the variable that names the file.
    name: &'static str,
}

impl CaFiles {
    pub(super) fn in_code(path: PathBuf) -> CaFiles {
        CaFiles { file: Some(path), folders: None, name: "ca_file" }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Adds all that is found. A certificate of the file that cannot be read is an error.
    pub(super) fn load(&self, authorities: &mut Authorities) -> Result<()> {
        if let Some(path) = &self.file {
            let count = if path.is_dir() {
                self.load_folder(path, authorities)?
            } else {
                self.load_file(path, authorities, true)?
            };
            let certificates = many(count, "certificate");
            authorities.add_source(format!("{certificates} of {}", self.shown(path)));
        }
        if let Some(folders) = &self.folders {
            let folders_in_list = folders.split(LIST_SEPARATOR);
            let count = folders_in_list.map(|folder| load_hashed(folder, authorities)).sum();
            let certificates = many(count, "certificate");
            let folders = shorten(folders);
            let hint = match count {
                0 => ", whose files need names as `openssl rehash` gives them",
                _ => "",
            };
            authorities.add_source(format!("{certificates} of {folders} (SSL_CERT_DIR){hint}"));
        }
        Ok(())
    }

    /// For a message: the path, and what names it.
    fn shown(&self, path: &Path) -> String {
        format!("{} ({})", shorten(&path.display().to_string()), self.name)
    }

    /// Files without PEM, and keys, requests and revocation lists, are passed over. A file that
    /// holds certificates in another form is an error.
    fn load_folder(&self, folder: &Path, authorities: &mut Authorities) -> Result<usize> {
        let unreadable = |error| unreadable(folder, error).with_note(&self.named());
        let mut paths = BTreeSet::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            paths.insert(entry.map_err(unreadable)?.path());
        }
        let mut count = 0;
        for path in paths.into_iter().filter(|path| path.is_file()) {
            count += self.load_file(&path, authorities, false)?;
        }
        match count {
            0 => Err(self.wrong(folder, "holds no PEM certificate")),
            count => Ok(count),
        }
    }

    /// Adds the certificates of a file and returns their number, which may be 0 unless `must`.
    fn load_file(&self, path: &Path, authorities: &mut Authorities, must: bool) -> Result<usize> {
        let read = read_file(path).map_err(|error| error.with_note(&self.named()))?;
        let bytes = Zeroizing::new(read);
        let Pem { certificates, problems } = Pem::read(&bytes);
        let count = certificates.len();
        // A folder may hold the key and the revocation list of an authority too.
        let mut problem = problems.into_iter().find(|problem| must || !problem.is_foreign);
        for Certificate { line, der } in certificates {
            if !authorities.add(der) {
                let words = "the certificate that begins here is damaged";
                problem =
                    problem.or(Some(Problem { line, is_foreign: false, words: words.to_owned() }));
            }
        }
        if let Some(Problem { line, words, .. }) = problem {
            return Err(self.wrong(path, &format!("cannot be used; line {line}: {words}")));
        }
        let is_der = count == 0 && Authorities::new().add(bytes.to_vec());
        match count {
            0 if must || is_der || pem::is_utf16(&bytes) => {
                Err(self.wrong(path, pem::why_none(&bytes, is_der)))
            }
            count => Ok(count),
        }
    }

    fn named(&self) -> String {
        match self.name {
            "ca_file" => "correct ca_file".to_owned(),
            variable => format!("correct or unset the variable {variable}"),
        }
    }

    fn wrong(&self, path: &Path, words: &str) -> Error {
        invalid(format!("the CA file {} {words}", self.shown(path)))
    }
}

impl FromVariable for CaFiles {
    /// A host with a private authority has set OpenSSL's variables already.
    fn from_variable(name: &'static str) -> Result<Option<CaFiles>> {
        let file = |name: &'static str| -> Result<Option<CaFiles>> {
            let path = variable(name)?.map(PathBuf::from);
            Ok(path.map(|path| CaFiles { name, ..CaFiles::in_code(path) }))
        };
        if let Some(ours) = file(name)? {
            return Ok(Some(ours));
        }
        let (found, folders) = (file("SSL_CERT_FILE")?, variable("SSL_CERT_DIR")?);
        let any = found.is_some() || folders.is_some();
        Ok(any.then(|| CaFiles { folders, ..found.unwrap_or_default() }))
    }
}

/// Adds what can be read of a folder in OpenSSL's form, whose files are named by the hash of a
/// subject. OpenSSL looks for no other names there, and passes over what it cannot read.
fn load_hashed(folder: &str, authorities: &mut Authorities) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let hashed = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_hash));
    let mut paths = BTreeSet::new();
    paths.extend(hashed.map(|entry| entry.path()));
    paths.iter().map(|path| read_file(path).map_or(0, |pem| add_readable(&pem, authorities))).sum()
}

/// Adds the certificates that can be read, and returns their number.
pub(super) fn add_readable(pem: &[u8], authorities: &mut Authorities) -> usize {
    let certificates = Pem::read(pem).certificates.into_iter();
    certificates.filter_map(|certificate| authorities.add(certificate.der).then_some(())).count()
}

/// Such as `5ed36f99.0`. A revocation list is `5ed36f99.r0`.
fn is_hash(name: &str) -> bool {
    let digits = |text: &str, most: usize, radix: u32| {
        (1..=most).contains(&text.len()) && text.chars().all(|c| c.is_digit(radix))
    };
    let parts = name.split_once('.');
    parts.is_some_and(|(hash, number)| {
        hash.len() == 8 && digits(hash, 8, 16) && digits(number, 9, 10)
    })
}
