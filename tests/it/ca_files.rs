//! A CA file is loaded, or the error names the file, the line and the setting that named the file.

use std::fs;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use vanta::{Client, ErrorKind};

use crate::harness::{Rig, TempFile, TempFolder, assert_kind};
use crate::jobs::{Jobs, start, text};

/// Returns another authority in PEM.
fn other() -> String {
    crate::certificates::certified_with("other.example", |_| ()).1
}

/// Gets a token with a CA file that `make` writes from the simulator's authority and another one.
#[track_caller]
fn assert_loaded(make: impl Fn(&str, &str) -> Vec<u8>) {
    let rig = Rig::new();
    let file = TempFile::new("pem", &make(rig.sim.ca_pem(), &other()));
    let client = Client::new(rig.config().ca_file(file.path())).expect("right");
    client.token().expect("the authority is trusted");
}

/// Checks that a CA file is refused with these words after its path.
#[track_caller]
fn assert_refused(rig: &Rig, file: &[u8], words: &str) {
    let file = TempFile::new("pem", file);
    let error =
        assert_kind(Client::new(rig.config().ca_file(file.path())), ErrorKind::InvalidConfig);
    let words = format!("the CA file {} (ca_file) {words}", file.path().display());
    assert!(error.to_string().contains(&words), "\n{error}\nlacks\n{words}");
    assert!(error.to_string().matches(": ").count() <= 2, "{error}");
}

/// Returns the number of the line that contains a text, counted from 1.
fn line_of(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).expect("it is there") + 1
}

#[test]
fn bom_and_all_line_endings_are_accepted_in_a_ca_file() {
    assert_loaded(|own, other| format!("\u{feff}{own}{other}").into());
    assert_loaded(|own, other| format!("{other}{own}").replace('\n', "\r\n").into());
    assert_loaded(|own, other| format!("{other}{own}").replace('\n', "\r").into());
    assert_loaded(|own, other| format!("{other}{own}").trim_end().into());
    assert_loaded(|own, _| own.replace("CERTIFICATE", "X509 CERTIFICATE").into());
    assert_loaded(|own, _| [b"# Autorit\xe9 de test\n", own.as_bytes()].concat());
}

#[test]
fn end_and_begin_in_one_line_of_a_ca_file_have_an_error_with_the_line() {
    let rig = Rig::new();
    let joined = format!("{}{}", other().trim_end(), rig.sim.ca_pem());
    let line = line_of(&joined, "-----END CERTIFICATE----------BEGIN CERTIFICATE-----");
    let words =
        format!("cannot be used; line {line}: an END and a BEGIN are in one line; put a line");
    assert_refused(&rig, joined.as_bytes(), &words);
}

#[test]
fn pem_blocks_other_than_certificates_are_reported_with_line_and_remedy() {
    let rig = Rig::new();
    let (own, other) = (rig.sim.ca_pem(), other());
    for (label, words) in [
        ("TRUSTED CERTIFICATE", "a TRUSTED CERTIFICATE, which only OpenSSL reads, begins here"),
        ("PKCS7", "PKCS7 begins here; take its certificates out with `openssl pkcs7 -print_certs"),
        ("PRIVATE KEY", "a private key begins here; a CA file is for certificates"),
        ("ENCRYPTED PRIVATE KEY", "a private key begins here; a CA file is for certificates"),
        ("RSA PRIVATE KEY", "a private key begins here; a CA file is for certificates"),
        ("CERTIFICATE REQUEST", "CERTIFICATE REQUEST begins here, which is no certificate"),
        ("X509 CRL", "X509 CRL begins here, which is no certificate; remove it"),
    ] {
        let text = format!("# one\n{other}{}", own.replace("CERTIFICATE", label));
        let line = line_of(&text, &format!("BEGIN {label}"));
        assert_refused(&rig, text.as_bytes(), &format!("cannot be used; line {line}: {words}"));
    }
}

