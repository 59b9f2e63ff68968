//! Whole lives of shops, over every store: checkouts, payments, refunds, disputes, purchases and
//! payouts, with a truthful rail, and gift cards beside them.

mod customers;
mod model;

use engine::CommandKind;
use sim::{Divergence, Ground, PostgresGround, Settings, SqliteGround, Summary, run_with};
use store::postgres::Database;
use store::{BookName, MemoryBook};
use writer::Options;

use self::customers::Customers;
use self::model::ShopModel;
use crate::market_claims;
use crate::settings::{number, replays, seeds, succeed, timed};

/// What hardly anybody meets by chance here: second persons, and restitutions that an order refuses
/// for a day. The engine's own market (`market_claims.rs`) leads there on purpose. So it is with
/// claims whose money a person has set out: those are in the orders of `claims_money.rs`, and in
/// the random lives of the crate `claims`.
const TRIED_ELSEWHERE: [CommandKind; 5] = [
    CommandKind::ResolveClaimPayout,
    CommandKind::ApproveClaim,
    CommandKind::SendBackClaim,
    CommandKind::SetRestitutionAside,
    CommandKind::ResolveRestitution,
];

/// Commands of one shop: an audit looks at everything it has ever done, so many small ones.
const SHOP_COMMANDS: u64 = 1_000;

/// Runs one life of a shop.
pub fn live<G: Ground>(ground: &G, settings: Settings) -> Result<Summary, Divergence> {
    // It is short, and cards, checkouts and undoing have their times; unclaimed gifts have a month.
    let settings = Settings { clock_one_in: 4, leaps_percent: 5, check_one_in: 50, ..settings };
    // Sums are small there, and so is what one person may grant of a claim.
    let rules = Some(market_claims::rules());
    let settings = Settings { options: Options { rules, ..settings.options }, ..settings };
    run_with(ground, settings, ShopModel::new(), Customers::new(settings.seed))
}

/// Commands over memory in the ordinary tests.
fn ordinary_commands() -> u64 {
    number("SIM_COMMANDS").unwrap_or(60_000)
}

fn check<G: Ground>(test: &str, commands: u64, ground: impl Fn(u64) -> G) -> Summary {
    timed(|| {
        let mut total = Summary::default();
        for seed in seeds() {
            let settings = Settings::from_seed(seed, SHOP_COMMANDS);
            let told = replays(seed, test);
            total.add(&succeed(seed, test, live(&ground(seed), settings)));
            drop(told);
            if total.commands >= commands {
                break;
            }
        }
        total
    })
}

/// A simulation that does not meet a rule proves nothing about it.
fn check_that_everything_happened(summary: &Summary) {
    if number("SIM_SEED").is_some() {
        return;
    }
    let missing: Vec<_> = CommandKind::ALL
        .iter()
        // Its books are as new as the program.
        .filter(|kind| **kind != CommandKind::CountPromotion)
        .filter(|kind| !TRIED_ELSEWHERE.contains(kind))
        .filter(|kind| **kind != CommandKind::OpenBook && !summary.succeeded.contains(kind))
        .collect();
    assert!(missing.is_empty(), "never succeeded: {missing:?}");
    assert!(summary.replays > 0 && summary.mismatches > 0 && summary.removed > 0);
    assert!(summary.deaths > 0 && summary.failed_batches > 0 && summary.restarts > 0);
}

#[test]
fn slow_shops_in_memory_keep_every_promise() {
    let test = "shops::slow_shops_in_memory_keep_every_promise";
    // What happens seldom, such as an alarm of a promotion, takes so many.
    let commands = 4 * ordinary_commands();
    check_that_everything_happened(&check(test, commands, |_| MemoryBook::new()));
}

#[test]
#[ignore = "a million commands: run by ./test long"]
fn long_shops_in_memory_keep_every_promise() {
    let test = "shops::long_shops_in_memory_keep_every_promise";
    check_that_everything_happened(&check(test, 1_000_000, |_| MemoryBook::new()));
}

fn in_files(test: &str, commands: u64) {
    let folder = tempfile::tempdir().unwrap();
    let folder = store::sqlite::open_folder(folder.path()).unwrap();
    check(test, commands, |seed| {
        SqliteGround::new(folder.clone(), BookName::new(&format!("seed-{seed}")).unwrap())
    });
}

#[test]
fn slow_shops_in_files_keep_every_promise() {
    in_files("shops::slow_shops_in_files_keep_every_promise", ordinary_commands() / 10);
}

#[test]
#[ignore = "each batch is synced: run by ./test long"]
fn long_shops_in_files_keep_every_promise() {
    in_files("shops::long_shops_in_files_keep_every_promise", 100_000);
}

fn in_a_database(test: &str, commands: u64) {
    let own = testbed::OwnDatabase::new();
    let database = Database::at(&own.address()).unwrap();
    check(test, commands, |seed| {
        PostgresGround::new(database.clone(), BookName::new(&format!("seed-{seed}")).unwrap())
    });
}

#[test]
fn slow_shops_in_a_database_keep_every_promise() {
    in_a_database("shops::slow_shops_in_a_database_keep_every_promise", ordinary_commands() / 10);
}

#[test]
#[ignore = "each batch asks a server: run by ./test long"]
fn long_shops_in_a_database_keep_every_promise() {
    in_a_database("shops::long_shops_in_a_database_keep_every_promise", 100_000);
}
