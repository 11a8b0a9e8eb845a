//! Chooses which thread goes on at each point where it is not certain.

use shuttle::scheduler::{PctScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};

use crate::sync;

/// Which schedules are explored.
#[derive(Clone, Copy, Debug)]
pub enum Schedules {
    /// All of them.
    All,
    /// All in which so many times, at most, another thread goes on where the running one could.
    Preemptions(usize),
    /// So many random ones, each with so many preemptions: probabilistic concurrency testing.
    Random(usize, usize),
}

/// More than enough for what is called: TLS is not.
const STACK: usize = 512 << 10;

/// A thread that takes more steps than this waits for something that never comes.
const MOST_STEPS: usize = 200_000;

/// Runs `case` under each of the schedules. Returns how many there were.
///
/// # Panics
///
/// With what `case` panicked, or where its threads wait for each other.
pub fn explore(schedules: Schedules, case: impl Fn() + Send + Sync + 'static) -> usize {
    let mut config = Config::new();
    config.stack_size = STACK;
    config.failure_persistence = FailurePersistence::None;
    config.max_steps = MaxSteps::FailAfter(MOST_STEPS);
    config.silence_warnings = true;
    match schedules {
        Schedules::All => Runner::new(Steps(DepthFirst::new(usize::MAX)), config).run(case),
        Schedules::Preemptions(most) => Runner::new(Steps(DepthFirst::new(most)), config).run(case),
        Schedules::Random(count, preemptions) => {
            let random = PctScheduler::new_from_seed(21, preemptions + 1, count);
            Runner::new(Steps(random), config).run(case)
        }
    }
}

/// Asks a scheduler, but only where the choice makes a difference.
struct Steps<S>(S);

impl<S: Scheduler> Scheduler for Steps<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        sync::begin();
        self.0.new_execution()
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        match still_runnable(runnable, current) {
            Some(current) if sync::stays() => Some(current),
            _ => self.0.next_task(runnable, current, is_yielding),
        }
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// The running thread, if it can go on.
fn still_runnable(runnable: &[&Task], current: Option<TaskId>) -> Option<TaskId> {
    current.filter(|current| runnable.iter().any(|task| task.id() == *current))
}

/// Goes through all schedules with so many preemptions at most.
struct DepthFirst {
    most: usize,
    /// The choices of this execution, and of those the one that is tried.
    levels: Vec<(Vec<TaskId>, usize)>,
    level: usize,
    preemptions: usize,
    has_begun: bool,
}

impl DepthFirst {
    fn new(most: usize) -> DepthFirst {
        DepthFirst { most, levels: Vec::new(), level: 0, preemptions: 0, has_begun: false }
    }

    /// The threads of which one goes on. The first one is never a preemption.
    fn choices(&self, runnable: &[&Task], current: Option<TaskId>) -> Vec<TaskId> {
        let mut choices: Vec<TaskId> = runnable.iter().map(|task| task.id()).collect();
        // The first thread only starts the others and waits for them.
        if let Some(first) = choices.iter().find(|id| usize::from(**id) == 0) {
            return vec![*first];
        }
        if let Some(current) = current {
            choices.sort_by_key(|id| (*id != current, usize::from(*id)));
            if self.preemptions == self.most {
                choices.truncate(1);
            }
        }
        choices
    }
}

impl Scheduler for DepthFirst {
    fn new_execution(&mut self) -> Option<Schedule> {
        while self.levels.last().is_some_and(|(choices, tried)| tried + 1 == choices.len()) {
            self.levels.pop();
        }
        match self.levels.last_mut() {
            Some((_, tried)) => *tried += 1,
            None if self.has_begun => return None,
            None => self.has_begun = true,
        }
        (self.level, self.preemptions) = (0, 0);
        Some(Schedule::new(0))
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        // To let the others go on in a wait is no preemption.
        let preempted = still_runnable(runnable, current).filter(|_| !is_yielding);
        let choices = self.choices(runnable, preempted);
        if choices.len() == 1 {
            return choices.first().copied();
        }
        if self.level == self.levels.len() {
            self.levels.push((choices, 0));
        } else {
            let same = self.levels[self.level].0 == choices;
            assert!(same, "the case depends on more than the schedule");
        }
        let (choices, tried) = &self.levels[self.level];
        let chosen = choices[*tried];
        self.level += 1;
        self.preemptions += usize::from(preempted.is_some_and(|preempted| preempted != chosen));
        Some(chosen)
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
