//! Settlement files of rails, their lines, and what they leave open.

use base::Text;
use base::{Currency, DisputeId, Instant, PaymentId, RailRefundId, SettlementId, SettlementLineId};
use payments::{Moved, Settlement, SettlementLine, Standing, Sum};
use reports::{Aged, LineCounts, OpenAge, Reconciliation, ReconciliationLine};
use serde::Serialize;

use crate::views::{Id, MetadataView, Time};

/// A file in which a rail tells what it has moved for us. Amounts are minor units of its currency.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Settlement)]
pub(crate) struct SettlementView<'a> {
    /// Always `settlement`.
    #[schema(pattern = "^settlement$")]
    object: &'static str,
    #[schema(value_type = String, example = "stl_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<SettlementId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    #[schema(example = "stripe")]
    rail: &'a str,
    /// What the rail calls it.
    reference: &'a str,
    #[schema(example = "USD")]
    currency: &'static str,
    /// Lines that this file told first.
    lines: u32,
    /// What was moved by all of them, and what the rail keeps.
    total: SumView,
    /// What left for the bank.
    paid_out: i64,
    /// Lines about nothing that is known here, and their sum.
    unknown_lines: u32,
    unknown: SumView,
    /// How its lines stand now; told where one file is read.
    counts: Option<CountsView>,
}

/// What was moved, what the rail keeps of it, and what is left, in minor units.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SettledSum)]
struct SumView {
    gross: i64,
    fee: i64,
    #[schema(value_type = i64)]
    net: i128,
}

/// Lines by how they stand.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SettlementCounts)]
struct CountsView {
    /// All that files tell of the same thing is what our books have moved.
    matched: u64,
    /// It is not.
    differs: u64,
    /// Nothing is known here that they could be about.
    unknown: u64,
    /// Payouts and fees, posted as they stand.
    booked: u64,
    /// Told again with other words; they are counted above too.
    told_otherwise: u64,
}

/// A line of a settlement file.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SettlementLine)]
pub(crate) struct SettlementLineView<'a> {
    /// Always `settlement_line`.
    #[schema(pattern = "^settlement_line$")]
    object: &'static str,
    #[schema(value_type = String, example = "sln_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<SettlementLineId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// What the rail calls it.
    line: &'a str,
    #[schema(example = "capture")]
    kind: &'static str,
    /// `matched`, `differs`, `unknown` or `booked`.
    #[schema(example = "matched")]
    status: &'static str,
    #[schema(example = "USD")]
    currency: &'static str,
    amount: SumView,
    /// When, by the rail.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    #[serde(flatten)]
    of: OfView,
    /// What the rail calls that.
    source: Option<&'a str>,
    /// What our books have moved for it, and what all files tell of it; where it is known.
    ours: Option<SumView>,
    told: Option<SumView>,
    /// The first file that told the same line with other words.
    #[schema(value_type = Option<String>)]
    told_otherwise_by: Option<Id<SettlementId>>,
}

/// Something of ours that a rail has moved money for: one of the three, or none.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SettledObject)]
struct OfView {
    #[schema(value_type = Option<String>)]
    payment: Option<Id<PaymentId>>,
    #[schema(value_type = Option<String>)]
    rail_refund: Option<Id<RailRefundId>>,
    #[schema(value_type = Option<String>)]
    dispute: Option<Id<DisputeId>>,
}

/// Something that was moved here and that settlement files tell otherwise, or not at all.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Unsettled)]
pub(crate) struct UnsettledView {
    /// Always `unsettled`.
    #[schema(pattern = "^unsettled$")]
    object: &'static str,
    /// When it was first moved here, or told.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// `missing`: in no file. `differs`: files tell something else.
    #[schema(example = "missing")]
    status: &'static str,
    #[serde(flatten)]
    of: OfView,
    #[schema(example = "USD")]
    currency: &'static str,
    /// What our books have moved.
    ours: SumView,
    /// What files tell.
    told: SumView,
    /// Lines that tell of it.
    lines: u32,
    /// What our books have beyond what files tell.
    #[schema(value_type = i64)]
    difference: i128,
    /// When our books moved something last.
    #[schema(value_type = String, format = DateTime)]
    moved_at: Time,
    /// Days since then: `0-2`, `3-7`, `8-30` or `over-30`.
    #[schema(example = "0-2")]
    age: &'static str,
}

/// The clearing account of a rail, explained.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Reconciliation)]
pub(crate) struct ReconciliationView<'a> {
    /// Always `reconciliation`.
    #[schema(pattern = "^reconciliation$")]
    object: &'static str,
    #[schema(example = "stripe")]
    rail: &'a str,
    /// Ages are counted to this time.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// Number of the last record that is counted.
    as_of_seq: u64,
    /// In order of currency.
    data: Vec<ReconciliationLineView>,
}

