//! The part of the script language that is about settlement files.
//!
//! | line | means |
//! | --- | --- |
//! | `settle F capture:p:1000:59:l1 payout:-:-941:0:l2` | kind, of what, gross, fee, line |
//! | `… rail=stripe currency=EUR` | whose file, and in which currency |
//! | `… => p.told settled x.told missing:-300 d.told differs:5` | how it stands, and by how much |
//! | `… => F.lines 2/1` | lines of a file, and those that are unknown |

use base::{Currency, DisputeId, Instant, PaymentId, RailRefundId, StandingId, Token};
use engine::PaymentCommand;
use ledger::RailName;
use payments::{Moved, NewLine, NewSettlement, SettledKind, StandingState, Sum, settlement_id};

use crate::words::{Words, bits, text};
use crate::world::World;

/// The command of a line; `None` when it is about something else.
pub fn command(words: &Words<'_>) -> Option<PaymentCommand> {
    if words.at(0) != "settle" {
        return None;
    }
    let lines = words.bare_from(2).map(line).collect();
    Some(PaymentCommand::NoteSettlement(Box::new(NewSettlement {
        rail: rail(words.value("rail").unwrap_or("sandbox")),
        reference: text(words.at(1)),
        currency: Currency::parse(words.value("currency").unwrap_or("USD")).unwrap(),
        lines,
    })))
}

fn rail(name: &str) -> RailName {
    Token::new(name).unwrap()
}

fn line(word: &str) -> NewLine {
    let parts: Vec<&str> = word.split(':').collect();
    let [kind, name, gross, fee, reference] = parts[..] else { panic!("{word} is no line") };
    let kind = SettledKind::ALL.into_iter().find(|known| known.as_str() == kind).unwrap();
    let of = match kind {
        _ if name == "-" => None,
        SettledKind::Capture => Some(Moved::Payment(PaymentId::from_bits(bits(name)))),
        SettledKind::Refund => Some(Moved::RailRefund(RailRefundId::from_bits(bits(name)))),
        _ => Some(Moved::Dispute(DisputeId::from_bits(bits(name)))),
    };
    NewLine {
        reference: text(reference),
        kind,
        sum: Sum { gross: gross.parse().unwrap(), fee: fee.parse().unwrap() },
        at: Instant::from_micros(0),
        of,
        source: None,
    }
}

/// What is seen of a file or of something that was moved; `None` for other words.
pub fn member(world: &World, name: &str, member: &str) -> Option<String> {
    match member {
        "told" => {
            let standing = world.standing.get(&StandingId::from_bits(bits(name)));
            Some(standing.map_or("-".to_owned(), |row| match row.state() {
                StandingState::Settled => "settled".to_owned(),
                other => format!("{}:{}", other.as_str(), row.difference()),
            }))
        }
        "lines" => {
            let file = world.settlement.get(&settlement_id(&rail("sandbox"), &text(name)))?;
            Some(format!("{}/{}", file.lines, file.unknown_lines))
        }
        _ => None,
    }
}
