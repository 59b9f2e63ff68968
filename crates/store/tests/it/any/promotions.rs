//! Any promotion, and what belongs to one.

use std::sync::Arc;

use base::{Amount, CardId, CheckoutId, CreatorId, Instant, Label, MethodId, Money};
use base::{PersonId, PromotionId};
use engine::Row;
use ledger::{AccountName, Pending};
use promotions::{
    Actor, Advertiser, Audience, Authorization, BillingStream, Deed, DeedKind, Delivery, Device,
};
use promotions::{End, EndCause, Factor, Fingerprint, Gender, Goal, Language, Micros, Pauses};
use promotions::{PayWith, Post, PostKind, Promise, Promotion, Quote, Refused, Review, Role};
use promotions::{Settlement, Slice, SliceState, SliceSums, Spend, State, Terms, Visibility};
use promotions::{ToldAge, deed_id, limits, post_id, settlement_id, slice_id, stream_id};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{amount, bits, currency, instant, label, metadata, regions, text, token};

/// Names out of a few, so that rows meet.
fn name() -> impl Strategy<Value = Label> {
    select(vec!["a", "b", "post/1"]).prop_map(|name| Label::new(name).unwrap())
}

fn promotion_id() -> impl Strategy<Value = PromotionId> {
    bits().prop_map(PromotionId::from_bits)
}

fn of(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

/// A count as a column holds it.
fn units() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..9_u64, 1 => 0..=i64::MAX.cast_unsigned()]
}

fn audience() -> impl Strategy<Value = Audience> {
    let language = "[a-z]{2,3}".prop_map(|code| Language::new(&code).unwrap());
    let genders = vec(select(Gender::ALL.to_vec()), 0..3);
    let devices = vec(select(Device::ALL.to_vec()), 0..3);
    let ages = [option::of(any::<u8>()), option::of(any::<u8>())];
    let interests = [vec(label(), 0..3), vec(label(), 0..3)];
    (regions(), vec(language, 0..3), ages, genders, interests, devices).prop_map(
        |(regions, languages, [age_min, age_max], genders, interests, devices)| {
            let [interests, excluded_interests] = interests;
            Audience {
                regions,
                languages,
                age_min,
                age_max,
                genders,
                interests,
                excluded_interests,
                devices,
            }
        },
    )
}

fn terms() -> impl Strategy<Value = Terms> {
    let budget = prop_oneof![1..1_000_i64, 1..=limits::BUDGET_MAX.minor()];
    let money = (budget, currency(), any::<prop::sample::Index>(), option::of(amount()));
    let what = (select(Goal::ALL.to_vec()), option::of(units()), select(Promise::ALL.to_vec()));
    (what, money, [instant(), instant()], audience()).prop_map(
        |((goal, target, promise), money, [starts_at, ends_at], audience)| {
            let (budget, currency, incentive, daily_budget) = money;
            let incentive = incentive.index(usize::try_from(budget).unwrap() + 1);
            Terms {
                goal,
                target,
                audience,
                budget: Money { amount: of(budget), currency },
                incentive: of(i64::try_from(incentive).unwrap()),
                daily_budget,
                starts_at,
                ends_at,
                promise,
            }
        },
    )
}

fn quote(terms: &Terms) -> impl Strategy<Value = Quote> + use<> {
    let (unit, is_guarantee) = (terms.goal.billed(), terms.promise == Promise::Guarantee);
    let numbers = [(); 4].map(|()| units());
    (numbers, 1..=i64::MAX.cast_unsigned(), instant()).prop_map(
        move |([price, units_low, units_high, audience_size], sold, quoted_at)| Quote {
            unit,
            unit_price_max: Micros::new(price),
            units_low,
            units_high,
            guaranteed_units: is_guarantee.then_some(sold),
            audience_size,
            quoted_at,
        },
    )
}

fn authorization() -> impl Strategy<Value = Authorization> {
    let print = || option::of(any::<[u8; 16]>().prop_map(Fingerprint));
    let prints = [print(), print(), print()];
    let factor = select(Factor::ALL.to_vec());
    let act = option::of(any::<[u8; 16]>());
    (factor, prints, regions(), act, option::of(token()), instant()).prop_map(
        |(factor, [device, session, address], regions, act, terms_version, at)| Authorization {
            factor,
            device,
            session,
            address,
            region: regions.into_iter().next(),
            act,
            terms_version,
            at,
        },
    )
}

fn pay_with() -> impl Strategy<Value = PayWith> {
    prop_oneof![
        bits().prop_map(|card| PayWith::Card(CardId::from_bits(card))),
        Just(PayWith::Wallet),
        (bits(), option::of(amount())).prop_map(|(method, at_most)| PayWith::Method {
            method: MethodId::from_bits(method),
            at_most,
        }),
    ]
}

