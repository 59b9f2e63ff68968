//! Statements of reasons.

use base::{Currency, Day, Instant, Money};
use claims::{
    Case, ClockTables, Destination, FollowUp, Ground, HowToAppeal, Rules, Statement, state,
};

use crate::rows::{AGREED, HALF, PAID, RAN};
use crate::world::{facts, noon};

fn stated(ground: Ground, given: &str) -> Statement {
    let rules = Rules::standard();
    let facts = facts(given);
    let tables = rules.tables(ground, noon());
    let decision = tables.decide(&facts, Currency::USD);
    let at = |text| Instant::parse(text).unwrap();
    let to = |to: &str, minor| Destination {
        to: to.to_owned(),
        amount: Money::new(minor, Currency::USD).unwrap(),
        by: Some(at("2026-12-01T00:00:00Z")),
        reference: Some("74027336324".to_owned()),
    };
    let pays = decision.outcome.pays();
    let next = FollowUp {
        decided_at: noon(),
        destinations: if pays { vec![to("your card ending in 4242", 1600)] } else { Vec::new() },
        appeal: Some(HowToAppeal {
            how: "answer this message.".to_owned(),
            until: appeal_until(ground),
        }),
    };
    state(&decision, &facts, tables, Currency::USD, rules.messages(), next)
}

/// As the clocks have it: six months of whole days, so its end is the first moment that is too
/// late.
fn appeal_until(ground: Ground) -> Instant {
    let case = Case { ground, region: None, rail: None };
    ClockTables::default_set().of(Day::of(noon())).appeal_until(&case, noon())
}

/// Compares with `golden/statement/{name}.txt`.
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn check(name: &str, statement: &Statement) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden/statement");
    let path = format!("{folder}/{name}.txt");
    let text = statement.to_text();
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn a_part_is_paid_with_its_arithmetic() {
    let statement = stated(Ground::FailureToDeliver, &format!("{PAID}{HALF}credited = 400"));
    let amount = statement.arithmetic.iter().find(|step| step.name == "amount").unwrap();
    assert_eq!(amount.result, "20.00 USD");
    check("half", &statement);
}

#[test]
fn a_denial_names_what_is_on_record_and_what_would_have_changed_it() {
    let statement = stated(Ground::UnauthorizedCharge, &format!("{PAID}{AGREED}"));
    assert!(!statement.would_change.is_empty());
    check("proven", &statement);
}

#[test]
fn the_last_day_of_an_appeal_is_one_on_which_it_can_still_be_made() {
    let until = appeal_until(Ground::PoorOutcome);
    assert_eq!(until, Instant::parse("2027-05-21T00:00:00Z").unwrap());
    let text = stated(Ground::PoorOutcome, &format!("{PAID}{RAN}")).to_text();
    assert!(text.contains("look at it until 2027-05-20:"), "{text}");
}

#[test]
fn a_claim_on_hold_says_what_holds_it() {
    let statement = stated(Ground::TechnicalError, &format!("{PAID}{RAN}dispute = open"));
    check("hold", &statement);
}

#[test]
fn an_amount_that_cannot_be_told_goes_to_a_person() {
    let given = format!("{PAID}{HALF}left_refundable = unknown");
    let statement = stated(Ground::FailureToDeliver, &given);
    assert_eq!(statement.reasons[0].code.as_str(), "amount_uncertain");
    check("uncertain", &statement);
}

#[test]
fn a_poor_outcome_is_answered() {
    check("outcome", &stated(Ground::PoorOutcome, &format!("{PAID}{RAN}")));
}
