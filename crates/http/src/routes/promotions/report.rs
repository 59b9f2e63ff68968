//! `GET /v1/promotions/{id}/report`: what was planned, what was delivered, and why it was less.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use base::{PromotionId, Span};
use engine::{Answer, Query as Question};
use promotions::{Audience, Deed, Terms};
use serving::Asked;

use crate::call::{Call, Caller};
use crate::fields::{Checked, refuse};
use crate::inventory::inventory_of;
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::reply::Reply;
use crate::scope::Read;
use crate::sight::Sight;
use crate::views::promotion_report::PromotionReportView;

query_parameters! {
    /// How fine.
    ReportQuery {
        /// `minute`, `hour` when left out, or `day` (UTC).
        #[param(pattern = "^(minute|hour|day)$")]
        bucket,
    }
}

/// Report on a promotion
///
/// What was planned by now, what was delivered and spent, and for the difference what it is due to:
/// the platform, the market, the advertiser, a rule. The parts add up exactly. What nobody could
/// see, as during an outage, is estimated from the same hours before, and says so. With it: who was
/// reached, whether that is what was quoted, and which changes of a setting would help.
#[utoipa::path(get, path = "/v1/promotions/{id}/report", operation_id = "report_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion"), ReportQuery),
    responses((status = 200, description = "The report", body = PromotionReportView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id: PromotionId = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let query: ReportQuery = call.query()?;
    let bucket = bucket(query.bucket.as_deref().unwrap_or("hour"))?;
    let caller = &call.caller;
    let missing = || Problem::new(&catalog::PROMOTION_NOT_FOUND);
    let answer = caller.book().ask(Question::Promotion(id)).await?;
    let Some(Answer::Promotion { promotion, .. }) = answer else { return Err(missing()) };
    let deeds = deeds_of(caller, id).await?;
    let keeper = caller.book().feed().cloned();
    let (of_promotion, assumed) = (promotion.clone(), caller.app.limits.assumed_feed.clone());
    let terms_deed = promotions::terms_deed(&deeds).map_or(0, |deed| deed.number);
    let made = crate::blocking::spawn(move || {
        let feed = keeper.as_ref().and_then(|keeper| keeper.feed());
        feed.map(|feed| {
            let terms = &of_promotion.terms;
            let reach = |audience: &Audience| {
                let terms = Terms { audience: audience.clone(), ..terms.clone() };
                inventory_of(Some(feed), &assumed, &terms).opportunities_per_day
            };
            let (promotion, deeds) = (&of_promotion, deeds.as_slice());
            feed.report_on(&Asked { promotion, deeds, stretch: bucket, reach: &reach })
        })
    });
    let made = made.await.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?;
    let view = PromotionReportView::new(&promotion, made.as_ref(), (bucket, terms_deed));
    Ok(Reply::view(StatusCode::OK, &view))
}

fn bucket(text: &str) -> Checked<Span> {
    match text {
        "minute" => Ok(Span::minutes(1)),
        "hour" => Ok(Span::hours(1)),
        "day" => Ok(Span::days(1)),
        _ => Err(refuse("bucket", "must be one of minute, hour, day")),
    }
}

/// What was done to the promotion, in order.
pub(crate) async fn deeds_of(
    caller: &Caller,
    promotion: PromotionId,
) -> Result<Vec<Deed>, Problem> {
    let book = caller.book();
    let written = caller.key.last_write.load(Ordering::Relaxed).max(book.opened_at_seq());
    let sight = Sight::of_book(book, written).await?;
    book.reads().read(sight, move |reader| jobs::deeds_of(reader, promotion)).await
}
