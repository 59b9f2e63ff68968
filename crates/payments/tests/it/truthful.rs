//! One payment against a truthful rail: answers are lost, notices late, repeated and out of order.
//! In the end both sides know the same, and nothing was done twice.

use payments::{DisputeState, Manner, PaymentState, RefundState, Refusal};
use proptest::prelude::*;

use crate::deed::{Deed, Which};
use crate::rail::{Judged, Rail};
use crate::world::{World, method};
use ledger::AccountName;

#[derive(Clone, Debug)]
enum Act {
    /// Somebody here wants something.
    Want(Deed),
    /// The job calls the rail with whatever is due.
    Work { luck: u8, lost: Lost },
    /// Something happens at the rail.
    Rail { which: u8, luck: u8 },
    /// A notice arrives; any one, again or for the first time.
    Notice(usize),
}

/// What is lost of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lost {
    Nothing,
    Answer,
    Call,
}

fn want() -> impl Strategy<Value = Deed> {
    let index = 0..4_u8;
    prop_oneof![
        3 => Just(Deed::Capture),
        1 => Just(Deed::Void),
        4 => (index.clone(), 1..70_i64).prop_map(|(index, sum)| Deed::Open(index, sum)),
        1 => (4..9_u8).prop_map(|index| Deed::GiveBack(index, index + 10)),
        1 => (index.clone(), index.clone()).prop_map(|(old, new)| Deed::Replace(old, new)),
        1 => index.clone().prop_map(|index| Deed::Consent(index, Which::Other)),
        1 => index.clone().prop_map(Deed::Retry),
        1 => index.clone().prop_map(Deed::GiveUp),
        1 => index.clone().prop_map(Deed::Credit),
        1 => index.clone().prop_map(Deed::ByHand),
        1 => (index, 1..40_i64).prop_map(|(index, sum)| Deed::TakeCreditBack(index, sum)),
    ]
}

fn lost() -> impl Strategy<Value = Lost> {
    prop_oneof![6 => Just(Lost::Nothing), 2 => Just(Lost::Answer), 1 => Just(Lost::Call)]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => want().prop_map(Act::Want),
        4 => (0..250_u8, lost()).prop_map(|(luck, lost)| Act::Work { luck, lost }),
        2 => (0..12_u8, 0..120_u8).prop_map(|(which, luck)| Act::Rail { which, luck }),
        4 => (0..100_usize).prop_map(Act::Notice),
    ]
}

struct Both {
    world: World,
    rail: Rail,
}

impl Both {
    fn new() -> Both {
        let mut both = Both { world: World::new(method(1, "sandbox")), rail: Rail::new(100, 3) };
        both.world.apply(&Deed::Authorize(100)).unwrap();
        both
    }

    fn run(&mut self, act: &Act) {
        match act {
            Act::Want(deed) => {
                let _ = self.world.apply(deed);
            }
            Act::Work { luck, lost } => {
                self.work(*luck, *lost);
            }
            Act::Rail { which, luck } => self.rail.moves(*which, *luck),
            Act::Notice(which) => {
                let count = self.rail.log.len().max(1);
                if let Some(fact) = self.rail.log.get(which % count).cloned() {
                    self.hear(&fact);
                }
            }
        }
    }

    /// What a truthful rail says is never a contradiction, in whatever order it is heard.
    fn hear(&mut self, fact: &Deed) {
        let refused = self.world.apply(fact).err();
        let is_contradiction = matches!(refused, Some(Refusal::Contradiction { .. }));
        assert!(!is_contradiction, "{fact:?}: {refused:?}\n{:?}", self.rail.log);
    }

