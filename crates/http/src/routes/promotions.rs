//! `/v1/promotions`: paid boosts of posts.

pub(crate) mod appeal;
pub(crate) mod approve;
pub(crate) mod audience_body;
pub(crate) mod authorization_body;
pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod pause;
pub(crate) mod paying;
pub(crate) mod post_body;
pub(crate) mod read;
pub(crate) mod reject;
pub(crate) mod report;
pub(crate) mod resume;
pub(crate) mod settlements;
pub(crate) mod stop;
pub(crate) mod submit;
pub(crate) mod suggestions;

use axum::http::StatusCode;
use base::{Instant, PromotionId};
use engine::{Answer, Command, PromotionCommand, PromotionDetails, Query};
use promotions::{Actor, Goal, Promise, Promotion, Role};
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::Caller;
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::{Promote, Review, Scopes};
use crate::views;
use crate::views::promotion::PromotionView;

/// Who acts, when the platform tells.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionActor)]
pub(crate) struct ActorBody {
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Who acts, and for whom.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionRoleActor)]
pub(crate) struct RoleBody {
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
    /// `advertiser` needs the scope `promotions:write`, `staff` the scope `promotions:review`. When
    /// left out: as advertiser where the key may, else as staff.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(advertiser|staff)$")]
    role: Option<String>,
}

/// Somebody in a role, by the text of a body.
fn actor(role: Role, by: Option<&str>) -> Checked<Actor> {
    Ok(Actor { role, person: fields::optional_id("/by", by)? })
}

/// Somebody in the role that was said, or in the first one that the key may have.
///
/// # Errors
///
/// `invalid_request` about a member; `insufficient_scope`.
fn actor_in_role(caller: &Caller, body: &RoleBody) -> Result<Actor, Problem> {
    let role = match body.role.as_deref() {
        Some("advertiser") => Role::Advertiser,
        Some("staff") => Role::Staff,
        Some(_) => return Err(refuse("/as", "must be one of advertiser, staff").into()),
        None if caller.key.scopes.contains(Scopes::PROMOTIONS) => Role::Advertiser,
        None => Role::Staff,
    };
    let actor = actor(role, body.by.as_deref())?;
    match role {
        Role::Advertiser => caller.require::<Promote>()?,
        Role::Staff | Role::Platform => caller.require::<Review>()?,
    }
    Ok(actor)
}

/// A goal by its name.
fn goal(name: &str) -> Checked<Goal> {
    one_of("/goal", name, &Goal::ALL, Goal::as_str)
}

/// A promise by its name.
fn promise(name: &str) -> Checked<Promise> {
    one_of("/promise", name, &Promise::ALL, Promise::as_str)
}

/// What has this name.
pub(crate) fn one_of<T: Copy>(
    pointer: &str,
    name: &str,
    all: &[T],
    name_of: fn(T) -> &'static str,
) -> Checked<T> {
    let found = all.iter().copied().find(|one| name_of(*one) == name);
    found.ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|one| name_of(*one)).collect();
        refuse(pointer, format!("must be one of {}", names.join(", ")))
    })
}

/// A number of units that somebody hopes for.
fn target(number: Option<i64>) -> Checked<Option<u64>> {
    let least = || refuse("/target", "must be at least 1 unit");
    let positive = |number: i64| u64::try_from(number).ok().filter(|number| *number > 0);
    number.map(|number| positive(number).ok_or_else(least)).transpose()
}

/// Has a command about one promotion decided, and shows the promotion.
async fn decide(
    caller: &Caller,
    command: PromotionCommand,
    operation: Option<Operation>,
    status: StatusCode,
) -> Result<Reply, Problem> {
    let prepared = Prepared::changing(Command::Promotions(Box::new(command)), operation);
    let told = prepared.told(caller).await?;
    let Some(Answer::Promotion { promotion, now }) = told.answer() else {
        return Err(Problem::new(&catalog::OUTCOME_UNKNOWN));
    };
    let body = shown(caller, promotion, *now).await?;
    Ok(Reply::json(status, body).replayed(told.is_replayed()))
}

/// A promotion as it was decided, as JSON. What other rows tell of it is left out when it has
/// changed since.
async fn shown(caller: &Caller, promotion: &Promotion, now: Instant) -> Result<Vec<u8>, Problem> {
    let details = details(caller, promotion.id).await?;
    let view = PromotionView::new(promotion, now);
    let is_same = *details.promotion == *promotion;
    let view = if is_same { view.with_details(&details) } else { view };
    let mut body = Vec::with_capacity(2_048);
    views::write(&view, &mut body);
    Ok(body)
}

/// A promotion as it is now, with what other rows tell of it.
///
/// # Errors
///
/// `promotion_not_found`; `unavailable`, `busy`.
pub(crate) async fn details(
    caller: &Caller,
    id: PromotionId,
) -> Result<Box<PromotionDetails>, Problem> {
    match caller.book().ask(Query::PromotionDetails(id)).await? {
        Some(Answer::PromotionDetails(details)) => Ok(details),
        _ => Err(Problem::new(&catalog::PROMOTION_NOT_FOUND)),
    }
}
