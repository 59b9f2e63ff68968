//! Numbers and codes that are stored or told: unique, readable again, and each with a test.

use std::collections::HashSet;

use base::{
    CardId, ClaimId, ContactId, Currency, HoldId, Money, ProgramId, RefundId, RestitutionId,
    SuspectId,
};
use base::{CheckoutId, CreatorId, DisputeId, MethodId, OrderId, PaymentId, PayoutId, ProductId};
use base::{
    IncidentId, PersonId, PostId, PromotionId, PurchaseId, RailRefundId, SellerId, SettlementId,
};
use base::{SliceId, StreamId};
use engine::StoredRefusal;
use engine::{
    AnswerRef, BookRefusal, Command, CommandKind, OperationRefusal, Refusal, ReversalStatus,
};
use giftcards::{Refusal as Card, Why};
use payments::Refusal as Payment;
use shop::Refusal as Shop;

/// Scripts in which a refusal must appear as `-> code`.
const SCRIPTS: &[&str] = &[
    include_str!("books.rs"),
    include_str!("buying.rs"),
    include_str!("cards.rs"),
    include_str!("checkouts.rs"),
    include_str!("claims.rs"),
    include_str!("claims_freezes.rs"),
    include_str!("claims_money.rs"),
    include_str!("disputing.rs"),
    include_str!("gifts.rs"),
    include_str!("holds.rs"),
    include_str!("loading.rs"),
    include_str!("orders.rs"),
    include_str!("paying.rs"),
    include_str!("incidents.rs"),
    include_str!("promotions.rs"),
    include_str!("promotions_disputed.rs"),
    include_str!("promotions_served.rs"),
    include_str!("public_failures.rs"),
    include_str!("refunding.rs"),
    include_str!("returns.rs"),
    include_str!("senders.rs"),
    include_str!("settling.rs"),
    include_str!("spending.rs"),
];

/// Refusals that no decision gives: the writer says them about keys and batches.
const TOLD_BY_THE_WRITER: &[&str] = &["operation_reversed", "batch_aborted"];

/// Refusals of rules that no command leads to: whoever composes asks in the right order.
const TOLD_BY_NOBODY: &[&str] = &["payment_not_authorized", "payment_captured"];

/// Codes that several capabilities share, because they mean the same to a caller.
const SHARED: &[&str] = &[
    "id_taken",
    "nothing_to_change",
    "not_due",
    "currency_mismatch",
    "limit_exceeded",
    "amount_exceeds_refundable",
    "already_appealed",
    "payment_disputed",
    "same_reviewer",
];

/// Every refusal that a stored number can mean.
fn every_refusal() -> Vec<Refusal> {
    let money = Money::new(5, Currency::USD);
    let mut all = Vec::new();
    for number in 0..=u16::MAX {
        let numbered: Vec<Refusal> = (0..=u8::MAX)
            .filter_map(|why| {
                Refusal::from_stored(StoredRefusal { number, why, money, tender: None })
            })
            .collect();
        match numbered.first() {
            Some(Refusal::GiftCards(Card::NotUsable(_))) | None => all.extend(numbered),
            Some(refusal) => all.push(*refusal),
        }
    }
    all
}

#[test]
fn every_refusal_has_a_number_a_code_and_a_test() {
    let (mut numbers, mut codes) = (HashSet::new(), HashSet::new());
    for refusal in every_refusal() {
        let stored = refusal.stored();
        assert_eq!(Refusal::from_stored(stored), Some(refusal));
        assert!(numbers.insert((stored.number, stored.why)), "{refusal:?} shares its number");
        let code = refusal.code();
        let is_another_why = stored.why > 1;
        let may_share = is_another_why || SHARED.contains(&code);
        assert!(codes.insert(code) != is_another_why || may_share, "{refusal:?} shares its code");
        let why = match refusal {
            Refusal::GiftCards(Card::NotUsable(why)) => format!(" {why}"),
            _ => String::new(),
        };
        let line = format!("-> {code}{why}");
        let is_tested = SCRIPTS.iter().any(|script| script.contains(&line));
        let untold = TOLD_BY_THE_WRITER.contains(&code) || TOLD_BY_NOBODY.contains(&code);
        assert!(is_tested != untold, "no test expects `{line}`");
    }
}

