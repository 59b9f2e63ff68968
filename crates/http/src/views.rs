//! What callers get: one struct an object, written as it stands here.
//!
//! A view is a pure function of an answer, so a repeated request gets the same bytes. The same
//! structs describe the answers in the OpenAPI document.

pub(crate) mod account;
pub(crate) mod account_freeze;
pub(crate) mod activity;
pub(crate) mod book;
pub(crate) mod checkout;
pub(crate) mod claim;
pub(crate) mod claim_fact;
pub(crate) mod claim_statement;
pub(crate) mod claim_trial;
pub(crate) mod claims_replay;
pub(crate) mod creator;
pub(crate) mod deed;
pub(crate) mod dispute;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod feed_events;
pub(crate) mod feed_page;
pub(crate) mod gift_card;
pub(crate) mod gift_sender;
pub(crate) mod hand_over;
pub(crate) mod hold;
pub(crate) mod incident;
pub(crate) mod journal;
pub(crate) mod key;
pub(crate) mod liability;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod mail_report;
pub(crate) mod money;
pub(crate) mod order;
pub(crate) mod order_refund;
pub(crate) mod payment;
pub(crate) mod payment_method;
pub(crate) mod payout;
pub(crate) mod post;
pub(crate) mod product;
pub(crate) mod program;
pub(crate) mod promotion;
pub(crate) mod promotion_report;
pub(crate) mod promotion_settlement;
pub(crate) mod promotion_terms;
pub(crate) mod purchase;
pub(crate) mod rail_refund;
pub(crate) mod refund;
pub(crate) mod reversal;
pub(crate) mod scope;
pub(crate) mod seller;
pub(crate) mod settlement;
pub(crate) mod shop;
pub(crate) mod signal;
pub(crate) mod trial_balance;
pub(crate) mod webhook_endpoint;

use base::{Instant, TypedId};
use engine::Answer;
use giftcards::Metadata;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Appends a view as JSON.
pub(crate) fn write(view: &impl Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(out, view).expect("views have text keys, and memory takes every byte");
}

/// Appends an answer as JSON. `code` is the card's code when it may be shown.
pub(crate) fn write_answer(answer: &Answer, code: Option<&str>, out: &mut Vec<u8>) {
    match answer {
        Answer::Book { book, now } => write(&book::BookView::new(book, *now), out),
        Answer::Program(program) => write(&program::ProgramView::new(program), out),
        Answer::Card { card, account, now, .. } => {
            let mut view = gift_card::GiftCardView::new(card, account, *now);
            view.code = code;
            write(&view, out);
        }
        Answer::Hold { hold, account, now } => {
            write(&hold::HoldView::new(hold, account, *now), out);
        }
        Answer::Refund(refund) => write(&refund::RefundView::new(refund), out),
        Answer::Account(account) => write(&account::AccountView::new(account), out),
        Answer::Reversal { status, hold, now } => {
            write(&reversal::ReversalView::new(*status, hold.as_ref(), *now), out);
        }
        Answer::RefundPreview(Ok(refunding)) => {
            write(&order_refund::RefundPreviewView::new(refunding), out);
        }
        // Why there would be none is a problem, which its route tells; no command answers with a
        // purchase, and its route shows it together with its checkout, order and cards.
        Answer::RefundPreview(Err(_)) | Answer::Purchase(_) => {}
        // No call answers with them: processes that serve ask for them.
        Answer::Slice(_) | Answer::Stream(_) => {}
        // Its route shows it together with what it is asked about.
        Answer::PromotionDetails(_) => {}
        // Its route shows the one that was told.
        Answer::Signals(_) => {}
        // Their routes show them.
        Answer::ClaimEvidence(_) | Answer::ClaimPreview(_) | Answer::RestitutionEvidence { .. } => {
        }
        Answer::Settlement(row) => write(&settlement::SettlementView::new(row, None), out),
        Answer::Seller(_)
        | Answer::Creator(_)
        | Answer::Product(_)
        | Answer::Method(_)
        | Answer::Checkout { .. }
        | Answer::Order(_)
        | Answer::OrderRefund(_)
        | Answer::Payment(_)
        | Answer::RailRefund(_)
        | Answer::Dispute(_)
        | Answer::Payout(_)
        | Answer::Sender(_)
        | Answer::Contact(_)
        | Answer::Promotion { .. }
        | Answer::Post(_)
        | Answer::Incident(_)
        | Answer::Claim { .. }
        | Answer::Restitution(_)
        | Answer::AccountFreeze(_)
        | Answer::Suspect(_) => {
            let view = shop::ShopView::of_answer(answer);
            write(&view.expect("each of these has a view there"), out);
        }
    }
}

/// An id as text.
#[derive(Clone, Copy)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: TypedId> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A point in time as RFC 3339 with `Z`.
#[derive(Clone, Copy)]
pub(crate) struct Time(pub(crate) Instant);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Strings of the shop, as an object.
pub(crate) struct MetadataView<'a>(pub(crate) Option<&'a Metadata>);

impl Serialize for MetadataView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.0.into_iter().flat_map(Metadata::iter) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
