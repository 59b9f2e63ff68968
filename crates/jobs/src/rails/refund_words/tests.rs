use base::{Currency, Instant, Money, PaymentId, RailRefundId, Text, Token};
use payments::{ConsentReason, Destination};
use rails::{Challenge, Unknown};

use super::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

pub(in crate::rails) fn known(word: &str) -> RailRefund {
    let state = match word {
        "waiting" => Known::Waiting,
        "sent" => Known::Sent,
        "succeeded" => Known::Succeeded,
        "failed" => Known::Failed { code: Token::new("declined").unwrap() },
        "needs_consent" => Known::NeedsConsent { reason: ConsentReason::CameBack },
        other => panic!("{other}"),
    };
    RailRefund {
        id: RailRefundId::from_bits(1),
        payment: PaymentId::from_bits(2),
        rail: Token::new("sandbox").unwrap(),
        amount: usd(500),
        order_refund: None,
        destination: Destination::Original,
        state,
        attempt: 2,
        kept_back: false,
        returned_attempt: None,
        replaced_by: None,
        is_unknown: false,
        rail_reference: None,
        calls: 0,
        due_at: None,
        created_at: Instant::MIN,
    }
}

fn shown(stage: RefundStage) -> RefundState {
    RefundState {
        reference: Text::new("re_1").unwrap(),
        payment: Text::new("pi_1").unwrap(),
        operation: None,
        amount: usd(500),
        created_at: None,
        stage,
    }
}

fn word_of(notice: Option<RefundNotice>) -> String {
    match notice {
        None => "-".to_owned(),
        Some(RefundNotice::Succeeded { reference: Some(_) }) => "succeeded".to_owned(),
        Some(RefundNotice::Pending { reference: Some(_) }) => "pending".to_owned(),
        Some(RefundNotice::Failed { code }) => format!("failed {code}"),
        Some(RefundNotice::MethodGone) => "gone".to_owned(),
        Some(RefundNotice::Unknown) => "unknown".to_owned(),
        Some(RefundNotice::NotReceived) => "again".to_owned(),
        Some(other) => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_call(outcome: Outcome<RefundState>, expected: &str) {
    let told = format!("{outcome:?}");
    assert_eq!(word_of(Some(after_call(outcome))), expected, "{told}");
}

#[test]
fn what_a_call_is_answered() {
    let reference = || Text::new("re_1").unwrap();
    check_call(Outcome::Succeeded(shown(RefundStage::Succeeded)), "succeeded");
    check_call(Outcome::Succeeded(shown(RefundStage::Pending)), "pending");
    check_call(Outcome::Pending { reference: reference() }, "pending");
    let challenge = Challenge { reference: reference(), url: None };
    check_call(Outcome::RequiresAction(challenge), "unknown");
    for why in [Unknown::TimedOut, Unknown::Unreadable, Unknown::OperationReused] {
        check_call(Outcome::Unknown(why), "unknown");
    }
    for code in FailureCode::ALL {
        let expected = match code {
            FailureCode::RateLimited | FailureCode::NotPermitted => "again".to_owned(),
            FailureCode::MethodGone | FailureCode::ExpiredMethod => "gone".to_owned(),
            code => format!("failed {}", code.as_str()),
        };
        check_call(Outcome::Failed(code), &expected);
    }
}

/// Columns: pending, succeeded, failed, absent, unknown.
#[track_caller]
fn check_question(state: &str, attempt: u32, expected: [&str; 5]) {
    let refund = known(state);
    let stages =
        [RefundStage::Pending, RefundStage::Succeeded, RefundStage::Failed(FailureCode::Declined)];
    let mut told: Vec<String> = stages
        .into_iter()
        .map(|stage| Outcome::Succeeded(Some(shown(stage))))
        .chain([Outcome::Succeeded(None), Outcome::Unknown(Unknown::TimedOut)])
        .map(|outcome| word_of(after_question(&refund, attempt, outcome)))
        .collect();
    let unclear = word_of(after_question(&refund, attempt, Outcome::Failed(FailureCode::NotFound)));
    assert_eq!(unclear, told[4], "{state}: what is not found is asked again");
    assert_eq!(std::mem::take(&mut told), expected, "{state}");
}

#[test]
fn what_a_question_is_answered() {
    let news = ["pending", "succeeded", "failed declined"];
    check_question("sent", 2, [news[0], news[1], news[2], "again", "unknown"]);
    // A refund that waits must not be taken for one that was sent because nobody knows it.
    check_question("waiting", 2, [news[0], news[1], news[2], "-", "-"]);
    check_question("succeeded", 2, ["pending", "-", "failed declined", "-", "-"]);
    check_question("failed", 2, [news[0], news[1], news[2], "-", "-"]);
    check_question("needs_consent", 2, [news[0], news[1], news[2], "-", "-"]);
    // News of an attempt that is over, which only the rules can judge.
    check_question("sent", 1, [news[0], news[1], news[2], "-", "-"]);
    check_question("succeeded", 1, [news[0], news[1], news[2], "-", "-"]);
}