#[test]
fn no_refusal_is_missing_from_the_stored_numbers() {
    let mut seen = 0;
    for refusal in every_refusal() {
        // Written out, so that a new refusal does not compile without a place here.
        seen += match refusal {
            Refusal::Book(
                BookRefusal::NotATestBook | BookRefusal::ClockBackwards | BookRefusal::BookExists,
            ) => 1,
            Refusal::Operation(
                OperationRefusal::Reversed
                | OperationRefusal::Irreversible
                | OperationRefusal::BatchAborted,
            ) => 1,
            Refusal::GiftCards(refusal) | Refusal::Tender { refusal, .. } => gift_card(refusal),
            Refusal::Payments(refusal) => payment(refusal),
            Refusal::Shop(refusal) => shop(refusal),
            // Their own macro is one list for code, number and the way back.
            Refusal::Promotions(_) | Refusal::Claims(_) => 1,
        };
    }
    assert_eq!(seen, 3 + 3 + 7 + 31 + 21 + 36 + 40 + 57);
}

fn gift_card(refusal: Card) -> usize {
    match refusal {
        Card::NotUsable(
            Why::Unknown
            | Why::CodeReplaced
            | Why::Canceled
            | Why::Expired
            | Why::Frozen
            | Why::Disputed
            | Why::NotYetActive,
        )
        | Card::CurrencyMismatch
        | Card::RegionNotAllowed
        | Card::LineNotInScope
        | Card::LimitExceeded
        | Card::AboveLimit { .. }
        | Card::TooSoon { .. }
        | Card::InsufficientBalance { .. }
        | Card::CardNotFound
        | Card::HoldNotFound
        | Card::HoldNotOpen
        | Card::AmountExceedsHold { .. }
        | Card::AmountExceedsCaptured { .. }
        | Card::ProgramNotFound
        | Card::IdTaken
        | Card::CodeTaken
        | Card::NothingToChange
        | Card::HoldsOpen
        | Card::DateNotLater
        | Card::HoldCaptured
        | Card::NotDue
        | Card::CaptureDeclined
        | Card::HoldOfCheckout
        | Card::AlreadyClaimed
        | Card::NotTheOwner
        | Card::PurchaseNotFound
        | Card::SenderNotFound
        | Card::SenderBlocked
        | Card::GiftNotAccepted
        | Card::NotMailed
        | Card::SendingLimit
        | Card::UndoTooLate => 1,
    }
}

fn payment(refusal: Payment) -> usize {
    match refusal {
        Payment::MethodNotFound
        | Payment::PaymentNotFound
        | Payment::RefundNotFound
        | Payment::DisputeNotFound
        | Payment::IdTaken
        | Payment::NothingToChange
        | Payment::OutcomePending
        | Payment::Contradiction { .. }
        | Payment::NotAuthorized
        | Payment::NotCaptured
        | Payment::AlreadyCaptured
        | Payment::RefundNotOpen
        | Payment::RefundNotFailed
        | Payment::ConsentNotNeeded
        | Payment::MethodExpired
        | Payment::HeldByStore
        | Payment::MethodCannotReceive
        | Payment::DisputeNotOpen
        | Payment::CurrencyMismatch
        | Payment::LimitExceeded
        | Payment::AmountExceedsRefundable { .. } => 1,
    }
}

fn shop(refusal: Shop) -> usize {
    match refusal {
        Shop::SellerNotFound
        | Shop::CreatorNotFound
        | Shop::ProductNotFound
        | Shop::CheckoutNotFound
        | Shop::OrderNotFound
        | Shop::RefundNotFound
        | Shop::PayoutNotFound
        | Shop::TenderNotFound
        | Shop::LineNotFound
        | Shop::IdTaken
        | Shop::CheckoutPaid
        | Shop::CheckoutPaying
        | Shop::CheckoutExpired
        | Shop::CheckoutNotPaying
        | Shop::PayoutClosed
        | Shop::NotDue
        | Shop::NothingToChange
        | Shop::CurrencyMismatch
        | Shop::ProductMismatch
        | Shop::DiscountExceedsPrice
        | Shop::GiftCardPrice
        | Shop::GiftCardsNotPrepared
        | Shop::PromotionLine
        | Shop::PromotionSettles
        | Shop::NothingToShip
        | Shop::RatesExceedWhole
        | Shop::LimitExceeded
        | Shop::CardAlreadyUsed
        | Shop::NothingLeftToPay
        | Shop::TenderPaysNothing
        | Shop::NotCovered { .. }
        | Shop::QuantityExceedsLine
        | Shop::AmountExceedsRefundable { .. }
        | Shop::BoughtCardsSpent { .. }
        | Shop::NothingToRefund
        | Shop::NothingOwed => 1,
    }
}

#[test]
fn refusals_that_tell_an_amount_keep_it() {
    for refusal in every_refusal() {
        let told = refusal.money();
        assert_eq!(refusal.stored().money, told);
        let without = Refusal::from_stored(StoredRefusal { money: None, ..refusal.stored() });
        assert_eq!(without.is_none(), told.is_some(), "{refusal:?}");
    }
}

