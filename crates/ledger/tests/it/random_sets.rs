//! Random linked sets: whatever is asked, no money is made or lost.

use base::{Amount, CardId, Currency, Money};
use ledger::{Account, AccountName, LinkedSet, Pending, Position, Posted, Reason, Subject};
use proptest::prelude::*;

use crate::oracle::replay;
use crate::table::assert_balanced;

/// One step; numbers stand for accounts and reservations in order.
#[derive(Clone, Debug)]
enum Step {
    Transfer(usize, usize, i64),
    Reserve(usize, usize, i64),
    Enlarge(usize, i64),
    Post(usize, i64),
    Void(usize, i64),
    Expire(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let account = 0..4_usize;
    let amount = prop_oneof![9 => 0..60_i64, 1 => Just(i64::MAX)];
    let pending = 0..5_usize;
    prop_oneof![
        (account.clone(), account.clone(), amount.clone())
            .prop_map(|(debit, credit, sum)| Step::Transfer(debit, credit, sum)),
        (account.clone(), account, amount.clone())
            .prop_map(|(debit, credit, sum)| Step::Reserve(debit, credit, sum)),
        (pending.clone(), amount.clone()).prop_map(|(which, sum)| Step::Enlarge(which, sum)),
        (pending.clone(), amount.clone()).prop_map(|(which, sum)| Step::Post(which, sum)),
        (pending.clone(), amount).prop_map(|(which, sum)| Step::Void(which, sum)),
        pending.prop_map(Step::Expire),
    ]
}

fn opening() -> Vec<Account> {
    let card = |bits| AccountName::GiftCard(CardId::from_bits(bits));
    let names = [card(1), card(2), AccountName::OrderClearing, AccountName::GiftCardIncentives];
    let mut accounts: Vec<Account> =
        names.into_iter().map(|name| Account::open(name, Currency::USD)).collect();
    accounts[0].credits_posted = Amount::new(100).unwrap();
    accounts[3].debits_posted = Amount::new(100).unwrap();
    accounts
}

/// Applies one step; a refusal is fine, a change of the reservation is remembered.
fn apply(step: &Step, set: &mut LinkedSet, accounts: &[Account], pendings: &mut Vec<Pending>) {
    let amount = |sum: i64| Amount::new(sum).unwrap();
    let money = |sum: i64| Money::new(sum, Currency::USD).unwrap();
    let changed = match *step {
        Step::Transfer(debit, credit, sum) => {
            let _ = set.transfer(accounts[debit].id, accounts[credit].id, money(sum));
            return;
        }
        Step::Reserve(debit, credit, sum) => {
            let reserved = set.reserve(accounts[debit].id, accounts[credit].id, money(sum));
            pendings.extend(reserved);
            return;
        }
        Step::Enlarge(which, _)
        | Step::Post(which, _)
        | Step::Void(which, _)
        | Step::Expire(which)
            if which >= pendings.len() =>
        {
            return;
        }
        Step::Enlarge(which, sum) => (which, set.enlarge(&pendings[which], amount(sum))),
        Step::Post(which, sum) => (which, set.post(&pendings[which], amount(sum))),
        Step::Void(which, sum) => (which, set.void(&pendings[which], amount(sum))),
        Step::Expire(which) => (which, set.expire(&pendings[which])),
    };
    if let (which, Ok(pending)) = changed {
        pendings[which] = pending;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_steps_makes_or_loses_money(
        steps in prop::collection::vec(step(), 1..40),
        // After so many steps another set goes on in the same record.
        first_set in 0..40_usize,
    ) {
        let accounts = opening();
        let mut set = begin(Position::start(1), &accounts);
        let mut pendings = Vec::new();
        let mut before = Posted::default();
        for (done, step) in steps.iter().enumerate() {
            if done == first_set {
                before = set.finish();
                let position = Position { sequence: 1, transfers: before.transfers.len() };
                set = begin(position, &before.accounts);
            }
            apply(step, &mut set, &accounts, &mut pendings);
            for pending in &pendings {
                let used = pending.posted.checked_add(pending.voided).unwrap();
                prop_assert!(used <= pending.reserved);
            }
            for card in &accounts[..2] {
                let card = set.account(card.id).unwrap();
                prop_assert!(card.balance() >= card.held().minor());
                let of_card = pendings.iter().filter(|pending| pending.debit == card.id);
                let open: i64 = of_card.map(|pending| pending.open().minor()).sum();
                prop_assert_eq!(card.held().minor(), open);
            }
        }
        let posted = set.finish();
        assert_balanced(&accounts, &posted.accounts);
        let transfers = [before.transfers, posted.transfers].concat();
        let entries = [before.entries, posted.entries].concat();
        replay(1, &accounts, &transfers, &entries, &posted.accounts);
    }
}

fn begin(position: Position, accounts: &[Account]) -> LinkedSet {
    let set = LinkedSet::new(position, Reason::Issue, Subject([0; 16]));
    accounts.iter().cloned().fold(set, LinkedSet::with)
}

#[test]
fn a_reservation_that_cannot_grow_leaves_the_accounts_alone() {
    let accounts = opening();
    let mut set = begin(Position::start(1), &accounts);
    let mut pendings = Vec::new();
    let most = i64::MAX;
    for step in [
        Step::Transfer(2, 1, most),
        Step::Reserve(1, 3, most),
        Step::Void(0, 1),
        Step::Enlarge(0, 1),
    ] {
        apply(&step, &mut set, &accounts, &mut pendings);
    }
    assert_eq!(pendings[0].open().minor(), most - 1);
    assert_eq!(set.account(accounts[1].id).unwrap().held(), pendings[0].open());
}
