//! What a deed is called at a rail, and a dispute here.

use base::{DisputeId, PaymentId, RailRefundId, Token};
use payments::Step;
use rails::{Operation, Reference};
use sha2::{Digest, Sha256};

/// Whose deed an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DoneFor {
    /// A payment's; the step does not matter, since its state tells all.
    Payment(PaymentId),
    /// One attempt at a refund.
    Refund(RailRefundId, u32),
}

/// The operation of a step of a payment: `pay_…:authorize`.
pub(super) fn of_payment(payment: PaymentId, step: Step) -> Operation {
    operation(&format!("{payment}:{}", step.as_str()))
}

/// The same by another key, counted from 1, for a rail that has kept an error under the former.
pub(super) fn of_payment_by_key(payment: PaymentId, step: Step, key: u32) -> Operation {
    match key {
        1 => of_payment(payment, step),
        _ => operation(&format!("{payment}:{}:{key}", step.as_str())),
    }
}

/// The operation of an attempt at a refund: `rrf_…:1`.
pub(super) fn of_refund(refund: RailRefundId, attempt: u32) -> Operation {
    operation(&format!("{refund}:{attempt}"))
}

/// An operation that nobody has done: where a rail is asked by its own reference.
pub(super) fn of_nobody() -> Operation {
    operation("by-reference")
}

/// Whose deed it is; `None` when it is not named as ours are.
pub(super) fn done_for(operation: &Operation) -> Option<DoneFor> {
    let (id, rest) = operation.as_str().split_once(':')?;
    if let Ok(payment) = id.parse() {
        return Some(DoneFor::Payment(payment));
    }
    let (refund, attempt) = (id.parse().ok()?, rest.parse().ok()?);
    Some(DoneFor::Refund(refund, attempt))
}

/// The id under which a dispute of a rail is kept. It follows from what the rail calls it, so that
/// whoever hears of it, and how often, means the same row. It sorts beside its payment.
pub(super) fn dispute_id(payment: PaymentId, rail: &str, reference: &Reference) -> DisputeId {
    let mut hash = Sha256::new();
    hash.update(rail.as_bytes());
    hash.update([0]);
    hash.update(reference.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = payment.to_bytes();
    bytes[TIME_BYTES..].copy_from_slice(&digest[..16 - TIME_BYTES]);
    DisputeId::from_bytes(bytes)
}

/// Bytes of an id that tell its time.
const TIME_BYTES: usize = 6;

fn operation(text: &str) -> Operation {
    Token::new(text).expect("ids and numbers make a token of at most 52 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_tells_whose_it_is() {
        let payment = PaymentId::from_bits(u128::MAX);
        let refund = RailRefundId::from_bits(u128::MAX);
        for step in [Step::Authorize, Step::Capture, Step::Void] {
            let named = of_payment(payment, step);
            assert_eq!(done_for(&named), Some(DoneFor::Payment(payment)), "{named}");
            let again = of_payment_by_key(payment, step, u32::MAX);
            assert_eq!(done_for(&again), Some(DoneFor::Payment(payment)), "{again}");
            assert_eq!(of_payment_by_key(payment, step, 1), named);
        }
        for attempt in [1, u32::MAX] {
            let named = of_refund(refund, attempt);
            assert_eq!(done_for(&named), Some(DoneFor::Refund(refund, attempt)), "{named}");
        }
        let foreign = ["by-reference", "order-1", "rrf_1:1", &format!("{refund}:x")];
        for text in foreign {
            assert_eq!(done_for(&operation(text)), None, "{text}");
        }
    }

    #[test]
    fn a_dispute_has_one_id_whoever_hears_of_it() {
        let payment = PaymentId::from_bits(7 << 80);
        let id = |rail, reference| dispute_id(payment, rail, &Reference::new(reference).unwrap());
        assert_eq!(id("sandbox", "dp_1"), id("sandbox", "dp_1"));
        assert_ne!(id("sandbox", "dp_1"), id("sandbox", "dp_2"));
        assert_ne!(id("sandbox", "dp_1"), id("stripe", "dp_1"));
        assert_eq!(id("sandbox", "dp_1").bits() >> 80, 7);
    }
}
