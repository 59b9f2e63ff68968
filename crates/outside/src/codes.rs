//! Gift card codes as text: what a customer types and what the product shows once.
//!
//! A code of ours is 16 random letters and one check letter, shown as `XXXX-XXXX-XXXX-XXXXX`: the
//! check letter joins the last group because a letter standing alone is easily overlooked.
//! 16 letters of 31 are 79 bits: at that size guessing online is hopeless, and the guess budgets
//! (`risk::budget`) only protect capacity. Codes brought along from another system (*custom*
//! codes) may be as short as 8 characters, and for those the budgets are the protection.
//!
//! Neither type can be printed by accident: `Debug` and `Display` show the last four letters.

mod letters;

use std::fmt;

pub use letters::ALPHABET;

/// Letters of one of our codes: 16 random ones and the check letter.
pub const CODE_LETTERS: usize = 17;

/// Random letters of one of our codes.
pub const RANDOM_LETTERS: usize = CODE_LETTERS - 1;

/// Fewest characters of a custom code, separators not counted.
pub const CUSTOM_CODE_MIN: usize = 8;

/// Most characters of a custom code, separators not counted.
pub const CUSTOM_CODE_MAX: usize = 40;

/// Most bytes of typed text that are looked at, separators included.
pub const TYPED_BYTES_MAX: usize = 160;

/// A gift card code made by us: 16 random letters and a check letter that fits them.
///
/// A value of this type has passed the check; it says nothing about whether a card exists.
/// It is a bearer secret: keep it only as long as it takes to hash it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    letters: [u8; CODE_LETTERS],
}

impl Code {
    /// Completes 16 base-31 digits (each below 31) with their check letter.
    pub(crate) fn from_digits(digits: &[u8; RANDOM_LETTERS]) -> Self {
        let mut letters = [0; CODE_LETTERS];
        for (letter, digit) in letters.iter_mut().zip(digits) {
            *letter = ALPHABET[usize::from(*digit)];
        }
        letters[RANDOM_LETTERS] = ALPHABET[usize::from(letters::check_digit(digits))];
        Self { letters }
    }

    /// The code as a customer gets it, in groups: `XXXX-XXXX-XXXX-XXXXX`.
    ///
    /// This is the only way to see a whole code; every caller is a place to review.
    pub fn reveal(&self) -> String {
        let text = self.normalized();
        format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
    }

    /// The last four letters, which support may see and ask for.
    pub fn last4(&self) -> &str {
        last4(self.normalized())
    }

    fn normalized(&self) -> &str {
        std::str::from_utf8(&self.letters).expect("letters come from the alphabet, which is ASCII")
    }
}

/// A gift card code made by another system: 8 to 40 letters and digits, upper case, no separators.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomCode {
    text: String,
}

impl CustomCode {
    /// The code in its normalized form, upper case and without separators.
    pub fn reveal(&self) -> String {
        self.text.clone()
    }

    /// The last four characters, which support may see and ask for.
    pub fn last4(&self) -> &str {
        last4(&self.text)
    }
}

/// What a customer typed, once it is known to be a possible code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParsedCode {
    /// Made by us: the check letter fits.
    Ours(Code),
    /// Made by another system; only a look-up can tell whether it was mistyped.
    Custom(CustomCode),
}

impl ParsedCode {
    /// Reads typed or imported text.
    ///
    /// Case, white space, hyphens and dashes do not matter. Text is recognized as a *custom*
    /// code only when it does not have exactly 17 characters or contains a character that
    /// our alphabet leaves out (`0`, `1`, `I`, `L`, `O`): so a mistyped code of ours is caught
    /// here, without a look-up and without being counted as a guess. The price is that
    /// another system's codes of exactly 17 characters, all from our alphabet, cannot be imported
    /// (but for the one in 31 whose check letter happens to fit).
    ///
    /// # Errors
    ///
    /// [`CodeError::Typo`] when 17 letters of our alphabet fail the check;
    /// [`CodeError::Malformed`] when the text has other characters than letters, digits and
    /// separators, or fewer than 8 or more than 40 of them.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let text = normalize(typed)?;
        if let Some(digits) = letters::digits(text.as_bytes()) {
            if !letters::check_fits(&digits) {
                return Err(CodeError::Typo);
            }
            let mut letters = [0; CODE_LETTERS];
            letters.copy_from_slice(text.as_bytes());
            return Ok(Self::Ours(Code { letters }));
        }
        Ok(Self::Custom(CustomCode { text }))
    }

    /// The last four characters, which support may see and ask for.
    pub fn last4(&self) -> &str {
        match self {
            Self::Ours(code) => code.last4(),
            Self::Custom(code) => code.last4(),
        }
    }
}

/// Why typed text is not a code. Neither case needs a look-up, so neither counts as a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The check letter does not fit: a letter was mistyped or two were swapped.
    #[error("this code contains a typing error")]
    Typo,
    /// Not a code at all: wrong length or characters.
    #[error("this is not a gift card code")]
    Malformed,
}

/// A borrowed code of either kind, for the key ring to hash.
#[derive(Clone, Copy)]
pub enum CodeRef<'a> {
    /// Made by us.
    Ours(&'a Code),
    /// Made by another system.
    Custom(&'a CustomCode),
}

impl CodeRef<'_> {
    /// What is hashed. The two kinds cannot collide, because no text is recognized as both.
    pub(crate) fn hash_input(&self) -> &[u8] {
        match self {
            Self::Ours(code) => &code.letters,
            Self::Custom(code) => code.text.as_bytes(),
        }
    }
}

impl<'a> From<&'a Code> for CodeRef<'a> {
    fn from(code: &'a Code) -> Self {
        Self::Ours(code)
    }
}

impl<'a> From<&'a CustomCode> for CodeRef<'a> {
    fn from(code: &'a CustomCode) -> Self {
        Self::Custom(code)
    }
}

impl<'a> From<&'a ParsedCode> for CodeRef<'a> {
    fn from(code: &'a ParsedCode) -> Self {
        match code {
            ParsedCode::Ours(code) => Self::Ours(code),
            ParsedCode::Custom(code) => Self::Custom(code),
        }
    }
}

/// Upper case without separators, checked for length and characters.
fn normalize(typed: &str) -> Result<String, CodeError> {
    if typed.len() > TYPED_BYTES_MAX {
        return Err(CodeError::Malformed);
    }
    let mut text = String::with_capacity(CODE_LETTERS);
    for character in typed.chars().filter(|character| !is_separator(*character)) {
        if !character.is_ascii_alphanumeric() {
            return Err(CodeError::Malformed);
        }
        text.push(character.to_ascii_uppercase());
    }
    if (CUSTOM_CODE_MIN..=CUSTOM_CODE_MAX).contains(&text.len()) {
        Ok(text)
    } else {
        Err(CodeError::Malformed)
    }
}

/// Word processors and mail programs turn hyphens into dashes and add invisible marks when
/// a code is copied.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{AD}' | '\u{200B}')
}

/// The last four characters of an ASCII text of at least eight.
fn last4(text: &str) -> &str {
    &text[text.len() - 4..]
}

macro_rules! redacted {
    ($($kind:ty),*) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}(…{})", stringify!($kind), self.last4())
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, formatter)
            }
        }
    )*};
}

redacted!(Code, CustomCode);
