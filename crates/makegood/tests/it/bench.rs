//! `makegood bench redeem`, `checkout`, `feed` and `claims`: they measure what they say, and refuse
//! what they cannot measure.

use std::collections::BTreeSet;

use serde_json::{Value, json};

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
        // So few rows may have been swept before the end.
        assert!(run["recovery"]["records"].is_u64(), "{run}");
        assert!(run["recovery"]["seconds"].is_number(), "{run}");
    }
    let is_lost = |run: &Value| run["one_by_one_lost"] != json!(0.0);
    assert!(!is_lost(&runs[0]) && runs[1..].iter().all(is_lost), "{told}");
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
fn slow_checkouts_are_paid_by_a_card_and_a_method_and_measured() {
    let place = Place::new();
    let folder = place.path("work");
    std::fs::create_dir_all(&folder).unwrap();
    let quick = "bench checkout --seconds 1 --warm-up 0 --connections 4 --cards 8 --json --folder";
    let quick: Vec<&str> = quick.split(' ').chain([folder.to_str().unwrap()]).collect();
    let told = place.run(&quick).expect(0).json();
    let members: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "connections",
        "processes",
        "measured_seconds",
        "operations_per_second",
        "checkout",
        "pay",
        "unpaid",
        "refused",
        "first_refusal",
        "rail_calls_per_checkout",
        "cpu_us_per_checkout",
        "machine_cpu_us_per_checkout",
        "written_bytes_per_checkout",
    ];
    assert_eq!(BTreeSet::from_iter(members), BTreeSet::from_iter(expected));
    assert_eq!((&told["connections"], &told["processes"]), (&json!(4), &json!(1)));
    assert_eq!((&told["unpaid"], &told["refused"]), (&json!(0), &json!(0)), "{told}");
    assert_eq!(told["first_refusal"], Value::Null);
    // Both have a fraction; what stands before the point is enough. The rail authorizes and
    // captures each; what it is asked again comes on top.
    let whole = |member: &str| told[member].to_string().split('.').next().unwrap().parse::<u64>();
    assert!(whole("operations_per_second").unwrap() > 0, "{told}");
    assert!(whole("rail_calls_per_checkout").unwrap() >= 2, "{told}");
    for of in ["checkout", "pay"] {
        let times = ["p50_us", "p99_us", "worst_us"].map(|name| told[of][name].as_u64().unwrap());
        assert!(times.is_sorted() && times[0] > 0, "{of}: {told}");
    }
    assert!(told["checkout"]["p50_us"].as_u64() > told["pay"]["p50_us"].as_u64(), "{told}");
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

/// Few promotions, few events: what they show is not looked at, but for what must be so.
fn bench_feed(place: &Place, flags: &str) -> Ran {
    let folder = place.path("work");
    std::fs::create_dir_all(&folder).unwrap();
    let quick = "bench feed --seconds 1 --warm-up 0 --viewers 50 --events 2000 --event-rate 1000 \
                 --serving-promotions 100 \
                 --redemption-rate 100 --cards 100 --json";
    let folder = ["--folder", folder.to_str().unwrap()];
    place.run(&quick.split_whitespace().chain(flags.split(' ')).chain(folder).collect::<Vec<_>>())
}

#[test]
fn slow_the_feed_is_measured_at_each_size_and_bills_what_it_judges() {
    let place = Place::in_files();
    let told = bench_feed(&place, "--promotions 100,1000").expect(0).json();
    let sizes = told["sizes"].as_array().unwrap();
    let of_sizes: Vec<&Value> = sizes.iter().map(|size| &size["promotions"]).collect();
    assert_eq!(of_sizes, [&json!(100), &json!(1000)]);
    for size in sizes {
        for finder in ["matching", "page", "naive"] {
            assert!(size[finder]["per_second"].as_u64().unwrap() > 0, "{finder}: {size}");
            assert!(size[finder]["p99_ns"].as_u64() >= size[finder]["p50_ns"].as_u64(), "{size}");
        }
        assert!(size["matching"]["found_in_all"].as_u64() > size["matching"]["searches"].as_u64());
        assert!(size["index_bytes_per_promotion"].as_u64().unwrap() > 50, "{size}");
        assert_eq!(size["a_tree"].is_null(), cfg!(not(feature = "a-tree")), "{size}");
    }
    let events = &told["events"];
    assert!(events["events"].as_u64().unwrap() >= 2_000, "{events}");
    // Half of them are views, and people look as people do.
    assert_eq!(events["billed_units"].as_u64(), events["events"].as_u64().map(|all| all / 2));
    assert_eq!(events["promotions"], 100, "{events}");
    let opening = &events["opening"];
    assert!(opening["snapshot_bytes"].as_u64().unwrap() > 1_000, "{opening}");
    let redemptions = &told["redemptions"];
    assert_eq!(redemptions["refused"], 0, "{redemptions}");
    assert!(redemptions["events_per_second"].as_u64().unwrap() > 0, "{redemptions}");
    assert!(redemptions["redemptions_per_second"].as_u64().unwrap() > 0, "{redemptions}");
}

