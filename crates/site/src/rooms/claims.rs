//! `/claims`: one's own, made with the decision in view, and followed to the end.

mod lost;
mod new;
pub(super) mod wire;

use std::sync::Arc;

use axum::http::StatusCode;
use base::{Day, Money};
use pages::Moment;
use pages::customer::{
    BetterView, ClaimLine, ClaimView, ClaimsView, DecisionView, PayoutView, claim_page, claims_page,
};
use serde_json::{Value, json};

use crate::address::with;
use crate::inside::{Refused, if_there};
use crate::page::{OwnPromotions, Page};
use crate::rooms::promotions;
use crate::shown::Shown;
use crate::values::{List, Time};
use wire::{Allocation, Claim, Payout, Statement};

pub(super) use lost::{lost, make_lost};
pub(super) use new::{make, new};

type Asked = Arc<Page<OwnPromotions>>;

/// How many a list shows at once.
const SHOWN_MAX: usize = 25;

/// A claim of whoever asks, named by its id.
///
/// # Errors
///
/// `not_found` also for one of somebody else.
async fn own(page: &Page<OwnPromotions>, id: &str) -> Result<Claim, Refused> {
    if !id.starts_with("claim_") {
        return Err(Refused::not_found());
    }
    let found: Result<Claim, Refused> = page.get(&format!("/v1/claims/{id}")).await;
    match found {
        Ok(claim) if claim.claimant.as_ref() == Some(&page.me().person) => Ok(claim),
        Err(refused) if refused.status != StatusCode::NOT_FOUND => Err(refused),
        _ => Err(Refused::not_found()),
    }
}

pub(super) async fn list(page: Asked) -> Result<Shown, Refused> {
    let mut path = format!("/v1/claims?claimant={}&limit={SHOWN_MAX}", page.me().person);
    if let Some(cursor) = page.query("after") {
        path = with(&path, &[("cursor", cursor)]);
    }
    let found: List<Claim> = page.get(&path).await?;
    let line = |claim| line(claim);
    let older = found.next_cursor.map(|cursor| with("/claims", &[("after", &cursor)]));
    let view = ClaimsView { all: found.data.iter().map(line).collect(), older: older.as_deref() };
    Ok(Shown::page(claims_page(&page.visit(), &view)))
}

fn line(claim: &Claim) -> ClaimLine<'_> {
    ClaimLine {
        id: &claim.id,
        made_at: claim.created_at.moment(),
        ground: &claim.ground,
        status: &claim.status,
        amount: claim.decision.as_ref().map(|decision| decision.amount.0),
        next: (&claim.next.awaited, claim.next.by.map(Time::moment)),
    }
}

pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    let claim = own(&page, page.part(2)).await?;
    shown(&page, &claim, None).await
}

async fn shown(
    page: &Page<OwnPromotions>,
    claim: &Claim,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let statement = statement(page, &claim.id).await?;
    let promotion = match &claim.promotion {
        // It may be somebody else's promotion that their card has paid for: then it is not told.
        Some(id) => match promotions::own(page, id).await {
            Ok(promotion) => {
                let post = promotions::post_text(page, &promotion.post).await?;
                Some((promotion, post))
            }
            Err(refused) if refused.status == StatusCode::NOT_FOUND => None,
            Err(refused) => return Err(refused),
        },
        None => None,
    };
    let standing = claim.decision.as_ref().or(claim.proposal.as_ref());
    let steps = claim.steps.iter();
    let view = ClaimView {
        id: &claim.id,
        made_at: claim.created_at.moment(),
        status: &claim.status,
        ground: &claim.ground,
        promotion: promotion.as_ref().map(|(one, post)| (&*one.id, &*one.goal, &**post)),
        days: days(claim),
        is_held: claim.held,
        next: (&claim.next.awaited, claim.next.by.map(Time::moment), claim.next.is_late),
        steps: steps
            .map(|one| (&*one.name, one.due_at.moment(), one.done_at.map(Time::moment)))
            .collect(),
        decision: statement.as_ref().map(decision),
        is_proposal: claim.decision.is_none(),
        appeal_until: standing.and_then(|one| one.appeal_until).map(Time::moment),
        payouts: payouts(claim),
        is_fresh: page.query("fresh") == Some("yes"),
        refused: refused.map(|refused| (refused.code(), refused.detail())),
        done: page.done(),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, claim_page(&page.visit(), &view)))
}

