//! Any parameters give a world.

use claimworld::{ClaimWorld, Params};

fn check(params: Params) {
    for case in (ClaimWorld { seed: 2, params }).cases(120) {
        let truth = &case.truth;
        assert!(truth.owed >= 0 && truth.returning >= 0 && truth.comes_back >= 0);
        let course = &truth.losses.course;
        assert!(course.billed() <= truth.promotion.target, "{}", case.number);
    }
}

#[test]
fn each_parameter_may_be_nothing_and_as_large_as_it_can_be() {
    for (name, _) in Params::ALL {
        for value in [0, 1_000_000, u32::MAX] {
            let mut params = Params::default();
            assert!(params.set(name, value), "{name}");
            assert_eq!(params.get(name), Some(value), "{name}");
            for case in (ClaimWorld { seed: 4, params }).cases(3) {
                assert!(case.truth.owed >= 0, "{name} {value}");
            }
        }
    }
}

#[test]
fn all_parameters_at_once() {
    for value in [0, 1, 1_000_000, u32::MAX] {
        let mut params = Params::default();
        for (name, _) in Params::ALL {
            params.set(name, value);
        }
        check(params);
    }
}

#[test]
fn there_is_no_parameter_of_another_name() {
    let mut params = Params::default();
    assert!(!params.set("fault", 1));
    assert_eq!(params.get("fault"), None);
    assert_eq!(params, Params::default());
}
