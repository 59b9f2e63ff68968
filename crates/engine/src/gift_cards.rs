//! Gift-card commands: finds the rows each needs and hands them to the rules.

use std::sync::Arc;

use base::{CardId, Currency, HoldId};
use giftcards::{Card, Hold, IssueRows, Refusal as CardRefusal, SpendRows, Why, account_of};
use ledger::{Account, AccountName};

use crate::rows::Walk;
use crate::{AnswerRef, CardRef, Change, Context, GiftCardCommand, Refusal, Rows};

type Decided = Result<Change, Refusal>;

pub(crate) fn walk<R: Rows>(
    command: &GiftCardCommand,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Decided {
    match command {
        GiftCardCommand::CreateProgram(_) | GiftCardCommand::Issue(_) => {
            create(command, walk, context)
        }
        GiftCardCommand::Hold { .. } | GiftCardCommand::Redeem { .. } => {
            spend(command, walk, context)
        }
        GiftCardCommand::ChangeHold { hold, .. }
        | GiftCardCommand::Capture { hold, .. }
        | GiftCardCommand::Release { hold, .. }
        | GiftCardCommand::Refund { hold, .. }
        | GiftCardCommand::ExpireHold { hold } => on_hold(*hold, command, walk, context),
        GiftCardCommand::Freeze { card, .. }
        | GiftCardCommand::Unfreeze { card }
        | GiftCardCommand::ReplaceCode { card, .. }
        | GiftCardCommand::Cancel { card }
        | GiftCardCommand::Extend { card, .. }
        | GiftCardCommand::Adjust { card, .. }
        | GiftCardCommand::ExpireCard { card } => on_card(*card, command, walk, context),
    }
}

/// The context as the capability knows it.
pub(crate) fn context(context: Context) -> giftcards::Context {
    giftcards::Context { now: context.now, sequence: context.sequence }
}

fn create<R: Rows>(
    command: &GiftCardCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    match command {
        GiftCardCommand::CreateProgram(new) => {
            let existing = walk.program(new.0.id).map(Arc::as_ref);
            let outcome = giftcards::create_program(new, existing, context(at))?;
            Ok(Change::from_outcome(outcome, AnswerRef::Program(new.0.id)))
        }
        GiftCardCommand::Issue(new) => {
            let rows = IssueRows {
                existing: walk.card(new.id).map(Arc::as_ref),
                code: walk.code(new.code.0.hash),
                program: new.program.and_then(|id| walk.program(id)).map(Arc::as_ref),
                funding: walk.account(new.funding.account().id(new.value.currency)),
            };
            let outcome = giftcards::issue(new, rows, context(at))?;
            Ok(Change::from_outcome(outcome, AnswerRef::CardWithCode(new.id)))
        }
        _ => unreachable!("only creating commands are sent here"),
    }
}

fn spend<R: Rows>(command: &GiftCardCommand, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let (GiftCardCommand::Hold { card, place } | GiftCardCommand::Redeem { card, place }) = command
    else {
        unreachable!("only spending commands are sent here")
    };
    let existing = walk.hold(place.id).map(Arc::as_ref);
    let card = find_card(card, walk)?;
    let account = walk.account(account_of(card.id)).ok_or(CardRefusal::CardNotFound);
    let clearing = walk.account(AccountName::OrderClearing.id(card.currency));
    let lapsed = card.lapsed_holds(at.now).filter_map(|id| walk.hold(id)).map(Arc::as_ref);
    let lapsed: Vec<&Hold> = lapsed.collect();
    let rows = SpendRows { card, account: account?, clearing, lapsed: &lapsed, existing };
    let outcome = match command {
        GiftCardCommand::Hold { .. } => giftcards::hold(place, rows, context(at))?,
        _ => giftcards::redeem(place, rows, context(at))?,
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Hold(place.id)))
}

/// The card a caller names. Every candidate hash is looked at, so that the keys of all are
/// named in one round.
fn find_card<'a, R: Rows>(card: &CardRef, walk: &mut Walk<'a, R>) -> Result<&'a Card, Refusal> {
    match card {
        CardRef::Id(id) => {
            // Card and account are needed together: naming both saves a round.
            walk.account(account_of(*id));
            let card = walk.card(*id).ok_or(CardRefusal::CardNotFound)?;
            Ok(card)
        }
        CardRef::Code(hashes) => {
            let mut dead = false;
            let mut live = None;
            for row in hashes.iter().filter_map(|hash| walk.code(*hash)) {
                dead |= !row.live;
                live = live.or(row.live.then_some(row.card));
            }
            let why = if dead { Why::CodeReplaced } else { Why::Unknown };
            let id = live.ok_or(CardRefusal::NotUsable(why))?;
            walk.account(account_of(id));
            let card = walk.card(id).ok_or(CardRefusal::NotUsable(Why::Unknown))?;
            Ok(card)
        }
    }
}

