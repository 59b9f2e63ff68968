//! `/console/claims`: the queue, and one claim with its evidence.

use std::sync::Arc;

use axum::http::StatusCode;
use base::{Instant, Money, Span};
use pages::console::{
    ActView, AgeBar, ClaimsQueueView, DecideForm, DecideWrong, DeskClaimView, DeskDelivery,
    FactRow, QueueRow, claims_queue_page, desk_claim_page,
};
use pages::customer::DecisionView;
use serde::Deserialize;
use serde_json::{Value, json};

use super::claims::{decision, wire};
use super::whole::{part, whole};
use crate::address::with;
use crate::inside::{Refused, if_there};
use crate::page::{ApproveClaims, DecideClaims, Guest, Page, ReadClaims};
use crate::shown::Shown;
use crate::values::{Amount, Time, money_json, typed_amount};

/// Stages at which something is still to be done.
const OPEN: [&str; 7] =
    ["received", "gathering", "in_review", "appealed", "approved", "partly_approved", "paying"];

/// Hundreds of claims of an open stage that are counted and sorted. The API tells the newest first,
/// so whoever reads less of an open stage misses those that are due first.
const OPEN_PAGES_MAX: usize = 50;

/// Claims in a table.
const ROWS_MAX: usize = 100;

/// Refusals of a decision that are about its amount.
const ABOUT_AMOUNT: [&str; 4] = [
    "amount_exceeds_left",
    "below_first_decision",
    "elsewhere_exceeds_unspent",
    "outcome_not_allowed",
];

/// How far ahead a step is due, as the plot of ages tells it.
const AGES: [(&str, Option<Span>); 4] = [
    ("queue_of_claims.age_late", Some(Span::ZERO)),
    ("queue_of_claims.age_today", Some(Span::days(1))),
    ("queue_of_claims.age_soon", Some(Span::days(3))),
    ("queue_of_claims.age_later", None),
];

/// An answer that tells what time it is in the book.
#[derive(Deserialize)]
struct Clock {
    as_of: Time,
}

pub(super) async fn queue(page: Arc<Page<ReadClaims>>) -> Result<Shown, Refused> {
    let asked_status = page.query("status").unwrap_or("");
    let asked_ground = page.query("ground").unwrap_or("");
    let stages: Vec<&str> = match asked_status {
        "" => OPEN.to_vec(),
        status => vec![status],
    };
    let (mut claims, mut has_more) = (Vec::new(), false);
    for stage in stages {
        // Nothing is due of those that are over: the newest hundred do.
        let pages = if OPEN.contains(&stage) { OPEN_PAGES_MAX } else { 1 };
        let of: (Vec<wire::Claim>, bool) =
            whole(&page, "/v1/claims", &[("status", stage)], pages).await?;
        claims.extend(of.0);
        has_more |= of.1;
    }
    claims.retain(|claim| asked_ground.is_empty() || claim.ground == asked_ground);
    claims.sort_by_key(|claim| claim.next.by.map_or(Instant::MAX, |by| by.0));
    let (shown, later) = part(&page, claims.len(), ROWS_MAX);
    let later = later.map(|from| {
        let filters = [("status", asked_status), ("ground", asked_ground), ("from", &from)];
        with("/console/claims", &filters)
    });
    let clock: Clock = page.get("/v1/reports/liability").await?;
    let late = claims.iter().filter(|claim| claim.next.is_late).count();
    let view = ClaimsQueueView {
        asked: [asked_status, asked_ground],
        ages: ages(&claims, clock.as_of.0),
        open: (claims.len() as u64, late as u64),
        has_more,
        rows: claims[shown].iter().map(row).collect(),
        later: later.as_deref(),
    };
    Ok(Shown::page(claims_queue_page(&page.visit(), &view)))
}

fn row(claim: &wire::Claim) -> QueueRow<'_> {
    let decided = claim.decision.as_ref().or(claim.proposal.as_ref());
    QueueRow {
        id: &claim.id,
        made_at: claim.created_at.moment(),
        ground: &claim.ground,
        status: &claim.status,
        next: (&claim.next.awaited, claim.next.by.map(Time::moment), claim.next.is_late),
        amount: decided.map(|decided| decided.amount.0),
    }
}

