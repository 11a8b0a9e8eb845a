//! The final C artefacts: everything is in `libvanta`, this crate gives it its form and its memory.

// Named for its feature alone, which leaves logging out of what is linked here.
use log as _;

mod wiping;

pub use vanta::ffi::*;

#[global_allocator]
static MEMORY: wiping::Wiping = wiping::Wiping;
