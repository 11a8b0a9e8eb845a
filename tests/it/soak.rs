//! A week of hourly jobs under random faults: the outcomes that jobs report agree with the requests
//! of the server, and nothing grows.
//!
//! `VANTA_SOAK_WEEKS` makes it longer, `VANTA_SOAK_SEED` gives another one.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Body, Client, Config, Error, ErrorKind, Kind};

use crate::counting_allocator;
use crate::harness::{Fault, Place, Rig, TempFolder, fixture};
use crate::jobs::Jobs;
use crate::process_memory::PausedProcess;

const PROCESSES: u64 = 2;
const THREADS: u64 = 2;
const DAY: u64 = 24;

const KINDS: [(Kind, &str); 4] = [
    (Kind::USER_ACCOUNT, "01_user_account_3.json"),
    (Kind::SECRET, "12_secret_40_inventory.json"),
    (Kind::CUSTOM_RESOURCE, "11_custom_resource_220.json"),
    (Kind::BACKGROUND_CHECK, "09_background_check_80.json"),
];

/// Knuth's generator: the same week every time, so that a failure can be reproduced.
struct Rng(u64);

impl Rng {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        let at = self.roll(choices.len() as u64);
        choices[usize::try_from(at).expect("small")].clone()
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// A process that runs jobs. The thread and the hour make a job's name.
#[test]
#[ignore = "a child of the test below, for as long as that says"]
fn child_process_of_this_test() {
    let process: u64 = number("PROCESS", 0);
    let config = || Config::from_env().deadline(Duration::from_secs(90));
    let mut old = None;
    for line in std::io::stdin().lines() {
        let hour: u64 = line.expect("text").parse().expect("an hour");
        // One of the threads keeps its client, and its connections, all day.
        let old_one = old.get_or_insert_with(|| Client::new(config()).expect("configured"));
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let client = if thread == 0 { Ok(old_one.clone()) } else { Client::new(config()) };
                let job = process * THREADS + thread;
                scope.spawn(move || println!("\njob {job}-{hour} {}", run(client, job, hour)));
            }
        });
        if hour % DAY == 0 {
            old = None;
            println!("\nstate {}", state());
        }
        println!("\ndone");
    }
}

/// Returns the outcome of a job's push, in a word.
fn run(client: Result<Client, Error>, job: u64, hour: u64) -> &'static str {
    let (kind, body) = payload(job, hour);
    let pushed = client.and_then(|client| client.push(&kind, &body).map(|_| client));
    match pushed {
        Ok(client) => match client.verify(&kind, &body) {
            // No other job pushes this resource.
            Err(error) if error.kind() == ErrorKind::NotVerified => "lied",
            _ => "accepted",
        },
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => "unknown",
        Err(_) => "refused",
    }
}

/// Returns a few records. The first has the job's name. Sometimes one is invalid.
fn payload(job: u64, hour: u64) -> (Kind, Body) {
    let (kind, name) = &KINDS[usize::try_from(job).expect("small") % KINDS.len()];
    let whole: Value = serde_json::from_slice(&fixture(name)).expect("JSON");
    let mut records: Vec<Value> = whole["resources"].as_array().expect("records").clone();
    records.truncate(4);
    records[0]["displayName"] = json!(format!("{job}-{hour}"));
    if (hour + job) % 13 == 0 {
        records[1]["externalUrl"] = json!(7);
    }
    let id = format!("66f0c0ffee00000000{job:06x}");
    let body = json!({ "resourceId": id, "resources": records }).to_string();
    (kind.clone(), Body::from_request(body).expect("a body"))
}

