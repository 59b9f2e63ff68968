//! What payers were paid without anybody looking.

use claims::{AutomaticPaid, AutomaticPayment, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes};

pub(crate) const TABLE: Table = Table {
    number: 41,
    version: 1,
    name: "automatic_paid",
    key_columns: 1,
    columns: &[bytes("payer"), bytes("payments")],
    indexes: &[],
};

pub(super) fn write(row: &AutomaticPaid, sink: &mut impl ValueSink) {
    sink.id(row.payer);
    list::write(&row.payments, sink, |payment, sink| {
        let AutomaticPayment { claim, currency, amount, at } = *payment;
        sink.id(claim);
        sink.currency(currency);
        sink.amount(amount);
        sink.instant(at);
    });
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<AutomaticPaid, ReadError> {
    let row = AutomaticPaid {
        payer: source.id()?,
        payments: list::read(source, |source| {
            Ok(AutomaticPayment {
                claim: source.id()?,
                currency: source.currency()?,
                amount: source.amount()?,
                at: source.instant()?,
            })
        })?,
    };
    if row.payments.len() > limits::AUTOMATIC_PAYMENTS_MAX {
        return Err(invalid("payments of a payer: too many"));
    }
    if !row.payments.windows(2).all(|pair| pair[0].at <= pair[1].at)
        || row.payments.iter().any(|payment| payment.amount.is_zero())
    {
        return Err(invalid("payments of a payer: of nothing, or not in order"));
    }
    Ok(row)
}
