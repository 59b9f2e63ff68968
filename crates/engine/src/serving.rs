//! Money of promotions on its way to those who serve them, and what delivery costs.

use std::sync::Arc;

use base::PromotionId;
use ledger::Account;
use promotions::{Bill, BillRows, Lease, Promotion, Refusal, Return, Slice, slice_accounts};
use promotions::{slice_id, stream_id};

use crate::claim_acts::Accounts;
use crate::gift_cards::Decided;
use crate::rows::Walk;
use crate::{AnswerRef, Change, Context, Rows};

pub(crate) fn lease<R: Rows>(
    id: PromotionId,
    held: Option<u32>,
    want: &Lease,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let held = held.and_then(|number| walk.slice(slice_id(id, number))).map(Arc::as_ref);
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let accounts = accounts(promotion, walk);
    let owners = Accounts::find([promotion.advertiser], walk);
    walk.ready()?;
    owners.check()?;
    let leased = promotions::lease(want, promotion, held, &accounts, at.first())?;
    Ok(about_slice(leased))
}

pub(crate) fn return_slice<R: Rows>(
    id: PromotionId,
    number: u32,
    back: Return,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let slice = walk.slice(slice_id(id, number));
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let accounts = accounts(promotion, walk);
    let stream = slice.and_then(|slice| walk.stream(stream_id(&slice.holder)));
    walk.ready()?;
    let slice = slice.ok_or(Refusal::SliceNotFound)?;
    let context = at.first();
    let returned = promotions::return_slice(back, slice, promotion, stream, &accounts, context)?;
    Ok(about_slice(returned))
}

pub(crate) fn lapse<R: Rows>(
    id: PromotionId,
    number: u32,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let slice = walk.slice(slice_id(id, number));
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let accounts = accounts(promotion, walk);
    walk.ready()?;
    let slice = slice.ok_or(Refusal::SliceNotFound)?;
    Ok(about_slice(promotions::lapse(slice, promotion, &accounts, at.first())?))
}

/// What was decided about one slice; its answer shows it.
fn about_slice(outcome: promotions::Outcome) -> Change {
    let slice = outcome.slices.first().expect("the rule has changed one slice").id;
    Change::from_outcome(outcome, AnswerRef::Slice(slice))
}

pub(crate) fn bill<R: Rows>(new: &Bill, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let stream = walk.stream(stream_id(&new.stream));
    let lines = new.lines.iter().map(|line| (line.promotion, line.slice));
    let takebacks = new.takebacks.iter().map(|takeback| (takeback.promotion, takeback.slice));
    let mut named: Vec<(PromotionId, u32)> = lines.chain(takebacks).collect();
    named.sort_unstable();
    named.dedup();
    let slices: Vec<&Slice> = named
        .iter()
        .filter_map(|(promotion, number)| walk.slice(slice_id(*promotion, *number)))
        .map(Arc::as_ref)
        .collect();
    named.dedup_by_key(|(promotion, _)| *promotion);
    let promotions: Vec<&Promotion> = named
        .iter()
        .filter_map(|(promotion, _)| walk.promotion(*promotion))
        .map(Arc::as_ref)
        .collect();
    let mut accounts = Vec::new();
    for promotion in &promotions {
        accounts.extend(self::accounts(promotion, walk));
    }
    walk.ready()?;
    let rows = BillRows { stream, promotions: &promotions, slices: &slices, accounts: &accounts };
    let billed = promotions::bill(new, rows, at.first())?;
    Ok(Change::from_outcome(billed, AnswerRef::Stream(stream_id(&new.stream))))
}

fn accounts<'a, R: Rows>(promotion: &Promotion, walk: &mut Walk<'a, R>) -> Vec<&'a Account> {
    let names = slice_accounts(promotion);
    names.iter().filter_map(|name| walk.account(name.id(promotion.currency()))).collect()
}
