//! Rows of claims and restitutions: what cannot exist, and what lists show.

use std::sync::Arc;

use base::Token;
use base::{Amount, ClaimId, Currency, Day, Metadata, PersonId, PromotionId, RefundId};
use claims::{
    Attachment, Causes, Claim, ClaimEntry, Claimant, ClaimantClaims, Description, Digest,
};
use claims::{Facts, Fingerprint, FrozenFacts, Ground, KeptStatement, MediaType, Payout, Period};
use claims::{
    PromotionClaims, Restitution, RestitutionKind, Status, Steps, Subject, Words, limits,
};
use claims::{Resolution, Resolved, Stuck};
use claims::{restitution_id, restitution_statement_id, statement_id};
use engine::Row;
use journal::{Value, ValuesReader};
use store::rows::read_row;
use store::{List, Page};

use crate::shop_rows::{check, set, values_of};
use crate::support::{Scribe, at, on_every_store, whole};

fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

fn causes(delivery: i64) -> Causes {
    Causes { delivery: amount(delivery), ..Causes::default() }
}

fn claim(number: u128, promotion: u128, status: Status) -> Claim {
    Claim {
        id: ClaimId::from_bits(number),
        claimant: Claimant::Person(PersonId::from_bits(7)),
        ground: Ground::TechnicalError,
        promotion: Some(PromotionId::from_bits(promotion)),
        owner: Some(PersonId::from_bits(7)),
        payment: None,
        hint: None,
        matched_by: None,
        period: Some(Period { starts_on: Day::of(at(0)), ends_on: Day::of(at(100_000)) }),
        currency: Currency::USD,
        region: None,
        rail: None,
        description: Description { sealed: Digest([1; 32]), bytes: 9 },
        attachments: vec![Attachment {
            content: Digest([2; 32]),
            media: MediaType::Pdf,
            bytes: 5,
            at: at(1),
        }],
        status,
        held_since: None,
        window_until: Some(at(900)),
        linked_to: None,
        facts: None,
        grants_known: 0,
        decision: None,
        proposal: None,
        appeal: None,
        decisions: 0,
        causes: causes(30),
        payouts: vec![Payout {
            refund: Some(RefundId::from_bits(3)),
            net: amount(30),
            gross: amount(33),
            elsewhere: amount(0),
            at: at(2),
            paid_at: None,
            resolved: None,
        }],
        steps: Steps::default(),
        metadata: Metadata::default(),
        filed_at: at(10 + i64::try_from(number).unwrap()),
    }
}

fn restitution(cause: u8) -> Restitution {
    let promotion = PromotionId::from_bits(1);
    let (kind, cause) = (RestitutionKind::Overspend, Fingerprint([cause; 16]));
    let id = restitution_id(promotion, kind, cause);
    Restitution {
        id,
        promotion,
        number: 1,
        kind,
        cause,
        currency: Currency::USD,
        loss: amount(10),
        net: amount(9),
        gross: Some(amount(10)),
        refund: RefundId::from_bits(4),
        statement: restitution_statement_id(id),
        facts: Digest([3; 32]),
        at: at(5),
        due_at: at(6),
        paid_at: None,
        escalated_at: None,
        stuck: None,
    }
}

/// One that waits for a person, or did.
fn stuck(cause: u8, resolved: Option<Resolution>) -> Restitution {
    let by = PersonId::from_bits(3);
    let stuck = Stuck {
        at: at(7),
        refusal: Token::new("limit_exceeded").unwrap(),
        resolved: resolved.map(|how| Resolved { at: at(8), by, how }),
    };
    Restitution { escalated_at: Some(at(6)), stuck: Some(stuck), ..restitution(cause) }
}

