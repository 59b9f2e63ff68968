//! Random lives of the claims of one promotion: whatever the order of claims, settlements,
//! restitutions, late verdicts and disputes, nobody is paid twice. The world audits sums, people,
//! moves and clocks after each step; here money is counted once more, by itself.

use base::{PersonId, Span};
use claims::{
    Awaited, Award, Claimant, Fingerprint, Ground, Named, NewClaim, Outcome, Resolution,
    RestitutionKind, Way,
};
use proptest::prelude::*;

use super::world::{ANN, BOB, CAT, OWNER, World, award, cents, decided, file_of, hint, new_claim};
use super::world::{purchase, review_of};

#[derive(Clone, Debug)]
enum Step {
    Spend {
        amount: i64,
    },
    Verdict {
        amount: i64,
    },
    End,
    Settle,
    Dispute,
    Win,
    Lose {
        amount: i64,
    },
    CaptureTwice {
        amount: i64,
    },
    File {
        ground: usize,
        contact: bool,
        file: u8,
    },
    /// Does what the claim waits for.
    Advance {
        claim: u128,
        by: usize,
        outcome: usize,
        percent: i64,
    },
    Match {
        claim: u128,
        by: usize,
    },
    Freeze {
        claim: u128,
    },
    Decide {
        claim: u128,
        outcome: usize,
        amount: i64,
        elsewhere: i64,
    },
    Review {
        claim: u128,
        by: usize,
        outcome: usize,
        amount: i64,
        elsewhere: i64,
    },
    Approve {
        claim: u128,
        by: usize,
    },
    SendBack {
        claim: u128,
        by: usize,
    },
    Attach {
        claim: u128,
        file: u8,
    },
    Appeal {
        claim: u128,
    },
    Withdraw {
        claim: u128,
    },
    StartPayout {
        claim: u128,
    },
    ResolvePayout {
        claim: u128,
        by: usize,
        how: usize,
    },
    NotePaid {
        claim: u128,
    },
    Escalate {
        claim: u128,
    },
    Restitute {
        kind: usize,
        cause: u8,
        loss: i64,
    },
    Later {
        hours: u64,
    },
}

fn any_step() -> impl Strategy<Value = Step> {
    let claim = || 0..8_u128;
    let by = || 0..4_usize;
    let outcome = || 0..6_usize;
    let amount = || prop_oneof![0..30_i64, 0..60_000_i64, 0..130_000_i64];
    let elsewhere = || prop_oneof![3 => Just(0_i64), 1 => 0..60_000_i64];
    prop_oneof![
        4 => amount().prop_map(|amount| Step::Spend { amount }),
        3 => amount().prop_map(|amount| Step::Verdict { amount }),
        1 => Just(Step::End),
        3 => Just(Step::Settle),
        2 => Just(Step::Dispute),
        2 => Just(Step::Win),
        2 => amount().prop_map(|amount| Step::Lose { amount }),
        1 => amount().prop_map(|amount| Step::CaptureTwice { amount }),
        6 => (0..5_usize, any::<bool>(), 0..3_u8)
            .prop_map(|(ground, contact, file)| Step::File { ground, contact, file }),
        60 => (claim(), by(), 0..4_usize, 1..104_i64).prop_map(|(claim, by, outcome, percent)| {
            Step::Advance { claim, by, outcome, percent }
        }),
        4 => (claim(), by()).prop_map(|(claim, by)| Step::Match { claim, by }),
        8 => claim().prop_map(|claim| Step::Freeze { claim }),
        10 => (claim(), outcome(), amount(), elsewhere()).prop_map(
            |(claim, outcome, amount, elsewhere)| Step::Decide { claim, outcome, amount, elsewhere }
        ),
        10 => (claim(), by(), outcome(), amount(), elsewhere()).prop_map(
            |(claim, by, outcome, amount, elsewhere)| {
                Step::Review { claim, by, outcome, amount, elsewhere }
            }
        ),
        5 => (claim(), by()).prop_map(|(claim, by)| Step::Approve { claim, by }),
        1 => (claim(), by()).prop_map(|(claim, by)| Step::SendBack { claim, by }),
        1 => (claim(), 0..5_u8).prop_map(|(claim, file)| Step::Attach { claim, file }),
        5 => claim().prop_map(|claim| Step::Appeal { claim }),
        1 => claim().prop_map(|claim| Step::Withdraw { claim }),
        8 => claim().prop_map(|claim| Step::StartPayout { claim }),
        6 => (claim(), by(), 0..3_usize)
            .prop_map(|(claim, by, how)| Step::ResolvePayout { claim, by, how }),
        6 => claim().prop_map(|claim| Step::NotePaid { claim }),
        2 => claim().prop_map(|claim| Step::Escalate { claim }),
        3 => (0..6_usize, 0..4_u8, amount())
            .prop_map(|(kind, cause, loss)| Step::Restitute { kind, cause, loss }),
        3 => (1..400_u64).prop_map(|hours| Step::Later { hours }),
    ]
}

