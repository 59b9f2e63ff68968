//! `makegood bench redeem`: it measures what it says, and refuses what it cannot measure.

use serde_json::Value;

use crate::process::{Place, Ran};

/// Short loads on few cards: what they show is not looked at.
fn bench(place: &Place, flags: &[&str]) -> Ran {
    let folder = place.path("work");
    std::fs::create_dir_all(&folder).unwrap();
    let quick = "--seconds 1 --warm-up 0 --connections 4 --operations 8 --json --folder";
    let quick: Vec<&str> = quick.split(' ').chain([folder.to_str().unwrap()]).collect();
    place.run(&[&["bench", "redeem"], flags, &quick].concat())
}

fn check_runs(ran: Ran, processes: u64, cards: &[u64]) {
    let told = ran.expect(0).json();
    assert_eq!(told["processes"], processes);
    let runs = told["runs"].as_array().unwrap();
    let of_runs: Vec<&Value> = runs.iter().map(|run| &run["cards"]).collect();
    assert_eq!(of_runs, cards.iter().collect::<Vec<_>>());
    for run in runs {
        for load in ["one_by_one", "batch", "half_load"] {
            assert_eq!(run[load]["refused"], 0, "{load}: {run}");
            assert!(run[load]["operations_per_second"].as_u64().unwrap() > 0, "{load}: {run}");
        }
        let records = run["recovery"]["records"].as_u64().unwrap();
        assert!(records > 0 && run["recovery"]["seconds"].as_f64().unwrap() > 0.0, "{run}");
    }
    let lost = |run: &Value| run["one_by_one_lost"].as_f64().unwrap();
    assert!(lost(&runs[0]) == 0.0 && runs[1..].iter().all(|run| lost(run) != 0.0), "{told}");
}

#[test]
fn slow_a_book_that_grows_is_measured_at_each_size() {
    check_runs(bench(&Place::in_files(), &["--cards", "100,200"]), 1, &[100, 200]);
}

#[test]
fn slow_two_processes_share_the_load() {
    let ran = bench(&Place::in_database(), &["--cards", "100", "--processes", "2"]);
    check_runs(ran, 2, &[100]);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let place = Place::in_files();
    for (flags, why) in [
        ("--processes 2", "several processes need a database"),
        ("--processes 0", "at least one process"),
        ("--cards 200,100", "numbers of cards that grow"),
    ] {
        let ran = bench(&place, &flags.split(' ').collect::<Vec<_>>()).expect(1);
        assert!(ran.err.contains(why), "{flags}: {}", ran.err);
    }
}
