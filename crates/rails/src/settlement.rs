//! Settlement files: what a rail says, line by line, of the money it has moved for us.

use base::{Currency, Instant, Text, Token};

use crate::{Operation, Reference};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettledKind {
    /// A payment was taken.
    Capture,
    /// A refund was sent, or came back.
    Refund,
    /// A payer's bank took money back, or gave it back to us.
    Dispute,
    /// What the rail keeps for anything else.
    Fee,
    /// Money left for the shop's bank, or came back from there.
    Payout,
    /// Anything else.
    Adjustment,
}

impl SettledKind {
    /// Every kind, with its word in files of our own format.
    pub const ALL: [(SettledKind, &'static str); 6] = [
        (SettledKind::Capture, "capture"),
        (SettledKind::Refund, "refund"),
        (SettledKind::Dispute, "dispute"),
        (SettledKind::Fee, "fee"),
        (SettledKind::Payout, "payout"),
        (SettledKind::Adjustment, "adjustment"),
    ];

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<SettledKind> {
        SettledKind::ALL.into_iter().find(|(_, known)| *known == word).map(|(kind, _)| kind)
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        let found = SettledKind::ALL.into_iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, word)| word)
    }
}

/// A line of a rail's file. Amounts are minor units of ISO 4217 and signed: what is ours is above
/// zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledLine {
    /// What the rail calls the line.
    pub reference: Reference,
    /// What it is about.
    pub kind: SettledKind,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What was moved.
    pub gross: i64,
    /// What the rail keeps of it.
    pub fee: i64,
    /// When, by the rail.
    pub at: Instant,
    /// Our operation: that of the payment, also for its disputes, or that of the refund.
    pub operation: Option<Operation>,
    /// What the rail calls the payment, refund, dispute or payout.
    pub source: Option<Reference>,
    /// What the rail calls the payment that it is about, where `source` is something else: its
    /// charge, a refund, a dispute.
    pub payment: Option<Reference>,
}

/// Why a file cannot be read. It never repeats what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {problem}")]
pub struct SettlementError {
    /// Which row, counted from 1; the header is row 1.
    pub row: usize,
    /// What is wrong.
    pub problem: &'static str,
}

/// The columns of our own format.
const COLUMNS: [&str; 8] =
    ["line", "kind", "currency", "gross", "fee", "at", "operation", "source"];

/// Reads a file in our own format: `docs/settlement.md`.
///
/// # Errors
///
/// [`SettlementError`] of the first row that cannot be read.
pub fn read_settlement(file: &str) -> Result<Vec<SettledLine>, SettlementError> {
    let rows = Rows::of(file)?;
    let columns = COLUMNS.map(|name| rows.column(name));
    let [Some(line), Some(kind), Some(currency), Some(gross), Some(fee), Some(at), ..] = columns
    else {
        return Err(SettlementError { row: 1, problem: "a column is missing" });
    };
    let [.., operation, source] = columns;
    rows.each(|row| {
        Ok(SettledLine {
            reference: Text::new(row.at(line)).map_err(|_| "no name of a line")?,
            kind: SettledKind::parse(row.at(kind)).ok_or("no kind of a line")?,
            currency: Currency::parse(row.at(currency)).map_err(|_| "no currency")?,
            gross: row.at(gross).parse().map_err(|_| "gross: no number of minor units")?,
            fee: row.at(fee).parse().map_err(|_| "fee: no number of minor units")?,
            at: Instant::parse(row.at(at)).map_err(|_| "no time")?,
            operation: row.filled(operation, |text| Token::new(text).ok(), "no operation")?,
            source: row.filled(source, |text| Text::new(text).ok(), "no name of a source")?,
            payment: None,
        })
    })
}

