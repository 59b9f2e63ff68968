//! Lets a few at a time do what needs much memory or time.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many may go at once; whoever comes later waits.
pub(crate) struct Turns {
    places: Mutex<Places>,
    given_back: Condvar,
}

struct Places {
    free: usize,
    waiting: usize,
}

/// Leave to go, until it is dropped.
pub(crate) struct Turn<'a>(&'a Turns);

impl Turns {
    pub(crate) fn new(at_once: usize) -> Turns {
        let places = Mutex::new(Places { free: at_once, waiting: 0 });
        Turns { places, given_back: Condvar::new() }
    }

    /// Waits until one is free.
    pub(crate) fn take(&self) -> Turn<'_> {
        self.take_within(usize::MAX).expect("nobody is sent away")
    }

    /// Waits until one is free; `None` when one would have to wait, and so many do.
    pub(crate) fn take_within(&self, waiting_max: usize) -> Option<Turn<'_>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.free == 0 {
            if places.waiting >= waiting_max {
                return None;
            }
            places.waiting += 1;
            let woken = self.given_back.wait_while(places, |places| places.free == 0);
            places = woken.unwrap_or_else(PoisonError::into_inner);
            places.waiting -= 1;
        }
        places.free -= 1;
        Some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner).free += 1;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_than_so_many_go_at_once() {
        let (turns, going, most) = (Turns::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _turn = turns.take();
                        let now = going.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        going.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 2);
        assert_eq!(turns.places.into_inner().unwrap().free, 2);
    }

    #[test]
    fn whoever_would_wait_behind_too_many_is_sent_away() {
        let turns = Turns::new(1);
        let going = turns.take_within(1).unwrap();
        assert!(turns.take_within(0).is_none());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.take_within(1).is_some());
            while turns.places.lock().unwrap().waiting == 0 {
                std::thread::yield_now();
            }
            assert!(turns.take_within(1).is_none());
            drop(going);
            assert!(waiting.join().unwrap());
        });
        assert!(turns.take_within(0).is_some());
    }
}
