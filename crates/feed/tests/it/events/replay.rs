//! Whatever is repeated, reordered or read back, the totals are the same.

use base::{Instant, Region, Span};
use feed::billing::{Summary, Totals};
use feed::token::ViewerHash;
use feed::verdict::{
    Body, ChoicesPolicy, Event, Judge, Judged, Limit, LockstepPolicy, Outcome, Own, Policy, Reason,
    Record, RecordError, Repaid, ReplayError,
};
use promotions::{EventKind, Goal};
use proptest::prelude::*;

use super::desk::{
    Desk, at, charged, hash, home, judge, label, networks, price, promotion, selection, view,
};

/// What is drawn of an event: the token by its number, and how it is reported.
#[derive(Clone, Copy, Debug)]
struct Report {
    nonce: u64,
    kind: EventKind,
    dwell: u64,
    forged: bool,
}

fn any_report() -> impl Strategy<Value = Report> {
    let kind = proptest::sample::select(&[EventKind::Impression, EventKind::View][..]);
    (0_u64..40, kind, 0_u64..4, proptest::bool::weighted(0.1))
        .prop_map(|(nonce, kind, dwell, forged)| Report { nonce, kind, dwell, forged })
}

/// Sends a report; what it says besides kind and dwell follows from the token, so that a token is
/// always reported from the same place.
fn send(desk: &mut Desk, report: &Report, now: Instant) {
    let mut chosen = selection(report.nonce);
    chosen.promotion = promotion(1 + u128::from(report.nonce % 3));
    chosen.slice = report.nonce as u32 % 2;
    chosen.viewer = Some(ViewerHash::new(1 + report.nonce % 7));
    chosen.price = price(333 + report.nonce % 3);
    let mut token = desk.keys.seal(chosen);
    if report.forged {
        token.replace_range(40..42, if &token[40..42] == "xx" { "yy" } else { "xx" });
    }
    let mut event = Event { kind: report.kind, ..view(&token) };
    event.dwell = Some(Span::seconds(report.dwell));
    let place = report.nonce % 6;
    event.user_agent = (place == 1).then_some("ExampleBot/1.0");
    event.country = (place == 2).then(|| Region::parse("FR").unwrap());
    event.address = Some(home(if place == 3 { 1 } else { report.nonce as u32 }));
    desk.judge(&event, now).unwrap();
}

fn unlimited() -> Policy {
    let limit = Limit { events: u16::MAX, span: Span::hours(1) };
    Policy {
        viewer_promotion: limit,
        viewer: limit,
        address: limit,
        network: limit,
        ..Policy::default()
    }
}

/// What each promotion's advertiser reads in the end.
fn summaries(log: &[Record]) -> Vec<Summary> {
    let mut totals = Totals::new(label("feed-1"));
    totals.fold(log).unwrap();
    (1..4).map(|number| totals.summary(promotion(number))).collect()
}

