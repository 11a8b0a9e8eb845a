//! Names the shared library from its first build on; without it, a program would record a path.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libvanta.so.0");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
