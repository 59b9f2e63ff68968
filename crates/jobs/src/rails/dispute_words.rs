//! From a dispute as the rail shows it to the commands that bring ours there. Pure.

use base::{DisputeId, PaymentId, RailRefundId, Token};
use engine::PaymentCommand;
use payments::{Dispute, DisputeState as Known, OpenDispute};
use rails::{DisputeStage, DisputeState};

/// The commands, in order; none when the same is known. `id` is that of the row, whether there is
/// one or not; `draw` draws ids for what a dispute cuts off a refund.
///
/// Rails do not number stages. A dispute that was decided and is shown otherwise has gone on, so it
/// is opened in the next one.
pub(super) fn commands(
    known: Option<&Dispute>,
    told: &DisputeState,
    payment: PaymentId,
    id: DisputeId,
    draw: impl Fn() -> RailRefundId,
) -> Vec<PaymentCommand> {
    let open = |stage| {
        let new = Box::new(opened(told, id, stage));
        PaymentCommand::OpenDispute { payment, new, rest: draw() }
    };
    let win = |stage| PaymentCommand::WinDispute { dispute: id, stage, rest: draw() };
    let lose = |stage| PaymentCommand::LoseDispute { dispute: id, stage };
    let next = known.map_or(1, |known| known.stage.saturating_add(1));
    let state = known.map(|known| (known.state, known.stage));
    match (told.stage, state) {
        // Nothing was taken, or it is back before anybody noticed.
        (DisputeStage::Inquiry, _) | (DisputeStage::Won, None | Some((Known::Won, _))) => vec![],
        (DisputeStage::Lost, Some((Known::Lost, _))) => vec![],
        // Nobody spends it until a person knows who has the money; what is decided stays so.
        (DisputeStage::Unclear, Some(_)) => vec![],
        // The same once more, so that another amount is not passed over.
        (DisputeStage::Open, Some((Known::Open, stage))) => {
            let is_same = known.is_some_and(|known| known.amount == told.amount);
            if is_same { vec![] } else { vec![open(stage)] }
        }
        (DisputeStage::Open, None | Some((Known::Won | Known::Lost, _)))
        | (DisputeStage::Unclear, None) => vec![open(next)],
        (DisputeStage::Won, Some((Known::Open, stage))) => vec![win(stage)],
        (DisputeStage::Won, Some((Known::Lost, _))) => vec![open(next), win(next)],
        (DisputeStage::Lost, Some((Known::Open, stage))) => vec![lose(stage)],
        (DisputeStage::Lost, None | Some((Known::Won, _))) => vec![open(next), lose(next)],
    }
}

fn opened(told: &DisputeState, id: DisputeId, stage: u8) -> OpenDispute {
    OpenDispute {
        id,
        amount: told.amount,
        reason: reason(told.ground.as_str()),
        due_by: told.due_at,
        stage,
        rail_reference: Some(told.reference.clone()),
    }
}

/// The rail's word, where it is one.
fn reason(ground: &str) -> Token<40> {
    Token::new(ground).unwrap_or_else(|_| Token::new("other").expect("a word is a token"))
}

#[cfg(test)]
mod tests {
    use base::{Currency, Instant, Money, Text};

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD).unwrap()
    }

    fn told(stage: DisputeStage) -> DisputeState {
        DisputeState {
            reference: Text::new("dp_1").unwrap(),
            payment: Text::new("pi_1").unwrap(),
            amount: usd(500),
            ground: Text::new("fraudulent").unwrap(),
            due_at: None,
            stage,
        }
    }

    fn known(state: Known, amount: i64) -> Dispute {
        Dispute {
            id: DisputeId::from_bits(3),
            payment: PaymentId::from_bits(2),
            amount: usd(amount),
            reason: reason("fraudulent"),
            due_by: None,
            state,
            stage: 2,
            rail_reference: None,
            created_at: Instant::MIN,
        }
    }

    fn words(known: Option<&Dispute>, stage: DisputeStage) -> String {
        let told = told(stage);
        let (payment, id) = (PaymentId::from_bits(2), DisputeId::from_bits(3));
        let commands = commands(known, &told, payment, id, || RailRefundId::from_bits(4));
        let word = |command: &PaymentCommand| match command {
            PaymentCommand::OpenDispute { new, .. } => format!("open {}", new.stage),
            PaymentCommand::WinDispute { stage, .. } => format!("win {stage}"),
            PaymentCommand::LoseDispute { stage, .. } => format!("lose {stage}"),
            other => panic!("{other:?}"),
        };
        commands.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    #[track_caller]
    fn check(state: Option<Known>, expected: [&str; 5]) {
        use DisputeStage::{Inquiry, Lost, Open, Unclear, Won};
        let row = state.map(|state| known(state, 500));
        let told = [Inquiry, Open, Won, Lost, Unclear].map(|stage| words(row.as_ref(), stage));
        assert_eq!(told, expected, "{state:?}");
    }

    #[test]
    fn a_dispute_is_brought_to_where_the_rail_shows_it() {
        //                       inquiry, open, won, lost, unclear
        check(None, ["", "open 1", "", "open 1, lose 1", "open 1"]);
        check(Some(Known::Open), ["", "", "win 2", "lose 2", ""]);
        check(Some(Known::Won), ["", "open 3", "", "open 3, lose 3", ""]);
        check(Some(Known::Lost), ["", "open 3", "open 3, win 3", "", ""]);
    }

    #[test]
    fn another_amount_is_not_passed_over() {
        let other = known(Known::Open, 400);
        assert_eq!(words(Some(&other), DisputeStage::Open), "open 2");
    }

    #[test]
    fn the_ground_is_kept_where_it_is_a_word() {
        for (ground, expected) in [("fraudulent", "fraudulent"), ("Not As Described", "other")] {
            assert_eq!(reason(ground).as_str(), expected);
        }
    }
}
