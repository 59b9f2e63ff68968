//! Changes: what a decision leaves behind.

use std::sync::Arc;

use ledger::{Entry, Subject, Transfer};

use crate::{AnswerRef, BookRow, Event, EventKind, Key, every_row};

macro_rules! row {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        /// One row after a change.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Row {
            /// The book's own row.
            Book(BookRow),
            $(#[doc = $doc] $variant($row),)+
        }

        impl Row {
            /// The key under which the row is found.
            pub fn key(&self) -> Key {
                match self {
                    Row::Book(_) => Key::Book,
                    $(Row::$variant(row) => Key::$variant(row.$member),)+
                }
            }
        }
    };
}

every_row!(row);

/// What an accepted command leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// After-images.
    pub rows: Vec<Row>,
    /// Transfers.
    pub transfers: Vec<Transfer>,
    /// Entries, two a transfer.
    pub entries: Vec<Entry>,
    /// Events in order.
    pub events: Vec<Event>,
    /// Names the answer; its rows are among the after-images.
    pub answer: AnswerRef,
}

/// A change, or a part of one, without its answer.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) rows: Vec<Row>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) events: Vec<Event>,
}

impl Parts {
    pub(crate) fn into_change(self, answer: AnswerRef) -> Change {
        let Parts { rows, transfers, entries, events } = self;
        Change { rows, transfers, entries, events, answer }
    }
}

impl Change {
    /// The change of one decision.
    pub(crate) fn from_outcome(outcome: impl Into<Parts>, answer: AnswerRef) -> Change {
        outcome.into().into_change(answer)
    }
}

impl From<giftcards::Outcome> for Parts {
    fn from(outcome: giftcards::Outcome) -> Parts {
        let giftcards::Outcome { cards, codes, holds, refunds, programs, .. } = outcome;
        let giftcards::Outcome { purchases, senders, contacts, posted, events, .. } = outcome;
        let mut rows = Vec::with_capacity(posted.accounts.len() + cards.len() + holds.len() + 1);
        rows.extend(posted.accounts.into_iter().map(Row::Account));
        rows.extend(cards.into_iter().map(|row| Row::Card(Arc::new(row))));
        rows.extend(codes.into_iter().map(Row::Code));
        rows.extend(holds.into_iter().map(|row| Row::Hold(Arc::new(row))));
        rows.extend(refunds.into_iter().map(|row| Row::Refund(Arc::new(row))));
        rows.extend(programs.into_iter().map(|row| Row::Program(Arc::new(row))));
        rows.extend(purchases.into_iter().map(|row| Row::Purchase(Arc::new(row))));
        rows.extend(senders.into_iter().map(|row| Row::Sender(Arc::new(row))));
        rows.extend(contacts.into_iter().map(|row| Row::Contact(Arc::new(row))));
        let event = |(kind, subject)| Event { kind: EventKind::GiftCards(kind), subject };
        let events = events.into_iter().map(event).collect();
        Parts { rows, transfers: posted.transfers, entries: posted.entries, events }
    }
}

impl From<payments::Outcome> for Parts {
    fn from(outcome: payments::Outcome) -> Parts {
        // Caps are told for whoever wants to act on them; they are part of the payments.
        let payments::Outcome { methods, payments, refunds, disputes, caps: _, .. } = outcome;
        let payments::Outcome { standings, settlements, settlement_lines, .. } = outcome;
        let (posted, events) = (outcome.posted, outcome.events);
        let mut rows: Vec<Row> = posted.accounts.into_iter().map(Row::Account).collect();
        rows.extend(methods.into_iter().map(|row| Row::Method(Arc::new(row))));
        rows.extend(payments.into_iter().map(|row| Row::Payment(Arc::new(row))));
        rows.extend(refunds.into_iter().map(|row| Row::RailRefund(Arc::new(row))));
        rows.extend(disputes.into_iter().map(|row| Row::Dispute(Arc::new(row))));
        rows.extend(settlements.into_iter().map(|row| Row::Settlement(Arc::new(row))));
        rows.extend(settlement_lines.into_iter().map(|row| Row::SettlementLine(Arc::new(row))));
        rows.extend(standings.into_iter().map(|row| Row::Standing(Arc::new(row))));
        let event = |(kind, subject)| Event { kind: EventKind::Payments(kind), subject };
        let events = events.into_iter().map(event).collect();
        Parts { rows, transfers: posted.transfers, entries: posted.entries, events }
    }
}

