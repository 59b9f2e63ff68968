//! From the body of a claim to the claim: who makes it, and about which promotion.

use std::sync::Arc;

use claims::{Claimant, Named, NewClaim, NewWords};
use engine::{Answer, Query};
use promotions::Promotion;

use super::claim_body::{By, Checks};
use super::fingerprint;
use crate::call::Caller;
use crate::problem::{Problem, catalog};

/// The promotion that is named, or that was paid by the charge; `None` when there is no such thing,
/// or somebody has to find it.
///
/// # Errors
///
/// `unavailable`, `busy`.
pub(super) async fn promotion_of(
    caller: &Caller,
    named: &Named,
) -> Result<Option<Arc<Promotion>>, Problem> {
    let book = caller.book();
    let promotion = match *named {
        Named::Promotion(promotion) => Some(promotion),
        Named::Charge(charge) => match book.ask(Query::Payment(charge)).await? {
            Some(Answer::Payment(payment)) => {
                let checkout = payment.purpose.checkout();
                match book.ask(Query::Checkout(checkout)).await? {
                    Some(Answer::Checkout { checkout, .. }) => checkout.promotion,
                    _ => None,
                }
            }
            _ => None,
        },
        Named::Hint(_) => None,
    };
    let Some(promotion) = promotion else { return Ok(None) };
    match book.ask(Query::Promotion(promotion)).await? {
        Some(Answer::Promotion { promotion, .. }) => Ok(Some(promotion)),
        _ => Ok(None),
    }
}

/// Who makes the claim. `promotion` is what it is about.
///
/// # Errors
///
/// `claim_subject_not_found` when it is whoever has bought what does not exist.
pub(super) fn claimant(
    caller: &Caller,
    by: &By,
    promotion: Option<&Promotion>,
) -> Result<Claimant, Problem> {
    match by {
        By::Person(person) => Ok(Claimant::Person(*person)),
        By::Contact(address) => Ok(Claimant::Contact(fingerprint(caller, "contact", address))),
        By::Owner => {
            let missing = || Problem::new(&catalog::CLAIM_SUBJECT_NOT_FOUND);
            promotion.map(|it| Claimant::Person(it.advertiser)).ok_or_else(missing)
        }
    }
}

/// The claim, with its words.
pub(super) fn new_claim(
    caller: &Caller,
    checks: Checks,
    claimant: Claimant,
    words: NewWords,
) -> Box<NewClaim> {
    let Checks { named, ground, period, attachments, metadata, .. } = checks;
    let id = caller.app.new_id();
    Box::new(NewClaim { id, claimant, named, ground, period, words, attachments, metadata })
}

/// How many bytes the words of a claim have.
pub(super) fn bytes_of(checks: &Checks) -> u32 {
    u32::try_from(checks.description.as_str().len()).expect("texts are shorter than their limit")
}
