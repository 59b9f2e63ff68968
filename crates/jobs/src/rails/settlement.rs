//! From a line of a rail's settlement file to what the books note of it. Pure.

use base::{Text, Token};
use engine::Row;
use payments::{Moved, NewLine, SettledKind, Sum};
use rails::{SettledKind as Told, SettledLine};

use super::operation::{DoneFor, dispute_id, done_for};

/// The line as a command notes it, with what of ours it is about where it says so: by our
/// operation, and for a dispute by that of its payment and the rail's own name of the dispute.
pub fn settled_line(rail: &Token<32>, line: &SettledLine) -> NewLine {
    NewLine {
        reference: line.reference.clone(),
        kind: kind(line.kind),
        sum: Sum { gross: line.gross, fee: line.fee },
        at: line.at,
        of: moved(rail, line),
        source: line.source.clone(),
    }
}

/// The rail's own name by which a line may be found: that of the payment, of the refund, or of the
/// dispute whose payment it does not name. `None` for lines that say by our operation what they are
/// about, and for those about nothing of ours.
pub fn name_to_find(rail: &Token<32>, line: &SettledLine) -> Option<Text<255>> {
    let (source, payment) = (line.source.as_ref(), line.payment.as_ref());
    let name = match line.kind {
        Told::Capture | Told::Dispute => payment.or(source),
        Told::Refund => source,
        Told::Fee | Told::Payout | Told::Adjustment => None,
    };
    name.filter(|_| moved(rail, line).is_none()).cloned()
}

