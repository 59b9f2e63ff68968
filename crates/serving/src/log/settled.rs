//! What was told of promotions that are settled, where it is looked up by promotion.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MGDONE1\n` |
//! | … | what is known of each promotion, one after the other |
//! | … | the index: promotion, where it begins, its length and sum, by promotion |
//! | 8 | where the index begins |
//! | 8 | the first bytes of SHA-256 over the index |

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use base::PromotionId;
use feed::saved::Saved;

use super::files::{Files, Kind, SUM_BYTES, sum};

const MAGIC: &[u8; 8] = b"MGDONE1\n";

/// Place, length and sum of what is known of a promotion.
type Index = Vec<(PromotionId, (u64, u64, u64))>;

/// Writes what is known of some promotions, in their order.
pub(super) fn write(
    files: &Files,
    number: u32,
    known: impl Iterator<Item = (PromotionId, Vec<u8>)>,
) -> io::Result<()> {
    let (mut bytes, mut index) = (MAGIC.to_vec(), Index::new());
    for (promotion, mut known) in known {
        let place = (bytes.len() as u64, known.len() as u64, u64::from_be_bytes(sum(&known)));
        index.push((promotion, place));
        bytes.append(&mut known);
    }
    let begin = bytes.len();
    index.save(&mut bytes);
    let sum = sum(&bytes[begin..]);
    bytes.extend_from_slice(&(begin as u64).to_be_bytes());
    bytes.extend_from_slice(&sum);
    files.put(Kind::Settled, number, &[&bytes])
}

/// What a file has of a promotion, if anything.
///
/// # Errors
///
/// Also when the file is damaged.
pub(crate) fn find(
    files: &Files,
    number: u32,
    promotion: PromotionId,
) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(files.path(Kind::Settled, number))?;
    let length = file.metadata()?.len();
    let end = length.checked_sub(16).ok_or_else(damaged)?;
    let foot = read(&mut file, end, 16)?;
    let (begin, known) = foot.split_first_chunk::<8>().ok_or_else(damaged)?;
    let begin = u64::from_be_bytes(*begin);
    let bytes = read(&mut file, begin, end.checked_sub(begin).ok_or_else(damaged)?)?;
    if sum(&bytes) != known[..SUM_BYTES] {
        return Err(damaged());
    }
    let index = Index::restore(&mut bytes.as_slice()).ok_or_else(damaged)?;
    let place = index.binary_search_by_key(&promotion, |(promotion, _)| *promotion);
    let Ok(place) = place else { return Ok(None) };
    let (_, (at, length, known)) = index[place];
    let bytes = read(&mut file, at, length)?;
    if u64::from_be_bytes(sum(&bytes)) != known {
        return Err(damaged());
    }
    Ok(Some(bytes))
}

fn read(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(damaged()) }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a file of settled promotions is damaged")
}
