//! Prints the size of the source: `cargo test --test it -- --nocapture house::sizes`.

use super::{Source, functions, import_cycles, sources, wrong_dependency_count};

/// Counts the lines that are neither blank nor a comment.
fn code_lines(source: &Source) -> usize {
    super::code(&source.text).filter(|(_, line)| !line.trim().is_empty()).count()
}

#[test]
fn source_sizes_are_within_limits() {
    let sources = sources();
    let code: usize = sources.iter().map(code_lines).sum();
    let text: usize = sources.iter().map(|source| source.text.lines().count()).sum();
    let largest = sources.iter().map(|source| source.text.lines().count()).max().unwrap_or(0);
    let mut lengths: Vec<usize> = sources
        .iter()
        .flat_map(|source| functions(&source.text))
        .map(|(_, length)| length)
        .collect();
    lengths.sort_unstable();
    let (count, at) = (lengths.len(), |share: usize| lengths[(lengths.len() - 1) * share / 100]);
    println!("src: {} files, {text} lines, {code} of them code", sources.len());
    println!("the longest file has {largest} lines");
    println!("{count} functions: median {} lines, 90 % up to {}", at(50), at(90));
    println!("import cycles between modules: {}", wrong_dependency_count(&sources));
    println!("import cycles inside modules: {}", import_cycles::cycles(&sources).len());
    assert!(at(50) <= 7 && at(90) <= 25, "functions grew: {} and {} lines", at(50), at(90));
}
