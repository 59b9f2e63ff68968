//! What a caller of the tests may choose.

use sim::{Divergence, Summary};

/// A number from the environment.
#[expect(clippy::disallowed_methods, reason = "a seed to be replayed comes from the caller")]
pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.replace('_', "").parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// The seeds to run: the one that is to be replayed, or all from 1 on.
pub fn seeds() -> impl Iterator<Item = u64> {
    let (first, count) = match number("SIM_SEED") {
        Some(seed) => (seed, 1),
        None => (1, usize::MAX),
    };
    (first..).take(count)
}

/// Fails with the seed and the command that replays it.
pub fn succeed(seed: u64, test: &str, outcome: Result<Summary, Divergence>) -> Summary {
    match outcome {
        Ok(summary) => summary,
        Err(Divergence(text)) => panic!(
            "seed {seed}: {text}\n\nto replay: SIM_SEED={seed} cargo test -p sim --test it -- \
             --exact {test}"
        ),
    }
}

/// Tells how to replay a seed when the test panics before this is dropped.
pub struct Replays(String);

/// How a seed of a test is replayed.
pub fn replays(seed: u64, test: &str) -> Replays {
    Replays(format!("SIM_SEED={seed} cargo test -p sim --test it -- --exact {test}"))
}

impl Drop for Replays {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("to replay: {}", self.0);
        }
    }
}

/// What one run measures.
#[expect(clippy::disallowed_methods, reason = "the rate is printed, never judged")]
pub fn timed(run: impl FnOnce() -> Summary) -> Summary {
    let before = std::time::Instant::now();
    let summary = run();
    let micros = before.elapsed().as_micros().max(1);
    let rate = u128::from(summary.commands) * 1_000_000 / micros;
    println!("{} commands in {} ms: {rate} commands/s", summary.commands, micros / 1_000);
    println!("{summary:#?}");
    summary
}