/// Money as somebody counts it who knows none of our sums.
#[derive(Default)]
struct Purse {
    /// What refunds were asked for.
    refunded: i64,
    /// What was captured twice, and has gone back.
    captured_twice: [i64; 2],
}

struct Play {
    world: World,
    purse: Purse,
    is_ended: bool,
    next_claim: u128,
}

const PAID: i64 = 100_000;

impl Play {
    fn new() -> Play {
        let mut world = World::new();
        (world.funds.paid, world.funds.spent) = (cents(PAID), cents(60_000));
        Play { world, purse: Purse::default(), is_ended: false, next_claim: 0 }
    }

    fn take(&mut self, step: Step) {
        let person = |by: usize| -> PersonId { [ANN, BOB, CAT, OWNER][by] };
        let outcome = |outcome: usize| Outcome::ALL[outcome];
        let (now, world) = (self.world.now, &mut self.world);
        // The claim of that place among all there are.
        let (count, is_any) = (self.next_claim.max(1), self.next_claim > 0);
        // A refusal is fine wherever a step does not fit; the audit looks at what was kept.
        let _refused = match step {
            Step::Spend { .. } | Step::Verdict { .. } | Step::End | Step::Settle => {
                return self.promote(&step);
            }
            Step::Dispute | Step::Win | Step::Lose { .. } | Step::CaptureTwice { .. } => {
                return self.pay(&step);
            }
            Step::File { ground, contact, file } => {
                return self.file(Ground::ALL[ground], contact, file);
            }
            Step::Restitute { kind, cause, loss } => {
                return self.restitute(RestitutionKind::ALL[kind], cause, loss);
            }
            Step::Later { hours } => {
                world.now = now.saturating_add(Span::hours(hours));
                return;
            }
            _ if !is_any => return,
            Step::Advance { claim, by, outcome: which, percent } => {
                let claim = claim % count;
                return self.advance(claim, person(by), outcome(which), percent);
            }
            Step::Match { claim, by } => world.match_claim(claim % count, person(by)),
            Step::Freeze { claim } => world.freeze(claim % count),
            Step::Decide { claim, outcome: which, amount, elsewhere } => {
                world.decide(claim % count, &decided(outcome(which), amount), elsewhere)
            }
            Step::Review { claim, by, outcome: which, amount, elsewhere } => {
                let is_denied = outcome(which) == Outcome::Deny;
                let award = if is_denied { Award::NOTHING } else { award(amount, elsewhere) };
                world.review(claim % count, &review_of(person(by), outcome(which), award))
            }
            Step::Approve { claim, by } => world.approve(claim % count, person(by)),
            Step::SendBack { claim, by } => world.send_back(claim % count, person(by)),
            Step::Attach { claim, file } => world.attach(claim % count, file_of(file)),
            Step::Appeal { claim } => world.appeal(claim % count, &[]),
            Step::Withdraw { claim } => world.withdraw(claim % count),
            Step::StartPayout { claim } => return self.start_payout(claim % count),
            Step::ResolvePayout { claim, by, how } => {
                return self.resolve_payout(claim % count, person(by), how);
            }
            Step::NotePaid { claim } => world.note_paid(claim % count),
            Step::Escalate { claim } => world.escalate(claim % count),
        };
    }

    /// Does what the claim waits for, with that much of what is left of the money.
    fn advance(&mut self, claim: u128, by: PersonId, outcome: Outcome, percent: i64) {
        let world = &mut self.world;
        let first = world.claim(claim).committed().minor();
        let left = world.funds.left(world.committed()).minor();
        let approves = matches!(outcome, Outcome::Approve | Outcome::PartlyApprove);
        let amount = if approves { first + left * percent / 100 } else { 0 };
        let _refused = match claims::next(world.claim(claim), world.now).awaited {
            Awaited::Match => world.match_claim(claim, by),
            Awaited::Facts => world.freeze(claim),
            Awaited::Decision => world.decide(claim, &decided(outcome, amount), 0),
            Awaited::Review | Awaited::AppealDecision => {
                world.review(claim, &review_of(by, outcome, award(amount, 0)))
            }
            Awaited::SecondPerson => world.approve(claim, by),
            Awaited::PayoutStart => return self.start_payout(claim),
            Awaited::PayoutEnd => world.note_paid(claim),
            Awaited::Appeal => world.appeal(claim, &[]),
            Awaited::DisputeEnd | Awaited::Nothing => return,
        };
    }

    fn promote(&mut self, step: &Step) {
        let funds = &mut self.world.funds;
        match step {
            // Nothing is charged once it is settled, and never more than was paid.
            Step::Spend { amount } if !self.is_ended => {
                funds.spent = cents((funds.spent.minor() + amount).min(PAID));
            }
            Step::Verdict { amount } => funds.spent = funds.spent.saturating_sub(cents(*amount)),
            Step::End => self.is_ended = true,
            Step::Settle if self.is_ended && !funds.is_disputed => {
                let before = funds.returned.minor();
                self.world.settle();
                self.refund(self.world.funds.returned.minor() - before);
            }
            _ => {}
        }
    }

