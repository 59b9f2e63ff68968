//! Whose value is on each card, and of what was spent: bought, or given on top of it. Said a second
//! time, from transfers alone: what was given is spent first, and what was bought comes back first.
//!
//! From it follows what nobody may ever see: that a purchase gives back more than what it was sold
//! with less what is spent of it, or that what was given away becomes money.

use std::collections::BTreeMap;

use base::{AccountId, CardId, HoldId, RefundId};
use engine::{Change, Row};
use giftcards::{Card, CardState, Funding, Refund};
use ledger::{AccountName, Reason, Transfer, TransferKind};

use crate::world::World;

/// Minor units of either kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value {
    pub bought: i64,
    pub given: i64,
}

/// What is where.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// On each card.
    cards: BTreeMap<CardId, Value>,
    /// What has expired on each card and was not given back to it.
    expired: BTreeMap<CardId, Value>,
    /// What each hold has captured and was not given back to its card.
    pub spent: BTreeMap<HoldId, Value>,
    /// What each refund of a hold has given back.
    refunds: BTreeMap<RefundId, Value>,
    /// What the purchase of each card has taken off it again.
    returned: BTreeMap<CardId, i64>,
}

impl Value {
    fn all(self) -> i64 {
        self.bought + self.given
    }

    fn move_to(&mut self, other: &mut Value, part: Value) {
        let Value { bought, given } = part;
        *self = Value { bought: self.bought - bought, given: self.given - given };
        *other = Value { bought: other.bought + bought, given: other.given + given };
        assert!(self.bought >= 0 && self.given >= 0, "{part:?} is not there");
    }

    /// A part of it, what was given away first.
    fn given_first(self, units: i64) -> Value {
        let given = units.min(self.given);
        Value { bought: units - given, given }
    }

    /// A part of it, what was bought first.
    fn bought_first(self, units: i64) -> Value {
        let bought = units.min(self.bought);
        Value { bought, given: units - bought }
    }
}

/// Follows a change that was applied to `world`.
pub fn change(world: &mut World, change: &Change) {
    let refunds = change.rows.iter().filter_map(|row| match row {
        Row::Refund(row) => Some(row.as_ref()),
        _ => None,
    });
    follow(world, &change.transfers, &refunds.collect::<Vec<_>>());
}

/// Follows what was moved; cards and holds in `world` are as they are since then. `refunds` are the
/// refunds of holds among the rows that have changed.
pub fn follow(world: &mut World, transfers: &[Transfer], refunds: &[&Refund]) {
    let mut values = std::mem::take(&mut world.values);
    for transfer in transfers {
        let is_posted = matches!(transfer.kind, TransferKind::Posted | TransferKind::Post);
        if is_posted {
            values.give_up(world, transfer);
        }
        for (account, comes) in [(transfer.credit, true), (transfer.debit, false)] {
            let Some(card) = world.card.get(&CardId::from_bits(account.bits())) else { continue };
            match (is_posted, comes) {
                (false, _) => {}
                (true, true) => values.add(world, card, transfer, refunds),
                (true, false) => values.take(world, card, transfer),
            }
        }
    }
    world.values = values;
}

impl Values {
    fn add(&mut self, world: &World, card: &Card, transfer: &Transfer, refunds: &[&Refund]) {
        let units = transfer.amount.amount.minor();
        let was_given = |other: AccountId| other == incentives(card) || is_given_away(card);
        let on_card = self.cards.entry(card.id).or_default();
        match transfer.reason {
            Reason::Refund | Reason::Reverse => {
                let hold = HoldId::from_bytes(transfer.subject.0);
                let spent = self.spent.entry(hold).or_default();
                let part = spent.bought_first(units);
                spent.move_to(on_card, part);
                let mut mine = refunds.iter().filter(|it| it.hold == hold && !it.reversed);
                if let (Reason::Refund, Some(refund)) = (transfer.reason, mine.next()) {
                    self.refunds.insert(refund.id, part);
                }
            }
            Reason::Extend => {
                let expired = self.expired.entry(card.id).or_default();
                expired.move_to(on_card, of_kind(units, was_given(transfer.debit)));
            }
            _ => {
                let mut source = of_kind(units, was_given(transfer.debit));
                let all = source;
                source.move_to(on_card, all);
            }
        }
        assert_eq!(world.card[&card.id].currency, transfer.amount.currency);
    }