/// Where a promotion stands, with all that follows from it.
#[derive(Clone, Debug)]
struct Standing {
    state: State,
    is_funded: bool,
    pauses: Pauses,
    review: Review,
    end: Option<End>,
    settles_at: Option<Instant>,
    settlements: u32,
}

fn standing() -> impl Strategy<Value = Standing> {
    let kinds = (select(State::ALL.to_vec()), select(EndCause::ALL.to_vec()), any::<bool>());
    let flags = any::<[bool; 5]>();
    let rule = || token::<40>();
    let review = (label(), rule(), option::of(bits()), any::<[bool; 3]>());
    let times = (instant(), instant(), any::<bool>(), 1..4_u32);
    (kinds, flags, review, times).prop_map(|((state, cause, is_paid), flags, review, times)| {
        let (version, rule, rejected_by, [is_allowed, is_appealed, has_rule]) = review;
        let (ended_at, settles_at, is_repaid, settlements) = times;
        let is_funded = match state {
            State::Draft => false,
            State::Stopped | State::Settled => is_paid,
            _ => true,
        };
        let can_be_shown = matches!(state, State::Scheduled | State::Running | State::Paused);
        let [by_advertiser, by_platform, by_claim, post_is_private, is_disputed] =
            flags.map(|flag| flag && is_funded && (!can_be_shown || state == State::Paused));
        let pauses = Pauses { by_advertiser, by_platform, by_claim, post_is_private, is_disputed };
        let by_platform = by_platform || (state == State::Paused && !pauses.any());
        let is_rejected = state == State::Rejected || is_appealed;
        let cause = match (state, cause) {
            (State::Rejected, _) => EndCause::Rejected,
            (State::Completed, _) => EndCause::TimeOver,
            (State::Stopped, EndCause::Rejected | EndCause::TimeOver) => EndCause::Policy,
            (_, cause) => cause,
        };
        let is_settled = state == State::Settled;
        let settles = if is_settled { is_repaid } else { state.is_ended() };
        Standing {
            state,
            is_funded,
            pauses: Pauses { by_platform, ..pauses },
            review: Review {
                approved_version: (can_be_shown || is_allowed).then_some(version),
                rule: (is_rejected || has_rule).then_some(rule),
                rejected_by: rejected_by.map(PersonId::from_bits),
                is_appealed,
            },
            end: state.is_ended().then_some(End { cause, at: ended_at }),
            settles_at: settles.then_some(settles_at),
            settlements: if is_settled { settlements } else { 0 },
        }
    })
}

/// What was charged of what is due, and what can go back of the rest; weights say how much of it is
/// still in open slices.
fn spent(due: Micros, terms: &Terms, open: u32, weights: [u64; 2]) -> (Spend, [Amount; 2]) {
    let (due_micros, most) = (due.get(), u64::from(open) * (Micros::PER_MINOR - 1));
    // More may be in slices than is due: it was repaid before it was charged.
    let is_set_off = due_micros <= most && weights[0].is_multiple_of(2);
    let (spent, carry_micros) = if is_set_off {
        let beyond = weights[1] % (most - due_micros + 1);
        (Amount::ZERO, -beyond.cast_signed())
    } else {
        let charged = Micros::new(due_micros - weights[1] % (due_micros.min(most) + 1));
        (charged.whole(), charged.fraction().get().cast_signed())
    };
    let repaid = of((weights[0] & 0xFFFF).cast_signed());
    let of_paid = spent.checked_sub(terms.incentive).unwrap_or(Amount::ZERO);
    let of_incentive = terms.incentive.checked_sub(spent).unwrap_or(Amount::ZERO);
    let left = [terms.paid().checked_sub(of_paid).unwrap(), of_incentive];
    (Spend { due, carry_micros, spent, repaid }, left)
}

/// Rows from before there were sums of advertisers are not counted, whatever their state.
fn counted_if(is_new: bool) -> impl Fn(Promotion) -> Promotion {
    move |row| Promotion { is_counted: is_new && row.is_to_be_counted(), ..row }
}

