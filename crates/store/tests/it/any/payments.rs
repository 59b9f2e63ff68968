//! Any row of payments.

use std::sync::Arc;

use base::{
    Amount, CheckoutId, DisputeId, MethodId, Money, PaymentId, PersonId, RailRefundId, RefundId,
};
use engine::Row;
use payments::Step;
use payments::{ConsentReason, Destination, Dispute, DisputeState, Expiry, Method, NextAction};
use payments::{Payment, PaymentState, Purpose, RailRefund, RailToken, RefundState, ReturnUrl};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{amount, bits, currency, instant, text, token};

fn small() -> impl Strategy<Value = Amount> {
    (0..1_000_i64).prop_map(|minor| Amount::new(minor).unwrap())
}

fn method() -> impl Strategy<Value = Method> {
    let expiry =
        (1970..=9999_u16, 1..=12_u8).prop_map(|(year, month)| Expiry::new(year, month).unwrap());
    let who = (bits(), token(), text(), option::of(bits()));
    let looks = (option::of(token()), option::of("[0-9]{4}"), option::of(expiry));
    let times = (option::of(instant()), instant());
    (who, looks, any::<bool>(), times).prop_map(
        |((id, rail, token, owner), (brand, last4, expiry), is_store_mediated, times)| {
            let (declined_at, created_at) = times;
            Method {
                id: MethodId::from_bits(id),
                rail,
                token: RailToken(token),
                owner: owner.map(PersonId::from_bits),
                brand,
                last4: last4.map(|text| base::Token::new(&text).unwrap()),
                expiry,
                is_store_mediated,
                declined_at,
                created_at,
            }
        },
    )
}

fn state() -> impl Strategy<Value = PaymentState> {
    let steps = vec![Step::Authorize, Step::Capture, Step::Void];
    let failed = (prop::sample::select(steps), token())
        .prop_map(|(step, code)| PaymentState::Failed { step, code });
    let open = prop_oneof![
        Just(PaymentState::Authorizing),
        text().prop_map(|text| PaymentState::RequiresAction { next_action: NextAction(text) }),
        Just(PaymentState::Authorized),
        Just(PaymentState::Capturing),
        Just(PaymentState::Voiding),
    ];
    let given_up = prop_oneof![Just(PaymentState::Voided), failed];
    prop_oneof![open, Just(PaymentState::Captured), given_up]
}

/// Money has moved only when the payment was captured, and it is due only when it wants something.
fn payment() -> impl Strategy<Value = Payment> {
    let about = (bits(), bits(), token(), currency(), bits(), option::of(text()));
    let back = (small(), vec((bits(), 1..1_000_i64), 0..3), small(), small());
    let beside = (small(), option::of(amount()), amount(), small(), small(), small());
    let url = "https://[a-z]{1,9}\\.example/[a-z?=&#]{0,20}";
    let url = url.prop_map(|text: String| ReturnUrl::parse(&text).unwrap());
    let life = (any::<bool>(), any::<u32>(), option::of(instant()), instant(), option::of(url));
    (about, state(), back, beside, life).prop_map(|(about, state, back, beside, life)| {
        let (id, method, rail, currency, checkout, rail_reference) = about;
        let (refunded, open, credited, left) = back;
        let (uncaptured, fee, disputed, owed, settled, lost) = beside;
        let (is_unknown, calls, due_at, created_at, return_url) = life;
        let refunding: i64 = open.iter().map(|(_, minor)| minor).sum();
        let owed = if open.is_empty() { 0 } else { owed.minor() };
        let credited = if open.is_empty() { Amount::ZERO } else { credited };
        let sum = refunded.minor() + refunding + credited.minor() + left.minor() + 1;
        let sum = sum + owed + settled.minor();
        let is_captured = state == PaymentState::Captured;
        let if_captured = |amount: Amount| if is_captured { amount } else { Amount::ZERO };
        let of = |minor| Amount::new(minor).unwrap();
        let mut row = Payment {
            id: PaymentId::from_bits(id),
            method: MethodId::from_bits(method),
            rail,
            amount: Money { amount: of(sum + uncaptured.minor()), currency },
            purpose: Purpose::Checkout(CheckoutId::from_bits(checkout)),
            return_url,
            state,
            is_unknown,
            rail_reference,
            captured: if_captured(of(sum)),
            refunded: if_captured(refunded),
            refunding: if_captured(of(refunding)),
            disputed: if_captured(of(disputed.minor() / 2 + lost.minor() + settled.minor())),
            lost: if_captured(of(lost.minor() + settled.minor())),
            owed: if_captured(of(owed)),
            settled: if_captured(settled),
            credited: if_captured(credited),
            fee: fee.filter(|_| is_captured),
            open_refunds: Vec::new(),
            calls,
            due_at,
            created_at,
        };
        if is_captured {
            row.open_refunds = open.iter().map(|(id, _)| RailRefundId::from_bits(*id)).collect();
        }
        if row.step().is_none() {
            (row.is_unknown, row.due_at) = (false, None);
        }
        row
    })
}

