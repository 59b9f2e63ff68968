//! What a preview of a claim tells is what becomes of it, when it is made at once and nothing else
//! is known: whether it is paid, waits for a person or a second one, or is held.

use base::ClaimId;
use claims::{Awaited, Claim, Status, next};
use engine::{Answer, ClaimCommand, Command, Foreseen, Query, Refusal, ask};
use proptest::prelude::*;

use crate::market_claims::rules;
use crate::script::{apply, check, command, run};
use crate::words::{Words, bits};
use crate::world::{View, World};

/// Promotions of so much each, paid by a method, of which so much was spent.
fn spent(names: &[&str], of: u32, amount: u32) -> String {
    // At 0.4 each, which is the most that one costs.
    let units = amount * 5 / 2;
    let mut script = "creator C 0\n method m\n".to_owned();
    for (place, name) in names.iter().enumerate() {
        script += &format!(
            "compose {name} {of} from=0 until=3d
             checkout K{name} promotion:nobody:{of} pays={name}
             add K{name} method m
             submit {name} K{name}
             pay K{name} O{name} p{name}
             authorized p{name}
             captured p{name} {of} order=O{name}
             approve {name}
             lease {name} feed {amount}
             bill feed {place}..{} {name}:1:{units}@{amount}
            ",
            place + 1
        );
    }
    script
}

/// What is told where everything is known, and nothing was wrong.
const KNOWN: &str = "watched=true failed_calls=0 report_wrong=false incident_loss=0 \
    late_invalid=0 ring_marks=0";

/// What a preview tells of the claim that a line makes, with the facts of another line.
fn preview(world: &World, filed: &str, told: &str) -> Result<Foreseen, Refusal> {
    let command = |line: &str| match command(world, &Words::of(line)) {
        Command::Claims(command) => *command,
        other => panic!("{other:?} is no claim"),
    };
    let ClaimCommand::File(new) = command(filed) else { panic!("{filed} makes none") };
    let ClaimCommand::FreezeFacts { told, .. } = command(told) else { panic!("{told}") };
    let query = Query::ClaimPreview { new, told, rules: world.rules };
    match ask(&query, &View { world, loaded: None }, None, world.now) {
        Some(Answer::ClaimPreview(told)) => told.map(|preview| preview.decided.unwrap()),
        other => panic!("{other:?} is no preview"),
    }
}

/// Tries a claim, makes it, and has the rules decide: all three say the same. Returns it.
fn tried(world: &mut World, filed: &str, told: &str) -> Option<Claim> {
    let foreseen = preview(world, filed, told);
    let made = apply(world, filed);
    let foreseen = match (foreseen, made) {
        (Ok(foreseen), Ok(_)) => foreseen,
        (Err(tried), Err(made)) => {
            assert_eq!(tried, made, "{filed}");
            return None;
        }
        (tried, made) => panic!("{filed}: {made:?}, and before {tried:?}"),
    };
    apply(world, told).unwrap();
    let id = ClaimId::from_bits(bits(Words::of(filed).at(1)));
    // What is refused is tried again later, so the claim stays as it is.
    let _refused_or_done = apply(world, &format!("decide {}", Words::of(filed).at(1)));
    let claim = world.claim[&id].as_ref().clone();
    assert_eq!(foreseen.after, claim, "{filed}\n{told}");
    Some(claim)
}

/// Where a claim stands that was tried first, and what it waits for.
fn leads_to(script: &str, filed: &str, told: &str) -> (Status, Awaited) {
    let mut world = check(script);
    let claim = tried(&mut world, filed, told).expect("it is made");
    (claim.status, next(&claim, world.now).awaited)
}

