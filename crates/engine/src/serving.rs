//! Money of promotions on its way to those who serve them, and what delivery costs.

use std::sync::Arc;

use base::PromotionId;
use ledger::Account;
use promotions::{Bill, BillRows, Lease, Promotion, Refusal, Return, Slice, slice_accounts};
use promotions::{slice_id, stream_id};

use crate::claim_acts::Accounts;
use crate::composition::Composition;
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
    if back.closes_after.is_some() {
        name_claims(promotion, walk);
    }
    walk.ready()?;
    let slice = slice.ok_or(Refusal::SliceNotFound)?;
    let context = at.first();
    let returned = promotions::return_slice(back, slice, promotion, stream, &accounts, context)?;
    followed(returned, walk, at)
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
    name_claims(promotion, walk);
    walk.ready()?;
    let slice = slice.ok_or(Refusal::SliceNotFound)?;
    followed(promotions::lapse(slice, promotion, &accounts, at.first())?, walk, at)
}

/// Names the claims that may wait for the last slice of a promotion.
fn name_claims<R: Rows>(promotion: &Promotion, walk: &mut Walk<'_, R>) {
    if promotion.slices.open == 1 {
        walk.promotion_claims(promotion.id);
    }
}

/// What was decided about a slice that may have been the last one: claims that wait for its bills
/// go on.
fn followed<R: Rows>(outcome: promotions::Outcome, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let slice = outcome.slices.first().expect("the rule has changed one slice").id;
    let promotion = outcome.promotions.first().expect("and its promotion");
    let (id, is_last) = (promotion.id, promotion.slices.open == 0);
    let mut composed = Composition::new(walk, at);
    composed.add(outcome);
    if is_last {
        let row = composed.promotion_claims(id)?;
        let woken = claims::bills_are_in(row.as_deref(), at.now);
        woken.into_iter().for_each(|woken| composed.add(woken));
    }
    Ok(composed.finish(AnswerRef::Slice(slice)))
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