/// How many claims are due within each span; each claim counts once.
fn ages(claims: &[wire::Claim], now: Instant) -> Vec<AgeBar> {
    let within = |claim: &wire::Claim| {
        let due = claim.next.by.map_or(Instant::MAX, |by| by.0);
        let fits = |(_, span): &(&str, Option<Span>)| {
            span.is_none_or(|span| due <= now.saturating_add(span))
        };
        AGES.iter().position(fits)
    };
    let bar = |(place, (name, _)): (usize, &(&'static str, Option<Span>))| AgeBar {
        name,
        count: claims.iter().filter(|claim| within(claim) == Some(place)).count() as u64,
    };
    AGES.iter().enumerate().map(bar).collect()
}

/// A fact as its list tells it.
#[derive(Deserialize)]
struct Fact {
    title: String,
    words: String,
    unknown: Option<String>,
    source: String,
    record: Option<String>,
    at: Option<Time>,
    name: String,
    value: Value,
}

#[derive(Deserialize)]
struct Facts {
    data: Vec<Fact>,
}

#[derive(Deserialize)]
struct Described {
    charge: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Promotion {
    quote: Quote,
    budget: Amount,
    spent: Amount,
    delivered_units: u64,
    invalid_units: u64,
}

#[derive(Deserialize)]
struct Quote {
    unit: String,
    units_low: Option<u64>,
    units_high: Option<u64>,
    guaranteed_units: Option<u64>,
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    sentences: Vec<String>,
}

/// All that is known of a claim.
struct Known {
    claim: wire::Claim,
    described: Described,
    statement: Option<wire::Statement>,
    facts: Vec<Fact>,
    promotion: Option<Promotion>,
    sentences: Vec<String>,
}

impl Known {
    async fn of<P: Guest>(page: &Page<P>, id: &str) -> Result<Known, Refused> {
        let path = format!("/v1/claims/{id}");
        let json: Value = page.get(&path).await?;
        let claim: wire::Claim = crate::inside::read(json.clone())?;
        let statement: Option<wire::Statement> =
            if_there(page.get(&format!("{path}/statement")).await)?;
        let facts: Option<Facts> = if_there(page.get(&format!("{path}/facts")).await)?;
        let promotion = claim.promotion.as_ref().map(|id| format!("/v1/promotions/{id}"));
        // Making a report takes a while, and its sentences stand in statements about delivery.
        let told = statement.as_ref().map_or(&[][..], |statement| &*statement.delivery);
        let sentences = match &promotion {
            Some(path) if told.is_empty() => {
                let report: Option<Report> = if_there(page.get(&format!("{path}/report")).await)?;
                report.map(|report| report.sentences).unwrap_or_default()
            }
            _ => told.to_vec(),
        };
        let promotion = match promotion {
            Some(path) => if_there(page.get(&path).await)?,
            None => None,
        };
        Ok(Known {
            claim,
            described: crate::inside::read(json)?,
            statement,
            facts: facts.map(|facts| facts.data).unwrap_or_default(),
            promotion,
            sentences,
        })
    }

    /// An amount that a fact tells.
    fn sum(&self, name: &str) -> Option<Money> {
        let fact = self.facts.iter().find(|fact| fact.name == name)?;
        let amount: Amount = serde_json::from_value(fact.value.clone()).ok()?;
        Some(amount.0)
    }

    fn delivery(&self) -> Option<DeskDelivery<'_>> {
        let promotion = self.promotion.as_ref()?;
        let Quote { unit, units_low, units_high, guaranteed_units } = &promotion.quote;
        Some(DeskDelivery {
            unit,
            promised: match guaranteed_units {
                Some(units) => Some((*units, *units)),
                None => units_low.zip(*units_high),
            },
            delivered: promotion.delivered_units,
            invalid: promotion.invalid_units,
            spent: promotion.spent.0,
            budget: promotion.budget.0,
        })
    }
}

pub(super) async fn show(page: Arc<Page<ReadClaims>>) -> Result<Shown, Refused> {
    shown(&page, None).await
}

/// What was filled in to decide; empty on a page that nobody has sent.
fn typed<'a, P: Guest>(page: &'a Page<P>, refused: Option<&Refused>) -> DecideForm<'a> {
    let wrong = match refused.map(|refused| (refused.param(), refused.code())) {
        Some(("/amount", "invalid_request")) => DecideWrong::Amount,
        Some(("/reason", _) | (_, "codes_missing")) => DecideWrong::Reason,
        Some((_, code)) if ABOUT_AMOUNT.contains(&code) => DecideWrong::RefusedAmount,
        _ => DecideWrong::Nothing,
    };
    DecideForm {
        outcome: page.field("outcome"),
        amount: page.field("amount"),
        reason: page.field("reason"),
        more: page.fields("more").collect(),
        wrong,
    }
}

