//! Claims of a market: what claimants, staff and the rules do about promotions. It makes lines of
//! the script language, and is told the book.

use std::sync::{Arc, OnceLock};

use claims::{ApprovalPolicy, Awaited, Claim, RuleBook};
use promotions::Promotion;

use crate::market::{name_of, pick};
use crate::world::World;

/// What claims of a market are decided by: sums are small there, and so is what one person may
/// grant.
pub fn rules() -> &'static RuleBook {
    static RULES: OnceLock<RuleBook> = OnceLock::new();
    RULES.get_or_init(|| {
        let policy =
            "name = \"approval\"\n[second_person_above]\nUSD = 15\n[others]\nmajor_units = 1";
        let approval = ApprovalPolicy::load("market", policy).unwrap();
        RuleBook { approval, ..RuleBook::standard().clone() }
    })
}

/// Those who work on claims; the last one is the advertiser, who may not.
const STAFF: [&str; 4] = ["Ann", "Bob", "Cat", "Ada"];

/// What somebody does about a claim, or the platform about a loss; nothing when nothing was paid.
pub fn act(world: &World, step: usize, which: u16, luck: u16) -> Option<String> {
    let paid = world.promotion.values().filter(|row| row.funded_at.is_some());
    let paid: Vec<&Arc<Promotion>> = paid.collect();
    let has_spent = |row: &&Arc<Promotion>| row.spend.spent > row.terms.incentive;
    let spent: Vec<&Arc<Promotion>> = paid.iter().copied().filter(has_spent).collect();
    let is_any = spent.is_empty() || luck.is_multiple_of(9);
    let about = pick(if is_any { &paid } else { &spent }, luck)?;
    let open: Vec<&Arc<Claim>> = world.claim.values().filter(|row| row.status.is_open()).collect();
    let chance = which % 16;
    if chance < 2 || (open.is_empty() && chance < 12) {
        return Some(filed(about, step, which, luck));
    }
    if chance == 2 {
        return Some(repaid(world, about, step, which, luck));
    }
    let all: Vec<&Arc<Claim>> = world.claim.values().collect();
    if chance == 4 && luck.is_multiple_of(2) {
        return looked(world, luck);
    }
    if chance == 3
        && let Some(row) = pick(&world.restitution.values().collect::<Vec<_>>(), luck)
    {
        let name = name_of(u128::from_be_bytes(row.cause.0));
        let deed = if luck.is_multiple_of(3) { "remind" } else { "made_good" };
        return Some(format!("{deed} {name}"));
    }
    let is_any = (3..6).contains(&chance) || open.is_empty();
    // Mostly one that has come far, so that some come to their end.
    let far: Vec<&Arc<Claim>> = open.iter().copied().filter(|row| row.decisions > 0).collect();
    let some = if far.is_empty() || luck.is_multiple_of(4) { &open } else { &far };
    let row = pick(if is_any { &all } else { some }, which / 16)?;
    let name = name_of(row.id.bits());
    let by = STAFF[usize::from(luck / 6) % STAFF.len()];
    // Now and then what it does not wait for.
    let awaited = match luck / 3 % 14 {
        0 => Awaited::ALL[usize::from(which) % Awaited::ALL.len()],
        1 => return Some(format!("take_back {name}")),
        2 => return Some(format!("attach {name} {}", 1 + which % 9)),
        3 => return Some(format!("hurry {name}")),
        4..7 if is_frozen(world, row) => return Some(format!("unfreeze_account Ada as={by}")),
        _ => claims::next(row, world.now).awaited,
    };
    Some(match awaited {
        Awaited::Match => format!("match {name} {} as={by}", name_of(about.id.bits())),
        Awaited::Facts => facts(&name, which, luck),
        Awaited::Decision if luck.is_multiple_of(7) => facts(&name, which, luck),
        Awaited::Decision => format!("decide {name}"),
        Awaited::Review | Awaited::AppealDecision if which.is_multiple_of(3) => {
            facts(&name, which, luck)
        }
        Awaited::Review | Awaited::AppealDecision => reviewed(world, row, by, which, luck),
        Awaited::SecondPerson if luck.is_multiple_of(2) => format!("disagree {name} as={by}"),
        Awaited::SecondPerson => format!("agree {name} as={by}"),
        Awaited::PayoutStart => {
            let paid = row.promotion.and_then(|id| world.promotion.get(&id)).unwrap_or(about);
            let back = way_back(world, paid, step);
            match luck % 8 {
                0 => format!("pay_otherwise {name} again {back} as={by}"),
                1 => format!("pay_otherwise {name} credit code=C{step} as={by}"),
                2 => format!("pay_otherwise {name} hand as={by}"),
                _ => format!("pay_claim {name} {back}"),
            }
        }
        Awaited::PayoutEnd => format!("claim_paid {name}"),
        Awaited::Appeal => format!("protest {name} file={}", 1 + luck % 9),
        Awaited::DisputeEnd | Awaited::Nothing => format!("decide {name}"),
    })
}

