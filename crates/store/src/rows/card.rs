//! Gift cards.

use base::{Amount, CardId, HoldId, Instant, PaymentId, PersonId, ProgramId, Text, Token};
use giftcards::{Block, Card, CardState, Code, CodeHash, Details, Funding, Label, Sandbox};
use giftcards::{Sealed, Source};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::RailName;

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};
use super::{gift, metadata_text, region_text, scope_text};

pub(crate) const TABLE: Table = Table {
    number: 4,
    version: 5,
    name: "card",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("program").or_null(),
        text("currency"),
        integer("value"),
        integer("state"),
        integer("frozen_since").or_null(),
        text("frozen_reason").or_null(),
        bytes("code_hash"),
        integer("code_key"),
        integer("code_nonce"),
        bytes("last4"),
        integer("expires_at").or_null(),
        text("funding"),
        text("customer").or_null(),
        integer("expired_value"),
        integer("hold_seconds_max"),
        integer("refund_extension_days"),
        bytes("open_holds").or_null(),
        integer("sandbox"),
        integer("created_at"),
        text("scope").or_null(),
        text("regions").or_null(),
        text("metadata").or_null(),
        text("reference").or_null(),
        bytes("recipient").or_null(),
        bytes("recipient_sealed").or_null(),
        bytes("sender").or_null(),
        bytes("sender_sealed").or_null(),
        text("design").or_null(),
        text("source_kind").or_null(),
        text("source_id").or_null(),
        bytes("payment").or_null(),
        text("rail").or_null(),
        integer("disputed_since").or_null(),
        text("disputed_reason").or_null(),
        integer("activates_at").or_null(),
        bytes("owner").or_null(),
        integer("owned_since").or_null(),
        bytes("link_hash").or_null(),
        integer("link_key").or_null(),
        integer("link_nonce").or_null(),
        integer("channel").or_null(),
        integer("delivery_state").or_null(),
        integer("delivery_at").or_null(),
        integer("deliver_at").or_null(),
        integer("sendings").or_null(),
        integer("goodwill").or_null(),
        integer("expired_goodwill").or_null(),
        integer("given_back").or_null(),
        integer("return_after_days").or_null(),
        integer("return_at").or_null(),
        bytes("bought_by").or_null(),
    ],
    indexes: &[
        Index { column: "expires_at", only: Some("state = 1 and expires_at is not null") },
        Index { column: "last4", only: None },
        Index { column: "reference", only: Some("reference is not null") },
        Index { column: "recipient", only: Some("recipient is not null") },
        Index { column: "owner", only: Some("owner is not null") },
        Index { column: "deliver_at", only: Some("state = 1 and delivery_state = 1") },
        Index {
            column: "return_at",
            only: Some("state = 1 and disputed_since is null and return_at is not null"),
        },
    ],
};

/// Bytes of one open hold in its packed list: the id, then microseconds, most significant first.
const OPEN_HOLD_BYTES: usize = 24;

pub(super) fn write(row: &Card, sink: &mut impl ValueSink) {
    sink.bytes(&row.id.to_bytes());
    sink.opt_bytes(row.program.map(ProgramId::to_bytes).as_ref().map(<[u8; 16]>::as_slice));
    sink.currency(row.currency);
    sink.amount(row.value);
    sink.int(i64::from(row.state as u8));
    sink.opt_instant(row.frozen.as_ref().map(|block| block.since));
    sink.opt_text(row.frozen.as_ref().map(|block| block.reason.as_str()));
    sink.bytes(&row.code.hash.0);
    sink.int(i64::from(row.code.key));
    sink.int(row.code.nonce.cast_signed());
    sink.bytes(&row.code.last4);
    sink.opt_instant(row.expires_at);
    sink.text(row.funding.as_str());
    sink.opt_text(match &row.funding {
        Funding::Invoice { customer } => Some(customer.as_str()),
        _ => None,
    });
    sink.amount(row.expired_value);
    sink.int(i64::from(row.hold_seconds_max));
    sink.int(i64::from(row.refund_extension_days));
    sink.opt_bytes(pack_holds(&row.open_holds).as_deref());
    sink.int(i64::from(row.sandbox as u8));
    sink.instant(row.created_at);
    write_opt_details(row.details.as_deref(), sink);
    let bought = match &row.funding {
        Funding::Payment { payment, rail } => Some((payment.to_bytes(), rail)),
        _ => None,
    };
    sink.opt_bytes(bought.as_ref().map(|(payment, _)| payment.as_slice()));
    sink.opt_text(bought.as_ref().map(|(_, rail)| rail.as_str()));
    sink.opt_instant(row.disputed.as_ref().map(|block| block.since));
    sink.opt_text(row.disputed.as_ref().map(|block| block.reason.as_str()));
    sink.opt_instant(row.activates_at);
    gift::write(row.gift.as_deref(), sink);
    for amount in [row.goodwill, row.expired_goodwill, row.given_back] {
        sink.amount_or_null(amount);
    }
    gift::write_return_term(row.gift.as_deref(), sink);
    sink.opt_id(row.gift.as_deref().and_then(|gift| gift.sender));
}