/// Prints the bytes of the heap in use, kilobytes of secrets, descriptors, threads.
fn state() -> String {
    let count = |folder| fs::read_dir(folder).expect("Linux").count();
    // A thread of a name lookup may be about to end.
    let fewest = |_| (thread::sleep(Duration::from_millis(1)), count("/proc/self/task")).1;
    let threads = (0..100).map(fewest).min().expect("some");
    let heap = counting_allocator::in_use();
    let maps = fs::read_to_string("/proc/self/smaps").expect("Linux");
    let (mut size, mut secrets) = (0, 0);
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "Size:" => size = words[1].parse::<u64>().expect("kilobytes"),
            // Mapped writable and excluded from core dumps, but not wiped in a child of a fork, as
            // the state of getrandom is that glibc 2.41 keeps in pages of its own.
            "VmFlags:" if is_secret(&words) => secrets += size,
            _ => {}
        }
    }
    format!("{heap} {secrets} {} {threads}", count("/proc/self/fd"))
}

fn is_secret(flags: &[&str]) -> bool {
    flags.contains(&"dd") && flags.contains(&"wr") && !flags.contains(&"wf")
}

fn fault(rng: &mut Rng) -> (Place, Fault) {
    let reply = |status| Fault::Reply { status, headers: Vec::new(), body: b"{}".to_vec() };
    let place = rng.of(&[Place::Token, Place::Put, Place::Put, Place::Get, Place::Connect]);
    let usual = [Fault::Drop, Fault::Reset, Fault::LoseResponse, Fault::CutResponse(40)];
    let not_http = Fault::Raw(b"SSH-2.0\n".to_vec());
    // The first of them proves neither success nor failure.
    let spoken = [reply(200), reply(500), reply(503), reply(429), reply(400), not_http];
    let others = [Fault::CloseIdle, Fault::CutBody(100), Fault::Delay(Duration::from_millis(20))];
    let fault = match place {
        Place::Connect => rng.of(&[Fault::Drop, Fault::Reset]),
        // No request of these has a body.
        Place::Get => rng.of(&[&usual[..], &spoken[..], &others[..1]].concat()),
        _ => rng.of(&[&usual[..], &spoken[..], &others[..]].concat()),
    };
    (place, fault)
}

/// Draws what happens in an hour before its jobs start. Returns how many responses to pushes will
/// be lost.
fn hour(rig: &Rig, rng: &mut Rng) -> u64 {
    let mut loses = 0;
    rig.advance(Duration::from_secs(1800 + rng.roll(1800)));
    if rng.roll(4) == 0 {
        rig.sim.issue_elsewhere();
    }
    rig.advance(Duration::from_secs(900 + rng.roll(900)));
    if rng.roll(24) == 0 {
        rig.clock.step_wall_ms(i64::try_from(rng.roll(600_000)).expect("small") - 300_000);
    }
    for _ in 0..rng.roll(4) {
        let (place, fault) = fault(rng);
        loses += u64::from(place == Place::Put && loses_answers(&fault));
        rig.script(place, fault);
    }
    loses
}

/// Returns whether a push with this fault takes effect although its response is incomplete.
fn loses_answers(fault: &Fault) -> bool {
    matches!(fault, Fault::LoseResponse | Fault::CutResponse(_))
}

#[derive(Default)]
struct Week {
    /// The output of each job.
    outcomes: BTreeMap<String, String>,
    /// What each process had in use after each day.
    states: Vec<Vec<Vec<i64>>>,
    /// How many responses to pushes are lost.
    lost: u64,
}

impl Week {
    fn ends(&self) -> Vec<(&[i64], &[i64])> {
        let days = self.states.iter();
        days.map(|days| (&*days[0], &**days.last().expect("a day"))).collect()
    }
}

