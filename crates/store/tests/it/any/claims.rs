//! Any claim, and whatever is kept with one.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{
    Amount, ClaimId, ClaimantId, Day, Instant, InstrumentId, PayerId, PaymentId, PersonId,
    PromotionId, RefundId, Span, StatementId,
};
use claims::{AccountFreeze, AutomaticPaid, AutomaticPayment, LookedAt, Suspect, suspect_id};
use claims::{Act, Appeal, Attachment, Award, Causes, ChargeHint, Claim, ClaimEntry, Claimant};
use claims::{ClaimantClaims, Decision, DecisionRecord, Description, Digest, Evidence, Fact};
use claims::{FactName, Facts, Finding, Fingerprint, FrozenFacts, Ground, KeptStatement, Kind};
use claims::{InstrumentClaim, InstrumentClaims};
use claims::{LastFour, MediaType, Outcome, Payout, Period, PromotionClaims, Restitution};
use claims::{Resolution, Resolved, Stuck};
use claims::{RestitutionKind, Status, Step, StepName, Steps, Subject, TableRow, Value, Way};
use claims::{ToldBack, WhyUnknown, Words, restitution_id, restitution_statement_id, statement_id};
use engine::Row;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{amount, bits, currency, instant, label, metadata, regions, token};

fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    bits().prop_map(|bits| Fingerprint(bits.to_be_bytes()))
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn claimant() -> impl Strategy<Value = Claimant> {
    prop_oneof![
        bits().prop_map(|bits| Claimant::Person(PersonId::from_bits(bits))),
        fingerprint().prop_map(Claimant::Contact),
    ]
}

/// Sums that stay in range together.
fn causes() -> impl Strategy<Value = Causes> {
    [amount(), amount(), amount(), amount()].prop_map(|amounts| {
        let [delivery, overspend, wrong_delivery, stop_failed] =
            amounts.map(|amount| base::Amount::new(amount.minor() / 5).unwrap());
        Causes { delivery, overspend, wrong_delivery, stop_failed }
    })
}

fn record() -> impl Strategy<Value = DecisionRecord> {
    let amounts = [amount(), amount(), amount()];
    let by = [option::of(bits()), option::of(bits())];
    let what = (bits(), option::of(digest()), select(Outcome::ALL.to_vec()), any::<bool>());
    let times = (instant(), option::of(instant()));
    (what, amounts, vec(token(), 0..3), by, times).prop_map(
        |((statement, facts, outcome, automated), amounts, codes, by, (at, appeal_until))| {
            let [refund, elsewhere, lost] = amounts;
            let [reviewed_by, approved_by] = by.map(|by| by.map(PersonId::from_bits));
            DecisionRecord {
                statement: StatementId::from_bits(statement),
                facts,
                outcome,
                award: Award { refund, elsewhere },
                lost,
                codes,
                automated,
                reviewed_by,
                approved_by,
                at,
                appeal_until,
            }
        },
    )
}

fn attachments() -> impl Strategy<Value = Vec<Attachment>> {
    let file = (select(MediaType::ALL.to_vec()), 0..=i64::MAX.cast_unsigned(), instant());
    btree_map(any::<[u8; 32]>(), file, 0..3).prop_map(|files| {
        let file = |(content, (media, bytes, at)): ([u8; 32], _)| {
            let content = Digest(content);
            Attachment { content, media, bytes, at }
        };
        files.into_iter().map(file).collect()
    })
}

fn steps() -> impl Strategy<Value = Steps> {
    let times = (instant(), instant(), option::of(instant()), option::of(instant()));
    let step = (select(StepName::ALL.to_vec()), times).prop_map(|(name, times)| {
        let (begun_at, due_at, done_at, escalated_at) = times;
        Step { name, begun_at, due_at, done_at, escalated_at }
    });
    vec(step, 0..3).prop_map(Steps::from_stored)
}

fn hint() -> impl Strategy<Value = ChargeHint> {
    (fingerprint(), 0..=9_999_u16, amount(), currency(), option::of(0..20_000_u64)).prop_map(
        |(descriptor, digits, amount, currency, charged_on)| ChargeHint {
            descriptor,
            last_four: LastFour::from_number(digits).unwrap(),
            amount: base::Money { amount, currency },
            charged_on: charged_on.map(day),
        },
    )
}

fn day(days: u64) -> Day {
    Day::of(Instant::from_micros(0).saturating_add(Span::days(days)))
}

/// What a person has done where an order did not send it.
fn resolved() -> impl Strategy<Value = Resolved> {
    (instant(), bits(), 0..3_u32).prop_map(|(at, by, number)| Resolved {
        at,
        by: PersonId::from_bits(by),
        how: resolution(number),
    })
}