#[test]
fn damaged_or_truncated_certificate_is_reported_with_its_line() {
    let rig = Rig::new();
    let (own, other) = (rig.sim.ca_pem(), other());
    let at = line_of(&format!("{other}{own}"), own.lines().nth(1).expect("a line")) - 1;
    let refused = |text: &str, line: usize, words: &str| {
        let text = format!("{other}{text}");
        assert_refused(&rig, text.as_bytes(), &format!("cannot be used; line {line}: {words}"));
    };
    refused(&own[..300], at, "the CERTIFICATE that begins here has no end");
    let twice = format!("{}\n{own}", &own[..200]);
    refused(&twice, at, "the CERTIFICATE that begins here has no end");
    let base64 = own.replace("-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n*");
    refused(&base64, at, "the certificate that begins here is damaged (base64)");
    let short = "-----BEGIN CERTIFICATE-----\nMAAw\n-----END CERTIFICATE-----\n";
    refused(short, at, "the certificate that begins here is damaged");
    let end = own.replace("-----END CERTIFICATE-----", "-----END CERTIFICATE");
    let words = "-----END CERTIFICATE----- is expected here, alone in its line";
    refused(&end, at + own.lines().count() - 1, words);
    let end = own.replace("-----BEGIN CERTIFICATE-----\n", "");
    refused(&end, at + own.lines().count() - 2, "what ends here has no BEGIN line");
}

#[test]
fn begin_line_with_other_text_is_reported() {
    let rig = Rig::new();
    let own = rig.sim.ca_pem();
    let indented = own.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let words = "cannot be used; line 1: the line is indented; remove the blanks at its begin";
    assert_refused(&rig, indented.as_bytes(), words);
    let alone = "cannot be used; line 1: -----BEGIN CERTIFICATE----- is expected alone in its line";
    for text in [
        own.replace('\n', "\\n"),
        format!("ca = {own}"),
        own.replace("-----", "----"),
        own.replace("-----BEGIN", "\u{2014}BEGIN"),
    ] {
        assert_refused(&rig, text.as_bytes(), alone);
    }
}

/// Returns the same certificate in DER.
fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate").to_vec()
}

#[test]
fn ca_file_without_pem_has_an_error_that_names_its_format() {
    let rig = Rig::new();
    let own = rig.sim.ca_pem();
    let wide: Vec<u8> = own.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&[0xff, 0xfe], &wide[..]].concat();
    let der = der(own);
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b"words", "holds no PEM certificate"),
        (&der, "holds a certificate in DER, and no PEM certificate; convert it with `openssl x509"),
        (&utf16, "holds no PEM certificate that can be read, as it is UTF-16; save it as UTF-8"),
        (b"\x30\x82\x01\x00pkcs", "is binary, and holds no PEM certificate; convert it with"),
    ] {
        assert_refused(&rig, bytes, words);
    }
}

#[test]
fn a_file_of_a_folder_is_named_where_a_certificate_in_it_cannot_be_read() {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    folder.write("a.pem", rig.sim.ca_pem().as_bytes());
    folder.write("README", b"words, and no certificate");
    // A mounted secret of a server has these files.
    for (name, label) in [("tls.key", "PRIVATE KEY"), ("a.crl", "X509 CRL")] {
        let block = format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        folder.write(name, block.as_bytes());
    }
    let config = || rig.config().ca_file(folder.path());
    Client::new(config()).expect("right").token().expect("it is trusted");
    let wrong = |name: &str, bytes: &[u8], words: &str| {
        folder.write(name, bytes);
        let error = assert_kind(Client::new(config()), ErrorKind::InvalidConfig);
        let words = format!("{} (ca_file) {words}", folder.path().join(name).display());
        assert!(error.to_string().contains(&words), "\n{error}\nlacks\n{words}");
        fs::remove_file(folder.path().join(name)).expect("it is there");
    };
    wrong("b.cer", &der(rig.sim.ca_pem()), "holds a certificate in DER");
    wrong("c.key", b"-----BEGIN PRIVATE KEY-----\n", "cannot be used; line 1: the PRIVATE KEY");
    wrong("d.pem", b"\xff\xfe-\0", "holds no PEM certificate that can be read, as it is UTF-16");
}

#[test]
fn an_error_about_a_ca_file_quotes_nothing_of_it() {
    let rig = Rig::new();
    let text = rig.sim.ca_pem().replace("CERTIFICATE", "PRIVATE KEY");
    let content = text.lines().nth(1).expect("a line").to_owned();
    for text in [text.clone(), text.replace("-----END", "----END"), text.replace('\n', " ")] {
        let file = TempFile::new("pem", text.as_bytes());
        let error =
            assert_kind(Client::new(rig.config().ca_file(file.path())), ErrorKind::InvalidConfig);
        assert!(!format!("{error} {error:?}").contains(&content[..20]), "{error}");
    }
}

/// Returns the output of a job with these variables, in which `CA` is the path of the simulator's
/// CA file.
fn job(rig: &Rig, set: &[(&str, &str)]) -> String {
    let jobs = Jobs::new(rig, "memory");
    let mut job = jobs.push(3);
    job.env_remove("VANTA_CA_FILE").env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    job.envs(set.iter().copied());
    let output = start(job).end();
    format!("{:?} {}", output.status.code(), text(&output))
}

