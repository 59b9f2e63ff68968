//! What a person has done where an order has not sent what was owed: four values of a row, all of
//! them absent when nobody has.

use base::Label;
use claims::{Resolution, Resolved};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};

pub(super) fn write(resolved: Option<&Resolved>, sink: &mut impl ValueSink) {
    sink.opt_instant(resolved.map(|resolved| resolved.at));
    sink.opt_id(resolved.map(|resolved| resolved.by));
    sink.opt_int(resolved.map(|resolved| i64::from(resolved.how.number())));
    sink.opt_text(resolved.and_then(|resolved| match &resolved.how {
        Resolution::PaidByHand { reference } => Some(reference.as_str()),
        Resolution::SentAgain | Resolution::StoreCredit => None,
    }));
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Option<Resolved>, ReadError> {
    let (resolved_at, by) = (source.opt_instant()?, source.opt_id()?);
    let how: Option<u8> = source.opt_number("how it was resolved")?;
    let reference = source.opt_parsed("what names a payment", Label::new)?;
    let how = match (how, reference) {
        (None, None) => None,
        (Some(1), None) => Some(Resolution::SentAgain),
        (Some(2), None) => Some(Resolution::StoreCredit),
        (Some(3), Some(reference)) => Some(Resolution::PaidByHand { reference }),
        _ => return Err(invalid("how it was resolved")),
    };
    match (resolved_at, by, how) {
        (None, None, None) => Ok(None),
        (Some(at), Some(by), Some(how)) => Ok(Some(Resolved { at, by, how })),
        _ => Err(invalid("resolved in part")),
    }
}
