//! Situations that only a caller of the C functions can be in.

use crate::harness::Rig;
use crate::languages::{BUILT, command, secret_file, succeed};

use super::{section, with_placeholders};

/// Returns the sections of all of them, from the output of one program.
pub fn sections() -> String {
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
    let clock = rig.clock_file.as_ref().expect("a shared clock").path().to_owned();
    let secret = secret_file(&rig);
    let words = vec![BUILT.compile("gcc", "-std=gnu99", "tests/c/messages.c").into_os_string()];
    let output = succeed(command(&rig, &secret, &words).env("VANTA_TEST_CLOCK", clock));
    let lines = String::from_utf8(output.stdout).expect("text");
    let sections = lines.lines().map(|line| {
        let (heading, message) = line.split_once('\t').expect("two parts");
        // The number of a source line changes.
        let message = match message.split_once(".rs:") {
            Some((file, _)) => format!("{file}.rs:{{line}}"),
            None => message.to_owned(),
        };
        section(heading, &with_placeholders(&message, &rig), &[])
    });
    sections.collect()
}
