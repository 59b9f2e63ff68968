//! Deciding is fast enough to be done while somebody waits: within a few times the aims on any
//! build. What it is exactly, `makegood bench` tells.

use std::time::Duration;

use claims::{Ground, Rules};

use crate::rows::{AGREED, HALF, PAID};
use crate::world::{decided, facts};

#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures")]
fn alone_a_thousand_decisions_take_a_moment() {
    let rules = Rules::standard();
    let given = facts(&format!("{PAID}{HALF}"));
    let owner = facts(&format!("{PAID}{AGREED}"));
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..500 {
        for (ground, facts) in
            [(Ground::FailureToDeliver, &given), (Ground::UnauthorizedCharge, &owner)]
        {
            let begun = std::time::Instant::now();
            let decision = decided(&rules, ground, facts);
            times.push(begun.elapsed());
            assert!(decision.automated);
        }
    }
    times.sort();
    let total: Duration = times.iter().sum();
    println!("{} decisions: {total:?}, p50 {:?}, p99 {:?}", times.len(), times[500], times[989]);
    // The aims are a second and five milliseconds; without optimisation, a few times that.
    assert!(total < Duration::from_secs(5), "{total:?}");
    assert!(times[989] < Duration::from_millis(25), "{:?}", times[989]);
}