fn resolution(number: u32) -> Resolution {
    match number % 3 {
        0 => Resolution::SentAgain,
        1 => Resolution::StoreCredit,
        _ => Resolution::PaidByHand { reference: base::Label::new("transfer-1").unwrap() },
    }
}

/// Money that has set out, at most what the claim takes.
fn payouts(causes: Causes) -> impl Strategy<Value = Vec<Payout>> {
    let payout = (option::of(bits()), amount(), amount(), amount(), instant());
    vec((payout, option::of(instant()), option::of(resolved())), 0..3).prop_map(move |payouts| {
        let mut left = causes.total();
        let payout = |((refund, net, gross, elsewhere, at), paid_at, resolved): (_, _, _)| {
            let resolved: Option<Resolved> = resolved;
            let net = left.min(net);
            left = left.saturating_sub(net);
            let is_apart = resolved.as_ref().is_some_and(|it| it.how.is_apart());
            let refund: Option<u128> = refund;
            let refund = refund.map(RefundId::from_bits).filter(|_| !is_apart);
            Payout { refund, net, gross, elsewhere, at, paid_at, resolved }
        };
        payouts.into_iter().map(payout).collect()
    })
}

fn claim() -> impl Strategy<Value = Claim> {
    let about = (bits(), claimant(), select(Ground::ALL.to_vec()), option::of([bits(), bits()]));
    let named = (option::of(bits()), option::of(hint()), option::of(bits()), currency());
    let where_from = (option::of((0..9_000_u64, 0..9_u64)), regions(), option::of(token()));
    let words = (digest(), any::<u32>(), attachments(), metadata());
    let waits = [option::of(instant()), option::of(instant())];
    let facts = (option::of(digest()), any::<u32>());
    let stands = (select(Status::ALL.to_vec()), waits, option::of(bits()), facts);
    let decided = (
        option::of(record()),
        option::of(record()),
        option::of((instant(), record())),
        any::<u32>(),
    );
    let money = causes().prop_flat_map(|causes| (Just(causes), payouts(causes)));
    let times = (steps(), instant());
    (about, named, where_from, words, stands, decided, money, times).prop_map(
        |(about, named, where_from, words, stands, decided, money, times)| {
            let (id, claimant, ground, found) = about;
            let (payment, hint, matched_by, currency) = named;
            let (days, regions, rail) = where_from;
            let (sealed, bytes, attachments, metadata) = words;
            let (status, waits, linked_to, (facts, grants_known)) = stands;
            let [held_since, window_until] = waits;
            let (decision, proposal, appeal, decisions) = decided;
            let is_appealed = status == Status::Appealed;
            let may_wait = is_appealed || status == Status::InReview;
            let appeal = appeal.map(|(at, against)| Appeal { at, against });
            let status = if is_appealed && appeal.is_none() { Status::Denied } else { status };
            Claim {
                id: ClaimId::from_bits(id),
                claimant,
                ground,
                promotion: found.map(|[promotion, _]| PromotionId::from_bits(promotion)),
                owner: found.map(|[_, owner]| PersonId::from_bits(owner)),
                payment: payment.map(PaymentId::from_bits),
                hint,
                matched_by: matched_by.map(PersonId::from_bits),
                period: days.map(|(first, more)| Period {
                    starts_on: day(first),
                    ends_on: day(first + more),
                }),
                currency,
                region: regions.first().copied(),
                rail,
                description: Description { sealed, bytes },
                attachments,
                status,
                held_since,
                window_until,
                linked_to: linked_to.map(ClaimId::from_bits),
                facts,
                grants_known,
                decision,
                proposal: proposal.filter(|_| may_wait && status != Status::Denied),
                appeal,
                decisions,
                causes: money.0,
                payouts: money.1,
                steps: times.0,
                metadata,
                filed_at: times.1,
            }
        },
    )
}

fn promotion_claims() -> impl Strategy<Value = PromotionClaims> {
    let entry = (bits(), claimant(), select(Ground::ALL.to_vec()), select(Status::ALL.to_vec()));
    let entries = vec(entry, 0..3);
    let told = (0..1_000_i64, 0..1_000_i64, 0..1_000_i64);
    let search = (told, option::of(instant()));
    (bits(), currency(), causes(), amount(), entries, any::<[u32; 2]>(), search).prop_map(
        |(promotion, currency, causes, set_out, entries, [restitutions, grants], (told, since))| {
            PromotionClaims {
                promotion: PromotionId::from_bits(promotion),
                currency,
                causes,
                set_out: set_out.min(causes.total()),
                apart: set_out.min(causes.total()),
                apart_gross: causes.total(),
                claims: entries
                    .into_iter()
                    .map(|(claim, claimant, ground, status)| ClaimEntry {
                        claim: ClaimId::from_bits(claim),
                        claimant: claimant.id(),
                        ground,
                        status,
                    })
                    .collect(),
                restitutions,
                grants,
                told_back: ToldBack {
                    incident: Amount::new(told.0).unwrap(),
                    late_invalid: Amount::new(told.1).unwrap(),
                    unspent: Amount::new(told.2).unwrap(),
                },
                searched_since: since,
            }
        },
    )
}

