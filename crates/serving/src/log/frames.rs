//! Frames of a volume: what one run writes, with a sum.

use std::io;

use super::files::{SUM_BYTES, sum};
use crate::entry::Entry;

/// What stands at the beginning of some bytes.
pub(super) enum Frame<'a> {
    /// A frame, and what follows it.
    Whole(Vec<Entry>, &'a [u8]),
    /// Nothing, or the last frame, of which a crash has left a part.
    CutOff,
    /// Damage in front of other frames, or entries of a newer program.
    Unreadable,
}

/// Reads the first frame.
pub(super) fn frame(bytes: &[u8]) -> Frame<'_> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Frame::CutOff };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let Some((known, rest)) = rest.split_first_chunk::<SUM_BYTES>() else { return Frame::CutOff };
    let Some((body, rest)) = rest.split_at_checked(length) else { return Frame::CutOff };
    if sum(body) != *known {
        // A file may have grown before its bytes came; nothing follows then.
        return if rest.is_empty() { Frame::CutOff } else { Frame::Unreadable };
    }
    match Entry::decode_all(body) {
        Ok(entries) => Frame::Whole(entries, rest),
        Err(_) => Frame::Unreadable,
    }
}

/// The bytes of a frame.
pub(super) fn framed<'a>(entries: impl Iterator<Item = &'a Entry>) -> io::Result<Vec<u8>> {
    // The body is put behind its length and sum, which come last.
    let mut bytes = vec![0; 4 + SUM_BYTES];
    entries.for_each(|entry| entry.encode(&mut bytes));
    let (head, body) = bytes.split_at_mut(4 + SUM_BYTES);
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4..].copy_from_slice(&sum(body));
    Ok(bytes)
}
