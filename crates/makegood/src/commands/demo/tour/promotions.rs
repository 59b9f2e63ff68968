//! The part of the tour about promotions: one that runs while it is looked at, and one that is
//! settled.

use super::{Guide, Step};

impl Guide<'_> {
    pub(super) fn promotions(&self) -> Vec<Step> {
        let shown = &self.opened.promotions;
        let report = |promotion: base::PromotionId, bucket: &str| {
            format!("/v1/promotions/{promotion}/report?bucket={bucket}")
        };
        let running = shown.running.map(|running| {
            self.get(
                "A promotion that runs: people look at it now, so the next look shows more.",
                &report(running, "hour"),
            )
        });
        let settled = [
            self.get(
                "One that is settled: what was spent, and what went back to the method that paid.",
                &format!("/v1/promotions/{}", shown.settled),
            ),
            self.get(
                "Why it got less than planned, and which events were not billed.",
                &report(shown.settled, "hour"),
            ),
        ];
        running.into_iter().chain(settled).collect()
    }
}
