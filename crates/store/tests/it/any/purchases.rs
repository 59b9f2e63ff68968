//! Any purchase of gift cards.

use std::sync::Arc;

use base::{Amount, CardId, DisputeId, OrderId, PaymentId, PersonId, ProgramId, PurchaseId};
use engine::Row;
use giftcards::Sandbox;
use giftcards::{BoughtCard, Channel, NewDelivery, PaidPart, Prepared, Purchase, PurchaseDispute};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{bits, code, currency, details, instant, link, token};

fn some() -> impl Strategy<Value = Amount> {
    (1..1_000_i64).prop_map(|minor| Amount::new(minor).unwrap())
}

fn prepared() -> impl Strategy<Value = Prepared> {
    let delivery = (
        prop::sample::select(Channel::ALL.to_vec()),
        option::of(instant()),
        option::of(link()),
        option::of(bits()),
    )
        .prop_map(|(channel, deliver_at, link, sender)| NewDelivery {
            channel,
            deliver_at,
            link,
            sender: sender.map(PersonId::from_bits),
        });
    let terms = (option::of(bits()), option::of(instant()), option::of(any::<u32>()));
    (code(), terms, option::of(delivery), any::<bool>(), details()).prop_map(
        |(code, (program, expires_at, activation_s), delivery, fails, details)| Prepared {
            code,
            program: program.map(ProgramId::from_bits),
            expires_at,
            activation_s,
            delivery,
            sandbox: if fails { Sandbox::FailsAtCapture } else { Sandbox::None },
            details,
        },
    )
}

fn dispute() -> impl Strategy<Value = PurchaseDispute> {
    (bits(), bits(), some(), token(), any::<bool>()).prop_map(
        |(dispute, payment, amount, reason, is_lost)| PurchaseDispute {
            dispute: DisputeId::from_bits(dispute),
            payment: PaymentId::from_bits(payment),
            amount,
            reason,
            is_lost,
            clawed_back: Vec::new(),
        },
    )
}

fn purchase() -> impl Strategy<Value = Purchase> {
    let cards = vec((some(), 0..2_u8, prepared(), bits()), 1..4);
    let parts = vec((bits(), some()), 1..3);
    let order = option::of(bits());
    let disputes = vec(dispute(), 0..3);
    (bits(), currency(), cards, parts, disputes, order, instant()).prop_map(
        |(id, currency, cards, parts, mut disputes, order, created_at)| {
            let mut line = 1;
            let mut bought = Vec::new();
            for (value, step, prepared, card) in cards {
                line += step;
                let number = bought.len() as u128;
                bought.push(BoughtCard {
                    line,
                    card: CardId::from_bits(card.wrapping_mul(8).wrapping_add(number)),
                    value,
                    prepared: order.is_none().then(|| Box::new(prepared)),
                });
            }
            for (number, known) in (0..).zip(&mut disputes) {
                let id = known.dispute.bits().wrapping_mul(8).wrapping_add(number);
                known.dispute = DisputeId::from_bits(id);
                // In the order in which it was taken: neither that of cards, nor of all of them.
                let of = known.amount.minor();
                let parts = bought.iter().rev().zip([1, of - 1]).filter(|(_, part)| *part > 0);
                let parts = parts.map(|(card, part)| (card.card, Amount::new(part).unwrap()));
                known.clawed_back = parts.filter(|_| known.is_lost).collect();
            }
            let parts = parts.into_iter().map(|(payment, amount)| PaidPart {
                line,
                payment: PaymentId::from_bits(payment),
                amount,
            });
            Purchase {
                id: PurchaseId::from_bits(id),
                currency,
                cards: bought,
                paid_by: parts.filter(|_| order.is_some()).collect(),
                disputes,
                order: order.map(OrderId::from_bits),
                created_at,
            }
        },
    )
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    purchase().prop_map(|row| Row::Purchase(Arc::new(row)))
}