#[track_caller]
fn assert_says(job: &str, words: &[&str]) {
    assert!(words.iter().all(|words| job.contains(words)), "\n{job}\nlacks some of\n{words:?}");
}

#[test]
fn wrong_ssl_cert_file_has_an_error_that_names_the_variable() {
    needs!("gcc", "g++", "python3");
    let rig = Rig::new();
    let nowhere = "/nowhere/cacert.pem";
    for name in ["SSL_CERT_FILE", "VANTA_CA_FILE"] {
        let words = format!("correct or unset the variable {name}");
        assert_says(&job(&rig, &[(name, nowhere)]), &["Some(78)", nowhere, &words]);
    }
    let file = TempFile::new("der", &der(rig.sim.ca_pem()));
    let path = file.path().display().to_string();
    let words = format!("the CA file {path} (SSL_CERT_FILE) holds a certificate in DER");
    assert_says(&job(&rig, &[("SSL_CERT_FILE", &path)]), &["Some(78)", &words]);
    let other = TempFile::new("pem", other().as_bytes());
    let path = other.path().display().to_string();
    let words =
        format!("(trusted are the bundled roots and 1 certificate of {path} (SSL_CERT_FILE))");
    assert_says(&job(&rig, &[("SSL_CERT_FILE", &path)]), &["unknown issuer", &words]);
}

/// Makes a folder with this certificate under a name that OpenSSL gives it, and with other files.
fn hashed(name: &str, pem: &str) -> TempFolder {
    let folder = TempFolder::new();
    folder.write(name, pem.as_bytes());
    folder.write("README", b"words, and no certificate");
    folder.write("0123abcd.1", b"no certificate either");
    folder.write("0123abcd.r0", b"-----BEGIN X509 CRL-----\n");
    fs::create_dir(folder.path().join("0123abcd.2")).expect("ours");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere", folder.path().join("0123abcd.3")).expect("ours");
    folder
}

#[test]
fn ssl_cert_dir_is_read_as_openssl_reads_it() {
    needs!("gcc", "g++", "python3");
    let rig = Rig::new();
    let (own, other) = (hashed("5ed36f99.0", rig.sim.ca_pem()), hashed("5ed36f99.0", &other()));
    let path = |folder: &TempFolder| folder.path().display().to_string();
    let folders = (own, other);
    let (own, other) = (path(&folders.0), path(&folders.1));
    let file = TempFile::new("pem", rig.sim.ca_pem().as_bytes());
    let (both, file_path) = (format!("/nowhere:{other}:{own}"), file.path().display().to_string());
    for set in [
        [("SSL_CERT_DIR", own.as_str()), ("VANTA_ROOTS", "bundled")],
        [("SSL_CERT_DIR", &own), ("VANTA_ROOTS", "none")],
        [("SSL_CERT_DIR", &both), ("VANTA_ROOTS", "bundled")],
        [("SSL_CERT_DIR", &other), ("SSL_CERT_FILE", &file_path)],
    ] {
        assert_says(&job(&rig, &set), &["Some(0)", "3 records live"]);
    }
    let output =
        format!("(trusted are the bundled roots and 1 certificate of {other} (SSL_CERT_DIR))");
    assert_says(&job(&rig, &[("SSL_CERT_DIR", &other)]), &["Some(78)", "unknown issuer", &output]);
    let ours_first = job(&rig, &[("SSL_CERT_DIR", &own), ("VANTA_CA_FILE", "/nowhere")]);
    assert_says(&ours_first, &["Some(78)", "/nowhere"]);
}

#[test]
fn ssl_cert_dir_without_hashed_names_is_named_in_the_error() {
    needs!("gcc", "g++", "python3");
    let rig = Rig::new();
    let (folder, empty) = (hashed("ca.pem", rig.sim.ca_pem()), "/nowhere");
    let path = folder.path().display().to_string();
    for (folder, roots) in [(path.as_str(), "bundled"), (empty, "bundled")] {
        let output = job(&rig, &[("SSL_CERT_DIR", folder), ("VANTA_ROOTS", roots)]);
        let counted = format!("0 certificates of {folder} (SSL_CERT_DIR), whose files need names");
        assert_says(&output, &["Some(78)", "unknown issuer", &counted]);
    }
    let output = job(&rig, &[("SSL_CERT_DIR", empty), ("VANTA_ROOTS", "none")]);
    assert_says(&output, &["Some(78)", "no certificate authority is trusted"]);
}
