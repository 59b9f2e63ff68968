//! Verdicts one by one, in their order.

use base::{Region, Span};
use feed::token::{Selection, ViewerHash};
use feed::verdict::{Body, Limit, Outcome, Own, Policy, Reason, Verdict};
use feed::{Settled, Unbilled};
use promotions::{EventKind, Goal};

use super::desk::{ADVERTISER, Desk, STAFF, at, home, networks, price, promotion, selection, view};

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Mobile/15E148";
const DESKTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/121.0";

#[test]
fn a_view_is_billed_and_the_rest_is_counted() {
    let mut desk = Desk::new(Policy::default());
    let token = desk.keys.seal(selection(1));
    let event = view(&token);
    let judgement = desk.judge(&event, at(4)).unwrap();
    assert_eq!(judgement.price.unwrap().get(), 1_500_000);
    for kind in EventKind::ALL {
        let event = super::desk::view(&token);
        let event = feed::verdict::Event { kind, ..event };
        let expected = if kind == EventKind::View { "duplicate already_used" } else { "counted" };
        assert_eq!(desk.verdict(&event, at(5)), expected, "{kind:?}");
        assert_eq!(desk.verdict(&event, at(6)), "duplicate already_used", "{kind:?}");
    }
}

#[test]
fn unknown_tokens_change_nothing() {
    let mut desk = Desk::new(Policy::default());
    let mut unknown = selection(1);
    unknown.promotion = promotion(404);
    let token = desk.keys.seal(unknown);
    assert_eq!(desk.verdict(&view(&token), at(1)), "unknown unknown_token");
    assert_eq!(desk.verdict(&view("forged"), at(1)), "unknown unknown_token");
    assert_eq!((desk.log.len(), desk.judge.used_bytes()), (0, 0));
}

#[test]
fn each_reason_is_found() {
    let mut desk = Desk::new(Policy::default());
    let mut nonce = 0;
    let mut check = |change: &dyn Fn(&mut feed::verdict::Event<'_>), expected: &str| {
        nonce += 1;
        let token = desk.keys.seal(selection(nonce));
        let mut event = view(&token);
        change(&mut event);
        assert_eq!(desk.verdict(&event, at(10)), expected);
    };
    check(&|_| {}, "billed");
    check(&|event| event.user_agent = Some("curl/8.5.0"), "invalid declared_program");
    check(&|event| event.address = Some("192.0.2.9".parse().unwrap()), "invalid data_centre");
    check(&|event| event.address = Some("2001:db8:dc::1".parse().unwrap()), "invalid data_centre");
    check(&|event| event.address = Some("10.1.2.3".parse().unwrap()), "invalid internal");
    check(&|event| event.address = Some("198.51.100.1".parse().unwrap()), "invalid own");
    check(&|event| event.dwell = Some(Span::from_micros(1_999_999)), "invalid too_short");
    check(&|event| event.dwell = None, "invalid too_short");
    check(&|event| event.dwell = Some(Span::seconds(2)), "billed");
    check(&|event| event.country = Some(Region::parse("FR").unwrap()), "invalid geography");
    check(&|event| event.country = Some(Region::parse("DE-BY").unwrap()), "billed");
    check(&|event| event.user_agent = Some(DESKTOP), "invalid device");
    check(&|event| event.user_agent = Some(PHONE), "billed");
}

#[test]
fn the_first_reason_counts() {
    let mut desk = Desk::new(Policy::default());
    let token = desk.keys.seal(selection(1));
    let mut event = view(&token);
    event.user_agent = Some("curl/8.5.0");
    event.address = Some("192.0.2.9".parse().unwrap());
    event.dwell = None;
    event.country = Some(Region::parse("FR").unwrap());
    assert_eq!(desk.verdict(&event, at(10)), "invalid declared_program");
    // That verdict is final: the same token is not billed to another software.
    assert_eq!(desk.verdict(&view(&token), at(11)), "duplicate already_used");
}