#[test]
fn what_a_preview_leads_to() {
    let large = spent(&["P"], 100_000, 80_000);
    let over = |sum: u32| format!("facts X {KNOWN} wrong_delivery=0 over_budget={sum}");
    let by_rule = |sum| leads_to(&large, "file X P tech", &over(sum));
    assert_eq!(by_rule(40_000), (Status::PartlyApproved, Awaited::PayoutStart));
    // Above 500.00 a second person has to agree to what a rule pays.
    assert_eq!(by_rule(60_000), (Status::InReview, Awaited::SecondPerson));
    // So has one where it is all claims together that exceed it.
    let others = format!(
        "{large}
         make_good Z P overspend 30000 OP R rails=x"
    );
    let more = leads_to(&others, "file X P tech", &over(60_000));
    assert_eq!(more, (Status::InReview, Awaited::SecondPerson));
    // A disputed payment has a claim wait that would be paid.
    let disputed = format!("{large}\n open_dispute d pP 3400");
    let held = leads_to(&disputed, "file X P tech", &over(40_000));
    assert_eq!(held, (Status::Gathering, Awaited::DisputeEnd));
    let nothing = format!("{large}\n close P 1 1\n stop P");
    let denied = leads_to(&nothing, "file X P poor", &over(0));
    assert_eq!(denied, (Status::Denied, Awaited::Appeal));
}

/// What a promotion that is to be stopped has out is waited for: its sum is not known before.
#[test]
fn what_is_out_is_waited_for() {
    let facts = "facts X used_later=false ring_marks=0";
    let script = spent(&["P"], 12_000, 6_000);
    assert_eq!(leads_to(&script, "file X P unauth", facts), (Status::Gathering, Awaited::Decision));
    let closed = format!("{script}\n close P 1 1");
    assert_eq!(
        leads_to(&closed, "file X P unauth", facts),
        (Status::Approved, Awaited::PayoutStart)
    );
}

/// A yearly cap that is used up leaves it to a person.
#[test]
fn a_cap_that_is_used_up_leads_to_a_person() {
    let both = spent(&["P", "Q"], 12_000, 12_000);
    let mut world = check(&format!("{both}\n close P 1 1\n close Q 1 2"));
    let facts = |name: &str| format!("facts {name} ring_marks=0");
    let claim = tried(&mut world, "file X P unauth", &facts("X")).unwrap();
    assert_eq!(claim.status, Status::Approved);
    let claim = tried(&mut world, "file Y Q unauth", &facts("Y")).unwrap();
    assert_eq!(
        (claim.status, next(&claim, world.now).awaited),
        (Status::InReview, Awaited::Review)
    );
}

/// What had happened before to a promotion of 50.00 that has spent 10.00, or to its claims.
const BEFORE: [&str; 9] = [
    "close P 1 1",
    "stop P; wait 262800; settle_up P OP S rails=s",
    "open_dispute d pP 3400",
    "win d",
    "lose d",
    "make_good Z P overspend 300 OP R rails=x",
    "make_good Y P wrong_delivery 500 OP T rails=y",
    "file A P other; facts A ring_marks=0; decide A; review A approve 700",
    "file B P tech; facts B {known} wrong_delivery=0 over_budget=200; decide B; \
        pay_claim B OP U rails=z",
];

const GROUNDS: [&str; 5] = ["tech", "unauth", "failure", "poor", "other"];

const TOLD: [&str; 12] = [
    "over_budget=300",
    "over_budget=2000",
    "wrong_delivery=0",
    "wrong_delivery=400",
    "watched=true",
    "report_wrong=false",
    "incident_loss=0",
    "late_invalid=0",
    "used_later=false",
    "billed_after_stop=200",
    "ring_marks=0",
    "start=begun",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_preview_is_what_is_decided(
        before in prop::sample::subsequence(BEFORE.to_vec(), 0..6).prop_shuffle(),
        told in prop::sample::subsequence(TOLD.to_vec(), 0..=TOLD.len()),
        ground in prop::sample::select(GROUNDS.to_vec()),
        is_strict in any::<bool>(),
    ) {
        let mut world = check(&spent(&["P"], 5_000, 1_000));
        world.rules = is_strict.then(rules);
        for line in before.iter().flat_map(|deed| deed.split("; ")) {
            let _refused_or_done = apply(&mut world, &line.replace("{known}", KNOWN));
        }
        let mut facts = "facts X".to_owned();
        for fact in told {
            let name = fact.split('=').next().unwrap();
            if !facts.contains(&format!(" {name}=")) {
                facts.push_str(&format!(" {fact}"));
            }
        }
        let _none_is_refused = tried(&mut world, &format!("file X P {ground} file=9"), &facts);
        run(&mut world, "wait 0");
    }
}
