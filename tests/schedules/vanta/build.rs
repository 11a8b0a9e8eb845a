//! Has the library compiled with the primitives of `schedules`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(vanta_schedules)");
    println!("cargo::rustc-cfg=vanta_schedules");
}
