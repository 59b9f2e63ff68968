//! How a promotion is to be paid: the tenders that a draft keeps.

use base::{CardId, Currency};
use engine::{Answer, CardRef, Query, Refusal};
use giftcards::{Refusal as CardRefusal, Why};
use promotions::{PayWith, limits};

use crate::call::Caller;
use crate::card_ref::NamedCard;
use crate::fields::{Checked, refuse};
use crate::guesses;
use crate::problem::Problem;
use crate::routes::checkouts::tenders::add::{Named, TenderBody, named};

/// Reads tenders as they were named, in order.
///
/// # Errors
///
/// `invalid_request` about a member under `/tenders`; `code_typo`; `guess_budget_exhausted`.
pub(super) fn all_named(caller: &Caller, tenders: &[TenderBody]) -> Result<Vec<Named>, Problem> {
    let max = limits::PAY_WITH_MAX;
    if tenders.len() > max {
        return Err(refuse("/tenders", format!("must have at most {max} entries")).into());
    }
    let mut all = Vec::with_capacity(tenders.len());
    for (index, body) in tenders.iter().enumerate() {
        let pointer = format!("/tenders/{index}");
        all.push(named(caller, body).map_err(|problem| problem.within(&pointer))?);
    }
    Ok(all)
}

/// Whether what methods are told to pay is in the currency of the budget.
pub(super) fn check_currency(tenders: &[Named], currency: Currency) -> Checked<()> {
    let is_other = |tender: &Named| match tender {
        Named::Method { wanted: Some(wanted), .. } => wanted.currency != currency,
        _ => false,
    };
    match tenders.iter().position(is_other) {
        Some(index) => {
            let pointer = format!("/tenders/{index}/amount/currency");
            Err(refuse(pointer, "must be that of the budget"))
        }
        None => Ok(()),
    }
}

/// What the draft keeps of them: a code is resolved to its card now.
///
/// # Errors
///
/// `gift_card_not_usable` for a code that leads nowhere; `unavailable`, `busy`.
pub(super) async fn kept(caller: &Caller, tenders: Vec<Named>) -> Result<Vec<PayWith>, Problem> {
    let mut all = Vec::with_capacity(tenders.len());
    for tender in tenders {
        all.push(match tender {
            Named::Card(card) => PayWith::Card(card_of(caller, card).await?),
            Named::Wallet => PayWith::Wallet,
            Named::Method { method, wanted } => {
                PayWith::Method { method, at_most: wanted.map(|money| money.amount) }
            }
        });
    }
    Ok(all)
}

/// The same of what is about to pay. A code that leads nowhere is left out: whoever adds it as a
/// tender refuses it, and counts the guess.
///
/// # Errors
///
/// `unavailable`, `busy`.
pub(super) async fn told(caller: &Caller, tenders: &[Named]) -> Result<Vec<PayWith>, Problem> {
    let mut all = Vec::with_capacity(tenders.len());
    for tender in tenders {
        all.extend(match tender {
            Named::Card(NamedCard { card: CardRef::Id(id), .. }) => Some(PayWith::Card(*id)),
            Named::Card(NamedCard { card, .. }) => {
                match caller.book().ask(Query::Lookup(card.clone())).await? {
                    Some(Answer::Card { card, .. }) => Some(PayWith::Card(card.id)),
                    _ => None,
                }
            }
            Named::Wallet => Some(PayWith::Wallet),
            Named::Method { method, wanted } => {
                let at_most = wanted.map(|money| money.amount);
                Some(PayWith::Method { method: *method, at_most })
            }
        });
    }
    Ok(all)
}

/// The card that is named, whatever state it is in.
async fn card_of(caller: &Caller, named: NamedCard) -> Result<CardId, Problem> {
    let NamedCard { card, asker } = named;
    if let CardRef::Id(id) = card {
        return Ok(id);
    }
    let answer = caller.book().ask(Query::Lookup(card)).await?;
    let card = match answer {
        Some(Answer::Card { card, .. }) => Some(card.id),
        _ => None,
    };
    if let Some(asker) = &asker {
        guesses::record(caller, asker, card.is_some());
    }
    let unknown = Refusal::GiftCards(CardRefusal::NotUsable(Why::Unknown));
    card.ok_or_else(|| Problem::refused(&unknown, false).param("/tenders"))
}
