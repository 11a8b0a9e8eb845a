//! The user and the groups of this process.

use std::ffi::CString;

/// The number of a group.
pub(crate) type Group = u32;

pub(super) fn effective_user() -> u32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether the process may give files to this group.
pub(crate) fn is_member(group: Group) -> bool {
    // SAFETY: as above.
    let effective = unsafe { libc::getegid() };
    let lists: &[GetGroups] = &[
        libc::getgroups,
        #[cfg(target_os = "macos")]
        getgroups_of_the_user(),
    ];
    effective == group
        || effective_user() == 0
        || lists.iter().any(|list| groups(*list).contains(&group))
}

type GetGroups = unsafe extern "C" fn(libc::c_int, *mut libc::gid_t) -> libc::c_int;

/// Without the limit of 16 groups that the other function has. It does not know of setgroups(2).
#[cfg(target_os = "macos")]
fn getgroups_of_the_user() -> GetGroups {
    // In here, cbindgen does not take it for a function of this library.
    unsafe extern "C" {
        #[link_name = "getgroups$DARWIN_EXTSN"]
        fn getgroups(room: libc::c_int, groups: *mut libc::gid_t) -> libc::c_int;
    }
    getgroups
}

fn groups(get: GetGroups) -> Vec<Group> {
    // SAFETY: with a size of 0, nothing is written.
    let count = unsafe { get(0, std::ptr::null_mut()) };
    let mut groups = vec![0; usize::try_from(count).unwrap_or(0)];
    // SAFETY: there is room for as many as are asked for.
    let count = unsafe { get(count.max(0), groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).unwrap_or(0));
    groups
}

/// The group of this name or number, or why there is none.
pub(crate) fn group(name: &str) -> Result<Group, String> {
    group_id(name).ok_or_else(|| format!("this system has no group {name:?}"))
}

fn group_id(name: &str) -> Option<Group> {
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
