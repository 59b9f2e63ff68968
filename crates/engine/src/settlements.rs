//! Settlement files of rails: lines are noted against what was moved here, and whatever moves money
//! at a rail brings its standing up to date.

use std::sync::Arc;

use base::{Currency, DisputeId, PaymentId, RailRefundId};
use ledger::{Account, AccountName, RailName};
use payments::{
    Dispute, LineRows, Moved, MovedRow, NewLine, NewSettlement, Outcome, Payment, RailRefund,
    Settlement, SettlementAccounts,
};
use payments::{note_line, settlement_id, settlement_line_id, stand};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, Rows};

/// Notes a part of a file.
pub(crate) fn note<R: Rows>(new: &NewSettlement, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let id = settlement_id(&new.rail, &new.reference);
    let known = walk.settlement(id).map(Arc::as_ref);
    for name in names(&new.rail) {
        walk.account(name.id(new.currency));
    }
    for line in &new.lines {
        name_line(line, &new.rail, walk);
    }
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let settlement = Settlement::of(new, known, composed.context().now)?;
    composed.add(Outcome { settlements: vec![settlement], ..Outcome::default() });
    for line in &new.lines {
        let noted = noted(line, new, &mut composed)?;
        composed.add(noted);
    }
    Ok(composed.finish(AnswerRef::Settlement(id)))
}

fn noted<R: Rows>(
    line: &NewLine,
    new: &NewSettlement,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Outcome, Stop> {
    let settlement = composed.settlement(settlement_id(&new.rail, &new.reference))?;
    let settlement = settlement.expect("it was added before its lines");
    let known = composed.settlement_line(settlement_line_id(&new.rail, &line.reference))?;
    let first = match &known {
        Some(known) => composed.settlement(known.settlement)?,
        None => None,
    };
    let found = match line.of {
        Some(of) => find(of, composed)?,
        None => None,
    };
    let standing = match line.of {
        Some(of) => composed.standing(of.standing())?,
        None => None,
    };
    let accounts = Accounts::find(&new.rail, new.currency, composed)?;
    let rows = LineRows {
        settlement: &settlement,
        known: known.as_deref().zip(first.as_deref()),
        row: found.as_ref().map(Found::row),
        standing: standing.as_deref(),
        accounts: accounts.to_settle(),
    };
    Ok(note_line(line, rows, composed.context())?)
}

/// Brings the standing of a payment up to date, with its fee where files alone have told it.
pub(crate) fn stand_payment<R: Rows>(
    id: PaymentId,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    stand_by(Moved::Payment(id), composed)
}

/// Brings the standing of a refund up to date.
pub(crate) fn stand_refund<R: Rows>(
    id: RailRefundId,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    stand_by(Moved::RailRefund(id), composed)
}

/// Brings the standing of a dispute up to date.
pub(crate) fn stand_dispute<R: Rows>(
    id: DisputeId,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    stand_by(Moved::Dispute(id), composed)
}

fn stand_by<R: Rows>(of: Moved, composed: &mut Composition<'_, '_, R>) -> Result<(), Stop> {
    let Some(found) = find(of, composed)? else { return Ok(()) };
    let row = found.row();
    let standing = composed.standing(of.standing())?;
    let accounts = match of {
        Moved::Payment(_) => Accounts::of_fee(row.rail(), row.currency(), composed)?,
        // Of these nothing is posted.
        Moved::RailRefund(_) | Moved::Dispute(_) => Accounts([None, None, None]),
    };
    let stood = stand(row, standing.as_deref(), accounts.to_settle(), composed.context())?;
    composed.add(stood);
    Ok(())
}

/// Something that a rail moves money for, as the rules so far have left it.
enum Found {
    Payment(Arc<Payment>),
    RailRefund(Arc<RailRefund>),
    Dispute(Arc<Dispute>, Arc<Payment>),
}

impl Found {
    fn row(&self) -> MovedRow<'_> {
        match self {
            Found::Payment(row) => MovedRow::Payment(row),
            Found::RailRefund(row) => MovedRow::RailRefund(row),
            Found::Dispute(row, payment) => MovedRow::Dispute(row, payment),
        }
    }
}

fn find<R: Rows>(of: Moved, composed: &mut Composition<'_, '_, R>) -> Result<Option<Found>, Stop> {
    Ok(match of {
        Moved::Payment(id) => composed.payment(id)?.map(Found::Payment),
        Moved::RailRefund(id) => composed.rail_refund(id)?.map(Found::RailRefund),
        Moved::Dispute(id) => match composed.dispute(id)? {
            Some(dispute) => {
                let payment = composed.payment(dispute.payment)?;
                payment.map(|payment| Found::Dispute(dispute, payment))
            }
            None => None,
        },
    })
}

/// Names what a line looks at.
fn name_line<R: Rows>(line: &NewLine, rail: &RailName, walk: &mut Walk<'_, R>) {
    if let Some(known) = walk.settlement_line(settlement_line_id(rail, &line.reference)) {
        walk.settlement(known.settlement);
    }
    let Some(of) = line.of else { return };
    walk.standing(of.standing());
    match of {
        Moved::Payment(id) => {
            walk.payment(id);
        }
        Moved::RailRefund(id) => {
            walk.rail_refund(id);
        }
        Moved::Dispute(id) => {
            if let Some(dispute) = walk.dispute(id) {
                walk.payment(dispute.payment);
            }
        }
    }
}

/// The accounts on which what files tell is posted, as far as they are open.
struct Accounts([Option<Account>; 3]);

impl Accounts {
    fn find<R: Rows>(
        rail: &RailName,
        currency: Currency,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Accounts, Stop> {
        Ok(Accounts(composed.each_account_of(&names(rail), currency)?))
    }

    /// The two on which a payment's fee is posted.
    fn of_fee<R: Rows>(
        rail: &RailName,
        currency: Currency,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Accounts, Stop> {
        let [clearing, fees, _] = names(rail);
        let [clearing, fees] = composed.each_account_of(&[clearing, fees], currency)?;
        Ok(Accounts([clearing, fees, None]))
    }

    fn to_settle(&self) -> SettlementAccounts<'_> {
        let [clearing, fees, bank] = self.0.each_ref().map(Option::as_ref);
        SettlementAccounts { clearing, fees, bank }
    }
}

fn names(rail: &RailName) -> [AccountName; 3] {
    let (clearing, fees) = (rail.clone(), rail.clone());
    [AccountName::RailClearing(clearing), AccountName::RailFees(fees), AccountName::Bank]
}
