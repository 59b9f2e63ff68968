//! What is owed on gift cards.

use base::ProgramId;
use reports::{By, Liability, LiabilityLine, LiabilityOf};
use serde::Serialize;

use crate::views::{Id, Time};

/// What is owed to the holders of gift cards at one instant, in minor units.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Liability)]
pub(crate) struct LiabilityView {
    /// Always `liability`.
    object: &'static str,
    /// Every record made by this time is counted; ages are counted to it.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// Number of the last record that is counted: the exact cut.
    as_of_seq: u64,
    /// `currency`, `program` or `age`.
    by: &'static str,
    /// In order of currency; there is no line where nothing is owed.
    data: Vec<LiabilityLineView>,
}

/// What is owed on a part of the cards, in one currency.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LiabilityLine)]
struct LiabilityLineView {
    currency: &'static str,
    /// By program only: `null` are cards without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    program: Option<Option<Id<ProgramId>>>,
    /// By age only: days since the issue, `0-30`, `31-90`, `91-365`, `366-730` or `over-730`.
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<&'static str>,
    #[schema(value_type = i64)]
    owed: i128,
    /// The part of it that is held for checkouts.
    #[schema(value_type = i64)]
    held: i128,
    /// Cards on which something is owed.
    cards: u64,
}

impl LiabilityView {
    pub(crate) fn new(by: By, report: &Liability) -> LiabilityView {
        LiabilityView {
            object: "liability",
            as_of: Time(report.at),
            as_of_seq: report.as_of_seq,
            by: match by {
                By::Currency => "currency",
                By::Program => "program",
                By::Age => "age",
            },
            data: report.lines.iter().map(LiabilityLineView::new).collect(),
        }
    }
}

impl LiabilityLineView {
    fn new(line: &LiabilityLine) -> LiabilityLineView {
        let (program, age) = match line.of {
            LiabilityOf::All => (None, None),
            LiabilityOf::Program(program) => (Some(program.map(Id)), None),
            LiabilityOf::Age(bucket) => (None, Some(bucket.as_str())),
        };
        LiabilityLineView {
            currency: line.currency.code(),
            program,
            age,
            owed: line.owed,
            held: line.held,
            cards: line.cards,
        }
    }
}
