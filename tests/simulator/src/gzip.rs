//! Unpacks bodies with gzip, up to a limit.

use std::io::Read;

use flate2::read::GzDecoder;

/// Returns the unpacked bytes. Returns `None` for content that is not gzip, is damaged, or unpacks
/// to more than the limit.
pub(crate) fn gunzip(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let cap = u64::try_from(most).ok()?.checked_add(1)?;
    GzDecoder::new(bytes).take(cap).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() <= most).then_some(unpacked)
}
