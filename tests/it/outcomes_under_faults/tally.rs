//! Compares what calls report with the requests that the simulator has counted.

use std::collections::BTreeMap;

use super::plan::Promise;
use super::testbed::{Applied, Call, Outcome, ServerState, name};

/// The outcomes of all calls.
#[derive(Default)]
pub struct Tally {
    pub calls: usize,
    pub yes: usize,
    pub nothing_changed: usize,
    pub unknown_applied: usize,
    pub unknown_not_applied: usize,
    pub false_yes: usize,
    pub false_nothing_changed: usize,
    /// A line for each call that went wrong.
    pub wrong: Vec<String>,
    /// How often calls ended with each kind of error.
    pub kinds: BTreeMap<&'static str, usize>,
    /// How often the proxy carried out each act.
    pub acts: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Compares the calls of one client with the requests of its simulator.
    pub fn add(&mut self, calls: &[Call], counters: &ServerState) {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, one) in counters.applied.iter().enumerate() {
            by_name.entry(&one.name).or_default().push(at);
        }
        by_name.remove("measured");
        // A request without a response may take effect after the next call.
        let requests =
            |call: &Call| counters.requests.get(&name(call.number)).copied().unwrap_or(0);
        let late = |call: &&Call| {
            call.setup.together || call.outcome == Outcome::Unknown || requests(call) > 1
        };
        let late: Vec<String> = calls.iter().filter(late).map(|call| name(call.number)).collect();
        for call in calls {
            let own = by_name.remove(name(call.number).as_str()).unwrap_or_default();
            self.count(call, own.len());
            let mut wrong = self.compare(call, &own, &counters.applied, &late);
            if !is_kept(call, own.len(), requests(call)) {
                wrong.push("not the outcome that the plan leaves");
            }
            for wrong in wrong {
                let (applied, requests) = (own.len(), requests(call));
                let line = format!("{wrong}: {call}; {requests} requests, {applied} applied");
                self.wrong.push(line);
            }
        }
        self.wrong.extend(by_name.keys().map(|name| format!("no call is named {name}")));
    }

    /// Adds how often a proxy carried out each act.
    pub fn add_acts(&mut self, acts: &BTreeMap<&'static str, usize>) {
        for (name, times) in acts {
            *self.acts.entry(name).or_default() += times;
        }
    }

    fn count(&mut self, call: &Call, applied: usize) {
        self.calls += 1;
        *self.kinds.entry(call.kind).or_default() += 1;
        match call.outcome {
            Outcome::Yes => self.yes += 1,
            Outcome::NothingChanged => self.nothing_changed += 1,
            Outcome::Unknown if applied > 0 => self.unknown_applied += 1,
            Outcome::Unknown => self.unknown_not_applied += 1,
        }
    }

    /// Returns what is wrong with the report of a call. `own` are the applied requests that are its
    /// own, `late` the names of calls that may take effect after they returned.
    fn compare(
        &mut self,
        call: &Call,
        own: &[usize],
        applied: &[Applied],
        late: &[String],
    ) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        let in_time = own.iter().filter(|at| **at < call.applied_at_return).max();
        match (call.outcome, in_time) {
            (Outcome::Yes, None) => {
                self.false_yes += 1;
                wrong.push("FALSE YES");
            }
            (Outcome::Yes, Some(last)) if !call.setup.upload => {
                let mut later = applied[last + 1..call.applied_at_return].iter();
                if !later.all(|one| late.contains(&one.name)) {
                    wrong.push("replaced before the call returned");
                }
            }
            (Outcome::NothingChanged, _) if !own.is_empty() => {
                self.false_nothing_changed += 1;
                wrong.push("FALSE \"nothing changed\"");
            }
            _ => {}
        }
        let most = if call.setup.upload { 1 } else { call.attempts as usize };
        if own.len() > most {
            wrong.push("applied too often");
        }
        if own.iter().any(|at| applied[*at].sha256 != call.sha256) {
            wrong.push("what was applied is not what was sent");
        }
        wrong
    }

    /// Returns one line of numbers.
    pub fn summary(&self, what: &str, seed: u64) -> String {
        format!(
            "{} {what} under faults, seed {seed:#x}: {} yes, {} nothing changed, {} unknown \
             ({} applied, {} not applied); {} false yes, {} false nothing changed, {} wrong in \
             all; {:?}; acts of the proxy: {:?}",
            self.calls,
            self.yes,
            self.nothing_changed,
            self.unknown_applied + self.unknown_not_applied,
            self.unknown_applied,
            self.unknown_not_applied,
            self.false_yes,
            self.false_nothing_changed,
            self.wrong.len(),
            self.kinds,
            self.acts,
        )
    }
}

/// Returns whether a call ended as its plan requires.
fn is_kept(call: &Call, applied: usize, requests: u64) -> bool {
    match call.plan.promise {
        Promise::Yes => {
            let once = requests <= 1 + call.tokens_rejected;
            call.outcome == Outcome::Yes && once && applied == 1
        }
        Promise::YesInTheEnd => call.outcome == Outcome::Yes,
        Promise::No => call.outcome == Outcome::NothingChanged,
        Promise::Open => true,
    }
}
