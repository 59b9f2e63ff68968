//! Words of the script language about senders of gifts.
//!
//! | line | meaning |
//! | --- | --- |
//! | `issue A 1 via=email from=S to=P giver=B` | S gives it to P, or B has bought it |
//! | `report letter:A,S-P scam block` | P, to whom S had A mailed, reports, and blocks |
//! | `turn_away letter:A,S-P`, `take_again letter:A,S-P` | they block the sender, and lift that |
//! | `report link:A,L scam` | whoever has the link L of A reports |
//! | `ban S for=spam`, `unban S` | the shop blocks a sender, and lifts that |
//! | `… => S.reporters 1 S.banned spam S.mailed 2,1` | recipients, day by day |
//! | `… => S-P.gifts 2,1 S-P.report scam S-P.away yes` | gifts of S to P, day by day |

use base::{CardId, Token};
use engine::{ClaimBy, Command, GiftCardCommand};
use giftcards::{Days, NewReport, ReportReason, Voice, contact_of};

use crate::words::{self, Words};
use crate::world::World;

/// The command of a line; `None` when it is about something else.
pub fn command(words: &Words<'_>) -> Option<Command> {
    let shown = || shown(words.at(1));
    Some(Command::GiftCards(match words.at(0) {
        "report" => {
            let (card, voice) = shown();
            let reason = ReportReason::ALL.into_iter().find(|it| it.as_str() == words.at(2));
            let report = NewReport { reason: reason.unwrap(), blocks: words.has("block") };
            GiftCardCommand::ReportSender { card, voice, report }
        }
        word @ ("turn_away" | "take_again") => {
            let (card, voice) = shown();
            GiftCardCommand::BlockContact { card, voice, blocks: word == "turn_away" }
        }
        "ban" => GiftCardCommand::BlockSender {
            sender: words::person(words.at(1)),
            reason: Token::new(words.value("for").unwrap_or("spam")).unwrap(),
        },
        "unban" => GiftCardCommand::UnblockSender { sender: words::person(words.at(1)) },
        _ => return None,
    }))
}

fn shown(word: &str) -> (CardId, Voice) {
    if let Some(letter) = word.strip_prefix("letter:") {
        let (card, persons) = letter.split_once(',').unwrap();
        let (sender, recipient) = persons.split_once('-').unwrap();
        let contact = contact_of(words::person(sender), words::person(recipient));
        return (words::card(card), Voice::Letter(contact));
    }
    match words::claim_by(word) {
        ClaimBy::Link { card, hashes } => (card, Voice::Link(hashes)),
        ClaimBy::Code(_) => panic!("{word} is no link"),
    }
}

/// What is seen of a sender or a contact; `None` when it is about something else.
pub fn member(world: &World, name: &str, member: &str) -> Option<String> {
    if let Some((sender, recipient)) = name.split_once('-') {
        let id = contact_of(words::person(sender), words::person(recipient));
        let row = world.contact.get(&id);
        return Some(match member {
            "gifts" => row.map_or_else(none, |row| days(&row.gifts)),
            "away" => row.and_then(|row| row.blocked_since).map_or_else(none, |_| "yes".into()),
            "report" => {
                row.and_then(|row| row.report).map_or_else(none, |it| it.reason.as_str().into())
            }
            other => panic!("nothing is kept as {other}"),
        });
    }
    let row = world.sender.get(&words::person(name));
    Some(match member {
        "mailed" => row.map_or_else(none, |row| days(&row.recipients)),
        "reporters" => row.map_or_else(none, |row| row.reporters.to_string()),
        "banned" => row
            .and_then(|row| row.blocked.as_ref())
            .map_or_else(none, |block| block.reason.as_str().into()),
        _ => return None,
    })
}

fn none() -> String {
    "-".to_owned()
}

fn days(days: &Days) -> String {
    let counts: Vec<String> = days.as_slice().iter().map(|day| day.count.to_string()).collect();
    if counts.is_empty() { none() } else { counts.join(",") }
}