async fn shown<P: Guest>(page: &Page<P>, refused: Option<&Refused>) -> Result<Shown, Refused> {
    let known = Known::of(page, page.part(3)).await?;
    let claim = &known.claim;
    let may = |permission| page.who.as_ref().is_some_and(|who| who.may(permission));
    let act = match &*claim.next.awaited {
        "review" | "appeal_decision" if may(people::Permission::DecideClaims) => ActView::Decide,
        // Facts that cannot be put together keep nobody waiting for ever.
        "facts" if claim.next.is_late && may(people::Permission::DecideClaims) => ActView::Decide,
        "second_person" if may(people::Permission::ApproveClaims) => ActView::Approve,
        _ => ActView::Nothing,
    };
    let reasons = match act {
        ActView::Decide => http::reasons_of_claim(&claim.ground, claim.created_at.0),
        ActView::Nothing | ActView::Approve => Vec::new(),
    };
    let view = DeskClaimView {
        id: &claim.id,
        made_at: claim.created_at.moment(),
        claimant: claim.claimant.as_deref(),
        status: &claim.status,
        ground: &claim.ground,
        about: claim.promotion.as_deref().or(known.described.charge.as_deref()),
        description: known.described.description.as_deref(),
        next: (&claim.next.awaited, claim.next.by.map(Time::moment), claim.next.is_late),
        steps: claim
            .steps
            .iter()
            .map(|one| (&*one.name, one.due_at.moment(), one.done_at.map(Time::moment)))
            .collect(),
        // What it says of the delivery stands beside it here, in full.
        decision: known
            .statement
            .as_ref()
            .map(|it| DecisionView { delivery: Vec::new(), ..decision(it) }),
        is_proposal: claim.decision.is_none(),
        facts: known.facts.iter().map(fact_row).collect(),
        delivery: known.delivery(),
        sentences: known.sentences.iter().map(String::as_str).collect(),
        paid: known.sum("captured").zip(known.sum("left_refundable")),
        act,
        reasons: reasons.iter().map(|(code, text)| (&**code, &**text)).collect(),
        form: typed(page, refused),
        refused: refused.map(|refused| (refused.code(), refused.detail())),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, desk_claim_page(&page.visit(), &view)))
}

fn fact_row(fact: &Fact) -> FactRow<'_> {
    FactRow {
        title: &fact.title,
        words: &fact.words,
        is_unknown: fact.unknown.is_some(),
        source: (&fact.source, fact.record.as_deref()),
        at: fact.at.map(Time::moment),
    }
}

pub(super) async fn decide(page: Arc<Page<DecideClaims>>) -> Result<Shown, Refused> {
    let main = page.field("reason");
    if main.is_empty() {
        return shown(&page, Some(&Refused::field("reason", "Choose a reason."))).await;
    }
    let more = page.fields("more").filter(|code| *code != main);
    let reasons: Vec<&str> = [main].into_iter().chain(more).collect();
    let mut body = json!({
        "outcome": page.field("outcome"), "reasons": reasons, "by": page.me().person,
    });
    let typed = page.field("amount");
    if !typed.is_empty() {
        let known = Known::of(&page, page.part(3)).await?;
        let budget = known.promotion.as_ref().map(|promotion| promotion.budget.0.currency);
        let currency = budget.unwrap_or(page.shop().currency);
        let Some(amount) = typed_amount(typed, currency) else {
            let refused = Refused::field("amount", "Write the amount as 12.50.");
            return shown(&page, Some(&refused)).await;
        };
        body["amount"] = money_json(amount);
    }
    act(&page, "decide", &body).await
}

pub(super) async fn approve(page: Arc<Page<ApproveClaims>>) -> Result<Shown, Refused> {
    let body = json!({"by": page.me().person, "agree": page.field("agree") == "yes"});
    act(&page, "approve", &body).await
}

async fn act<P: Guest>(page: &Page<P>, call: &str, body: &Value) -> Result<Shown, Refused> {
    let id = page.part(3);
    match page.post::<Value>(&format!("/v1/claims/{id}/{call}"), body).await {
        Ok(_) => Ok(Shown::To(format!("/console/claims/{id}"))),
        Err(refused)
            if refused.status.is_client_error() && refused.status != StatusCode::NOT_FOUND =>
        {
            shown(page, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}