/// Writes a file in our own format.
pub fn write_settlement(lines: &[SettledLine]) -> String {
    let mut file = csv::Writer::from_writer(Vec::new());
    let text = |text: Option<&str>| text.unwrap_or("").to_owned();
    let mut write = |row: &[String]| file.write_record(row).expect("memory takes every byte");
    write(&COLUMNS.map(str::to_owned));
    for line in lines {
        write(&[
            line.reference.as_str().to_owned(),
            line.kind.as_str().to_owned(),
            line.currency.code().to_owned(),
            line.gross.to_string(),
            line.fee.to_string(),
            line.at.to_string(),
            text(line.operation.as_ref().map(Token::as_str)),
            text(line.source.as_ref().map(Text::as_str)),
        ]);
    }
    let bytes = file.into_inner().expect("memory takes every byte");
    String::from_utf8(bytes).expect("it was made of texts")
}

/// Rows of a file whose first row names the columns.
pub(crate) struct Rows {
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Rows {
    pub(crate) fn of(file: &str) -> Result<Rows, SettlementError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(true)
            .trim(csv::Trim::All)
            .from_reader(file.as_bytes());
        let broken = |row| SettlementError { row, problem: "no row of comma-separated values" };
        let header = reader.headers().map_err(|_| broken(1))?.clone();
        let mut rows = Vec::new();
        for (index, row) in reader.records().enumerate() {
            rows.push(row.map_err(|_| broken(index + 2))?);
        }
        Ok(Rows { header, rows })
    }

    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    pub(crate) fn each<T>(
        &self,
        mut read: impl FnMut(&Row<'_>) -> Result<T, &'static str>,
    ) -> Result<Vec<T>, SettlementError> {
        let rows = self.rows.iter().enumerate();
        let one = |(index, row)| {
            read(&Row(row)).map_err(|problem| SettlementError { row: index + 2, problem })
        };
        rows.map(one).collect()
    }
}

/// One row.
pub(crate) struct Row<'a>(&'a csv::StringRecord);

impl Row<'_> {
    pub(crate) fn at(&self, column: usize) -> &str {
        self.0.get(column).unwrap_or("")
    }

    /// A value that may be left out.
    pub(crate) fn filled<T>(
        &self,
        column: Option<usize>,
        read: impl Fn(&str) -> Option<T>,
        problem: &'static str,
    ) -> Result<Option<T>, &'static str> {
        match column.map_or("", |column| self.at(column)) {
            "" => Ok(None),
            text => read(text).map(Some).ok_or(problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> SettledLine {
        SettledLine {
            reference: Text::new("txn, \"1\"").unwrap(),
            kind: SettledKind::Refund,
            currency: Currency::USD,
            gross: -1_000,
            fee: 0,
            at: Instant::parse("2026-11-20T10:00:00Z").unwrap(),
            operation: Some(Token::new("rrf_1:1").unwrap()),
            source: None,
            payment: None,
        }
    }

    #[test]
    fn a_file_that_was_written_is_read_again() {
        for (kind, _) in SettledKind::ALL {
            let source = Some(Text::new("re_1").unwrap());
            let lines = [line(), SettledLine { kind, operation: None, source, ..line() }];
            assert_eq!(read_settlement(&write_settlement(&lines)), Ok(lines.to_vec()));
        }
        assert_eq!(read_settlement(&write_settlement(&[])), Ok(vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_row() {
        let check = |file: &str, row, problem| {
            assert_eq!(read_settlement(file), Err(SettlementError { row, problem }), "{file}");
        };
        let good = write_settlement(&[line()]);
        check("", 1, "a column is missing");
        check("line,kind\n", 1, "a column is missing");
        check(&good.replace("-1000", "-10.00"), 2, "gross: no number of minor units");
        check(&good.replace("refund", "Refund"), 2, "no kind of a line");
        check(&good.replace("USD", "usd"), 2, "no currency");
        check(&good.replace("Z,", ","), 2, "no time");
        check(&good.replace("rrf_1:1", "RRF"), 2, "no operation");
        check(&format!("{good}a,b\n"), 3, "no row of comma-separated values");
    }
}
