//! Selling: from a campaign of the world to terms, a quote and what the feed is told.

use base::{CreatorId, Instant, Label, Money, Text};
use feed::{Chance, FrequencyCap, History, Plan, Pricing, Promoted, Standing};
use promotions::{Goal, Micros, PostKind, Promise, Quote, Terms, Visibility};
use world::{Campaign, CampaignNumber};

use crate::book::CURRENCY;
use crate::platform::{hash, promotion_of};
use crate::setting::Setting;

/// What was sold by a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Of which campaign.
    pub campaign: CampaignNumber,
    /// What was asked for.
    pub terms: Terms,
    /// What was promised.
    pub quote: Quote,
}

/// What the history of the feed says of a campaign, and the chance of a unit. A budget of which no
/// guarantee can be given is made as large as one can be.
pub(crate) fn quoted(
    campaign: &Campaign,
    history: &History,
    setting: &Setting,
    promise: Promise,
    now: Instant,
) -> Option<(Terms, Quote, Chance)> {
    let goal = campaign.goal;
    let mut terms = terms(campaign, promise);
    let inventory =
        history.inventory(&campaign.audience, goal, CURRENCY, setting.cap, setting.reserve);
    if promise == Promise::Guarantee {
        let most = promotions::guaranteeable(&terms, &inventory, now);
        terms.budget.amount = terms.budget.amount.min(most);
        terms.daily_budget = None;
    }
    let quote = promotions::quote(&terms, &inventory, now);
    let believed = Chance::from_billionths(inventory.units_per_million.saturating_mul(1_000));
    let is_offered = quote.units_high > 0 && !terms.budget.amount.is_zero();
    is_offered.then_some((terms, quote, believed))
}

/// What keeps the place of a promotion that is not sold yet.
pub(crate) fn unsold(
    campaign: &Campaign,
    quote: &Quote,
    believed: Chance,
    cap: FrequencyCap,
) -> Promoted {
    let terms = terms(campaign, Promise::Estimate);
    let post = post(campaign, quote.quoted_at);
    Promoted {
        promotion: promotion_of(campaign.number),
        post: post.name,
        creator: post.creator,
        payer: feed::Payer(Text::new("An advertiser").expect("short")),
        goal: campaign.goal,
        audience: campaign.audience.clone(),
        currency: CURRENCY,
        plan: Plan {
            budget: Micros::of(terms.budget.amount),
            daily: terms.daily_budget.map(Micros::of),
            starts_at: campaign.starts_at,
            ends_at: campaign.ends_at,
        },
        pricing: Pricing::Fixed(quote.unit_price_max),
        quoted: None,
        cap,
        believed,
        standing: Standing::Withheld,
    }
}

/// The chance of a unit that platforms of this kind tell of, before anything was seen.
pub(crate) fn usual_chance(goal: Goal) -> Chance {
    let millionths = match goal {
        Goal::Views => 550_000,
        Goal::Engagement => 20_000,
        Goal::ProfileViews => 10_000,
        Goal::Followers => 3_000,
        Goal::WebsiteVisits => 8_000,
        Goal::Messages => 1_400,
        Goal::Sales => 800,
    };
    Chance::from_billionths(millionths * 1_000)
}

/// What a campaign asks for.
pub(crate) fn terms(campaign: &Campaign, promise: Promise) -> Terms {
    let minor = |minor| Money::new(minor, CURRENCY).expect("budgets are not negative");
    Terms {
        goal: campaign.goal,
        target: None,
        audience: campaign.audience.clone(),
        budget: minor(campaign.budget),
        incentive: base::Amount::ZERO,
        daily_budget: campaign.daily_budget.map(|daily| minor(daily).amount),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        promise,
    }
}

/// A quote that asks what the campaign is ready to pay, and tells no range: nothing was seen yet.
pub(crate) fn asked(campaign: &Campaign, now: Instant) -> Quote {
    let price = campaign.price_per_thousand.unsigned_abs() * Micros::PER_MINOR / 1_000;
    let units = campaign.budget.unsigned_abs() * Micros::PER_MINOR / price.max(1);
    Quote {
        unit: campaign.goal.billed(),
        unit_price_max: Micros::new(price.max(1)),
        units_low: 0,
        units_high: units.max(1) * 2,
        guaranteed_units: None,
        audience_size: 1_000,
        quoted_at: now,
    }
}

/// The post of a campaign.
pub(crate) fn post(campaign: &Campaign, now: Instant) -> promotions::Post {
    let name = format!("post-{}", campaign.number);
    let label = Label::new(&name).expect("letters and digits");
    promotions::Post {
        id: promotions::post_id(&label),
        name: label,
        url: Text::new(&format!("https://example.com/{name}")).expect("short"),
        creator: CreatorId::from_bits(hash(campaign.creator.as_str()).into()),
        kind: PostKind::Video,
        visibility: Visibility::Public,
        language: None,
        tags: campaign.tags.clone(),
        content_version: Label::new("v1").expect("letters and digits"),
        is_deleted: false,
        promotions: Vec::new(),
        created_at: now,
        published_at: None,
    }
}
