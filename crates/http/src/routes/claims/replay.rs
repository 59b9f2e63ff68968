//! `POST /v1/claims/{id}/replay`: what the facts of a claim would lead to by the rules of today.

use axum::http::StatusCode;
use claims::{Claim, Rules, Table};
use serde::{Deserialize, Serialize};

use super::evidence;
use crate::call::Call;
use crate::claim_rules::in_force;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::claim_statement::StatementView;

/// What a claim is tried by. The body may be left out.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayInput)]
pub(crate) struct ReplayBody {
    /// A table in place of the one in force: its SHA-256, that of a decision
    /// (`rule_table.version`), or the text of a table, which need not be known here.
    #[schema(min_length = 1, max_length = 65536)]
    rule_table: Option<String>,
}

/// Replay a claim
///
/// The decision that its frozen facts get by the tables that are in force now, or by the one that
/// is named. Nothing is stored, and the claim stays as it is.
#[utoipa::path(post, path = "/v1/claims/{id}/replay", operation_id = "replay_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = ReplayBody,
    responses((status = 200, description = "What would be decided", body = StatementView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    call.idempotency_key()?;
    let body: ReplayBody = call.json().await?;
    body.rule_table.as_deref().map_or(Ok(()), check_text)?;
    let evidence = evidence(&call.caller, id).await?;
    let facts = evidence.facts.as_ref().ok_or_else(|| Problem::new(&catalog::FACTS_MISSING))?;
    let other = match body.rule_table.as_deref() {
        Some(table) => Some(named(table, &evidence.claim)?),
        None => None,
    };
    let rules = other.as_ref().unwrap_or(&in_force().rules);
    let view = StatementView::tried(rules, &evidence.claim, &facts.facts, evidence.now);
    Ok(Reply::view(StatusCode::OK, &view))
}

/// Bytes of a table that is too long.
const TABLE_BYTES_MAX: usize = 65_537;

/// Refuses what can be no table, nor the name of one.
pub(super) fn check_text(table: &str) -> Result<(), Problem> {
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if (1..TABLE_BYTES_MAX).contains(&table.len()) && !table.contains(is_odd) {
        return Ok(());
    }
    Err(Problem::new(&catalog::INVALID_REQUEST).param("/rule_table"))
}

/// The table of this text.
///
/// # Errors
///
/// `rule_table_broken`, with what is wrong.
pub(super) fn loaded(text: &str) -> Result<Table, Problem> {
    Table::load("rule_table", text).map_err(|errors| {
        let errors: Vec<String> = errors.iter().take(10).map(ToString::to_string).collect();
        let problem = Problem::new(&catalog::RULE_TABLE_BROKEN).param("/rule_table");
        problem.detail(errors.join("; "))
    })
}

/// The rules with the table that is named in the place of its own kind.
fn named(table: &str, claim: &Claim) -> Result<Rules, Problem> {
    let rules = &in_force().rules;
    let unknown = || Problem::new(&catalog::RULE_TABLE_NOT_FOUND).param("/rule_table");
    if let Some(version) = version_of(table) {
        return rules.of_version(claim.ground, version).ok_or_else(unknown);
    }
    let table = loaded(table)?;
    if table.decides(claim.ground) { Ok(rules.trying(table)) } else { Err(unknown()) }
}

/// SHA-256 in 64 hexadecimal digits; `None` for any other text.
fn version_of(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut version = [0; 32];
    for (byte, pair) in version.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(version)
}