fn run_week(rig: &Rig, weeks: u64, seed: u64) -> Week {
    let (folder, mut rng) = (TempFolder::new(), Rng(seed));
    let jobs = Jobs::new(rig, folder.path().join("token").display().to_string());
    let own = std::env::current_exe().expect("this program").into_os_string();
    let words = ["--exact", "soak::child_process_of_this_test", "--ignored", "--nocapture"];
    let start = |process: u64| {
        let mut command: Command = jobs.run(std::slice::from_ref(&own));
        PausedProcess::start(command.args(words).env("PROCESS", process.to_string()))
    };
    let mut processes: Vec<PausedProcess> = (0..PROCESSES).map(start).collect();
    let mut week = Week::default();
    week.states.resize(processes.len(), Default::default());
    for now in 1..=weeks * 7 * DAY {
        week.lost += hour(rig, &mut rng);
        processes.iter_mut().for_each(|process| process.send(&now.to_string()));
        for (process, states) in processes.iter_mut().zip(&mut week.states) {
            for line in process.until("done") {
                let mut words = line.split(' ');
                match (words.next(), words.next(), words.next()) {
                    (Some("job"), Some(job), Some(outcome)) => {
                        week.outcomes.insert(job.to_owned(), outcome.to_owned());
                    }
                    (Some("state"), ..) => {
                        let numbers = line.split(' ').skip(1).map(|n| n.parse().expect("number"));
                        states.push(numbers.collect());
                    }
                    _ => {}
                }
            }
        }
    }
    week
}

#[test]
fn a_week_of_jobs_under_random_faults_adds_up_and_nothing_grows() {
    let (weeks, seed) = (number("VANTA_SOAK_WEEKS", 1), number("VANTA_SOAK_SEED", 0x5eed));
    let rig = Rig::on_one_clock(|_| ());
    let week = run_week(&rig, weeks, seed);
    let mut effects: BTreeMap<String, u64> = BTreeMap::new();
    for taken in rig.sim.applied_pushes() {
        *effects.entry(taken.first["displayName"].as_str().expect("text").into()).or_default() += 1;
    }
    let (mut count, mut landed, mut repeats) = (BTreeMap::<&str, u64>::new(), 0, 0);
    for (job, outcome) in &week.outcomes {
        let made = effects.remove(job).unwrap_or(0);
        *count.entry(outcome).or_default() += 1;
        match outcome.as_str() {
            // Pushes that were reported as accepted took effect, and those that were reported to
            // have changed nothing did not.
            "accepted" => assert!(made >= 1, "{job} is in no book"),
            "unknown" => landed += made.min(1),
            _ => assert_eq!((made, outcome.as_str()), (0, "refused"), "{job}"),
        }
        repeats += made.saturating_sub(1);
    }
    assert!(effects.is_empty(), "no job sent these: {effects:?}");
    let of = |outcome| count.get(outcome).copied().unwrap_or(0);
    let (accepted, unknown, refused) = (of("accepted"), of("unknown"), of("refused"));
    let (counters, attempted) = (rig.sim.counters(), week.outcomes.len() as u64);
    println!(
        "{weeks} week(s), seed {seed}: {attempted} pushes, {accepted} accepted, {refused} refused, \
         {unknown} unknown; counted {}: {accepted} + {landed} unknown + {repeats} repeats, \
         {} responses lost; {} token requests, {} foreign; the first and the last day's bytes, \
         kilobytes of secrets, descriptors, threads: {:?}",
        counters.puts_accepted,
        week.lost,
        counters.token_requests,
        counters.tokens_issued_elsewhere,
        week.ends()
    );
    assert_eq!(attempted, weeks * 7 * DAY * PROCESSES * THREADS);
    assert_eq!(attempted, accepted + unknown + refused);
    assert_eq!(counters.puts_accepted, accepted + landed + repeats);
    assert!(
        (1..=week.lost).contains(&(landed + repeats)),
        "only pushes without a response are unknown"
    );
    assert!(accepted > attempted / 2 && unknown > 0 && refused > 0, "{count:?}");
    assert!(counters.most_token_requests_a_minute <= 4, "{counters:?}");
    for (first, last) in week.ends() {
        assert!(last[0] - first[0] < 4 << 10, "the heap: {first:?} {last:?}");
        assert_eq!(first[1..], last[1..], "secrets, descriptors, threads");
        assert_eq!(last[1], 0, "no client, no secret");
    }
}
