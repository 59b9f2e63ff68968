use base::{Amount, CheckoutId, Currency, Instant, MethodId, OrderId, PaymentId, RailRefundId};
use payments::Purpose;
use rails::{FailureCode as Code, Unknown};

use super::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

pub(in crate::rails) fn payment(state: Known) -> Payment {
    let is_captured = state == Known::Captured;
    Payment {
        id: PaymentId::from_bits(1),
        method: MethodId::from_bits(2),
        rail: Token::new("sandbox").unwrap(),
        amount: usd(1_000),
        purpose: Purpose::Checkout(CheckoutId::from_bits(3)),
        return_url: None,
        state,
        is_unknown: false,
        rail_reference: None,
        captured: if is_captured { usd(1_000).amount } else { Amount::ZERO },
        refunded: Amount::ZERO,
        refunding: Amount::ZERO,
        disputed: Amount::ZERO,
        credited: Amount::ZERO,
        owed: Amount::ZERO,
        lost: Amount::ZERO,
        settled: Amount::ZERO,
        fee: is_captured.then_some(usd(59).amount),
        open_refunds: Vec::new(),
        calls: 0,
        due_at: None,
        created_at: Instant::MIN,
    }
}

fn known(word: &str) -> Payment {
    let failed = |step| Known::Failed { step, code: Token::new("declined").unwrap() };
    payment(match word {
        "authorizing" => Known::Authorizing,
        "requires_action" => {
            Known::RequiresAction { next_action: NextAction(Text::new("https://bank").unwrap()) }
        }
        "authorized" => Known::Authorized,
        "capturing" => Known::Capturing,
        "captured" => Known::Captured,
        "voiding" => Known::Voiding,
        "voided" => Known::Voided,
        "failed" => failed(Step::Authorize),
        other => panic!("{other}"),
    })
}

fn reference() -> Text<255> {
    Text::new("pi_1").unwrap()
}

fn challenge(url: Option<&str>) -> Challenge {
    Challenge { reference: reference(), url: url.map(str::to_owned) }
}

fn shown(stage: PaymentStage) -> PaymentState {
    let is_captured = stage == PaymentStage::Captured;
    PaymentState {
        reference: reference(),
        operation: None,
        stage,
        amount: usd(1_000),
        captured: if is_captured { usd(1_000).amount } else { Amount::ZERO },
        refunded: None,
        fee: is_captured.then_some(usd(59).amount),
    }
}

/// The stages that a rail may show, in the order of the columns below.
fn stages() -> [PaymentStage; 6] {
    [
        PaymentStage::RequiresAction(challenge(Some("https://bank"))),
        PaymentStage::Pending,
        PaymentStage::Authorized,
        PaymentStage::Captured,
        PaymentStage::Voided,
        PaymentStage::Failed(Code::Declined),
    ]
}

fn spare() -> Spare {
    Spare { order: OrderId::from_bits(9), refunds: [RailRefundId::from_bits(9); Spare::REFUNDS] }
}

