//! A token store of the program's own, behind functions of C.

use std::ffi::{CStr, CString, c_char, c_void};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::handle::c_text;
use crate::error::{Error, ErrorKind, Result};
use crate::{LockedRecord, StoreError, TokenStore};

// == Custom token stores
// -- Results of its functions

/// The function succeeded.
pub const VANTA_STORE_RESULT_DONE: i32 = 0;
/// Another process holds the lock. Only for try_lock, which is called again until the call's
/// deadline.
pub const VANTA_STORE_RESULT_BUSY: i32 = 1;
/// The store cannot be reached or failed. Any unknown number means the same.
pub const VANTA_STORE_RESULT_UNAVAILABLE: i32 = 2;
/// The store cannot be used until it is repaired.
pub const VANTA_STORE_RESULT_UNUSABLE: i32 = 3;
/// The store cannot read without the lock. Only for read; the record is then read under the lock.
pub const VANTA_STORE_RESULT_UNSUPPORTED: i32 = 4;

/// No record is larger.
const CAP: usize = 1 << 20;
const ROOM: usize = 64 << 10;

/// How often a record is looked at that is larger than its room.
const MOST_LOOKS: usize = 3;

/// The functions of a custom token store. All but destroy and read are required. Threads inside
/// calls of the library run them, several at a time. They must not call the library. `key` names
/// the application; each key has a lock and a record of its own.
///
/// ```c
/// static int32_t try_lock(void *db, const char *key, uint64_t hold_ms)
/// {
///     return db_lock(db, key, hold_ms) ? VANTA_STORE_RESULT_DONE : VANTA_STORE_RESULT_BUSY;
/// }
///
/// static vanta_status use_database(vanta_config *config, void *db)
/// {
///     vanta_store store = {sizeof store, "database", try_lock, db_load, db_save, db_unlock,
///                          NULL, NULL};
///     return vanta_config_set_custom_token_store(config, &store, db);
/// }
/// ```
#[repr(C)]
pub struct vanta_store {
    /// sizeof(vanta_store), so that later versions can add members.
    pub size: usize,
    /// The name of the store in messages, without a password. It is copied.
    pub name: *const c_char,
    /// Takes the lock of `key` without waiting, or returns VANTA_STORE_RESULT_BUSY. A store that
    /// cannot notice that the holder has ended releases the lock after `hold_ms` milliseconds.
    pub try_lock: Option<
        unsafe extern "C" fn(user_data: *mut c_void, key: *const c_char, hold_ms: u64) -> i32,
    >,
    /// Copies the record of `key` to `record`, which has `room` bytes, and sets `*size` to its
    /// size: 0 when there is none. When the room is too small, it only sets `*size`, and is called
    /// again. The lock is held.
    pub load: Option<
        unsafe extern "C" fn(
            user_data: *mut c_void,
            key: *const c_char,
            record: *mut c_void,
            room: usize,
            size: *mut usize,
        ) -> i32,
    >,
    /// Replaces the record with `size` bytes, completely or not at all, and only while the lock is
    /// held.
    pub save: Option<
        unsafe extern "C" fn(
            user_data: *mut c_void,
            key: *const c_char,
            record: *const c_void,
            size: usize,
        ) -> i32,
    >,
    /// Releases the lock of `key`.
    pub unlock: Option<unsafe extern "C" fn(user_data: *mut c_void, key: *const c_char)>,
    /// Releases what `user_data` points to. It is called once, when neither the configuration nor
    /// any client needs the store any more. May be NULL.
    pub destroy: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    /// Copies the record of `key` as load does, without the lock, so that a valid token is used
    /// while another process holds it. It must return a record that was saved completely, never a
    /// partial one. May be NULL, or return VANTA_STORE_RESULT_UNSUPPORTED; the record is then read
    /// under the lock.
    pub read: Option<
        unsafe extern "C" fn(
            user_data: *mut c_void,
            key: *const c_char,
            record: *mut c_void,
            room: usize,
            size: *mut usize,
        ) -> i32,
    >,
}

// No holes: a size and seven pointers, as tests/c/layout.c says too.
const _: () = {
    assert!(size_of::<vanta_store>() == size_of::<usize>() + 7 * size_of::<*const c_void>());
    assert!(std::mem::offset_of!(vanta_store, size) == 0);
    assert!(
        std::mem::offset_of!(vanta_store, read) + size_of::<usize>() == size_of::<vanta_store>()
    );
};

type TryLock = unsafe extern "C" fn(*mut c_void, *const c_char, u64) -> i32;
type Load = unsafe extern "C" fn(*mut c_void, *const c_char, *mut c_void, usize, *mut usize) -> i32;
type Save = unsafe extern "C" fn(*mut c_void, *const c_char, *const c_void, usize) -> i32;
type Unlock = unsafe extern "C" fn(*mut c_void, *const c_char);

pub(super) struct Callbacks(Arc<Given>);

