//! `/v1/claims`: requests for money back for a promotion.

pub(crate) mod appeal;
pub(crate) mod approve;
pub(crate) mod attachments;
pub(crate) mod claim_body;
pub(crate) mod create;
pub(crate) mod decide;
pub(crate) mod facts;
mod filing;
pub(crate) mod hint_body;
pub(crate) mod list;
pub(crate) mod r#match;
pub(crate) mod paid_by_hand;
pub(crate) mod preview;
pub(crate) mod read;
pub(crate) mod replay;
pub(crate) mod replay_all;
pub(crate) mod send_again;
pub(crate) mod statement;
pub(crate) mod store_credit;
pub(crate) mod ways;
pub(crate) mod withdraw;

use base::{ClaimId, PromotionId};
use claims::Fingerprint;
use engine::{Answer, ClaimCommand, ClaimEvidence, Command, Query};
use writer::Operation;

use crate::call::Caller;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;

/// A keyed hash within one book: those of two books do not compare.
fn fingerprint(caller: &Caller, what: &str, text: &str) -> Fingerprint {
    // A book's name has no line break, so the boundary cannot be moved.
    let text = format!("{}\n{text}", caller.book().name());
    Fingerprint(caller.app.ring.short_hash(&format!("{what} of claim"), text.as_bytes()))
}

/// Has a command about one claim decided, shows the claim, and has whoever leads claims on look.
async fn act(
    caller: &Caller,
    command: ClaimCommand,
    operation: Option<Operation>,
) -> Result<Reply, Problem> {
    let claim = command.claim();
    let command = Command::Claims(Box::new(command));
    let reply = Prepared::changing(command, operation).decide(caller).await?;
    caller.book().nudge_claims(claim);
    Ok(reply)
}

/// What a claim is about, if that is known, and the how manyth its next payout is, from 1.
///
/// # Errors
///
/// `claim_not_found`; `unavailable`, `busy`.
async fn to_be_paid(caller: &Caller, id: ClaimId) -> Result<(Option<PromotionId>, u32), Problem> {
    let Some(Answer::Claim { claim, .. }) = caller.book().ask(Query::Claim(id)).await? else {
        return Err(Problem::new(&catalog::CLAIM_NOT_FOUND));
    };
    let number = u32::try_from(claim.payouts.len()).map_or(u32::MAX, |paid| paid + 1);
    Ok((claim.promotion, number))
}

/// A claim with what is kept with it.
///
/// # Errors
///
/// `claim_not_found`; `unavailable`, `busy`.
async fn evidence(caller: &Caller, id: ClaimId) -> Result<Box<ClaimEvidence>, Problem> {
    match caller.book().ask(Query::ClaimEvidence(id)).await? {
        Some(Answer::ClaimEvidence(evidence)) => Ok(evidence),
        _ => Err(Problem::new(&catalog::CLAIM_NOT_FOUND)),
    }
}
