//! The arguments of the program.

use std::ops::Range;

use crate::world::Verbosity;

pub const HELP: &str = "\
universe --seed N            runs one seed, and prints its timeline
universe --seeds A..B        runs many, and reports
universe --seeds A..B --twice   runs each twice, and compares the logs
universe --seed N --minimise    finds the fewest faults and jobs with which it fails
  --hours H       how long a run is, 24 unless given
  --minutes M     no new run begins after this time
  --stop          no new run begins after one has failed
  --log           prints the whole log
  --skip 3,5      leaves faults out
  --jobs N        runs the first N jobs only
  --silent        prints one line";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    One,
    Many,
    Twice,
    Minimise,
}

#[derive(Clone, Debug)]
pub struct Arguments {
    pub command: Command,
    pub seeds: Range<u64>,
    pub hours: u64,
    pub minutes: Option<u64>,
    pub stops: bool,
    pub skip: Vec<usize>,
    pub jobs: Option<usize>,
    pub verbosity: Verbosity,
}

fn number<T: std::str::FromStr>(text: Option<&String>) -> Result<T, String> {
    let text = text.ok_or("a number is missing")?;
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

fn seeds(text: Option<&String>) -> Result<Range<u64>, String> {
    let text = text.ok_or("a range is missing")?;
    let (from, to) = text.split_once("..").ok_or("a range is A..B")?;
    Ok(number(Some(&from.to_owned()))?..number(Some(&to.to_owned()))?)
}

impl Arguments {
    pub fn parse(given: &[String]) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            command: Command::One,
            seeds: 0..1,
            hours: 24,
            minutes: None,
            stops: false,
            skip: Vec::new(),
            jobs: None,
            verbosity: Verbosity::Timeline,
        };
        let mut given = given.iter();
        while let Some(name) = given.next() {
            match name.as_str() {
                "--seed" => {
                    let seed = number(given.next())?;
                    arguments.seeds = seed..seed + 1;
                }
                "--seeds" => {
                    arguments.seeds = seeds(given.next())?;
                    arguments.command = Command::Many;
                }
                "--hours" => arguments.hours = number(given.next())?,
                "--minutes" => arguments.minutes = Some(number(given.next())?),
                "--jobs" => arguments.jobs = Some(number(given.next())?),
                "--skip" => {
                    let list = given.next().ok_or("a list is missing")?.split(',');
                    let each = list.map(|one| number(Some(&one.to_owned())));
                    arguments.skip = each.collect::<Result<_, _>>()?;
                }
                "--stop" => arguments.stops = true,
                "--twice" => arguments.command = Command::Twice,
                "--minimise" => arguments.command = Command::Minimise,
                "--log" => arguments.verbosity = Verbosity::All,
                "--silent" => arguments.verbosity = Verbosity::Silent,
                _ => return Err(format!("{name:?} is no argument")),
            }
        }
        Ok(arguments)
    }
}
