//! What must be true of gifts that nobody claims: said a second time, from the rows.

use std::collections::BTreeSet;

use base::{CardId, Span};
use engine::{AnswerRef, Change, Command, Row, ShopCommand};
use giftcards::{Card, CardState, Channel, Funding, account_of, purchase_of};
use ledger::{AccountName, Reason};

use crate::world::World;

/// A change, before it is applied to `world`: only what nobody has claimed or used goes back by
/// itself, all that was left of it and nothing else, and the card is dead, unless what a lost
/// dispute has taken of it could come back to it.
pub fn change(world: &World, command: &Command, change: &Change) {
    let Command::Shop(ShopCommand::ReturnUnclaimed { order, refund, .. }) = command else { return };
    let purchase = &world.purchase[&purchase_of(world.order[order].checkout)];
    let sold: BTreeSet<CardId> = purchase.cards.iter().map(|bought| bought.card).collect();
    let payers: BTreeSet<CardId> = world.hold.values().map(|hold| hold.card).collect();
    let (mut returned, mut ended) = (0, 0);
    for row in &change.rows {
        let Row::Card(after) = row else { continue };
        let before = &world.card[&after.id];
        assert!(sold.contains(&after.id), "{:?} was not sold by the order", after.id);
        assert!(!payers.contains(&after.id), "{:?} was used", after.id);
        assert!(before.owner().is_none() && before.state == CardState::Active, "{before:?}");
        assert!(before.disputed.is_none(), "a bank has what {:?} was bought with", after.id);
        let program = &world.program[&before.program.unwrap()];
        let days = u64::from(program.return_after_days.unwrap());
        let may_end = before.created_at.saturating_add(Span::days(days));
        // Rather a moment before its date than never.
        let last = before.expires_at.map(|at| at.saturating_sub(Span::from_micros(1)));
        assert!(last.map_or(may_end, |last| may_end.min(last)) <= world.now, "too soon");
        let account = change.rows.iter().find_map(|row| match row {
            Row::Account(row) if row.id == account_of(after.id) => Some(row),
            _ => None,
        });
        let left = account.unwrap_or(&world.account[&account_of(after.id)]).balance();
        if purchase.clawed_back_of(after.id).is_zero() {
            assert_eq!(after.state, CardState::Canceled);
            assert_eq!(left, 0, "{:?} has something left", after.id);
        } else {
            assert_eq!(after.state, CardState::Active, "nothing can come back to {:?}", after.id);
            assert_eq!(after.returns_at(), None, "{:?} is due for ever", after.id);
            assert_eq!(left, after.goodwill.minor(), "{:?} has something left", after.id);
        }
        ended += 1;
    }
    assert!(ended > 0, "nothing was due");
    let clearing = AccountName::OrderClearing.id(purchase.currency);
    let of_cards = change.transfers.iter().filter(|it| sold.contains(&card_of(it.debit)));
    for transfer in of_cards {
        match transfer.reason {
            Reason::OrderRefund => {
                assert_eq!(transfer.credit, clearing);
                returned += transfer.amount.amount.minor();
            }
            // What was added to it was given away.
            _ => assert_eq!(transfer.credit, AccountName::GiftCardIncentives.id(purchase.currency)),
        }
    }
    let told = change.rows.iter().find_map(|row| match row {
        Row::OrderRefund(row) if row.id == *refund => Some(row.amount.amount.minor()),
        _ => None,
    });
    assert_eq!(told.unwrap_or(0), returned, "the refund and its cards differ");
    assert_eq!(matches!(change.answer, AnswerRef::OrderRefund(_)), told.is_some());
}

fn card_of(account: base::AccountId) -> CardId {
    CardId::from_bits(account.bits())
}

/// Every card that may go back by itself is one that nobody has.
pub fn book(world: &World) {
    let used: BTreeSet<CardId> = world.hold.values().map(|hold| hold.card).collect();
    let may_return = |card: &&std::sync::Arc<Card>| {
        card.gift.as_ref().is_some_and(|gift| gift.return_term.is_some())
    };
    for card in world.card.values().filter(may_return) {
        let gift = card.gift.as_deref().unwrap();
        assert!(gift.owner.is_none(), "{:?} has been claimed", card.id);
        assert!(!used.contains(&card.id), "{:?} has been used", card.id);
        assert!(matches!(card.funding, Funding::Payment { .. }), "{:?} was not bought", card.id);
        assert_ne!(gift.delivery.unwrap().channel, Channel::Print);
        assert_ne!(card.state, CardState::Expired);
    }
}
