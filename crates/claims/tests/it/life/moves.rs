//! The table of moves, as the documentation has it.

use claims::Status;

/// The page that people read.
const PAGE: &str = include_str!("../../../../../docs/claims-process.md");

#[test]
fn moves() {
    #[track_caller]
    fn check(from: Status, to: &[Status]) {
        assert_eq!(from.moves(), to, "from {from:?}");
        for other in Status::ALL {
            assert_eq!(from.may_become(other), to.contains(&other));
        }
    }
    use Status::{
        Appealed, Approved, Denied, Gathering, InReview, Paid, PartlyApproved, Paying, Received,
        Withdrawn,
    };
    check(Received, &[Gathering, InReview, Approved, PartlyApproved, Denied, Withdrawn]);
    check(Gathering, &[InReview, Approved, PartlyApproved, Denied, Withdrawn]);
    check(InReview, &[Gathering, Approved, PartlyApproved, Denied, Withdrawn]);
    check(Approved, &[Paying, Withdrawn, Paid]);
    check(PartlyApproved, &[Paying, Withdrawn, Paid]);
    check(Denied, &[Appealed]);
    check(Withdrawn, &[]);
    check(Appealed, &[Approved, PartlyApproved, Denied, Paid]);
    check(Paying, &[Paid]);
    check(Paid, &[Appealed]);
}

#[test]
fn the_page_has_every_move() {
    let code = |status: &Status| format!("`{}`", status.as_str());
    for status in Status::ALL {
        let line = format!("| {} |", code(&status));
        let row = PAGE.lines().find(|row| row.starts_with(&line));
        let row = row.unwrap_or_else(|| panic!("no row for {}", status.as_str()));
        let moves = status.moves().iter().map(code).collect::<Vec<_>>().join(", ");
        let moves = if moves.is_empty() { "–".to_owned() } else { moves };
        assert!(row.ends_with(&format!("| {moves} |")), "{row} should end with {moves}");
    }
}

#[test]
fn what_is_over_is_not_open() {
    let over = [Status::Denied, Status::Withdrawn, Status::Paid];
    for status in Status::ALL {
        assert_eq!(status.is_open(), !over.contains(&status), "{status:?}");
        // What is promised is decided, and both are open.
        assert!(!(status.is_undecided() && status.is_promised()));
        assert!(status.is_open() || !(status.is_undecided() || status.is_promised()));
    }
}