fn restitution() -> impl Strategy<Value = Restitution> {
    let kind = select(RestitutionKind::ALL.to_vec());
    let amounts = (1..=i64::MAX, amount(), 0..1_000_i64);
    let times = (instant(), instant(), option::of(instant()));
    (bits(), 1..=u32::MAX, kind, fingerprint(), currency(), amounts, bits(), digest(), times)
        .prop_map(|(promotion, number, kind, cause, currency, amounts, refund, facts, times)| {
            let promotion = PromotionId::from_bits(promotion);
            let id = restitution_id(promotion, kind, cause);
            let (loss, net, tax) = amounts;
            let loss = base::Amount::new(loss).unwrap();
            let net = net.min(loss).max(base::Amount::new(1).unwrap());
            let gross = base::Amount::new(net.minor().saturating_add(tax));
            let (at, due_at, paid_at) = times;
            Restitution {
                id,
                promotion,
                number,
                kind,
                cause,
                currency,
                loss,
                net,
                gross: gross.filter(|_| kind.way() != Way::Settlement),
                refund: RefundId::from_bits(refund),
                statement: restitution_statement_id(id),
                facts,
                at,
                due_at,
                paid_at,
                escalated_at: paid_at,
                stuck: stuck(kind, number, due_at, paid_at),
            }
        })
}

/// That an order has refused it, where one refunds it.
fn stuck(kind: RestitutionKind, number: u32, at: Instant, paid: Option<Instant>) -> Option<Stuck> {
    let by = PersonId::from_bits(u128::from(number));
    let refusal = base::Token::new("limit_exceeded").unwrap();
    let resolved = paid.map(|at| Resolved { at, by, how: resolution(number) });
    let is_refund = matches!(kind.way(), Way::Refund(_));
    is_refund.then_some(Stuck { at, refusal, resolved })
}

