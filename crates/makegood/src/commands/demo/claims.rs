//! Claims for what the city's promotions brought: each on another ground, so that the queue has
//! some that rules decide and some that wait for a person.

use claims::{Claimant, Ground, Named, NewClaim, NewWords};
use engine::{ClaimCommand, Command};
use promotions::State;

use super::city;
use super::shop::Keeper;
use crate::failure::Done;

const CLAIMS: [(Ground, &str); 3] = [
    (Ground::FailureToDeliver, "I paid for a week and it hardly showed after the first evening."),
    (Ground::PoorOutcome, "Many people saw it, and nobody followed me."),
    (Ground::TechnicalError, "The numbers stood still on Sunday, and then they jumped."),
];

/// Makes them. Whoever serves the book gathers the facts and has them decided.
///
/// # Errors
///
/// The book cannot be written, or refuses a claim.
pub(super) fn file(keeper: &Keeper<'_>) -> Done {
    let mut settled = city::listed(keeper, State::Settled)?;
    // The tour is about the one that brought most.
    settled.sort_by_key(|row| std::cmp::Reverse((row.delivery.billed_units, row.id)));
    let mut commands = Vec::new();
    for (promotion, (ground, text)) in settled.iter().skip(1).zip(CLAIMS) {
        let claimant = promotion.advertiser;
        let sealed = keeper.seal_of_claimant(claimant, text)?;
        let words = NewWords {
            person: sealed.person,
            sealed: sealed.bytes,
            bytes: u32::try_from(text.len()).expect("a sentence"),
        };
        commands.push(Command::Claims(Box::new(ClaimCommand::File(Box::new(NewClaim {
            id: keeper.new_id(),
            claimant: Claimant::Person(claimant),
            named: Named::Promotion(promotion.id),
            ground,
            period: None,
            words,
            attachments: Vec::new(),
            metadata: Default::default(),
        })))));
    }
    keeper.decide_all(commands)
}
