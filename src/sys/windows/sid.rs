//! Users and groups, which Windows knows by security identifiers (SIDs).

use std::ffi::c_void;
use std::io::{Error, Result};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::ConvertSidToStringSidW;
use windows_sys::Win32::Security::{
    CopySid, EqualSid, GetTokenInformation, IsWellKnownSid, LookupAccountSidW, PSID, TOKEN_QUERY,
    TOKEN_USER, TokenUser, WinBuiltinAdministratorsSid, WinCreatorOwnerRightsSid,
    WinLocalSystemSid,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::wide;

/// Of the service that owns the files of Windows itself.
const INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

/// More than a `TOKEN_USER` with the longest SID takes, in words that are aligned as it is.
const ROOM: usize = 32;

/// The SID of a user.
pub(super) struct Sid([usize; ROOM]);

impl Sid {
    /// Of the user that this process runs as.
    pub(super) fn of_process() -> Result<Sid> {
        let mut token = ptr::null_mut();
        // SAFETY: the handle of the process is always valid; the new one is written.
        if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &mut token) } == 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: it was just opened, and is ours.
        let token = unsafe { OwnedHandle::from_raw_handle(token) };
        let mut found = [0_usize; ROOM];
        let (room, mut size) = (u32::try_from(size_of_val(&found)).unwrap_or(0), 0);
        let to = found.as_mut_ptr().cast::<c_void>();
        // SAFETY: there is room for as much as is said, and it is aligned.
        let outcome =
            unsafe { GetTokenInformation(token.as_raw_handle(), TokenUser, to, room, &mut size) };
        if outcome == 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: it was written, with a pointer to the SID behind it.
        let sid = unsafe { (*to.cast::<TOKEN_USER>()).User.Sid };
        let mut user = Sid([0; ROOM]);
        // SAFETY: the SID is a part of `found`, so it fits into as much room.
        if unsafe { CopySid(room, user.0.as_mut_ptr().cast(), sid) } == 0 {
            return Err(Error::last_os_error());
        }
        Ok(user)
    }

    fn pointer(&self) -> PSID {
        self.0.as_ptr().cast_mut().cast()
    }

    /// # Safety
    ///
    /// The other is a valid SID.
    pub(super) unsafe fn is(&self, other: PSID) -> bool {
        // SAFETY: both are valid.
        unsafe { EqualSid(self.pointer(), other) != 0 }
    }

    /// Such as `S-1-5-21-…`.
    pub(super) fn text(&self) -> Result<String> {
        // SAFETY: the SID is valid.
        unsafe { text(self.pointer()) }
    }

    /// Such as `DOMAIN\user`.
    pub(super) fn name(&self) -> String {
        // SAFETY: the SID is valid.
        unsafe { name(self.pointer()) }
    }
}

/// Whether it is the administrators or the system, which may do everything anyway, or stands for
/// the owner.
///
/// # Safety
///
/// The SID is a valid one.
pub(super) unsafe fn is_administrative(sid: PSID) -> bool {
    let kinds = [WinBuiltinAdministratorsSid, WinLocalSystemSid, WinCreatorOwnerRightsSid];
    // SAFETY: as the caller promises.
    kinds.into_iter().any(|kind| unsafe { IsWellKnownSid(sid, kind) != 0 })
}

/// # Safety
///
/// The SID is a valid one.
pub(super) unsafe fn is_installer(sid: PSID) -> bool {
    // SAFETY: as the caller promises.
    unsafe { text(sid) }.is_ok_and(|text| text == INSTALLER)
}

/// # Safety
///
/// The SID is a valid one.
unsafe fn text(sid: PSID) -> Result<String> {
    let mut text = ptr::null_mut();
    // SAFETY: the system allocates the text.
    if unsafe { ConvertSidToStringSidW(sid, &mut text) } == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY: it is terminated, and freed once.
    unsafe {
        let copy = wide::from_terminated(text);
        LocalFree(text.cast());
        Ok(copy)
    }
}

/// Such as `DOMAIN\user`; the number of an account that no longer exists.
///
/// # Safety
///
/// The SID is a valid one.
pub(super) unsafe fn name(sid: PSID) -> String {
    let (mut name, mut domain) = ([0_u16; 256], [0_u16; 256]);
    let (mut name_size, mut domain_size, mut kind) = (256, 256, 0);
    // SAFETY: there is room for as much as is said.
    let outcome = unsafe {
        LookupAccountSidW(
            ptr::null(),
            sid,
            name.as_mut_ptr(),
            &mut name_size,
            domain.as_mut_ptr(),
            &mut domain_size,
            &mut kind,
        )
    };
    if outcome == 0 {
        // SAFETY: as the caller promises.
        return unsafe { text(sid) }.unwrap_or_else(|_| "an unknown user".to_owned());
    }
    let shown =
        |text: &[u16], size: u32| String::from_utf16_lossy(&text[..(size as usize).min(256)]);
    match shown(&domain, domain_size) {
        domain if domain.is_empty() => shown(&name, name_size),
        domain => format!("{domain}\\{}", shown(&name, name_size)),
    }
}