fn finding(name: FactName, number: u64) -> Finding {
    Finding::Known(match name.kind() {
        _ if number.is_multiple_of(5) => {
            return Finding::Unknown(WhyUnknown::from_number(1 + (number % 4) as u8).unwrap());
        }
        Kind::Flag => Value::Flag(number.is_multiple_of(2)),
        Kind::Count => Value::Count(number),
        Kind::Money => Value::Money(base::Amount::new(number.cast_signed()).unwrap()),
        Kind::Span => Value::Span(Span::from_micros(number)),
        Kind::Word(words) => Value::Word(words[number as usize % words.len()]),
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    let told = (0..=i64::MAX.cast_unsigned(), option::of(label()), instant());
    btree_map(select(FactName::ALL.to_vec()), told, 0..4).prop_map(
        |told: BTreeMap<FactName, (u64, Option<_>, Instant)>| {
            let mut facts = Facts::new();
            for (name, (number, id, at)) in told {
                let evidence = match id {
                    Some(id) => Evidence::Id(id),
                    None if number.is_multiple_of(2) => Evidence::Record(number),
                    None => Evidence::None,
                };
                facts.tell(Fact { name, finding: finding(name, number), evidence, at }).unwrap();
            }
            facts
        },
    )
}

fn decision() -> impl Strategy<Value = Decision> {
    let table = (token(), any::<[u8; 32]>(), token());
    let lists = (
        vec(token(), 0..3),
        vec(select(FactName::ALL.to_vec()), 0..3),
        vec(select(Act::ALL.to_vec()), 0..3),
    );
    (select(Outcome::ALL.to_vec()), [amount(), amount()], table, lists, any::<bool>()).prop_map(
        |(outcome, [amount, elsewhere], (name, version, row), lists, automated)| Decision {
            outcome,
            amount,
            elsewhere,
            table: TableRow { name, version, row },
            reasons: lists.0,
            facts_used: lists.1,
            automated,
            acts: lists.2,
            would_change: Vec::new(),
        },
    )
}

fn statement() -> impl Strategy<Value = KeptStatement> {
    let about = (bits(), option::of((fingerprint(), select(RestitutionKind::ALL.to_vec()))));
    (about, 1..=u32::MAX, option::of(digest()), option::of(decision()), instant()).prop_map(
        |((of, restitution), number, facts, decision, at)| {
            let (id, about) = match restitution {
                Some((cause, kind)) => {
                    let id = restitution_id(PromotionId::from_bits(of), kind, cause);
                    (restitution_statement_id(id), Subject::Restitution(id))
                }
                None => {
                    let claim = ClaimId::from_bits(of);
                    (statement_id(claim, number), Subject::Claim(claim))
                }
            };
            KeptStatement { id, about, number, facts, decision, at }
        },
    )
}

fn automatic_paid() -> impl Strategy<Value = AutomaticPaid> {
    let payment = (currency(), amount(), instant()).prop_filter_map(
        "something was paid",
        |(currency, amount, at)| {
            let claim = ClaimId::from_bits(0);
            (!amount.is_zero()).then_some(AutomaticPayment { claim, currency, amount, at })
        },
    );
    (bits(), btree_map(bits(), payment, 0..4)).prop_map(|(payer, payments)| {
        let payment =
            |(claim, payment)| AutomaticPayment { claim: ClaimId::from_bits(claim), ..payment };
        let mut payments: Vec<_> = payments.into_iter().map(payment).collect();
        payments.sort_by_key(|payment| payment.at);
        AutomaticPaid { payer: PayerId::from_bits(payer), payments }
    })
}

fn instrument_claims() -> impl Strategy<Value = InstrumentClaims> {
    (bits(), btree_map(bits(), (bits(), instant()), 0..4)).prop_map(|(id, claims)| {
        let claim = |(claim, (claimant, at))| InstrumentClaim {
            claim: ClaimId::from_bits(claim),
            claimant: ClaimantId::from_bits(claimant),
            at,
        };
        let mut claims: Vec<_> = claims.into_iter().map(claim).collect();
        claims.sort_by_key(|entry| entry.at);
        InstrumentClaims { id: InstrumentId::from_bits(id), claims }
    })
}

fn look() -> impl Strategy<Value = Option<LookedAt>> {
    let look = (bits(), instant());
    option::of(look.prop_map(|(by, at)| LookedAt { by: PersonId::from_bits(by), at }))
}

fn account_freeze() -> impl Strategy<Value = AccountFreeze> {
    (bits(), bits(), token(), instant(), look(), 1..u32::MAX).prop_map(
        |(person, claim, code, frozen_at, lifted, times)| AccountFreeze {
            person: PersonId::from_bits(person),
            claim: ClaimId::from_bits(claim),
            code,
            frozen_at,
            lifted,
            times,
        },
    )
}

fn suspect() -> impl Strategy<Value = Suspect> {
    let of = (bits(), bits(), bits(), option::of(fingerprint()));
    (of, token(), instant(), look()).prop_map(
        |((claim, promotion, person, device), code, found_at, looked_at)| Suspect {
            id: suspect_id(ClaimId::from_bits(claim)),
            claim: ClaimId::from_bits(claim),
            promotion: PromotionId::from_bits(promotion),
            person: PersonId::from_bits(person),
            device,
            code,
            found_at,
            looked_at,
        },
    )
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    let claimant = (claimant(), any::<u32>(), any::<u32>()).prop_map(|(claimant, open, ever)| {
        let recent = (0..ever % 9).map(|number| Instant::from_micros(i64::from(number))).collect();
        ClaimantClaims { id: claimant.id(), claimant, open: open.min(ever), ever, recent }
    });
    let words = (bits(), bits(), vec(any::<u8>(), 0..20)).prop_map(|(claim, person, sealed)| {
        let (claim, person) = (ClaimId::from_bits(claim), PersonId::from_bits(person));
        Words { claim, person, sealed: sealed.into() }
    });
    prop_oneof![
        3 => claim().prop_map(|row| Row::Claim(Arc::new(row))).boxed(),
        1 => promotion_claims().prop_map(|row| Row::PromotionClaims(Arc::new(row))).boxed(),
        1 => claimant.prop_map(Row::Claimant).boxed(),
        2 => restitution().prop_map(|row| Row::Restitution(Arc::new(row))).boxed(),
        1 => words.prop_map(|row| Row::ClaimWords(Arc::new(row))).boxed(),
        1 => facts().prop_map(|row| Row::FrozenFacts(Arc::new(FrozenFacts::of(row)))).boxed(),
        1 => statement().prop_map(|row| Row::ClaimStatement(Arc::new(row))).boxed(),
        1 => automatic_paid().prop_map(|row| Row::AutomaticPaid(Arc::new(row))).boxed(),
        1 => instrument_claims().prop_map(|row| Row::InstrumentClaims(Arc::new(row))).boxed(),
        1 => account_freeze().prop_map(|row| Row::AccountFreeze(Arc::new(row))).boxed(),
        1 => suspect().prop_map(|row| Row::Suspect(Arc::new(row))).boxed(),
    ]
}
