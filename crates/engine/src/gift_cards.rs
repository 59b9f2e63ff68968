//! Gift-card commands: finds the rows each needs and hands them to the rules.

use std::sync::Arc;

use base::{CardId, HoldId, PersonId};
use giftcards::{Card, Hold, IssueRows, Proof, RefundHold, Refusal as CardRefusal, ReturnRows};
use giftcards::{Sending, Sinks, SpendRows, Why, account_of};
use ledger::{Account, AccountName};

use crate::rows::{Stop, Walk};
use crate::senders::{self, Word};
use crate::{AnswerRef, CardRef, Change, ClaimBy, Context, GiftCardCommand, Rows};

/// A change, or why there is none.
pub(crate) type Decided = Result<Change, Stop>;

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
        GiftCardCommand::Claim { by, card, person } => claim(by, *card, *person, walk, context),
        GiftCardCommand::ReportSender { card, voice, report } => {
            senders::hear((*card, voice), Word::Report(*report), walk, context)
        }
        GiftCardCommand::BlockContact { card, voice, blocks } => {
            senders::hear((*card, voice), Word::Block(*blocks), walk, context)
        }
        GiftCardCommand::BlockSender { sender, reason } => {
            senders::judge(*sender, Some(reason), walk, context)
        }
        GiftCardCommand::UnblockSender { sender } => senders::judge(*sender, None, walk, context),
        GiftCardCommand::ChangeHold { hold, .. }
        | GiftCardCommand::Capture { hold, .. }
        | GiftCardCommand::Release { hold, .. }
        | GiftCardCommand::Refund { hold, .. }
        | GiftCardCommand::ExpireHold { hold } => on_hold(*hold, command, walk, context),
        GiftCardCommand::Freeze { card, .. }
        | GiftCardCommand::Unfreeze { card, .. }
        | GiftCardCommand::ReplaceCode { card, .. }
        | GiftCardCommand::Cancel { card }
        | GiftCardCommand::Extend { card, .. }
        | GiftCardCommand::Adjust { card, .. }
        | GiftCardCommand::Update { card, .. }
        | GiftCardCommand::Deliver { card }
        | GiftCardCommand::NoteDelivery { card, .. }
        | GiftCardCommand::Resend { card, .. }
        | GiftCardCommand::ChangeRecipient { card, .. }
        | GiftCardCommand::ExpireCard { card } => on_card(*card, command, walk, context),
    }
}

fn create<R: Rows>(command: &GiftCardCommand, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    match command {
        GiftCardCommand::CreateProgram(new) => {
            let existing = walk.program(new.0.id).map(Arc::as_ref);
            walk.ready()?;
            let outcome = giftcards::create_program(new, existing, at.first())?;
            Ok(Change::from_outcome(outcome, AnswerRef::Program(new.0.id)))
        }
        GiftCardCommand::Issue(new) => {
            let rows = IssueRows {
                existing: walk.card(new.id).map(Arc::as_ref),
                code: walk.code(new.code.0.hash),
                program: new.program.and_then(|id| walk.program(id)).map(Arc::as_ref),
                funding: walk.account(new.funding.account().id(new.value.currency)),
            };
            let sending = Sending::of_new(new.delivery.as_ref(), new.details.as_deref(), at.now);
            sending.iter().for_each(|sending| senders::name_to_send(sending, walk));
            walk.ready()?;
            let outcome = giftcards::issue(new, rows, at.first())?;
            senders::sent(outcome, sending, (walk, at), AnswerRef::CardWithCode(new.id))
        }
        _ => unreachable!("only creating commands are sent here"),
    }
}

fn spend<R: Rows>(command: &GiftCardCommand, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let (GiftCardCommand::Hold { card, place } | GiftCardCommand::Redeem { card, place }) = command
    else {
        unreachable!("only spending commands are sent here")
    };
    let card = find_card(card, walk)?;
    let account = walk.account(account_of(card.id)).ok_or(CardRefusal::CardNotFound);
    let clearing = walk.account(AccountName::OrderClearing.id(card.currency));
    let lapsed = lapsed_holds(card, walk, at);
    let rows = SpendRows { card, account: account?, clearing, lapsed: &lapsed };
    walk.ready()?;
    let outcome = match command {
        GiftCardCommand::Hold { .. } => giftcards::hold(place, rows, at.first())?,
        _ => giftcards::redeem(place, rows, at.first())?,
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Hold(place.id)))
}

