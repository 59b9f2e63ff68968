//! Any row there can be.

mod claims;
mod incidents;
mod payments;
mod promotions;
mod purchases;
mod senders;
mod settlements;
mod shop;

use std::sync::Arc;

use base::{
    AccountId, Amount, CardId, CheckoutId, Currency, HoldId, Instant, Money, PaymentId, PersonId,
    ProgramId, RefundId, Region, Text, Token,
};
use engine::{BookRow, Row};
use giftcards::{
    Block, Card, CardState, Channel, ClaimLink, Code, CodeHash, CodeRow, Delivery, DeliveryState,
    Details, Funding, Gift, Hold, Label, LineKind, LinkHash, Metadata, Owner, Program, Refund,
    ReturnTerm, Sandbox, Scope, ScopeLists, Sealed, Source,
};
use ledger::{Account, AccountName, EntryPlace, Pending};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Ids out of a few, so that rows meet, and now and then out of all.
fn bits() -> impl Strategy<Value = u128> {
    prop_oneof![4 => 0..6_u128, 1 => any::<u128>()]
}

fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        4 => (0..20_i64).prop_map(Instant::from_micros),
        1 => any::<i64>().prop_map(Instant::from_micros),
    ]
}

fn amount() -> impl Strategy<Value = Amount> {
    (0..=i64::MAX).prop_map(|minor| Amount::new(minor).unwrap())
}

fn currency() -> impl Strategy<Value = Currency> {
    let all: Vec<Currency> = Currency::all().collect();
    prop::sample::select(all)
}

fn text<const MAX: usize>() -> impl Strategy<Value = Text<MAX>> {
    "[a-z\"'\\\\é😀 ;,%_]{1,12}".prop_map(|text| Text::new(&text).unwrap())
}

fn token<const MAX: usize>() -> impl Strategy<Value = Token<MAX>> {
    "[a-z0-9_.:-]{1,20}".prop_map(|text| Token::new(&text).unwrap())
}

fn label() -> impl Strategy<Value = Label> {
    "[a-zA-Z0-9_.:/-]{1,10}".prop_map(|text| Label::new(&text).unwrap())
}

fn regions() -> impl Strategy<Value = Vec<Region>> {
    vec("[A-Z]{2}(-[A-Z0-9]{1,3})?".prop_map(|code| Region::parse(&code).unwrap()), 0..3)
}

fn metadata() -> impl Strategy<Value = Metadata> {
    btree_map("[a-zé\"\\\\]{1,6}", "[a-z\"\\\\/😀]{0,8}", 0..4)
        .prop_map(|pairs| Metadata::new(pairs.into_iter().collect()).unwrap())
}

fn scope_lists() -> impl Strategy<Value = ScopeLists> {
    let kinds = vec(prop::sample::select(LineKind::ALL.to_vec()), 0..3);
    let labels = || vec(label(), 0..3);
    (kinds, labels(), labels(), labels(), labels()).prop_map(
        |(kinds, categories, sellers, creators, products)| ScopeLists {
            kinds,
            categories,
            sellers,
            creators,
            products,
        },
    )
}

fn scope() -> impl Strategy<Value = Scope> {
    (scope_lists(), scope_lists()).prop_map(|(include, exclude)| Scope { include, exclude })
}

fn sealed() -> impl Strategy<Value = Sealed> {
    (bits(), vec(any::<u8>(), 0..40)).prop_map(|(person, bytes)| Sealed {
        person: PersonId::from_bits(person),
        bytes: bytes.into(),
    })
}

fn details() -> impl Strategy<Value = Option<Box<Details>>> {
    let source = (token(), label()).prop_map(|(kind, id)| Source { kind, id });
    let lists = (scope(), regions(), metadata());
    let texts = (option::of(text()), option::of(token()), option::of(source));
    let people = (option::of(sealed()), option::of(sealed()));
    (lists, texts, people).prop_map(
        |((scope, regions, metadata), (reference, design, source), (recipient, sender))| {
            let details =
                Details { scope, regions, metadata, reference, recipient, sender, design, source };
            (details != Details::default()).then(|| Box::new(details))
        },
    )
}

fn funding() -> impl Strategy<Value = Funding> {
    prop_oneof![
        Just(Funding::Promotional),
        token().prop_map(|customer| Funding::Invoice { customer }),
        Just(Funding::External),
        Just(Funding::Import),
        (bits(), token()).prop_map(|(payment, rail)| Funding::Payment {
            payment: PaymentId::from_bits(payment),
            rail,
        }),
    ]
}

