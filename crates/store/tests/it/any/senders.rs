//! Any sender and any contact.

use std::sync::Arc;

use base::{CardId, PersonId};
use engine::Row;
use giftcards::{Block, Contact, DayCount, Days, Report, ReportReason, Sender, contact_of};
use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;

use super::{bits, instant, token};

fn days() -> impl Strategy<Value = Days> {
    btree_map(any::<i32>(), 1..u32::MAX, 0..4).prop_map(|days| {
        let days = days.into_iter().map(|(day, count)| DayCount { day, count });
        Days::of(days.collect()).unwrap()
    })
}

fn sender() -> impl Strategy<Value = Sender> {
    let block = option::of((instant(), token()));
    (bits(), block, any::<u32>(), days(), instant()).prop_map(
        |(id, block, reporters, recipients, created_at)| Sender {
            id: PersonId::from_bits(id),
            blocked: block.map(|(since, reason)| Block { since, reason }),
            reporters,
            recipients,
            created_at,
        },
    )
}

fn contact() -> impl Strategy<Value = Contact> {
    let report = (bits(), prop::sample::select(ReportReason::ALL.to_vec()), instant())
        .prop_map(|(card, reason, at)| Report { card: CardId::from_bits(card), reason, at });
    (bits(), bits(), option::of(instant()), option::of(report), days(), instant()).prop_map(
        |(sender, recipient, blocked_since, report, gifts, created_at)| {
            let sender = PersonId::from_bits(sender);
            let recipient = PersonId::from_bits(recipient);
            let id = contact_of(sender, recipient);
            Contact { id, sender, recipient, blocked_since, report, gifts, created_at }
        },
    )
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        sender().prop_map(|row| Row::Sender(Arc::new(row))),
        contact().prop_map(|row| Row::Contact(Arc::new(row))),
    ]
}
