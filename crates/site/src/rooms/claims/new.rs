//! `/claims/new`: a claim from a promotion or a charge, tried before it is sent.

use axum::http::StatusCode;
use base::Money;
use pages::Moment;
use pages::customer::{ClaimTyped, NewClaimView, SubjectView, TrialView, new_claim_page};
use serde_json::{Map, Value, json};

use super::wire::{Checkout, Made, Payment, Trial};
use super::{Asked, decision};
use crate::address::is_id;
use crate::inside::Refused;
use crate::page::{OwnPromotions, Page};
use crate::rooms::promotions::{self, Promotion, trouble};
use crate::shown::Shown;
use crate::values::List;

/// Promotions to choose from, newest first.
const AMONG_MAX: usize = 50;

/// What a claim is about: a promotion of theirs, perhaps by its charge.
struct Subject {
    promotion: Promotion,
    charge: Option<String>,
    post: String,
}

/// What is named, when it is theirs.
async fn subject(
    page: &Page<OwnPromotions>,
    promotion: &str,
    charge: &str,
) -> Result<Option<Subject>, Refused> {
    let (promotion, charge) = match (promotion, charge) {
        ("", "") => return Ok(None),
        ("", charge) => {
            (promotions::own(page, &of_charge(page, charge).await?).await?, Some(charge.to_owned()))
        }
        (promotion, _) => (promotions::own(page, promotion).await?, None),
    };
    let post = promotions::post_text(page, &promotion.post).await?;
    Ok(Some(Subject { promotion, charge, post }))
}

/// The promotion that a charge of theirs has paid for.
async fn of_charge(page: &Page<OwnPromotions>, charge: &str) -> Result<String, Refused> {
    let hidden = |refused: Refused| match refused.status {
        StatusCode::NOT_FOUND => Refused::not_found(),
        _ => refused,
    };
    if !charge.starts_with("pay_") || !is_id(charge) {
        return Err(Refused::not_found());
    }
    let payment: Payment = page.get(&format!("/v1/payments/{charge}")).await.map_err(hidden)?;
    let checkout = &payment.checkout;
    let bought: Checkout = page.get(&format!("/v1/checkouts/{checkout}")).await.map_err(hidden)?;
    let me = &page.me().person;
    if bought.buyer.as_ref() != Some(me) {
        return Err(Refused::not_found());
    }
    // A checkout of a promotion is named by it, and the newest promotions are looked through.
    let path = format!("/v1/promotions?advertiser={me}&limit=100");
    let found: List<Promotion> = page.get(&path).await?;
    let paid_by = |one: &Promotion| one.checkout.as_ref() == Some(checkout);
    let promotion = found.data.into_iter().find(paid_by).ok_or_else(Refused::not_found)?;
    Ok(promotion.id)
}

pub(in crate::rooms) async fn new(page: Asked) -> Result<Shown, Refused> {
    let asked = |name| page.query(name).unwrap_or("");
    let subject = subject(&page, asked("promotion"), asked("charge")).await?;
    shown(&page, subject.as_ref(), None, None).await
}

async fn shown(
    page: &Page<OwnPromotions>,
    subject: Option<&Subject>,
    trial: Option<&Trial>,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let among = match subject {
        Some(_) => Vec::new(),
        None => among(page).await?,
    };
    let view = NewClaimView {
        subject: subject.map(subject_view),
        among: among.iter().map(|(one, post)| subject_choice(one, post)).collect(),
        typed: typed(page),
        trial: trial.map(|trial| match (&trial.decision, &trial.leads_to) {
            (Some(statement), Some(leads)) => {
                TrialView::Decided(Box::new(decision(statement)), &leads.awaited)
            }
            _ => TrialView::Waits,
        }),
        refused: refused.map(trouble),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, new_claim_page(&page.visit(), &view)))
}

fn subject_choice<'a>(
    promotion: &'a Promotion,
    post: &'a str,
) -> (&'a str, &'a str, Moment<'a>, Money) {
    (&promotion.id, post, promotion.starts_at.moment(), promotion.budget.0)
}

/// Promotions that were paid for, with the addresses of their posts.
async fn among(page: &Page<OwnPromotions>) -> Result<Vec<(Promotion, String)>, Refused> {
    let path = format!("/v1/promotions?advertiser={}&limit={AMONG_MAX}", page.me().person);
    let found: List<Promotion> = page.get(&path).await?;
    let mut all = Vec::new();
    for one in found.data.into_iter().filter(|one| !one.is_draft()) {
        let post = promotions::post_text(page, &one.post).await?;
        all.push((one, post));
    }
    Ok(all)
}

fn subject_view(subject: &Subject) -> SubjectView<'_> {
    let Subject { promotion, charge, post } = subject;
    SubjectView {
        promotion: &promotion.id,
        charge: charge.as_deref(),
        post,
        goal: &promotion.goal,
        unit: &promotion.quote.unit,
        ran: (promotion.starts_at.moment(), promotion.ends()),
        paid: promotion.budget.0,
        spent: promotion.spent.0,
        repaid: promotion.repaid.0,
        returned: promotion.returned.0,
        delivered: promotion.delivered_units,
    }
}

fn typed(page: &Page<OwnPromotions>) -> ClaimTyped<'_> {
    ClaimTyped {
        ground: page.field("ground"),
        starts_on: page.field("starts_on"),
        ends_on: page.field("ends_on"),
        description: page.field("description"),
    }
}

/// Tries the claim, or sends it. Pressing the enter key tries it.
pub(in crate::rooms) async fn make(page: Asked) -> Result<Shown, Refused> {
    let subject = subject(&page, page.field("promotion"), page.field("charge")).await?;
    let Some(subject) = subject else { return Ok(Shown::To("/claims/new".to_owned())) };
    let body = Value::Object(body(&page, &subject));
    let outcome = match page.field("act") {
        "file" => match page.post::<Made>("/v1/claims", &body).await {
            Ok(made) => return Ok(Shown::To(format!("/claims/{}?done=filed", made.id))),
            Err(refused) => Err(refused),
        },
        _ => page.post::<Trial>("/v1/claims/preview", &body).await,
    };
    match outcome {
        Ok(trial) => shown(&page, Some(&subject), Some(&trial), None).await,
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, Some(&subject), None, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

fn body(page: &Page<OwnPromotions>, subject: &Subject) -> Map<String, Value> {
    let typed = typed(page);
    let mut body = Map::new();
    match &subject.charge {
        Some(charge) => body.insert("charge".to_owned(), json!(charge)),
        None => body.insert("promotion".to_owned(), json!(subject.promotion.id)),
    };
    body.insert("claimant".to_owned(), json!(page.me().person));
    body.insert("ground".to_owned(), json!(typed.ground));
    // Forms write two signs for a new line.
    let description = typed.description.replace("\r\n", "\n");
    body.insert("description".to_owned(), json!(description));
    for (name, day) in [("starts_on", typed.starts_on), ("ends_on", typed.ends_on)] {
        if !day.is_empty() {
            body.insert(name.to_owned(), json!(day));
        }
    }
    body
}
