//! Time limits that hold on a loaded machine: a test is allowed as much more time as a thread that
//! only sleeps was late meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const NAP: Duration = Duration::from_millis(10);

/// The sleeping thread needs the processor once to be in time; the tested code needs it more often.
const TIMES: u32 = 6;

/// Runs an action. Returns its result, and how much more time to allow.
pub fn with_allowance<T>(action: impl FnOnce() -> T) -> (T, Duration) {
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| {
            let mut latest = Duration::ZERO;
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                thread::sleep(NAP);
                latest = latest.max(began.elapsed().saturating_sub(NAP));
            }
            latest
        });
        // Also after a panic, because the scope waits for the sleeping thread.
        let end = End(&ended);
        let outcome = action();
        drop(end);
        (outcome, sleeper.join().expect("it only sleeps") * TIMES)
    })
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Fails if an action takes longer than `most` and the time that the load of the machine explains.
#[track_caller]
pub fn within<T>(most: Duration, action: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let (outcome, allowance) = with_allowance(action);
    assert_in_time(began.elapsed(), most, allowance);
    outcome
}

#[track_caller]
pub fn assert_in_time(took: Duration, most: Duration, allowance: Duration) {
    assert!(took < most + allowance, "{took:?}, and not {most:?} with {allowance:?} for the load");
}

/// Runs a program that prints whether it was in time until it was. A loaded machine may be late
/// often, but not always. Returns all outputs.
#[track_caller]
pub fn until_in_time(in_time: &str, mut run: impl FnMut() -> String) -> Vec<String> {
    let mut outputs = Vec::new();
    while outputs.len() < 10 {
        outputs.push(run());
        if outputs.last().is_some_and(|output| output == in_time) {
            return outputs;
        }
    }
    panic!("never in time: {outputs:?}");
}

#[test]
#[should_panic(expected = "3s, and not 1s with 1s for the load")]
fn delay_that_load_does_not_explain_fails() {
    assert_in_time(Duration::from_secs(3), Duration::from_secs(1), Duration::from_secs(1));
}
