//! The jobs of a batch job, done by the library.

use std::io::{self, Write};
use std::sync::Barrier;
use std::thread;

use vanta_benches::{Measured, client};

type Failure = Box<dyn std::error::Error>;

/// A token that is in hand, so many times by so many threads.
fn token(threads: usize, times: u64) -> Result<String, Failure> {
    let client = client()?;
    client.token()?;
    let barrier = Barrier::new(threads);
    let work = || {
        barrier.wait();
        for _ in 0..times {
            let token = client.token().expect("it is in hand");
            std::hint::black_box(token.secret().expose());
        }
    };
    let measured = Measured::begin();
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    Ok(measured.end(times * threads as u64))
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let line = match words[..] {
        ["token", threads, times] => token(threads.parse()?, times.parse()?)?,
        _ => return Err("say which job: token THREADS TIMES".into()),
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
