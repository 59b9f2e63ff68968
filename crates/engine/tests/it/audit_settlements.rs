//! Settlement files and what they leave: everything that is added up, added up again.

use base::Currency;
use payments::{Moved, MovedRow, SettledKind, Settlement, SettlementLine, Sum};

use crate::world::World;

pub fn book(world: &World) {
    for standing in world.standing.values() {
        assert_eq!(standing.id, standing.of.standing());
        let ours = row_of(world, standing.of).map(MovedRow::ours);
        assert_eq!(ours, Some(standing.ours), "{standing:?} is not what was moved");
        let lines = world.settlement_line.values().filter(|line| line.of == Some(standing.of));
        let told: Vec<Sum> = lines
            .map(|line| {
                let fee = if line.kind == SettledKind::Capture { line.sum.fee } else { 0 };
                Sum { gross: line.sum.gross, fee }
            })
            .collect();
        assert_eq!(told.len(), standing.lines as usize, "{standing:?}");
        assert_eq!(total(told), standing.told, "{standing:?}");
    }
    let moved = world.payment.values().filter(|row| !row.captured.is_zero());
    for payment in moved {
        let of = Moved::Payment(payment.id);
        assert!(world.standing.contains_key(&of.standing()), "{payment:?} stands nowhere");
    }
    for file in world.settlement.values() {
        add_up(world, file);
    }
}

fn add_up(world: &World, file: &Settlement) {
    let lines: Vec<&SettlementLine> = world
        .settlement_line
        .values()
        .filter(|line| line.settlement == file.id)
        .map(AsRef::as_ref)
        .collect();
    let unknown = || lines.iter().filter(|line| line.is_unknown());
    assert_eq!(lines.len(), file.lines as usize);
    assert_eq!(total(lines.iter().map(|line| line.sum)), file.sum);
    assert_eq!(unknown().count(), file.unknown_lines as usize);
    assert_eq!(total(unknown().map(|line| line.sum)), file.unknown);
    let payouts = lines.iter().filter(|line| line.kind == SettledKind::Payout);
    assert_eq!(payouts.map(|line| -line.sum.gross).sum::<i64>(), file.paid_out);
}

fn total(sums: impl IntoIterator<Item = Sum>) -> Sum {
    sums.into_iter().fold(Sum::default(), |sum, one| Sum {
        gross: sum.gross + one.gross,
        fee: sum.fee + one.fee,
    })
}

fn row_of(world: &World, of: Moved) -> Option<MovedRow<'_>> {
    Some(match of {
        Moved::Payment(id) => MovedRow::Payment(world.payment.get(&id)?),
        Moved::RailRefund(id) => MovedRow::RailRefund(world.rail_refund.get(&id)?),
        Moved::Dispute(id) => {
            let dispute = world.dispute.get(&id)?;
            MovedRow::Dispute(dispute, world.payment.get(&dispute.payment)?)
        }
    })
}

/// What files have brought to the bank, and what they told that rails keep besides the fees of
/// payments.
pub fn booked(world: &World, currency: Currency) -> (i64, i64) {
    let lines = world.settlement_line.values().filter(|line| line.currency == currency);
    let mut booked = (0, 0);
    for line in lines {
        let Sum { gross, fee } = line.sum;
        match line.kind {
            SettledKind::Payout => booked = (booked.0 - gross, booked.1 + fee),
            SettledKind::Fee => booked.1 += fee - gross,
            SettledKind::Refund | SettledKind::Dispute if line.of.is_some() => booked.1 += fee,
            _ => {}
        }
    }
    booked
}