/// Any promotion whose values fit each other.
fn promotion() -> impl Strategy<Value = Promotion> {
    let with_quote = terms().prop_flat_map(|terms| (quote(&terms), Just(terms)));
    let about = (promotion_id(), bits(), name(), vec(pay_with(), 0..4), metadata());
    let paying = (bits(), option::of(authorization()), [instant(), instant()], any::<bool>());
    let slices = (0..4_u32, 0..4_u32, any::<i64>(), amount());
    let counts = ([(); 3].map(|()| units()), any::<[u64; 3]>(), any::<[bool; 2]>(), 1..9_u32);
    (about, with_quote, standing(), (paying, instant()), (slices, counts)).prop_map(
        |(about, (quote, terms), standing, (paying, created_at), (slices, counts))| {
            let (id, advertiser, post, pay_with, metadata) = about;
            let (checkout, authorization, [submitted_at, funded_at], is_being_paid) = paying;
            let (ever, open, day, day_leased) = slices;
            let (units, weights, goes_back, deeds) = counts;
            let is_funded = standing.is_funded;
            let is_paid_by = is_funded || (standing.state == State::Draft && is_being_paid);
            let ever = if is_funded { ever } else { 0 };
            let open = if standing.state == State::Settled { 0 } else { open.min(ever) };
            let day_leased = if ever == 0 { Amount::ZERO } else { day_leased };
            let slices = SliceSums { ever, open, day, day_leased };
            let budget = Micros::of(terms.budget.amount).get();
            let mut delivery = Delivery {
                billed_units: units[0],
                unbilled_units: units[1],
                invalid_units: units[2],
            };
            let due = match quote.guarantee(&terms) {
                _ if ever == 0 => {
                    delivery.billed_units = 0;
                    Micros::ZERO
                }
                Some(guarantee) => guarantee.cost(delivery.billed_units),
                None => Micros::new(weights[2] % (budget + 1)),
            };
            let (mut spend, left) = spent(due, &terms, open, [weights[0], weights[1]]);
            spend.repaid = if ever == 0 { Amount::ZERO } else { spend.repaid };
            let has_returned = is_funded && standing.settlements > 0;
            let back = |number: usize| {
                if has_returned && goes_back[number] { left[number] } else { Amount::ZERO }
            };
            counted_if(weights[0].is_multiple_of(3))(Promotion {
                id,
                advertiser: PersonId::from_bits(advertiser),
                post,
                quote,
                state: standing.state,
                pauses: standing.pauses,
                review: standing.review,
                end: standing.end,
                pay_with,
                checkout: is_paid_by.then(|| CheckoutId::from_bits(checkout)),
                authorization,
                submitted_at: is_paid_by.then_some(submitted_at),
                funded_at: is_funded.then_some(funded_at),
                slices,
                delivery,
                spend,
                returned: back(0),
                incentive_returned: back(1),
                kept: Amount::ZERO,
                settlements: standing.settlements,
                deeds: deeds + standing.settlements,
                settles_at: standing.settles_at,
                is_counted: false,
                metadata,
                created_at,
                terms,
            })
        },
    )
}

fn advertiser() -> impl Strategy<Value = Advertiser> {
    let budgets = btree_map(currency(), (1..=i64::MAX).prop_map(of), 0..4);
    let age = option::of((any::<u8>(), instant()).prop_map(|(years, at)| ToldAge { years, at }));
    (bits(), budgets, any::<u32>(), age).prop_map(|(person, budgets, count, age)| Advertiser {
        person: PersonId::from_bits(person),
        under_way: if budgets.is_empty() { 0 } else { count.max(1) },
        budgets,
        age,
    })
}

fn post() -> impl Strategy<Value = Post> {
    let kinds = (select(PostKind::ALL.to_vec()), select(Visibility::ALL.to_vec()), any::<bool>());
    let language = option::of("[a-z]{2,3}".prop_map(|code| Language::new(&code).unwrap()));
    let words = (name(), text(), language, vec(label(), 0..3), label());
    let times = (instant(), option::of(instant()));
    (words, kinds, bits(), btree_set(bits(), 0..4), times).prop_map(
        |(words, (kind, visibility, is_deleted), creator, promotions, times)| {
            let (name, url, language, tags, content_version) = words;
            Post {
                id: post_id(&name),
                name,
                url,
                creator: CreatorId::from_bits(creator),
                kind,
                visibility,
                language,
                tags,
                content_version,
                is_deleted,
                promotions: promotions.into_iter().rev().map(PromotionId::from_bits).collect(),
                created_at: times.0,
                published_at: times.1,
            }
        },
    )
}

