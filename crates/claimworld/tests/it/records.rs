//! What the records say: exactly what happened when nothing is lost and nothing is noisy.

use claims::{FactName, Finding, Value};
use claimworld::{Case, ClaimWorld, Params, Trouble, User};

fn exact() -> Params {
    let mut params = Params::default();
    for (name, _) in Params::ALL {
        if name.starts_with("noise_") || name.starts_with("missing_") || *name == "contradicted" {
            assert!(params.set(name, 0));
        }
    }
    params
}

fn cases(params: Params) -> Vec<Case> {
    ClaimWorld { seed: 5, params }.cases(500).collect()
}

fn known(case: &Case, name: FactName) -> Option<Value> {
    match case.facts.get(name)?.finding {
        Finding::Known(value) => Some(value),
        Finding::Unknown(_) => None,
    }
}

fn money(case: &Case, name: FactName) -> i64 {
    match known(case, name) {
        Some(Value::Money(amount)) => amount.minor(),
        other => panic!("{name:?} of case {} is {other:?}", case.number),
    }
}

fn count(case: &Case, name: FactName) -> u64 {
    match known(case, name) {
        Some(Value::Count(count)) => count,
        other => panic!("{name:?} of case {} is {other:?}", case.number),
    }
}

#[test]
fn without_noise_the_records_say_what_happened() {
    for case in cases(exact()) {
        let (truth, losses) = (&case.truth, &case.truth.losses);
        assert_eq!(count(&case, FactName::DeliveredUnits), losses.course.known_valid());
        assert_eq!(money(&case, FactName::WrongDelivery), truth.book.wrong, "{}", case.number);
        assert_eq!(money(&case, FactName::LateInvalid), truth.book.bots_late);
        let cost = truth.promotion.cost(losses.incidents);
        assert_eq!(money(&case, FactName::IncidentLoss), cost, "{}", case.number);
        let sides = [
            FactName::MissingPlatform,
            FactName::MissingMarket,
            FactName::MissingAdvertiser,
            FactName::MissingPolicy,
        ];
        let missing: u64 = sides.into_iter().map(|name| count(&case, name)).sum();
        assert_eq!(missing, losses.known_missing(), "{}", case.number);
        assert_eq!(money(&case, FactName::BilledAfterStop), truth.book.after_pause.max(0));
        assert!(money(&case, FactName::BilledDoubtful) <= truth.book.spent);
        let is_wrong = truth.faults.iter().any(|fault| fault.trouble == Trouble::ReportWrong);
        if is_wrong && money(&case, FactName::Spent) > 0 {
            assert_eq!(known(&case, FactName::ReportWrong), Some(Value::Flag(true)));
        }
    }
}

#[test]
fn what_programs_made_unseen_is_on_no_record() {
    let mut params = exact();
    params.bots_seen_at_once = 0;
    params.bots_seen_late = 0;
    let unseen: Vec<Case> =
        cases(params).into_iter().filter(|case| case.truth.losses.course.bots_never > 0).collect();
    assert!(!unseen.is_empty());
    for case in unseen {
        assert_eq!(money(&case, FactName::LateInvalid), 0);
        assert!(count(&case, FactName::DeliveredUnits) > case.truth.losses.course.right);
    }
}

#[test]
fn the_ledger_is_exact_whatever_the_noise() {
    for case in cases(Params::default()) {
        let book = &case.truth.book;
        let (captured, spent) = (money(&case, FactName::Captured), money(&case, FactName::Spent));
        let back = [FactName::Unspent, FactName::SettledBack, FactName::PendingBack];
        let back: i64 = back.into_iter().map(|name| money(&case, name)).sum();
        assert_eq!(captured, spent + back, "{}", case.number);
        assert_eq!(money(&case, FactName::LeftRefundable), book.left_refundable);
        assert!(case.truth.owed <= book.left_refundable, "{}", case.number);
    }
}

#[test]
fn noise_on_one_fact_leaves_the_others() {
    let mut noisy = exact();
    noisy.noise_measured = 300_000;
    let (mut same, mut other) = (0, 0);
    for (clear, noisy) in cases(exact()).iter().zip(&cases(noisy)) {
        assert_eq!(clear.truth, noisy.truth);
        for (one, two) in clear.facts.iter().zip(noisy.facts.iter()) {
            let is_measured = matches!(
                one.name,
                FactName::IncidentLoss
                    | FactName::WrongDelivery
                    | FactName::MissingPlatform
                    | FactName::MissingMarket
                    | FactName::MissingAdvertiser
                    | FactName::MissingPolicy
                    | FactName::MissingBeforeNarrowing
            );
            match one == two {
                true => same += 1,
                false => {
                    assert!(is_measured, "{:?} of case {}", one.name, clear.number);
                    other += 1;
                }
            }
        }
    }
    assert!(same > other && other > 0, "{same} {other}");
}

#[test]
fn what_is_around_a_payment_differs_between_owners_and_strangers_but_not_always() {
    let (mut owners, mut strangers) = ([0_u32; 3], [0_u32; 3]);
    let mut params = exact();
    params.fault_stolen_account *= 5;
    for case in cases(params) {
        let is_long = |name| match known(&case, name) {
            Some(Value::Span(span)) => span.micros() > base::Span::days(1).micros(),
            _ => false,
        };
        if known(&case, FactName::NetworkAge).is_none() {
            continue;
        }
        let told = [is_long(FactName::NetworkAge), is_long(FactName::PostAge), true];
        let of = if case.truth.agreement.binds() { &mut owners } else { &mut strangers };
        for (count, is_so) in of.iter_mut().zip(told) {
            *count += u32::from(is_so);
        }
    }
    for which in 0..2 {
        assert!(owners[which] * 2 > owners[2] && owners[which] < owners[2], "{owners:?}");
        assert!(strangers[which] > 0 && strangers[which] * 2 < strangers[2], "{strangers:?}");
    }
}

#[test]
fn claims_alike_are_some_of_all_claims_of_the_year() {
    let mut params = Params::default();
    params.user_claims_again *= 20;
    params.repeated_honestly *= 20;
    // Of honest people and of those who claim again: none alike, one, more.
    let mut found = [[0_u32; 3]; 2];
    let (mut fewer, mut waits_again) = (0, 0);
    for case in cases(params) {
        let alike = count(&case, FactName::EarlierAlike);
        let all = count(&case, FactName::EarlierClaims);
        assert!(alike <= all, "{}", case.number);
        let same = known(&case, FactName::SameClaim);
        match same {
            Some(Value::Word("decided")) => assert!(alike > 0, "{}", case.number),
            // It is one of all, and not decided.
            Some(Value::Word("open")) => assert!(alike < all, "{}", case.number),
            _ => assert_eq!(alike, 0, "{}", case.number),
        }
        waits_again += u32::from(same == Some(Value::Word("open")) && alike > 0);
        fewer += u32::from(0 < alike && alike < all);
        let which = match case.truth.user {
            User::Honest => 0,
            User::ClaimsAgain => 1,
            // Nobody else claims the same twice.
            _ => {
                assert_eq!(alike, 0, "{}", case.number);
                continue;
            }
        };
        found[which][alike.min(2) as usize] += 1;
    }
    let [honest, again] = found;
    assert!(fewer > 0 && waits_again > 0, "{fewer} {waits_again}");
    assert!(honest.iter().chain(&again).all(|times| *times > 0), "{found:?}");
    // Who claims the same thrice is mostly somebody who wants it twice.
    assert!(again[2] * honest[1] > honest[2] * again[1], "{found:?}");
}