#[test]
fn claims_that_cannot_exist_are_refused() {
    let check = |change: fn(&mut Claim)| {
        check(&claim(1, 1, Status::Paying), Row::Claim, change);
    };
    check(|row| row.owner = None);
    check(|row| row.promotion = None);
    check(|row| row.status = Status::Appealed);
    check(|row| row.attachments.push(row.attachments[0]));
    check(|row| row.causes = causes(29));
    check(|row| {
        let (by, how) = (PersonId::from_bits(3), Resolution::StoreCredit);
        row.payouts[0].resolved = Some(Resolved { at: at(3), by, how });
    });
    check(|row| row.causes.overspend = Amount::MAX);
    let row = Row::Claim(Arc::new(claim(1, 1, Status::Paying)));
    set(&row, "status", Value::Int(11));
    set(&row, "claimant_kind", Value::Int(3));
    set(&row, "ends_on", Value::Null);
    set(&row, "starts_on", Value::Text("1999-02-30".to_owned()));
    set(&row, "due_at", Value::Int(5));
    set(&row, "words_hash", Value::Bytes(vec![1; 31]));
    set(&row, "steps", Value::Bytes(vec![0]));
    set(&row, "hint", Value::Bytes(vec![0]));
    set(&row, "resolved", Value::Bytes(vec![0]));
}

/// A release that knew no other way for the money of a claim wrote nothing of one.
#[test]
fn claims_of_former_releases_are_read() {
    let row = Row::Claim(Arc::new(claim(1, 1, Status::Paying)));
    let values = values_of(&row);
    let (last, former) = values.split_last().unwrap();
    assert_eq!(*last, Value::Null);
    assert_eq!(read_row(34, 3, &mut ValuesReader::new(former)).unwrap(), row);
    assert!(read_row(34, 4, &mut ValuesReader::new(former)).is_err(), "a value too few");
    // What was done about a payout that is not there is a mistake.
    let mut paid = claim(1, 1, Status::Paying);
    let by = PersonId::from_bits(3);
    paid.payouts[0].resolved = Some(Resolved { at: at(3), by, how: Resolution::SentAgain });
    let last = values_of(&Row::Claim(Arc::new(paid))).pop();
    let mut values = values_of(&Row::Claim(Arc::new(Claim {
        payouts: Vec::new(),
        ..claim(1, 1, Status::Paying)
    })));
    *values.last_mut().unwrap() = last.unwrap();
    assert!(read_row(34, 4, &mut ValuesReader::new(&values)).is_err());
}

#[test]
fn sums_that_cannot_exist_are_refused() {
    let entry = ClaimEntry {
        claim: ClaimId::from_bits(1),
        claimant: Claimant::Person(PersonId::from_bits(7)).id(),
        ground: Ground::Other,
        status: Status::Paid,
    };
    let sums = PromotionClaims {
        causes: causes(30),
        set_out: amount(30),
        claims: vec![entry],
        ..PromotionClaims::new(PromotionId::from_bits(1), Currency::USD)
    };
    check(&sums, Row::PromotionClaims, |row| row.set_out = amount(31));
    check(&sums, Row::PromotionClaims, |row| {
        (row.apart, row.apart_gross) = (amount(31), amount(40))
    });
    check(&sums, Row::PromotionClaims, |row| (row.apart, row.apart_gross) = (amount(3), amount(2)));
    check(&sums, Row::PromotionClaims, |row| {
        row.claims = vec![row.claims[0]; limits::CLAIMS_PER_PROMOTION_MAX + 1];
    });
    let claimant = Claimant::Contact(Fingerprint([5; 16]));
    let row = Row::Claimant(ClaimantClaims { open: 1, ever: 2, ..ClaimantClaims::new(claimant) });
    set(&row, "open", Value::Int(3));
    set(&row, "claimant", Value::Bytes(vec![6; 16]));
    set(&row, "recent", Value::Bytes(vec![1]));
}