fn link() -> impl Strategy<Value = ClaimLink> {
    (any::<[u8; 16]>(), any::<u16>(), any::<u64>()).prop_map(|(hash, key, nonce)| ClaimLink {
        hash: LinkHash(hash),
        key,
        nonce,
    })
}

fn gift() -> impl Strategy<Value = Option<Box<Gift>>> {
    let owner = (bits(), instant())
        .prop_map(|(person, since)| Owner { person: PersonId::from_bits(person), since });
    let kinds = (
        prop::sample::select(Channel::ALL.to_vec()),
        prop::sample::select(DeliveryState::ALL.to_vec()),
    );
    let delivery = (kinds, instant(), option::of(instant()), any::<u16>()).prop_map(
        |((channel, state), at, deliver_at, sendings)| Delivery {
            channel,
            state,
            at,
            deliver_at,
            sendings,
        },
    );
    let term = (any::<u16>(), option::of(instant()));
    let term = term.prop_map(|(after_days, at)| ReturnTerm { after_days, at });
    let sender = option::of(bits().prop_map(PersonId::from_bits));
    let parts = (option::of(owner), option::of(link()), option::of(delivery));
    (parts, option::of(term), sender).prop_map(|((owner, link, delivery), return_term, sender)| {
        let gift = Gift { owner, link, delivery, return_term, sender };
        (gift != Gift::default()).then(|| Box::new(gift))
    })
}

fn code() -> impl Strategy<Value = Code> {
    (any::<[u8; 16]>(), any::<u16>(), any::<u64>(), prop::sample::select(vec![*b"ABCD", *b"Z9Z9"]))
        .prop_map(|(hash, key, nonce, last4)| Code { hash: CodeHash(hash), key, nonce, last4 })
}

fn card() -> impl Strategy<Value = Card> {
    let states = vec![CardState::Active, CardState::Expired, CardState::Canceled];
    let block = || (instant(), token()).prop_map(|(since, reason)| Block { since, reason });
    let open_hold = (bits(), instant()).prop_map(|(id, at)| (HoldId::from_bits(id), at));
    let who = (bits(), option::of(bits()), currency(), code(), funding());
    let life = (
        prop::sample::select(states),
        option::of(block()),
        option::of(block()),
        option::of(instant()),
        option::of(instant()),
        instant(),
        vec(open_hold, 0..4),
    );
    let goodwill = [amount_or_none(), amount_or_none()];
    let numbers = (amount(), amount(), goodwill, any::<u32>(), any::<u16>(), any::<bool>());
    (who, life, numbers, details(), gift()).prop_map(|(who, life, numbers, details, gift)| {
        let (id, program, currency, code, funding) = who;
        let (state, frozen, disputed, activates_at, expires_at, created_at, open_holds) = life;
        let (value, expired_value, [goodwill, given_back], seconds, days, fails) = numbers;
        Card {
            id: CardId::from_bits(id),
            program: program.map(ProgramId::from_bits),
            currency,
            value,
            state,
            frozen,
            disputed,
            activates_at,
            code,
            expires_at,
            funding,
            goodwill,
            expired_value,
            expired_goodwill: goodwill.min(expired_value),
            given_back,
            hold_seconds_max: seconds,
            refund_extension_days: days,
            open_holds,
            sandbox: if fails { Sandbox::FailsAtCapture } else { Sandbox::None },
            created_at,
            details,
            gift,
        }
    })
}

/// Often nothing, which is kept in a form of its own.
fn amount_or_none() -> impl Strategy<Value = Amount> {
    prop_oneof![Just(Amount::ZERO), amount()]
}

fn account() -> impl Strategy<Value = Account> {
    let name = prop_oneof![
        6 => bits().prop_map(|card| AccountName::GiftCard(CardId::from_bits(card))),
        1 => Just(AccountName::GiftCardBreakage),
        1 => Just(AccountName::GiftCardIncentives),
        1 => Just(AccountName::OrderClearing),
        1 => Just(AccountName::ImportOpening),
        1 => token().prop_map(AccountName::RailClearing),
        1 => token().prop_map(AccountName::Receivable),
    ];
    let last_entry = option::of((1..1_u64 << 46).prop_map(|seq| EntryPlace::new(seq, 3)));
    (name, currency(), [amount(), amount(), amount(), amount()], last_entry).prop_map(
        |(name, currency, totals, last_entry)| {
            let [debits_posted, credits_posted, debits_pending, credits_pending] = totals;
            Account {
                last_entry,
                debits_posted,
                credits_posted,
                debits_pending,
                credits_pending,
                ..Account::open(name, currency)
            }
        },
    )
}

