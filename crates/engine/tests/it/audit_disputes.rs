//! What each dispute takes of which bought card, and that the same comes back when it is won: said
//! a second time, from transfers and from what each dispute has taken in all.

use std::collections::{BTreeMap, VecDeque};

use base::{CardId, DisputeId};
use engine::{Change, Row};
use giftcards::{Purchase, PurchaseDispute};
use ledger::Reason;
use payments::DisputeState;

use crate::world::World;

/// What disputes have taken and not given back.
pub type Taken = BTreeMap<(DisputeId, CardId), i64>;

/// Follows a change that has not been applied to `world` yet.
pub fn change(world: &mut World, change: &Change) {
    for row in &change.rows {
        if let Row::Dispute(row) = row
            && row.state == DisputeState::Won
        {
            gives_back(world, row.id, change);
        }
    }
    let mut clawed = moved(change, Reason::CardClawedBack);
    for row in &change.rows {
        let Row::Purchase(row) = row else { continue };
        for known in &row.disputes {
            let mut grown =
                sum_of(known) - of_dispute(&world.taken, known.dispute).map(|it| it.1).sum::<i64>();
            while grown > 0 {
                let (card, units) = clawed.pop_front().expect("noted, and not taken");
                *world.taken.entry((known.dispute, card)).or_default() += units;
                grown -= units;
            }
            assert_eq!(grown, 0, "{:?} has not taken what is noted", known.dispute);
        }
    }
    assert!(clawed.is_empty(), "taken for no dispute: {clawed:?}");
}

/// A card that is canceled gets nothing.
fn gives_back(world: &mut World, dispute: DisputeId, change: &Change) {
    let mut restored = BTreeMap::new();
    for (card, units) in moved(change, Reason::CardRestored) {
        *restored.entry(card).or_default() += units;
    }
    let mut expected: BTreeMap<CardId, i64> = of_dispute(&world.taken, dispute).collect();
    expected.retain(|card, _| world.card[card].takes_refunds());
    assert_eq!(restored, expected, "{dispute:?} gave back something else than it took");
    world.taken.retain(|(of, _), _| *of != dispute);
}

/// What a purchase knows of its disputes.
pub fn purchase(world: &World, purchase: &Purchase) {
    for known in &purchase.disputes {
        let noted: BTreeMap<CardId, i64> =
            known.clawed_back.iter().map(|(card, amount)| (*card, amount.minor())).collect();
        let taken: BTreeMap<CardId, i64> = of_dispute(&world.taken, known.dispute).collect();
        assert_eq!(noted, taken, "{:?}", known.dispute);
    }
}

fn sum_of(known: &PurchaseDispute) -> i64 {
    known.clawed_back_of_all().minor()
}

fn of_dispute(taken: &Taken, dispute: DisputeId) -> impl Iterator<Item = (CardId, i64)> {
    let mine = taken.iter().filter(move |((of, _), _)| *of == dispute);
    mine.map(|((_, card), units)| (*card, *units))
}

/// Cards and minor units, in the order in which they moved.
fn moved(change: &Change, why: Reason) -> VecDeque<(CardId, i64)> {
    let mine = change.transfers.iter().filter(|transfer| transfer.reason == why);
    let card = if why == Reason::CardRestored {
        |t: &ledger::Transfer| t.credit
    } else {
        |t: &ledger::Transfer| t.debit
    };
    mine.map(|it| (CardId::from_bits(card(it).bits()), it.amount.amount.minor())).collect()
}
