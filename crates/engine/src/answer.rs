//! Answers: named in a change, made of its after-images, so that a journal record can repeat
//! them.

use std::sync::Arc;

use base::{
    CardId, ClaimId, ContactId, HoldId, Instant, PersonId, ProgramId, RefundId, RestitutionId,
};
use base::{CheckoutId, CreatorId, DisputeId, MethodId, OrderId, PaymentId, PayoutId, ProductId};
use base::{
    IncidentId, PostId, PromotionId, PurchaseId, RailRefundId, SellerId, SettlementId, SliceId,
    StreamId, SuspectId,
};
use claims::{AccountFreeze, Claim, FrozenFacts, KeptStatement, Restitution, Suspect, Words};
use giftcards::{Card, Contact, Hold, Program, Purchase, Refund, Sender, account_of};
use ledger::Account;
use payments::{Dispute, Method, Payment, RailRefund, Settlement};
use promotions::{BillingStream, Check, Incident, Post, Promotion, Signals, Slice};
use shop::{Checkout, Creator, Order, OrderRefund, Payout, Product, Refunding, Seller};
use shop::{TenderKind, TenderStatus};

use crate::{BookRow, Found, Preview, Refusal, Rows};

/// Names an answer: what kind it is and which object it shows. The kind numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerRef {
    /// The book and its time.
    Book,
    /// A program.
    Program(ProgramId),
    /// A card without its code.
    Card(CardId),
    /// A card whose code may be shown once.
    CardWithCode(CardId),
    /// A hold with what its card can still spend.
    Hold(HoldId),
    /// A refund.
    Refund(RefundId),
    /// A reversal and the hold it concerned, if any.
    Reversal(ReversalStatus, Option<HoldId>),
    /// A seller.
    Seller(SellerId),
    /// A creator.
    Creator(CreatorId),
    /// A product.
    Product(ProductId),
    /// A payment method.
    Method(MethodId),
    /// A checkout.
    Checkout(CheckoutId),
    /// An order.
    Order(OrderId),
    /// A refund of an order.
    OrderRefund(RefundId),
    /// A payment.
    Payment(PaymentId),
    /// A refund over a rail.
    RailRefund(RailRefundId),
    /// A dispute.
    Dispute(DisputeId),
    /// A payout.
    Payout(PayoutId),
    /// A purchase of gift cards.
    Purchase(PurchaseId),
    /// A settlement file.
    Settlement(SettlementId),
    /// A sender of gifts.
    Sender(PersonId),
    /// A sender and a recipient.
    Contact(ContactId),
    /// A promotion.
    Promotion(PromotionId),
    /// A post.
    Post(PostId),
    /// A slice of a promotion.
    Slice(SliceId),
    /// How far a stream was billed.
    Stream(StreamId),
    /// An incident.
    Incident(IncidentId),
    /// What happened to the account of a person.
    Signals(PersonId),
    /// A claim.
    Claim(ClaimId),
    /// What was repaid without a claim.
    Restitution(RestitutionId),
    /// The freeze of an account.
    AccountFreeze(PersonId),
    /// A suspect.
    Suspect(SuspectId),
}

/// What a reversal achieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalStatus {
    /// The operation had taken place and was undone.
    Undone,
    /// The operation had not arrived and never will take place.
    Barred,
    /// The operation had been refused; there was nothing to undo.
    NothingToUndo,
}

impl ReversalStatus {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            ReversalStatus::Undone => "undone",
            ReversalStatus::Barred => "barred",
            ReversalStatus::NothingToUndo => "nothing_to_undo",
        }
    }
}

