//! `POST /v1/promotions`: composes a draft.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base::{Amount, Money};
use engine::{Answer, PromotionCommand, Query};
use promotions::{Micros, NewPromotion, Role, Terms};
use serde::{Deserialize, Serialize};

use super::audience_body::AudienceBody;
use super::authorization_body::AuthorizationBody;
use super::post_body::PostBody;
use super::{actor, decide, goal, paying, promise, target};
use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::inventory::quote_for;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::checkouts::tenders::add::TenderBody;
use crate::scope::{Promote, Review};
use crate::views::promotion::PromotionView;
use crate::wire::{self, MoneyBody};

/// What is to be promoted, to whom, and for how much.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionInput)]
pub(crate) struct PromotionBody {
    /// Who pays.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    advertiser: String,
    /// How old they are in whole years, if the platform tells. It is kept for what they promote
    /// later, and what is told last counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 150)]
    advertiser_age: Option<i64>,
    #[serde(deserialize_with = "wire::object")]
    post: PostBody,
    /// What it is to bring about.
    #[schema(
        pattern = "^(views|engagement|profile_views|followers|website_visits|messages|sales)$"
    )]
    goal: String,
    /// How many units are hoped for. It binds nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    target: Option<i64>,
    #[serde(deserialize_with = "wire::object")]
    audience: AudienceBody,
    /// What may be spent, tax not counted.
    #[serde(deserialize_with = "wire::object")]
    budget: MoneyBody,
    /// What may be spent by what is shown on one day of UTC.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    daily_budget: Option<MoneyBody>,
    #[schema(format = DateTime)]
    starts_at: String,
    #[schema(format = DateTime)]
    ends_at: String,
    /// `guarantee` is for views only.
    #[schema(pattern = "^(estimate|guarantee)$")]
    promise: String,
    /// What is to pay, as at checkout; `submit` may say otherwise. Codes are not kept.
    #[serde(
        default,
        deserialize_with = "wire::object_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 20)]
    tenders: Vec<TenderBody>,
    /// Who agreed to pay for these terms; `submit` may say it too.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    authorization: Option<AuthorizationBody>,
    /// The part of the budget that the platform adds; it needs the scope `promotions:review`.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    incentive: Option<MoneyBody>,
    /// Strings of the platform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    /// Who composes it, if the platform tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Compose a promotion
///
/// A draft with its quote and with all `checks`: blockers keep it from being submitted. Nothing is
/// paid yet; the quote is good for an hour, and `PATCH` makes a new one.
#[utoipa::path(post, path = "/v1/promotions", operation_id = "compose_promotion",
    tag = "Promotions",
    request_body = PromotionBody,
    responses((status = 201, description = "Composed", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Promote>) -> Result<Reply, Problem> {
    let body: PromotionBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let terms = terms(&body)?;
    let mut post = Box::new(body.post.check()?);
    if let Some(Answer::Post(known)) = caller.book().ask(Query::Post(post.id)).await? {
        body.post.keep_untold(&known, &mut post);
    }
    let actor = actor(Role::Advertiser, body.by.as_deref())?;
    let advertiser = fields::id("/advertiser", &body.advertiser)?;
    let advertiser_age = body.advertiser_age.map(age).transpose()?;
    let metadata = fields::metadata("/metadata", &body.metadata)?;
    let authorization = body.authorization.as_ref().map(|body| body.check(caller)).transpose()?;
    let tenders = paying::all_named(caller, &body.tenders)?;
    paying::check_currency(&tenders, terms.currency())?;
    if body.incentive.is_some() {
        caller.require::<Review>().map_err(|problem| problem.param("/incentive"))?;
    }
    let pay_with = paying::kept(caller, tenders).await?;
    let quote = quote_for(caller, &terms, Micros::ZERO, caller.book().time().await?).await?;
    let new = Box::new(NewPromotion {
        id: caller.app.new_id(),
        advertiser,
        post: post.name.clone(),
        terms,
        quote,
        pay_with,
        authorization,
        advertiser_age,
        metadata,
    });
    let command = PromotionCommand::Compose { new, post, actor };
    decide(caller, command, operation, StatusCode::CREATED).await
}

/// Whole years of a life.
fn age(years: i64) -> Checked<u8> {
    let years = u8::try_from(years).ok().filter(|years| *years <= 150);
    years.ok_or_else(|| refuse("/advertiser_age", "must be from 0 to 150 years"))
}

fn terms(body: &PromotionBody) -> Checked<Terms> {
    let budget = fields::money("/budget", &body.budget)?;
    let part = |pointer: &str, part: Option<&MoneyBody>| part_of(budget, pointer, part);
    Ok(Terms {
        goal: goal(&body.goal)?,
        target: target(body.target)?,
        audience: body.audience.check()?,
        budget,
        incentive: part("/incentive", body.incentive.as_ref())?.unwrap_or(Amount::ZERO),
        daily_budget: part("/daily_budget", body.daily_budget.as_ref())?,
        starts_at: fields::instant("/starts_at", &body.starts_at)?,
        ends_at: fields::instant("/ends_at", &body.ends_at)?,
        promise: promise(&body.promise)?,
    })
}

/// Money in the currency of the budget.
pub(super) fn part_of(
    budget: Money,
    pointer: &str,
    part: Option<&MoneyBody>,
) -> Checked<Option<Amount>> {
    match fields::optional_money(pointer, part)? {
        Some(Money { currency, .. }) if currency != budget.currency => {
            Err(refuse(format!("{pointer}/currency"), "must be that of the budget"))
        }
        money => Ok(money.map(|money| money.amount)),
    }
}
