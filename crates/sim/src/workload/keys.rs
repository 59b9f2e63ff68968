//! Keys of requests: new ones, and those that were used before.

use base::{Instant, KeyId};
use engine::{Command, OperationKey};
use writer::{Operation, Request};

use crate::Random;

/// Requests that may be repeated.
const REMEMBERED_MAX: usize = 4_000;

/// The keys that somebody has used, as far as the book must still know them.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Requests with a key, and since when the key is known.
    asked: Vec<(Instant, Request)>,
    /// Keys that were reversed before anything came under them.
    barred: Vec<(Instant, OperationKey)>,
    /// No key is known for longer.
    oldest: Instant,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys { asked: Vec::new(), barred: Vec::new(), oldest: Instant::MAX }
    }
}

impl Keys {
    /// Now and then an earlier request once more.
    pub fn repeated(&mut self, random: &mut Random) -> Option<Request> {
        let repeats = random.percent(9);
        let earlier = if repeats { random.pick_recent(&self.asked) } else { None };
        earlier.map(|(_, earlier)| earlier.clone())
    }

    /// A request for this command, mostly under a key.
    pub fn request(&mut self, random: &mut Random, command: Command, now: Instant) -> Request {
        let (since, operation) = self.operation(random, &command, now);
        let request = Request { command, actor: KeyId::from_bits(7), operation };
        if request.operation.is_some() {
            self.oldest = self.oldest.min(since);
            self.asked.push((since, request.clone()));
        }
        if self.asked.len() > 2 * REMEMBERED_MAX {
            self.asked.drain(..REMEMBERED_MAX);
        }
        request
    }

    /// Forgets requests from before `time`, because the book may forget them too.
    pub fn forget_before(&mut self, time: Instant) {
        if self.oldest >= time {
            return;
        }
        self.asked.retain(|(since, _)| *since >= time);
        self.barred.retain(|(since, _)| *since >= time);
        let asked = self.asked.iter().map(|(since, _)| *since);
        let barred = self.barred.iter().map(|(since, _)| *since);
        self.oldest = asked.chain(barred).min().unwrap_or(Instant::MAX);
    }

    /// Most requests have a key of their own; a few come under one that was used or barred.
    /// Also tells since when the key is known.
    fn operation(
        &mut self,
        random: &mut Random,
        command: &Command,
        now: Instant,
    ) -> (Instant, Option<Operation>) {
        if random.percent(25) {
            return (now, None);
        }
        let mut since = now;
        let fingerprint = random.bytes16();
        let mut key = OperationKey(random.bytes16());
        let choice = random.below(100);
        if choice < 3
            && let Some((known_since, earlier)) = random.pick_recent(&self.asked)
            && let Some(operation) = earlier.operation
        {
            (since, key) = (*known_since, operation.key);
        } else if choice < 9
            && let Some((known_since, barred)) = random.pick_recent(&self.barred)
        {
            (since, key) = (*known_since, *barred);
        } else if choice < 10
            && let Command::Reverse { operation } = command
        {
            // A careless caller reverses under the very key it wants to reverse.
            (since, key) = (self.known_since(*operation, now), *operation);
        }
        if let Command::Reverse { operation } = command {
            // Asked again later, a reversal must not meet a key that is forgotten by then.
            since = since.min(self.known_since(*operation, now));
            self.barred.push((since, *operation));
        }
        (since, Some(Operation { key, fingerprint }))
    }

    /// Since when a key to be reversed is known.
    fn known_since(&self, key: OperationKey, now: Instant) -> Instant {
        let has_key = |request: &Request| request.operation.is_some_and(|own| own.key == key);
        let asked = self.asked.iter().filter(|(_, request)| has_key(request));
        asked.map(|(since, _)| *since).min().unwrap_or(now)
    }

    /// A key to be reversed: usually one that was used.
    pub fn to_reverse(&self, random: &mut Random) -> OperationKey {
        if random.percent(85)
            && let Some((_, earlier)) = random.pick_recent(&self.asked)
            && let Some(operation) = earlier.operation
        {
            return operation.key;
        }
        OperationKey(random.bytes16())
    }
}
