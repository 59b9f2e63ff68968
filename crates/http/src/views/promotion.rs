//! Promotions.

use base::{CheckoutId, Instant, Label, OrderId, PersonId, PromotionId, Token};
use engine::PromotionDetails;
use promotions::{Authorization, End, Pauses, Promotion, State};
use serde::Serialize;

use crate::views::checkout::{self, NextActionView};
use crate::views::money::MoneyView;
use crate::views::promotion_terms::{AudienceView, CheckView, PayWithView, QuoteView};
use crate::views::{Id, MetadataView, Time};

/// A paid boost of a post.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Promotion)]
pub(crate) struct PromotionView<'a> {
    /// Always `promotion`.
    #[schema(pattern = "^promotion$")]
    object: &'static str,
    #[schema(value_type = String, example = "promo_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<PromotionId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    /// `draft`, `in_review`, `rejected`, `scheduled`, `running`, `paused`, `completed`, `stopped`
    /// or `settled`.
    #[schema(example = "running")]
    status: &'static str,
    /// Who pays.
    #[schema(value_type = String)]
    advertiser: Id<PersonId>,
    /// The post, by the platform's name for it.
    post: &'a str,
    /// `views`, `engagement`, `profile_views`, `followers`, `website_visits`, `messages` or
    /// `sales`.
    #[schema(example = "views")]
    goal: &'static str,
    /// How many units the advertiser hopes for.
    target: Option<u64>,
    audience: AudienceView<'a>,
    /// What may be spent, tax not counted.
    budget: MoneyView,
    /// The part of the budget that the platform adds.
    incentive: MoneyView,
    /// What may be spent by what is shown on one day of UTC.
    daily_budget: Option<MoneyView>,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Time,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Time,
    /// `estimate` or `guarantee`.
    #[schema(example = "estimate")]
    promise: &'static str,
    /// What was promised for it; of a draft, what would be.
    quote: QuoteView,
    /// Of a draft: all that the preflight finds. Only answers about this one promotion tell them;
    /// in lists and events it is `null`.
    checks: Option<Vec<CheckView>>,
    /// What pays, in this order.
    tenders: Vec<PayWithView>,
    /// Who agreed to pay, and how that is known.
    authorization: Option<AuthorizationView<'a>>,
    /// True while its advertiser pays for it: nothing about it changes meanwhile.
    being_paid: bool,
    /// Why paying has failed. Only the answer to `submit` tells it.
    #[schema(example = "declined")]
    failure: Option<&'a str>,
    /// What the payer must do before the payment goes on; in lists and events it is `null`.
    next_action: Option<NextActionView<'a>>,
    /// The checkout that pays, or has paid.
    #[schema(value_type = Option<String>)]
    checkout: Option<Id<CheckoutId>>,
    /// The order that has paid; in lists and events it is `null`.
    #[schema(value_type = Option<String>)]
    order: Option<Id<OrderId>>,
    /// What holds it up: `advertiser`, `platform`, `claim`, `post_private`, `payment_disputed`.
    paused_by: Vec<&'static str>,
    review: ReviewView<'a>,
    /// How it ended.
    end: Option<EndView>,
    /// Its money that is neither spent nor returned.
    escrow: MoneyView,
    /// What delivery has cost, less what was repaid for invalid delivery.
    spent: MoneyView,
    /// What was repaid of that because delivery turned out to be invalid.
    repaid: MoneyView,
    /// What went back to whoever paid, tax not counted.
    returned: MoneyView,
    /// Valid units.
    delivered_units: u64,
    /// Units that turned out to be invalid; they cost nothing.
    invalid_units: u64,
    /// Valid units that were delivered for nothing, because no money was there for them.
    unbilled_units: u64,
    /// When what is not spent goes back, once it has ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    settles_at: Option<Time>,
}

/// Who agreed to pay. Devices, sessions and addresses are kept as keyed hashes and never shown.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Authorization)]
struct AuthorizationView<'a> {
    /// `passkey`, `totp`, `password`, `mail_code`, `hand_over` or `none`.
    factor: &'static str,
    /// Whether a passkey has signed the amount and to whom it goes.
    signed: bool,
    terms_version: Option<&'a str>,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

/// What reviews have said.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionReview)]
struct ReviewView<'a> {
    /// The rule that it was rejected or stopped for last.
    rule: Option<&'a str>,
    /// True once an appeal was made against the last rejection.
    appealed: bool,
    /// The state of the post's content that was allowed last.
    approved_version: Option<&'a str>,
}

