//! `GET /v1/reports/liability`: what is owed on gift cards.

use axum::http::StatusCode;
use reports::{By, liability};

use crate::cut::{AtQuery, Cut};
use crate::fields::{Checked, refuse};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::liability::LiabilityView;

query_parameters! {
    /// How fine.
    LiabilityQuery {
        /// `currency` when left out, `program`, or `age`: days since the issue. Lines are always
        /// told apart by currency too.
        #[param(pattern = "^(currency|program|age)$")]
        by,
    }
}

/// Report the liability
///
/// What is owed to the holders of gift cards, how much of it is held for checkouts, on how many
/// cards. For a past time it stays the same for ever.
#[utoipa::path(get, path = "/v1/reports/liability", operation_id = "report_liability",
    tag = "Reports", params(AtQuery, LiabilityQuery),
    responses((status = 200, description = "The report", body = LiabilityView)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (time, query): (AtQuery, LiabilityQuery) = call.query()?;
    let wanted = time.at()?;
    let by = by(query.by.as_deref().unwrap_or("currency"))?;
    let (cut, sight) = Cut::find(&call.caller, wanted).await?;
    let made = call
        .caller
        .report(sight, move |reader| liability(reader, cut.seq, cut.at, by).map_err(Problem::from));
    Ok(Reply::view(StatusCode::OK, &LiabilityView::new(by, &made.await?)))
}

fn by(text: &str) -> Checked<By> {
    match text {
        "currency" => Ok(By::Currency),
        "program" => Ok(By::Program),
        "age" => Ok(By::Age),
        _ => Err(refuse("by", "must be one of currency, program, age")),
    }
}
