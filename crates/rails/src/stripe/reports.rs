//! Rows of Stripe's itemized reports about its balance and payouts.
//!
//! Source: docs.stripe.com/reports/report-types/payout-reconciliation and
//! docs.stripe.com/reports/reporting-categories, as of 2026. Amounts stand there in major units of
//! the currency, "dollars for USD, yen for JPY", unlike in Stripe's API. Metadata are columns only
//! when they were asked for: `payment_metadata[operation]`, `refund_metadata[operation]`. Without
//! them `payment_intent_id`, which stands there by default, says which payment a row is about.

use base::{Currency, Instant, Money, MoneyError, Text, Token};

use super::objects::OPERATION;
use crate::settlement::{Row, Rows};
use crate::{SettledKind, SettledLine, SettlementError};

/// Reads a report, or a part of one with its header.
///
/// # Errors
///
/// [`SettlementError`] of the first row that cannot be read; also where gross, fee and net do not
/// fit one another.
pub(super) fn read(file: &str) -> Result<Vec<SettledLine>, SettlementError> {
    let rows = Rows::of(file)?;
    let columns = Columns::of(&rows);
    let columns = columns.ok_or(SettlementError { row: 1, problem: "a column is missing" })?;
    rows.each(|row| columns.line(row))
}

struct Columns {
    id: usize,
    category: usize,
    currency: usize,
    created: usize,
    gross: usize,
    fee: usize,
    net: Option<usize>,
    source: Option<usize>,
    payment: Option<usize>,
    of_payment: Option<usize>,
    of_refund: Option<usize>,
}

impl Columns {
    fn of(rows: &Rows) -> Option<Columns> {
        Some(Columns {
            id: rows.column("balance_transaction_id")?,
            category: rows.column("reporting_category")?,
            currency: rows.column("currency")?,
            created: rows.column("created_utc")?,
            gross: rows.column("gross")?,
            fee: rows.column("fee")?,
            net: rows.column("net"),
            source: rows.column("source_id"),
            payment: rows.column("payment_intent_id"),
            of_payment: rows.column(&format!("payment_metadata[{OPERATION}]")),
            of_refund: rows.column(&format!("refund_metadata[{OPERATION}]")),
        })
    }

    fn line(&self, row: &Row<'_>) -> Result<SettledLine, &'static str> {
        let kind = kind(row.at(self.category));
        let currency = row.at(self.currency).to_ascii_uppercase();
        let currency = Currency::parse(&currency).map_err(|_| "no currency")?;
        let amount = |column| signed(row.at(column), currency);
        let (gross, fee) = (amount(self.gross)?, amount(self.fee)?);
        let net = self.net.map(amount).transpose()?;
        if net.is_some_and(|net| gross.checked_sub(fee) != Some(net)) {
            return Err("net is not gross less fee");
        }
        // A refund has an operation of its own; that of its payment is not it.
        let operation = if kind == SettledKind::Refund { self.of_refund } else { self.of_payment };
        Ok(SettledLine {
            reference: Text::new(row.at(self.id)).map_err(|_| "no balance_transaction_id")?,
            kind,
            currency,
            gross,
            fee,
            at: time(row.at(self.created)).ok_or("created_utc: no time")?,
            operation: row.filled(operation, |text| Token::new(text).ok(), "no operation")?,
            source: row.filled(self.source, |text| Text::new(text).ok(), "no source_id")?,
            payment: row.filled(
                self.payment,
                |text| Text::new(text).ok(),
                "no payment_intent_id",
            )?,
        })
    }
}

/// What was captured of more that was reserved comes as two rows: the whole, and what was let go.
fn kind(category: &str) -> SettledKind {
    match category {
        "charge" | "partial_capture_reversal" | "charge_failure" => SettledKind::Capture,
        "refund" | "refund_failure" => SettledKind::Refund,
        "dispute" | "dispute_reversal" => SettledKind::Dispute,
        "fee" | "network_cost" => SettledKind::Fee,
        "payout" | "payout_reversal" => SettledKind::Payout,
        _ => SettledKind::Adjustment,
    }
}

fn signed(text: &str, currency: Currency) -> Result<i64, &'static str> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    match Money::parse_decimal(digits, currency) {
        Ok(money) => Ok(sign * money.amount.minor()),
        Err(MoneyError::TooManyDecimals) => Err("more decimals than the currency has"),
        Err(_) => Err("no amount"),
    }
}

