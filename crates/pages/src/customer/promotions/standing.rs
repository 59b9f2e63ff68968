//! Where a promotion stands, why, and what may be done with it.

use maud::{Markup, html};

use crate::components::{Step, StepState};
use crate::{Moment, Words, moment};

/// Where a promotion stands.
#[derive(Clone, Debug)]
pub struct StandingView<'a> {
    /// Its status, by its name.
    pub status: &'a str,
    /// What holds it up.
    pub paused_by: Vec<&'a str>,
    /// The rule that it was rejected or stopped for.
    pub rule: Option<&'a str>,
    /// How it ended.
    pub end: Option<&'a str>,
    /// Whether another look was asked for.
    pub is_appealed: bool,
    /// When it was paid, allowed or rejected, and settled.
    pub paid_at: Option<Moment<'a>>,
    /// When a review decided.
    pub reviewed_at: Option<Moment<'a>>,
    /// When everything that was not spent had gone back.
    pub settled_at: Option<Moment<'a>>,
    /// When it begins.
    pub starts_at: Moment<'a>,
    /// When it ends, or has.
    pub ends_at: Moment<'a>,
    /// When what is not spent goes back.
    pub settles_at: Option<Moment<'a>>,
}

impl StandingView<'_> {
    /// Whether nothing changes any more but by what comes back.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status, "settled" | "rejected")
    }

    fn is_under_way(&self) -> bool {
        matches!(self.status, "scheduled" | "running" | "paused")
    }

    pub(super) fn can_pause(&self) -> bool {
        matches!(self.status, "scheduled" | "running")
    }

    pub(super) fn can_resume(&self) -> bool {
        self.status == "paused" && self.paused_by.contains(&"advertiser")
    }

    pub(super) fn can_change(&self) -> bool {
        self.is_under_way() || self.status == "in_review"
    }

    pub(super) fn can_stop(&self) -> bool {
        self.can_change()
    }

    pub(super) fn can_appeal(&self) -> bool {
        self.status == "rejected" && !self.is_appealed
    }

    /// Its way in steps.
    pub(super) fn steps(&self, words: Words) -> Vec<Step> {
        let at = |at: Option<Moment<'_>>| match at {
            Some(at) => moment(words, at),
            None => html! {},
        };
        let step = |what, when, state| Step { what: words.text(what).to_owned(), when, state };
        let is_rejected = self.status == "rejected" || self.end == Some("rejected");
        let is_reviewed = self.reviewed_at.is_some();
        let has_begun = matches!(self.status, "running" | "paused" | "completed" | "stopped");
        let has_ended = matches!(self.status, "completed" | "stopped") || self.is_over();
        let is_settled = self.status == "settled";
        let reached = |is_done: bool, is_now: bool| match (is_done, is_now) {
            (true, _) => StepState::Done,
            (false, true) => StepState::Now,
            (false, false) => StepState::ToCome,
        };
        let review_name = match is_rejected {
            true => "promotion.step_rejected",
            false => "promotion.step_review",
        };
        let review_when = match self.reviewed_at {
            Some(when) => moment(words, when),
            None => html! { (words.text("promotion.within_a_day")) },
        };
        let is_in_review = self.status == "in_review";
        let mut all = vec![step("promotion.step_paid", at(self.paid_at), StepState::Done)];
        if is_reviewed || is_in_review {
            all.push(step(review_name, review_when, reached(!is_in_review, true)));
        }
        if !is_rejected {
            let is_next = self.status == "scheduled";
            let begins = reached(has_begun || is_settled, is_next);
            all.push(step("promotion.step_start", at(Some(self.starts_at)), begins));
            let is_next = matches!(self.status, "running" | "paused");
            all.push(step(
                "promotion.step_end",
                at(Some(self.ends_at)),
                reached(has_ended, is_next),
            ));
        }
        let back = at(self.settled_at.or(self.settles_at));
        all.push(step("promotion.step_settled", back, reached(is_settled, has_ended)));
        all
    }
}

/// Why it stands there, in a sentence or two.
pub(super) fn why(words: Words, view: &StandingView<'_>) -> String {
    let with_rule = |plain: &str, ruled: &str| match view.rule {
        Some(rule) => words.with(ruled, &[("rule", rule)]),
        None => words.text(plain).to_owned(),
    };
    let name = match view.status {
        "draft" => "promotion.why_draft",
        "in_review" => "promotion.why_in_review",
        "rejected" => {
            return with_rule("promotion.why_rejected", "promotion.why_rejected_rule");
        }
        "scheduled" => "promotion.why_scheduled",
        "running" => "promotion.why_running",
        "paused" => paused(view),
        "stopped" if view.end == Some("policy") => {
            return with_rule("promotion.why_stopped", "promotion.why_stopped_rule");
        }
        "stopped" if view.end == Some("post_deleted") => "promotion.why_post_deleted",
        "stopped" => "promotion.why_stopped",
        "settled" => "promotion.why_settled",
        _ => "promotion.why_completed",
    };
    words.text(name).to_owned()
}

fn paused(view: &StandingView<'_>) -> &'static str {
    let name = |cause: &&str| match *cause {
        "payment_disputed" => Some("promotion.why_paused_disputed"),
        "claim" => Some("promotion.why_paused_claim"),
        "platform" => Some("promotion.why_paused_platform"),
        "post_private" => Some("promotion.why_paused_private"),
        "advertiser" => Some("promotion.why_paused_advertiser"),
        _ => None,
    };
    view.paused_by.iter().find_map(name).unwrap_or("promotion.why_paused")
}

/// A moment for a sentence.
pub(super) fn told(words: Words, at: Moment<'_>) -> String {
    crate::show::moment_text(words, at)
}

/// Text as a cell.
pub(super) fn cell(text: &str) -> Markup {
    html! { (text) }
}