impl AnswerRef {
    /// The two numbers a journal keeps.
    pub fn to_parts(self) -> (u8, [u8; 16]) {
        match self {
            AnswerRef::Book => (1, [0; 16]),
            AnswerRef::Program(id) => (2, id.to_bytes()),
            AnswerRef::Card(id) => (3, id.to_bytes()),
            AnswerRef::CardWithCode(id) => (4, id.to_bytes()),
            AnswerRef::Hold(id) => (5, id.to_bytes()),
            AnswerRef::Refund(id) => (6, id.to_bytes()),
            AnswerRef::Reversal(ReversalStatus::Undone, hold) => {
                (7, hold.map_or([0; 16], |id| id.to_bytes()))
            }
            AnswerRef::Reversal(ReversalStatus::Barred, _) => (8, [0; 16]),
            AnswerRef::Reversal(ReversalStatus::NothingToUndo, _) => (9, [0; 16]),
            AnswerRef::Seller(id) => (20, id.to_bytes()),
            AnswerRef::Creator(id) => (21, id.to_bytes()),
            AnswerRef::Product(id) => (22, id.to_bytes()),
            AnswerRef::Method(id) => (23, id.to_bytes()),
            AnswerRef::Checkout(id) => (24, id.to_bytes()),
            AnswerRef::Order(id) => (25, id.to_bytes()),
            AnswerRef::OrderRefund(id) => (26, id.to_bytes()),
            AnswerRef::Payment(id) => (27, id.to_bytes()),
            AnswerRef::RailRefund(id) => (28, id.to_bytes()),
            AnswerRef::Dispute(id) => (29, id.to_bytes()),
            AnswerRef::Payout(id) => (30, id.to_bytes()),
            AnswerRef::Purchase(id) => (31, id.to_bytes()),
            AnswerRef::Settlement(id) => (32, id.to_bytes()),
            AnswerRef::Sender(id) => (33, id.to_bytes()),
            AnswerRef::Contact(id) => (34, id.to_bytes()),
            AnswerRef::Promotion(id) => (40, id.to_bytes()),
            AnswerRef::Post(id) => (41, id.to_bytes()),
            AnswerRef::Slice(id) => (42, id.to_bytes()),
            AnswerRef::Stream(id) => (43, id.to_bytes()),
            AnswerRef::Incident(id) => (44, id.to_bytes()),
            AnswerRef::Signals(id) => (45, id.to_bytes()),
            AnswerRef::Claim(id) => (50, id.to_bytes()),
            AnswerRef::Restitution(id) => (51, id.to_bytes()),
            AnswerRef::AccountFreeze(id) => (52, id.to_bytes()),
            AnswerRef::Suspect(id) => (53, id.to_bytes()),
        }
    }

    /// Reads the two numbers back; `None` for an unknown kind.
    pub fn from_parts(kind: u8, id: [u8; 16]) -> Option<AnswerRef> {
        Some(match kind {
            1 => AnswerRef::Book,
            2 => AnswerRef::Program(ProgramId::from_bytes(id)),
            3 => AnswerRef::Card(CardId::from_bytes(id)),
            4 => AnswerRef::CardWithCode(CardId::from_bytes(id)),
            5 => AnswerRef::Hold(HoldId::from_bytes(id)),
            6 => AnswerRef::Refund(RefundId::from_bytes(id)),
            7 => {
                let hold = (id != [0; 16]).then(|| HoldId::from_bytes(id));
                AnswerRef::Reversal(ReversalStatus::Undone, hold)
            }
            8 => AnswerRef::Reversal(ReversalStatus::Barred, None),
            9 => AnswerRef::Reversal(ReversalStatus::NothingToUndo, None),
            20 => AnswerRef::Seller(SellerId::from_bytes(id)),
            21 => AnswerRef::Creator(CreatorId::from_bytes(id)),
            22 => AnswerRef::Product(ProductId::from_bytes(id)),
            23 => AnswerRef::Method(MethodId::from_bytes(id)),
            24 => AnswerRef::Checkout(CheckoutId::from_bytes(id)),
            25 => AnswerRef::Order(OrderId::from_bytes(id)),
            26 => AnswerRef::OrderRefund(RefundId::from_bytes(id)),
            27 => AnswerRef::Payment(PaymentId::from_bytes(id)),
            28 => AnswerRef::RailRefund(RailRefundId::from_bytes(id)),
            29 => AnswerRef::Dispute(DisputeId::from_bytes(id)),
            30 => AnswerRef::Payout(PayoutId::from_bytes(id)),
            31 => AnswerRef::Purchase(PurchaseId::from_bytes(id)),
            32 => AnswerRef::Settlement(SettlementId::from_bytes(id)),
            33 => AnswerRef::Sender(PersonId::from_bytes(id)),
            34 => AnswerRef::Contact(ContactId::from_bytes(id)),
            40 => AnswerRef::Promotion(PromotionId::from_bytes(id)),
            41 => AnswerRef::Post(PostId::from_bytes(id)),
            42 => AnswerRef::Slice(SliceId::from_bytes(id)),
            43 => AnswerRef::Stream(StreamId::from_bytes(id)),
            44 => AnswerRef::Incident(IncidentId::from_bytes(id)),
            45 => AnswerRef::Signals(PersonId::from_bytes(id)),
            50 => AnswerRef::Claim(ClaimId::from_bytes(id)),
            51 => AnswerRef::Restitution(RestitutionId::from_bytes(id)),
            52 => AnswerRef::AccountFreeze(PersonId::from_bytes(id)),
            53 => AnswerRef::Suspect(SuspectId::from_bytes(id)),
            _ => return None,
        })
    }
}

