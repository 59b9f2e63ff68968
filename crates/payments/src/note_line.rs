//! Noting a line of a settlement file.

use ledger::{Reason, Subject};

use crate::post::Sheet;
use crate::standing::Rail;
use crate::{Context, MovedRow, NewLine, Outcome, Refusal, SettledKind, Settlement};
use crate::{SettlementAccounts, SettlementLine, Standing, limits, settlement_line_id, stand};

/// Rows a line is decided on.
#[derive(Clone, Copy, Debug)]
pub struct LineRows<'a> {
    /// The file that tells it.
    pub settlement: &'a Settlement,
    /// The line, when it was told before, and the file that told it first.
    pub known: Option<(&'a SettlementLine, &'a Settlement)>,
    /// What it is about, when that is known here.
    pub row: Option<MovedRow<'a>>,
    /// How that stands.
    pub standing: Option<&'a Standing>,
    /// Accounts.
    pub accounts: SettlementAccounts<'a>,
}

/// Notes a line.
///
/// A line counts once, whatever files it stands in. What it tells of a payment, refund or dispute
/// is added up, so that several lines about one, in any order, end the same; a difference to what
/// our books have moved is seen, and posts nothing. A line about nothing that is known here is
/// unknown; told again when it is known, it counts from then on.
///
/// Posts a payout, debit `bank`, credit `rail/{rail}/clearing`, and fees, debit
/// `rail/{rail}/fees`, credit `rail/{rail}/clearing`; both the other way round when they are given
/// back. A payment's fee is posted as [`stand`] tells.
///
/// # Errors
///
/// `LimitExceeded` for an amount beyond [`limits::AMOUNT_MAX`], or when a total would overflow.
pub fn note_line(new: &NewLine, rows: LineRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    let is_small = |minor: i64| minor.unsigned_abs() <= limits::AMOUNT_MAX.unsigned_abs();
    if !is_small(new.sum.gross) || !is_small(new.sum.fee) {
        return Err(Refusal::LimitExceeded);
    }
    let Some((line, first)) = rows.known else {
        let row = fitting(new, rows);
        let line = first_told(new, row, rows.settlement, context);
        let settlement = rows.settlement.with(&line)?;
        return count(line, row, rows, context).map(|outcome| outcome.with_settlement(settlement));
    };
    if !line.says(new, rows.settlement.currency) {
        let told_otherwise_by = line.told_otherwise_by.or(Some(rows.settlement.id));
        return Ok(Outcome::default()
            .with_line(line, SettlementLine { told_otherwise_by, ..line.clone() }));
    }
    let row = fitting(new, rows).filter(|_| line.is_unknown());
    match row {
        None => Ok(Outcome::default()),
        Some(row) => {
            let settlement = first.knowing(line)?;
            let line = SettlementLine { of: Some(row.of()), ..line.clone() };
            count(line, Some(row), rows, context).map(|outcome| outcome.with_settlement(settlement))
        }
    }
}

/// What the line is about, if it can be: of the kind that it tells, of the rail, in its currency.
fn fitting<'a>(new: &NewLine, rows: LineRows<'a>) -> Option<MovedRow<'a>> {
    let fits = |row: &MovedRow<'_>| {
        new.of == Some(row.of())
            && new.kind.is_about(row.of())
            && *row.rail() == rows.settlement.rail
            && row.currency() == rows.settlement.currency
    };
    rows.row.filter(fits)
}

fn first_told(
    new: &NewLine,
    row: Option<MovedRow<'_>>,
    settlement: &Settlement,
    context: Context,
) -> SettlementLine {
    SettlementLine {
        id: settlement_line_id(&settlement.rail, &new.reference),
        reference: new.reference.clone(),
        settlement: settlement.id,
        kind: new.kind,
        currency: settlement.currency,
        sum: new.sum,
        at: new.at,
        of: row.map(MovedRow::of),
        source: new.source.clone(),
        told_otherwise_by: None,
        created_at: context.now,
    }
}

/// Counts a line that did not count before.
fn count(
    line: SettlementLine,
    row: Option<MovedRow<'_>>,
    rows: LineRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let (settlement, accounts) = (rows.settlement, rows.accounts);
    let rail = Rail { rail: &settlement.rail, currency: settlement.currency, accounts };
    let mut sheet = Sheet::new(context, Reason::RailFee, Subject::of(line.id));
    let outcome = match (line.kind, row) {
        // Its fee is the payment's.
        (SettledKind::Capture, Some(row)) => return tell(line, row, rows, context),
        (SettledKind::Refund | SettledKind::Dispute, Some(row)) => {
            rail.post_fee(Reason::RailFee, line.sum.fee, &mut sheet)?;
            tell(line, row, rows, context)?
        }
        (SettledKind::Fee, _) => {
            let kept = line.sum.fee.checked_sub(line.sum.gross).ok_or(Refusal::LimitExceeded)?;
            rail.post_fee(Reason::RailFee, kept, &mut sheet)?;
            Outcome::of_line(line)
        }
        (SettledKind::Payout, _) => {
            rail.post_payout(-line.sum.gross, &mut sheet)?;
            rail.post_fee(Reason::RailFee, line.sum.fee, &mut sheet)?;
            Outcome::of_line(line)
        }
        _ => return Ok(Outcome::of_line(line)),
    };
    Ok(outcome.with_posted(sheet.finish()))
}

/// Adds a line to the standing of what it is about.
fn tell(
    line: SettlementLine,
    row: MovedRow<'_>,
    rows: LineRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let known = rows.standing.cloned();
    let mut told = known.unwrap_or_else(|| Standing::new(row, row.created_at(), context.now));
    // One that was never counted before says nothing yet of when its money moved.
    told.ours = row.ours();
    let fee = if line.kind == SettledKind::Capture { line.sum.fee } else { 0 };
    told.told = told.told.plus(crate::Sum { gross: line.sum.gross, fee })?;
    told.lines = told.lines.checked_add(1).ok_or(Refusal::LimitExceeded)?;
    let mut outcome = stand(row, Some(&told), rows.accounts, context)?;
    if outcome.standings.is_empty() {
        outcome.standings.push(told);
    }
    outcome.settlement_lines.push(line);
    Ok(outcome)
}
