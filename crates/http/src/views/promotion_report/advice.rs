//! Whether a promotion goes as was quoted, and what would help.

use feed::shortfall::{Alert, Side, Suggestion, Why};
use promotions::{Alarm, Promotion, SuggestionNumber, Terms};
use serde::Serialize;
use serving::Report;

use crate::views::Time;
use crate::views::promotion_terms::AudienceView;

/// That a promotion brings less or more than was quoted.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionAlert)]
pub(super) struct AlertView {
    /// `behind_plan` or `ahead_of_plan`.
    #[schema(example = "behind_plan")]
    code: &'static str,
    /// The end of the first full hour in which it was so, and since when it has not been as was
    /// quoted again.
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// What is the matter, in a sentence or two.
    message: String,
    /// What to do about it, in a sentence.
    fix: String,
    /// Units by the last hour whose events are in.
    units: u64,
    /// At least so many were expected by then.
    units_low: u64,
    /// At most.
    units_high: u64,
    /// What most of what is missing is due to.
    cause: Option<&'static str>,
}

impl AlertView {
    /// Of a report that has one.
    pub(super) fn of(report: &Report) -> Option<AlertView> {
        let Alert { alarm, since, units, expected, why } = report.alert?;
        let mut message = format!(
            "It has brought {units} units, and {} to {} were to be expected by then",
            expected.low, expected.high,
        );
        message.push_str(match report.is_day_known {
            true => ".",
            false => ", whichever hours of its viewers' days are quiet.",
        });
        if (expected.low..=expected.high).contains(&units) {
            message.push_str(" That is nearly as was quoted again.");
        }
        if let Some(why) = why {
            message.push_str(&format!(" Most of what is missing is due to: {}.", why.phrase()));
        }
        Some(AlertView {
            code: alarm.as_str(),
            since: Time(since),
            message,
            fix: fix(alarm, why, &report.suggestions),
            units,
            units_low: expected.low,
            units_high: expected.high,
            cause: why.map(Why::as_str),
        })
    }
}

fn fix(alarm: Alarm, why: Option<Why>, suggestions: &[Suggestion]) -> String {
    let why = match (alarm, why) {
        (Alarm::Ahead, _) => {
            return "Nothing: no unit costs more than was quoted, and the budget holds.".to_owned();
        }
        (Alarm::Behind, why) => why,
    };
    let text = match why {
        Some(Why::AdvertiserPause) => "Resume it.",
        Some(Why::PostPrivate) => "Make the post public.",
        Some(Why::Policy) => "Read its history for the rule, and change the post.",
        _ if !suggestions.is_empty() => "Apply the first of the suggestions.",
        Some(why) if why.side() == Side::Platform => {
            "Nothing: that is the platform's doing, and what is not delivered is not paid for."
        }
        _ => "Nothing helps that is known: what is not spent comes back after the end.",
    };
    text.to_owned()
}

/// A change of one setting that would help.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionSuggestion)]
pub(super) struct SuggestionView {
    /// Its number, for `POST /v1/promotions/{id}/suggestions/{n}/apply`. It names the change and
    /// the terms that it was made for.
    n: u64,
    /// JSON pointer (RFC 6901) of the setting, in what a promotion is composed of.
    #[schema(example = "/ends_at")]
    setting: &'static str,
    /// What to do and what is expected of it, in a sentence.
    message: String,
    /// The setting as it would be.
    change: ChangeView,
    /// What it is made against; see `waterfall`.
    #[schema(example = "outbid")]
    cause: &'static str,
    /// Units that are expected from now to the end, as it is.
    units_as_is: u64,
    /// Units that are expected beyond these, when it is applied now.
    units_more: u64,
    /// Always true: it is computed from what was lost so far, as if it went on like that.
    is_estimate: bool,
}

/// The setting that would change.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SuggestedChange)]
struct ChangeView {
    /// A later end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Time>,
    /// A wider audience.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AudienceView>)]
    audience: Option<serde_json::Value>,
    /// `null`: no daily budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    daily_budget: Option<serde_json::Value>,
}

impl SuggestionView {
    /// `terms_deed` is the deed since which the terms hold.
    pub(super) fn new(
        one: &Suggestion,
        promotion: &Promotion,
        terms_deed: u32,
    ) -> Option<SuggestionView> {
        let before = &promotion.terms;
        let after = one.change.apply(before)?;
        let n = SuggestionNumber { deed: terms_deed, change: one.change }.get();
        let message = format!(
            "{}: about {} units more are to be expected until the end, beside {}.",
            one.change.words(),
            one.units_more,
            one.units_as_is,
        );
        Some(SuggestionView {
            n,
            setting: one.change.setting(),
            message,
            change: ChangeView::new(before, &after),
            cause: one.why.as_str(),
            units_as_is: one.units_as_is,
            units_more: one.units_more,
            is_estimate: true,
        })
    }
}

impl ChangeView {
    fn new(before: &Terms, after: &Terms) -> ChangeView {
        let audience = (before.audience != after.audience)
            .then(|| serde_json::to_value(AudienceView::new(&after.audience)).unwrap_or_default());
        ChangeView {
            ends_at: (before.ends_at != after.ends_at).then_some(Time(after.ends_at)),
            audience,
            daily_budget: (before.daily_budget != after.daily_budget)
                .then_some(serde_json::Value::Null),
        }
    }
}
