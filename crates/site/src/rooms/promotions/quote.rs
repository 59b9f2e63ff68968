//! A draft with its quote, what was found about it, and how it may be paid.

use axum::http::StatusCode;
use pages::customer::{Finding, PayView, QuoteView, quote_page};

use super::post_text;
use super::terms::trouble;
use super::wire::Promotion;
use crate::inside::Refused;
use crate::page::{OwnPromotions, Page};
use crate::rooms::methods::Methods;
use crate::rooms::step_up;
use crate::rooms::wallet::Card;
use crate::shown::Shown;
use crate::values::List;

/// How many gift cards are offered.
const OFFERED_MAX: usize = 20;

/// What whoever asks may pay with.
pub(super) struct Means {
    methods: Methods,
    pub(super) cards: Vec<Card>,
}

impl Means {
    /// Methods and cards of whoever asks; cards with something left in the currency of the budget.
    pub(super) async fn of(
        page: &Page<OwnPromotions>,
        promotion: &Promotion,
    ) -> Result<Means, Refused> {
        let me = &page.me().person;
        let methods = Methods::of(page).await?;
        let cards = format!("/v1/gift-cards?owner={me}&status=active&limit={OFFERED_MAX}");
        let cards: List<Card> = page.get(&cards).await?;
        let currency = promotion.budget.0.currency;
        let can_pay = |card: &Card| card.can_be_spent() && card.available.0.currency == currency;
        let cards = cards.data.into_iter().filter(can_pay).collect();
        Ok(Means { methods, cards })
    }
}

/// The draft; with what was refused of it, or why paying has failed.
pub(super) async fn shown(
    page: &Page<OwnPromotions>,
    promotion: &Promotion,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let means = Means::of(page, promotion).await?;
    let step_up = step_up::offered(page, promotion.budget.0).await?;
    let post = post_text(page, &promotion.post).await?;
    let failure = promotion.failure.as_deref();
    let pay = PayView { step_up, ..pay_view(page, promotion, &means, refused) };
    let quote = &promotion.quote;
    let checks = promotion.checks.iter().flatten();
    let view = QuoteView {
        id: &promotion.id,
        post: &post,
        goal: &promotion.goal,
        is_guarantee: promotion.is_guarantee(),
        budget: promotion.budget.0,
        daily_budget: promotion.daily_budget.map(|daily| daily.0),
        starts_at: promotion.starts_at.moment(),
        ends_at: promotion.ends(),
        unit: &quote.unit,
        price_max: quote.unit_price_max.micros,
        range: (quote.units_low, quote.units_high),
        guaranteed: quote.guaranteed_units,
        audience_size: quote.audience_size,
        until: quote.expires_at.moment(),
        findings: checks
            .map(|check| Finding {
                code: &check.code,
                severity: &check.severity,
                message: &check.message,
                fix: &check.fix,
            })
            .collect(),
        pay,
        done: page.done(),
    };
    let status = match (refused, failure) {
        (Some(refused), _) => refused.status,
        (None, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, None) => StatusCode::OK,
    };
    Ok(Shown::Html(status, quote_page(&page.visit(), &view)))
}

fn pay_view<'a>(
    page: &'a Page<OwnPromotions>,
    promotion: &'a Promotion,
    means: &'a Means,
    refused: Option<&'a Refused>,
) -> PayView<'a> {
    let card = |card: &'a Card| {
        let is_chosen = page.field(&format!("card_{}", card.id)) == "yes";
        (&*card.id, &*card.last4, card.available.0, is_chosen)
    };
    PayView {
        methods: means.methods.view(),
        cards: means.cards.iter().map(card).collect(),
        is_agreed: page.field("agree") == "yes",
        quoted_at: promotion.quote.quoted_at.0.to_string(),
        refused: refused.map(trouble),
        failure: promotion.failure.as_deref(),
        is_being_paid: promotion.being_paid,
        challenge: promotion.next_action.as_ref().map(|action| &*action.url),
        step_up: None,
    }
}