    /// Calls the rail with everything that wants a call; false when nothing does.
    fn work(&mut self, luck: u8, lost: Lost) -> bool {
        self.world.apply(&Deed::Wait(3_600)).unwrap();
        let mut has_worked = false;
        if let Some((step, manner)) = self.world.payment().next_call() {
            let answer = match manner {
                _ if lost == Lost::Call => Deed::Unknown(step),
                Manner::Make => self.rail.call(step, luck),
                Manner::Ask => self.rail.ask(step),
            };
            let unknown = Deed::Unknown(step);
            self.hear(if lost == Lost::Nothing { &answer } else { &unknown });
            has_worked = true;
        }
        let all: Vec<u8> = self.world.refunds.keys().map(|id| id.bits() as u8).collect();
        for index in all {
            has_worked |= self.work_on_refund(index, luck.wrapping_add(index), lost);
        }
        has_worked
    }

    fn work_on_refund(&mut self, index: u8, luck: u8, lost: Lost) -> bool {
        let call = self.world.refund(index).and_then(payments::RailRefund::next_call);
        let Some(manner) = call else { return false };
        // A refund is called for only after that was committed.
        let begun = self.world.apply(&Deed::Send(index)).err();
        if begun.is_some_and(|refused| refused != Refusal::NothingToChange) {
            return false;
        }
        let refund = self.world.refund(index).unwrap();
        let (attempt, amount) = (refund.attempt, refund.amount.amount.minor());
        let unknown = Deed::Refund(index, Some(attempt), payments::RefundNotice::Unknown);
        let answer = match manner {
            _ if lost == Lost::Call => unknown.clone(),
            Manner::Make => self.rail.refund(index, attempt, amount, luck),
            Manner::Ask => self.rail.ask_refund(index, attempt),
        };
        self.hear(if lost == Lost::Nothing { &answer } else { &unknown });
        true
    }

    /// Everything is heard, and whatever is wanted is done.
    fn come_to_rest(&mut self) {
        for _ in 0..20 {
            self.rail.come_to_rest();
            for fact in self.rail.log.clone() {
                self.hear(&fact);
            }
            if !self.work(7, Lost::Nothing) {
                return;
            }
        }
        panic!("something is wanted for ever: {:?}", self.world.payment());
    }

    fn compare(&self) {
        let (world, rail) = (&self.world, &self.rail);
        let payment = world.payment();
        assert_eq!(payment.captured.minor(), rail.captured());
        assert_eq!(payment.state == PaymentState::Captured, rail.captured == Some(true));
        let by_hand = |refund: &&payments::RailRefund| refund.state == RefundState::PaidByHand;
        let by_hand = world.refunds.values().filter(by_hand);
        let by_hand: i64 = by_hand.map(|refund| refund.amount.amount.minor()).sum();
        assert_eq!(payment.refunded.minor() - by_hand, rail.refunded());
        assert_eq!(payment.disputed.minor(), rail.disputed());
        for (index, (_, stage, judged)) in &rail.disputes {
            let dispute = world.dispute(*index).unwrap();
            let expected = match judged {
                Judged::Open => DisputeState::Open,
                Judged::Won => DisputeState::Won,
                Judged::Lost => DisputeState::Lost,
            };
            assert_eq!((dispute.state, dispute.stage), (expected, *stage));
        }
        let fee = if rail.captured == Some(true) { rail.fee } else { 0 };
        let balances = ["sandbox", "other"]
            .map(|name| world.balance(AccountName::RailClearing(crate::world::rail(name))));
        let at_the_rail = rail.captured() - fee - rail.refunded() - rail.disputed();
        assert_eq!(balances.iter().sum::<i64>(), at_the_rail);
        let sent = |refund: &&payments::RailRefund| refund.state == RefundState::Sent;
        assert_eq!(world.refunds.values().filter(sent).count(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn lost_late_repeated_and_reordered_notices_end_where_the_rail_does(
        acts in prop::collection::vec(act(), 0..60),
    ) {
        let mut both = Both::new();
        for act in &acts {
            both.run(act);
        }
        both.come_to_rest();
        both.compare();
        // Heard once more from the beginning, nothing changes.
        let before = format!("{:?}", both.world.payment());
        for fact in both.rail.log.clone() {
            both.hear(&fact);
        }
        prop_assert_eq!(before, format!("{:?}", both.world.payment()));
    }
}
