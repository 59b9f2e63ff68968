//! A second opinion on entries: accounts replayed transfer by transfer, without the crate's rules.

use base::AccountId;
use ledger::{Account, Entry, Side, Transfer, TransferKind};

/// Replays `transfers` of record `sequence` on `before` and holds every entry, and at the end the
/// accounts in `after`, against the result.
#[track_caller]
pub fn replay(
    sequence: u64,
    before: &[Account],
    transfers: &[Transfer],
    entries: &[Entry],
    after: &[Account],
) {
    let mut accounts = before.to_vec();
    assert_eq!(entries.len(), 2 * transfers.len());
    for (line, transfer) in transfers.iter().enumerate() {
        assert_eq!(transfer.id.bits(), (u128::from(sequence) << 64) | line as u128);
        assert!(!transfer.amount.amount.is_zero(), "a transfer moves nothing");
        let sides = [(transfer.debit, Side::Debit), (transfer.credit, Side::Credit)];
        for (position, (id, side)) in sides.into_iter().enumerate() {
            let entry = &entries[2 * line + position];
            step(&mut accounts, id, side, transfer, entry);
            let place = (entry.place.sequence(), entry.place.line() as usize);
            assert_eq!(place, (sequence, line));
        }
    }
    for account in after {
        assert_eq!(accounts.iter().find(|other| other.id == account.id), Some(account));
    }
}

#[track_caller]
fn step(accounts: &mut [Account], id: AccountId, side: Side, transfer: &Transfer, entry: &Entry) {
    let account = accounts.iter_mut().find(|account| account.id == id).unwrap();
    assert_eq!(account.currency, transfer.amount.currency);
    let (balance, held, previous) = (account.balance(), account.held(), account.last_entry);
    let (posted, pending) = match side {
        Side::Debit => (&mut account.debits_posted, &mut account.debits_pending),
        Side::Credit => (&mut account.credits_posted, &mut account.credits_pending),
    };
    let amount = transfer.amount.amount;
    if matches!(transfer.kind, TransferKind::Posted | TransferKind::Post) {
        *posted = posted.checked_add(amount).unwrap();
    }
    match transfer.kind {
        TransferKind::Posted => {}
        TransferKind::Pending => *pending = pending.checked_add(amount).unwrap(),
        TransferKind::Post | TransferKind::Void | TransferKind::Expire => {
            *pending = pending.checked_sub(amount).unwrap();
        }
    }
    account.last_entry = Some(entry.place);
    assert_eq!((entry.account, entry.previous), (id, previous), "the chain of entries is broken");
    assert_eq!((entry.reason, entry.subject), (transfer.reason, transfer.subject));
    assert_eq!(entry.amount, account.balance() - balance);
    assert_eq!(entry.held_change, account.held().minor() - held.minor());
    let totals = (entry.debits_posted, entry.credits_posted, entry.held);
    assert_eq!(totals, (account.debits_posted, account.credits_posted, account.held()));
}
