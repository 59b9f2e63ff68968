//! `POST /v1/rails/{rail}/settlements`: notes a part of a rail's settlement file.

use base::Currency;
use engine::{Command, PaymentCommand};
use jobs::{found_by_name, name_to_find, settled_line};
use ledger::RailName;
use payments::{NewSettlement, limits};
use rails::{Rail, SettledKind, SettledLine, SettlementError};
use serde::{Deserialize, Serialize};

use super::no_rail;
use crate::call::{Call, Caller};
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::scope::Settlements;
use crate::sight::Sight;
use crate::views::settlement::SettlementView;
use crate::wire;

/// A part of a file: `lines`, or the rail's own rows as `csv`.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettlementInput)]
pub(crate) struct SettlementBody {
    /// What the rail calls the file, such as the id of its payout: parts with one reference are
    /// one file.
    #[schema(min_length = 1, max_length = 255, example = "po_1OaXYZ")]
    reference: String,
    /// The currency of all lines.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "USD")]
    currency: String,
    /// At most 200.
    #[serde(
        default,
        deserialize_with = "wire::object_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 200)]
    lines: Vec<LineBody>,
    /// A header and at most 200 rows of the rail's own file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500000)]
    csv: Option<String>,
}

/// A line. Amounts are signed: what is ours is above zero.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettlementLineInput)]
struct LineBody {
    /// What the rail calls the line. It counts once, in whatever files it stands.
    #[schema(min_length = 1, max_length = 255, example = "txn_1OaXYZ")]
    line: String,
    /// `capture`, `refund`, `dispute`, `fee`, `payout` or `adjustment`. A refund that came back and
    /// a dispute that was won have amounts above zero.
    #[schema(pattern = "^(capture|refund|dispute|fee|payout|adjustment)$", example = "capture")]
    kind: String,
    /// What was moved, in minor units.
    #[schema(minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 1000)]
    gross: i64,
    /// What the rail keeps of it, in minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schema(minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 59)]
    fee: i64,
    /// When, by the rail.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00Z")]
    at: String,
    /// Our operation, which the rail keeps in the metadata of the payment or refund. A dispute has
    /// that of its payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 64,
        example = "pay_01jd3q8v9ec4y8s5k1m0t2n7xz:authorize"
    )]
    operation: Option<String>,
    /// What the rail calls the payment, refund, dispute or payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255, example = "ch_1OaXYZ")]
    source: Option<String>,
    /// What the rail calls the payment, where `source` is something else: its charge, a refund, a
    /// dispute. Without `operation` a line is found by this name, or by `source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255, example = "pi_1OaXYZ")]
    payment: Option<String>,
}

fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// Note a part of a settlement file
///
/// Lines are held against what was moved here. Payouts and fees that were not known are posted;
/// nothing else is: a difference is shown. Repeated lines change nothing, so an import that broke
/// off is repeated from the beginning.
#[utoipa::path(post, path = "/v1/rails/{rail}/settlements", operation_id = "note_settlement",
    tag = "Settlements",
    params(("rail" = String, Path, description = "Name of the rail", example = "stripe")),
    request_body = SettlementBody,
    responses((status = 200, description = "Noted", body = SettlementView)))]
pub(crate) async fn handle(mut call: Call<Settlements>) -> Result<Reply, Problem> {
    let rail = call.path_rail()?;
    let adapter = call.caller.find_rail(rail.as_str())?.ok_or_else(no_rail)?;
    let body: SettlementBody = call.json().await?;
    let operation = call.operation(&body)?;
    let (mut new, told) = new(&*adapter, rail, &body)?;
    find_by_names(&call.caller, &mut new, &told).await?;
    let command = Command::Payments(PaymentCommand::NoteSettlement(Box::new(new)));
    Prepared::changing(command, operation).decide(&call.caller).await
}

