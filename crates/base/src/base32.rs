//! 128 bits as 26 characters: Crockford's alphabet, in lower case only.
//!
//! Source: Douglas Crockford, *Base 32*, <https://www.crockford.com/base32.html>. His rules for
//! reading what people typed (either case, `o` for `0`, `i` and `l` for `1`, hyphens) are left
//! out on purpose: ids are copied, not typed, and an id shall have one text only.

/// How many characters 128 bits need at five bits each; the first carries only three.
pub(crate) const LENGTH: usize = 26;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

const NOT_A_DIGIT: u8 = 0xff;

/// The value of each character, found by its byte.
const VALUES: [u8; 256] = {
    let mut values = [NOT_A_DIGIT; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

pub(crate) fn encode(bits: u128, place: &mut [u8; LENGTH]) {
    let mut rest = bits;
    for byte in place.iter_mut().rev() {
        *byte = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
}

pub(crate) fn decode(text: &[u8; LENGTH]) -> Result<u128, DecodeError> {
    let mut bits: u128 = 0;
    for &byte in text {
        let value = VALUES[usize::from(byte)];
        if value == NOT_A_DIGIT {
            return Err(DecodeError::InvalidCharacter);
        }
        bits = bits << 5 | u128::from(value);
    }
    // The shifts above pushed out what the first character had beyond its three bits.
    if VALUES[usize::from(text[0])] > 7 {
        return Err(DecodeError::TooLarge);
    }
    Ok(bits)
}

#[derive(Debug)]
pub(crate) enum DecodeError {
    InvalidCharacter,
    TooLarge,
}
