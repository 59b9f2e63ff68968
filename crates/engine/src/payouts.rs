//! Payouts of sellers and creators.

use std::sync::Arc;

use base::{Currency, PayoutId, Token};
use ledger::{Account, AccountName, RailName};
use shop::{NewPayout, Payee, PayoutRows, Refusal};

use crate::gift_cards::Decided;
use crate::rows::Walk;
use crate::{AnswerRef, Change, Context, Rows};

pub(crate) fn create<R: Rows>(new: &NewPayout, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let existing = walk.payout(new.id).map(Arc::as_ref);
    let accounts = accounts(new.payee, &new.rail, new.currency, walk);
    walk.ready()?;
    let rows = PayoutRows { existing, accounts: &accounts };
    let outcome = shop::create_payout(new, rows, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Payout(new.id)))
}

pub(crate) fn paid<R: Rows>(id: PayoutId, walk: &mut Walk<'_, R>) -> Decided {
    let payout = walk.payout(id).ok_or(Refusal::PayoutNotFound)?;
    walk.ready()?;
    let outcome = shop::payout_paid(payout)?;
    Ok(Change::from_outcome(outcome, AnswerRef::Payout(id)))
}

pub(crate) fn failed<R: Rows>(
    id: PayoutId,
    reason: &Token<40>,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let payout = walk.payout(id).ok_or(Refusal::PayoutNotFound)?;
    let accounts = accounts(payout.payee, &payout.rail, payout.amount.currency, walk);
    walk.ready()?;
    let outcome = shop::payout_failed(payout, reason.clone(), &accounts, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Payout(id)))
}

fn accounts<'a, R: Rows>(
    payee: Payee,
    rail: &RailName,
    currency: Currency,
    walk: &mut Walk<'a, R>,
) -> Vec<&'a Account> {
    let names = [payee.account(), AccountName::RailClearing(rail.clone())];
    names.iter().filter_map(|name| walk.account(name.id(currency))).collect()
}
