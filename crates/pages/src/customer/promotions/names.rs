//! Names of what promotions are made of. What is not known here is told as the API calls it.

use crate::Words;
use crate::components::{Icon, Tone};

/// What a promotion is to bring.
pub(crate) fn goal(goal: &str) -> &'static str {
    match goal {
        "engagement" => "boost.goal_engagement",
        "profile_views" => "boost.goal_profile_views",
        "followers" => "boost.goal_followers",
        "website_visits" => "boost.goal_website_visits",
        "messages" => "boost.goal_messages",
        "sales" => "boost.goal_sales",
        _ => "boost.goal_views",
    }
}

/// Every goal.
pub(super) const GOALS: [&str; 7] =
    ["views", "engagement", "profile_views", "followers", "website_visits", "messages", "sales"];

/// What counts as one of what is paid for.
pub(super) fn counts(goal: &str) -> &'static str {
    match goal {
        "engagement" => "boost.counts_engagement",
        "profile_views" => "boost.counts_profile_views",
        "followers" => "boost.counts_followers",
        "website_visits" => "boost.counts_website_visits",
        "messages" => "boost.counts_messages",
        "sales" => "boost.counts_sales",
        _ => "boost.counts_views",
    }
}

/// Within how many days after its end a promotion is settled: what people sleep on counts for a
/// week, and late verdicts are waited for three days.
pub(super) fn settled_within_days(goal: &str) -> &'static str {
    match goal {
        "messages" | "sales" => "10",
        _ => "4",
    }
}

/// A number of billed units.
pub(crate) fn units(words: Words, unit: &str, count: u64) -> String {
    let name = match unit {
        "engagement" => "boost.unit_engagement",
        "profile_view" => "boost.unit_profile_view",
        "follow" => "boost.unit_follow",
        "click" => "boost.unit_click",
        "message" => "boost.unit_message",
        "sale" => "boost.unit_sale",
        _ => "boost.unit_view",
    };
    words.counted(name, count)
}

/// Where a promotion stands.
pub(super) fn standing(status: &str) -> (Tone, &'static str) {
    match status {
        "draft" => (Tone::Plain, "promotion.draft"),
        "in_review" => (Tone::Wait, "promotion.in_review"),
        "rejected" => (Tone::Bad, "promotion.rejected"),
        "scheduled" => (Tone::Wait, "promotion.scheduled"),
        "running" => (Tone::Good, "promotion.running"),
        "paused" => (Tone::Wait, "promotion.paused"),
        "stopped" => (Tone::Bad, "promotion.stopped"),
        "settled" => (Tone::Plain, "promotion.settled"),
        _ => (Tone::Plain, "promotion.completed"),
    }
}

/// Why something is missing.
pub(super) fn cause(cause: &str) -> &'static str {
    match cause {
        "outage" => "cause.outage",
        "errors" => "cause.errors",
        "intake" => "cause.intake",
        "incident" => "cause.incident",
        "review" => "cause.review",
        "platform_pause" => "cause.platform_pause",
        "invalid" => "cause.invalid",
        "policy" => "cause.policy",
        "advertiser_pause" => "cause.advertiser_pause",
        "post_private" => "cause.post_private",
        "post_deleted" => "cause.post_deleted",
        "advertiser_stop" => "cause.advertiser_stop",
        "disputed" => "cause.disputed",
        "narrowed" => "cause.narrowed",
        "daily_budget" => "cause.daily_budget",
        "outbid" => "cause.outbid",
        "currency" => "cause.currency",
        "cap" => "cause.cap",
        "audience" => "cause.audience",
        "pacing" => "cause.pacing",
        "budget" => "cause.budget",
        "lease" => "cause.lease",
        _ => "cause.other",
    }
}

/// Why an event did not count.
pub(super) fn invalid(cause: &str) -> &'static str {
    match cause {
        "automated_traffic" => "cause.automated_traffic",
        "platform" => "cause.platform",
        "advertiser" => "cause.advertiser",
        "too_short" => "cause.too_short",
        "repetition" => "cause.repetition",
        "unlike_selection" => "cause.unlike_selection",
        "returned" => "cause.returned",
        _ => "cause.other",
    }
}

/// Whose doing something is, with the ink of its bar.
pub(super) fn side(side: &str) -> (&'static str, u8) {
    match side {
        "platform" => ("promotion.side_platform", 1),
        "market" => ("promotion.side_market", 2),
        "policy" => ("promotion.side_policy", 4),
        _ => ("promotion.side_advertiser", 3),
    }
}

/// Events of a kind.
pub(super) fn event(kind: &str) -> &'static str {
    match kind {
        "impression" => "promotion.event_impression",
        "engagement" => "promotion.event_engagement",
        "profile_view" => "promotion.event_profile_view",
        "follow" => "promotion.event_follow",
        "click" => "promotion.event_click",
        "message" => "promotion.event_message",
        "sale" => "promotion.event_sale",
        _ => "promotion.event_view",
    }
}

/// By what people are grouped.
pub(super) fn dimension(by: &str) -> &'static str {
    match by {
        "country" => "promotion.by_country",
        "region" => "promotion.by_region",
        "age" => "promotion.by_age",
        "gender" => "promotion.by_gender",
        "device" => "promotion.by_device",
        "language" => "promotion.by_language",
        _ => "promotion.by_interest",
    }
}

/// What was repaid without being asked for.
pub(super) fn restitution(kind: &str) -> &'static str {
    match kind {
        "late_invalid" => "promotion.repaid_late_invalid",
        "incident" => "promotion.repaid_incident",
        "overspend" => "promotion.repaid_overspend",
        "wrong_delivery" => "promotion.repaid_wrong_delivery",
        "double_capture" => "promotion.repaid_double_capture",
        _ => "promotion.repaid_unspent",
    }
}

/// A gender or device, of those that an audience may ask for or a report tells of.
pub(super) fn person(value: &str) -> Option<&'static str> {
    Some(match value {
        "female" => "boost.female",
        "male" => "boost.male",
        "other" => "boost.other_gender",
        "phone" => "boost.phone",
        "tablet" => "boost.tablet",
        "desktop" => "boost.desktop",
        "tv" => "boost.tv",
        _ => return None,
    })
}

/// How a finding looks.
pub(super) fn severity(severity: &str) -> (Tone, &'static str) {
    match severity {
        "blocker" => (Tone::Bad, "boost.blocker"),
        "warning" => (Tone::Wait, "boost.warning"),
        _ => (Tone::Plain, "boost.hint"),
    }
}

/// The picture of the main act.
pub(super) const BOOST: Option<Icon> = Some(Icon::Boost);

/// What was just done, by the end of its name.
pub(super) fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "applied" => "promotion.done_applied",
        "paused" => "promotion.done_paused",
        "resumed" => "promotion.done_resumed",
        "stopped" => "promotion.done_stopped",
        "changed" => "promotion.done_changed",
        "appealed" => "promotion.done_appealed",
        "paid" => "promotion.done_paid",
        "quoted" => "promotion.done_quoted",
        _ => return None,
    })
}
