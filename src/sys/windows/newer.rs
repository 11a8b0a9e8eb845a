//! Functions that some versions of Windows have not, or not in the library that programs link.

use std::mem;

use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::core::{PCSTR, w};

/// Finds a function of the system by its name. `F` must be its type.
pub(super) fn function<F: Copy>(name: PCSTR) -> Option<F> {
    let libraries = [w!("kernel32.dll"), w!("kernelbase.dll")];
    // SAFETY: the names are terminated, and these libraries are never unloaded.
    let find = |library| unsafe { GetProcAddress(GetModuleHandleW(library), name) };
    let function = libraries.into_iter().find_map(find)?;
    // SAFETY: a pointer to a function, as `F` is.
    Some(unsafe { mem::transmute_copy(&function) })
}
