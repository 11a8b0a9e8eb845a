//! Shared by the programs in Rust: measurements, records and clients.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use vanta::{Client, Config};

/// Measures a job, for a line of JSON that the suite reads.
pub struct Measured {
    began: Instant,
    cpu: Duration,
    peak: u64,
}

impl Measured {
    /// Starts the measurement of this process.
    pub fn begin() -> Measured {
        Measured { began: Instant::now(), cpu: cpu(), peak: peak_kb() }
    }

    /// Ends it, and returns the line. `units` is the number of calls, requests or bytes.
    pub fn end(self, units: u64) -> String {
        let (wall, cpu) = (self.began.elapsed().as_nanos(), (cpu() - self.cpu).as_nanos());
        let grew = peak_kb() - self.peak;
        format!(r#"{{"cpu_ns":{cpu},"wall_ns":{wall},"units":{units},"rss_kb":{grew}}}"#)
    }
}

/// Returns the processor time of all threads of this process.
fn cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec` into memory that is ours.
    let told = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(told, 0, "every Linux has this clock");
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Returns the peak of resident memory.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Returns a variable that the suite sets.
pub fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run benches/run"))
}

/// Returns whether records are short, so that a body can have 100,000 of them.
pub fn is_slim() -> bool {
    std::env::var_os("BENCH_SLIM").is_some()
}

/// Returns the configuration of a client of the suite's server.
pub fn config() -> Config {
    let config = Config::new().client_id(told("BENCH_ID")).client_secret(told("BENCH_SECRET"));
    config.origin(told("BENCH_ORIGIN")).ca_file(told("BENCH_CA")).requests_per_minute(0)
}

/// Makes a client of the suite's server.
pub fn client() -> vanta::Result<Client> {
    Client::new(config())
}

/// Makes a record as a job does.
pub fn record(number: usize) -> String {
    if is_slim() {
        let url = format!("https://x.example.org/{number}");
        return format!(
            r#"{{"displayName":"Person {number}","uniqueId":"{number}","externalUrl":"{url}"}}"#
        );
    }
    let mut text = String::new();
    let _ = write!(
        text,
        concat!(
            r#"{{"displayName":"Person {n}","uniqueId":"account-{n:06}","#,
            r#""externalUrl":"https://inventory.example.org/accounts/{n}","#,
            r#""fullName":"Person {n}","accountName":"person{n}","#,
            r#""email":"person{n}@example.org","permissionLevel":"BASE","#,
            r#""createdTimestamp":"2026-01-01T00:00:00Z","status":"ACTIVE","#,
            r#""mfaEnabled":true,"mfaMethods":["OTP"],"authMethod":"SSO"}}"#
        ),
        n = number
    );
    text
}

/// Returns an array of records. One in a hundred differs from the listed one.
pub fn array(records: usize) -> String {
    let other = |text: String| text.replacen("Person", "Somebody", 1);
    let one = |n| if n % 100 == 7 { other(record(n)) } else { record(n) };
    format!("[{}]", (0..records).map(one).collect::<Vec<_>>().join(","))
}

/// Returns a row as Vanta lists it. One in ten is soft-deleted.
pub fn row(number: usize) -> String {
    let deleted = if number % 10 == 9 { r#""2026-04-13T00:00:00.000Z""# } else { "null" };
    let record = record(number);
    let own = record.trim_end_matches('}');
    let dates = r#""createdAt":"2026-04-01T00:00:05.000Z","updatedAt":"2026-04-12T09:30:00.000Z""#;
    format!(r#"{own},{dates},"deletedAt":{deleted}}}"#)
}

/// Returns a response that lists a number of rows.
pub fn list(rows: usize) -> String {
    let mut text = String::from(r#"{"resources":["#);
    for number in 0..rows {
        text += if number > 0 { "," } else { "" };
        text += &row(number);
    }
    text + "]}"
}