impl From<promotions::Outcome> for Parts {
    fn from(outcome: promotions::Outcome) -> Parts {
        let promotions::Outcome { promotions, posts, slices, deeds, .. } = outcome;
        let promotions::Outcome { settlements, streams, posted, events, .. } = outcome;
        let promotions::Outcome { incidents, signals, advertisers, .. } = outcome;
        let mut rows: Vec<Row> = posted.accounts.into_iter().map(Row::Account).collect();
        rows.extend(promotions.into_iter().map(|row| Row::Promotion(Arc::new(row))));
        rows.extend(posts.into_iter().map(|row| Row::Post(Arc::new(row))));
        rows.extend(slices.into_iter().map(|row| Row::Slice(Arc::new(row))));
        rows.extend(deeds.into_iter().map(|row| Row::Deed(Arc::new(row))));
        rows.extend(settlements.into_iter().map(|row| Row::PromotionSettlement(Arc::new(row))));
        rows.extend(streams.into_iter().map(Row::Stream));
        rows.extend(incidents.into_iter().map(|row| Row::Incident(Arc::new(row))));
        rows.extend(signals.into_iter().map(|row| Row::Signals(Arc::new(row))));
        rows.extend(advertisers.into_iter().map(|row| Row::Advertiser(Arc::new(row))));
        let event = |(kind, subject)| Event { kind: EventKind::Promotions(kind), subject };
        let events = events.into_iter().map(event).collect();
        Parts { rows, transfers: posted.transfers, entries: posted.entries, events }
    }
}

impl From<claims::Effect> for Parts {
    fn from(effect: claims::Effect) -> Parts {
        let claims::Effect { claims, promotions, claimants, restitutions, .. } = effect;
        let claims::Effect { automatic, instruments, freezes, suspects, .. } = effect;
        let claims::Effect { words, facts, statements, events, .. } = effect;
        let mut rows: Vec<Row> = claims.into_iter().map(|row| Row::Claim(Arc::new(row))).collect();
        rows.extend(promotions.into_iter().map(|row| Row::PromotionClaims(Arc::new(row))));
        rows.extend(claimants.into_iter().map(Row::Claimant));
        rows.extend(automatic.into_iter().map(|row| Row::AutomaticPaid(Arc::new(row))));
        rows.extend(instruments.into_iter().map(|row| Row::InstrumentClaims(Arc::new(row))));
        rows.extend(freezes.into_iter().map(|row| Row::AccountFreeze(Arc::new(row))));
        rows.extend(suspects.into_iter().map(|row| Row::Suspect(Arc::new(row))));
        rows.extend(restitutions.into_iter().map(|row| Row::Restitution(Arc::new(row))));
        rows.extend(words.into_iter().map(|row| Row::ClaimWords(Arc::new(row))));
        rows.extend(facts.into_iter().map(|row| Row::FrozenFacts(Arc::new(row))));
        rows.extend(statements.into_iter().map(|row| Row::ClaimStatement(Arc::new(row))));
        let event = |(kind, about)| {
            let subject = match about {
                claims::EventObject::Claim(id) => Subject::of(id),
                claims::EventObject::Restitution(id) => Subject::of(id),
                claims::EventObject::Account(id) => Subject::of(id),
                claims::EventObject::Suspect(id) => Subject::of(id),
            };
            Event { kind: EventKind::Claims(kind), subject }
        };
        let events = events.into_iter().map(event).collect();
        Parts { rows, events, ..Parts::default() }
    }
}

impl From<shop::Outcome> for Parts {
    fn from(outcome: shop::Outcome) -> Parts {
        let shop::Outcome { sellers, creators, products, .. } = outcome;
        let mut rows: Vec<Row> = outcome.posted.accounts.into_iter().map(Row::Account).collect();
        rows.extend(sellers.into_iter().map(|row| Row::Seller(Arc::new(row))));
        rows.extend(creators.into_iter().map(|row| Row::Creator(Arc::new(row))));
        rows.extend(products.into_iter().map(|row| Row::Product(Arc::new(row))));
        rows.extend(outcome.checkouts.into_iter().map(|row| Row::Checkout(Arc::new(row))));
        rows.extend(outcome.orders.into_iter().map(|row| Row::Order(Arc::new(row))));
        rows.extend(outcome.refunds.into_iter().map(|row| Row::OrderRefund(Arc::new(row))));
        rows.extend(outcome.payouts.into_iter().map(|row| Row::Payout(Arc::new(row))));
        rows.extend(outcome.numberings.into_iter().map(Row::Numbering));
        let event = |(kind, subject)| Event { kind: EventKind::Shop(kind), subject };
        let events = outcome.events.into_iter().map(event).collect();
        let (transfers, entries) = (outcome.posted.transfers, outcome.posted.entries);
        Parts { rows, transfers, entries, events }
    }
}