struct Given {
    name: String,
    try_lock: TryLock,
    load: Load,
    save: Save,
    unlock: Unlock,
    read: Option<Load>,
    destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    user_data: *mut c_void,
}

// SAFETY: the header asks for functions that may be called by several threads, with this pointer.
unsafe impl Send for Given {}
// SAFETY: as above.
unsafe impl Sync for Given {}

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            // SAFETY: the program's own function, with the pointer that it gave for it.
            unsafe { destroy(self.user_data) };
        }
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callbacks({})", self.0.name)
    }
}

impl Callbacks {
    pub(super) fn new(store: *const vanta_store, user_data: *mut c_void) -> Result<Callbacks> {
        let wrong = |why: &str| Error::new(ErrorKind::InvalidArgument, format!("store: {why}"));
        if store.is_null() {
            return Err(super::arguments::null("store"));
        }
        if !store.is_aligned() {
            return Err(wrong("its address is not one of a vanta_store"));
        }
        // SAFETY: the header asks for a valid struct whose first member is its size.
        let size = unsafe { (*store).size };
        if size != size_of::<vanta_store>() {
            return Err(wrong("its size is not sizeof(vanta_store) of this version"));
        }
        // SAFETY: valid for as many bytes as it says, which are those of the type.
        let store = unsafe { &*store };
        let (Some(try_lock), Some(load), Some(save), Some(unlock)) =
            (store.try_lock, store.load, store.save, store.unlock)
        else {
            return Err(wrong("try_lock, load, save and unlock must be given"));
        };
        let name = super::arguments::text(store.name, "the name of the store")?.to_owned();
        let (read, destroy) = (store.read, store.destroy);
        let given = Given { name, try_lock, load, save, unlock, read, destroy, user_data };
        Ok(Callbacks(Arc::new(given)))
    }
}

fn done(answer: i32, what: &str) -> Result<(), StoreError> {
    match answer {
        VANTA_STORE_RESULT_DONE => Ok(()),
        VANTA_STORE_RESULT_UNSUPPORTED if what == "read" => Err(StoreError::unsupported()),
        VANTA_STORE_RESULT_UNUSABLE => {
            Err(StoreError::unusable(format!("{what}: it cannot be used")))
        }
        other => Err(StoreError::unavailable(format!("{what} answered {other}"))),
    }
}

impl TokenStore for Callbacks {
    fn name(&self) -> String {
        self.0.name.clone()
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        let (given, key) = (Arc::clone(&self.0), c_text(key));
        let hold_ms = u64::try_from(hold.as_millis()).unwrap_or(u64::MAX);
        // SAFETY: the program's own function; the key lives for the call.
        let answer = unsafe { (given.try_lock)(given.user_data, key.as_ptr(), hold_ms) };
        if answer == VANTA_STORE_RESULT_BUSY {
            return Ok(None);
        }
        done(answer, "try_lock")?;
        Ok(Some(Box::new(Locked { given, key })))
    }

    fn read(&self, key: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let read = self.0.read.ok_or_else(StoreError::unsupported)?;
        self.0.copy(read, "read", &c_text(key))
    }
}

impl Given {
    /// The record as `function` copies it.
    fn copy(
        &self,
        function: Load,
        what: &str,
        key: &CStr,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let mut room = ROOM;
        // Without the lock it may grow between two looks.
        for _ in 0..MOST_LOOKS {
            match self.copy_into(room, function, what, key)? {
                Ok(record) => return Ok(Some(record).filter(|record| !record.is_empty())),
                Err(size) if size > CAP => {
                    return Err(StoreError::unavailable("the record is too large"));
                }
                Err(size) => room = size,
            }
        }
        Err(StoreError::unavailable("the record grows while it is read"))
    }

    /// The record, or how much room it takes.
    fn copy_into(
        &self,
        room: usize,
        function: Load,
        what: &str,
        key: &CStr,
    ) -> Result<Result<Zeroizing<Vec<u8>>, usize>, StoreError> {
        let mut record = Zeroizing::new(vec![0; room]);
        let (start, mut size) = (record.as_mut_ptr().cast(), 0);
        // SAFETY: the program's own function; it is told how many bytes it may write.
        let result = unsafe { function(self.user_data, key.as_ptr(), start, room, &mut size) };
        done(result, what)?;
        if size > room {
            return Ok(Err(size));
        }
        record.truncate(size);
        Ok(Ok(record))
    }
}

struct Locked {
    given: Arc<Given>,
    key: CString,
}

impl LockedRecord for Locked {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.given.copy(self.given.load, "load", &self.key)
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let (save, user_data) = (self.given.save, self.given.user_data);
        // SAFETY: the program's own function; key and record live for the call.
        let answer =
            unsafe { save(user_data, self.key.as_ptr(), record.as_ptr().cast(), record.len()) };
        done(answer, "save")
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: the program's own function; the key lives for the call.
        unsafe { (self.given.unlock)(self.given.user_data, self.key.as_ptr()) };
    }
}
