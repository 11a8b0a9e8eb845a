//! The final C artefacts: everything is in `libvanta`, this crate only gives it its form.

pub use vanta::ffi::*;