/// Reads a row of the present version, of the fourth, which did not know who bought a gift, of the
/// third, which returned nothing that was not claimed, of the second, which did not tell goodwill
/// apart, or of the first, which knew nothing of payments and gifts either.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Card, ReadError> {
    let (mut card, kind, customer) = read_first_version(source)?;
    let mut bought = None;
    if version > 1 {
        bought = read_payment(source)?;
        card.disputed = read_block(source)?;
        card.activates_at = source.opt_instant()?;
        card.gift = gift::read(source)?;
    }
    if version > 2 {
        card.goodwill = source.amount_or_zero()?;
        card.expired_goodwill = source.amount_or_zero()?;
        card.given_back = source.amount_or_zero()?;
    }
    if card.expired_goodwill > card.expired_value {
        return Err(invalid("expired goodwill of a card: more than has expired"));
    }
    let return_term = if version > 3 { gift::read_return_term(source)? } else { None };
    if return_term.is_some() {
        card.gift.get_or_insert_default().return_term = return_term;
    }
    let sender = if version > 4 { source.opt_id()? } else { None };
    if sender.is_some() {
        card.gift.get_or_insert_default().sender = sender;
    }
    card.funding = funding(&kind, customer, bought)?;
    Ok(card)
}

/// What every version begins with: a card whose funding is yet to be put together, and what its
/// kind and customer are.
fn read_first_version(
    source: &mut impl ValueSource,
) -> Result<(Card, String, Option<Token<64>>), ReadError> {
    let kind;
    let customer;
    let card = Card {
        id: CardId::from_bytes(source.fixed16()?),
        program: source.opt_fixed16()?.map(ProgramId::from_bytes),
        currency: source.currency()?,
        value: source.amount()?,
        state: CardState::from_number(source.number("state of a card")?)
            .ok_or(invalid("state of a card"))?,
        frozen: read_block(source)?,
        disputed: None,
        activates_at: None,
        code: Code {
            hash: CodeHash(source.fixed16()?),
            key: source.number("key number of a code")?,
            nonce: source.int()?.cast_unsigned(),
            last4: source.fixed()?,
        },
        expires_at: source.opt_instant()?,
        funding: {
            kind = source.text()?;
            customer = source.opt_parsed("customer", Token::new)?;
            Funding::Import
        },
        goodwill: Amount::ZERO,
        expired_value: source.amount()?,
        expired_goodwill: Amount::ZERO,
        given_back: Amount::ZERO,
        hold_seconds_max: source.number("longest hold of a card")?,
        refund_extension_days: source.number("refund extension of a card")?,
        open_holds: unpack_holds(source.opt_bytes()?.as_deref())?,
        sandbox: read_sandbox(source)?,
        created_at: source.instant()?,
        details: read_details(source)?,
        gift: None,
    };
    Ok((card, kind, customer))
}

/// Eleven columns.
pub(super) fn write_opt_details(details: Option<&Details>, sink: &mut impl ValueSink) {
    match details {
        Some(details) => write_details(details, sink),
        None => (0..11).for_each(|_| sink.null()),
    }
}

fn write_details(details: &Details, sink: &mut impl ValueSink) {
    sink.opt_text(scope_text::write(&details.scope).as_deref());
    sink.opt_text(region_text::write(&details.regions).as_deref());
    sink.opt_text(metadata_text::write(&details.metadata).as_deref());
    sink.opt_text(details.reference.as_ref().map(Text::as_str));
    for sealed in [&details.recipient, &details.sender] {
        let person = sealed.as_ref().map(|sealed| sealed.person.to_bytes());
        sink.opt_bytes(person.as_ref().map(<[u8; 16]>::as_slice));
        sink.opt_bytes(sealed.as_ref().map(|sealed| &*sealed.bytes));
    }
    sink.opt_text(details.design.as_ref().map(Token::as_str));
    sink.opt_text(details.source.as_ref().map(|source| source.kind.as_str()));
    sink.opt_text(details.source.as_ref().map(|source| source.id.as_str()));
}

