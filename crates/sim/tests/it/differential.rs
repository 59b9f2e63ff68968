//! The same commands to every store: the same answers, and the same rows, entries and operation
//! runs in the end.

use sim::{Divergence, Ground, PostgresGround, Settings, SqliteGround, Summary, run};
use store::postgres::Database;
use store::{BookName, MemoryBook, Reader, RunInfo};

use crate::settings::{number, replays, succeed};
use crate::shops;

/// What a book came to: every answer, and everything that is stored.
struct Life {
    answers: Vec<String>,
    stored: Vec<String>,
    /// The operation runs there are, whole: by them a key that comes again is known.
    runs: Vec<String>,
}

/// How a book is run.
trait Run {
    /// The test that runs it.
    const TEST: &str;

    fn run<G: Ground>(ground: &G, settings: Settings) -> Result<Summary, Divergence>;
}

/// Gift cards alone.
struct Cards;

impl Run for Cards {
    const TEST: &str = "differential::every_store_answers_alike_and_ends_alike";

    fn run<G: Ground>(ground: &G, settings: Settings) -> Result<Summary, Divergence> {
        run(ground, settings)
    }
}

/// A shop.
struct Shops;

impl Run for Shops {
    const TEST: &str = "differential::slow_every_store_keeps_shops_alike";

    fn run<G: Ground>(ground: &G, settings: Settings) -> Result<Summary, Divergence> {
        shops::live(ground, settings)
    }
}

fn live<R: Run, G: Ground>(ground: &G, seed: u64, commands: u64) -> Life {
    let settings = Settings {
        keeps_answers: true,
        faults_one_in: None,
        restart_one_in: 50,
        ..Settings::from_seed(seed, commands)
    };
    let told = replays(seed, R::TEST);
    let Summary { answers, .. } = succeed(seed, R::TEST, R::run(ground, settings));
    drop(told);
    let mut reader = ground.reader().unwrap();
    // The hash in the head is over every block before it.
    let mut stored = vec![format!("{:?}", reader.head().unwrap())];
    reader.all_rows(&mut |row| stored.push(format!("{row:?}"))).unwrap();
    reader.all_entries(&mut |entry| stored.push(format!("{entry:?}"))).unwrap();
    let infos = reader.operation_runs().unwrap();
    let whole = |info: &RunInfo| {
        let run = reader.operation_run(info.run).unwrap().unwrap();
        assert_eq!(run.info(), *info);
        format!("{run:?}")
    };
    let runs = infos.iter().map(whole).collect();
    Life { answers, stored, runs }
}

#[track_caller]
fn check_alike(name: &str, kind: &str, found: &[String], expected: &[String]) {
    let differs = found.iter().zip(expected).position(|(one, other)| one != other);
    if let Some(place) = differs {
        panic!("{name}: {kind} {place} is {}, expected {}", found[place], expected[place]);
    }
    assert_eq!(found.len(), expected.len(), "{name}: as many {kind}");
}

/// Runs each seed over every store.
fn check<R: Run>(seeds: u64, commands: u64) {
    let folder = tempfile::tempdir().unwrap();
    let folder = store::sqlite::open_folder(folder.path()).unwrap();
    let own = testbed::OwnDatabase::new();
    let database = Database::at(&own.address()).unwrap();
    let mut runs = 0;
    for seed in 1..=seeds {
        let book = BookName::new(&format!("seed-{seed}")).unwrap();
        let memory = live::<R, _>(&MemoryBook::new(), seed, commands);
        assert!(memory.answers.len() > 100, "a comparison of little proves little");
        let sqlite = SqliteGround::new(folder.clone(), book.clone());
        let postgres = PostgresGround::new(database.clone(), book);
        for (name, life) in [
            ("SQLite", live::<R, _>(&sqlite, seed, commands)),
            ("PostgreSQL", live::<R, _>(&postgres, seed, commands)),
        ] {
            check_alike(name, "answer", &life.answers, &memory.answers);
            check_alike(name, "row", &life.stored, &memory.stored);
            check_alike(name, "run", &life.runs, &memory.runs);
        }
        runs += memory.runs.len();
    }
    assert!(runs > 2, "{runs} operation runs prove little");
}

#[test]
fn every_store_answers_alike_and_ends_alike() {
    check::<Cards>(5, number("SIM_COMMANDS").unwrap_or(10_000) / 5);
}

#[test]
fn slow_every_store_keeps_shops_alike() {
    check::<Shops>(3, number("SIM_COMMANDS").unwrap_or(2_400) / 3);
}
