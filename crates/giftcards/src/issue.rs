//! Issuing a card.

use base::{Amount, CardId, Instant, Money, Span};
use ledger::{Account, AccountName, LinkedSet, Reason, Subject};

use crate::card::Details;
use crate::{Card, CardState, Code, CodeRow, Context, EventKind, Funding, NewDelivery, Outcome};
use crate::{Program, Refusal, Sandbox, limits};

/// The code of a card to be issued, made by us or taken over from another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCode(pub Code);

/// A card to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its id, drawn by the caller from time and random bits: never one that came from outside.
    pub id: CardId,
    /// Its value, at most [`limits::CARD_VALUE_MAX`] minor units.
    pub value: Money,
    /// What is left of it, for cards that were used before they were imported: this is posted, at
    /// most [`limits::CARD_VALUE_MAX`] minor units. `None` posts the value.
    pub opening_balance: Option<Amount>,
    /// Its code, made by the caller who holds the key ring.
    pub code: NewCode,
    /// Where the value comes from.
    pub funding: Funding,
    /// Expiry; `None` leaves it to the program.
    pub expires_at: Option<Instant>,
    /// Behaviour in test books.
    pub sandbox: Sandbox,
    /// Program to issue under.
    pub program: Option<base::ProgramId>,
    /// When the card was made elsewhere, for imports; `None` is now.
    pub created_at: Option<Instant>,
    /// When it can be spent first; `None`, or what is past, is at once.
    pub activates_at: Option<Instant>,
    /// How it is delivered; `None` leaves that to the shop.
    pub delivery: Option<NewDelivery>,
    /// What most cards do not have; an empty scope or region list is taken from the program.
    pub details: Option<Box<Details>>,
}

/// Rows an issue is decided on.
#[derive(Clone, Copy, Debug)]
pub struct IssueRows<'a> {
    /// The card of the same id, if there is one.
    pub existing: Option<&'a Card>,
    /// The row of the same code, if there is one.
    pub code: Option<&'a CodeRow>,
    /// The program named by the issue.
    pub program: Option<&'a Program>,
    /// The account the value comes from.
    pub funding: Option<&'a Account>,
}

/// Issues a card and posts its value: debit of the funding account, credit of the card.
///
/// An imported card may have no value left; nothing is posted then.
///
/// # Errors
///
/// In this order: `IdTaken`, `CodeTaken`, `ProgramNotFound`, `CurrencyMismatch`,
/// `AboveLimit` (value above [`limits::CARD_VALUE_MAX`] or, unless imported, the range of the
/// program), `LimitExceeded` (unless imported, zero, below that range, or with an opening balance;
/// lists or sealed text too long),
/// `DateNotLater` unless imported: past its date, or not active or not delivered before it.
pub fn issue(new: &Issue, rows: IssueRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    check_free(rows)?;
    if new.program.is_some() && rows.program.is_none() {
        return Err(Refusal::ProgramNotFound);
    }
    check_value(new, rows.program)?;
    let card = new_card(new, rows.program, context);
    let is_import = new.funding == Funding::Import;
    let deliver_at = new.delivery.and_then(|delivery| delivery.deliver_at);
    let begins_at =
        [card.activates_at, deliver_at].into_iter().flatten().fold(context.now, Ord::max);
    if !is_import && card.expires_at.is_some_and(|at| at <= begins_at) {
        return Err(Refusal::DateNotLater);
    }
    let opening = card.money(new.opening_balance.unwrap_or(card.value));
    issued(card, opening, rows.funding, context)
}

/// Nothing of a card to be issued may be there.
pub(crate) fn check_free(rows: IssueRows<'_>) -> Result<(), Refusal> {
    if rows.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    if rows.code.is_some() {
        return Err(Refusal::CodeTaken);
    }
    Ok(())
}