fn rail_refund() -> impl Strategy<Value = RailRefund> {
    let reasons =
        vec![ConsentReason::MethodGone, ConsentReason::CameBack, ConsentReason::HeldByStore];
    let states = prop_oneof![
        Just(RefundState::Waiting),
        Just(RefundState::Sent),
        Just(RefundState::Succeeded),
        Just(RefundState::Settled),
        Just(RefundState::Credited),
        Just(RefundState::PaidByHand),
        token().prop_map(|code| RefundState::Failed { code }),
        prop::sample::select(reasons).prop_map(|reason| RefundState::NeedsConsent { reason }),
    ];
    let destination = option::of((bits(), instant())).prop_map(|other| match other {
        None => Destination::Original,
        Some((method, consented_at)) => {
            Destination::Other { method: MethodId::from_bits(method), consented_at }
        }
    });
    let about = (bits(), bits(), token(), amount(), currency(), destination);
    let others = (option::of(bits()), option::of(bits()));
    let attempts = (1..=u32::MAX, option::of(any::<prop::sample::Index>()), others);
    let life = (any::<bool>(), option::of(text()), any::<u32>(), option::of(instant()), instant());
    (about, states, attempts, life).prop_map(|(about, state, (attempt, returned, others), life)| {
        let (id, payment, rail, amount, currency, destination) = about;
        let (is_unknown, rail_reference, calls, due_at, created_at) = life;
        let returned = returned.map(|at| at.index(attempt as usize));
        let mut row = RailRefund {
            id: RailRefundId::from_bits(id),
            payment: PaymentId::from_bits(payment),
            rail,
            amount: Money { amount, currency },
            order_refund: others.0.map(RefundId::from_bits),
            destination,
            state,
            kept_back: false,
            attempt,
            returned_attempt: returned.map(|attempt| u32::try_from(attempt).unwrap() + 1),
            replaced_by: None,
            is_unknown,
            rail_reference,
            calls,
            due_at,
            created_at,
        };
        if row.next_call().is_none() {
            (row.is_unknown, row.due_at) = (false, None);
        }
        if matches!(row.state, RefundState::Failed { .. }) {
            row.replaced_by = others.1.map(RailRefundId::from_bits);
            row.kept_back = row.attempt.is_multiple_of(2);
        }
        row
    })
}

fn dispute() -> impl Strategy<Value = Dispute> {
    let states = vec![DisputeState::Open, DisputeState::Won, DisputeState::Lost];
    let about = (bits(), bits(), amount(), currency(), token());
    let life = (option::of(instant()), any::<u8>(), option::of(text()), instant());
    (about, prop::sample::select(states), life).prop_map(|(about, state, life)| {
        let (id, payment, amount, currency, reason) = about;
        let (due_by, stage, rail_reference, created_at) = life;
        Dispute {
            id: DisputeId::from_bits(id),
            payment: PaymentId::from_bits(payment),
            amount: Money { amount, currency },
            reason,
            due_by,
            state,
            stage,
            rail_reference,
            created_at,
        }
    })
}

/// Any row of payments.
pub(super) fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        1 => method().prop_map(|row| Row::Method(Arc::new(row))).boxed(),
        3 => payment().prop_map(|row| Row::Payment(Arc::new(row))).boxed(),
        2 => rail_refund().prop_map(|row| Row::RailRefund(Arc::new(row))).boxed(),
        1 => dispute().prop_map(|row| Row::Dispute(Arc::new(row))).boxed(),
    ]
}
