//! `GET /v1/promotions/{id}/report`: what was planned, what was delivered, and why it was less.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use base::{Instant, PromotionId, Span};
use engine::{Answer, Query as Question};
use promotions::{Audience, Deed, Promotion, Terms};
use serving::{Asked, Report, ServingError};

use crate::call::{Call, Caller};
use crate::fields::{Checked, refuse};
use crate::inventory::inventory_of;
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::reply::Reply;
use crate::scope::Read;
use crate::sight::Sight;
use crate::views::promotion_report::{PromotionReportView, sentences};

query_parameters! {
    /// How fine.
    ReportQuery {
        /// `minute` (within its first ten days), `hour` when left out, or `day` (UTC).
        #[param(pattern = "^(minute|hour|day)$")]
        bucket,
    }
}

/// The longest time that is told by the minute.
const BY_THE_MINUTE_MAX: Span = Span::days(10);

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
    if promotion.funded_at.is_some() {
        check_fineness(&promotion.terms, bucket, caller.book().time().await?)?;
    }
    let made = made(caller, &promotion, &deeds, bucket).await?;
    let terms_deed = promotions::terms_deed(&deeds).map_or(0, |deed| deed.number);
    let view = PromotionReportView::new(&promotion, made.as_ref(), (bucket, terms_deed));
    Ok(Reply::view(StatusCode::OK, &view))
}

/// What the report of a promotion says of its delivery by now, in sentences; none where nothing
/// was served, or where no report can be made at this moment.
///
/// # Errors
///
/// `unavailable`, `busy`.
pub(crate) async fn sentences_of(caller: &Caller, id: PromotionId) -> Result<Vec<String>, Problem> {
    let answer = caller.book().ask(Question::Promotion(id)).await?;
    let Some(Answer::Promotion { promotion, .. }) = answer else { return Ok(Vec::new()) };
    let deeds = deeds_of(caller, id).await?;
    let made = made(caller, &promotion, &deeds, Span::days(1)).await.ok().flatten();
    Ok(made.map(|report| sentences(&report, &promotion)).unwrap_or_default())
}

/// The report of a promotion; `None` where nothing was served. Of what nobody has paid for there is
/// nothing to tell, and it may be of any length.
async fn made(
    caller: &Caller,
    promotion: &Arc<Promotion>,
    deeds: &[Deed],
    stretch: Span,
) -> Result<Option<Report>, Problem> {
    let is_paid = promotion.funded_at.is_some();
    let keeper = caller.book().feed().filter(|_| is_paid).cloned();
    let (promotion, deeds) = (Arc::clone(promotion), deeds.to_vec());
    let assumed = caller.app.limits.assumed_feed.clone();
    let made = crate::blocking::spawn(move || {
        let feed = keeper.as_ref().and_then(|keeper| keeper.feed());
        feed.map(|feed| {
            let terms = &promotion.terms;
            let reach = |audience: &Audience| {
                let terms = Terms { audience: audience.clone(), ..terms.clone() };
                inventory_of(Some(feed), &assumed, &terms).opportunities_per_day
            };
            let (promotion, deeds) = (&promotion, deeds.as_slice());
            feed.report_in_turn(&Asked { promotion, deeds, stretch, reach: &reach })
        })
    });
    let made = made.await.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?.transpose();
    made.map_err(|error| match error {
        ServingError::Busy(_) => Problem::new(&catalog::BUSY).retry_after(Span::seconds(1)),
        _ => Problem::new(&catalog::UNAVAILABLE),
    })
}

/// Keeps the answer of a size that can be read: a year has half a million minutes.
fn check_fineness(terms: &Terms, bucket: Span, now: Instant) -> Checked<()> {
    let told = terms.ends_at.min(now).since(terms.starts_at).unwrap_or(Span::ZERO);
    if bucket == Span::minutes(1) && told > BY_THE_MINUTE_MAX {
        return Err(refuse("bucket", "must be hour or day: more than ten days are over"));
    }
    Ok(())
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
