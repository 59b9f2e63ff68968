//! What a changed table would do to claims that were made before.

use base::ClaimId;
use claims::Outcome;
use serde::Serialize;

use crate::routes::claims::replay_all::Tried;
use crate::views::Id;

/// What would change.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimsReplay)]
pub(crate) struct ClaimsReplayView {
    /// Always `claims_replay`.
    #[schema(pattern = "^claims_replay$")]
    object: &'static str,
    /// Claims that were decided twice.
    claims: u64,
    /// Those with another outcome or amount.
    changed: u64,
    /// Claims of which no facts are known yet: nothing was decided on them.
    without_facts: u64,
    /// How outcomes would change, also to the same one with another amount.
    moves: Vec<MoveView>,
    /// What would be paid.
    money: Vec<ReplayedMoneyView>,
    /// Where the next call goes on, when there may be more claims.
    #[schema(value_type = Option<String>)]
    continue_after: Option<Id<ClaimId>>,
}

/// Claims whose decision would change in one way.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimsReplayMove)]
struct MoveView {
    /// `approve`, `partly_approve`, `deny`, `link`, `review` or `hold`.
    before: &'static str,
    /// The same by the table that is tried.
    after: &'static str,
    /// How many.
    claims: u64,
    /// The newest of them.
    #[schema(value_type = Vec<String>)]
    examples: Vec<Id<ClaimId>>,
}

/// What claims in one currency would be paid, tax not counted. Sums may exceed any single amount.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimsReplayMoney)]
struct ReplayedMoneyView {
    #[schema(value_type = String, example = "USD")]
    currency: &'static str,
    /// By the tables that were in force. Minor units.
    before: i128,
    /// By the table that is tried.
    after: i128,
    /// What would come back beside that without the claims, by the tables that were in force.
    elsewhere_before: i128,
    /// By the table that is tried.
    elsewhere_after: i128,
}

impl ClaimsReplayView {
    pub(crate) fn new(tried: Tried) -> ClaimsReplayView {
        let Tried { difference, claims, without_facts, continue_after } = tried;
        let example = |place: &u64| {
            usize::try_from(*place).ok().and_then(|place| claims.get(place).copied()).map(Id)
        };
        let moves = difference.moves.iter().map(|((before, after), moves)| MoveView {
            before: Outcome::as_str(*before),
            after: Outcome::as_str(*after),
            claims: moves.count,
            examples: moves.examples.iter().filter_map(example).collect(),
        });
        let money = difference.money.iter().map(|(currency, money)| ReplayedMoneyView {
            currency,
            before: money.before,
            after: money.after,
            elsewhere_before: money.elsewhere_before,
            elsewhere_after: money.elsewhere_after,
        });
        ClaimsReplayView {
            object: "claims_replay",
            claims: difference.cases,
            changed: difference.changed,
            without_facts,
            moves: moves.collect(),
            money: money.collect(),
            continue_after: continue_after.map(Id),
        }
    }
}
