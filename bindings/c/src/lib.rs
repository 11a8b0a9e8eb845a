//! The final C artefacts: everything is in `libvanta`, this crate only gives it its form.

// Named for its feature alone, which leaves logging out of what is linked here.
use log as _;

pub use vanta::ffi::*;