/// What somebody was to look at, or for.
fn looked(world: &World, luck: u16) -> Option<String> {
    let suspect = world.suspect.values().find(|row| row.looked_at.is_none());
    if let Some(suspect) = suspect.filter(|_| luck.is_multiple_of(4)) {
        return Some(format!("look_at {} as=Bob", name_of(suspect.claim.bits())));
    }
    let due: Vec<_> = world.promotion_claims.values().collect();
    let due: Vec<_> = due.into_iter().filter(|row| row.searched_since.is_some()).collect();
    pick(&due, luck).map(|row| format!("searched {}", name_of(row.promotion.bits())))
}

fn is_frozen(world: &World, row: &Claim) -> bool {
    let freeze = row.owner.and_then(|owner| world.account_freeze.get(&owner));
    freeze.is_some_and(|freeze| freeze.is_frozen())
}

fn way_back(world: &World, about: &Promotion, step: usize) -> String {
    let paid_by = about.checkout.and_then(|id| world.checkout.get(&id)?.order);
    let order = paid_by.map_or("none".to_owned(), |order| name_of(order.bits()));
    let rails = ["a", "b", "c", "d"].map(|letter| format!("y{step}{letter}"));
    format!("{order} S{step} rails={}", rails.join(","))
}

fn filed(about: &Promotion, step: usize, which: u16, luck: u16) -> String {
    let grounds = ["technical", "unauthorized", "failure", "poor", "other"];
    let ground = grounds[usize::from(which / 16) % grounds.len()];
    if luck.is_multiple_of(16) {
        return format!("file L{step} hint technical as=Eve");
    }
    let name = name_of(about.id.bits());
    format!("file L{step} {name} {ground} file={}", 1 + luck % 5)
}

fn repaid(world: &World, about: &Promotion, step: usize, which: u16, luck: u16) -> String {
    let kinds = ["incident", "late_invalid", "overspend", "wrong_delivery", "unspent"];
    let kind = kinds[usize::from(luck) % kinds.len()];
    let (name, loss) = (name_of(about.id.bits()), 1 + which % 60);
    let back = way_back(world, about, step);
    let stuck = world.restitution.values().find(|row| row.is_stuck());
    if let Some(row) = stuck.filter(|_| luck.is_multiple_of(3)) {
        let name = name_of(u128::from_be_bytes(row.cause.0));
        let paid = world.promotion.get(&row.promotion).map_or(about, |paid| paid);
        return match which % 3 {
            0 => format!("resolve {name} again {}", way_back(world, paid, step)),
            1 => format!("resolve {name} credit code=C{step}"),
            _ => format!("resolve {name} hand"),
        };
    }
    if luck.is_multiple_of(4) {
        return format!("set_aside Z{step} {name} {kind} {loss} S{step} of={}", loss + luck % 90);
    }
    format!("make_good Z{step} {name} {kind} {loss} {back} of={}", loss + luck % 90)
}

fn facts(name: &str, which: u16, luck: u16) -> String {
    let told = [
        "start=held_by_platform",
        "wrong_delivery=40 watched=true failed_calls=0 report_wrong=false incident_loss=0 \
         late_invalid=0",
        "over_budget=30 watched=true failed_calls=0 report_wrong=false incident_loss=0 \
         wrong_delivery=5 late_invalid=0",
        "missing_platform=60 missing_market=5 missing_advertiser=9 missing_policy=0 narrowed=false \
         wrong_delivery=0 late_invalid=0",
        "used_later=false session_theft=false automatic_person=0 automatic_instrument=0",
        "incident_loss=90 failed_calls=0 watched=true report_wrong=false wrong_delivery=3 \
         late_invalid=2",
    ];
    format!("facts {name} {} ring_marks=0", told[usize::from(which / 3 + luck) % told.len()])
}

/// A person grants a part of what is left, or somewhat more, or denies.
fn reviewed(world: &World, row: &Claim, by: &str, which: u16, luck: u16) -> String {
    let name = name_of(row.id.bits());
    let left = row.promotion.and_then(|id| {
        let (promotion, claims) = (world.promotion.get(&id)?, world.promotion_claims.get(&id)?);
        let spent = promotion.spend.spent.saturating_sub(promotion.terms.incentive);
        Some(spent.saturating_sub(claims.committed()).minor())
    });
    let most = left.unwrap_or(0) + 4;
    let sum = row.committed().minor() + 1 + i64::from(which) % most;
    match luck % 4 {
        0 => format!("review {name} deny as={by}"),
        1 => format!("review {name} approve {sum}/{} as={by}", luck % 30),
        _ => format!("review {name} partly_approve {sum} as={by}"),
    }
}
