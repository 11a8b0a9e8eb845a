//! Searches the memory of another process, as a program that reads its core or its swap would.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::secret_leaks;

/// The length of a piece of a secret that is found, wherever it begins: half a secret counts too.
const PIECE: usize = 16;
const STEP: usize = 8;

/// What is searched for: a text, and the name under which it is counted.
pub type Wanted = (&'static str, String);

/// Returns a text, and the forms in which requests encode it.
pub fn forms(name: &'static str, coded: &'static str, text: &str) -> Vec<Wanted> {
    let mut forms = secret_leaks::forms(text);
    forms.dedup();
    let names = std::iter::once(name).chain(std::iter::repeat(coded));
    names.zip(forms).collect()
}

/// A program that stops at places that it prints.
pub struct PausedProcess {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stdin: ChildStdin,
}

impl PausedProcess {
    pub fn start(command: &mut Command) -> PausedProcess {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let stdin = child.stdin.take().expect("piped");
        PausedProcess { child, stdout, stdin }
    }

    /// Waits until the program has reached this place, and returns the lines that it printed
    /// before.
    pub fn until(&mut self, place: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in (&mut self.stdout).lines() {
            match line.expect("text") {
                line if line == place => return lines,
                line => lines.push(line),
            }
        }
        panic!("it ended before {place:?}, after {lines:?}");
    }

    /// Lets the program continue.
    pub fn send(&mut self, line: &str) {
        self.stdin.write_all(format!("{line}\n").as_bytes()).expect("it reads");
    }

    /// Returns how often each name is found, and how many of those places a core dump would
    /// contain.
    pub fn search(&self, wanted: &[Wanted]) -> String {
        let pieces = Pieces::of(wanted);
        let mut places = BTreeSet::new();
        let mut dumped = 0;
        for region in regions(self.child.id()) {
            let before = places.len();
            pieces.find(&region, &mut places);
            dumped += if region.dumped { places.len() - before } else { 0 };
        }
        let mut names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
        names.dedup();
        let count = |name: &str| places.iter().filter(|(found, _)| *found == name).count();
        let counts: Vec<String> =
            names.iter().map(|name| format!("{name} {}", count(name))).collect();
        format!("{}, in dumps {dumped}", counts.join(", "))
    }
}

impl Drop for PausedProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A region of memory that can be written to.
struct Region {
    start: u64,
    bytes: Vec<u8>,
    /// Whether a core dump contains it.
    dumped: bool,
}

fn regions(process: u32) -> Vec<Region> {
    let mut memory = File::open(format!("/proc/{process}/mem")).expect("a child's may be read");
    let maps = fs::read_to_string(format!("/proc/{process}/smaps")).expect("Linux");
    let mut found: Vec<Region> = Vec::new();
    let mut at = None;
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some((start, end)) = words[0].split_once('-') {
            let number = |text| u64::from_str_radix(text, 16).expect("an address");
            at = Some((number(start), number(end))).filter(|_| words[1].starts_with("rw"));
        }
        let Some((start, end)) = at.filter(|_| words[0] == "VmFlags:") else { continue };
        let mut bytes = vec![0; usize::try_from(end - start).expect("no larger than memory")];
        let sought = memory.seek(SeekFrom::Start(start));
        if sought.and_then(|_| memory.read_exact(&mut bytes)).is_ok() {
            found.push(Region { start, bytes, dumped: !words.contains(&"dd") });
        }
    }
    assert!(found.iter().any(|region| region.bytes.len() > PIECE), "something was read");
    found
}

/// A name, an offset in the whole, and the bytes there.
type Piece = (&'static str, u64, Vec<u8>);

/// Pieces of what is searched for, by their first two bytes; and whether there are any, for speed.
struct Pieces(HashMap<u16, Vec<Piece>>, Vec<bool>);

impl Pieces {
    fn of(wanted: &[Wanted]) -> Pieces {
        let mut pieces = Pieces(HashMap::new(), vec![false; 1 << 16]);
        for (name, text) in wanted {
            let last = text.len().checked_sub(PIECE).expect("long enough not to occur by chance");
            for at in (0..last).step_by(STEP).chain([last]) {
                let bytes = text.as_bytes()[at..at + PIECE].to_vec();
                let first = u16::from_ne_bytes([bytes[0], bytes[1]]);
                pieces.1[usize::from(first)] = true;
                pieces.0.entry(first).or_default().push((name, at as u64, bytes));
            }
        }
        pieces
    }

    fn find(&self, region: &Region, places: &mut BTreeSet<(&'static str, u64)>) {
        for (at, pair) in region.bytes.windows(2).enumerate() {
            let first = u16::from_ne_bytes([pair[0], pair[1]]);
            if !self.1[usize::from(first)] {
                continue;
            }
            for (name, offset, piece) in &self.0[&first] {
                if region.bytes[at..].starts_with(piece) {
                    // Pieces of one copy have the same beginning.
                    places.insert((name, (region.start + at as u64).wrapping_sub(*offset)));
                }
            }
        }
    }
}
