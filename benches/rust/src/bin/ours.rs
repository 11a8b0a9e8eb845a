//! Does the jobs with the library.

use std::io::{self, Write};
use std::sync::Barrier;
use std::thread;

use vanta::Client;
use vanta_benches::{Measured, client, config};

type Failure = Box<dyn std::error::Error>;

/// Gets a cached token several times on several threads.
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

/// One token, from the store that the suite names, or a token of its own without one.
fn stored() -> Result<String, Failure> {
    let config = config();
    let client = Client::new(match std::env::var("BENCH_STORE") {
        Ok(store) => config.token_store(store.as_str()),
        Err(_) => config.static_token("vat_0123456789abcdef"),
    })?;
    let measured = Measured::begin();
    client.token()?;
    Ok(measured.end(1))
}

/// So many clients in one process, each of another application, and a token for each.
fn clients(count: u64) -> Result<String, Failure> {
    let measured = Measured::begin();
    let made = |number| {
        let client =
            Client::new(config().client_id(format!("vci_{number}")).static_token("vat_0"))?;
        client.token().map(|_| client)
    };
    let clients = (0..count).map(made).collect::<vanta::Result<Vec<Client>>>()?;
    let line = measured.end(count);
    drop(clients);
    Ok(line)
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let line = match words[..] {
        ["token", threads, times] => token(threads.parse()?, times.parse()?)?,
        ["stored"] => stored()?,
        ["clients", count] => clients(count.parse()?)?,
        _ => return Err("say which job: token THREADS TIMES, stored, or clients COUNT".into()),
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