#[test]
fn the_advertiser_and_the_staff_are_not_billed() {
    let mut desk = Desk::new(Policy::default());
    for (viewer, expected) in [(ADVERTISER, "invalid own"), (STAFF, "invalid internal")] {
        let mut chosen = selection(viewer.bits());
        chosen.viewer = Some(viewer);
        let token = desk.keys.seal(chosen);
        assert_eq!(desk.verdict(&view(&token), at(10)), expected);
    }
}

#[test]
fn a_short_view_may_become_long() {
    let mut desk = Desk::new(Policy::default());
    let token = desk.keys.seal(selection(1));
    let mut short = view(&token);
    short.dwell = Some(Span::seconds(1));
    assert_eq!(desk.verdict(&short, at(1)), "invalid too_short");
    assert_eq!(desk.verdict(&short, at(1)), "invalid too_short");
    assert_eq!(desk.log.len(), 1);
    assert_eq!(desk.verdict(&view(&token), at(3)), "billed");
    assert_eq!(desk.verdict(&short, at(4)), "duplicate already_used");
}

#[test]
fn late_is_judged_by_when_it_happened_and_when_it_came() {
    let check = |reported: u64, happened: Option<u64>, expected: &str| {
        let mut desk = Desk::new(Policy::default());
        let token = desk.keys.seal(selection(1));
        let mut event = view(&token);
        event.at = happened.map(at);
        assert_eq!(desk.verdict(&event, at(reported)), expected, "{reported} {happened:?}");
    };
    check(3_600, None, "billed");
    check(3_601, None, "late too_late");
    check(4_200, Some(3_599), "billed");
    check(4_201, Some(3_599), "late too_late");
    check(10, Some(3_601), "billed");
    check(4_000, Some(3_601), "late too_late");
}

#[test]
fn windows_follow_the_goal() {
    for goal in Goal::ALL {
        let mut desk = Desk::new(Policy::default());
        let window = goal.attribution_window().micros() / 1_000_000;
        for (nonce, seconds, expected) in [(1, window, "billed"), (2, window + 1, "late too_late")]
        {
            let mut chosen = selection(nonce);
            chosen.goal = goal;
            let token = desk.keys.seal(chosen);
            let event = feed::verdict::Event { kind: goal.billed(), ..view(&token) };
            assert_eq!(desk.verdict(&event, at(seconds)), expected, "{goal:?}");
        }
    }
}

#[test]
fn a_clock_that_runs_backward_stands_still() {
    let mut desk = Desk::new(Policy::default());
    let old = desk.keys.seal(selection(1));
    let mut chosen = selection(2);
    chosen.at = at(10_000);
    let new = desk.keys.seal(chosen);
    assert_eq!(desk.verdict(&view(&new), at(10_001)), "billed");
    // An hour earlier the old token would still be good, but that hour is over.
    assert_eq!(desk.verdict(&view(&old), at(60)), "late too_late");
    // A selection from a clock that is ahead is at its beginning.
    let mut chosen = selection(3);
    chosen.at = at(20_000);
    let ahead = desk.keys.seal(chosen);
    assert_eq!(desk.verdict(&view(&ahead), at(10_002)), "billed");
    assert_eq!(desk.verdict(&view(&ahead), at(10_002)), "duplicate already_used");
    assert!(desk.log.is_sorted_by_key(|record| (record.at, record.sequence)));
}

#[test]
fn limits_hold_by_viewer_address_and_network() {
    let hourly = |events| Limit { events, span: Span::hours(1) };
    let policy = Policy {
        viewer_promotion: hourly(2),
        viewer: hourly(3),
        address: hourly(4),
        network: hourly(6),
        ..Policy::default()
    };
    let mut desk = Desk::new(policy);
    let mut nonce = 0;
    let mut check = |viewer: u64, of: u128, address: u32, expected: &str| {
        nonce += 1;
        let mut chosen = selection(nonce);
        chosen.viewer = Some(ViewerHash::new(viewer));
        chosen.promotion = promotion(of);
        let token = desk.keys.seal(chosen);
        let mut event = view(&token);
        event.address = Some(home(address));
        assert_eq!(desk.verdict(&event, at(nonce)), expected, "event {nonce}");
    };
    check(1, 1, 1, "billed");
    check(1, 1, 1, "billed");
    check(1, 1, 1, "invalid viewer_limit");
    check(1, 2, 1, "billed");
    check(1, 3, 1, "invalid viewer_limit");
    // The address has had 2 of promotion 1.
    check(2, 1, 1, "billed");
    check(3, 1, 1, "billed");
    check(4, 1, 1, "invalid address_limit");
    check(4, 1, 2, "billed");
    check(5, 1, 3, "billed");
    check(6, 1, 4, "invalid network_limit");
    check(6, 1, 4_000, "billed");
    check(6, 2, 4, "billed");
}

