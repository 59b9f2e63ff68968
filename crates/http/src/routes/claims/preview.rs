//! `POST /v1/claims/preview`: what a claim would be, and what would be decided on it.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use base::PersonId;
use claims::{Facts, NewWords};
use engine::{Answer, Query};
use jobs::{Account, NotYet, Teller, told_facts};
use promotions::Promotion;

use super::claim_body::ClaimBody;
use super::filing::{bytes_of, claimant, new_claim, promotion_of};
use super::statement::delivery;
use crate::blocking;
use crate::call::{Call, Caller};
use crate::claim_rules::in_force;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::promotions::report::deeds_of;
use crate::scope::MakeClaims;
use crate::sight::Sight;
use crate::views::claim_trial::ClaimTrialView;

/// Preview a claim
///
/// Nothing is stored. The facts are those that are known now, and the decision is the one that
/// these facts get by the rules of today: a claim that is made later may know more. `leads_to` says
/// where the claim would stand then, and what it would wait for. While they are
/// not complete there is no decision, as a claim would wait for them; `waits_for` says for what.
#[utoipa::path(post, path = "/v1/claims/preview", operation_id = "preview_claim_for_money",
    tag = "Claims",
    request_body = ClaimBody,
    responses((status = 200, description = "What it would be", body = ClaimTrialView)))]
pub(crate) async fn handle(mut call: Call<MakeClaims>) -> Result<Reply, Problem> {
    call.idempotency_key()?;
    let body: ClaimBody = call.json().await?;
    let caller = &call.caller;
    let checks = body.check(caller)?;
    let promotion = promotion_of(caller, &checks.named).await?;
    let claimant = claimant(caller, &checks.by, promotion.as_deref())?;
    // Nobody keeps the words, so they are not sealed, and go nowhere.
    let words = NewWords {
        person: PersonId::from_bits(0),
        sealed: Box::default(),
        bytes: bytes_of(&checks),
    };
    let new = new_claim(caller, checks, claimant, words);
    let (told, not_yet) = match promotion {
        Some(promotion) => told_of(caller, promotion.as_ref().clone()).await?,
        None => (Facts::new(), None),
    };
    let question = Query::ClaimPreview { new, told: Box::new(told), rules: Some(in_force()) };
    match caller.book().ask(question).await? {
        Some(Answer::ClaimPreview(Ok(preview))) => {
            let delivery = match (&preview.decided, not_yet) {
                (Some(_), None) => delivery(caller, &preview.claim).await?,
                _ => Vec::new(),
            };
            Ok(Reply::view(StatusCode::OK, &ClaimTrialView::new(&preview, not_yet, delivery)))
        }
        Some(Answer::ClaimPreview(Err(refusal))) => Err(Problem::refused(&refusal, false)),
        _ => Err(Problem::new(&catalog::UNAVAILABLE)),
    }
}

/// What is known of the account that has bought a promotion.
async fn account_of(caller: &Caller, promotion: &Promotion) -> Result<Account, Problem> {
    let (book, promotion) = (caller.book(), promotion.clone());
    let written = caller.key.last_write.load(Ordering::Relaxed).max(book.opened_at_seq());
    let sight = Sight::of_book(book, written).await?;
    book.reads().read(sight, move |reader| Account::of(&promotion, reader)).await
}

/// What the feed knows of the delivery of a promotion, and why that is not all yet.
async fn told_of(
    caller: &Caller,
    promotion: Promotion,
) -> Result<(Facts, Option<NotYet>), Problem> {
    let deeds = deeds_of(caller, promotion.id).await?;
    let account = account_of(caller, &promotion).await?;
    let now = caller.book().time().await?;
    let keeper = caller.book().feed().cloned();
    let told = blocking::spawn(move || {
        let teller = Teller::of(keeper.as_deref());
        let not_yet = NotYet::of(&promotion, &deeds, teller.tells(), now);
        (told_facts(teller.feed(), &promotion, &deeds, &account, now), not_yet)
    });
    told.await.map_err(|_| Problem::new(&catalog::UNAVAILABLE))
}
