//! `jsonschema SCHEMA FILE`: reads the records of a request body and validates them with the crate
//! of that name.

use std::io::{self, Write};
use std::time::Instant;
use std::{env, fs};

use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

fn cpu_ns() -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec` into memory that is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [schema, file] = &words[..] else { return Err("say which schema and which file".into()) };
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema)?)?;
    let validator = jsonschema::validator_for(&schema)?;
    let text = fs::read(file)?;
    let (began, cpu) = (Instant::now(), cpu_ns());
    let body: Value = serde_json::from_slice(&text)?;
    let records = body["resources"].as_array().ok_or("there are no records")?;
    let counts = records.iter().map(|record| validator.iter_errors(record).count());
    let violations: usize = counts.sum();
    let (cpu, wall, units) = (cpu_ns() - cpu, began.elapsed().as_nanos(), text.len());
    if violations > 0 {
        return Err(format!("{violations} violations").into());
    }
    writeln!(io::stdout(), r#"{{"cpu_ns":{cpu},"wall_ns":{wall},"units":{units},"rss_kb":0}}"#)?;
    Ok(())
}