/// A hold with everything its changes touch.
pub(crate) struct HoldRows<'a> {
    pub(crate) hold: &'a Hold,
    pub(crate) card: &'a Card,
    pub(crate) account: &'a Account,
    pub(crate) clearing: Account,
}

impl<'a> HoldRows<'a> {
    pub(crate) fn find<R: Rows>(id: HoldId, walk: &mut Walk<'a, R>) -> Result<Self, Refusal> {
        let hold: &Hold = walk.hold(id).ok_or(CardRefusal::HoldNotFound)?;
        let card = walk.card(hold.card);
        let account = walk.account(account_of(hold.card));
        let clearing = walk.account(hold.pending.credit);
        let currency = hold.pending.currency;
        let clearing = clearing
            .cloned()
            .unwrap_or_else(|| Account::open(AccountName::OrderClearing, currency));
        let card = card.ok_or(CardRefusal::CardNotFound)?;
        Ok(HoldRows { hold, card, account: account.ok_or(CardRefusal::CardNotFound)?, clearing })
    }
}

fn on_hold<R: Rows>(
    id: HoldId,
    command: &GiftCardCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = match command {
        GiftCardCommand::Refund { refund, .. } => walk.refund(refund.id).map(Arc::as_ref),
        _ => None,
    };
    let HoldRows { hold, card, account, clearing } = HoldRows::find(id, walk)?;
    let accounts = (account, &clearing);
    let at = context(at);
    let outcome = match command {
        GiftCardCommand::ChangeHold { change, .. } => {
            giftcards::change_hold(change, hold, card, accounts, at)?
        }
        GiftCardCommand::Capture { capture, .. } => {
            giftcards::capture(capture, hold, card, accounts, at)?
        }
        GiftCardCommand::Release { amount, .. } => {
            giftcards::release(*amount, hold, card, accounts, at)?
        }
        GiftCardCommand::Refund { refund, .. } => {
            let outcome = giftcards::refund(refund, hold, card, accounts, existing, at)?;
            return Ok(Change::from_outcome(outcome, AnswerRef::Refund(refund.id)));
        }
        _ => giftcards::expire_hold(hold, card, account, &clearing, at)?,
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Hold(id)))
}

fn on_card<R: Rows>(
    id: CardId,
    command: &GiftCardCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let taken = match command {
        GiftCardCommand::ReplaceCode { code, .. } => walk.code(code.hash),
        _ => None,
    };
    let account = walk.account(account_of(id));
    let card: &Card = walk.card(id).ok_or(CardRefusal::CardNotFound)?;
    let account = account.ok_or(CardRefusal::CardNotFound);
    let mut other = |name: AccountName, currency: Currency| walk.account(name.id(currency));
    let at = context(at);
    let currency = card.currency;
    let outcome = match command {
        GiftCardCommand::Freeze { reason, .. } => {
            giftcards::freeze(card, account?, reason.clone(), at)?
        }
        GiftCardCommand::Unfreeze { .. } => giftcards::unfreeze(card, account?)?,
        GiftCardCommand::ReplaceCode { code, .. } => {
            let outcome = giftcards::replace_code(card, account?, code, taken)?;
            return Ok(Change::from_outcome(outcome, AnswerRef::CardWithCode(id)));
        }
        GiftCardCommand::Cancel { .. } => {
            let funding = other(card.funding.account(), currency);
            giftcards::cancel(card, account?, funding, at)?
        }
        GiftCardCommand::Extend { extend, .. } => {
            let expiry = other(card.funding.expiry_account(), currency);
            giftcards::extend(card, account?, expiry, extend, at)?
        }
        GiftCardCommand::Adjust { adjust, .. } => {
            let incentives = other(AccountName::GiftCardIncentives, currency);
            giftcards::adjust(card, account?, incentives, adjust, at)?
        }
        _ => {
            let expiry = other(card.funding.expiry_account(), currency);
            giftcards::expire_card(card, account?, expiry, at)?
        }
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Card(id)))
}