/// Posts what a card begins with, and tells that it is there.
pub(crate) fn issued(
    card: Card,
    opening: Money,
    funding: Option<&Account>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let is_import = card.funding == Funding::Import;
    let reason = if is_import { Reason::Import } else { Reason::Issue };
    let account = Account::open(AccountName::GiftCard(card.id), card.currency);
    let funding = Account::or_open(funding, card.funding.account(), card.currency);
    let (to, from) = (account.id, funding.id);
    let mut set = LinkedSet::new(context.position, reason, Subject::of(card.id));
    set = set.with(account).with(funding);
    if !opening.amount.is_zero() {
        set.transfer(from, to, opening).map_err(|_| Refusal::LimitExceeded)?;
    }
    let code = CodeRow { hash: card.code.hash, card: card.id, live: true };
    let mut events = vec![(EventKind::CardIssued, Subject::of(card.id))];
    if card.gift.as_ref().and_then(|gift| gift.delivery).is_some_and(|it| it.is_handed_over()) {
        events.push((EventKind::CardDeliveryDue, Subject::of(card.id)));
    }
    Ok(Outcome {
        events,
        cards: vec![card],
        codes: vec![code],
        posted: set.finish(),
        ..Outcome::default()
    })
}

fn check_value(new: &Issue, program: Option<&Program>) -> Result<(), Refusal> {
    let value = new.value.amount;
    if program.is_some_and(|program| program.currency != new.value.currency) {
        return Err(Refusal::CurrencyMismatch);
    }
    let within_program =
        program.is_none_or(|program| program.value_min <= value && value <= program.value_max);
    let is_new = !value.is_zero() && within_program && new.opening_balance.is_none();
    let in_range = new.funding == Funding::Import || is_new;
    let opening = new.opening_balance.unwrap_or(value);
    let of_program = program.filter(|_| new.funding != Funding::Import);
    let max = of_program.map_or(limits::CARD_VALUE_MAX, |program| program.value_max.minor());
    if value.max(opening).minor() > max {
        let amount = Amount::new(max).unwrap_or(Amount::MAX);
        return Err(Refusal::AboveLimit { limit: Money { amount, ..new.value } });
    }
    if !in_range || !new.details.as_deref().is_none_or(Details::within_limits) {
        return Err(Refusal::LimitExceeded);
    }
    Ok(())
}

pub(crate) fn new_card(new: &Issue, program: Option<&Program>, context: Context) -> Card {
    let created_at = new.created_at.unwrap_or(context.now);
    let validity = program.and_then(|program| program.validity_days);
    let by_program = validity.map(|days| created_at.saturating_add(Span::days(u64::from(days))));
    let mut card = Card {
        id: new.id,
        program: new.program,
        currency: new.value.currency,
        value: new.value.amount,
        state: CardState::Active,
        frozen: None,
        disputed: None,
        activates_at: new.activates_at.filter(|at| context.now < *at),
        code: new.code.0.clone(),
        expires_at: new.expires_at.or(by_program),
        funding: new.funding.clone(),
        goodwill: Amount::ZERO,
        expired_value: Amount::ZERO,
        expired_goodwill: Amount::ZERO,
        given_back: Amount::ZERO,
        hold_seconds_max: program
            .map_or(limits::HOLD_SECONDS_MAX_DEFAULT, |program| program.hold_seconds_max),
        refund_extension_days: program
            .map_or(limits::REFUND_EXTENSION_DAYS_DEFAULT, |program| program.refund_extension_days),
        open_holds: Vec::new(),
        sandbox: new.sandbox,
        created_at,
        details: details_with_program(new.details.as_deref(), program),
        gift: new.delivery.and_then(|delivery| delivery.begin(context.now)),
    };
    card.begin_return_term(program);
    card
}

/// The card's own scope and regions win over the program's.
fn details_with_program(own: Option<&Details>, program: Option<&Program>) -> Option<Box<Details>> {
    let mut details = own.cloned().unwrap_or_default();
    if let Some(program) = program {
        if details.scope.is_unrestricted() {
            details.scope = program.scope.clone();
        }
        if details.regions.is_empty() {
            details.regions.clone_from(&program.regions);
        }
    }
    details.kept()
}