fn hold() -> impl Strategy<Value = Hold> {
    let amounts = (0..=i64::MAX / 4, 0..=i64::MAX / 4, prop_oneof![Just(0), 0..=i64::MAX / 4]);
    let ids = (bits(), bits(), bits(), bits());
    let times = (instant(), instant(), option::of(bits()));
    let reference = prop::sample::select(vec!["order-1", "order-2", "É\"'"]);
    (ids, currency(), amounts, any::<bool>(), times, reference).prop_map(
        |((id, card, debit, credit), currency, (posted, voided, open), expired, times, text)| {
            let amount = |minor| Amount::new(minor).unwrap();
            Hold {
                id: HoldId::from_bits(id),
                card: CardId::from_bits(card),
                pending: Pending {
                    debit: AccountId::from_bits(debit),
                    credit: AccountId::from_bits(credit),
                    currency,
                    reserved: amount(posted + voided + open),
                    posted: amount(posted),
                    voided: amount(voided),
                    expired,
                },
                refunded: amount(posted / 3),
                goodwill: amount(posted / 4),
                expires_at: times.0,
                reference: Text::new(text).unwrap(),
                created_at: times.1,
                checkout: times.2.map(CheckoutId::from_bits),
            }
        },
    )
}

fn program() -> impl Strategy<Value = Program> {
    let delay = prop_oneof![Just(0), any::<u32>()];
    let numbers = (amount(), amount(), option::of(any::<u32>()), any::<u32>(), any::<u16>(), delay);
    let lists = (scope(), regions(), metadata());
    let ids = (bits(), option::of(any::<u16>()));
    (ids, text(), currency(), numbers, lists, instant()).prop_map(
        |((id, return_after_days), name, currency, numbers, lists, created_at)| Program {
            id: ProgramId::from_bits(id),
            name,
            currency,
            value_min: numbers.0,
            value_max: numbers.1,
            validity_days: numbers.2,
            hold_seconds_max: numbers.3,
            refund_extension_days: numbers.4,
            activation_s: numbers.5,
            return_after_days,
            scope: lists.0,
            regions: lists.1,
            metadata: lists.2,
            created_at,
        },
    )
}

fn refund() -> impl Strategy<Value = Refund> {
    let amounts = (amount(), amount_or_none());
    (bits(), bits(), bits(), amounts, currency(), any::<bool>(), instant()).prop_map(
        |(id, hold, card, (amount, goodwill), currency, reversed, created_at)| Refund {
            id: RefundId::from_bits(id),
            hold: HoldId::from_bits(hold),
            card: CardId::from_bits(card),
            amount: Money { amount, currency },
            goodwill: goodwill.min(amount),
            reversed,
            created_at,
        },
    )
}

fn book() -> impl Strategy<Value = BookRow> {
    (any::<bool>(), any::<i64>(), any::<[u8; 8]>(), instant()).prop_map(
        |(is_test, clock_ahead_micros, ring, created_at)| BookRow {
            is_test,
            clock_ahead_micros,
            ring,
            created_at,
        },
    )
}

/// Any row of any table.
pub fn row() -> impl Strategy<Value = Row> {
    let code = (bits(), bits(), any::<bool>()).prop_map(|(hash, card, live)| CodeRow {
        hash: CodeHash(hash.to_be_bytes()),
        card: CardId::from_bits(card),
        live,
    });
    prop_oneof![
        1 => book().prop_map(Row::Book),
        6 => account().prop_map(Row::Account),
        2 => program().prop_map(|row| Row::Program(Arc::new(row))),
        6 => card().prop_map(|row| Row::Card(Arc::new(row))),
        1 => code.prop_map(Row::Code),
        6 => hold().prop_map(|row| Row::Hold(Arc::new(row))),
        1 => refund().prop_map(|row| Row::Refund(Arc::new(row))),
        8 => payments::row().boxed(),
        10 => shop::row().boxed(),
        3 => purchases::row().boxed(),
        2 => senders::row().boxed(),
        4 => settlements::row().boxed(),
        6 => promotions::row().boxed(),
        2 => incidents::row().boxed(),
        6 => claims::row().boxed(),
    ]
}
