//! Moving the clock of a test book: what falls due on the way is booked at its own time.

use base::{Instant, KeyId, Span};
use engine::{BookRefusal, Command, Refusal};
use store::Reader;
use writer::{Decided, Handle, Operation, Request};

use crate::due::{Booking, Tables, book_time};
use crate::{Booked, JobError, SYSTEM_ACTOR};

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
    actor: KeyId,
    to: Instant,
    operation: Option<Operation>,
) -> Result<Advanced, JobError> {
    let mut booking = Booking::new(handle);
    let (now, is_test) = book_time(handle)?;
    let mut steps = 0;
    let mut target = to;
    if is_test && now < to {
        steps = walk(handle, reader, &mut booking, to)?;
        if steps > 0 {
            target = to.max(book_time(handle)?.0.saturating_add(HEADROOM));
        }
    }
    let decided = advance(handle, actor, target, operation)?;
    if decided.result.is_ok() {
        let (now, _) = book_time(handle)?;
        loop {
            let portion = booking.next_portion(reader, now, Tables::UpToDate)?;
            if portion.is_empty() {
                break;
            }
            booking.book(&portion)?;
        }
    }
    let (now, _) = book_time(handle)?;
    Ok(Advanced { decided, now, booked: booking.booked, steps })
}

/// Moves the clock to every due time before `to` and books what falls due there. Returns how
/// many steps the clock took.
fn walk(
    handle: &Handle,
    reader: &mut dyn Reader,
    booking: &mut Booking<'_>,
    to: Instant,
) -> Result<u32, JobError> {
    let mut steps = 0;
    let mut reached = book_time(handle)?.0;
    let before = to.saturating_sub(Span::from_micros(1));
    loop {
        let portion = booking.next_portion(reader, before, Tables::UpToDate)?;
        if portion.is_empty() {
            return Ok(steps);
        }
        for same_time in portion.chunk_by(|one, next| one.at == next.at) {
            let at = same_time[0].at;
            if reached < at {
                if steps == CLOCK_STEPS_MAX {
                    return Err(JobError::TooManySteps { steps_max: CLOCK_STEPS_MAX, reached });
                }
                step(handle, at)?;
                steps += 1;
                reached = at;
            }
            booking.book(same_time)?;
        }
    }
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