#[test]
fn a_refusal_that_time_or_another_attempt_may_lift_is_transient() {
    let transient: HashSet<&str> = every_refusal()
        .iter()
        .filter(|refusal| refusal.is_transient())
        .map(Refusal::code)
        .collect();
    assert_eq!(
        transient,
        HashSet::from([
            "batch_aborted",
            "holds_open",
            "sending_limit_reached",
            "too_soon",
            "not_due",
            "id_taken",
            "outcome_pending",
            "rail_contradiction",
            "checkout_paying",
            "account_frozen",
            "claim_already_open",
            "claim_being_paid",
            "claim_not_in_review",
            "facts_missing",
            "facts_outdated",
            "too_many_claims_open",
            "promotion_not_over",
            "promotion_being_paid",
            "slices_open",
            "payment_disputed",
            "billing_gap",
            "already_billed",
            "bills_missing",
            "daily_budget_spent",
            "nothing_left",
            "in_future",
        ])
    );
}

#[test]
fn every_kind_of_command_has_a_number_and_a_name_of_its_own() {
    let known: Vec<CommandKind> = (0..=u16::MAX).filter_map(CommandKind::from_number).collect();
    assert_eq!(known, CommandKind::ALL);
    let names: HashSet<&str> = known.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), known.len());
}

#[test]
fn answers_are_read_back_from_their_two_parts() {
    let answers = [
        AnswerRef::Book,
        AnswerRef::Program(ProgramId::from_bits(1)),
        AnswerRef::Card(CardId::from_bits(2)),
        AnswerRef::CardWithCode(CardId::from_bits(3)),
        AnswerRef::Hold(HoldId::from_bits(4)),
        AnswerRef::Refund(RefundId::from_bits(u128::MAX)),
        AnswerRef::Reversal(ReversalStatus::Undone, Some(HoldId::from_bits(5))),
        AnswerRef::Reversal(ReversalStatus::Undone, None),
        AnswerRef::Reversal(ReversalStatus::Barred, None),
        AnswerRef::Reversal(ReversalStatus::NothingToUndo, None),
        AnswerRef::Seller(SellerId::from_bits(6)),
        AnswerRef::Creator(CreatorId::from_bits(7)),
        AnswerRef::Product(ProductId::from_bits(8)),
        AnswerRef::Method(MethodId::from_bits(9)),
        AnswerRef::Checkout(CheckoutId::from_bits(10)),
        AnswerRef::Order(OrderId::from_bits(11)),
        AnswerRef::OrderRefund(RefundId::from_bits(12)),
        AnswerRef::Payment(PaymentId::from_bits(13)),
        AnswerRef::RailRefund(RailRefundId::from_bits(14)),
        AnswerRef::Dispute(DisputeId::from_bits(15)),
        AnswerRef::Payout(PayoutId::from_bits(16)),
        AnswerRef::Purchase(PurchaseId::from_bits(17)),
        AnswerRef::Settlement(SettlementId::from_bits(18)),
        AnswerRef::Sender(PersonId::from_bits(19)),
        AnswerRef::Contact(ContactId::from_bits(20)),
        AnswerRef::Promotion(PromotionId::from_bits(21)),
        AnswerRef::Post(PostId::from_bits(22)),
        AnswerRef::Slice(SliceId::from_bits(23)),
        AnswerRef::Stream(StreamId::from_bits(24)),
        AnswerRef::Incident(IncidentId::from_bits(25)),
        AnswerRef::Signals(PersonId::from_bits(26)),
        AnswerRef::Claim(ClaimId::from_bits(27)),
        AnswerRef::Restitution(RestitutionId::from_bits(28)),
        AnswerRef::AccountFreeze(PersonId::from_bits(29)),
        AnswerRef::Suspect(SuspectId::from_bits(30)),
    ];
    for named in answers {
        let (kind, id) = named.to_parts();
        assert_eq!(AnswerRef::from_parts(kind, id), Some(named));
    }
    let kinds = (0..=u8::MAX).filter(|kind| AnswerRef::from_parts(*kind, [7; 16]).is_some());
    let known = (1..=9).chain(20..=34).chain(40..=45).chain(50..=53);
    assert_eq!(kinds.collect::<Vec<u8>>(), known.collect::<Vec<u8>>());
}

/// Every command of a queue is as large as the largest.
#[test]
fn no_command_is_large() {
    assert!(size_of::<Command>() <= 96, "{} bytes", size_of::<Command>());
}
