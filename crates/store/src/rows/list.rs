//! Lists inside a row, as one value of bytes: how many items, then the values of each, in the
//! journal's encoding. An item may have lists of its own.

use journal::{EncodedSink, EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};

use super::fields::FieldSource;

pub(super) fn write<T>(
    items: &[T],
    sink: &mut impl ValueSink,
    mut write_item: impl FnMut(&T, &mut EncodedSink<'_>),
) {
    let packed = EncodedValues::of(|packed| {
        packed.int(i64::try_from(items.len()).expect("a list fits into memory"));
        items.iter().for_each(|item| write_item(item, packed));
    });
    sink.bytes(packed.as_bytes());
}

pub(super) fn read<T>(
    source: &mut impl ValueSource,
    read_item: impl FnMut(&mut EncodedSource<'_>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let packed = source.bytes()?;
    read_packed(&packed, read_item)
}

/// The list in a value that may be absent, once it is there.
pub(super) fn read_packed<T>(
    packed: &[u8],
    mut read_item: impl FnMut(&mut EncodedSource<'_>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut packed = EncodedSource::new(packed);
    let count: usize = packed.number("number of items in a list")?;
    // Nothing is set aside for a count that may be wrong: the items themselves decide.
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(read_item(&mut packed)?);
    }
    packed.finish()?;
    Ok(items)
}