/// What of ours a line is about, by the rail's own names: `rows` are whatever a rail calls so.
/// `None` also where two are called alike, for no line says which it means.
pub fn found_by_name(rail: &Token<32>, line: &SettledLine, rows: &[Row]) -> Option<Moved> {
    let name = name_to_find(rail, line)?;
    let is_named = |reference: &Option<Text<255>>| reference.as_ref() == Some(&name);
    // The rail of a dispute is that of its payment, and looked at when the line is noted.
    let is_called_so = |row: &Row| match row {
        Row::Payment(row) => row.rail == *rail && is_named(&row.rail_reference),
        Row::RailRefund(row) => row.rail == *rail && is_named(&row.rail_reference),
        Row::Dispute(row) => is_named(&row.rail_reference),
        _ => false,
    };
    let mut found = rows.iter().filter(|row| is_called_so(row)).filter_map(|row| {
        match (line.kind, &line.payment, row) {
            (Told::Capture, _, Row::Payment(row)) => Some(Moved::Payment(row.id)),
            (Told::Refund, _, Row::RailRefund(row)) => Some(Moved::RailRefund(row.id)),
            (Told::Refund, _, Row::Dispute(row)) if row.is_refund_at_rail() => {
                Some(Moved::Dispute(row.id))
            }
            (Told::Dispute, Some(_), Row::Payment(row)) => {
                Some(Moved::Dispute(dispute_id(row.id, rail.as_str(), line.source.as_ref()?)))
            }
            (Told::Dispute, None, Row::Dispute(row)) => Some(Moved::Dispute(row.id)),
            _ => None,
        }
    });
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn moved(rail: &Token<32>, line: &SettledLine) -> Option<Moved> {
    let done_for = line.operation.as_ref().and_then(done_for)?;
    match (line.kind, done_for) {
        (Told::Capture, DoneFor::Payment(payment)) => Some(Moved::Payment(payment)),
        (Told::Refund, DoneFor::Refund(refund, _)) => Some(Moved::RailRefund(refund)),
        (Told::Dispute, DoneFor::Payment(payment)) => {
            let source = line.source.as_ref()?;
            Some(Moved::Dispute(dispute_id(payment, rail.as_str(), source)))
        }
        _ => None,
    }
}

fn kind(told: Told) -> SettledKind {
    match told {
        Told::Capture => SettledKind::Capture,
        Told::Refund => SettledKind::Refund,
        Told::Dispute => SettledKind::Dispute,
        Told::Fee => SettledKind::Fee,
        Told::Payout => SettledKind::Payout,
        Told::Adjustment => SettledKind::Adjustment,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::{Currency, Instant, PaymentId, RailRefundId};
    use payments::{Payment, PaymentState};

    use super::*;
    use crate::rails::payment_words::tests::payment;

    #[test]
    fn a_line_says_what_of_ours_it_is_about() {
        let rail = Token::new("sandbox").unwrap();
        let (payment, refund) = (PaymentId::from_bits(7 << 80), RailRefundId::from_bits(9));
        let source = Text::new("dp_1").unwrap();
        let check = |kind, operation: &str, named: bool, expected: Option<Moved>| {
            let line = SettledLine {
                reference: Text::new("txn_1").unwrap(),
                kind,
                currency: Currency::USD,
                gross: 5,
                fee: 1,
                at: Instant::MIN,
                operation: Some(Token::new(operation).unwrap()),
                source: named.then(|| source.clone()),
                payment: None,
            };
            assert_eq!(settled_line(&rail, &line).of, expected, "{kind:?} {operation}");
        };
        let (paid, sent) = (format!("{payment}:authorize"), format!("{refund}:2"));
        let dispute = dispute_id(payment, "sandbox", &source);
        check(Told::Capture, &paid, true, Some(Moved::Payment(payment)));
        check(Told::Refund, &sent, true, Some(Moved::RailRefund(refund)));
        check(Told::Dispute, &paid, true, Some(Moved::Dispute(dispute)));
        check(Told::Dispute, &paid, false, None);
        check(Told::Capture, &sent, true, None);
        check(Told::Refund, &paid, true, None);
        check(Told::Fee, &paid, true, None);
        check(Told::Capture, "somebody-elses", true, None);
    }

    #[test]
    fn a_line_without_an_operation_is_found_by_what_the_rail_calls_it() {
        let rail = Token::new("stripe").unwrap();
        let line = |kind, source: &str, payment: Option<&str>| SettledLine {
            reference: Text::new("txn_1").unwrap(),
            kind,
            currency: Currency::USD,
            gross: 5,
            fee: 1,
            at: Instant::MIN,
            operation: None,
            source: Some(Text::new(source).unwrap()),
            payment: payment.map(|name| Text::new(name).unwrap()),
        };
        let named = |bits, rail: &str, name: &str| {
            let payment = Payment {
                id: PaymentId::from_bits(bits),
                rail: Token::new(rail).unwrap(),
                rail_reference: Some(Text::new(name).unwrap()),
                ..payment(PaymentState::Captured)
            };
            Row::Payment(Arc::new(payment))
        };
        let rows =
            [named(1, "stripe", "pi_1"), named(2, "other", "pi_1"), named(3, "stripe", "pi_2")];
        let check = |line: &SettledLine, rows: &[Row], name: &str, expected: Option<Moved>| {
            let found = name_to_find(&rail, line);
            assert_eq!(found.as_ref().map_or("", Text::as_str), name, "{line:?}");
            assert_eq!(found_by_name(&rail, line, rows), expected, "{line:?}");
        };
        let first = Some(Moved::Payment(PaymentId::from_bits(1)));
        check(&line(Told::Capture, "ch_1", Some("pi_1")), &rows, "pi_1", first);
        check(&line(Told::Capture, "pi_1", None), &rows, "pi_1", first);
        check(&line(Told::Capture, "ch_1", None), &rows, "ch_1", None);
        check(&line(Told::Refund, "pi_1", Some("pi_1")), &rows, "pi_1", None);
        check(&line(Told::Fee, "pi_1", Some("pi_1")), &rows, "", None);
        let name = Text::new("dp_1").unwrap();
        let dispute = Moved::Dispute(dispute_id(PaymentId::from_bits(1), "stripe", &name));
        check(&line(Told::Dispute, "dp_1", Some("pi_1")), &rows, "pi_1", Some(dispute));
        check(&line(Told::Dispute, "pi_1", None), &rows, "pi_1", None);
        // Our own operation says it better, and what two are called says nothing.
        let operation =
            Some(Token::new(&format!("{}:authorize", PaymentId::from_bits(9))).unwrap());
        let ours = SettledLine { operation, ..line(Told::Capture, "ch_1", Some("pi_1")) };
        check(&ours, &rows, "", None);
        let twice = [named(1, "stripe", "pi_1"), named(4, "stripe", "pi_1")];
        check(&line(Told::Capture, "pi_1", None), &twice, "pi_1", None);
    }
}
