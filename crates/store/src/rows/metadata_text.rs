//! Metadata as text: a JSON object of strings in key order; absent when empty.

use std::collections::BTreeMap;

use giftcards::Metadata;
use journal::ReadError;

use super::fields::invalid;

pub(super) fn write(metadata: &Metadata) -> Option<String> {
    if metadata.is_empty() {
        return None;
    }
    let pairs: BTreeMap<&str, &str> = metadata.iter().collect();
    Some(serde_json::to_string(&pairs).expect("a map from strings to strings is JSON"))
}

pub(super) fn read(text: Option<&str>) -> Result<Metadata, ReadError> {
    let Some(text) = text else { return Ok(Metadata::default()) };
    let pairs: BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| invalid("metadata: not an object of strings"))?;
    let metadata =
        Metadata::new(pairs.into_iter().collect()).map_err(|_| invalid("metadata: not allowed"))?;
    // Comparing with what would have been written also refuses repeated keys.
    if write(&metadata).as_deref() == Some(text) {
        Ok(metadata)
    } else {
        Err(invalid("metadata: not in the form written"))
    }
}
