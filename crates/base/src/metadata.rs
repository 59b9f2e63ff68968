//! Metadata: strings the integrating shop attaches to its objects.

/// At most 50 pairs, sorted by key. It is stored readable: personal text does not belong here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(Vec<(Box<str>, Box<str>)>);

/// Why a set of pairs is no metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// More than 50 pairs.
    #[error("at most 50 keys are kept")]
    TooMany,
    /// A key is empty, longer than 40 bytes, or repeated.
    #[error("keys have 1 to 40 bytes and appear once")]
    Key,
    /// A value is longer than 500 bytes.
    #[error("values have at most 500 bytes")]
    Value,
    /// A key or value has a control character.
    #[error("control characters are not kept")]
    ControlCharacter,
}

impl Metadata {
    /// Pairs kept at most.
    pub const PAIRS_MAX: usize = 50;

    /// Sorts and checks the pairs.
    ///
    /// # Errors
    ///
    /// [`MetadataError`] names the first rule that is broken.
    pub fn new(pairs: Vec<(String, String)>) -> Result<Metadata, MetadataError> {
        if pairs.len() > Self::PAIRS_MAX {
            return Err(MetadataError::TooMany);
        }
        let mut sorted: Vec<(Box<str>, Box<str>)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            if key.is_empty() || key.len() > 40 {
                return Err(MetadataError::Key);
            }
            if value.len() > 500 {
                return Err(MetadataError::Value);
            }
            if key.chars().chain(value.chars()).any(char::is_control) {
                return Err(MetadataError::ControlCharacter);
            }
            sorted.push((key.into(), value.into()));
        }
        sorted.sort();
        if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(MetadataError::Key);
        }
        Ok(Metadata(sorted))
    }

    /// True when nothing is attached.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }
}
