//! What the program needs is no dependency of the library.

use std::process::Command;

#[test]
fn the_library_builds_no_crate_of_the_program() {
    let tree = |package: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["tree", "--offline", "--locked", "-e", "normal,build", "--prefix", "none"]);
        let output = cargo.args(["-p", package]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        String::from_utf8(output.expect("cargo runs").stdout).expect("names are UTF-8")
    };
    let (library, program) = (tree("libvanta"), tree("vanta-cli"));
    for name in ["clap", "clap_complete", "clap_mangen", "indicatif", "vanta-cli"] {
        let is_in = |text: &str| text.lines().any(|line| line.starts_with(&format!("{name} v")));
        assert!(is_in(&program) && !is_in(&library), "{name}");
    }
}