/// `2026-11-20 10:00:00`, without a zone because it is UTC.
fn time(text: &str) -> Option<Instant> {
    let (day, time) = text.split_once(' ')?;
    Instant::parse(&format!("{day}T{time}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,\
                          fee,net,reporting_category,source_id,payment_metadata[operation],\
                          refund_metadata[operation]\n";

    fn told(row: &str) -> Result<SettledLine, SettlementError> {
        let lines = read(&format!("{HEADER}{row}\n"))?;
        Ok(lines.into_iter().next().unwrap())
    }

    #[test]
    fn a_row_is_a_line() {
        let at = "2026-11-20 10:00:00";
        let check = |row: String, kind, gross, fee, operation: Option<&str>| {
            let line = told(&row).unwrap();
            let found = line.operation.as_ref().map(Token::as_str);
            assert_eq!((line.kind, line.gross, line.fee, found), (kind, gross, fee, operation));
            assert_eq!(line.at, Instant::parse("2026-11-20T10:00:00Z").unwrap());
            assert_eq!(line.reference.as_str(), "txn_1");
        };
        let (pay, rrf) = (Some("pay_1:authorize"), Some("rrf_1:1"));
        let charge = format!("po_1,txn_1,{at},usd,10.00,0.59,9.41,charge,ch_1,pay_1:authorize,");
        check(charge, SettledKind::Capture, 1_000, 59, pay);
        let yen = format!("po_1,txn_1,{at},jpy,500,18,482,charge,ch_1,pay_1:authorize,");
        check(yen, SettledKind::Capture, 500, 18, pay);
        let row =
            format!("po_1,txn_1,{at},kwd,-1.250,0,-1.250,refund,re_1,pay_1:authorize,rrf_1:1");
        check(row, SettledKind::Refund, -1_250, 0, rrf);
        let row = format!("po_1,txn_1,{at},usd,2.00,0.00,2.00,refund_failure,re_1,,");
        check(row, SettledKind::Refund, 200, 0, None);
        let row = format!("po_1,txn_1,{at},usd,-10.00,15.00,-25.00,dispute,dp_1,pay_1:authorize,");
        check(row, SettledKind::Dispute, -1_000, 1_500, pay);
        let row = format!("po_1,txn_1,{at},usd,-4.00,0.00,-4.00,fee,,,");
        check(row, SettledKind::Fee, -400, 0, None);
        let row = format!(",txn_1,{at},usd,-4.00,0.00,-4.00,payout,po_1,,");
        check(row, SettledKind::Payout, -400, 0, None);
        let row = format!(",txn_1,{at},usd,-4.00,0.00,-4.00,risk_reserved_funds,,,");
        check(row, SettledKind::Adjustment, -400, 0, None);
    }

    #[test]
    fn without_columns_of_metadata_a_row_names_the_payment_as_stripe_does() {
        let header = "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,\
                      source_id,charge_id,payment_intent_id\n";
        let check = |row: &str, source: Option<&str>, payment: Option<&str>| {
            let lines = read(&format!("{header}txn_1,2026-11-20 10:00:00,usd,{row}\n")).unwrap();
            let shown = |name: &Option<Text<255>>| name.as_ref().map(|name| name.to_string());
            let found = (shown(&lines[0].source), shown(&lines[0].payment));
            assert_eq!(found, (source.map(str::to_owned), payment.map(str::to_owned)), "{row}");
            assert_eq!(lines[0].operation, None);
        };
        check("10.00,0.59,9.41,charge,ch_1,ch_1,pi_1", Some("ch_1"), Some("pi_1"));
        check("-4.00,0.00,-4.00,refund,re_1,ch_1,pi_1", Some("re_1"), Some("pi_1"));
        check("-4.00,0.00,-4.00,payout,po_1,,", Some("po_1"), None);
    }

    #[test]
    fn an_amount_that_the_currency_cannot_have_is_refused() {
        let check = |row: &str, problem| {
            assert_eq!(told(row), Err(SettlementError { row: 2, problem }), "{row}");
        };
        let at = "2026-11-20 10:00:00";
        check(
            &format!("p,t,{at},jpy,500.50,0,500.50,charge,ch,,"),
            "more decimals than the currency has",
        );
        check(&format!("p,t,{at},usd,10.00,0.59,9.40,charge,ch,,"), "net is not gross less fee");
        check(&format!("p,t,{at},usd,\"10,00\",0,10.00,charge,ch,,"), "no amount");
        check(&format!("p,t,{at},zzz,1,0,1,charge,ch,,"), "no currency");
        check("p,t,yesterday,usd,1,0,1,charge,ch,,", "created_utc: no time");
        assert_eq!(read("a,b\n"), Err(SettlementError { row: 1, problem: "a column is missing" }));
    }
}
