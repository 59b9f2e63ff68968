//! Random steps and random notices, true or not: what must hold, holds after each.

use payments::{RefundNotice, Step};
use proptest::prelude::*;

use crate::deed::{Deed, Which};
use crate::world::{World, code, method, of_promotion};

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![Just(Step::Authorize), Just(Step::Capture), Just(Step::Void)]
}

fn notice() -> impl Strategy<Value = RefundNotice> {
    prop_oneof![
        4 => Just(RefundNotice::Succeeded { reference: None }),
        1 => Just(RefundNotice::Pending { reference: None }),
        2 => Just(RefundNotice::Failed { code: code() }),
        1 => Just(RefundNotice::MethodGone),
        2 => Just(RefundNotice::Returned),
        1 => Just(RefundNotice::Unknown),
        1 => Just(RefundNotice::NotReceived),
    ]
}

fn about_the_payment() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Authorized),
        Just(Deed::Declined),
        (0..2_u8).prop_map(Deed::Action),
        step().prop_map(Deed::Unknown),
        step().prop_map(Deed::NotReceived),
        Just(Deed::Capture),
        (0..110_i64, prop::option::of(0..5_i64)).prop_map(|(sum, fee)| Deed::Captured(sum, fee)),
        Just(Deed::CaptureRefused),
        (0..5_i64).prop_map(Deed::Fee),
        Just(Deed::Void),
        Just(Deed::Voided),
        Just(Deed::VoidRefused),
        (0..4_000_u64).prop_map(Deed::Wait),
    ]
}

fn about_its_return() -> impl Strategy<Value = Deed> {
    let index = 0..4_u8;
    let attempt = prop_oneof![3 => Just(None), 1 => (0..3_u32).prop_map(Some)];
    let which =
        prop_oneof![4 => Just(Which::Other), 1 => Just(Which::Expired), 1 => Just(Which::Store)];
    let dispute = (0..3_u8, 0..130_i64, 1..3_u8);
    prop_oneof![
        4 => (index.clone(), 0..70_i64).prop_map(|(index, sum)| Deed::Open(index, sum)),
        1 => (index.clone(), 4..6_u8).prop_map(|(one, other)| Deed::GiveBack(one, other)),
        2 => (index.clone(), index.clone()).prop_map(|(old, new)| Deed::Replace(old, new)),
        4 => index.clone().prop_map(Deed::Send),
        8 => (index.clone(), attempt, notice())
            .prop_map(|(index, attempt, notice)| Deed::Refund(index, attempt, notice)),
        2 => (index.clone(), which).prop_map(|(index, which)| Deed::Consent(index, which)),
        1 => index.clone().prop_map(Deed::Retry),
        1 => index.clone().prop_map(Deed::GiveUp),
        2 => index.clone().prop_map(Deed::Credit),
        1 => index.clone().prop_map(Deed::ByHand),
        1 => index.clone().prop_map(Deed::AtRail),
        2 => (index, 0..70_i64).prop_map(|(index, sum)| Deed::TakeCreditBack(index, sum)),
        2 => dispute.clone().prop_map(|(index, sum, stage)| Deed::Dispute(index, sum, stage)),
        1 => dispute.prop_map(|(index, sum, stage)| Deed::RefundedAtRail(index, sum, stage)),
        2 => (0..3_u8, 1..3_u8).prop_map(|(index, stage)| Deed::Win(index, stage)),
        1 => (0..3_u8, 1..3_u8).prop_map(|(index, stage)| Deed::Lose(index, stage)),
        1 => about_the_payment(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_steps_breaks_a_payment(
        steps in prop::collection::vec(about_the_payment(), 0..30),
    ) {
        let mut world = World::new(method(1, "sandbox"));
        world.apply(&Deed::Authorize(100)).unwrap();
        for deed in &steps {
            let _ = world.apply(deed);
        }
    }

    #[test]
    fn no_order_of_refunds_and_disputes_breaks_the_cap(
        fee in prop::option::of(0..5_i64),
        is_promotion in any::<bool>(),
        steps in prop::collection::vec(about_its_return(), 0..60),
    ) {
        let mut world = World::new(method(1, "sandbox"));
        if is_promotion {
            world.purpose = of_promotion();
        }
        for deed in [Deed::Authorize(100), Deed::Captured(100, fee)] {
            world.apply(&deed).unwrap();
        }
        for deed in &steps {
            let _ = world.apply(deed);
        }
    }
}