proptest! {
    #[test]
    fn repetition_and_order_change_no_total(
        reports in proptest::collection::vec(any_report(), 1..80),
        order in any::<u64>(),
        backward in any::<bool>(),
    ) {
        let mut straight = Desk::new(unlimited());
        for report in &reports {
            send(&mut straight, report, at(60));
        }
        let mut shuffled: Vec<_> = reports.iter().chain(&reports).copied().enumerate().collect();
        shuffled.sort_by_key(|(place, _)| hash(&[order, *place as u64]));
        let mut other = Desk::new(unlimited());
        for (place, report) in &shuffled {
            let seconds = if backward { 600 - *place as u64 } else { 60 };
            send(&mut other, report, at(seconds));
        }
        prop_assert_eq!(summaries(&straight.log), summaries(&other.log));
    }

    #[test]
    fn forged_tokens_change_nothing(reports in proptest::collection::vec(any_report(), 1..80)) {
        let mut all = Desk::new(Policy::default());
        let mut genuine = Desk::new(Policy::default());
        for report in &reports {
            send(&mut all, report, at(60));
            if !report.forged {
                send(&mut genuine, report, at(60));
            }
        }
        prop_assert_eq!(all.log, genuine.log);
    }

    #[test]
    fn a_record_is_read_back_and_damage_is_noticed(
        record in any_record(),
        cut in 0_usize..200,
        damage in any::<[u8; 3]>(),
    ) {
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        prop_assert_eq!(Record::decode(&bytes), Ok(record));
        prop_assert!(bytes.len() < 120, "{} bytes", bytes.len());
        let shorter = &bytes[..cut.min(bytes.len() - 1)];
        prop_assert_eq!(Record::decode(shorter), Err(RecordError));
        let longer = [bytes.as_slice(), &[0]].concat();
        prop_assert_eq!(Record::decode(&longer), Err(RecordError));
        // Other bytes may be another record, but never one that is written otherwise.
        let place = usize::from(damage[0]) % bytes.len();
        bytes[place] ^= damage[1];
        if let Ok(read) = Record::decode(&bytes) {
            let mut again = Vec::new();
            read.encode(&mut again);
            prop_assert_eq!(again, bytes);
        }
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let outcome = prop_oneof![
        Just(Outcome::Billed),
        Just(Outcome::Counted),
        proptest::sample::select(&feed::Unbilled::ALL[..]).prop_map(Outcome::Unbilled),
        proptest::sample::select(&Reason::ALL[..]).prop_map(Outcome::Invalid),
    ];
    let kind = proptest::sample::select(&EventKind::ALL[..]);
    let numbers = (any::<u64>(), any::<u64>(), any::<u64>(), any::<bool>());
    let reason = proptest::sample::select(&Reason::ALL[..]);
    (outcome, kind, numbers, reason, 0_u64..1_000_000, any::<bool>()).prop_map(
        |(outcome, kind, (sequence, address, network, flag), reason, seconds, is_judged)| {
            let is_billed = outcome == Outcome::Billed;
            let body = if is_judged {
                Body::Judged(Judged {
                    selection: selection(sequence % 1_000),
                    kind,
                    outcome,
                    was_too_short: flag,
                    address: if is_billed { address } else { 0 },
                    network: if is_billed { network } else { 0 },
                })
            } else {
                Body::Repaid(Repaid {
                    billed: address,
                    promotion: promotion(u128::from(network)),
                    slice: network as u32,
                    kind,
                    price: price(seconds),
                    reason,
                })
            };
            Record { sequence, at: at(seconds), body }
        },
    )
}

/// A policy in which everything is small, so that a short life has limits, farms and full memories.
fn small() -> Policy {
    let limit = |events| Limit { events, span: Span::minutes(10) };
    Policy {
        viewer_promotion: limit(3),
        viewer: limit(8),
        address: limit(6),
        network: limit(50),
        limit_entries_max: 40,
        returns: Span::hours(3),
        lockstep: LockstepPolicy {
            memory: Span::hours(6),
            hits_min: 2,
            habit: 1,
            found_max: 30,
            actions_max: 400,
            viewer_actions_max: 8,
            bucket_actions_max: 60,
            choices: ChoicesPolicy {
                choices_min: 2,
                odd: 64,
                mates_min: 2,
                shared: 256,
                candidates_max: 8,
                odd_max: 4,
                viewer_promotions_max: 3,
                cells_max: 60,
                ..ChoicesPolicy::default()
            },
            ..LockstepPolicy::default()
        },
        ..Policy::default()
    }
}

/// The `step`th event of a life: honest viewers at any time, and a farm every quarter of an hour.
fn live(desk: &mut Desk, seed: u64, step: u64) {
    let draw = |purpose: u64, below: u64| hash(&[seed, step, purpose]) % below;
    let now = step * 20 + draw(1, 15);
    let is_farm = step % 45 < 12;
    let viewer = if is_farm { step % 45 } else { 100 + draw(2, 60) };
    let target = if is_farm { step / 45 % 4 } else { draw(3, 4) };
    let goal = if target == 3 { Goal::Sales } else { Goal::Views };
    let mut chosen = selection(step);
    chosen.viewer = (draw(4, 20) > 0).then(|| ViewerHash::new(hash(&[viewer])));
    chosen.promotion = promotion(1 + u128::from(target));
    chosen.goal = goal;
    chosen.at = at(now);
    chosen.slice = target as u32;
    let token = desk.keys.seal(chosen);
    let mut event = Event { kind: goal.billed(), ..view(&token) };
    event.dwell = Some(Span::seconds(draw(5, 8)));
    event.address = Some(home(viewer as u32 % 20));
    desk.judge(&event, at(now + 2)).unwrap();
    if draw(6, 3) == 0 {
        event.dwell = Some(Span::seconds(9));
        desk.judge(&event, at(now + 9)).unwrap();
    }
    if goal == Goal::Sales && draw(7, 4) == 0 {
        let Desk { judge, log, .. } = desk;
        // Whether there is something to give back is the judge's to know.
        judge.return_sale(&token, at(now + 12), log);
    }
}

fn reread(log: &[Record]) -> Judge {
    let mut judge = judge(small());
    for record in log {
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        judge.replay(&Record::decode(&bytes).unwrap()).unwrap();
    }
    judge
}

#[test]
fn a_judge_that_reads_its_log_goes_on_as_before() {
    let mut repaid = 0;
    for seed in 0..3 {
        let mut undisturbed = Desk::new(small());
        let mut restarted = Desk::new(small());
        for step in 0..900 {
            live(&mut undisturbed, seed, step);
            live(&mut restarted, seed, step);
            if hash(&[seed, step, 8]).is_multiple_of(40) {
                restarted.judge = reread(&restarted.log);
            }
        }
        assert_eq!(undisturbed.log, restarted.log, "seed {seed}");
        repaid += check_repayments(&undisturbed.log);
    }
    assert!(repaid > 50, "{repaid} repayments");
}

#[test]
fn a_judge_that_takes_over_a_memory_and_reads_the_rest_goes_on_as_before() {
    let mut repaid = 0;
    for seed in 0..3 {
        let mut undisturbed = Desk::new(small());
        let mut restarted = Desk::new(small());
        let mut saved = (Vec::new(), 0);
        for step in 0..900 {
            live(&mut undisturbed, seed, step);
            live(&mut restarted, seed, step);
            if hash(&[seed, step, 9]).is_multiple_of(30) {
                saved = (bytes_of(&restarted.judge), restarted.log.len());
            }
            if hash(&[seed, step, 8]).is_multiple_of(40) && !saved.0.is_empty() {
                restarted.judge = judge(small());
                let mut bytes = saved.0.as_slice();
                restarted.judge.restore(&mut bytes).unwrap();
                assert!(bytes.is_empty());
                assert_eq!(bytes_of(&restarted.judge), saved.0, "as it was written");
                let rest = &restarted.log[saved.1..];
                rest.iter().for_each(|record| restarted.judge.replay(record).unwrap());
            }
        }
        assert_eq!(undisturbed.log, restarted.log, "seed {seed}");
        repaid += check_repayments(&undisturbed.log);
    }
    assert!(repaid > 50, "{repaid} repayments");
}

fn bytes_of(judge: &Judge) -> Vec<u8> {
    let mut bytes = Vec::new();
    judge.save(&mut bytes);
    bytes
}

#[test]
fn a_memory_of_other_rules_is_not_taken_over() {
    let mut desk = Desk::new(small());
    (0..90).for_each(|step| live(&mut desk, 1, step));
    let saved = bytes_of(&desk.judge);
    let mut other = judge(Policy { view_dwell: Span::seconds(1), ..small() });
    assert_eq!(other.restore(&mut saved.as_slice()), None);
    let mut cut_off = judge(small());
    assert_eq!(cut_off.restore(&mut &saved[..saved.len() - 1]), None);
    assert_eq!((other.next_sequence(), cut_off.next_sequence()), (0, 0));
}

/// Each repayment is of one billed event, with its price, and the only one of it.
fn check_repayments(log: &[Record]) -> usize {
    let mut billed = std::collections::BTreeMap::new();
    let mut repayments = 0;
    for record in log {
        match &record.body {
            Body::Judged(judged) if judged.outcome == Outcome::Billed => {
                billed.insert(record.sequence, judged.selection);
            }
            Body::Judged(_) => {}
            Body::Repaid(repaid) => {
                let of = billed.remove(&repaid.billed).expect("billed, and not yet repaid");
                let expected = (of.promotion, of.slice, of.price);
                assert_eq!((repaid.promotion, repaid.slice, repaid.price), expected);
                repayments += 1;
            }
        }
    }
    repayments
}

#[test]
fn a_log_that_ends_before_its_repayments_is_completed() {
    let mut desk = Desk::new(small());
    for step in 0..900 {
        live(&mut desk, 1, step);
    }
    let is_lockstep = |record: &Record| {
        matches!(record.body, Body::Repaid(Repaid { reason: Reason::Lockstep, .. }))
    };
    let first = desk.log.iter().position(is_lockstep).unwrap();
    let count = desk.log[first..].iter().take_while(|record| is_lockstep(record)).count();
    assert!(count > 3, "{count} at once");
    for cut in [first, first + 1, first + count - 1] {
        let mut judge = reread(&desk.log[..cut]);
        let mut rest = Vec::new();
        judge.pass_time(desk.log[first].at, &mut rest);
        assert_eq!(rest, desk.log[cut..first + count], "cut at {cut}");
    }
}

#[test]
fn records_are_read_in_order_and_once() {
    let mut desk = Desk::new(Policy::default());
    for nonce in 0..3 {
        let token = desk.keys.seal(selection(nonce));
        desk.verdict(&view(&token), at(1));
    }
    let mut other = judge(Policy::default());
    other.replay(&desk.log[0]).unwrap();
    other.replay(&desk.log[0]).unwrap();
    let gap = other.replay(&desk.log[2]);
    assert_eq!(gap, Err(ReplayError { expected: 1, found: 2 }));
    assert_eq!(other.next_sequence(), 1);
    other.replay(&desk.log[1]).unwrap();
    other.replay(&desk.log[2]).unwrap();
    let token = desk.keys.seal(selection(2));
    let nobody = networks(&[]);
    let own = Own { viewers: &[], networks: &nobody };
    let judgement =
        other.judge(&view(&token), |_| Some(own), charged, at(2), &mut Vec::new()).unwrap();
    assert_eq!(judgement.reason, Some(Reason::AlreadyUsed));
}
