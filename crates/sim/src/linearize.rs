//! Whether what many threads saw can be explained by one order of events: the journal's.
//!
//! A history is linearizable when every operation seems to take place at one instant between its
//! call and its return (Herlihy and Wing, "Linearizability: A Correctness Condition for
//! Concurrent Objects", 1990). Finding such an order is hard in general. Here the journal claims
//! to be that order, so checking takes one pass: the oracle goes through the records one by one,
//! and whatever left no record must be true at some point that its caller's time allows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base::Instant;
use engine::{Answer, Query};
use writer::{Decided, Handle, Outcome, Request, Trouble};

use crate::{Divergence, Model, Oracle, compare};

/// Records what many threads ask and are told. Clones write into the same history.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    ticks: Arc<AtomicU64>,
    events: Arc<Mutex<Vec<Event>>>,
}

/// One call and its return, each with its place in real time.
#[derive(Debug)]
struct Event {
    called: u64,
    returned: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    Command(Request, Outcome),
    Query(Query, Option<Answer>),
}

impl Recorder {
    /// An empty history.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// Asks for a decision and writes down what came of it.
    ///
    /// # Errors
    ///
    /// As [`Handle::decide`]; such a call is not part of the history.
    pub fn decide(&self, handle: &Handle, request: Request) -> Result<Outcome, Trouble> {
        let called = self.tick();
        let mut outcomes = handle.decide(vec![request.clone()], false)?;
        let returned = self.tick();
        let outcome = outcomes.pop().expect("there is one outcome a request");
        self.write(Event { called, returned, what: What::Command(request, outcome.clone()) });
        Ok(outcome)
    }

    /// Asks a question and writes down the answer.
    ///
    /// # Errors
    ///
    /// As [`Handle::ask`].
    pub fn ask(&self, handle: &Handle, query: Query) -> Result<Option<Answer>, Trouble> {
        let called = self.tick();
        let answer = handle.ask(query.clone())?;
        let returned = self.tick();
        self.write(Event { called, returned, what: What::Query(query, answer.clone()) });
        Ok(answer)
    }

    /// Checks the history against `oracle`, which must be where the book was when it began, and
    /// brings the oracle to its end. `wall` is the wall clock's stand-in: a history is recorded
    /// on a clock that does not move, so that every decision has the same book time.
    ///
    /// # Errors
    ///
    /// [`Divergence`] with the first thing that no order explains. Threads must have ended.
    pub fn check(self, oracle: &mut Oracle, wall: Instant) -> Result<usize, Divergence> {
        let mut events = {
            let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *events)
        };
        let count = events.len();
        events.sort_by_key(|event| event.called);
        let bounds = bounds(&events, oracle.seq())?;
        replay(&events, &bounds, oracle, wall)?;
        Ok(count)
    }

    fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    fn write(&self, event: Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }
}

/// The records after which an event may have taken place: from the first to the last, both
/// included.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    first: u64,
    last: u64,
}

impl Event {
    /// The record this event claims to have made.
    fn own_record(&self) -> Option<u64> {
        match &self.what {
            What::Command(_, Ok(Decided { replayed: false, seq, .. })) if *seq > 0 => Some(*seq),
            _ => None,
        }
    }

    /// The record this event must have seen: its own, or the one it repeats.
    fn known_record(&self) -> u64 {
        match &self.what {
            What::Command(_, Ok(decided)) => decided.seq,
            _ => 0,
        }
    }
}

/// What real time says about each event, in the order of `events`, which is that of the calls.
fn bounds(events: &[Event], start: u64) -> Result<Vec<Bounds>, Divergence> {
    let mut by_return: Vec<&Event> = events.iter().collect();
    by_return.sort_by_key(|event| event.returned);
    // An event comes after every record that was known before it was called.
    let mut bounds = Vec::with_capacity(events.len());
    let (mut known, mut returned) = (start, by_return.iter().peekable());
    for event in events {
        while let Some(earlier) = returned.next_if(|earlier| earlier.returned < event.called) {
            known = known.max(earlier.known_record());
        }
        bounds.push(Bounds { first: known, last: u64::MAX });
    }
    // And before every record that was asked for after it had returned.
    let mut later: Vec<(u64, u64)> = Vec::new();
    let mut lowest = u64::MAX;
    for event in events.iter().rev() {
        lowest = lowest.min(event.own_record().unwrap_or(u64::MAX));
        later.push((event.called, lowest));
    }
    later.reverse();
    for (event, bounds) in events.iter().zip(&mut bounds) {
        let position = later.partition_point(|(called, _)| *called < event.returned);
        if let Some((_, lowest)) = later.get(position) {
            bounds.last = lowest.saturating_sub(1);
        }
        if let Some(seq) = event.own_record()
            && (seq <= bounds.first || seq > bounds.last)
        {
            return Err(Divergence(format!("{bounds:?} does not allow {event:#?}")));
        }
    }
    Ok(bounds)
}

/// Goes through the records; at each point, whatever left no record is tried until it fits.
fn replay(
    events: &[Event],
    bounds: &[Bounds],
    oracle: &mut Oracle,
    wall: Instant,
) -> Result<(), Divergence> {
    let mut records: Vec<(u64, usize)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match event.own_record() {
            Some(seq) => records.push((seq, index)),
            None => open.push(index),
        }
    }
    records.sort_unstable();
    open.sort_by_key(|index| bounds[*index].first);
    let (mut waiting, mut open) = (Vec::new(), open.into_iter().peekable());
    oracle.begin_batch(wall, wall);
    let mut records = records.into_iter();
    loop {
        let seq = oracle.seq();
        while let Some(index) = open.next_if(|index| bounds[*index].first <= seq) {
            waiting.push(index);
        }
        waiting.retain(|index| !is_explained(&events[*index], oracle));
        if let Some(index) = waiting.iter().find(|index| bounds[**index].last <= seq) {
            let (bounds, event) = (bounds[*index], &events[*index]);
            return Err(Divergence(format!("at no point of {bounds:?} is this true: {event:#?}")));
        }
        let Some((next, index)) = records.next() else { break };
        if next != seq + 1 {
            return Err(Divergence(format!("record {next} follows record {seq}")));
        }
        let What::Command(request, got) = &events[index].what else { continue };
        let expected = oracle.decide(std::slice::from_ref(request), false);
        compare(request, &expected[0], got).map_err(Divergence)?;
        oracle.end_batch();
    }
    match waiting.first() {
        Some(index) => Err(Divergence(format!("never true: {:#?}", events[*index]))),
        None => Ok(()),
    }
}

/// True when the event would have got its answer at this point.
fn is_explained(event: &Event, oracle: &mut Oracle) -> bool {
    match &event.what {
        What::Query(query, answer) => oracle.ask(query) == *answer,
        What::Command(request, got) => compare(request, &oracle.would_decide(request), got).is_ok(),
    }
}