#[test]
fn what_is_unknown_has_no_limit() {
    let mut desk = Desk::new(Policy::default());
    for nonce in 0..1_000 {
        let mut chosen = selection(nonce);
        chosen.viewer = None;
        let token = desk.keys.seal(chosen);
        assert_eq!(desk.verdict(&view(&token), at(1)), "billed");
    }
}

#[test]
fn memory_of_used_tokens_is_bounded_and_never_forgets_early() {
    // Room for three pages.
    let policy = Policy { used_bytes_max: 560, ..Policy::default() };
    let mut desk = Desk::new(policy);
    // Nonces that do not count up take a page each.
    let tokens: Vec<_> = (0..4).map(|n| desk.keys.seal(selection(n * 10_000))).collect();
    for token in &tokens[..3] {
        assert_eq!(desk.verdict(&view(token), at(1)), "billed");
    }
    let overloaded = desk.judge(&view(&tokens[3]), at(1)).unwrap_err();
    // When the ten minutes of the selections, their hour and the grace are over, and it is noticed.
    assert_eq!(overloaded.retry_after, Span::seconds(600 + 4_200 - 1 + 10));
    assert_eq!(desk.log.len(), 3);
    for token in &tokens[..3] {
        assert_eq!(desk.verdict(&view(token), at(4_200)), "duplicate already_used");
    }
    // An hour, the grace, and the rest of the segment later there is room again.
    let mut later = selection(70_000);
    later.at = at(6_000);
    let later = desk.keys.seal(later);
    assert_eq!(desk.verdict(&view(&later), at(6_001)), "billed");
    assert!((1..200).contains(&desk.judge.used_bytes()));
    assert_eq!(desk.verdict(&view(&tokens[0]), at(6_001)), "late too_late");
}

#[test]
fn goals_of_long_windows_leave_room_for_the_others() {
    let mut desk = Desk::new(Policy { used_bytes_max: 10_000, ..Policy::default() });
    let of = |goal, nonce| Selection { goal, ..selection(nonce) };
    let shown = |desk: &mut Desk, goal, nonce: u64| {
        let token = desk.keys.seal(of(goal, nonce * 10_000));
        let event = feed::verdict::Event { kind: EventKind::Impression, ..view(&token) };
        desk.judge(&event, at(1))
    };
    let full = (1..).find_map(|nonce| shown(&mut desk, Goal::Sales, nonce).err()).unwrap();
    // A sale may be told of for a week, and what leaves first is of up to a sixth of one more.
    assert!(full.retry_after > Span::days(7) && full.retry_after < Span::hours(8 * 24 + 6));
    for goal in Goal::ALL.into_iter().filter(|goal| *goal != Goal::Sales) {
        assert!(shown(&mut desk, goal, 1).is_ok(), "{goal:?}");
    }
    // Whoever has taken no more than its own waits for the first that took what is common.
    let full = (2..).find_map(|nonce| shown(&mut desk, Goal::Views, nonce).err()).unwrap();
    assert!(full.retry_after < Span::hours(2), "{full:?}");
    assert!(desk.judge.used_bytes() < 10_000 + 1_000);
}

#[test]
fn what_the_slice_cannot_pay_is_counted_and_says_why() {
    let mut desk = Desk::new(Policy::default());
    let token = desk.keys.seal(selection(1));
    let nobody = networks(&[]);
    let own = |_| Some(Own { viewers: &[], networks: &nobody });
    let why = Unbilled::NothingLeft;
    let poor = |_: &Selection, _| Settled::Unbilled(why);
    let Desk { judge, log, .. } = &mut desk;
    let judgement = judge.judge(&view(&token), own, poor, at(1), log).unwrap();
    let answer = (judgement.verdict, judgement.price, judgement.unbilled);
    assert_eq!(answer, (Verdict::Counted, None, Some(why)));
    let Body::Judged(judged) = log[0].body else { panic!("{:?}", log[0]) };
    assert_eq!(judged.outcome, Outcome::Unbilled(why));
    assert_eq!(desk.verdict(&view(&token), at(2)), "duplicate already_used");
}

