//! How money that a rail has moved stands against what its files tell of it.

use base::{Currency, DisputeId, Instant, PaymentId, RailRefundId, StandingId};
use ledger::{Account, AccountName, RailName, Reason, Subject};

use crate::authorize::changed;
use crate::post::Sheet;
use crate::{Context, Dispute, DisputeState, EventKind, Outcome, Payment, PaymentState};
use crate::{RailRefund, RefundState, Refusal};

/// Something for which a rail moves money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moved {
    /// A payment: what was taken, and its fee.
    Payment(PaymentId),
    /// A refund: what has gone and not come back.
    RailRefund(RailRefundId),
    /// A dispute: what the bank has.
    Dispute(DisputeId),
}

impl Moved {
    /// The id of its standing, which has the same bits.
    pub fn standing(self) -> StandingId {
        StandingId::from_bytes(self.subject().0)
    }

    /// The stored number of the kind; it never changes.
    pub fn kind(self) -> u8 {
        match self {
            Moved::Payment(_) => 1,
            Moved::RailRefund(_) => 2,
            Moved::Dispute(_) => 3,
        }
    }

    /// The object of that kind.
    pub fn subject(self) -> Subject {
        match self {
            Moved::Payment(id) => Subject::of(id),
            Moved::RailRefund(id) => Subject::of(id),
            Moved::Dispute(id) => Subject::of(id),
        }
    }

    /// Reads the stored number and object back.
    pub fn from_parts(kind: u8, subject: Subject) -> Option<Moved> {
        Some(match kind {
            1 => Moved::Payment(PaymentId::from_bytes(subject.0)),
            2 => Moved::RailRefund(RailRefundId::from_bytes(subject.0)),
            3 => Moved::Dispute(DisputeId::from_bytes(subject.0)),
            _ => return None,
        })
    }
}

/// What was moved, and what the rail keeps of it, in minor units of a currency that is known
/// otherwise. Both are signed: above zero, `gross` is ours and `fee` is the rail's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// What was moved.
    pub gross: i64,
    /// What the rail keeps of it.
    pub fee: i64,
}

impl Sum {
    /// What is ours of it.
    pub fn net(self) -> i128 {
        i128::from(self.gross) - i128::from(self.fee)
    }

    /// Both together.
    pub(crate) fn plus(self, other: Sum) -> Result<Sum, Refusal> {
        let gross = self.gross.checked_add(other.gross);
        let fee = self.fee.checked_add(other.fee);
        gross.zip(fee).map(|(gross, fee)| Sum { gross, fee }).ok_or(Refusal::LimitExceeded)
    }

    /// The difference.
    pub(crate) fn minus(self, other: Sum) -> Result<Sum, Refusal> {
        let gross = self.gross.checked_sub(other.gross);
        let fee = self.fee.checked_sub(other.fee);
        gross.zip(fee).map(|(gross, fee)| Sum { gross, fee }).ok_or(Refusal::LimitExceeded)
    }
}

/// What a rail has moved by our books, and what its files tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its id: that of what was moved.
    pub id: StandingId,
    /// For what.
    pub of: Moved,
    /// Which rail.
    pub rail: RailName,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What our books have moved on `rail/{rail}/clearing`. A fee is counted for payments alone.
    pub ours: Sum,
    /// What files tell, added up over their lines. A fee is counted for payments alone.
    pub told: Sum,
    /// Lines that tell of it.
    pub lines: u32,
    /// True when the payment's fee was booked because files told it.
    pub books_fee: bool,
    /// When our books moved something last: its age is counted from here.
    pub moved_at: Instant,
    /// When it was first moved here, or told.
    pub created_at: Instant,
}

/// Where a standing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandingState {
    /// Files tell what our books have moved, to the cent.
    Settled,
    /// No file tells of it.
    Missing,
    /// Files tell something else.
    Differs,
}

impl StandingState {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            StandingState::Settled => "settled",
            StandingState::Missing => "missing",
            StandingState::Differs => "differs",
        }
    }
}

