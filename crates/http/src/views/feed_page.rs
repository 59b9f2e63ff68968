//! Promoted posts of a page.

use base::PromotionId;
use serde::Serialize;
use serving::Served;

use crate::views::Id;

/// What was chosen for a page.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FeedPage)]
pub(crate) struct FeedPageView<'a> {
    /// Always `feed_page`.
    object: &'static str,
    /// Best first.
    offers: Vec<OfferView<'a>>,
}

/// A promoted post.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FeedOffer)]
pub(crate) struct OfferView<'a> {
    #[schema(value_type = String, example = "promo_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    promotion: Id<PromotionId>,
    /// Your name for the post.
    #[schema(example = "video-1001")]
    post: &'a str,
    /// Brings its events back.
    token: &'a str,
    /// What must stand beside the post.
    #[schema(example = "Promoted, paid by Ann")]
    label: String,
    /// Why this viewer sees it: ends of a sentence that begins with "because you". Empty when
    /// everybody may.
    #[schema(example = json!(["are in US"]))]
    why: Vec<String>,
}

impl<'a> FeedPageView<'a> {
    pub(crate) fn new(served: &'a [Served]) -> FeedPageView<'a> {
        let offers = served.iter().map(|served| OfferView {
            promotion: Id(served.offer.promotion),
            post: served.offer.post.as_str(),
            token: &served.token,
            label: served.offer.label.to_string(),
            why: served.offer.why.iter().map(ToString::to_string).collect(),
        });
        FeedPageView { object: "feed_page", offers: offers.collect() }
    }
}
