//! Owners and permissions of files and folders.

use std::fs::File;
use std::io::{Error, Result};
use std::os::windows::io::AsRawHandle;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo, SDDL_REVISION_1,
    SE_FILE_OBJECT,
};
use windows_sys::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, INHERIT_ONLY_ACE,
    OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SECURITY_ATTRIBUTES,
};
use windows_sys::Win32::System::SystemServices::{
    ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_DENIED_ACE_TYPE,
};

use super::sid::{Sid, is_administrative, is_installer, name};
use super::wide;

/// Memory of the system's with owner and permissions.
struct Descriptor(PSECURITY_DESCRIPTOR);

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system gave it to us to be freed so, once.
        unsafe { LocalFree(self.0) };
    }
}

/// What a new file or folder gets: this user owns it, and only this user, administrators and the
/// system may use it. Nothing is inherited.
pub(super) struct Private(Descriptor);

impl Private {
    pub(super) fn file() -> Result<Private> {
        Private::new("")
    }

    /// What is created in the folder inherits its permissions.
    pub(super) fn folder() -> Result<Private> {
        Private::new("OICI")
    }

    fn new(inherited: &str) -> Result<Private> {
        let user = Sid::of_process()?.text()?;
        let allow = |who: &str| format!("(A;{inherited};FA;;;{who})");
        let text = format!("O:{user}D:P{}{}{}", allow(&user), allow("BA"), allow("SY"));
        let text = wide::text(&text);
        let mut descriptor = ptr::null_mut();
        // SAFETY: the text is terminated, and the system allocates the descriptor.
        let outcome = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &mut descriptor,
                ptr::null_mut(),
            )
        };
        if outcome == 0 { Err(Error::last_os_error()) } else { Ok(Private(Descriptor(descriptor))) }
    }

    /// They lead to `self`, and must not outlive it.
    pub(super) fn attributes(&self) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
            lpSecurityDescriptor: self.0.0,
            bInheritHandle: 0,
        }
    }
}

/// Whose a file or folder is, and who may use it.
pub(super) struct Security {
    /// Owns what the pointers lead to.
    _descriptor: Descriptor,
    owner: PSID,
    /// Null where everybody may do everything.
    permissions: *mut ACL,
    user: Sid,
}

impl Security {
    /// The handle must have the right READ_CONTROL.
    pub(super) fn of(file: &File) -> Result<Security> {
        let (mut owner, mut permissions) = (ptr::null_mut(), ptr::null_mut());
        let mut descriptor = ptr::null_mut();
        // SAFETY: the handle is open. The pointers lead into the descriptor, which the system
        // allocates.
        let status = unsafe {
            GetSecurityInfo(
                file.as_raw_handle(),
                SE_FILE_OBJECT,
                OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                &mut owner,
                ptr::null_mut(),
                &mut permissions,
                ptr::null_mut(),
                &mut descriptor,
            )
        };
        if status != ERROR_SUCCESS {
            return Err(Error::from_raw_os_error(i32::try_from(status).unwrap_or(i32::MAX)));
        }
        let user = Sid::of_process()?;
        Ok(Security { _descriptor: Descriptor(descriptor), owner, permissions, user })
    }

    /// Why the owner is not to be trusted. Folders of the system may belong to its installer.
    pub(super) fn foreign_owner(&self, is_folder: bool) -> Option<String> {
        if self.owner.is_null() {
            return Some("has no owner; use a file system with owners and permissions".to_owned());
        }
        // SAFETY: `of` had it from the system, and the descriptor lives.
        if unsafe { self.is_trusted(self.owner, is_folder) } {
            return None;
        }
        // SAFETY: as above.
        let owner = unsafe { name(self.owner) };
        Some(format!(
            "belongs to {owner}, and this process runs as {}; run all jobs as one user, or give it \
             to this one (takeown)",
            self.user.name()
        ))
    }

    /// # Safety
    ///
    /// The SID is a valid one.
    unsafe fn is_trusted(&self, sid: PSID, is_folder: bool) -> bool {
        // SAFETY: as the caller promises.
        unsafe { self.user.is(sid) || is_administrative(sid) || (is_folder && is_installer(sid)) }
    }

    /// Another user who has one of these rights. Entries that deny are not looked at: what they
    /// leave is not worked out. The system's installer may change all folders of programs.
    pub(super) fn others_who_may(&self, rights: u32, is_folder: bool) -> Option<String> {
        // SAFETY: `of` had it from the system, and the descriptor lives.
        let Some(list) = (unsafe { self.permissions.as_ref() }) else {
            return Some("everybody".to_owned());
        };
        (0..u32::from(list.AceCount)).find_map(|at| {
            let mut entry = ptr::null_mut();
            // SAFETY: the list has an entry of this number.
            if unsafe { GetAce(list, at, &mut entry) } == 0 {
                return Some("an unknown user".to_owned());
            }
            // SAFETY: each entry begins with this.
            let header = unsafe { &*entry.cast::<ACE_HEADER>() };
            self.other_in(header, rights, is_folder)
        })
    }

    fn other_in(&self, header: &ACE_HEADER, rights: u32, is_folder: bool) -> Option<String> {
        if u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0 {
            return None;
        }
        match u32::from(header.AceType) {
            ACCESS_ALLOWED_ACE_TYPE | ACCESS_ALLOWED_CALLBACK_ACE_TYPE => {
                let entry = ptr::from_ref(header).cast::<ACCESS_ALLOWED_ACE>();
                // SAFETY: entries of these types have this form, with the SID in place.
                unsafe {
                    let sid: PSID = (&raw const (*entry).SidStart).cast_mut().cast();
                    let other = (*entry).Mask & rights != 0 && !self.is_trusted(sid, is_folder);
                    other.then(|| name(sid))
                }
            }
            ACCESS_DENIED_ACE_TYPE => None,
            // Files have no others that allow anything.
            _ => Some("an entry of an unknown kind".to_owned()),
        }
    }
}
