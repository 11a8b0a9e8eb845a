//! Names the shared library from its first build on; without it, a program would record a path.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").expect("cargo sets it").as_str() {
        // A DLL is recorded by its file's name. link-windows.sh keeps it loaded.
        "windows" => {}
        // There, a library with thread-local data is never unloaded.
        "macos" => argument("-Wl,-install_name,@rpath/libvanta.0.dylib"),
        _ => {
            argument("-Wl,-soname,libvanta.so.0");
            argument("-Wl,-z,nodelete");
        }
    }
}

fn argument(text: &str) {
    println!("cargo::rustc-cdylib-link-arg={text}");
}