/// One currency of it, in minor units: balance = at_rail + missing + differing − unknown + other.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReconciliationLine)]
struct ReconciliationLineView {
    #[schema(example = "USD")]
    currency: &'static str,
    /// What `rail/{rail}/clearing` has.
    #[schema(value_type = i64)]
    balance: i128,
    /// What all files together tell that the rail owes us: told, and not paid out.
    #[schema(value_type = i64)]
    at_rail: i128,
    /// What was moved here and stands in no file.
    missing: AgedView,
    /// The same by days since: `0-2`, `3-7`, `8-30`, `over-30`.
    missing_by_age: Vec<AgeView>,
    /// What our books have beyond what files tell, where they tell something else.
    differing: AgedView,
    /// What files tell that nothing is known of here.
    unknown: AgedView,
    /// What files are not held against: payouts of sellers, refunds by hand, cards that were sold
    /// elsewhere, and what was moved before settlement files were noted.
    #[schema(value_type = i64)]
    other: i128,
}

/// So many, and so much.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = UnsettledTotal)]
struct AgedView {
    count: u64,
    #[schema(value_type = i64)]
    amount: i128,
}

/// The same of one age.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = UnsettledAge)]
struct AgeView {
    #[schema(example = "0-2")]
    age: &'static str,
    count: u64,
    #[schema(value_type = i64)]
    amount: i128,
}

impl<'a> SettlementView<'a> {
    pub(crate) fn new(file: &'a Settlement, counts: Option<LineCounts>) -> SettlementView<'a> {
        SettlementView {
            object: "settlement",
            id: Id(file.id),
            created_at: Time(file.created_at),
            metadata: MetadataView(None),
            rail: file.rail.as_str(),
            reference: file.reference.as_str(),
            currency: file.currency.code(),
            lines: file.lines,
            total: file.sum.into(),
            paid_out: file.paid_out,
            unknown_lines: file.unknown_lines,
            unknown: file.unknown.into(),
            counts: counts.map(|counts| CountsView {
                matched: counts.matched,
                differs: counts.differing,
                unknown: counts.unknown,
                booked: counts.booked,
                told_otherwise: counts.told_otherwise,
            }),
        }
    }
}

impl<'a> SettlementLineView<'a> {
    pub(crate) fn new(
        line: &'a SettlementLine,
        standing: Option<&Standing>,
    ) -> SettlementLineView<'a> {
        SettlementLineView {
            object: "settlement_line",
            id: Id(line.id),
            created_at: Time(line.created_at),
            line: line.reference.as_str(),
            kind: line.kind.as_str(),
            status: line.state(standing).as_str(),
            currency: line.currency.code(),
            amount: line.sum.into(),
            at: Time(line.at),
            of: line.of.into(),
            source: line.source.as_ref().map(Text::as_str),
            ours: standing.map(|standing| standing.ours.into()),
            told: standing.map(|standing| standing.told.into()),
            told_otherwise_by: line.told_otherwise_by.map(Id),
        }
    }
}

impl UnsettledView {
    pub(crate) fn new(standing: &Standing, now: Instant) -> UnsettledView {
        UnsettledView {
            object: "unsettled",
            created_at: Time(standing.created_at),
            status: standing.state().as_str(),
            of: Some(standing.of).into(),
            currency: standing.currency.code(),
            ours: standing.ours.into(),
            told: standing.told.into(),
            lines: standing.lines,
            difference: standing.difference(),
            moved_at: Time(standing.moved_at),
            age: OpenAge::of(standing.moved_at, now).as_str(),
        }
    }
}

impl<'a> ReconciliationView<'a> {
    pub(crate) fn new(rail: &'a str, made: &Reconciliation) -> ReconciliationView<'a> {
        ReconciliationView {
            object: "reconciliation",
            rail,
            as_of: Time(made.at),
            as_of_seq: made.as_of_seq,
            data: made.lines.iter().map(ReconciliationLineView::new).collect(),
        }
    }
}

impl ReconciliationLineView {
    fn new(line: &ReconciliationLine) -> ReconciliationLineView {
        let by_age = line.missing.iter().map(|(age, aged)| AgeView {
            age: age.as_str(),
            count: aged.count,
            amount: aged.amount,
        });
        let currency: Currency = line.currency;
        ReconciliationLineView {
            currency: currency.code(),
            balance: line.balance,
            at_rail: line.at_rail,
            missing: line.missing_total().into(),
            missing_by_age: by_age.collect(),
            differing: line.differing.into(),
            unknown: line.unknown.into(),
            other: line.other,
        }
    }
}

impl From<Sum> for SumView {
    fn from(sum: Sum) -> SumView {
        SumView { gross: sum.gross, fee: sum.fee, net: sum.net() }
    }
}

impl From<Aged> for AgedView {
    fn from(aged: Aged) -> AgedView {
        AgedView { count: aged.count, amount: aged.amount }
    }
}

impl From<Option<Moved>> for OfView {
    fn from(of: Option<Moved>) -> OfView {
        let mut view = OfView { payment: None, rail_refund: None, dispute: None };
        match of {
            Some(Moved::Payment(id)) => view.payment = Some(Id(id)),
            Some(Moved::RailRefund(id)) => view.rail_refund = Some(Id(id)),
            Some(Moved::Dispute(id)) => view.dispute = Some(Id(id)),
            None => {}
        }
        view
    }
}