/// The part of a file as the body tells it, and its lines in the words of the rail.
fn new(
    adapter: &dyn Rail,
    rail: RailName,
    body: &SettlementBody,
) -> Checked<(NewSettlement, Vec<SettledLine>)> {
    let currency = fields::currency(|| "/currency".to_owned(), &body.currency)?;
    let told = match &body.csv {
        None => lines(&body.lines, currency)?,
        Some(_) if !body.lines.is_empty() => {
            return Err(refuse("/csv", "give lines or csv, not both"));
        }
        Some(file) => rows(adapter, file, currency)?,
    };
    let reference = fields::text("/reference", &body.reference)?;
    let lines = told.iter().map(|line| settled_line(&rail, line)).collect();
    Ok((NewSettlement { rail, reference, currency, lines }, told))
}

/// Finds by the rail's own names what lines are about that do not say it by our operation. Whether
/// a line can be about it is decided when it is noted.
///
/// # Errors
///
/// `unavailable`, `busy`.
async fn find_by_names(
    caller: &Caller,
    new: &mut NewSettlement,
    told: &[SettledLine],
) -> Result<(), Problem> {
    let names: Vec<_> = told.iter().filter_map(|line| name_to_find(&new.rail, line)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let sight = Sight::of_book(caller.book(), u64::MAX).await?;
    let named = caller.book().reads().read(sight, move |reader| reader.named_by_rail(&names));
    let named = named.await?;
    for (line, told) in new.lines.iter_mut().zip(told) {
        line.of = line.of.or_else(|| found_by_name(&new.rail, told, &named));
    }
    Ok(())
}

fn lines(lines: &[LineBody], currency: Currency) -> Checked<Vec<SettledLine>> {
    if lines.is_empty() {
        return Err(refuse("/lines", "must have at least 1 entry"));
    }
    fields::each("/lines", lines, limits::LINES_PER_COMMAND_MAX, |_, line| {
        let kind = SettledKind::parse(&line.kind);
        let words = "must be one of capture, refund, dispute, fee, payout, adjustment";
        Ok(SettledLine {
            reference: fields::text("/line", &line.line)?,
            kind: kind.ok_or_else(|| refuse("/kind", words))?,
            currency,
            gross: amount("/gross", line.gross)?,
            fee: amount("/fee", line.fee)?,
            at: fields::instant("/at", &line.at)?,
            operation: line
                .operation
                .as_deref()
                .map(|text| fields::token("/operation", text))
                .transpose()?,
            source: line.source.as_deref().map(|text| fields::text("/source", text)).transpose()?,
            payment: line
                .payment
                .as_deref()
                .map(|text| fields::text("/payment", text))
                .transpose()?,
        })
    })
}

fn amount(pointer: &str, minor: i64) -> Checked<i64> {
    let max = limits::AMOUNT_MAX;
    let fits = minor.unsigned_abs() <= max.unsigned_abs();
    if fits { Ok(minor) } else { Err(refuse(pointer, format!("must be from -{max} to {max}"))) }
}

/// Rows of the rail's own file, read by whoever speaks its format.
fn rows(adapter: &dyn Rail, file: &str, currency: Currency) -> Checked<Vec<SettledLine>> {
    let lines = adapter.settlement(file);
    let lines = lines.map_err(|error: SettlementError| refuse("/csv", error.to_string()))?;
    let max = limits::LINES_PER_COMMAND_MAX;
    if lines.is_empty() || lines.len() > max {
        return Err(refuse("/csv", format!("must have 1 to {max} rows and a header")));
    }
    for (index, line) in lines.iter().enumerate() {
        let row = index + 2;
        if line.currency != currency {
            return Err(refuse("/csv", format!("row {row}: another currency")));
        }
        for minor in [line.gross, line.fee] {
            let of_row =
                |error: fields::FieldError| refuse("/csv", format!("row {row}: {}", error.message));
            amount("/csv", minor).map_err(of_row)?;
        }
    }
    Ok(lines)
}