fn slice() -> impl Strategy<Value = Slice> {
    let state = select(SliceState::ALL.to_vec());
    let amounts = (0..=i64::MAX / 4, 0..=i64::MAX / 4, prop_oneof![Just(0), 0..=i64::MAX / 4]);
    let amounts = prop_oneof![(0..9_i64, 0..9_i64, 0..9_i64), amounts];
    let refused = (units(), units());
    let about = (promotion_id(), prop_oneof![1..4_u32, 1..=u32::MAX], name(), currency());
    let times = [instant(), instant(), instant()];
    (about, state, amounts, refused, times, any::<bool>(), 0..Micros::PER_MINOR).prop_map(
        |(
            (promotion, number, holder, currency),
            state,
            amounts,
            refused,
            mut times,
            flag,
            part,
        )| {
            let (posted, voided, rest) = amounts;
            // What is beyond a budget in millionths is no use of a slice.
            let posted = posted.min(limits::BUDGET_MAX.minor());
            let is_open = state == SliceState::Open;
            let open = if is_open { rest } else { 0 };
            let (voided, open) =
                if posted + voided + open == 0 { (1, open) } else { (voided, open) };
            let has_part = if is_open { open > 0 } else { voided > 0 };
            let used = Micros::of(of(posted)).get() + if has_part { part } else { 0 };
            times.sort();
            Slice {
                id: slice_id(promotion, number),
                promotion,
                number,
                holder,
                pending: Pending {
                    debit: AccountName::PromotionEscrow(promotion).id(currency),
                    credit: AccountName::PromotionRevenue.id(currency),
                    currency,
                    reserved: of(posted + voided + open),
                    posted: of(posted),
                    voided: of(voided),
                    expired: flag && state == SliceState::Lapsed,
                },
                used: Micros::new(used),
                refused: Refused {
                    units: refused.0,
                    price: Micros::new(if refused.0 == 0 { 0 } else { refused.1 }),
                },
                state,
                leased_at: times[0],
                expires_at: times[1],
                kept_until: times[2],
            }
        },
    )
}

fn deed() -> impl Strategy<Value = Deed> {
    let who = (select(Role::ALL.to_vec()), option::of(bits()));
    let kind = select(DeedKind::ALL.to_vec());
    let number = prop_oneof![2..5_u32, 2..=u32::MAX];
    let words = (token(), any::<bool>(), label(), terms());
    (promotion_id(), number, kind, who, words, instant()).prop_map(
        |(promotion, number, kind, (role, person), words, at)| {
            let (rule, coin, version, terms) = words;
            let number = if kind == DeedKind::Composed { 1 } else { number };
            let has_rule = kind == DeedKind::Rejected || (kind == DeedKind::Stopped && coin);
            let has_version = matches!(kind, DeedKind::Approved | DeedKind::ContentChanged)
                || (kind == DeedKind::Rejected && coin);
            let has_terms = matches!(kind, DeedKind::Composed | DeedKind::Edited);
            Deed {
                id: deed_id(promotion, number),
                promotion,
                number,
                kind,
                actor: Actor { role, person: person.map(PersonId::from_bits) },
                at,
                rule: has_rule.then_some(rule),
                content_version: has_version.then_some(version),
                terms: has_terms.then_some(terms),
            }
        },
    )
}

fn settlement() -> impl Strategy<Value = Settlement> {
    let amounts = (amount(), amount(), amount(), [amount(), amount()]);
    let number = prop_oneof![1..4_u32, 1..=u32::MAX];
    let counts = (units(), option::of(1..=i64::MAX.cast_unsigned()), instant());
    (promotion_id(), number, amounts, counts).prop_map(|(promotion, number, amounts, counts)| {
        let (paid, incentive, spent, before) = amounts;
        let (delivered_units, guaranteed_units, at) = counts;
        let of_paid = spent.checked_sub(incentive).unwrap_or(Amount::ZERO).min(paid);
        let spent = incentive.min(spent).checked_add(of_paid).unwrap();
        let back_so_far = paid.checked_sub(of_paid).unwrap();
        let of_incentive = incentive.checked_sub(spent).unwrap_or(Amount::ZERO);
        let is_first = number == 1;
        Settlement {
            id: settlement_id(promotion, number),
            promotion,
            number,
            at,
            paid,
            incentive,
            spent,
            back: if is_first { back_so_far } else { back_so_far.min(before[0]) },
            back_so_far,
            claimed: Amount::ZERO,
            kept: Amount::ZERO,
            incentive_back: if is_first { of_incentive } else { of_incentive.min(before[1]) },
            delivered_units,
            guaranteed_units,
        }
    })
}

fn stream() -> impl Strategy<Value = BillingStream> {
    (name(), 1..=i64::MAX.cast_unsigned(), units()).prop_map(
        |(stream, billed_to, unknown_units)| BillingStream {
            id: stream_id(&stream),
            stream,
            billed_to,
            unknown_units,
        },
    )
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        4 => promotion().prop_map(|row| Row::Promotion(Arc::new(row))).boxed(),
        1 => post().prop_map(|row| Row::Post(Arc::new(row))).boxed(),
        3 => slice().prop_map(|row| Row::Slice(Arc::new(row))).boxed(),
        2 => deed().prop_map(|row| Row::Deed(Arc::new(row))).boxed(),
        2 => settlement().prop_map(|row| Row::PromotionSettlement(Arc::new(row))).boxed(),
        1 => stream().prop_map(Row::Stream).boxed(),
        1 => advertiser().prop_map(|row| Row::Advertiser(Arc::new(row))).boxed(),
    ]
}
