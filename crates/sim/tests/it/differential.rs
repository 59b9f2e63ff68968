//! The same commands to every store: the same answers, and the same rows in the end.

use sim::{Ground, PostgresGround, Settings, SqliteGround, Summary, run};
use store::postgres::Database;
use store::{BookName, MemoryBook, Reader};

use crate::settings::{number, succeed};

const TEST: &str = "differential::every_store_answers_alike_and_ends_alike";

/// What a book came to: every answer, and everything that is stored.
struct Life {
    answers: Vec<String>,
    stored: Vec<String>,
}

fn live<G: Ground>(ground: &G, seed: u64, commands: u64) -> Life {
    let settings = Settings {
        keeps_answers: true,
        faults_one_in: None,
        restart_one_in: 50,
        ..Settings::from_seed(seed, commands)
    };
    let Summary { answers, .. } = succeed(seed, TEST, run(ground, settings));
    let mut reader = ground.reader().unwrap();
    // The hash in the head is over every block before it.
    let mut stored = vec![format!("{:?}", reader.head().unwrap())];
    reader.all_rows(&mut |row| stored.push(format!("{row:?}"))).unwrap();
    reader.all_entries(&mut |entry| stored.push(format!("{entry:?}"))).unwrap();
    Life { answers, stored }
}

#[track_caller]
fn check_alike(name: &str, kind: &str, found: &[String], expected: &[String]) {
    let differs = found.iter().zip(expected).position(|(one, other)| one != other);
    if let Some(place) = differs {
        panic!("{name}: {kind} {place} is {}, expected {}", found[place], expected[place]);
    }
    assert_eq!(found.len(), expected.len(), "{name}: as many {kind}");
}

#[test]
fn every_store_answers_alike_and_ends_alike() {
    let folder = tempfile::tempdir().unwrap();
    let folder = store::sqlite::open_folder(folder.path()).unwrap();
    let own = testbed::OwnDatabase::new();
    let database = Database::at(&own.address()).unwrap();
    let commands = number("SIM_COMMANDS").unwrap_or(10_000) / 5;
    for seed in 1..=5 {
        let book = BookName::new(&format!("seed-{seed}")).unwrap();
        let memory = live(&MemoryBook::new(), seed, commands);
        assert!(memory.answers.len() > 100, "a comparison of little proves little");
        let sqlite = SqliteGround::new(folder.clone(), book.clone());
        let postgres = PostgresGround::new(database.clone(), book);
        for (name, life) in [
            ("SQLite", live(&sqlite, seed, commands)),
            ("PostgreSQL", live(&postgres, seed, commands)),
        ] {
            check_alike(name, "answer", &life.answers, &memory.answers);
            check_alike(name, "row", &life.stored, &memory.stored);
        }
    }
}