#[test]
fn only_what_is_valid_is_charged() {
    let mut desk = Desk::new(Policy::default());
    let token = desk.keys.seal(selection(1));
    let nobody = networks(&[]);
    let own = |_| Some(Own { viewers: &[], networks: &nobody });
    let never = |_: &Selection, _| -> Settled { panic!("charged") };
    let Desk { judge, log, .. } = &mut desk;
    let short = feed::verdict::Event { dwell: None, ..view(&token) };
    let shown = feed::verdict::Event { kind: EventKind::Impression, ..view(&token) };
    for event in [short, shown] {
        judge.judge(&event, own, never, at(1), log).unwrap();
    }
}

#[test]
fn a_returned_sale_is_repaid_once() {
    let mut desk = Desk::new(Policy::default());
    let mut chosen = selection(1);
    chosen.goal = Goal::Sales;
    let token = desk.keys.seal(chosen);
    let day = 86_400;
    let give_back = |desk: &mut Desk, now| {
        let Desk { judge, log, .. } = desk;
        judge.return_sale(&token, now, log)
    };
    let says = |said: feed::verdict::Judgement| (said.verdict, said.reason);
    let not_billed = (Verdict::Invalid, Some(Reason::NotBilled));
    assert_eq!(says(give_back(&mut desk, at(1))), not_billed);
    let sale = feed::verdict::Event { kind: EventKind::Sale, ..view(&token) };
    assert_eq!(desk.verdict(&sale, at(2)), "billed");
    // Another selection may have the same process and nonce.
    for other in [
        Selection { goal: Goal::Messages, ..chosen },
        Selection { promotion: promotion(2), ..chosen },
        Selection { slice: 6, ..chosen },
        Selection { price: price(9), ..chosen },
    ] {
        let token = desk.keys.seal(other);
        let Desk { judge, log, .. } = &mut desk;
        assert_eq!(says(judge.return_sale(&token, at(3), log)), not_billed);
    }
    let repaid = give_back(&mut desk, at(30 * day));
    assert_eq!((repaid.verdict, repaid.price), (Verdict::Repaid, Some(chosen.price)));
    let Some(Body::Repaid(repaid)) = desk.log.last().map(|record| record.body) else {
        panic!("{:?}", desk.log)
    };
    assert_eq!((repaid.billed, repaid.slice, repaid.reason), (0, 5, Reason::Returned));
    let (records, again) = (desk.log.len(), (Verdict::Duplicate, Some(Reason::AlreadyUsed)));
    assert_eq!(says(give_back(&mut desk, at(30 * day))), again);
    // Neither forgotten by a judge that reads its log, nor written down again.
    let mut reread = crate::events::desk::judge(Policy::default());
    desk.log.iter().for_each(|record| reread.replay(record).unwrap());
    assert_eq!(says(reread.return_sale(&token, at(30 * day), &mut desk.log)), again);
    assert_eq!(desk.log.len(), records);

    let mut chosen = selection(2);
    chosen.goal = Goal::Sales;
    chosen.at = at(30 * day);
    let token = desk.keys.seal(chosen);
    let sale = feed::verdict::Event { kind: EventKind::Sale, ..view(&token) };
    assert_eq!(desk.verdict(&sale, at(30 * day)), "billed");
    let Desk { judge, log, .. } = &mut desk;
    let late = (Verdict::Late, Some(Reason::TooLate));
    assert_eq!(says(judge.return_sale(&token, at(91 * day), log)), late);
}

#[test]
fn every_reason_has_words() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_number(reason as u8), Some(reason));
        assert!(reason.sentence().ends_with('.'));
        assert!(reason.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        assert_eq!(reason.is_final(), reason != Reason::TooShort);
    }
}