/// The card a caller names. Every candidate hash is looked at, so that the keys of all are
/// named in one round.
pub(crate) fn find_card<'a, R: Rows>(
    card: &CardRef,
    walk: &mut Walk<'a, R>,
) -> Result<&'a Card, Stop> {
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

/// A card that is not found by a link is unknown, like one whose link is another: whoever tries
/// links learns nothing about ids.
fn claim<R: Rows>(
    by: &ClaimBy,
    wanted: Option<CardId>,
    person: PersonId,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let unknown = CardRefusal::NotUsable(Why::Unknown);
    let (card, proof) = match by {
        ClaimBy::Code(hashes) => (find_card(&CardRef::Code(hashes.clone()), walk)?, Proof::Code),
        ClaimBy::Link { card, hashes } => {
            walk.account(account_of(*card));
            (walk.card(*card).ok_or(unknown)?.as_ref(), Proof::Link(hashes))
        }
    };
    let account = walk.account(account_of(card.id)).ok_or(unknown);
    walk.ready()?;
    if wanted.is_some_and(|wanted| wanted != card.id) {
        return Err(unknown.into());
    }
    let outcome = giftcards::claim(card, account?, proof, person, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Card(card.id)))
}

/// A hold with everything its changes touch.
pub(crate) struct HoldRows<'a> {
    pub(crate) hold: &'a Hold,
    pub(crate) card: &'a Card,
    pub(crate) account: &'a Account,
    pub(crate) clearing: Account,
}

impl<'a> HoldRows<'a> {
    pub(crate) fn find<R: Rows>(id: HoldId, walk: &mut Walk<'a, R>) -> Result<Self, Stop> {
        let hold: &Hold = walk.hold(id).ok_or(CardRefusal::HoldNotFound)?;
        let card = walk.card(hold.card);
        let account = walk.account(account_of(hold.card));
        let clearing = walk.account(hold.pending.credit);
        let currency = hold.pending.currency;
        let clearing = Account::or_open(clearing, AccountName::OrderClearing, currency);
        let card = card.ok_or(CardRefusal::CardNotFound)?;
        Ok(HoldRows { hold, card, account: account.ok_or(CardRefusal::CardNotFound)?, clearing })
    }

    /// The accounts that a refund to an expired card may touch.
    pub(crate) fn expiry<R: Rows>(&self, walk: &mut Walk<'a, R>) -> Sinks<'a> {
        sinks(&self.card.funding.expiry_account(), self.card, walk)
    }

    /// As the rules about refunds want them.
    pub(crate) fn to_return<'r>(&'r self, expiry: Sinks<'r>) -> ReturnRows<'r> {
        let HoldRows { hold, card, account, clearing } = self;
        ReturnRows { hold, card, account, clearing, expiry }
    }
}

/// Where goes what leaves this card for good.
fn sinks<'a, R: Rows>(issued: &AccountName, card: &Card, walk: &mut Walk<'a, R>) -> Sinks<'a> {
    let incentives = AccountName::GiftCardIncentives.id(card.currency);
    Sinks { issued: walk.account(issued.id(card.currency)), incentives: walk.account(incentives) }
}

