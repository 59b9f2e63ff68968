//! Ten thousand claims that were decided once, kept as they were: their facts, and the hash of each
//! decision. The rules have to decide them alike for ever, whatever becomes of the world that they
//! come from.

mod form;

use base::{Amount, Instant};
use claims::{Facts, Outcome, PastCase, Rules, Table, difference};
use claimworld::{CURRENCY, ClaimWorld, Params};
use form::Kept;

/// What is kept. `MAKEGOOD_WRITE_CORPUS=1`, a switch of its own, decides other claims of the world
/// anew: only while the tables that have decided these were never in force. Until the first release
/// they may still change in place, and then both files here are written anew.
const CORPUS: &[u8] = include_bytes!("corpus/claims.bin");
const CORPUS_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/corpus/claims.bin");

/// The versions of the tables that have decided them: hashes of what they say.
const TABLES: &str = include_str!("corpus/tables.txt");
const TABLES_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/corpus/tables.txt");

const CLAIMS: u32 = 10_000;

/// The world that they were taken from.
const SEED: u64 = 20_261_130;

fn past(kept: &Kept) -> PastCase {
    let Kept { ground, filed_at, .. } = *kept;
    PastCase { ground, filed_at, currency: CURRENCY, facts: kept.facts.clone() }
}

fn write_anew() {
    let rules = Rules::standard();
    let world = ClaimWorld { seed: SEED, params: Params::default() };
    let kept: Vec<Kept> =
        world.cases(CLAIMS).map(|case| Kept::decided(&case.filing, &case.facts, &rules)).collect();
    std::fs::write(CORPUS_PATH, form::write(&kept)).unwrap();
    std::fs::write(TABLES_PATH, versions(&rules)).unwrap();
}

/// A line a table: name, first day, version.
fn versions(rules: &Rules) -> String {
    let line = |table: &claims::Table| {
        let version = table.version().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("{} {} {version}\n", table.name(), table.effective_from())
    };
    rules.all().iter().map(line).collect()
}

/// Whoever changes a table that has decided claims has the claims before decided otherwise: a new
/// table, from a later day on, is the way.
#[test]
fn tables_that_have_decided_are_what_they_were() {
    let now = versions(&Rules::standard());
    for kept in TABLES.lines() {
        assert!(now.lines().any(|line| line == kept), "changed in place: {kept}\nnow:\n{now}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn slow_ten_thousand_decided_claims_are_decided_alike() {
    if std::env::var_os("MAKEGOOD_WRITE_CORPUS").is_some() {
        return write_anew();
    }
    let rules = Rules::standard();
    let corpus = form::read(CORPUS);
    assert_eq!(corpus.len(), usize::try_from(CLAIMS).unwrap());
    for (number, kept) in corpus.iter().enumerate() {
        let now = kept.decide(&rules);
        let text = || String::from_utf8_lossy(&now.to_bytes()).into_owned();
        assert_eq!(form::short_hash(&now), kept.decision, "claim {number} is now:\n{}", text());
    }
}

/// A table that pays nearly nothing by itself any more without a record.
fn stricter() -> Table {
    let path = "../../rules/claims/unauthorized_charge.toml";
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    Table::load("stricter", &text.replace("EUR = 20000", "EUR = 1")).unwrap()
}

/// The aim is ten seconds on one core; without optimisation, three times that is still an aim.
#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures")]
fn alone_a_changed_table_is_tried_on_all_of_them_before_it_takes_effect() {
    let cases: Vec<PastCase> = form::read(CORPUS).iter().map(past).collect();
    let (rules, stricter) = (Rules::standard(), stricter());
    let begun = std::time::Instant::now();
    let found = difference(&cases, &rules, stricter);
    let took = begun.elapsed();
    println!("ten thousand claims by two sets of tables: {took:?}");
    assert!(took < std::time::Duration::from_secs(30), "{took:?}");
    assert_eq!(found.cases, u64::from(CLAIMS));
    let to_a_person = found.moves.get(&(Outcome::Approve, Outcome::Review)).unwrap();
    assert!(to_a_person.count > 0);
    assert_eq!(found.changed, found.moves.values().map(|moves| moves.count).sum::<u64>());
    let money = found.money[CURRENCY.code()];
    assert!(money.after < money.before, "{money:?}");
}

#[test]
fn what_is_kept_reads_back() {
    let rules = Rules::standard();
    let world = ClaimWorld { seed: 5, params: Params::default() };
    let kept: Vec<Kept> =
        world.cases(50).map(|case| Kept::decided(&case.filing, &case.facts, &rules)).collect();
    assert_eq!(form::read(&form::write(&kept)), kept);
    let far = [Kept { filed_at: Instant::MAX, facts: Facts::new(), ..kept[0].clone() }];
    assert_eq!(form::read(&form::write(&far)), far);
    assert!(kept.iter().any(|kept| kept.decide(&rules).amount > Amount::ZERO));
}
