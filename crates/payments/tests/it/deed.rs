//! What can be done to the one payment of a test, and its words in scripts.

use payments::{RefundNotice, Step};

/// One step. Refunds and disputes have small numbers, and amounts are minor units of one currency.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Authorize(i64),
    Authorized,
    Declined,
    Action(u8),
    Unknown(Step),
    NotReceived(Step),
    Capture,
    Captured(i64, Option<i64>),
    CaptureRefused,
    Fee(i64),
    Void,
    Voided,
    VoidRefused,
    /// A stuck one, in another form.
    Credit(u8),
    /// So much of one is taken back, because a lost dispute has paid it.
    TakeCreditBack(u8, i64),
    ByHand(u8),
    /// Somebody has made it in the rail's own pages.
    AtRail(u8),
    Open(u8, i64),
    /// Everything, with ids for what can be sent and for what is kept back.
    GiveBack(u8, u8),
    /// A failed one, and the one that takes its place.
    Replace(u8, u8),
    Send(u8),
    /// Without an attempt: the present one.
    Refund(u8, Option<u32>, RefundNotice),
    Consent(u8, Which),
    Retry(u8),
    GiveUp(u8),
    Dispute(u8, i64, u8),
    /// As a dispute, of a refund that was made at the rail.
    RefundedAtRail(u8, i64, u8),
    Win(u8, u8),
    Lose(u8, u8),
    /// Seconds pass.
    Wait(u64),
}

/// A method for a refund that needs consent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Which {
    Other,
    Expired,
    Store,
    Unreachable,
}

/// Reads a step; `None` when the words are none.
pub fn parse(words: &[&str]) -> Option<Deed> {
    let number = |word: &str| word.parse::<i64>().ok();
    let stage = |words: &[&str]| match words {
        [] => Some(1),
        ["stage", stage] => stage.parse().ok(),
        _ => None,
    };
    Some(match *words {
        ["authorize", amount] => Deed::Authorize(number(amount)?),
        ["authorized"] => Deed::Authorized,
        ["declined"] => Deed::Declined,
        ["action", which] => Deed::Action(which.parse().ok()?),
        ["unknown", word] => Deed::Unknown(step(word)?),
        ["not_received", word] => Deed::NotReceived(step(word)?),
        ["capture"] => Deed::Capture,
        ["captured", amount] => Deed::Captured(number(amount)?, None),
        ["captured", amount, "fee", fee] => Deed::Captured(number(amount)?, Some(number(fee)?)),
        ["capture_refused"] => Deed::CaptureRefused,
        ["fee", fee] => Deed::Fee(number(fee)?),
        ["void"] => Deed::Void,
        ["voided"] => Deed::Voided,
        ["void_refused"] => Deed::VoidRefused,
        ["credit", name] => Deed::Credit(index(name)?),
        ["take_back", name, amount] => Deed::TakeCreditBack(index(name)?, number(amount)?),
        ["by_hand", name] => Deed::ByHand(index(name)?),
        ["at_rail", name] => Deed::AtRail(index(name)?),
        ["open", name, amount] => Deed::Open(index(name)?, number(amount)?),
        ["give_back", one, other] => Deed::GiveBack(index(one)?, index(other)?),
        ["replace", old, new] => Deed::Replace(index(old)?, index(new)?),
        ["send", name] => Deed::Send(index(name)?),
        ["consent", name, "other"] => Deed::Consent(index(name)?, Which::Other),
        ["consent", name, "expired"] => Deed::Consent(index(name)?, Which::Expired),
        ["consent", name, "store"] => Deed::Consent(index(name)?, Which::Store),
        ["consent", name, "unreachable"] => Deed::Consent(index(name)?, Which::Unreachable),
        ["retry", name] => Deed::Retry(index(name)?),
        ["give_up", name] => Deed::GiveUp(index(name)?),
        ["dispute", name, amount, ref rest @ ..] => {
            Deed::Dispute(index(name)?, number(amount)?, stage(rest)?)
        }
        ["refunded_at_rail", name, amount, ref rest @ ..] => {
            Deed::RefundedAtRail(index(name)?, number(amount)?, stage(rest)?)
        }
        ["win", name, ref rest @ ..] => Deed::Win(index(name)?, stage(rest)?),
        ["lose", name, ref rest @ ..] => Deed::Lose(index(name)?, stage(rest)?),
        ["wait", seconds] => Deed::Wait(seconds.parse().ok()?),
        [name, word] => Deed::Refund(index(name)?, None, notice(word)?),
        [name, word, "attempt", attempt] => {
            Deed::Refund(index(name)?, Some(attempt.parse().ok()?), notice(word)?)
        }
        _ => return None,
    })
}

/// `r3` is refund 3, `d3` dispute 3.
pub fn index(name: &str) -> Option<u8> {
    name.strip_prefix(['r', 'd'])?.parse().ok()
}

fn step(word: &str) -> Option<Step> {
    [Step::Authorize, Step::Capture, Step::Void].into_iter().find(|step| step.as_str() == word)
}

fn notice(word: &str) -> Option<RefundNotice> {
    Some(match word {
        "succeeded" => RefundNotice::Succeeded { reference: None },
        "pending" => RefundNotice::Pending { reference: Some(base::Text::new("re_1").ok()?) },
        "failed" => RefundNotice::Failed { code: base::Token::new("bank_says_no").ok()? },
        "gone" => RefundNotice::MethodGone,
        "returned" => RefundNotice::Returned,
        "unknown" => RefundNotice::Unknown,
        "not_received" => RefundNotice::NotReceived,
        _ => return None,
    })
}
