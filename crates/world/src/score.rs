//! What became of a campaign, as whoever made the world knows it.

use base::Instant;

use crate::bots::Bot;
use crate::plan::Plan;

/// What became of a campaign. Units are events of the billed kind that reached the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// How often it was shown.
    pub shown: u64,
    /// Units that honest people made.
    pub honest: u64,
    /// Units that bots made.
    pub bots: Vec<(Bot, u64)>,
    /// Units of honest people in each hour of the world.
    pub by_hour: Vec<u32>,
}

impl Score {
    pub(crate) fn new(plan: &Plan) -> Score {
        let hours = usize::from(plan.days) * 24;
        Score { shown: 0, honest: 0, bots: Vec::new(), by_hour: vec![0; hours] }
    }

    pub(crate) fn count(&mut self, plan: &Plan, at: Instant, bot: Option<Bot>) {
        let Some(bot) = bot else {
            self.honest += 1;
            let since = at.since(plan.starts_at).map_or(0, |span| span.micros());
            if let Some(hour) = self.by_hour.get_mut((since / HOUR_MICROS) as usize) {
                *hour += 1;
            }
            return;
        };
        match self.bots.iter_mut().find(|(known, _)| *known == bot) {
            Some((_, units)) => *units += 1,
            None => self.bots.push((bot, 1)),
        }
    }
}

const HOUR_MICROS: u64 = 60 * 60 * 1_000_000;