/// What a caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The book and its time.
    Book {
        /// The row.
        book: BookRow,
        /// The book's time.
        now: Instant,
    },
    /// A program.
    Program(Arc<Program>),
    /// A card.
    Card {
        /// The row.
        card: Arc<Card>,
        /// Its account.
        account: Account,
        /// The book's time, on which its status depends.
        now: Instant,
        /// True when the answer belongs to an operation that shows the code once.
        shows_code: bool,
    },
    /// A hold.
    Hold {
        /// The row.
        hold: Arc<Hold>,
        /// The account of its card.
        account: Account,
        /// The book's time, on which its status depends.
        now: Instant,
    },
    /// A refund.
    Refund(Arc<Refund>),
    /// A ledger account.
    Account(Account),
    /// A reversal.
    Reversal {
        /// What it achieved.
        status: ReversalStatus,
        /// The hold it concerned, with the account of its card.
        hold: Option<(Arc<Hold>, Account)>,
        /// The book's time.
        now: Instant,
    },
    /// A seller.
    Seller(Arc<Seller>),
    /// A creator.
    Creator(Arc<Creator>),
    /// A product.
    Product(Arc<Product>),
    /// A payment method.
    Method(Arc<Method>),
    /// A checkout.
    Checkout {
        /// The row.
        checkout: Arc<Checkout>,
        /// The payment for which the payer must do something first, if there is one.
        waits_for: Option<Arc<Payment>>,
        /// The book's time, on which it depends whether the checkout has expired.
        now: Instant,
    },
    /// An order.
    Order(Arc<Order>),
    /// A refund of an order.
    OrderRefund(Arc<OrderRefund>),
    /// A payment.
    Payment(Arc<Payment>),
    /// A refund over a rail.
    RailRefund(Arc<RailRefund>),
    /// A dispute.
    Dispute(Arc<Dispute>),
    /// A payout.
    Payout(Arc<Payout>),
    /// A purchase of gift cards.
    Purchase(Arc<Purchase>),
    /// A settlement file.
    Settlement(Arc<Settlement>),
    /// A sender of gifts.
    Sender(Arc<Sender>),
    /// A sender and a recipient.
    Contact(Arc<Contact>),
    /// A promotion.
    Promotion {
        /// The row.
        promotion: Arc<Promotion>,
        /// The book's time, on which its status depends.
        now: Instant,
    },
    /// A promotion with what the preflight finds about it, and how it is being paid.
    PromotionDetails(Box<PromotionDetails>),
    /// A post.
    Post(Arc<Post>),
    /// A slice of a promotion.
    Slice(Arc<Slice>),
    /// How far a stream was billed.
    Stream(BillingStream),
    /// An incident.
    Incident(Arc<Incident>),
    /// What happened to the account of a person.
    Signals(Arc<Signals>),
    /// A claim.
    Claim {
        /// The row.
        claim: Arc<Claim>,
        /// The book's time, on which it depends what is late.
        now: Instant,
    },
    /// What was repaid without a claim.
    Restitution(Arc<Restitution>),
    /// The same with the facts that it rests on.
    RestitutionEvidence {
        /// The row.
        restitution: Arc<Restitution>,
        /// The facts.
        facts: Option<Arc<FrozenFacts>>,
    },
    /// The freeze of an account.
    AccountFreeze(Arc<AccountFreeze>),
    /// A suspect.
    Suspect(Arc<Suspect>),
    /// What a claim was decided on, and what was decided.
    ClaimEvidence(Box<ClaimEvidence>),
    /// What a claim would be, and what the rules would say of it; or why it could not be made.
    ClaimPreview(Result<Box<Preview>, Refusal>),
    /// What a refund of an order would be, or why there would be none.
    RefundPreview(Result<Refunding, Refusal>),
}

