//! A thread that works for a book beside its writer: started again when it panics, told to stop,
//! waited for.
//!
//! All that a book has go through here: what books what falls due, what calls rails (two
//! threads), what tells webhook endpoints, what sends mails, and what counts what settlement files
//! leave open. A panic is a defect of ours; it ends one round of the work, not the work.

use std::convert::Infallible;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use outside::clock::{Clock, SystemClock};

/// How long the work rests after a panic. What was found then is probably there still.
const REST_AFTER_PANIC: Duration = Duration::from_secs(10);

/// The work of a thread.
pub(crate) trait Work: Send + 'static {
    /// What the thread is told. It stops when nobody can tell it anything any more.
    type Message: Send + 'static;

    /// True for a message that says to stop.
    fn is_stop(_: &Self::Message) -> bool {
        false
    }

    /// Works until it is to stop. Called again, later, when it has panicked: whatever it holds must
    /// then be as good as new.
    fn run(&mut self, inbox: &Receiver<Self::Message>);

    /// It has panicked: tells whoever reads the log.
    fn panicked(&mut self);
}

/// The thread. Whoever has it tells it to stop by its inbox, then drops this to wait for it.
#[derive(Debug)]
pub(crate) struct Worker {
    thread: Option<JoinHandle<()>>,
    /// Closed when the thread has ended.
    ended: Receiver<Infallible>,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub(crate) fn spawn<W: Work>(
        name: &str,
        inbox: Receiver<W::Message>,
        mut work: W,
    ) -> io::Result<Worker> {
        let (alive, ended) = mpsc::channel();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _alive = alive;
            while catch_unwind(AssertUnwindSafe(|| work.run(&inbox))).is_err() {
                work.panicked();
                if is_told_to_stop::<W>(&inbox, REST_AFTER_PANIC) {
                    return;
                }
            }
        })?;
        Ok(Worker { thread: Some(thread), ended })
    }

    /// Waits for its end, for so long at most; false when it works still.
    pub(crate) fn has_ended_within(&self, time_max: Duration) -> bool {
        self.ended.recv_timeout(time_max) == Err(RecvTimeoutError::Disconnected)
    }

    /// Waits for it no more: it ends by itself, or with the process.
    pub(crate) fn leave_alone(&mut self) {
        self.thread = None;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // It panics nowhere but in telling of a panic.
            let _ = thread.join();
        }
    }
}

/// Waits so long, unless it is told to stop. Other messages are forgotten: they are hints, or the
/// work that they were for is begun anew.
fn is_told_to_stop<W: Work>(inbox: &Receiver<W::Message>, time: Duration) -> bool {
    let clock = SystemClock::new();
    let until = clock.monotonic() + time;
    loop {
        match inbox.recv_timeout(until.saturating_sub(clock.monotonic())) {
            Ok(message) if W::is_stop(&message) => return true,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => return true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Panics at its first run, and waits at the next.
    struct Clumsy {
        runs: u32,
        told: mpsc::Sender<&'static str>,
    }

    impl Work for Clumsy {
        type Message = Infallible;

        fn run(&mut self, inbox: &Receiver<Infallible>) {
            self.runs += 1;
            assert!(self.runs > 1, "planned");
            self.told.send("works").unwrap();
            let _ = inbox.recv();
        }

        fn panicked(&mut self) {
            self.told.send("panicked").unwrap();
        }
    }

    #[test]
    fn slow_what_panics_is_told_of_and_works_again_after_a_rest() {
        let (told, heard) = mpsc::channel();
        let (sender, inbox) = mpsc::channel();
        let worker = Worker::spawn("clumsy", inbox, Clumsy { runs: 0, told }).unwrap();
        let patience = 3 * REST_AFTER_PANIC;
        assert_eq!(heard.recv_timeout(patience), Ok("panicked"));
        assert_eq!(heard.recv_timeout(patience), Ok("works"));
        assert!(!worker.has_ended_within(Duration::from_millis(50)));
        drop(sender);
        assert!(worker.has_ended_within(patience));
    }

    #[test]
    fn one_that_rests_stops_at_once() {
        let (told, heard) = mpsc::channel();
        let (sender, inbox) = mpsc::channel();
        let worker = Worker::spawn("clumsy", inbox, Clumsy { runs: 0, told }).unwrap();
        assert_eq!(heard.recv(), Ok("panicked"));
        drop(sender);
        assert!(worker.has_ended_within(REST_AFTER_PANIC / 2));
    }
}
