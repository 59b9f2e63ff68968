//! `/checkout/{chk}`: paying for what a shop has put together.

mod acts;

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{CheckoutStage, CheckoutView, OfferedCardView, TenderView, checkout_page};
use serde::Deserialize;

use super::lines::{Line, Payers, Tender, sums};
use super::methods::Methods;
use super::orders;
use super::step_up;
use super::wallet::{Card, spendable};
use super::words_of::told_code;
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::shown::Shown;
use crate::values::{Amount, Time};

pub(super) use acts::{again, bank, give_up, pay, remove, use_card};

type Asked = Arc<Page<OwnCards>>;

/// Where the sandbox sends payers of a test book, who have no bank: nowhere.
const PLAYED_BANK: &str = "https://sandbox.invalid/";

/// Cards that are offered at once. One that is used makes room for the next.
const OFFERED_MAX: usize = 20;

/// A checkout as the API tells it.
#[derive(Debug, Deserialize)]
struct Checkout {
    id: String,
    status: String,
    buyer: Option<String>,
    region: String,
    lines: Vec<Line>,
    total: Amount,
    remaining: Amount,
    tenders: Vec<Tender>,
    failure: Option<String>,
    order: Option<String>,
    expires_at: Time,
    next_action: Option<NextAction>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    url: String,
}

impl Checkout {
    /// The checkout that the address names, when it is for whoever asks. One that the shop has made
    /// for nobody in particular is for whoever has its address.
    async fn of(page: &Page<OwnCards>) -> Result<Checkout, Refused> {
        let id = page.part(2);
        let asked = page.get::<Checkout>(&format!("/v1/checkouts/{id}")).await;
        let found = asked.map_err(|refused| match refused.status.is_server_error() {
            true => refused,
            false => Refused::not_found(),
        })?;
        let is_theirs = found.buyer.as_ref().is_none_or(|buyer| *buyer == page.me().person);
        match is_theirs && found.id == id {
            true => Ok(found),
            false => Err(Refused::not_found()),
        }
    }

    fn path(&self) -> String {
        format!("/checkout/{}", self.id)
    }

    /// Whether it can be changed and paid.
    fn is_open(&self) -> bool {
        matches!(&*self.status, "open" | "failed")
    }

    /// Those who pay, or would have: of an attempt that has failed, all of them.
    fn payers(&self) -> impl Iterator<Item = &Tender> {
        let has_failed = self.status == "failed";
        let ended = |status: &str| matches!(status, "released" | "failed");
        self.tenders.iter().filter(move |tender| has_failed || !ended(&tender.status))
    }
}

/// `GET /checkout/{chk}`.
pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    shown(&page, &checkout, None).await
}

async fn shown(
    page: &Page<OwnCards>,
    checkout: &Checkout,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let payers = Payers::of(page, &checkout.tenders).await?;
    let methods = Methods::of(page).await?;
    let step_up = match checkout.is_open() {
        true => step_up::offered(page, checkout.total.0).await?,
        false => None,
    };
    let order = match &checkout.order {
        Some(order) if orders::is_shown(page, order).await? => Some(format!("/orders/{order}")),
        _ => None,
    };
    let cards = match checkout.is_open() {
        true => spendable(page).await?,
        false => Vec::new(),
    };
    let pays = |id: &str| {
        let mut live = checkout.payers();
        checkout.status == "open" && live.any(|tender| tender.gift_card.as_deref() == Some(id))
    };
    let currency = checkout.total.0.currency;
    let buys = |card: &Card| {
        let mut things = checkout.lines.iter().filter_map(Line::thing);
        things.any(|thing| card.buys(&thing, &checkout.region))
    };
    let offered = cards
        .iter()
        .filter(|card| card.available.0.currency == currency && !pays(&card.id) && buys(card));
    let code = refused.map(told_code);
    let detail = refused.map_or("", Refused::detail);
    let view = CheckoutView {
        id: &checkout.id,
        stage: stage(checkout, order.as_deref()),
        lines: checkout.lines.iter().map(Line::view).collect(),
        sums: sums(&checkout.lines, checkout.total.0),
        tenders: checkout
            .payers()
            .map(|tender| TenderView {
                id: &tender.id,
                payer: payers.view(tender),
                amount: tender.amount.0,
            })
            .collect(),
        remaining: checkout.remaining.0,
        cards: offered
            .take(OFFERED_MAX)
            .map(|card| OfferedCardView {
                id: &card.id,
                last4: &card.last4,
                available: card.available.0,
            })
            .collect(),
        methods: methods.view(),
        step_up,
        expires_at: checkout.expires_at.moment(),
        refused: code.as_deref().map(|code| (code, detail)),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, checkout_page(&page.visit(), &view)))
}

fn stage<'a>(checkout: &'a Checkout, order: Option<&'a str>) -> CheckoutStage<'a> {
    match (&*checkout.status, &checkout.next_action) {
        ("open", _) => CheckoutStage::Open,
        ("failed", _) => CheckoutStage::Failed(checkout.failure.as_deref().unwrap_or("")),
        ("requires_action", Some(action)) => CheckoutStage::NeedsPayer {
            url: &action.url,
            is_played: action.url.starts_with(PLAYED_BANK),
        },
        ("paid", _) => CheckoutStage::Paid { order },
        ("expired", _) => CheckoutStage::Expired,
        _ => CheckoutStage::Paying,
    }
}
