//! Verdicts on events.

use feed::verdict::Judgement;
use serde::Serialize;

/// One verdict for each event, in order.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FeedVerdicts)]
pub(crate) struct FeedEventsView {
    /// Always `feed_verdicts`.
    object: &'static str,
    results: Vec<VerdictView>,
}

/// What becomes of an event.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FeedVerdict)]
pub(crate) struct VerdictView {
    /// `billed`, `counted`, `invalid`, `duplicate`, `unknown` or `late`; of a returned sale also
    /// `repaid`.
    #[schema(example = "billed")]
    verdict: &'static str,
    /// Why it is neither billed, counted nor repaid.
    #[schema(example = "declared_bot")]
    reason: Option<&'static str>,
    /// The same as a sentence.
    message: Option<&'static str>,
    /// What a billed event costs, or what is repaid, in millionths of a minor unit of the
    /// promotion's currency.
    #[schema(example = 1200000)]
    price: Option<u64>,
}

impl FeedEventsView {
    pub(crate) fn new(judged: &[Judgement]) -> FeedEventsView {
        let results = judged.iter().map(|judgement| VerdictView {
            verdict: judgement.verdict.as_str(),
            reason: judgement.reason.map(feed::verdict::Reason::as_str),
            message: judgement.reason.map(feed::verdict::Reason::sentence),
            price: judgement.price.map(promotions::Micros::get),
        });
        FeedEventsView { object: "feed_verdicts", results: results.collect() }
    }
}
