//! Events reach handlers in C, C++ and Python, and Ctrl-C ends a call of Python.

use crate::harness::{Fault, Place, Rig};
use crate::languages::{BUILT, command, secret_file, succeed};
use crate::load_tolerance::until_in_time;

#[test]
fn event_handler_of_c_gets_events_and_is_freed_once() {
    needs!("gcc");
    let rig = Rig::new();
    rig.reply_with(Place::Get, 503, &[("retry-after", "0")], "");
    let secret = secret_file(&rig);
    let words = vec![BUILT.compile("gcc", "-std=c99", "tests/c/events.c").into_os_string()];
    let output = succeed(&mut command(&rig, &secret, &words));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "passed\n");
}

#[test]
fn ctrl_c_ends_a_python_call_and_the_client_stays_usable() {
    needs!("python3");
    let words = BUILT.python("tests/python/keyboard_interrupt.py");
    let tries = until_in_time("interrupted after at most 1.5 s\n", || {
        let rig = Rig::new();
        rig.script(Place::Get, Fault::Hang);
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    assert!(tries.iter().all(|output| output.starts_with("interrupted after")), "{tries:?}");
}
