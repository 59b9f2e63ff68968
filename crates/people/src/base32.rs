//! RFC 4648, section 6: what authenticator programs read, and people copy from paper.

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The letters of whole groups of five bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    debug_assert!(bytes.len().is_multiple_of(5), "no padding is written");
    let groups = bytes.chunks_exact(5).flat_map(|group| {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        (0..8).rev().map(move |place| LETTERS[(bits >> (5 * place) & 31) as usize])
    });
    groups.map(char::from).collect()
}

/// Reads letters of either case; blanks and hyphens between them do not count.
pub(crate) fn decode<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let (mut bits, mut count, mut place) = (0_u32, 0, 0);
    for letter in text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')) {
        let letter = letter.to_ascii_uppercase();
        let value = LETTERS.iter().position(|known| *known == letter)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            *bytes.get_mut(place)? = (bits >> count & 255) as u8;
            place += 1;
        }
    }
    (place == BYTES && count == 0).then_some(bytes)
}
