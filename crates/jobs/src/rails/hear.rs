//! Messages of rails. They are hints: the rail is asked for the state, and that is noted.
//!
//! A rail is told that its message was received when everything about it is in the book. Until then
//! it sends it again, so a message is not lost when the process dies in between.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use base::Instant;
use rails::sandbox::Message;
use rails::{Change, Header, Reference, WebhookError};

use super::caller::{RailCaller, Shared};
use super::desk::Desk;
use super::operation::{DoneFor, done_for};
use super::schedule::{Task, Wish};

/// How long a message may take; rails wait longer for their answer.
const HEAR_TIME_MAX: Duration = Duration::from_secs(5);

/// Messages of a sandbox that are fetched at once.
const MESSAGES_A_ROUND_MAX: usize = 256;

/// Why a message was not received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HearError {
    /// The book has no such rail.
    #[error("this rail is not set up")]
    NoSuchRail,
    /// It is not the rail's, or cannot be read. It has changed nothing.
    #[error(transparent)]
    NotBelieved(#[from] WebhookError),
    /// It could not be dealt with in time: it is to be sent again.
    #[error("too much is waiting, or the rail does not answer; send it again")]
    Busy,
}

impl RailCaller {
    /// Receives a message of a rail, as it came. Blocks until whatever it says is in the book, for
    /// five seconds at most.
    ///
    /// # Errors
    ///
    /// [`HearError`]. Only one that is [`Busy`](HearError::Busy) is worth being sent again.
    pub fn hear(&self, rail: &str, headers: &[Header<'_>], body: &[u8]) -> Result<(), HearError> {
        let shared = self.shared();
        let Some(desk) = shared.desk(rail) else {
            // Whoever owns the book next has it.
            let is_stopped = shared.is_stopped();
            return Err(if is_stopped { HearError::Busy } else { HearError::NoSuchRail });
        };
        let _place = desk.listen().ok_or(HearError::Busy)?;
        let now = desk.connected.clock.now();
        let receipts = shared.begin_to_hear(&desk, headers, body, now)?;
        let until = shared.clock.monotonic() + HEAR_TIME_MAX;
        if shared.are_noted(&receipts, until) { Ok(()) } else { Err(HearError::Busy) }
    }
}

impl Shared {
    /// Fetches the messages of sandboxes, as if they came over HTTP. Returns how many were
    /// received.
    pub(super) fn fetch_messages(self: &Arc<Self>) -> usize {
        let until = self.clock.monotonic() + HEAR_TIME_MAX;
        let mut received = 0;
        for desk in self.desks() {
            // As long as all of a round is received: what is not comes first again.
            while self.clock.monotonic() < until && !self.is_stopped() {
                let round = self.fetch_a_round(&desk, until);
                received += round;
                if round < MESSAGES_A_ROUND_MAX {
                    break;
                }
            }
        }
        received
    }

    fn fetch_a_round(self: &Arc<Self>, desk: &Arc<Desk>, until: Duration) -> usize {
        let Some(sandbox) = &desk.connected.sandbox else { return 0 };
        let messages: Vec<Message> = sandbox.first_arrived(MESSAGES_A_ROUND_MAX);
        if messages.is_empty() {
            return 0;
        }
        let now = desk.connected.clock.now();
        let begun: Vec<_> = messages
            .iter()
            .map(|message| self.begin_to_hear(desk, &message.headers(), &message.body, now))
            .collect();
        let mut received = 0;
        for (message, begun) in messages.iter().zip(begun) {
            let is_over = match begun {
                Ok(receipts) => self.are_noted(&receipts, until),
                // The test clock was moved since it was signed: it is signed anew next time.
                Err(HearError::NotBelieved(WebhookError::OutOfTime)) => false,
                Err(HearError::NotBelieved(_)) => true,
                Err(HearError::NoSuchRail | HearError::Busy) => false,
            };
            if is_over {
                sandbox.received(message);
                received += 1;
            }
        }
        received
    }

    /// Checks a message and has looked at what it is about; one receipt for each thing.
    fn begin_to_hear(
        self: &Arc<Self>,
        desk: &Arc<Desk>,
        headers: &[Header<'_>],
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<Receiver<bool>>, HearError> {
        let events = desk.connected.rail.verify_and_translate(headers, body, now)?;
        let mut receipts = Vec::new();
        for event in &events {
            let Some((task, mut wish)) = meaning(&event.change) else { continue };
            let (sender, receipt) = mpsc::channel();
            wish.receipts.push(sender);
            if !desk.add(self, task, wish) {
                return Err(HearError::Busy);
            }
            receipts.push(receipt);
        }
        Ok(receipts)
    }

    /// Whether everything is noted, waiting for it until a moment of the steady clock.
    pub(super) fn are_noted(&self, receipts: &[Receiver<bool>], until: Duration) -> bool {
        receipts.iter().all(|receipt| {
            let patience = until.saturating_sub(self.clock.monotonic());
            receipt.recv_timeout(patience).unwrap_or(false)
        })
    }
}

/// What to look at after a change; nothing when it is no business of ours.
fn meaning(change: &Change) -> Option<(Task, Wish)> {
    let taken_back = |payment: &Reference| {
        // Whose it is only the payment tells.
        Some((Task::TakenBack(payment.clone()), Wish::default()))
    };
    match change {
        Change::Payment(state) => match state.operation.as_ref().and_then(done_for)? {
            DoneFor::Payment(id) => {
                Some((Task::Payment(id), Wish { asks: true, ..Wish::default() }))
            }
            DoneFor::Refund(..) => None,
        },
        Change::Refund(state) => match state.operation.as_ref().and_then(done_for) {
            Some(DoneFor::Refund(id, attempt)) => {
                let attempts = [attempt].into();
                Some((Task::Refund(id), Wish { attempts, ..Wish::default() }))
            }
            // It was not made from here, or its name was changed at the rail.
            Some(DoneFor::Payment(_)) | None => taken_back(&state.payment),
        },
        Change::Dispute(state) => taken_back(&state.payment),
        Change::TakenBack(payment) => taken_back(payment),
    }
}