impl Standing {
    /// Where it stands.
    pub fn state(&self) -> StandingState {
        match self.ours == self.told {
            true => StandingState::Settled,
            false if self.lines == 0 => StandingState::Missing,
            false => StandingState::Differs,
        }
    }

    /// What our books have beyond what files tell, in minor units.
    pub fn difference(&self) -> i128 {
        self.ours.net() - self.told.net()
    }

    /// One that nobody has told anything of.
    pub(crate) fn new(row: MovedRow<'_>, moved_at: Instant, now: Instant) -> Standing {
        Standing {
            id: row.of().standing(),
            of: row.of(),
            rail: row.rail().clone(),
            currency: row.currency(),
            ours: Sum::default(),
            told: Sum::default(),
            lines: 0,
            books_fee: false,
            moved_at,
            created_at: now,
        }
    }
}

/// The row of something that a rail moves money for.
#[derive(Clone, Copy, Debug)]
pub enum MovedRow<'a> {
    /// A payment.
    Payment(&'a Payment),
    /// A refund.
    RailRefund(&'a RailRefund),
    /// A dispute, with its payment.
    Dispute(&'a Dispute, &'a Payment),
}

impl<'a> MovedRow<'a> {
    /// What it is.
    pub fn of(self) -> Moved {
        match self {
            MovedRow::Payment(row) => Moved::Payment(row.id),
            MovedRow::RailRefund(row) => Moved::RailRefund(row.id),
            MovedRow::Dispute(row, _) => Moved::Dispute(row.id),
        }
    }

    /// Which rail moves it.
    pub fn rail(self) -> &'a RailName {
        match self {
            MovedRow::Payment(row) | MovedRow::Dispute(_, row) => &row.rail,
            MovedRow::RailRefund(row) => &row.rail,
        }
    }

    /// In which currency.
    pub fn currency(self) -> Currency {
        match self {
            MovedRow::Payment(row) => row.amount.currency,
            MovedRow::RailRefund(row) => row.amount.currency,
            MovedRow::Dispute(row, _) => row.amount.currency,
        }
    }

    /// When it was made.
    pub(crate) fn created_at(self) -> Instant {
        match self {
            MovedRow::Payment(row) => row.created_at,
            MovedRow::RailRefund(row) => row.created_at,
            MovedRow::Dispute(row, _) => row.created_at,
        }
    }

    /// What was posted for it on `rail/{rail}/clearing` up to now. It follows from the state, since
    /// whatever is posted there is posted with a change of it.
    pub fn ours(self) -> Sum {
        let gross = |minor: i64| Sum { gross: minor, fee: 0 };
        match self {
            MovedRow::Payment(row) => {
                let fee = row.fee.map_or(0, |fee| fee.minor());
                Sum { gross: row.captured.minor(), fee }
            }
            MovedRow::RailRefund(row) => match row.state {
                RefundState::Succeeded => gross(-row.amount.amount.minor()),
                RefundState::Waiting
                | RefundState::Sent
                | RefundState::Failed { .. }
                | RefundState::NeedsConsent { .. }
                | RefundState::Settled
                | RefundState::Credited
                // Whoever paid it by hand has done so beside the files of any rail.
                | RefundState::PaidByHand => gross(0),
            },
            MovedRow::Dispute(row, _) => match row.state {
                DisputeState::Open | DisputeState::Lost => gross(-row.amount.amount.minor()),
                DisputeState::Won => gross(0),
            },
        }
    }
}

/// Accounts on which what files tell is posted, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct SettlementAccounts<'a> {
    /// `rail/{rail}/clearing`.
    pub clearing: Option<&'a Account>,
    /// `rail/{rail}/fees`.
    pub fees: Option<&'a Account>,
    /// `bank`.
    pub bank: Option<&'a Account>,
}

