//! Moving the clock of a test book: what falls due on the way is booked at its own time.

use base::{Instant, KeyId, Span};
use engine::{BookRefusal, Command, Refusal};
use store::{Due, DueObject, Reader};
use writer::{Decided, Handle, Operation, Request};

use crate::due::{Booking, DUE_PORTION_MAX, Tables, book_time};
use crate::rails::Settling;
use crate::{Booked, JobError, RailCaller, SYSTEM_ACTOR};

/// Steps of the clock one call takes; each is a commit or two.
pub const CLOCK_STEPS_MAX: u32 = 10_000;

/// The clock runs on while it is being moved. When the last step ends this close to the time
/// that was asked for, the clock may already be past it, and is moved this much further instead.
const HEADROOM: Span = Span::from_micros(250_000);

/// How a move of the clock ended.
#[derive(Clone, Debug)]
pub struct Advanced {
    /// The decision on the move itself, made under the caller's operation. Its answer tells the
    /// time at which it was decided; `now` tells the time after it.
    pub decided: Decided,
    /// The book's time after everything was booked.
    pub now: Instant,
    /// What was booked on the way.
    pub booked: Booked,
    /// Steps that were taken before the last one.
    pub steps: u32,
}

/// Moves the clock of a test book to `to`, from one due time to the next: each thing is booked
/// when it falls due, in due order, before the clock moves on. The last move carries `actor` and
/// `operation`, so a repetition is answered as the first time and books what may be missing.
///
/// With `rails`, their calls are made at their times too, and what happens by itself at a simulated
/// rail happens at its own; a rail that does not answer is waited for 20 seconds altogether.
///
/// A book that is not a test book, and a time in the past, get the refusal of the last move.
///
/// # Errors
///
/// [`JobError::TooManySteps`] when more than [`CLOCK_STEPS_MAX`] due times lie on the way: the
/// clock has moved a part of it, and asking again goes on. [`JobError::Clock`] when a step is
/// refused; [`JobError::NoBook`], [`JobError::Store`], [`JobError::Writer`].
pub fn advance_test_clock(
    handle: &Handle,
    reader: &mut dyn Reader,
    rails: Option<&RailCaller>,
    actor: KeyId,
    to: Instant,
    operation: Option<Operation>,
) -> Result<Advanced, JobError> {
    let (now, is_test) = book_time(handle)?;
    let rails = rails.map(RailCaller::settling);
    let mut way = Way { handle, reader, rails, booking: Booking::new(handle), steps: 0 };
    let mut target = to;
    if is_test && now < to {
        way.walk(to)?;
        if way.steps > 0 {
            target = to.max(book_time(handle)?.0.saturating_add(HEADROOM));
        }
    }
    let decided = advance(handle, actor, target, operation)?;
    if decided.result.is_ok() {
        way.arrive()?;
    }
    let (now, _) = book_time(handle)?;
    Ok(Advanced { decided, now, booked: way.booking.booked, steps: way.steps })
}

/// The clock on its way.
struct Way<'a> {
    handle: &'a Handle,
    reader: &'a mut dyn Reader,
    rails: Option<Settling>,
    booking: Booking<'a>,
    /// Steps that the clock took.
    steps: u32,
}

impl Way<'_> {
    /// Moves the clock to every due time before `to` and books what falls due there.
    fn walk(&mut self, to: Instant) -> Result<(), JobError> {
        self.settle()?;
        let mut reached = book_time(self.handle)?.0;
        let before = to.saturating_sub(Span::from_micros(1));
        loop {
            let portion = self.booking.next_portion(self.reader, before, Tables::UpToDate)?;
            let rails_at = self.rails_at(&portion, reached).filter(|at| *at <= before);
            // Whatever a rail is asked, or says, may make something due before the rest.
            let first = portion.partition_point(|due| rails_at.is_none_or(|at| due.at < at));
            for same_time in portion[..first].chunk_by(|one, next| one.at == next.at) {
                self.step_to(same_time[0].at, &mut reached)?;
                self.booking.book(same_time)?;
            }
            match rails_at {
                // More may be due before that than one portion has.
                Some(_) if first == DUE_PORTION_MAX => {}
                Some(at) => {
                    self.step_to(at, &mut reached)?;
                    self.settle()?;
                    let same_time = portion[first..].chunk_by(|one, next| one.at == next.at);
                    let same_time = same_time.take(1).find(|same_time| same_time[0].at == at);
                    self.booking.book(same_time.unwrap_or_default())?;
                }
                None if portion.is_empty() => return Ok(()),
                None => {}
            }
        }
    }

    /// When rails are to be asked next, or something happens at a simulated one by itself. What has
    /// happened there until now was dealt with, as far as it can be.
    fn rails_at(&self, portion: &[Due], reached: Instant) -> Option<Instant> {
        let rails = self.rails.as_ref()?;
        let is_due = portion.iter().find(|due| waits_for_rail(due.what)).map(|due| due.at);
        let happens = rails.next_change().filter(|at| reached < *at);
        is_due.into_iter().chain(happens).min()
    }

    /// Moves the clock to `at`, unless it is there.
    fn step_to(&mut self, at: Instant, reached: &mut Instant) -> Result<(), JobError> {
        if *reached < at {
            if self.steps == CLOCK_STEPS_MAX {
                let (steps_max, reached) = (CLOCK_STEPS_MAX, *reached);
                return Err(JobError::TooManySteps { steps_max, reached });
            }
            step(self.handle, at)?;
            self.steps += 1;
            *reached = at;
        }
        Ok(())
    }

    /// Books what is due at the end of the way.
    fn arrive(&mut self) -> Result<(), JobError> {
        self.settle()?;
        let (now, _) = book_time(self.handle)?;
        loop {
            let portion = self.booking.next_portion(self.reader, now, Tables::UpToDate)?;
            if portion.is_empty() {
                return Ok(());
            }
            self.booking.book(&portion)?;
            // A rail is asked for what goes back before whoever moved the clock is answered.
            self.settle()?;
        }
    }

    fn settle(&self) -> Result<(), JobError> {
        self.rails.as_ref().map_or(Ok(()), Settling::settle)
    }
}

fn waits_for_rail(what: DueObject) -> bool {
    matches!(what, DueObject::Payment(_) | DueObject::RailRefund(_))
}

/// Moves the clock one step; that it has run past the step by itself is as good.
fn step(handle: &Handle, to: Instant) -> Result<(), JobError> {
    match advance(handle, SYSTEM_ACTOR, to, None)?.result {
        Ok(_) | Err(Refusal::Book(BookRefusal::ClockBackwards)) => Ok(()),
        Err(refusal) => Err(JobError::Clock(refusal)),
    }
}

fn advance(
    handle: &Handle,
    actor: KeyId,
    to: Instant,
    operation: Option<Operation>,
) -> Result<Decided, JobError> {
    let request = Request { command: Command::AdvanceClock { to }, actor, operation };
    let mut outcomes = handle.decide(vec![request], false)?;
    let outcome = outcomes.pop().expect("the writer gives one outcome a request");
    Ok(outcome?)
}