fn on_hold<R: Rows>(
    id: HoldId,
    command: &GiftCardCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    if let GiftCardCommand::Refund { refund, .. } = command {
        return refund_hold(id, refund, walk, at);
    }
    let HoldRows { hold, card, account, clearing } = HoldRows::find(id, walk)?;
    let lapsed = match command {
        GiftCardCommand::ChangeHold { .. } => lapsed_holds(card, walk, at),
        _ => Vec::new(),
    };
    walk.ready()?;
    let accounts = (account, &clearing);
    let at = at.first();
    let outcome = match command {
        GiftCardCommand::ChangeHold { change, .. } => {
            let rows = SpendRows { card, account, clearing: Some(&clearing), lapsed: &lapsed };
            giftcards::change_hold(change, hold, rows, None, at)?
        }
        GiftCardCommand::Capture { capture, .. } => {
            giftcards::capture(capture, hold, card, accounts, None, at)?
        }
        GiftCardCommand::Release { amount, .. } => {
            giftcards::release(*amount, hold, card, accounts, None, at)?
        }
        _ => giftcards::expire_hold(hold, card, account, &clearing, at)?,
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Hold(id)))
}

fn refund_hold<R: Rows>(
    id: HoldId,
    refund: &RefundHold,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = walk.refund(refund.id).map(Arc::as_ref);
    let rows = HoldRows::find(id, walk)?;
    let expiry = rows.expiry(walk);
    walk.ready()?;
    let outcome = giftcards::refund(refund, rows.to_return(expiry), existing, None, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Refund(refund.id)))
}

/// The holds of a card that have lapsed but are not booked yet.
pub(crate) fn lapsed_holds<'a, R: Rows>(
    card: &Card,
    walk: &mut Walk<'a, R>,
    at: Context,
) -> Vec<&'a Hold> {
    card.lapsed_holds(at.now).filter_map(|id| walk.hold(id)).map(Arc::as_ref).collect()
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
    let other = match command {
        GiftCardCommand::Cancel { .. } => Some(card.funding.cancel_account()),
        GiftCardCommand::Extend { .. } | GiftCardCommand::ExpireCard { .. } => {
            Some(card.funding.expiry_account())
        }
        GiftCardCommand::Adjust { .. } => Some(AccountName::GiftCardIncentives),
        _ => None,
    };
    let sinks = other.map(|name| sinks(&name, card, walk)).unwrap_or_default();
    let sending = match command {
        GiftCardCommand::Resend { .. } => Sending::of_card(card, None, at.now),
        GiftCardCommand::ChangeRecipient { recipient, .. } => {
            Sending::of_card(card, Some(recipient.person), at.now)
        }
        _ => None,
    };
    sending.iter().for_each(|sending| senders::name_to_send(sending, walk));
    walk.ready()?;
    let account = account.ok_or(CardRefusal::CardNotFound)?;
    let context = at;
    let at = at.first();
    let outcome = match command {
        GiftCardCommand::Freeze { reason, by, .. } => {
            giftcards::freeze(card, account, reason.clone(), *by, at)?
        }
        GiftCardCommand::Unfreeze { by, .. } => giftcards::unfreeze(card, account, *by)?,
        GiftCardCommand::ReplaceCode { code, by, .. } => {
            let outcome = giftcards::replace_code(card, account, code, taken, *by)?;
            return Ok(Change::from_outcome(outcome, AnswerRef::CardWithCode(id)));
        }
        GiftCardCommand::Cancel { .. } => giftcards::cancel(card, account, sinks, at)?,
        GiftCardCommand::Extend { extend, .. } => {
            giftcards::extend(card, account, sinks, extend, at)?
        }
        GiftCardCommand::Adjust { adjust, .. } => {
            giftcards::adjust(card, account, sinks.incentives, adjust, at)?
        }
        GiftCardCommand::Update { update, .. } => giftcards::update(card, account, update)?,
        GiftCardCommand::Deliver { .. } => giftcards::deliver(card, account, at)?,
        GiftCardCommand::NoteDelivery { news, .. } => {
            giftcards::note_delivery(card, account, *news, at)?
        }
        GiftCardCommand::Resend { link, .. } => giftcards::resend(card, account, *link, at)?,
        GiftCardCommand::ChangeRecipient { recipient, link, .. } => {
            giftcards::change_recipient(card, account, recipient, *link, at)?
        }
        _ => giftcards::expire_card(card, account, sinks, at)?,
    };
    senders::sent(outcome, sending, (walk, context), AnswerRef::Card(id))
}
