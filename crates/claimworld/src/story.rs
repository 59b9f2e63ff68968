//! What happens in a case before anybody looks at it: who claims, and what goes wrong.

use claims::Ground;
use world::Draw;

use crate::draws::{Key, Purpose, weighted};
use crate::fault::{Fault, Side, Trouble};
use crate::promotion::promotion;
use crate::{Params, Promotion, User};

/// Who claims for what promotion, and what went wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub user: User,
    pub promotion: Promotion,
    pub faults: Vec<Fault>,
    pub ground: Ground,
}

/// The story of a case.
pub(crate) fn story(params: &Params, key: Key) -> Story {
    let mut draw = key.of(Purpose::User, 0);
    let weights: Vec<u32> = User::ALL.iter().map(|user| user.weight(params)).collect();
    let user = weighted(&mut draw, &weights).map_or(User::Honest, |at| User::ALL[at]);
    let first = first_trouble(params, user, &mut draw);
    let second = second_trouble(params, user, first, &mut draw);
    let is_oversold = first == Some(Trouble::Oversold);
    let promotion = promotion(params, key, is_oversold || user == User::SelfMade);
    let mut faults = Vec::new();
    for (part, trouble) in (0..).zip(first.into_iter().chain(second)) {
        let mut draw = key.of(Purpose::Fault, part);
        let mut fault = timed(trouble, &promotion, &mut draw);
        if user == User::SelfMade && part == 0 {
            // Early, so that there is something to claim; and for good.
            fault.from = draw.below(u64::from(promotion.hours) * 20) as u32;
            fault.until = promotion.hours * 60;
        }
        faults.push(fault);
        if trouble == Trouble::CallsFailed {
            let until = promotion.hours * 60;
            faults.push(Fault { trouble: Trouble::Paused, until, strength: PART, ..fault });
        }
    }
    let ground = ground(user, first, &mut draw);
    Story { user, promotion, faults, ground }
}

const PART: u32 = 1_000_000;

fn one_of(params: &Params, draw: &mut Draw, fits: impl Fn(Trouble) -> bool) -> Option<Trouble> {
    let weight = |trouble: &Trouble| if fits(*trouble) { trouble.weight(params) } else { 0 };
    let weights: Vec<u32> = Trouble::ALL.iter().map(weight).collect();
    weighted(draw, &weights).map(|at| Trouble::ALL[at])
}

fn first_trouble(params: &Params, user: User, draw: &mut Draw) -> Option<Trouble> {
    let is_claimable = |trouble: Trouble| !trouble.grounds().is_empty();
    match user {
        User::Honest | User::WrongGround | User::ClaimsAgain => one_of(params, draw, is_claimable),
        User::WrongDates => one_of(params, draw, Trouble::is_incident),
        User::OwnDoing => one_of(params, draw, |trouble| {
            matches!(trouble.side(), Side::Advertiser | Side::Policy)
        }),
        User::SelfMade => one_of(params, draw, |trouble| {
            matches!(trouble, Trouble::Paused | Trouble::PostDeleted | Trouble::Narrowed)
        }),
        User::PoorOutcome if draw.chance(300_000) => {
            one_of(params, draw, |trouble| trouble == Trouble::Outbid)
        }
        User::PoorOutcome | User::Forgot | User::Household | User::Denies | User::Invents => None,
    }
}

/// What also goes wrong: something that stops delivery, of which one review is enough.
fn second_trouble(
    params: &Params,
    user: User,
    first: Option<Trouble>,
    draw: &mut Draw,
) -> Option<Trouble> {
    let first = first?;
    let is_alone = matches!(user, User::PoorOutcome | User::SelfMade)
        || matches!(first, Trouble::CallsFailed | Trouble::HeldUp | Trouble::Rejected);
    if is_alone || !draw.chance(params.second_fault.into()) {
        return None;
    }
    let is_review = |trouble: Trouble| {
        matches!(
            trouble,
            Trouble::ReviewLate
                | Trouble::RejectedWrongly
                | Trouble::RemovedWrongly
                | Trouble::Removed
                | Trouble::Rejected
        )
    };
    one_of(params, draw, |trouble| {
        let fits = trouble.stops_delivery() && trouble != first && trouble != Trouble::Oversold;
        fits && trouble != Trouble::HeldUp && !(is_review(first) && is_review(trouble))
    })
}