#[test]
fn restitutions_and_evidence_that_cannot_exist_are_refused() {
    let check_it = |change: fn(&mut Restitution)| check(&restitution(1), Row::Restitution, change);
    check_it(|row| row.kind = RestitutionKind::Unspent);
    check_it(|row| row.net = amount(11));
    check_it(|row| row.net = amount(0));
    check_it(|row| row.gross = None);
    check_it(|row| row.gross = Some(amount(8)));
    check_it(|row| row.number = 0);
    let check_stuck =
        |change: fn(&mut Restitution)| check(&stuck(1, None), Row::Restitution, change);
    check_stuck(|row| row.paid_at = Some(at(9)));
    check_stuck(|row| {
        row.kind = RestitutionKind::DoubleCapture;
        row.id = restitution_id(row.promotion, row.kind, row.cause);
    });
    let row = Row::Restitution(Arc::new(stuck(1, Some(Resolution::StoreCredit))));
    set(&row, "stuck_at", Value::Null);
    set(&row, "stuck_for", Value::Null);
    set(&row, "resolved_by", Value::Null);
    set(&row, "resolved_how", Value::Int(4));
    set(&row, "resolved_how", Value::Int(3));
    set(&row, "resolved_reference", Value::Text("x".to_owned()));
    set(&row, "is_stuck", Value::Int(1));
    let claim = ClaimId::from_bits(1);
    let words = Words { claim, person: PersonId::from_bits(2), sealed: Box::new([1]) };
    check(&words, Row::ClaimWords, |row| {
        row.sealed = vec![0; limits::SEALED_BYTES_MAX + 1].into();
    });
    let facts = FrozenFacts::of(Facts::new());
    check(&facts, Row::FrozenFacts, |row| row.id = base::FactsId::from_bits(1));
    set(&Row::FrozenFacts(Arc::new(facts)), "facts", Value::Bytes(vec![2]));
    let statement = KeptStatement {
        id: statement_id(claim, 2),
        about: Subject::Claim(claim),
        number: 2,
        facts: None,
        decision: None,
        at: at(1),
    };
    check(&statement, Row::ClaimStatement, |row| row.number = 3);
    check(&statement, Row::ClaimStatement, |row| row.about = Subject::Claim(ClaimId::from_bits(2)));
    let row = Row::ClaimStatement(Arc::new(statement));
    set(&row, "claim", Value::Null);
    set(&row, "decision", Value::Bytes(vec![0]));
}

#[test]
fn claims_and_restitutions_are_listed() {
    on_every_store(|place| {
        let claims = [
            claim(1, 1, Status::InReview),
            claim(2, 2, Status::InReview),
            claim(3, 1, Status::Paying),
        ];
        let mut rows: Vec<Row> =
            claims.iter().map(|row| Row::Claim(Arc::new(row.clone()))).collect();
        rows.push(Row::Restitution(Arc::new(restitution(1))));
        rows.push(Row::Restitution(Arc::new(stuck(2, None))));
        rows.push(Row::Restitution(Arc::new(stuck(3, Some(Resolution::SentAgain)))));
        // Ids follow from causes, so their order is any.
        let mut all: Vec<Row> = rows[3..].to_vec();
        all.sort_by_key(|row| match row {
            Row::Restitution(row) => std::cmp::Reverse(row.id),
            _ => panic!("another row"),
        });
        Scribe::of(place).keep(rows.clone());
        let mut reader = place.reader();
        let mut listed = |promotion: Option<u128>, status, page| {
            let promotion = promotion.map(PromotionId::from_bits);
            reader.list(List::Claims { promotion, status }, page).unwrap()
        };
        let row = |number: usize| rows[number].clone();
        assert_eq!(listed(None, None, whole()), [row(2), row(1), row(0)]);
        assert_eq!(listed(Some(1), None, whole()), [row(2), row(0)]);
        assert_eq!(listed(None, Some(Status::InReview), whole()), [row(1), row(0)]);
        assert_eq!(listed(Some(1), Some(Status::InReview), whole()), [row(0)]);
        let later = Page { created_after: Some(at(12)), ..whole() };
        assert_eq!(listed(None, None, later), [row(2), row(1)]);
        let mut made_by = |claimant: u128| {
            let claimant = PersonId::from_bits(claimant);
            reader.list(List::ClaimsOf { claimant }, whole()).unwrap()
        };
        assert_eq!(made_by(7), [row(2), row(1), row(0)]);
        assert_eq!(made_by(8), []);
        let mut repaid = |promotion: Option<u128>, only_stuck| {
            let promotion = promotion.map(PromotionId::from_bits);
            reader.list(List::Restitutions { promotion, only_stuck }, whole()).unwrap()
        };
        assert_eq!(repaid(None, false), all);
        assert_eq!(repaid(Some(1), false), all);
        assert_eq!(repaid(Some(2), false), []);
        assert_eq!(repaid(None, true), [row(4)]);
        assert_eq!(repaid(Some(1), true), [row(4)]);
        assert_eq!(repaid(Some(2), true), []);
    });
}
