//! Promotions as the feed knows them.

use base::Text;
use feed::{Chance, FrequencyCap, Plan, Promoted};
use promotions::{Post, Promotion};

use crate::payer;

/// Whether it is said to bring less or more than was quoted: it was allowed once, and is not over.
pub(crate) fn is_candidate(promotion: &Promotion) -> bool {
    promotion.review.approved_version.is_some() && promotion.state.is_under_way()
}

/// The key of a promotion's metadata that names who pays, where that is not who made the post:
/// viewers are to be told who it is (article 26 of Regulation (EU) 2022/2065).
const PAYER: &str = "payer";

/// What choosing needs to know. `creator` is the name of whoever made the post.
pub(crate) fn promoted(
    promotion: &Promotion,
    post: &Post,
    creator: &Text<200>,
    believed: Chance,
) -> Promoted {
    let told = promotion.metadata.iter().find(|(key, name)| *key == PAYER && !name.is_empty());
    let name = told.map_or(creator.as_str(), |(_, name)| name);
    Promoted::of(promotion, post, payer(name), believed)
}

/// What is to be spent, and when.
pub(crate) fn plan(promotion: &Promotion) -> Plan {
    Plan::of(promotion)
}

/// How often one viewer is shown a promotion.
pub(crate) fn cap() -> FrequencyCap {
    FrequencyCap::default()
}