/// Brings a standing up to what our books have moved. Whoever may have moved something at a rail
/// calls it afterwards.
///
/// A fee that the rail itself has not told is the one that its files tell: it is posted, debit
/// `rail/{rail}/fees`, credit `rail/{rail}/clearing`.
///
/// # Errors
///
/// `LimitExceeded` when a total would overflow.
pub fn stand(
    row: MovedRow<'_>,
    known: Option<&Standing>,
    accounts: SettlementAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let ours = row.ours();
    if known.is_none() && ours == Sum::default() {
        return Ok(Outcome::default());
    }
    let mut after = known.cloned().unwrap_or_else(|| Standing::new(row, context.now, context.now));
    if after.ours != ours {
        after.ours = ours;
        after.moved_at = context.now;
    }
    let outcome = match row {
        MovedRow::Payment(payment) => told_fee(payment, &mut after, accounts, context)?,
        MovedRow::RailRefund(_) | MovedRow::Dispute(..) => Outcome::default(),
    };
    let is_changed = known != Some(&after);
    Ok(if is_changed { outcome.with_standing(after) } else { outcome })
}

/// Books a payment's fee as files tell it, when the rail itself has not. Told again by another
/// line, the difference is booked: in any order of lines it ends the same.
fn told_fee(
    payment: &Payment,
    standing: &mut Standing,
    accounts: SettlementAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let is_open = payment.fee.is_none() || standing.books_fee;
    if payment.state != PaymentState::Captured || standing.lines == 0 || !is_open {
        return Ok(Outcome::default());
    }
    // A fee below zero is none of a payment: it stays a difference that somebody looks at.
    let fee = base::Amount::new(standing.told.fee);
    standing.books_fee = fee.is_some();
    if fee == payment.fee {
        return Ok(Outcome::default());
    }
    let minor = |fee: Option<base::Amount>| fee.map_or(0, |fee| fee.minor());
    let more = minor(fee).checked_sub(minor(payment.fee)).ok_or(Refusal::LimitExceeded)?;
    let after = Payment { fee, ..payment.clone() };
    standing.ours = MovedRow::Payment(&after).ours();
    let mut sheet = Sheet::new(context, Reason::PaymentFee, Subject::of(payment.id));
    let rail = Rail { rail: &payment.rail, currency: payment.amount.currency, accounts };
    rail.post_fee(Reason::PaymentFee, more, &mut sheet)?;
    Ok(changed(payment, after, EventKind::PaymentFeeNoted).with_posted(sheet.finish()))
}

/// The accounts of a rail in one currency.
pub(crate) struct Rail<'a> {
    pub(crate) rail: &'a RailName,
    pub(crate) currency: Currency,
    pub(crate) accounts: SettlementAccounts<'a>,
}

impl Rail<'_> {
    /// Posts what the rail keeps; below zero, what it gives back.
    pub(crate) fn post_fee(
        &self,
        reason: Reason,
        fee: i64,
        sheet: &mut Sheet,
    ) -> Result<(), Refusal> {
        let name = AccountName::RailFees(self.rail.clone());
        let fees = Account::or_open(self.accounts.fees, name, self.currency);
        self.post(reason, fee, &fees, sheet)
    }

    /// Posts what leaves for the bank; below zero, what came back from there.
    pub(crate) fn post_payout(&self, amount: i64, sheet: &mut Sheet) -> Result<(), Refusal> {
        let bank = Account::or_open(self.accounts.bank, AccountName::Bank, self.currency);
        self.post(Reason::RailPayout, amount, &bank, sheet)
    }

    /// From clearing to `other`, or back when the amount is below zero.
    fn post(
        &self,
        reason: Reason,
        amount: i64,
        other: &Account,
        sheet: &mut Sheet,
    ) -> Result<(), Refusal> {
        let name = AccountName::RailClearing(self.rail.clone());
        let clearing = Account::or_open(self.accounts.clearing, name, self.currency);
        let size = amount.checked_abs().and_then(|minor| base::Money::new(minor, self.currency));
        let size = size.ok_or(Refusal::LimitExceeded)?;
        match amount >= 0 {
            true => sheet.transfer_some(reason, other, &clearing, size),
            false => sheet.transfer_some(reason, &clearing, other, size),
        }
    }
}
