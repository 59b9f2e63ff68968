//! What happened to accounts of persons.

use journal::{ReadError, ValueSink, ValueSource};
use promotions::{Fingerprint, Happening, Signal, SignalKind, Signals, limits};

use super::fields::{FieldSink, FieldSource, count, invalid};
use super::list;
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 33,
    version: 1,
    name: "signals",
    key_columns: 1,
    columns: &[bytes("person"), bytes("kept"), integer("dropped"), integer("created_at")],
    indexes: &[],
};

pub(super) fn write(row: &Signals, sink: &mut impl ValueSink) {
    sink.id(row.person);
    list::write(&row.kept, sink, |signal, sink| {
        let Happening { at, kind, device } = signal.happened;
        sink.instant(at);
        sink.int(i64::from(kind as u8));
        sink.opt_bytes(device.as_ref().map(|device| device.0.as_slice()));
        sink.instant(signal.told_at);
    });
    sink.int(count(row.dropped));
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Signals, ReadError> {
    let row = Signals {
        person: source.id()?,
        kept: list::read(source, |source| {
            let happened = Happening {
                at: source.instant()?,
                kind: source.one_of("kind of a signal", SignalKind::from_number)?,
                device: source.opt_fixed16()?.map(Fingerprint),
            };
            Ok(Signal { happened, told_at: source.instant()? })
        })?,
        dropped: source.number("signals that were dropped")?,
        created_at: source.instant()?,
    };
    let rises = row.kept.windows(2).all(|pair| pair[0].happened < pair[1].happened);
    if !rises || row.kept.is_empty() || row.kept.len() > limits::SIGNALS_PER_PERSON_MAX {
        return Err(invalid("signals: none, too many, or not in order"));
    }
    Ok(row)
}
