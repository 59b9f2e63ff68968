//! Entries from transfers: the way back, for replay and verification.

use base::Amount;

use crate::{Account, Entry, Side, Transfer, TransferKind};

/// Recomputes the entries of one linked set from its transfers and the accounts after it, in the
/// order in which [`crate::LinkedSet`] made them. `None` when an account of a transfer is
/// missing or its totals cannot have come from these transfers.
pub fn retrace(transfers: &[Transfer], after: &[Account]) -> Option<Vec<Entry>> {
    let mut accounts: Vec<Account> = after.to_vec();
    let mut entries = Vec::with_capacity(transfers.len() * 2);
    // From the last transfer to the first: what is known is the state after all of them.
    for transfer in transfers.iter().rev() {
        for (id, side) in [(transfer.credit, Side::Credit), (transfer.debit, Side::Debit)] {
            let account = accounts.iter_mut().find(|account| account.id == id)?;
            let before = undo(account, transfer, side)?;
            let (reason, subject) = (transfer.reason, transfer.subject);
            entries.push(Entry::between(&before, account, transfer.id, reason, subject));
            *account = before;
        }
    }
    entries.reverse();
    Some(entries)
}

/// The account before `transfer` moved its totals on one side.
fn undo(account: &Account, transfer: &Transfer, side: Side) -> Option<Account> {
    let mut before = account.clone();
    let (posted, pending) = match side {
        Side::Debit => (&mut before.debits_posted, &mut before.debits_pending),
        Side::Credit => (&mut before.credits_posted, &mut before.credits_pending),
    };
    let amount = transfer.amount.amount;
    let less = |total: &Amount| total.checked_sub(amount);
    let more = |total: &Amount| total.checked_add(amount);
    match transfer.kind {
        TransferKind::Posted => *posted = less(posted)?,
        TransferKind::Pending => *pending = less(pending)?,
        TransferKind::Post => {
            *posted = less(posted)?;
            *pending = more(pending)?;
        }
        TransferKind::Void | TransferKind::Expire => *pending = more(pending)?,
    }
    Some(before)
}