#[test]
fn a_feed_of_nothing_is_not_measured() {
    let place = Place::in_files();
    let ran = bench_feed(&place, "--promotions 0").expect(1);
    assert!(ran.err.contains("give numbers above zero"), "{}", ran.err);
    let ran = bench_feed(&place, "--crowd few").expect(2);
    assert!(ran.err.contains("narrowing, fixed or everybody"), "{}", ran.err);
}

#[test]
fn claims_are_decided_and_held_against_the_truth() {
    let place = Place::in_files();
    let told = place
        .run(&["bench", "claims", "--cases", "150", "--seed", "9", "--explain", "2", "--json"])
        .expect(0)
        .json();
    let all = &told["all"];
    assert_eq!(all["cases"], 150);
    // Loose floors under the aims: what falls through them is no chance of 150 cases.
    let figure = |name: &str| all[name].as_u64().unwrap();
    assert!(figure("automatic") * 100 >= 80 * 150, "{all}");
    assert!(figure("wrong_approvals") * 100 <= figure("automatic"), "{all}");
    assert!(figure("wrong_denials") * 100 <= 2 * figure("automatic"), "{all}");
    assert!(told["speed"]["decisions_per_second"].as_u64().unwrap() > 0, "{told}");
    for by in ["by_ground", "by_user", "by_fault", "by_row"] {
        let cases = told[by].as_object().unwrap().values().map(|of| of["cases"].as_u64().unwrap());
        assert_eq!(cases.sum::<u64>(), 150, "{by}");
    }
    let explained = told["explained"].as_array().unwrap();
    assert!(explained.len() <= 2 && explained.iter().all(|one| one["facts"].is_array()));
}

#[test]
fn the_same_seed_gives_the_same_figures_and_a_parameter_others() {
    let place = Place::in_files();
    let figures = |flags: &str| {
        let flags = flags.split(' ').collect::<Vec<_>>();
        let told = place.run(&[&["bench", "claims", "--json"], &flags[..]].concat());
        told.expect(0).json()["by_user"].clone()
    };
    let some = figures("--cases 60 --seed 3");
    assert_eq!(some, figures("--cases 60 --seed 3"));
    assert_ne!(some, figures("--cases 60 --seed 4"));
    let liars = figures("--cases 60 --seed 3 --set user_honest=0 --set user_denies=1000000");
    assert_eq!(liars["denies"]["cases"], 60, "{liars}");
}

#[test]
fn a_world_without_claims_or_with_unknown_parameters_is_refused() {
    let place = Place::in_files();
    for (flags, code, why) in [
        ("--cases 0", 1, "give a number of cases above zero"),
        ("--set honest=1", 2, "`--parameters` lists them"),
        ("--set user_honest", 2, "write NAME=NUMBER"),
        ("--set user_honest=few", 2, "write a whole number"),
    ] {
        let flags = flags.split(' ').collect::<Vec<_>>();
        let ran = place.run(&[&["bench", "claims"], &flags[..]].concat()).expect(code);
        assert!(ran.err.contains(why), "{flags:?}: {}", ran.err);
    }
    let listed = place.run(&["bench", "claims", "--parameters"]).expect(0);
    assert!(listed.out.contains("user_honest"), "{}", listed.out);
}