fn word_of(command: Option<PaymentCommand>) -> String {
    let Some(command) = command else { return "-".to_owned() };
    match command {
        PaymentCommand::NoteAuthorization { notice, .. } => match notice {
            AuthorizationNotice::Authorized { reference } => {
                assert!(reference.is_some(), "the reference is kept");
                "authorized".to_owned()
            }
            AuthorizationNotice::Failed { code } => format!("declined {code}"),
        },
        PaymentCommand::NoteAction { .. } => "action".to_owned(),
        PaymentCommand::NoteCapture { notice, .. } => match *notice {
            CaptureNotice::Captured { amount, fee, .. } => {
                let fee = fee.map(|fee| fee.amount.minor());
                format!("captured {} {fee:?}", amount.amount.minor())
            }
            CaptureNotice::Failed { code } => format!("uncaptured {code}"),
        },
        PaymentCommand::NoteVoid { notice: VoidNotice::Voided, .. } => "voided".to_owned(),
        PaymentCommand::NoteVoid { .. } => "unvoided".to_owned(),
        PaymentCommand::NoteUnknown { step, .. } => format!("unknown {}", step.as_str()),
        PaymentCommand::NoteNotReceived { step, .. } => format!("again {}", step.as_str()),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_call(state: &str, outcome: Outcome<PaymentState>, expected: &str) {
    let payment = known(state);
    let step = payment.step().unwrap();
    let told = format!("{outcome:?}");
    assert_eq!(word_of(Some(after_call(&payment, step, outcome, spare()))), expected, "{told}");
}

#[test]
fn what_a_call_is_answered() {
    let done = |stage| Outcome::Succeeded(shown(stage));
    let pending = || Outcome::Pending { reference: reference() };
    check_call("authorizing", done(PaymentStage::Authorized), "authorized");
    check_call("authorizing", done(PaymentStage::Captured), "captured 1000 Some(59)");
    check_call("authorizing", done(PaymentStage::Voided), "voided");
    check_call("authorizing", Outcome::RequiresAction(challenge(None)), "action");
    check_call("authorizing", pending(), "unknown authorize");
    check_call("capturing", done(PaymentStage::Captured), "captured 1000 Some(59)");
    check_call("capturing", done(PaymentStage::Authorized), "unknown capture");
    check_call("capturing", done(PaymentStage::Voided), "voided");
    check_call("capturing", Outcome::RequiresAction(challenge(None)), "unknown capture");
    check_call("capturing", pending(), "unknown capture");
    check_call("voiding", done(PaymentStage::Voided), "voided");
    check_call("voiding", done(PaymentStage::Captured), "captured 1000 Some(59)");
    check_call("voiding", done(PaymentStage::Authorized), "unknown void");
    check_call("voiding", pending(), "unknown void");
}

#[test]
fn every_refusal_of_a_call() {
    for code in Code::ALL {
        let refused = || Outcome::Failed(code);
        let [authorize, capture, void] = match code {
            Code::RateLimited | Code::NotPermitted => {
                ["again authorize", "again capture", "again void"].map(str::to_owned)
            }
            // Something has happened to it already; what, is asked.
            Code::WrongState => {
                ["declined wrong_state", "unknown capture", "unknown void"].map(str::to_owned)
            }
            code => {
                let code = code.as_str();
                [format!("declined {code}"), format!("uncaptured {code}"), "unvoided".to_owned()]
            }
        };
        check_call("authorizing", refused(), &authorize);
        check_call("capturing", refused(), &capture);
        check_call("voiding", refused(), &void);
    }
}

#[test]
fn no_answer_is_no_failure() {
    let whys = [
        Unknown::TimedOut,
        Unknown::ConnectionLost,
        Unknown::RailError,
        Unknown::Unreadable,
        Unknown::InProgress,
        Unknown::OperationReused,
    ];
    for why in whys {
        check_call("authorizing", Outcome::Unknown(why), "unknown authorize");
        check_call("capturing", Outcome::Unknown(why), "unknown capture");
        check_call("voiding", Outcome::Unknown(why), "unknown void");
    }
}

#[track_caller]
fn check_shown(state: &str, expected: [&str; 6]) {
    let payment = known(state);
    let told = stages().map(|stage| {
        word_of(after_question(&payment, Outcome::Succeeded(Some(shown(stage))), spare()))
    });
    assert_eq!(told, expected, "{state}");
}

#[test]
fn what_a_question_is_answered() {
    let taken = "captured 1000 Some(59)";
    let declined = "declined declined";
    // requires action, pending, authorized, captured, voided, failed
    let open = ["action", "unknown authorize", "authorized", taken, "voided", declined];
    check_shown("authorizing", open);
    check_shown("requires_action", open);
    check_shown("authorized", ["-", "-", "-", taken, "voided", declined]);
    check_shown(
        "capturing",
        [
            "unknown capture",
            "unknown capture",
            "again capture",
            taken,
            "voided",
            "uncaptured declined",
        ],
    );
    check_shown("voiding", ["again void", "again void", "again void", taken, "voided", "voided"]);
    // What cannot be true is told, so that the rules say so.
    check_shown("captured", ["-", "-", "authorized", "-", "voided", declined]);
    check_shown("voided", ["-", "-", "authorized", taken, "-", "-"]);
    check_shown("failed", ["-", "-", "authorized", taken, "-", "-"]);
}

#[track_caller]
fn check_unanswered(state: &str, absent: &str, unheard: &str) {
    let payment = known(state);
    let ask = |outcome| word_of(after_question(&payment, outcome, spare()));
    assert_eq!(ask(Outcome::Succeeded(None)), absent, "{state}");
    let unclear = [
        Outcome::Failed(Code::NotFound),
        Outcome::Failed(Code::RateLimited),
        Outcome::Unknown(Unknown::TimedOut),
        Outcome::Pending { reference: reference() },
        Outcome::RequiresAction(challenge(None)),
    ];
    for outcome in unclear {
        assert_eq!(ask(outcome), unheard, "{state}");
    }
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    check_unanswered("authorizing", "again authorize", "unknown authorize");
    check_unanswered("requires_action", "again authorize", "unknown authorize");
    check_unanswered("capturing", "again capture", "unknown capture");
    check_unanswered("voiding", "again void", "unknown void");
    for settled in ["authorized", "captured", "voided", "failed"] {
        check_unanswered(settled, "-", "-");
    }
}

#[test]
fn a_fee_that_is_told_late_is_noted() {
    let mut payment = known("captured");
    payment.fee = None;
    let told = Outcome::Succeeded(Some(shown(PaymentStage::Captured)));
    assert_eq!(word_of(after_question(&payment, told, spare())), "captured 1000 Some(59)");
}

#[test]
fn a_payer_is_sent_to_the_address_or_told_the_payment() {
    let long = "https://bank/".repeat(200);
    for (url, expected) in [
        (Some("https://bank/3ds"), "https://bank/3ds"),
        (None, "sandbox:pi_1"),
        (Some(long.as_str()), "sandbox:pi_1"),
    ] {
        let action = next_action(&known("authorizing"), &challenge(url));
        assert_eq!(action.0.as_str(), expected);
    }
}
