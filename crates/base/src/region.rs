use std::fmt;
use std::str::FromStr;

use crate::ascii;

/// A country, or one of its subdivisions: `US`, `US-CA`.
///
/// Source: the shape of ISO 3166-1 alpha-2 codes, two letters, and of ISO 3166-2 codes, which add
/// a hyphen and one to three letters or digits. Only this shape is checked, in upper case, and not
/// whether the region exists: those lists change several times a year.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// The text, with zeros behind, which sort before all characters.
    bytes: [u8; CODE_BYTES_MAX],
    length: u8,
}

const CODE_BYTES_MAX: usize = 6;

impl Region {
    /// The region with this code.
    ///
    /// # Errors
    ///
    /// [`RegionError`] when the text is not of the shape, lower case included.
    pub fn parse(code: &str) -> Result<Region, RegionError> {
        let text = code.as_bytes();
        let is_region = match text {
            [first, second] => is_country(*first, *second),
            [first, second, b'-', subdivision @ ..] => {
                is_country(*first, *second) && is_subdivision(subdivision)
            }
            _ => false,
        };
        if !is_region {
            return Err(RegionError);
        }
        let mut bytes = [0; CODE_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text);
        Ok(Region { bytes, length: text.len() as u8 })
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        ascii::as_text(&self.bytes[..usize::from(self.length)])
    }

    /// The country this region is, or lies in: `US` of `US-CA`.
    pub fn country(&self) -> Region {
        let mut bytes = [0; CODE_BYTES_MAX];
        bytes[..2].copy_from_slice(&self.bytes[..2]);
        Region { bytes, length: 2 }
    }

    /// Whether `other` is this region or lies in it: `US` contains `US-CA`, not the reverse.
    pub fn contains(&self, other: &Region) -> bool {
        let is_whole_country = self.length == 2;
        self == other || (is_whole_country && self.bytes[..2] == other.bytes[..2])
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(code: &str) -> Result<Region, RegionError> {
        Region::parse(code)
    }
}

/// The code.
impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The code.
impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not of the shape of a region's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a country or subdivision in upper case, such as US or US-CA")]
pub struct RegionError;

fn is_country(first: u8, second: u8) -> bool {
    first.is_ascii_uppercase() && second.is_ascii_uppercase()
}

fn is_subdivision(text: &[u8]) -> bool {
    let lengths = 1..=3;
    lengths.contains(&text.len())
        && text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