/// A promotion with what follows from other rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionDetails {
    /// The row.
    pub promotion: Arc<Promotion>,
    /// Of a draft, what the preflight finds; nothing once it was paid.
    pub checks: Vec<Check>,
    /// The order that has paid it.
    pub order: Option<OrderId>,
    /// The payment for which whoever pays must do something first.
    pub waits_for: Option<Arc<Payment>>,
    /// The book's time.
    pub now: Instant,
}

/// What is kept with a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimEvidence {
    /// The row.
    pub claim: Arc<Claim>,
    /// What was written, sealed.
    pub words: Option<Arc<Words>>,
    /// The facts that were put together last.
    pub facts: Option<Arc<FrozenFacts>>,
    /// True when something else was paid for the promotion since: they do not know it.
    pub is_outdated: bool,
    /// The facts on which the decision that stands rests, or else the proposal.
    pub decided_on: Option<Arc<FrozenFacts>>,
    /// What is kept of the decision that stands, or else of the proposal.
    pub statement: Option<Arc<KeptStatement>>,
    /// The book's time.
    pub now: Instant,
}

/// Makes the answer that `named` names from `rows`; `None` when a row of it is not there.
pub fn answer<R: Rows>(named: AnswerRef, rows: &R, now: Instant) -> Option<Answer> {
    Some(match named {
        AnswerRef::Book => Answer::Book { book: present(rows.book())?.clone(), now },
        AnswerRef::Program(id) => Answer::Program(present(rows.program(id))?.clone()),
        AnswerRef::Card(id) => card_answer(id, rows, now, false)?,
        AnswerRef::CardWithCode(id) => card_answer(id, rows, now, true)?,
        AnswerRef::Hold(id) => {
            let (hold, account) = hold_and_account(id, rows)?;
            Answer::Hold { hold, account, now }
        }
        AnswerRef::Refund(id) => Answer::Refund(present(rows.refund(id))?.clone()),
        AnswerRef::Reversal(status, hold) => {
            let hold = match hold {
                Some(id) => Some(hold_and_account(id, rows)?),
                None => None,
            };
            Answer::Reversal { status, hold, now }
        }
        AnswerRef::Seller(id) => Answer::Seller(present(rows.seller(id))?.clone()),
        AnswerRef::Creator(id) => Answer::Creator(present(rows.creator(id))?.clone()),
        AnswerRef::Product(id) => Answer::Product(present(rows.product(id))?.clone()),
        AnswerRef::Method(id) => Answer::Method(present(rows.method(id))?.clone()),
        AnswerRef::Checkout(id) => checkout_answer(id, rows, now)?,
        AnswerRef::Order(id) => Answer::Order(present(rows.order(id))?.clone()),
        AnswerRef::OrderRefund(id) => Answer::OrderRefund(present(rows.order_refund(id))?.clone()),
        AnswerRef::Payment(id) => Answer::Payment(present(rows.payment(id))?.clone()),
        AnswerRef::RailRefund(id) => Answer::RailRefund(present(rows.rail_refund(id))?.clone()),
        AnswerRef::Dispute(id) => Answer::Dispute(present(rows.dispute(id))?.clone()),
        AnswerRef::Payout(id) => Answer::Payout(present(rows.payout(id))?.clone()),
        AnswerRef::Purchase(id) => Answer::Purchase(present(rows.purchase(id))?.clone()),
        AnswerRef::Settlement(id) => Answer::Settlement(present(rows.settlement(id))?.clone()),
        AnswerRef::Sender(id) => Answer::Sender(present(rows.sender(id))?.clone()),
        AnswerRef::Contact(id) => Answer::Contact(present(rows.contact(id))?.clone()),
        AnswerRef::Promotion(id) => {
            Answer::Promotion { promotion: present(rows.promotion(id))?.clone(), now }
        }
        AnswerRef::Post(id) => Answer::Post(present(rows.post(id))?.clone()),
        AnswerRef::Slice(id) => Answer::Slice(present(rows.slice(id))?.clone()),
        AnswerRef::Stream(id) => Answer::Stream(present(rows.stream(id))?.clone()),
        AnswerRef::Incident(id) => Answer::Incident(present(rows.incident(id))?.clone()),
        AnswerRef::Signals(id) => Answer::Signals(present(rows.signals(id))?.clone()),
        AnswerRef::Claim(id) => Answer::Claim { claim: present(rows.claim(id))?.clone(), now },
        AnswerRef::Restitution(id) => Answer::Restitution(present(rows.restitution(id))?.clone()),
        AnswerRef::AccountFreeze(id) => {
            Answer::AccountFreeze(present(rows.account_freeze(id))?.clone())
        }
        AnswerRef::Suspect(id) => Answer::Suspect(present(rows.suspect(id))?.clone()),
    })
}

