//! Messages name options of the program, not functions of Rust.

#[path = "../../src/names.rs"]
mod names;

#[test]
fn no_message_has_a_name_of_rust() {
    let of_others = ["C: ", "C++: ", "Python: "];
    let messages = include_str!("../../../../tests/error_messages.txt");
    let messages = messages.lines().filter(|line| of_others.iter().all(|l| !line.starts_with(l)));
    let renamed: Vec<String> = messages.map(names::of_options).collect();
    assert!(renamed.iter().any(|line| line.contains("--expect-removals 1")));
    let with_rust = |line: &&String| line.contains("::") && line.contains("()");
    assert_eq!(renamed.iter().filter(with_rust).collect::<Vec<_>>(), Vec::<&String>::new());
}
