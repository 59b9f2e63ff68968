//! Verdicts on events.

use feed::verdict::{Judgement, Overloaded};
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
    /// `repaid`. `busy` when it was not judged, because too much of its kind is remembered: send it
    /// again later.
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
    pub(crate) fn new(judged: &[Result<Judgement, Overloaded>]) -> FeedEventsView {
        let results = judged.iter().map(|one| one.map_or(VerdictView::BUSY, VerdictView::of));
        FeedEventsView { object: "feed_verdicts", results: results.collect() }
    }
}

impl VerdictView {
    const BUSY: VerdictView = VerdictView {
        verdict: "busy",
        reason: None,
        message: Some("Too much of its kind is remembered: send it again later."),
        price: None,
    };

    fn of(judgement: Judgement) -> VerdictView {
        VerdictView {
            verdict: judgement.verdict.as_str(),
            reason: judgement.reason.map(feed::verdict::Reason::as_str),
            message: judgement.reason.map(feed::verdict::Reason::sentence),
            price: judgement.price.map(promotions::Micros::get),
        }
    }
}
