//! What must be true of every change and of the book after every command.

use std::collections::{BTreeMap, HashSet};

use base::{Amount, Currency, HoldId, Instant};
use engine::{Change, Command, GiftCardCommand, Row};
use giftcards::{CardState, account_of};
use journal::{EncodedSource, EncodedValues};
use ledger::{Account, Limit, TransferKind};

use crate::audit_claims;
use crate::audit_goodwill;
use crate::audit_orders;
use crate::audit_promotions;
use crate::audit_settlements;
use crate::audit_unclaimed;
use crate::oracle::replay;
use crate::world::World;

/// A change, before it is applied to `world`.
pub fn change(world: &World, command: &Command, change: &Change) {
    let mut keys = HashSet::new();
    for row in &change.rows {
        assert!(keys.insert(row.key()), "two after-images of {:?}", row.key());
        is_read_back(row);
    }
    assert!(World::only(change).answer(change.answer).is_some(), "the answer lacks a row");
    let accounts: Vec<Account> = change
        .rows
        .iter()
        .filter_map(|row| if let Row::Account(row) = row { Some(row.clone()) } else { None })
        .collect();
    let before: Vec<Account> = accounts
        .iter()
        .map(|after| {
            let opened = || Account::open(after.name.clone(), after.currency);
            world.account.get(&after.id).cloned().unwrap_or_else(opened)
        })
        .collect();
    replay(world.sequence + 1, &before, &change.transfers, &change.entries, &accounts);
    spends_only_usable_cards(world, command, change);
}

/// A row that its codec does not read back as it was written would be committed and never opened
/// again.
fn is_read_back(row: &Row) {
    let written = EncodedValues::of(|sink| store::rows::write_row(row, sink));
    let (table, version) = store::rows::table_of(row);
    let read = store::rows::read_row(table, version, &mut EncodedSource::new(written.as_bytes()));
    assert_eq!(read.as_ref(), Ok(row), "not read back as it was written");
}

/// Whatever the rules say: a hold or redemption never takes from a card that is frozen, past its
/// date or canceled.
fn spends_only_usable_cards(world: &World, command: &Command, change: &Change) {
    let spends = matches!(
        command,
        Command::GiftCards(GiftCardCommand::Hold { .. } | GiftCardCommand::Redeem { .. })
    );
    for transfer in change.transfers.iter().filter(|_| spends) {
        if transfer.kind == TransferKind::Expire {
            continue;
        }
        let card = world.card.values().find(|card| account_of(card.id) == transfer.debit);
        let card = card.expect("spending debits a card");
        assert!(card.frozen.is_none() && card.state == CardState::Active);
        assert!(card.expires_at.is_none_or(|at| at > world.now));
    }
}

/// The whole book.
pub fn book(world: &World) {
    balance_per_currency(world);
    audit_unclaimed::book(world);
    for account in world.account.values() {
        assert_eq!(account.id, account.name.id(account.currency));
        let limited = account.name.limit() == Limit::NeverBelowZero;
        assert!(!limited || account.balance() >= account.held().minor(), "{} owes", account.name);
    }
    for hold in world.hold.values() {
        let used = hold.pending.posted.checked_add(hold.pending.voided).unwrap();
        assert!(used <= hold.pending.reserved, "{:?} took too much", hold.id);
        assert!(hold.refunded <= hold.pending.posted, "{:?} refunded too much", hold.id);
        let refunds = world.refund.values();
        let mine = refunds.filter(|refund| refund.hold == hold.id && !refund.reversed);
        let refunded: i64 = mine.map(|refund| refund.amount.amount.minor()).sum();
        assert!(refunded <= hold.refunded.minor(), "{:?} forgot a refund", hold.id);
    }
    open_holds_are_listed(world);
    audit_goodwill::book(world);
    audit_orders::book(world);
    audit_promotions::book(world);
    audit_claims::book(world);
    audit_settlements::book(world);
}

fn balance_per_currency(world: &World) {
    let mut sums: BTreeMap<Currency, (i64, i64)> = BTreeMap::new();
    for account in world.account.values() {
        let (posted, pending) = sums.entry(account.currency).or_default();
        *posted += account.debits_posted.minor() - account.credits_posted.minor();
        *pending += account.debits_pending.minor() - account.credits_pending.minor();
    }
    assert!(sums.values().all(|sum| *sum == (0, 0)), "money was made or lost: {sums:?}");
}

fn open_holds_are_listed(world: &World) {
    for card in world.card.values() {
        let open = world
            .hold
            .values()
            .filter(|hold| hold.card == card.id && !hold.pending.open().is_zero());
        let mut held = Amount::ZERO;
        let mut expected: Vec<(HoldId, Instant)> = Vec::new();
        for hold in open {
            held = held.checked_add(hold.pending.open()).unwrap();
            expected.push((hold.id, hold.expires_at));
        }
        let mut listed = card.open_holds.clone();
        listed.sort();
        expected.sort();
        assert_eq!(listed, expected, "{:?} lists other holds than are open", card.id);
        assert_eq!(world.account[&account_of(card.id)].held(), held, "{:?} leaks", card.id);
    }
}
