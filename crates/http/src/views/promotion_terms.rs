//! What promotions ask for, what that will bring, and what is found about it.

use base::{CardId, Currency, Label, MethodId, Region};
use promotions::{Audience, Check, Gender, Language, Micros, PayWith, Quote, limits};
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// A price finer than money.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
#[schema(as = UnitPrice)]
pub(crate) struct UnitPriceView {
    /// Millionths of a minor unit: 2,500,000 are two and a half cents.
    #[schema(example = 2500000)]
    micros: u64,
    /// ISO 4217 code.
    #[schema(example = "USD")]
    currency: &'static str,
}

impl UnitPriceView {
    fn new(price: Micros, currency: Currency) -> UnitPriceView {
        UnitPriceView { micros: price.get(), currency: currency.code() }
    }
}

/// Whom a promotion is for. An empty list asks nothing.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Audience)]
pub(crate) struct AudienceView<'a> {
    /// True when nothing is asked.
    automatic: bool,
    #[schema(example = json!(["US"]))]
    countries: Vec<&'a str>,
    /// Subdivisions of countries.
    #[schema(example = json!(["CA-QC"]))]
    regions: Vec<&'a str>,
    languages: Vec<&'a str>,
    age_min: Option<u8>,
    age_max: Option<u8>,
    genders: Vec<&'static str>,
    interests: Vec<&'a str>,
    excluded_interests: Vec<&'a str>,
    devices: Vec<&'static str>,
}

impl<'a> AudienceView<'a> {
    pub(crate) fn new(audience: &'a Audience) -> AudienceView<'a> {
        let places = || audience.regions.iter().map(Region::as_str);
        AudienceView {
            automatic: *audience == Audience::automatic(),
            countries: places().filter(|code| code.len() == 2).collect(),
            regions: places().filter(|code| code.len() > 2).collect(),
            languages: audience.languages.iter().map(Language::as_str).collect(),
            age_min: audience.age_min,
            age_max: audience.age_max,
            genders: audience.genders.iter().map(|gender: &Gender| gender.as_str()).collect(),
            interests: audience.interests.iter().map(Label::as_str).collect(),
            excluded_interests: audience.excluded_interests.iter().map(Label::as_str).collect(),
            devices: audience.devices.iter().map(|device| device.as_str()).collect(),
        }
    }
}

/// What a budget will bring.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionQuote)]
pub(crate) struct QuoteView {
    /// What is billed: `view`, `engagement`, `profile_view`, `follow`, `click`, `message` or
    /// `sale`.
    #[schema(example = "view")]
    unit: &'static str,
    /// The most that one unit costs, ever.
    unit_price_max: UnitPriceView,
    /// At least so many units are expected for the budget; of a promotion that was changed on its
    /// way, as if all of the budget were spent as the rest is expected to be. `0` where what comes
    /// is chance, so that no range is told: fewer than 50 people, or than 10 units.
    units_low: u64,
    /// At most so many units are expected.
    units_high: u64,
    /// The number that is sold, of a guarantee; `null` also when the budget asks for more than can
    /// be promised.
    guaranteed_units: Option<u64>,
    /// People in the audience, in two significant digits, rounded down; 0 also when they are fewer
    /// than 50.
    audience_size: u64,
    #[schema(value_type = String, format = DateTime)]
    quoted_at: Time,
    /// Until then a draft can be submitted with it.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

impl QuoteView {
    pub(crate) fn new(quote: &Quote, currency: Currency) -> QuoteView {
        QuoteView {
            unit: quote.unit.as_str(),
            unit_price_max: UnitPriceView::new(quote.unit_price_max, currency),
            units_low: quote.units_low,
            units_high: quote.units_high,
            guaranteed_units: quote.guaranteed_units,
            audience_size: quote.audience_told(),
            quoted_at: Time(quote.quoted_at),
            expires_at: Time(quote.quoted_at.saturating_add(limits::QUOTE_LIFE)),
        }
    }
}

/// A finding of the preflight.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PromotionCheck)]
pub(crate) struct CheckView {
    #[schema(example = "budget_too_low")]
    code: &'static str,
    /// `blocker`: it cannot be submitted like this; `warning` or `hint`.
    #[schema(example = "blocker")]
    severity: &'static str,
    /// What is wrong.
    message: &'static str,
    /// What to do about it.
    fix: &'static str,
    /// JSON pointer (RFC 6901) of the field at fault, in what a promotion is composed of.
    #[schema(example = "/budget")]
    param: &'static str,
}

impl From<Check> for CheckView {
    fn from(check: Check) -> CheckView {
        CheckView {
            code: check.code.as_str(),
            severity: check.severity.as_str(),
            message: check.message,
            fix: check.fix,
            param: check.param,
        }
    }
}

/// What is to pay.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionTender)]
pub(crate) struct PayWithView {
    /// `gift_card`, `wallet` or `payment_method`.
    kind: &'static str,
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    #[schema(value_type = Option<String>)]
    payment_method: Option<Id<MethodId>>,
    /// The most that the payment method shall pay.
    amount: Option<MoneyView>,
}

impl PayWithView {
    pub(crate) fn new(pays: PayWith, currency: Currency) -> PayWithView {
        let nothing =
            PayWithView { kind: "wallet", gift_card: None, payment_method: None, amount: None };
        match pays {
            PayWith::Wallet => nothing,
            PayWith::Card(card) => {
                PayWithView { kind: "gift_card", gift_card: Some(Id(card)), ..nothing }
            }
            PayWith::Method { method, at_most } => PayWithView {
                kind: "payment_method",
                payment_method: Some(Id(method)),
                amount: at_most.map(|amount| MoneyView::new(amount, currency)),
                ..nothing
            },
        }
    }
}
