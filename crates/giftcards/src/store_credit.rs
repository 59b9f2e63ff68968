//! Store credit: a card that a payer gets, by their word, instead of money that is owed to them.

use base::{CardId, Money, PersonId};
use ledger::Account;

use crate::card::Details;
use crate::gift::{Gift, Owner};
use crate::issue::{check_free, issued, new_card};
use crate::{Card, Code, CodeRow, Context, Funding, Issue, NewCode, Outcome, Program, Refusal};
use crate::{IssueRows, Sandbox, Why, limits};

/// A card to be given instead of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCredit {
    /// Its id.
    pub id: CardId,
    /// Its code, made by the caller who holds the key ring.
    pub code: Code,
    /// What is owed: the card has it as its value.
    pub value: Money,
    /// Whose money it was, when the shop knows: the card is theirs from the start.
    pub owner: Option<PersonId>,
}

/// What the card will be like.
#[derive(Clone, Copy, Debug)]
pub enum CreditTerms<'a> {
    /// As cards of this program are, but for the range of their value and a delay of activation:
    /// neither is the payer's to choose. Without a program it can be spent everywhere and for ever.
    Program(Option<&'a Program>),
    /// As this one, which takes nothing back any more: its program, scope and regions, and its
    /// date, extended as a refund does when it is past.
    Like(&'a Card),
}

/// Rows a store credit is decided on.
#[derive(Clone, Copy, Debug)]
pub struct CreditRows<'a> {
    /// The card of the same id, if there is one.
    pub existing: Option<&'a Card>,
    /// The row of the same code, if there is one.
    pub code: Option<&'a CodeRow>,
    /// `refund/payable`, when it was opened before.
    pub payable: Option<&'a Account>,
}

/// Issues a card for what is owed, debit `refund/payable`. It was paid for, so it is never
/// promotional, and it can be spent at once.
///
/// # Errors
///
/// In this order: `IdTaken`, `CodeTaken`; `NotUsable` when the card that it shall be like was given
/// away, for that value never becomes another, or is disputed; `CurrencyMismatch`; `LimitExceeded`
/// for nothing, or more than [`limits::CARD_VALUE_MAX`].
pub fn give_store_credit(
    new: &StoreCredit,
    terms: CreditTerms<'_>,
    rows: CreditRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let CreditRows { existing, code, payable } = rows;
    check_free(IssueRows { existing, code, program: None, funding: None })?;
    let currency = match terms {
        CreditTerms::Program(program) => program.map(|program| program.currency),
        CreditTerms::Like(card) => {
            check_paid_for(card)?;
            Some(card.currency)
        }
    };
    if currency.is_some_and(|currency| currency != new.value.currency) {
        return Err(Refusal::CurrencyMismatch);
    }
    if new.value.amount.is_zero() || new.value.amount.minor() > limits::CARD_VALUE_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let mut card = match terms {
        CreditTerms::Program(program) => new_card(&issue(new, program), program, context),
        CreditTerms::Like(former) => {
            like(former, new_card(&issue(new, None), None, context), context)
        }
    };
    let owner = new.owner.map(|person| Owner { person, since: context.now });
    card.gift = Gift { owner, ..Gift::default() }.kept();
    issued(card, new.value, payable, context)
}

/// A card that shall be replaced must not have been given away, and not be disputed: whoever
/// bought it may have the money from a bank.
fn check_paid_for(card: &Card) -> Result<(), Refusal> {
    if card.funding == Funding::Promotional {
        return Err(Refusal::NotUsable(Why::Canceled));
    }
    if card.disputed.is_some() { Err(Refusal::NotUsable(Why::Disputed)) } else { Ok(()) }
}

fn issue(new: &StoreCredit, program: Option<&Program>) -> Issue {
    Issue {
        id: new.id,
        value: new.value,
        opening_balance: None,
        code: NewCode(new.code.clone()),
        funding: Funding::StoreCredit,
        expires_at: None,
        sandbox: Sandbox::None,
        program: program.map(|program| program.id),
        created_at: None,
        activates_at: None,
        delivery: None,
        details: None,
    }
}

fn like(former: &Card, card: Card, context: Context) -> Card {
    let details = former.details.as_deref();
    let details = details.map(|details| Details {
        scope: details.scope.clone(),
        regions: details.regions.clone(),
        ..Details::default()
    });
    let expires_at = match former.expires_at {
        Some(at) if at <= context.now => Some(former.extended_from(context.now)),
        date => date,
    };
    Card {
        program: former.program,
        expires_at,
        hold_seconds_max: former.hold_seconds_max,
        refund_extension_days: former.refund_extension_days,
        details: details.and_then(Details::kept),
        ..card
    }
}
