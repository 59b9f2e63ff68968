//! The alphabet of codes and the arithmetic of the check letter.

use super::{CODE_LETTERS, RANDOM_LETTERS};

/// The 31 letters of a code: digits and capitals without `0` and `O`, `1`, `I` and `L`.
///
/// `0` is taken for `O` (and for `Q` or `D` in worn print), `1`, `I` and `L` are taken for each
/// other in most type faces and in handwriting: leaving out *all* members of a group means that
/// a misread letter is never another letter of the alphabet. Other alphabets drop `U` as well, to
/// avoid words; it stays here, because 36 − 5 = 31 is a prime number, and a prime number of
/// letters is what makes the check letter strong.
pub const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Number of letters, and modulus of the check.
const MODULUS: u32 = 31;

/// Radix of the check: 3 is a primitive root modulo 31, so its powers 3⁰ to 3²⁹ all differ.
const RADIX: u32 = 3;

/// The digits of a text of exactly [`CODE_LETTERS`] letters of the alphabet, else nothing.
pub(super) fn digits(text: &[u8]) -> Option<[u8; CODE_LETTERS]> {
    if text.len() != CODE_LETTERS {
        return None;
    }
    let mut digits = [0; CODE_LETTERS];
    for (digit, letter) in digits.iter_mut().zip(text) {
        // The alphabet is in ASCII order, so a letter's place is its digit.
        *digit = u8::try_from(ALPHABET.binary_search(letter).ok()?).ok()?;
    }
    Some(digits)
}

/// Whether Σ digitᵢ · 3^(16−i) ≡ 1 (mod 31): a pure system in the manner of ISO/IEC 7064, with
/// modulus 31 and radix 3.
///
/// Changing one digit by δ moves the sum by δ · 3ᵏ, never 0 because 31 is prime. Swapping two
/// digits a, b moves it by (a − b)(3ʲ − 3ᵏ), never 0 because the 17 powers differ: *any* two
/// letters swapped are noticed, not only neighbors. Doubled letters (`AA` typed `BB`) move it by
/// 4δ · 3ᵏ, again never 0. Any other damage passes with probability 1 in 31. The remainder is 1
/// rather than 0 so that a text of one repeated lowest letter is no code.
pub(super) fn check_fits(digits: &[u8; CODE_LETTERS]) -> bool {
    weighted_sum(digits) == 1
}

/// The digit that completes 16 digits to a code that fits.
pub(super) fn check_digit(digits: &[u8; RANDOM_LETTERS]) -> u8 {
    let without_check = weighted_sum(digits) * RADIX % MODULUS;
    let check = (MODULUS + 1 - without_check) % MODULUS;
    u8::try_from(check).expect("a remainder modulo 31 fits a byte")
}

/// Horner's rule modulo 31: the last digit has weight 1, the one before it 3, and so on.
fn weighted_sum(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, digit| (sum * RADIX + u32::from(*digit)) % MODULUS)
}
