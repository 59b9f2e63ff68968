//! A second person.

use base::{ApprovalId, PersonId, Span, Token};
use people::{Approval, ApprovalState, Permission, Permissions, Refusal};

use crate::{NOW, later};

const ANN: PersonId = PersonId::from_bits(1);
const BOB: PersonId = PersonId::from_bits(2);
const ACT: [u8; 32] = [1; 32];

fn asked() -> Approval {
    Approval {
        id: ApprovalId::from_bits(1),
        kind: Token::new("payout").unwrap(),
        act: ACT,
        needs: Permission::ApproveMoney,
        asked_by: ANN,
        asked_at: NOW,
        state: ApprovalState::Open,
    }
}

fn may() -> Permissions {
    Permissions::default().with(Permission::ApproveMoney)
}

#[test]
fn somebody_else_approves_and_it_is_done_once() {
    let approved = asked().approve(BOB, may(), &ACT, NOW).unwrap();
    assert_eq!(approved.spend(BOB, &ACT, NOW), Err(Refusal::NotPermitted));
    assert_eq!(approved.spend(ANN, &[2; 32], NOW), Err(Refusal::ActChanged));
    let done = approved.spend(ANN, &ACT, NOW).unwrap();
    assert_eq!(done.state, ApprovalState::Done { by: BOB, at: NOW });
    assert_eq!(done.spend(ANN, &ACT, NOW), Err(Refusal::ApprovalNotOpen));
    assert_eq!(asked().spend(ANN, &ACT, NOW), Err(Refusal::ApprovalNotOpen), "nobody agreed");
}

#[test]
fn refusals_in_order() {
    let nothing = Permissions::default();
    let old = later(Approval::LIFETIME);
    let open = asked();
    assert_eq!(open.approve(ANN, nothing, &ACT, old), Err(Refusal::NotPermitted));
    assert_eq!(open.approve(ANN, may(), &ACT, old), Err(Refusal::SamePerson));
    assert_eq!(open.approve(BOB, may(), &[2; 32], old), Err(Refusal::ApprovalNotOpen));
    assert_eq!(open.approve(BOB, may(), &[2; 32], NOW), Err(Refusal::ActChanged));
    let approved = open.approve(BOB, may(), &ACT, NOW).unwrap();
    assert_eq!(approved.approve(BOB, may(), &ACT, NOW), Err(Refusal::ApprovalNotOpen));
    assert_eq!(approved.spend(ANN, &ACT, old), Err(Refusal::ApprovalNotOpen), "too late");
}

#[test]
fn what_was_declined_or_withdrawn_is_not_done() {
    let declined = asked().decline(BOB, may(), NOW).unwrap();
    assert_eq!(asked().decline(ANN, may(), NOW), Err(Refusal::SamePerson));
    let approved = asked().approve(BOB, may(), &ACT, NOW).unwrap();
    assert_eq!(approved.withdraw(BOB, NOW), Err(Refusal::NotPermitted));
    let withdrawn = approved.withdraw(ANN, NOW).unwrap();
    for over in [declined, withdrawn] {
        assert_eq!(over.spend(ANN, &ACT, NOW), Err(Refusal::ApprovalNotOpen));
        assert_eq!(over.approve(BOB, may(), &ACT, NOW), Err(Refusal::ApprovalNotOpen));
        assert_eq!(over.withdraw(ANN, later(Span::seconds(1))), Err(Refusal::ApprovalNotOpen));
    }
}