/// The end of a promotion.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionEnd)]
struct EndView {
    /// `time_over`, `advertiser`, `policy`, `post_deleted`, `payment` or `rejected`.
    cause: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

impl<'a> PromotionView<'a> {
    /// As lists and events show it.
    pub(crate) fn new(promotion: &'a Promotion, now: Instant) -> PromotionView<'a> {
        let terms = &promotion.terms;
        let money = |amount| MoneyView::from(promotion.money(amount));
        let currency = promotion.currency();
        let review = &promotion.review;
        PromotionView {
            object: "promotion",
            id: Id(promotion.id),
            created_at: Time(promotion.created_at),
            metadata: MetadataView(Some(&promotion.metadata)),
            status: status(promotion, now).as_str(),
            advertiser: Id(promotion.advertiser),
            post: promotion.post.as_str(),
            goal: terms.goal.as_str(),
            target: terms.target,
            audience: AudienceView::new(&terms.audience),
            budget: terms.budget.into(),
            incentive: money(terms.incentive),
            daily_budget: terms.daily_budget.map(money),
            starts_at: Time(terms.starts_at),
            ends_at: Time(terms.ends_at),
            promise: terms.promise.as_str(),
            quote: QuoteView::new(&promotion.quote, currency),
            checks: None,
            tenders: promotion.pay_with.iter().map(|it| PayWithView::new(*it, currency)).collect(),
            authorization: promotion.authorization.as_ref().map(AuthorizationView::new),
            being_paid: promotion.is_being_paid(),
            failure: None,
            next_action: None,
            checkout: promotion.checkout.map(Id),
            order: None,
            paused_by: paused_by(promotion.pauses),
            review: ReviewView {
                rule: review.rule.as_ref().map(Token::as_str),
                appealed: review.is_appealed,
                approved_version: review.approved_version.as_ref().map(Label::as_str),
            },
            end: promotion.end.map(EndView::new),
            escrow: money(promotion.left_in_escrow()),
            spent: money(promotion.spend.spent),
            repaid: money(promotion.spend.repaid),
            returned: money(promotion.returned),
            delivered_units: promotion.delivery.delivered(),
            invalid_units: promotion.delivery.invalid_units,
            unbilled_units: promotion.delivery.unbilled_units,
            settles_at: promotion.settles_at.map(Time),
        }
    }

    /// The same with what is known of its other rows.
    pub(crate) fn with_details(self, details: &'a PromotionDetails) -> PromotionView<'a> {
        let is_draft = details.promotion.state == State::Draft;
        let checks = || details.checks.iter().map(|check| CheckView::from(*check)).collect();
        PromotionView {
            checks: is_draft.then(checks),
            order: details.order.map(Id),
            next_action: details.waits_for.as_deref().and_then(checkout::next_action),
            ..self
        }
    }

    /// The same with why paying has failed.
    pub(crate) fn with_failure(self, failure: Option<&'a str>) -> PromotionView<'a> {
        PromotionView { failure, ..self }
    }
}

impl<'a> AuthorizationView<'a> {
    fn new(authorization: &'a Authorization) -> AuthorizationView<'a> {
        AuthorizationView {
            factor: authorization.factor.as_str(),
            signed: authorization.act.is_some(),
            terms_version: authorization.terms_version.as_ref().map(Token::as_str),
            at: Time(authorization.at),
        }
    }
}

impl EndView {
    fn new(end: End) -> EndView {
        EndView { cause: end.cause.as_str(), at: Time(end.at) }
    }
}

/// Where a promotion stands: what time leads to counts before it is booked.
pub(crate) fn status(promotion: &Promotion, now: Instant) -> State {
    let terms = &promotion.terms;
    match promotion.state {
        state if state.is_under_way() && terms.ends_at <= now => State::Completed,
        State::Scheduled if terms.starts_at <= now => State::Running,
        state => state,
    }
}

fn paused_by(pauses: Pauses) -> Vec<&'static str> {
    let all = [
        (pauses.by_advertiser, "advertiser"),
        (pauses.by_platform, "platform"),
        (pauses.by_claim, "claim"),
        (pauses.post_is_private, "post_private"),
        (pauses.is_disputed, "payment_disputed"),
    ];
    all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect()
}
