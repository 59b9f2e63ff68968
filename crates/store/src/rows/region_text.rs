//! Lists of regions as text: the codes joined by commas, in the order given; absent when empty.

use base::Region;
use journal::ReadError;

use super::fields::invalid;

pub(super) fn write(regions: &[Region]) -> Option<String> {
    if regions.is_empty() {
        return None;
    }
    Some(regions.iter().map(Region::as_str).collect::<Vec<_>>().join(","))
}

pub(super) fn read(text: Option<&str>) -> Result<Vec<Region>, ReadError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    text.split(',').map(|code| Region::parse(code).map_err(|_| invalid("region"))).collect()
}