/// The decision with all that explains it; nothing before there is one.
async fn statement(page: &Page<OwnPromotions>, id: &str) -> Result<Option<Statement>, Refused> {
    if_there(page.get(&format!("/v1/claims/{id}/statement")).await)
}

fn days(claim: &Claim) -> Option<(Moment<'static>, Moment<'static>)> {
    let first = |day: &Option<String>| {
        let day = Day::parse(day.as_deref()?).ok()?;
        Some(Moment::utc(day.start()))
    };
    Some((first(&claim.starts_on)?, first(&claim.ends_on)?))
}

/// A decision as pages show it.
pub(super) fn decision(statement: &Statement) -> DecisionView<'_> {
    let arithmetic = statement.arithmetic.iter();
    let facts = statement.facts.iter();
    let better = statement.would_change.iter().map(|one| BetterView {
        outcome: one.outcome.as_deref(),
        reason: one.reason.as_ref().map(|reason| &*reason.text),
        needed: one.needed.iter().map(|it| (&*it.what, &*it.value)).collect(),
    });
    DecisionView {
        outcome: &statement.outcome,
        amount: statement.amount.0,
        elsewhere: statement.elsewhere.0,
        is_automated: statement.automated,
        decided_at: statement.decided_at.moment(),
        reasons: statement.reasons.iter().map(|reason| &*reason.text).collect(),
        arithmetic: arithmetic
            .map(|one| [&*one.name, &*one.expression, &*one.numbers, &*one.result])
            .collect(),
        facts: facts.map(|fact| [&*fact.title, &*fact.words, &*fact.source]).collect(),
        delivery: statement.delivery.iter().map(String::as_str).collect(),
        rule: statement
            .rule_table
            .as_ref()
            .map(|rule| (&*rule.name, &*rule.row, rule.says.as_deref())),
        acts: statement.acts.iter().map(|act| &*act.text).collect(),
        better: better.collect(),
    }
}

/// Money that has set out; only of the last one is it told to what it goes.
fn payouts(claim: &Claim) -> Vec<PayoutView<'_>> {
    let told = claim.payout.as_ref().and_then(|payout| payout.allocations.as_ref());
    let mut all: Vec<PayoutView<'_>> = claim.payouts.iter().map(payout).collect();
    if let (Some(last), Some(told)) = (all.last_mut(), told) {
        last.parts = told.iter().map(part).collect();
    }
    all
}

fn payout(payout: &Payout) -> PayoutView<'_> {
    PayoutView {
        amount: payout.amount.0,
        elsewhere: payout.elsewhere.0,
        started_at: payout.started_at.moment(),
        expected_by: payout.expected_by.map(Time::moment),
        paid_at: payout.paid_at.map(Time::moment),
        parts: Vec::new(),
    }
}

fn part(part: &Allocation) -> (bool, Money, &str) {
    let status = part.status.as_deref().unwrap_or("pending");
    (part.gift_card.is_some(), part.amount.0, status)
}

/// Does something with a claim of whoever asks, and shows it again.
async fn act(page: &Asked, call: &str, done: &str) -> Result<Shown, Refused> {
    let claim = own(page, page.part(2)).await?;
    let id = &claim.id;
    match page.post::<Value>(&format!("/v1/claims/{id}/{call}"), &json!({})).await {
        Ok(_) => Ok(Shown::To(format!("/claims/{id}?done={done}"))),
        Err(refused) if refused.status.is_client_error() => {
            shown(page, &claim, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

pub(super) async fn appeal(page: Asked) -> Result<Shown, Refused> {
    act(&page, "appeal", "appealed").await
}

pub(super) async fn withdraw(page: Asked) -> Result<Shown, Refused> {
    act(&page, "withdraw", "withdrawn").await
}
