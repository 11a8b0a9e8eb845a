//! The certificate authorities that the system trusts: those of the store "Trusted Root
//! Certification Authorities" that may sign for servers.
//!
//! Windows adds the authorities of Microsoft's program to the store when a program of the system
//! first meets them. Those that it has not met yet are not found here.

use std::ffi::CStr;
use std::io::Error;
use std::path::Path;
use std::ptr;
use std::slice;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use windows_sys::Win32::Foundation::CRYPT_E_NOT_FOUND;
use windows_sys::Win32::Security::Cryptography::{
    CERT_CONTEXT, CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG, CTL_USAGE, CertCloseStore,
    CertEnumCertificatesInStore, CertGetEnhancedKeyUsage, CertOpenSystemStoreW, HCERTSTORE,
};
use windows_sys::core::w;

/// Of the purpose "server authentication".
const SERVER: &CStr = c"1.3.6.1.5.5.7.3.1";

/// The authorities, as PEM.
pub(crate) struct Source(String);

/// `None` where this system has none.
pub(crate) fn find() -> Option<Source> {
    let mut pem = String::new();
    Store::open()?.each(|certificate| {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        STANDARD.encode_string(certificate, &mut pem);
        pem.push_str("\n-----END CERTIFICATE-----\n");
    });
    (!pem.is_empty()).then_some(Source(pem))
}

/// Says that there is no source.
pub(crate) fn missing() -> String {
    "this system has no authority in the certificate store ROOT".to_owned()
}

impl Source {
    /// Returns the authorities as PEM. No file is read.
    pub(crate) fn pem<E>(&self, _: fn(&Path) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
        Ok(self.0.clone().into_bytes())
    }

    /// Returns what the source is called in messages.
    pub(crate) fn name(&self) -> &'static str {
        "the certificate store ROOT"
    }
}

struct Store(HCERTSTORE);

impl Store {
    fn open() -> Option<Store> {
        // SAFETY: the name is terminated.
        let store = unsafe { CertOpenSystemStoreW(0, w!("ROOT")) };
        (!store.is_null()).then_some(Store(store))
    }

    /// Calls `use_it` with each certificate that may sign for servers.
    fn each(&self, mut use_it: impl FnMut(&[u8])) {
        let mut context: *const CERT_CONTEXT = ptr::null();
        loop {
            // SAFETY: the store is open; the call frees the context before.
            context = unsafe { CertEnumCertificatesInStore(self.0, context) };
            // SAFETY: it lives until the next call.
            let Some(found) = (unsafe { context.as_ref() }) else { return };
            if is_for_servers(found) && !found.pbCertEncoded.is_null() {
                // SAFETY: the context has a certificate of this length.
                let bytes = unsafe {
                    slice::from_raw_parts(found.pbCertEncoded, found.cbCertEncoded as usize)
                };
                use_it(bytes);
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: it was opened, and is closed once.
        unsafe { CertCloseStore(self.0, 0) };
    }
}

/// Whether an administrator restricted the certificate to other purposes.
fn is_for_servers(certificate: &CERT_CONTEXT) -> bool {
    let flags = CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG;
    let mut size = 0;
    // SAFETY: without room, only the size is written.
    let known = unsafe { CertGetEnhancedKeyUsage(certificate, flags, ptr::null_mut(), &mut size) };
    if known == 0 {
        return is_unrestricted();
    }
    // As `CTL_USAGE` is aligned.
    let mut room = vec![0_usize; (size as usize).div_ceil(size_of::<usize>()).max(2)];
    let usage = room.as_mut_ptr().cast::<CTL_USAGE>();
    // SAFETY: there is room for `size` bytes, and it is aligned.
    let known = unsafe { CertGetEnhancedKeyUsage(certificate, flags, usage, &mut size) };
    // SAFETY: zeros, or what was written: with as many pointers to texts in `room` as it says.
    let (count, texts) = unsafe { ((*usage).cUsageIdentifier, (*usage).rgpszUsageIdentifier) };
    if known == 0 || count == 0 {
        return is_unrestricted();
    }
    // SAFETY: as above.
    (0..count as usize).any(|at| unsafe { CStr::from_ptr((*texts.add(at)).cast()) } == SERVER)
}

/// Whether the last call found no list of purposes, rather than an empty one.
fn is_unrestricted() -> bool {
    Error::last_os_error().raw_os_error() == Some(CRYPT_E_NOT_FOUND)
}
