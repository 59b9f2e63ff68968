//! `POST /v1/claims`: makes a claim.

use claims::{Claimant, NewWords};
use engine::{ClaimCommand, Command};

use super::claim_body::{By, ClaimBody};
use super::filing::{bytes_of, claimant, new_claim, promotion_of};
use crate::call::Call;
use crate::guesses;
use crate::personal::{self, About, PersonalText};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::MakeClaims;
use crate::views::claim::ClaimView;

/// Make a claim
///
/// For a promotion, a charge, or what is known of a charge that has to be found. The platform
/// gathers its facts and decides by the rules of that day, or leaves it to a person; a claim that
/// comes late is answered all the same. `next` tells what happens then, and by when.
#[utoipa::path(post, path = "/v1/claims", operation_id = "make_claim", tag = "Claims",
    request_body = ClaimBody,
    responses((status = 201, description = "Received", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<MakeClaims>) -> Result<Reply, Problem> {
    let body: ClaimBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let checks = body.check(caller)?;
    let promotion = match checks.by {
        By::Owner => promotion_of(caller, &checks.named).await?,
        By::Person(_) | By::Contact(_) => None,
    };
    let asker = match (&checks.by, &body.client) {
        (By::Contact(_), Some(client)) => Some(guesses::admit(caller, Some(client))?),
        _ => None,
    };
    let claimant = claimant(caller, &checks.by, promotion.as_deref())?;
    let plain = checks.description.as_str().to_owned();
    let text = match claimant {
        Claimant::Person(person) => PersonalText::of_claimant_with_account(person, plain),
        Claimant::Contact(_) => {
            let email = checks.by.address();
            let about = About { book: caller.book().name(), email, operation: operation.key.0 };
            PersonalText::of_claimant(&caller.app.ring, about, plain)
        }
    };
    let sealed = personal::seal(&caller.app, vec![text]).await?.pop();
    let sealed = sealed.ok_or_else(|| Problem::new(&catalog::UNAVAILABLE))?;
    let bytes = bytes_of(&checks);
    let words = NewWords { person: sealed.person, sealed: sealed.bytes, bytes };
    let new = new_claim(caller, checks, claimant, words);
    let claim = Some(new.id);
    let command = Command::Claims(Box::new(ClaimCommand::File(new)));
    let reply = Prepared::creating(command, operation).decide(caller).await?;
    if let Some(asker) = asker {
        guesses::record(caller, &asker, false);
    }
    caller.book().nudge_claims(claim);
    Ok(reply)
}
