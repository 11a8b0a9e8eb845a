//! Many runs, each in a program of its own, so that one run leaves nothing to the next.

use std::collections::BTreeMap;
use std::io;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::run;

/// A run that takes longer hangs: a thread waits for something that is not simulated.
const LONGEST: Duration = Duration::from_secs(300);

/// A run: its line, and the invariants that were broken.
struct Run {
    line: String,
    violations: Vec<String>,
}

impl Run {
    /// A number of its line.
    fn number(&self, name: &str) -> u64 {
        let mut words = self.line.split(' ').skip_while(|word| *word != name);
        words.nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
    }
}

/// Runs a seed in a program of its own.
fn run_one(seed: u64, arguments: &Arguments) -> io::Result<Run> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--seed", &seed.to_string(), "--hours", &arguments.hours.to_string()]);
    command.arg("--silent").stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(jobs) = arguments.jobs {
        command.args(["--jobs", &jobs.to_string()]);
    }
    if !arguments.skip.is_empty() {
        let skip: Vec<String> = arguments.skip.iter().map(usize::to_string).collect();
        command.args(["--skip", &skip.join(",")]);
    }
    let mut child = command.spawn()?;
    let began = Instant::now();
    while child.try_wait()?.is_none() {
        if began.elapsed() > LONGEST {
            child.kill()?;
            let violations = vec!["no hang: the run does not end".to_owned()];
            child.wait()?;
            return Ok(Run { line: format!("seed {seed}"), violations });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let mut violations: Vec<String> = lines.map(str::to_owned).collect();
    if line.is_empty() {
        violations.push(format!("no crash: the run ends with {}", output.status));
    }
    Ok(Run { line, violations })
}

/// Calls `done` for the run of each seed, two at a time.
fn run_all(arguments: &Arguments, done: impl Fn(u64, Run) + Sync) {
    let next = AtomicU64::new(arguments.seeds.start);
    let limit = arguments.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let began = Instant::now();
    let failed = AtomicBool::new(false);
    let worker = || {
        let is_over = || limit.is_some_and(|limit| began.elapsed() >= limit);
        while !(is_over() || arguments.stops && failed.load(Ordering::Relaxed)) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= arguments.seeds.end {
                return;
            }
            match run_one(seed, arguments) {
                Ok(run) => {
                    failed.fetch_or(!run.violations.is_empty(), Ordering::Relaxed);
                    done(seed, run);
                }
                Err(error) => eprintln!("seed {seed}: {error}"),
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        (0..workers).for_each(|_| drop(scope.spawn(worker)));
    });
}

/// Runs all seeds, and reports.
pub fn run(arguments: &Arguments) -> ExitCode {
    let totals = Mutex::new((BTreeMap::<&str, u64>::new(), Vec::new()));
    let began = Instant::now();
    run_all(arguments, |seed, run| {
        let mut totals = totals.lock().expect("no thread panics");
        let (counts, failed) = &mut *totals;
        *counts.entry("seeds").or_default() += 1;
        for name in ["hours", "faults", "checks", "calls", "events"] {
            *counts.entry(name).or_default() += run.number(name);
        }
        if !run.violations.is_empty() {
            run.violations.iter().take(3).for_each(|one| println!("seed {seed}: {one}"));
            failed.push(seed);
        }
    });
    let (counts, mut failed) = totals.into_inner().expect("no thread panics");
    failed.sort_unstable();
    let seconds = began.elapsed().as_secs_f64();
    let count = |name| counts.get(name).copied().unwrap_or(0);
    println!(
        "seeds: {} in {seconds:.0} s, {:.2} a second",
        count("seeds"),
        count("seeds") as f64 / seconds
    );
    println!("simulated hours: {}", count("hours"));
    println!("calls: {}", count("calls"));
    println!("faults injected: {}", count("faults"));
    println!("invariants checked: {}", count("checks"));
    println!("seeds that failed: {} {failed:?}", failed.len());
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Runs all seeds twice, and compares the logs.
pub fn twice(arguments: &Arguments) -> ExitCode {
    let different = Mutex::new(Vec::new());
    let count = AtomicU64::new(0);
    run_all(arguments, |seed, first| {
        count.fetch_add(1, Ordering::Relaxed);
        let second = run_one(seed, arguments);
        if second.is_err() || second.is_ok_and(|second| second.line != first.line) {
            different.lock().expect("no thread panics").push(seed);
        }
    });
    let different = different.into_inner().expect("no thread panics");
    println!("seeds run twice: {}; logs that differ: {different:?}", count.into_inner());
    ExitCode::from(u8::from(!different.is_empty()))
}

/// Leaves out faults and jobs as long as the seed fails.
pub fn minimise(arguments: &Arguments) -> ExitCode {
    let seed = arguments.seeds.start;
    let fails = |arguments: &Arguments| {
        run_one(seed, arguments).ok().and_then(|run| run.violations.first().cloned())
    };
    let mut least = arguments.clone();
    let Some(mut violation) = fails(&least) else {
        println!("seed {seed} does not fail");
        return ExitCode::SUCCESS;
    };
    let faults = run::plan(arguments).faults.len();
    let mut size = faults.max(1);
    while size > 0 {
        for from in (0..faults).step_by(size) {
            let mut fewer = least.clone();
            fewer.skip.extend(from..(from + size).min(faults));
            fewer.skip.sort_unstable();
            fewer.skip.dedup();
            if let Some(found) = Some(&fewer).filter(|one| one.skip != least.skip).and_then(fails) {
                (least, violation) = (fewer, found);
            }
        }
        size /= 2;
    }
    for jobs in 1..run::plan(arguments).jobs.len() {
        let fewer = Arguments { jobs: Some(jobs), ..least.clone() };
        if let Some(found) = fails(&fewer) {
            (least, violation) = (fewer, found);
            break;
        }
    }
    let skip: Vec<String> = least.skip.iter().map(usize::to_string).collect();
    let skip = if skip.is_empty() { String::new() } else { format!(" --skip {}", skip.join(",")) };
    let jobs = least.jobs.map_or_else(String::new, |jobs| format!(" --jobs {jobs}"));
    println!("{violation}\nuniverse --seed {seed} --hours {}{skip}{jobs}", least.hours);
    ExitCode::FAILURE
}