fn ground(user: User, first: Option<Trouble>, draw: &mut Draw) -> Ground {
    let right = first.map_or(&[][..], Trouble::grounds);
    match user {
        User::Forgot | User::Household | User::Denies => Ground::UnauthorizedCharge,
        User::PoorOutcome => {
            [Ground::PoorOutcome, Ground::FailureToDeliver, Ground::TechnicalError]
                [draw.weighted(&[50, 30, 20])]
        }
        User::Invents => draw.one_of(&[Ground::TechnicalError, Ground::FailureToDeliver]),
        User::OwnDoing if draw.chance(300_000) => Ground::TechnicalError,
        User::OwnDoing | User::SelfMade => Ground::FailureToDeliver,
        User::WrongGround => {
            let is_wrong = |ground: &Ground| !right.contains(ground);
            let wrong: Vec<Ground> = Ground::ALL.into_iter().filter(is_wrong).collect();
            draw.one_of(&wrong)
        }
        User::Honest | User::WrongDates | User::ClaimsAgain if right.is_empty() => Ground::Other,
        User::Honest | User::WrongDates | User::ClaimsAgain => draw.one_of(right),
    }
}

/// When a trouble is there, and how bad it is.
fn timed(trouble: Trouble, promotion: &Promotion, draw: &mut Draw) -> Fault {
    let end = promotion.hours * 60;
    let minutes = |draw: &mut Draw, least: u64, most: u64| draw.between(least, most) as u32;
    let somewhere = draw.below(u64::from(end)) as u32;
    // Of what goes on to the end, little is left to go wrong in the last quarter.
    let early = somewhere / 4 * 3;
    let lasting = |from: u32, long: u32, strength: u64| Fault {
        trouble,
        from,
        until: from.saturating_add(long).min(end),
        strength: strength as u32,
    };
    let whole = u64::from(PART);
    match trouble {
        Trouble::SelectionDown | Trouble::IntakeDown => {
            lasting(somewhere, minutes(draw, 20, 600), whole)
        }
        Trouble::Errors => {
            lasting(somewhere, minutes(draw, 60, 1_440), draw.between(200_000, 900_000))
        }
        Trouble::ReviewLate => lasting(0, minutes(draw, 360, 3_600), whole),
        Trouble::RejectedWrongly if draw.chance(700_000) => {
            lasting(0, minutes(draw, 720, 4_320), whole)
        }
        Trouble::WrongDelivery => {
            lasting(somewhere, minutes(draw, 120, 1_440), draw.between(100_000, 800_000))
        }
        Trouble::Bots => {
            lasting(somewhere, minutes(draw, 360, 4_320), draw.between(50_000, 400_000))
        }
        Trouble::OverBudget => lasting(0, end, draw.between(10_000, 150_000)),
        Trouble::CallsFailed => lasting(early / 3 * 2, minutes(draw, 30, 600), whole),
        Trouble::Oversold => {
            let left = draw.between(20, 90) * whole / u64::from(promotion.supply_percent.max(1));
            lasting(0, end, whole.saturating_sub(left))
        }
        Trouble::Outbid => lasting(early, end, draw.between(200_000, 900_000)),
        Trouble::Paused if draw.chance(400_000) => lasting(early, end, whole),
        Trouble::Paused | Trouble::PostPrivate => {
            lasting(somewhere, minutes(draw, 60, 4_320), whole)
        }
        Trouble::RemovedWrongly | Trouble::Removed | Trouble::PostDeleted => {
            lasting(early, end, whole)
        }
        Trouble::Narrowed => lasting(early, end, draw.between(300_000, 950_000)),
        // Of this the strength is what is allowed.
        Trouble::DailyLimit => lasting(0, end, draw.between(200_000, 800_000)),
        Trouble::HeldUp
        | Trouble::RejectedWrongly
        | Trouble::Rejected
        | Trouble::DoubleCapture
        | Trouble::ReportWrong
        | Trouble::StolenAccount
        | Trouble::ChargedUnasked => lasting(0, end, whole),
    }
}