    fn pay(&mut self, step: &Step) {
        let funds = &mut self.world.funds;
        match step {
            Step::Dispute => {
                funds.is_disputed = true;
                self.every_claim(World::hold);
            }
            Step::Win if funds.is_disputed => {
                funds.is_disputed = false;
                self.every_claim(World::release);
            }
            Step::Lose { amount } if funds.is_disputed => {
                let lost = (*amount).min(PAID - funds.lost.minor());
                funds.is_disputed = false;
                funds.lost = cents(funds.lost.minor() + lost);
                self.every_claim(World::release);
            }
            Step::CaptureTwice { amount } => {
                self.purse.captured_twice[0] += amount;
                let twice = self.world.captured_twice.minor() + amount;
                self.world.captured_twice = cents(twice);
            }
            _ => {}
        }
    }

    fn every_claim(&mut self, rule: fn(&mut World, u128) -> Result<(), claims::Refusal>) {
        for claim in 0..self.next_claim {
            // A claim that has nothing to wait with is passed over.
            let _refused = rule(&mut self.world, claim);
        }
    }

    fn file(&mut self, ground: Ground, contact: bool, file: u8) {
        let mut new =
            NewClaim { attachments: vec![file_of(file)], ..new_claim(self.next_claim, ground) };
        if contact {
            new.claimant = Claimant::Contact(Fingerprint([file; 16]));
            new.named = Named::Hint(hint());
        }
        let ends_at = if self.is_ended { purchase().ends_at } else { base::Instant::MAX };
        self.world.purchase = Some(claims::Purchase { ends_at, ..purchase() });
        self.next_claim += u128::from(self.world.file(&new).is_ok());
    }

    fn restitute(&mut self, kind: RestitutionKind, cause: u8, loss: i64) {
        let Ok(id) = self.world.restitute(kind, cause, loss) else { return };
        let net = self.world.restitutions[&id].net.minor();
        match kind.way() {
            Way::Settlement => {}
            Way::Refund(_) => self.refund_with_settlement(net),
            Way::Capture => self.purse.captured_twice[1] += net,
        }
    }

    fn start_payout(&mut self, claim: u128) {
        if self.world.start_payout(claim).is_ok() {
            self.sets_out(claim);
        }
    }

    fn resolve_payout(&mut self, claim: u128, by: PersonId, how: usize) {
        let reference = base::Label::new("transfer-7").unwrap();
        let how = match how {
            0 => Resolution::SentAgain,
            1 => Resolution::StoreCredit,
            _ => Resolution::PaidByHand { reference },
        };
        if self.world.resolve_payout(claim, by, how).is_ok() {
            self.sets_out(claim);
        }
    }

    fn sets_out(&mut self, claim: u128) {
        let net = self.world.claim(claim).payouts.last().unwrap().net.minor();
        self.refund_with_settlement(net);
    }

    /// Whatever sets out for a claim leaves the payer, with what the settlement has yet to return,
    /// at most what was paid. What the bank gives, refunds count: that is theirs to know.
    fn refund_with_settlement(&mut self, net: i64) {
        self.refund(net);
        let back = self.world.funds.settlement_back(self.world.committed()).minor();
        let to_come = back - self.world.funds.returned.minor();
        let all = self.purse.refunded + to_come;
        assert!(net == 0 || all <= PAID, "paid twice");
    }

    fn refund(&mut self, net: i64) {
        assert!(net >= 0);
        self.purse.refunded += net;
        assert!(self.purse.refunded <= PAID, "paid twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nobody_is_paid_twice(steps in prop::collection::vec(any_step(), 1..160)) {
        let mut play = Play::new();
        for step in steps {
            play.take(step);
            let [captured, back] = play.purse.captured_twice;
            prop_assert!(back <= captured);
        }
    }

    #[test]
    fn what_is_left_is_there(
        (paid, spent, returned) in (0..1_000_i64, 0..1_000_i64, 0..1_000_i64),
        (lost, committed) in (0..1_000_i64, 0..1_000_i64),
    ) {
        let spent = spent.min(paid);
        let returned = returned.min(paid - spent);
        let funds = claims::Funds {
            currency: base::Currency::USD,
            paid: cents(paid),
            spent: cents(spent),
            returned: cents(returned),
            lost: cents(lost),
            settled: base::Amount::ZERO,
            is_disputed: false,
            settles_at: None,
        };
        let left = funds.left(cents(committed)).minor();
        prop_assert!(left == 0 || left + committed <= spent);
        let after = funds.settlement_back(cents(committed + left)).minor();
        // Taking all that is left changes nothing of what settlements return.
        prop_assert_eq!(after, funds.settlement_back(cents(committed)).minor());
        prop_assert!(committed > paid || after + committed + left <= paid);
        let kept = funds.settlement_kept(cents(committed)).minor();
        prop_assert_eq!(kept + funds.settlement_back(cents(committed)).minor(), paid - spent);
    }
}
