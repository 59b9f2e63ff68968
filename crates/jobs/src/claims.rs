//! Leading claims on: facts are gathered, rules decide, money sets out, what has left is noted, and
//! what is late is told. And repaying what is owed without a claim.

mod account;
mod clerk;
mod repay;
mod round;
mod told;
mod unfinished;
mod waiting;

use base::{ClaimId, Instant};
use claims::Status;
use engine::{Refusal, Row};
use serving::Feed;
use store::{DueObject, List, Page, Reader};
use writer::Handle;

use self::round::Round;
use crate::{FeedKeeper, JobError};

pub use account::Account;
pub use clerk::ClaimClerk;
pub use told::{NotYet, Tells, deeds_of, told_facts};
pub use unfinished::UnfinishedFigures;

/// Claims in one page of a list.
const PAGE: u32 = 100;

/// What was done for claims, and without them, in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsLed {
    /// Claims of which facts were put together.
    pub gathered: u64,
    /// Claims that the rules have decided, or left to a person.
    pub decided: u64,
    /// Claims whose money has set out.
    pub sent: u64,
    /// Claims whose money has left.
    pub paid: u64,
    /// Claims of which a step was told to be late.
    pub late: u64,
    /// Restitutions that were made.
    pub restituted: u64,
    /// Restitutions whose money has left.
    pub repaid: u64,
    /// Restitutions that their order refused to send, and that wait for a person now.
    pub stuck: u64,
    /// Restitutions whose money should have left by now.
    pub late_restitutions: u64,
    /// Promotions of which nothing is owed unasked any more.
    pub searched: u64,
    /// What could not be done for a reason that time does not cure, with the reason.
    pub refused: Vec<(DueObject, Refusal)>,
}

impl ClaimsLed {
    /// Whether nothing was done, and nothing refused.
    pub fn is_empty(&self) -> bool {
        *self == ClaimsLed::default()
    }

    /// How much was done.
    fn steps(&self) -> u64 {
        let ClaimsLed { gathered, decided, sent, paid, late, .. } = self;
        let ClaimsLed { restituted, repaid, stuck, late_restitutions, searched, .. } = self;
        let of_claims = gathered + decided + sent + paid + late;
        of_claims + restituted + repaid + stuck + late_restitutions + searched
    }
}

/// What tells how promotions were delivered.
#[derive(Clone, Copy)]
pub enum Teller<'a> {
    /// The feed.
    Feed(&'a Feed),
    /// The feed is being opened: claims on promotions that were shown wait for it.
    Opening,
    /// Nobody: nothing was ever promoted here.
    Nobody,
}

impl<'a> Teller<'a> {
    /// What the feed of a book can tell, if it has one.
    pub fn of(keeper: Option<&'a FeedKeeper>) -> Teller<'a> {
        match keeper.map(|keeper| (keeper.feed(), keeper.is_idle())) {
            Some((Some(feed), _)) => Teller::Feed(feed),
            Some((None, false)) => Teller::Opening,
            Some((None, true)) | None => Teller::Nobody,
        }
    }

    /// The feed, if it tells.
    pub fn feed(self) -> Option<&'a Feed> {
        match self {
            Teller::Feed(feed) => Some(feed),
            Teller::Opening | Teller::Nobody => None,
        }
    }

    /// Up to when it can tell.
    pub fn tells(self) -> Tells {
        match self {
            Teller::Feed(feed) => Tells::UpTo(feed.now()),
            Teller::Opening => Tells::NothingYet,
            Teller::Nobody => Tells::Nothing,
        }
    }
}

/// Leads every claim on that waits for the platform, and repays what is owed without one, as far as
/// it goes.
///
/// Safe at any time and as often as wanted: what has gone on is passed over.
///
/// # Errors
///
/// [`JobError::Store`] and [`JobError::Writer`]. What was done stays done.
pub fn lead_claims(
    handle: &Handle,
    reader: &mut dyn Reader,
    teller: Teller<'_>,
) -> Result<ClaimsLed, JobError> {
    let mut round = Round::new(handle, teller);
    for id in open_claims(reader)? {
        round.lead(id, reader)?;
    }
    for due in reader.due_of_claims(Instant::MAX, u32::MAX)? {
        if !matches!(due.what, DueObject::Claim(_)) {
            round.see_to(due, reader)?;
        }
    }
    round.refresh_others(reader)?;
    Ok(round.led)
}

/// Claims that are open, as far as the tables know.
fn open_claims(reader: &mut dyn Reader) -> Result<Vec<ClaimId>, JobError> {
    let mut found = Vec::new();
    for status in Status::ALL.into_iter().filter(|status| status.is_open()) {
        let mut after = None;
        loop {
            let list = List::Claims { promotion: None, status: Some(status) };
            let rows = reader.list(list, Page::after(after, PAGE))?;
            let is_last = rows.len() < PAGE as usize;
            for row in rows {
                let Row::Claim(claim) = row else { continue };
                after = Some(claim.id.bits());
                found.push(claim.id);
            }
            if is_last {
                break;
            }
        }
    }
    Ok(found)
}