    /// Goodwill that a card has spent which is gone goes back past it.
    fn give_up(&mut self, world: &World, transfer: &Transfer) {
        if !matches!(transfer.reason, Reason::Refund | Reason::Reverse) {
            return;
        }
        let id = HoldId::from_bytes(transfer.subject.0);
        let Some(hold) = world.hold.get(&id) else { return };
        let card = &world.card[&hold.card];
        if transfer.credit == incentives(card) {
            assert_eq!(card.state, CardState::Canceled, "{id:?}");
            let given = of_kind(transfer.amount.amount.minor(), true);
            self.spent.entry(id).or_default().move_to(&mut Value::default(), given);
            assert_eq!(self.spent[&id].bought, 0, "{id:?}: what was bought comes back first");
        }
    }

    fn take(&mut self, world: &World, card: &Card, transfer: &Transfer) {
        let units = transfer.amount.amount.minor();
        let on_card = self.cards.entry(card.id).or_default();
        let is_of_incentives = transfer.credit == incentives(card) || is_given_away(card);
        let part;
        let mut sink = Value::default();
        let to = match transfer.reason {
            Reason::Redeem | Reason::Capture => {
                part = on_card.given_first(units);
                self.spent.entry(HoldId::from_bytes(transfer.subject.0)).or_default()
            }
            Reason::Reverse => {
                let refund = RefundId::from_bytes(transfer.subject.0);
                let given = self.refunds[&refund].given.min(on_card.given);
                let given = given.max(units - on_card.bought);
                part = Value { bought: units - given, given };
                self.spent.entry(world.refund[&refund].hold).or_default()
            }
            Reason::CardExpiry => {
                part = of_kind(units, is_of_incentives);
                self.expired.entry(card.id).or_default()
            }
            Reason::Cancel => {
                part = of_kind(units, is_of_incentives);
                &mut sink
            }
            // An order that goes back, or a payment that was lost: never what was given away.
            Reason::OrderRefund | Reason::CardClawedBack => {
                part = of_kind(units, is_given_away(card));
                if transfer.reason == Reason::OrderRefund {
                    *self.returned.entry(card.id).or_default() += units;
                }
                &mut sink
            }
            // Adjusted.
            _ => {
                part = on_card.given_first(units);
                &mut sink
            }
        };
        on_card.move_to(to, part);
    }
}

fn of_kind(units: i64, was_given: bool) -> Value {
    if was_given { Value { bought: 0, given: units } } else { Value { bought: units, given: 0 } }
}

/// All value of such a card was given away.
fn is_given_away(card: &Card) -> bool {
    card.funding == Funding::Promotional
}

fn incentives(card: &Card) -> AccountId {
    AccountName::GiftCardIncentives.id(card.currency)
}

/// The whole book.
pub fn book(world: &World) {
    let Values { cards, expired, spent, returned, .. } = &world.values;
    for (id, value) in cards {
        let account = &world.account[&giftcards::account_of(*id)];
        assert_eq!(value.all(), account.balance(), "{id:?}");
        let is_canceled = world.card[id].state == CardState::Canceled;
        assert!(!is_canceled || value.all() == 0, "{id:?} is canceled with value on it");
    }
    for (id, value) in spent {
        assert_eq!(value.all(), world.hold[id].refundable().minor(), "{id:?}");
    }
    for card in world.card.values().filter(|card| !is_given_away(card)) {
        let (on_card, expired) = (cards.get(&card.id), expired.get(&card.id));
        let given = |value: Option<&Value>| value.map_or(0, |value| value.given);
        assert_eq!(card.goodwill.minor(), given(on_card), "{:?}", card.id);
        assert_eq!(card.expired_goodwill.minor(), given(expired), "{:?}", card.id);
        assert_eq!(card.given_back.minor(), returned.get(&card.id).copied().unwrap_or(0));
    }
    for hold in world.hold.values().filter(|hold| !is_given_away(&world.card[&hold.card])) {
        let given = spent.get(&hold.id).map_or(0, |value| value.given);
        assert_eq!(hold.goodwill.minor(), given, "{:?}", hold.id);
    }
    // Never more money for a purchase than what is unspent of it.
    for (id, returned) in returned {
        let card = &world.card[id];
        if !matches!(card.funding, Funding::Payment { .. }) {
            continue;
        }
        let holds = spent.iter().filter(|(hold, _)| world.hold[*hold].card == *id);
        let bought: i64 = holds.map(|(_, value)| value.bought).sum();
        let most = card.value.minor() - bought;
        assert!(*returned <= most, "{id:?} gave back what was spent of it");
    }
}
