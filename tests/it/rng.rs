//! Random numbers from a seed, and random changes of bytes.

use serde_json::{Value, json};

/// Pseudorandom numbers, the same for the same seed (splitmix64).
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// Returns a number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn below(&mut self, size: usize) -> usize {
        self.roll(size as u64) as usize
    }
}

/// Texts that have broken parsers before.
const TRICKS: [&[u8]; 26] = [
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"-",
    b"-0",
    b"1e999",
    b"18446744073709551616",
    b"0.1",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\xe2\x80\xae",
    b"\0",
    b"\r\n",
    b"\r\nX: y\r\n\r\n",
    b"<script>",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// Returns one of the seeds with a few changes, or sometimes unchanged.
pub fn mutated(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = rng.pick(seeds).clone();
    for _ in 0..rng.roll(4) {
        bytes = match rng.roll(3) {
            0 => in_its_form(rng, &bytes).unwrap_or(bytes),
            _ => in_its_bytes(rng, bytes, seeds),
        };
    }
    bytes
}

fn in_its_bytes(rng: &mut Rng, mut bytes: Vec<u8>, seeds: &[Vec<u8>]) -> Vec<u8> {
    let at = rng.below(bytes.len() + 1);
    let end = (at + rng.below(16)).min(bytes.len());
    match rng.roll(6) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => drop(bytes.splice(at..end, rng.pick(&TRICKS).iter().copied())),
        3 => bytes.extend_from_within(at..),
        4 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << rng.roll(8)),
        _ => {
            let other = rng.pick(seeds);
            let from = rng.below(other.len() + 1);
            bytes.splice(at.., other[from..].iter().copied());
        }
    }
    bytes
}

/// Changes one value of a JSON text, which stays valid. Returns `None` for other texts.
fn in_its_form(rng: &mut Rng, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole: Value = serde_json::from_slice(bytes).ok()?;
    change(rng, &mut whole);
    Some(whole.to_string().into_bytes())
}

fn change(rng: &mut Rng, value: &mut Value) {
    let deeper = rng.roll(4) > 0;
    match value {
        Value::Array(items) if deeper && !items.is_empty() => {
            let index = rng.below(items.len());
            change(rng, &mut items[index]);
        }
        Value::Object(members) if deeper && !members.is_empty() => {
            let index = rng.below(members.len());
            members.values_mut().nth(index).into_iter().for_each(|member| change(rng, member));
        }
        Value::Array(items) if rng.roll(2) == 0 => {
            items.extend_from_within(..items.len().min(2));
        }
        Value::Object(members) if rng.roll(2) == 0 && !members.is_empty() => {
            let index = rng.below(members.len());
            let name = members.keys().nth(index).cloned();
            name.and_then(|name| members.remove(&name));
        }
        Value::String(text) if rng.roll(2) == 0 => {
            let at = rng.below(text.chars().count() + 1);
            let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
            text.insert_str(at, &String::from_utf8_lossy(TRICKS[rng.below(TRICKS.len())]));
        }
        other => *other = random_value(rng),
    }
}

fn random_value(rng: &mut Rng) -> Value {
    let values = json!([
        null, true, false, 0, -1, 3, 1.5, 1e300, u64::MAX, "", " ", "a", "bearer", "\u{0}\r\n",
        "\u{202e}x", "1e3", [], {}, [[]], {"": ""}, "2026-02-30T25:00:00Z", "x".repeat(400),
    ]);
    let values = values.as_array().expect("it is one");
    rng.pick(values).clone()
}
