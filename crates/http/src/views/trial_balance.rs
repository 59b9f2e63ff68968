//! Trial balances.

use reports::{TrialBalance, TrialLine};
use serde::Serialize;

use crate::cut::Cut;
use crate::views::Time;

/// Debits, credits and balance of every account at one instant, in minor units.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TrialBalance)]
pub(crate) struct TrialBalanceView<'a> {
    /// Always `trial_balance`.
    object: &'static str,
    /// Every record made by this time is counted.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// Number of the last record that is counted: the exact cut.
    as_of_seq: u64,
    data: Vec<TrialLineView<'a>>,
    /// Sums of each currency; its debits equal its credits.
    totals: Vec<TrialTotalView>,
}

/// One account or group, in one currency.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TrialBalanceLine)]
struct TrialLineView<'a> {
    /// Name of the account, unless it is a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "giftcard/breakage")]
    account: Option<&'a str>,
    /// Name of the group, unless it is an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "giftcard/*")]
    group: Option<&'a str>,
    /// What it is in the statements, as ledger accounts show it.
    kind: &'static str,
    currency: &'static str,
    #[schema(value_type = i64)]
    debits: i128,
    #[schema(value_type = i64)]
    credits: i128,
    /// On the side on which the account grows.
    #[schema(value_type = i64)]
    balance: i128,
}

/// All debits and credits of one currency.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TrialBalanceTotal)]
struct TrialTotalView {
    currency: &'static str,
    #[schema(value_type = i64)]
    debits: i128,
    #[schema(value_type = i64)]
    credits: i128,
}

impl<'a> TrialBalanceView<'a> {
    pub(crate) fn new(cut: Cut, report: &'a TrialBalance) -> TrialBalanceView<'a> {
        let totals = report.totals.iter().map(|total| TrialTotalView {
            currency: total.currency.code(),
            debits: total.debits,
            credits: total.credits,
        });
        TrialBalanceView {
            object: "trial_balance",
            as_of: Time(cut.at),
            as_of_seq: cut.seq,
            data: report.lines.iter().map(TrialLineView::new).collect(),
            totals: totals.collect(),
        }
    }
}

impl<'a> TrialLineView<'a> {
    fn new(line: &'a TrialLine) -> TrialLineView<'a> {
        let name = Some(line.name.as_str());
        let is_group = line.name.ends_with("/*");
        TrialLineView {
            account: name.filter(|_| !is_group),
            group: name.filter(|_| is_group),
            kind: line.kind.as_str(),
            currency: line.currency.code(),
            debits: line.debits,
            credits: line.credits,
            balance: line.balance,
        }
    }
}
