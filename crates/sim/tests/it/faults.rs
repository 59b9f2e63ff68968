//! Every store call fails once, in every way, and each time the book goes on as it must.

use sim::{Divergence, Fault, Ground, Settings, SqliteGround, Summary, run};
use store::{BookName, MemoryBook};

use crate::settings::{replays, seeds, succeed, timed};
use crate::shops;

/// Lets the first call fail, then the second, and so on, until a run is over before the fault
/// comes: then every call there is has failed once, more than `calls_min` of them.
fn check<G: Ground>(
    test: &str,
    seed: u64,
    settings: Settings,
    calls_min: u64,
    ground: impl Fn(&str) -> G,
) -> Summary {
    check_lives(test, seed, settings, calls_min, ground, run)
}

/// The same for lives that are run by `run`.
fn check_lives<G: Ground>(
    test: &str,
    seed: u64,
    settings: Settings,
    calls_min: u64,
    ground: impl Fn(&str) -> G,
    run: fn(&G, Settings) -> Result<Summary, Divergence>,
) -> Summary {
    let told = replays(seed, test);
    let mut total = Summary::default();
    for fault in Fault::ALL {
        for call in 1.. {
            let settings = Settings { fault_at: Some((call, fault)), ..settings };
            let ground = ground(&format!("{fault:?}-{call}").to_lowercase());
            let summary = succeed(seed, test, run(&ground, settings));
            total.add(&summary);
            if summary.faults == 0 {
                assert!(call > calls_min, "seed {seed}: a run of {call} calls meets too little");
                break;
            }
        }
    }
    drop(told);
    total
}

fn small(seed: u64, commands: u64) -> Settings {
    let mut settings = Settings::from_seed(seed, commands);
    settings.faults_one_in = None;
    // Small, so that many batches, sweeps, cache misses and runs of operations are among the calls.
    settings.options.batch_commands_max = settings.options.batch_commands_max.min(8);
    settings.options.unswept_target = 5;
    settings.options.cached_cards_max = 1;
    settings.options.operation_run_max = 10;
    settings.restart_one_in = 8;
    settings.check_one_in = 6;
    settings
}

#[test]
fn slow_every_call_of_a_store_in_memory_fails_once() {
    let test = "faults::slow_every_call_of_a_store_in_memory_fails_once";
    timed(|| {
        let mut total = Summary::default();
        for seed in seeds().take(2) {
            total.add(&check(test, seed, small(seed, 40), 20, |_| MemoryBook::new()));
        }
        assert!(total.faults > 300 && total.deaths > 20, "{total:#?}");
        total
    });
}

#[test]
#[ignore = "thousands of books: run by ./test long"]
fn long_every_call_of_a_store_in_memory_fails_once() {
    let test = "faults::long_every_call_of_a_store_in_memory_fails_once";
    timed(|| {
        let mut total = Summary::default();
        for seed in seeds().take(30) {
            total.add(&check(test, seed, small(seed, 150), 8, |_| MemoryBook::new()));
        }
        // Some seeds put nearly everything into one batch; together they meet enough.
        assert!(total.faults > 20_000 && total.deaths > 1_500, "{total:#?}");
        total
    });
}

#[test]
fn slow_every_call_of_a_store_in_files_fails_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = store::sqlite::open_folder(folder.path()).unwrap();
    let test = "faults::slow_every_call_of_a_store_in_files_fails_once";
    let ground = |name: &str| SqliteGround::new(folder.clone(), BookName::new(name).unwrap());
    timed(|| check(test, 3, small(3, 10), 20, ground));
}

#[test]
fn slow_every_call_under_a_shop_fails_once() {
    let test = "faults::slow_every_call_under_a_shop_fails_once";
    timed(|| {
        let mut total = Summary::default();
        for seed in seeds().take(2) {
            let settings = small(seed, 60);
            total.add(&check_lives(test, seed, settings, 20, |_| MemoryBook::new(), shops::live));
        }
        assert!(total.faults > 300 && total.deaths > 20, "{total:#?}");
        total
    });
}
