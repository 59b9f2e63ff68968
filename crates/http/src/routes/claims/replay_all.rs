//! `POST /v1/claims/replay`: what a changed table would do to all that was claimed before.

use axum::http::StatusCode;
use base::{ClaimId, FactsId};
use claims::{Claim, Difference, PastCase, Rules, facts_id};
use engine::{Key, Row};
use reports::ReportError;
use serde::{Deserialize, Serialize};
use store::{List, Page, Reader, StoreError};

use super::replay::{check_text, loaded};
use crate::call::Call;
use crate::claim_rules::in_force;
use crate::fields;
use crate::lists::Created;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::sight::Sight;
use crate::views::claims_replay::ClaimsReplayView;

/// Claims that are read at a time.
const AT_ONCE: u32 = 200;

/// A table that is tried, and on which claims.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimsReplayInput)]
pub(crate) struct ReplayAllBody {
    /// The text of a table. It takes the place of the one of its kind.
    #[schema(min_length = 1, max_length = 65536)]
    rule_table: String,
    /// Only claims that were made at this time or later.
    #[schema(value_type = Option<String>, format = DateTime)]
    created_after: Option<String>,
    /// Only claims that were made before this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    created_before: Option<String>,
    /// Only claims that come after this one, newest first: what the call before has told.
    #[schema(pattern = "^claim_[0-9a-hjkmnp-tv-z]{26}$")]
    continue_after: Option<String>,
}

/// Replay all claims
///
/// What would be decided otherwise, and what that costs, if this table had been there when they
/// were made: each claim whose facts are known is decided by the tables that were in force then,
/// and by them with this one. Nothing is stored, and all claims stay as they are. One call looks at
/// the 20,000 newest; `continue_after` tells where the next one goes on.
#[utoipa::path(post, path = "/v1/claims/replay", operation_id = "replay_claims", tag = "Claims",
    request_body = ReplayAllBody,
    responses((status = 200, description = "What would change", body = ClaimsReplayView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    call.idempotency_key()?;
    let body: ReplayAllBody = call.json().await?;
    check_text(&body.rule_table)?;
    let created = Created::read(
        ("/created_after", &body.created_after),
        ("/created_before", &body.created_before),
    )?;
    let after = fields::optional_id("/continue_after", body.continue_after.as_deref())?;
    let most = call.caller.app.limits.claims_replayed_max;
    let asked = Asked { created, after, most };
    let rules = in_force().rules.trying(loaded(&body.rule_table)?);
    let book = call.caller.book();
    // All that was answered before is looked at.
    let sight = Sight::of_book(book, u64::MAX).await?;
    let tried = book.reads().report(sight, move |reader| {
        let tried = Tried::over(reader, asked, &in_force().rules, &rules);
        tried.map_err(|error| ReportError::from(error).into())
    });
    Ok(Reply::view(StatusCode::OK, &ClaimsReplayView::new(tried.await?)))
}

/// Which claims are looked at, the newest first.
#[derive(Clone, Copy)]
struct Asked {
    created: Created,
    /// The last one of the call before.
    after: Option<ClaimId>,
    /// How many.
    most: u32,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Tried {
    pub(crate) difference: Difference,
    /// The claims that were decided, by their places in the difference.
    pub(crate) claims: Vec<ClaimId>,
    /// Claims of which no facts are known.
    pub(crate) without_facts: u64,
    /// The last one that was looked at, if there may be more.
    pub(crate) continue_after: Option<ClaimId>,
}

impl Tried {
    fn over(
        reader: &mut dyn Reader,
        asked: Asked,
        old: &Rules,
        new: &Rules,
    ) -> Result<Tried, StoreError> {
        let mut tried = Tried::default();
        let Asked { created, mut after, most: mut left } = asked;
        let list = List::Claims { promotion: None, status: None };
        loop {
            let Created { after: created_after, before: created_before } = created;
            let (from, limit) = (after.map(|id| id.bits()), left.min(AT_ONCE));
            let page = Page { after: from, limit, created_after, created_before };
            let rows = reader.list(list, page)?;
            let is_last = rows.len() < limit as usize;
            let claims: Vec<_> = rows.iter().filter_map(claim_of).collect();
            tried.decide(reader, &claims, old, new)?;
            let Some(oldest) = claims.last().filter(|_| !is_last) else { return Ok(tried) };
            (after, left) = (Some(oldest.id), left - limit);
            if left == 0 {
                tried.continue_after = after;
                return Ok(tried);
            }
        }
    }

    fn decide(
        &mut self,
        reader: &mut dyn Reader,
        claims: &[&Claim],
        old: &Rules,
        new: &Rules,
    ) -> Result<(), StoreError> {
        let known: Vec<(&Claim, FactsId)> =
            claims.iter().filter_map(|claim| Some((*claim, facts_of(claim)?))).collect();
        let keys: Vec<Key> = known.iter().map(|(_, facts)| Key::FrozenFacts(*facts)).collect();
        let found = reader.rows(&keys)?;
        let before = self.difference.cases;
        for ((claim, _), row) in known.into_iter().zip(found) {
            let Some(Row::FrozenFacts(row)) = row else { continue };
            let (ground, filed_at, currency) = (claim.ground, claim.filed_at, claim.currency);
            let case = PastCase { ground, filed_at, currency, facts: row.facts.clone() };
            self.difference.count(&case, old, new);
            self.claims.push(claim.id);
        }
        let decided = self.difference.cases - before;
        self.without_facts += claims.len() as u64 - decided;
        Ok(())
    }
}

fn claim_of(row: &Row) -> Option<&Claim> {
    match row {
        Row::Claim(claim) => Some(claim),
        _ => None,
    }
}

/// The facts on which a claim was decided, or those that were put together last.
fn facts_of(claim: &Claim) -> Option<FactsId> {
    let record = claim.decision.as_ref().or(claim.proposal.as_ref());
    record.and_then(|record| record.facts).or(claim.facts).map(facts_id)
}
