//! `PATCH /v1/promotions/{id}`: changes terms.

use axum::http::StatusCode;
use engine::PromotionCommand;
use promotions::{Role, Terms, TermsChange};
use serde::{Deserialize, Deserializer, Serialize};

use super::audience_body::AudienceBody;
use super::create::part_of;
use super::{actor, decide, details, goal, promise, target};
use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::inventory::quote_for;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::{Promote, Review};
use crate::views::promotion::PromotionView;
use crate::wire::{self, MoneyBody, Object};

/// What to change; what is left out stays. Of a draft everything may change; once it is paid goal,
/// budget and promise stay, and of a guarantee all but the target and a later end.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionChange)]
pub(crate) struct ChangeBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        pattern = "^(views|engagement|profile_views|followers|website_visits|messages|sales)$"
    )]
    goal: Option<String>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, required = false, minimum = 1)]
    target: Option<Option<i64>>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    audience: Option<AudienceBody>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    budget: Option<MoneyBody>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "object_said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<MoneyBody>, required = false)]
    daily_budget: Option<Option<MoneyBody>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(estimate|guarantee)$")]
    promise: Option<String>,
    /// Who changes it, if the platform tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Change a promotion
///
/// Makes a new quote. Of a paid promotion the most that a unit costs stays what was quoted, and a
/// change that brings a new blocker is refused.
#[utoipa::path(patch, path = "/v1/promotions/{id}", operation_id = "change_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = ChangeBody,
    responses((status = 200, description = "Changed", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Promote>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: ChangeBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let actor = actor(Role::Advertiser, body.by.as_deref())?;
    let asked = asked(&body)?;
    let known = details(caller, promotion).await?;
    let terms = asked.terms(&known.promotion.terms)?;
    let before = &known.promotion.terms;
    if !before.incentive.is_zero() && terms.budget.amount < before.budget.amount {
        // What the platform adds is a part of the budget: a smaller one leaves less to pay.
        caller.require::<Review>()?;
    }
    let quote = Box::new(quote_for(caller, &terms, known.promotion.spend.due, known.now).await?);
    // All of the terms that were quoted, so that none is decided on with the quote of another.
    let change = Box::new(TermsChange::to(terms));
    let command = PromotionCommand::Edit { promotion, change, quote, actor };
    decide(caller, command, operation, StatusCode::OK).await
}

/// A change, checked as far as its promotion need not be known.
struct Asked<'a> {
    change: TermsChange,
    daily_budget: Option<Option<&'a MoneyBody>>,
}

impl Asked<'_> {
    /// The terms after it.
    ///
    /// # Errors
    ///
    /// About `/daily_budget` in another currency than the budget.
    fn terms(&self, terms: &Terms) -> Checked<Terms> {
        let after = self.change.apply(terms);
        let Some(daily_budget) = self.daily_budget else { return Ok(after) };
        let daily_budget = part_of(after.budget, "/daily_budget", daily_budget)?;
        Ok(Terms { daily_budget, ..after })
    }
}

fn asked(body: &ChangeBody) -> Checked<Asked<'_>> {
    let time = |pointer, text: &Option<String>| {
        text.as_deref().map(|text| fields::instant(pointer, text)).transpose()
    };
    let budget = fields::optional_money("/budget", body.budget.as_ref())?;
    let daily_budget = body.daily_budget.as_ref().map(Option::as_ref);
    // Its currency is compared once the budget is known.
    fields::optional_money("/daily_budget", daily_budget.flatten())?;
    let change = TermsChange {
        of: None,
        goal: body.goal.as_deref().map(goal).transpose()?,
        target: body.target.map(target).transpose()?,
        audience: body.audience.as_ref().map(AudienceBody::check).transpose()?,
        budget,
        daily_budget: None,
        starts_at: time("/starts_at", &body.starts_at)?,
        ends_at: time("/ends_at", &body.ends_at)?,
        promise: body.promise.as_deref().map(promise).transpose()?,
    };
    if change == TermsChange::default() && daily_budget.is_none() {
        return Err(refuse("", "give at least one of the terms"));
    }
    Ok(Asked { change, daily_budget })
}

/// For members whose absence and `null` differ.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The same for objects.
fn object_said<'de, D>(deserializer: D) -> Result<Option<Option<MoneyBody>>, D::Error>
where
    D: Deserializer<'de>,
{
    let object = Option::<Object<MoneyBody>>::deserialize(deserializer)?;
    Ok(Some(object.map(|object| object.0)))
}
