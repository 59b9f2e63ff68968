//! From a line of a rail's settlement file to what the books note of it. Pure.

use base::Token;
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
    use base::{Currency, Instant, PaymentId, RailRefundId, Text};

    use super::*;

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
}