fn card_answer<R: Rows>(id: CardId, rows: &R, now: Instant, shows_code: bool) -> Option<Answer> {
    let card = present(rows.card(id))?.clone();
    let account = present(rows.account(account_of(id)))?.clone();
    Some(Answer::Card { card, account, now, shows_code })
}

/// The row, and what its payer must do: a checkout for which somebody must do something names the
/// payment. No command leaves one so that is answered with the checkout.
fn checkout_answer<R: Rows>(id: CheckoutId, rows: &R, now: Instant) -> Option<Answer> {
    let checkout = present(rows.checkout(id))?.clone();
    let waits_for = match waits_for(&checkout) {
        Some(payment) => Some(present(rows.payment(payment))?.clone()),
        None => None,
    };
    Some(Answer::Checkout { checkout, waits_for, now })
}

/// The first payment for which the payer must do something.
pub(crate) fn waits_for(checkout: &Checkout) -> Option<PaymentId> {
    checkout.tenders.iter().find_map(|tender| match tender.kind {
        TenderKind::PaymentMethod { payment, .. }
            if tender.status == TenderStatus::RequiresAction =>
        {
            payment
        }
        _ => None,
    })
}

fn hold_and_account<R: Rows>(id: HoldId, rows: &R) -> Option<(Arc<Hold>, Account)> {
    let hold = present(rows.hold(id))?.clone();
    let account = present(rows.account(account_of(hold.card)))?.clone();
    Some((hold, account))
}

fn present<T>(found: Found<T>) -> Option<T> {
    match found {
        Found::Present(row) => Some(row),
        Found::Absent | Found::Unknown => None,
    }
}
