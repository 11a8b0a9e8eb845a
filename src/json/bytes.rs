//! Looks for bytes in JSON text, several at once.

/// Whether a byte is an opening bracket. No value ends in one.
#[inline(always)]
pub(super) fn opens(byte: u8) -> bool {
    matches!(byte, b'{' | b'[')
}

/// Whether a text begins with a short one, eight bytes at once: a call would cost as much.
#[inline(always)]
pub(super) fn begins_with(text: &[u8], short: &[u8]) -> bool {
    let Some(text) = text.get(..short.len()) else { return false };
    match (text.last_chunk::<8>(), short.last_chunk::<8>()) {
        (Some(last), Some(wanted)) => {
            let eights = text.chunks_exact(8).zip(short.chunks_exact(8));
            last == wanted && { eights }.all(|(eight, wanted)| eight == wanted)
        }
        _ => text == short,
    }
}

pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The code unit that `\u` and four hexadecimal digits stand for.
pub(super) fn code_unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = text.get(..6)? else { return None };
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

/// How many blanks there are before anything else.
pub(super) fn blanks(text: &[u8]) -> usize {
    let mut rest = text;
    loop {
        rest = match rest {
            [b' ', b' ', b' ', b' ', b' ', b' ', b' ', b' ', behind @ ..] => behind,
            [b' ' | b'\n' | b'\t' | b'\r', behind @ ..] => behind,
            _ => return text.len() - rest.len(),
        }
    }
}

/// How many bytes there are before the first one that is not itself in a string: a quote (0x22), a
/// backslash (0x5c) or a control character (below 0x20). It tests eight bytes at once.
#[inline(always)]
pub(super) fn plain(text: &[u8]) -> usize {
    let (mut at, eights) = (0, text.chunks_exact(8));
    let rest = eights.remainder();
    for eight in eights {
        let word = u64::from_le_bytes(eight.try_into().unwrap_or_default());
        let found = special(word);
        // In most texts all bytes are below 0x80.
        if found != 0 && found & !word != 0 {
            return at + (found & !word).trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + plain_bytes(rest)
}

#[cold]
fn plain_bytes(text: &[u8]) -> usize {
    text.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | ..=0x1f)).count()
}

/// Each byte is 1.
const ALL: u64 = u64::MAX / 255;

/// Sets the highest bit of each byte that is a quote, a backslash or a control character. A byte
/// from 0x80 on may have it set too, and one behind a byte that has it; no byte below 0x80 before
/// that has. A byte under 0x80 gets the bit by subtracting n if it is less than n, where nothing is
/// borrowed from it. To flip the second bit makes a quote 0x20, next to the control characters, and
/// keeps these among themselves.
#[inline(always)]
fn special(word: u64) -> u64 {
    let quote_or_control = (word ^ (ALL * 0x02)).wrapping_sub(ALL * 0x21);
    let backslash = (word ^ (ALL * 0x5c)).wrapping_sub(ALL);
    (quote_or_control | backslash) & (ALL << 7)
}
