//! Tells crates that compile C against the functions of this one where `vanta.h` is: Cargo hands
//! their build scripts the folder as `DEP_VANTA_INCLUDE`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    println!("cargo::metadata=include={root}/include");
}
