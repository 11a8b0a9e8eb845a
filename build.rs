//! Writes `vanta.h` into the build folder when the C functions are built.

fn main() {
    println!("cargo::rerun-if-changed=src/ffi");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    #[cfg(feature = "capi")]
    header();
}

#[cfg(feature = "capi")]
fn header() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    let out = std::env::var("OUT_DIR").expect("cargo sets it for build scripts");
    let bindings = cbindgen::generate(root).expect("the C functions parse");
    bindings.write_to_file(format!("{out}/vanta.h"));
}
