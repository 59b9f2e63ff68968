//! What was done to promotions.

use base::{DeedId, Label, PersonId, PromotionId, Token};
use promotions::{Deed, Terms};
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::promotion_terms::AudienceView;
use crate::views::{Id, Time};

/// Something that was done to a promotion. It never changes.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionDeed)]
pub(crate) struct DeedView<'a> {
    /// Always `promotion_deed`.
    #[schema(pattern = "^promotion_deed$")]
    object: &'static str,
    #[schema(value_type = String, example = "deed_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<DeedId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String)]
    promotion: Id<PromotionId>,
    /// The how manyth deed of the promotion, from 1, without a gap.
    number: u32,
    /// `composed`, `edited`, `submitted`, `payment_failed`, `funded`, `approved`, `rejected`,
    /// `appealed`, `started`, `paused`, `resumed`, `content_changed`, `post_hidden`, `post_shown`,
    /// `stopped`, `completed`, `settled`, `disputed`, `dispute_over`, `behind_plan`,
    /// `ahead_of_plan` or `back_on_plan`.
    #[schema(example = "approved")]
    kind: &'static str,
    /// In which capacity: `advertiser`, `staff` or `platform`, which is a rule, or time.
    role: &'static str,
    /// Who, if that was told.
    #[schema(value_type = Option<String>)]
    by: Option<Id<PersonId>>,
    /// The rule it was done for.
    rule: Option<&'a str>,
    /// The state of the post's content that was approved or rejected, or that is new.
    content_version: Option<&'a str>,
    /// The terms from then on, of what was composed or edited.
    terms: Option<TermsView<'a>>,
}

/// What was asked for.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionTerms)]
struct TermsView<'a> {
    goal: &'static str,
    target: Option<u64>,
    audience: AudienceView<'a>,
    budget: MoneyView,
    incentive: MoneyView,
    daily_budget: Option<MoneyView>,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Time,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Time,
    promise: &'static str,
}

impl<'a> DeedView<'a> {
    pub(crate) fn new(deed: &'a Deed) -> DeedView<'a> {
        DeedView {
            object: "promotion_deed",
            id: Id(deed.id),
            created_at: Time(deed.at),
            promotion: Id(deed.promotion),
            number: deed.number,
            kind: deed.kind.as_str(),
            role: deed.actor.role.as_str(),
            by: deed.actor.person.map(Id),
            rule: deed.rule.as_ref().map(Token::as_str),
            content_version: deed.content_version.as_ref().map(Label::as_str),
            terms: deed.terms.as_ref().map(TermsView::new),
        }
    }
}

impl<'a> TermsView<'a> {
    fn new(terms: &'a Terms) -> TermsView<'a> {
        let money = |amount| MoneyView::new(amount, terms.currency());
        TermsView {
            goal: terms.goal.as_str(),
            target: terms.target,
            audience: AudienceView::new(&terms.audience),
            budget: terms.budget.into(),
            incentive: money(terms.incentive),
            daily_budget: terms.daily_budget.map(money),
            starts_at: Time(terms.starts_at),
            ends_at: Time(terms.ends_at),
            promise: terms.promise.as_str(),
        }
    }
}