/// Details that say nothing are read as none, which is how cards without them are made.
pub(super) fn read_details(
    source: &mut impl ValueSource,
) -> Result<Option<Box<Details>>, ReadError> {
    let details = Details {
        scope: scope_text::read(source.opt_text()?.as_deref())?,
        regions: region_text::read(source.opt_text()?.as_deref())?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        reference: source.opt_parsed("reference of a card", Text::new)?,
        recipient: read_sealed(source)?,
        sender: read_sealed(source)?,
        design: source.opt_parsed("design of a card", Token::new)?,
        source: read_source(source)?,
    };
    Ok(if details == Details::default() { None } else { Some(Box::new(details)) })
}

pub(super) fn read_sandbox(source: &mut impl ValueSource) -> Result<Sandbox, ReadError> {
    match source.int()? {
        0 => Ok(Sandbox::None),
        1 => Ok(Sandbox::FailsAtCapture),
        _ => Err(invalid("test behavior of a card")),
    }
}

pub(super) fn read_block(source: &mut impl ValueSource) -> Result<Option<Block>, ReadError> {
    let since = source.opt_instant()?;
    let reason = source.opt_parsed("reason of a block", Token::new)?;
    both(since, reason, "block: half of it").map(|block| {
        let (since, reason) = block?;
        Some(Block { since, reason })
    })
}

fn read_payment(source: &mut impl ValueSource) -> Result<Option<(PaymentId, RailName)>, ReadError> {
    let payment = source.opt_fixed16()?.map(PaymentId::from_bytes);
    let rail = source.opt_parsed("rail of a card", Token::new)?;
    both(payment, rail, "payment: half of it")
}

fn funding(
    kind: &str,
    customer: Option<Token<64>>,
    bought: Option<(PaymentId, RailName)>,
) -> Result<Funding, ReadError> {
    match (kind, customer, bought) {
        ("promotional", None, None) => Ok(Funding::Promotional),
        ("invoice", Some(customer), None) => Ok(Funding::Invoice { customer }),
        ("external", None, None) => Ok(Funding::External),
        ("payment", None, Some((payment, rail))) => Ok(Funding::Payment { payment, rail }),
        ("store_credit", None, None) => Ok(Funding::StoreCredit),
        ("import", None, None) => Ok(Funding::Import),
        _ => Err(invalid("funding of a card")),
    }
}

fn read_sealed(source: &mut impl ValueSource) -> Result<Option<Sealed>, ReadError> {
    let person = source.opt_fixed16()?.map(PersonId::from_bytes);
    let bytes = source.opt_bytes()?.map(Vec::into_boxed_slice);
    both(person, bytes, "sealed text: half of it").map(|sealed| {
        let (person, bytes) = sealed?;
        Some(Sealed { person, bytes })
    })
}

fn read_source(source: &mut impl ValueSource) -> Result<Option<Source>, ReadError> {
    let kind = source.opt_parsed("kind of a source", Token::new)?;
    let id = source.opt_parsed("id of a source", Label::new)?;
    both(kind, id, "source: half of it").map(|source| {
        let (kind, id) = source?;
        Some(Source { kind, id })
    })
}

/// Two columns that are filled together or not at all.
pub(super) fn both<A, B>(
    first: Option<A>,
    second: Option<B>,
    what: &'static str,
) -> Result<Option<(A, B)>, ReadError> {
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        _ => Err(invalid(what)),
    }
}

fn pack_holds(holds: &[(HoldId, Instant)]) -> Option<Vec<u8>> {
    if holds.is_empty() {
        return None;
    }
    let mut packed = Vec::with_capacity(holds.len() * OPEN_HOLD_BYTES);
    for (id, at) in holds {
        packed.extend_from_slice(&id.to_bytes());
        packed.extend_from_slice(&at.micros().to_be_bytes());
    }
    Some(packed)
}

fn unpack_holds(packed: Option<&[u8]>) -> Result<Vec<(HoldId, Instant)>, ReadError> {
    let Some(packed) = packed else { return Ok(Vec::new()) };
    let (holds, rest) = packed.as_chunks::<OPEN_HOLD_BYTES>();
    if holds.is_empty() || !rest.is_empty() {
        return Err(invalid("open holds of a card: odd length"));
    }
    holds
        .iter()
        .map(|hold| {
            let (id, at) = hold.split_first_chunk::<16>().expect("24 bytes begin with 16");
            let at = at.try_into().expect("24 bytes without 16 are 8");
            let at = Instant::try_from_micros(i64::from_be_bytes(at))
                .ok_or(invalid("open holds of a card: instant out of range"))?;
            Ok((HoldId::from_bytes(*id), at))
        })
        .collect()
}
