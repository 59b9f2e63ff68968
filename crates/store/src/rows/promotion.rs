//! Promotions.

use base::{Label, PersonId, Region, Token};
use journal::{EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};
use promotions::{Authorization, Delivery, End, EndCause, Factor, Fingerprint, Pauses};
use promotions::{PayWith, Promotion, Quote, Review, SliceSums, Spend, State, Terms};

use super::fields::{FieldSink, FieldSource, count, invalid};
use super::slice::read_micros;
use super::table::{Index, Table, bytes, integer, text};
use super::{list, metadata_text, promotion_check, terms};

pub(crate) const TABLE: Table = Table {
    number: 26,
    version: 3,
    name: "promotion",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("advertiser"),
        text("post"),
        integer("goal"),
        integer("target").or_null(),
        text("currency"),
        integer("budget"),
        integer("incentive"),
        integer("daily_budget").or_null(),
        integer("starts_at"),
        integer("ends_at"),
        integer("promise"),
        bytes("audience"),
        integer("unit_price_max"),
        integer("units_low"),
        integer("units_high"),
        integer("guaranteed_units").or_null(),
        integer("audience_size"),
        integer("quoted_at"),
        integer("state"),
        integer("paused_by_advertiser"),
        integer("paused_by_platform"),
        integer("post_is_private"),
        integer("is_disputed"),
        text("approved_version").or_null(),
        text("rule").or_null(),
        bytes("rejected_by").or_null(),
        integer("is_appealed"),
        integer("end_cause").or_null(),
        integer("ended_at").or_null(),
        bytes("pay_with"),
        bytes("checkout").or_null(),
        bytes("agreement").or_null(),
        integer("submitted_at").or_null(),
        integer("funded_at").or_null(),
        integer("slices_ever"),
        integer("slices_open"),
        integer("leased_day"),
        integer("day_leased"),
        integer("billed_units"),
        integer("unbilled_units"),
        integer("invalid_units"),
        integer("due"),
        integer("carry"),
        integer("spent"),
        integer("repaid"),
        integer("returned"),
        integer("incentive_returned"),
        integer("settlements"),
        integer("deeds"),
        integer("settles_at").or_null(),
        text("metadata").or_null(),
        integer("due_at").or_null(),
        integer("created_at"),
        integer("kept").or_null(),
        integer("is_counted").or_null(),
    ],
    indexes: &[
        Index { column: "advertiser", only: None },
        Index { column: "state", only: None },
        Index { column: "due_at", only: Some("due_at is not null") },
    ],
};

pub(super) fn write(row: &Promotion, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.advertiser);
    sink.text(row.post.as_str());
    terms::write(&row.terms, sink);
    write_quote(&row.quote, sink);
    sink.int(i64::from(row.state as u8));
    sink.flag(row.pauses.by_advertiser);
    // Who of the platform: staff 1, a claim 2, both 3.
    let by_us = i64::from(row.pauses.by_platform) + 2 * i64::from(row.pauses.by_claim);
    sink.int(by_us);
    sink.flag(row.pauses.post_is_private);
    sink.flag(row.pauses.is_disputed);
    sink.opt_text(row.review.approved_version.as_ref().map(Label::as_str));
    sink.opt_text(row.review.rule.as_ref().map(Token::as_str));
    sink.opt_id(row.review.rejected_by);
    sink.flag(row.review.is_appealed);
    sink.opt_int(row.end.map(|end| i64::from(end.cause as u8)));
    sink.opt_instant(row.end.map(|end| end.at));
    list::write(&row.pay_with, sink, |pays, sink| write_pay_with(*pays, sink));
    sink.opt_id(row.checkout);
    let authorization = row.authorization.as_ref().map(|authorization| {
        EncodedValues::of(|packed| write_authorization(authorization, packed))
    });
    sink.opt_bytes(authorization.as_ref().map(EncodedValues::as_bytes));
    sink.opt_instant(row.submitted_at);
    sink.opt_instant(row.funded_at);
    sink.int(i64::from(row.slices.ever));
    sink.int(i64::from(row.slices.open));
    sink.int(row.slices.day);
    sink.amount(row.slices.day_leased);
    sink.int(count(row.delivery.billed_units));
    sink.int(count(row.delivery.unbilled_units));
    sink.int(count(row.delivery.invalid_units));
    sink.int(count(row.spend.due.get()));
    sink.int(row.spend.carry_micros);
    sink.amount(row.spend.spent);
    sink.amount(row.spend.repaid);
    sink.amount(row.returned);
    sink.amount(row.incentive_returned);
    sink.int(i64::from(row.settlements));
    sink.int(i64::from(row.deeds));
    sink.opt_instant(row.settles_at);
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.opt_instant(row.due_at());
    sink.instant(row.created_at);
    sink.amount_or_null(row.kept);
    sink.opt_int(row.is_counted.then_some(1));
}

/// Version 1 is without what was kept, version 2 without whether it is counted: those are not.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Promotion, ReadError> {
    let (id, advertiser): (_, PersonId) = (source.id()?, source.id()?);
    let post = source.parsed("name of a post", Label::new)?;
    let terms = terms::read(source)?;
    let mut row = Promotion {
        id,
        advertiser,
        post,
        quote: read_quote(source, &terms)?,
        terms,
        state: source.one_of("state of a promotion", State::from_number)?,
        pauses: read_pauses(source)?,
        review: Review {
            approved_version: source.opt_parsed("content of a post", Label::new)?,
            rule: source.opt_parsed("rule", Token::new)?,
            rejected_by: source.opt_id()?,
            is_appealed: source.flag()?,
        },
        end: read_end(source)?,
        pay_with: list::read(source, |source| read_pay_with(source))?,
        checkout: source.opt_id()?,
        authorization: source
            .opt_bytes()?
            .map(|packed| unpack_authorization(&packed))
            .transpose()?,
        submitted_at: source.opt_instant()?,
        funded_at: source.opt_instant()?,
        slices: SliceSums {
            ever: source.number("slices")?,
            open: source.number("slices")?,
            day: source.int()?,
            day_leased: source.amount()?,
        },
        delivery: Delivery {
            billed_units: source.number("units")?,
            unbilled_units: source.number("units")?,
            invalid_units: source.number("units")?,
        },
        spend: Spend {
            due: read_micros(source)?,
            carry_micros: source.int()?,
            spent: source.amount()?,
            repaid: source.amount()?,
        },
        returned: source.amount()?,
        incentive_returned: source.amount()?,
        kept: base::Amount::ZERO,
        is_counted: false,
        settlements: source.number("settlements")?,
        deeds: source.number("deeds")?,
        settles_at: source.opt_instant()?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        created_at: base::Instant::MIN,
    };
    let due_at = source.opt_instant()?;
    row.created_at = source.instant()?;
    if version >= 2 {
        row.kept = source.amount_or_zero()?;
    }
    if version >= 3 {
        row.is_counted = read_counted(source)?;
    }
    promotion_check::check(&row)?;
    if due_at != row.due_at() {
        return Err(invalid("promotion: due at another time than its state says"));
    }
    Ok(row)
}

/// Absent where it is not, as in rows of former versions.
fn read_counted(source: &mut impl ValueSource) -> Result<bool, ReadError> {
    match source.opt_int()? {
        None => Ok(false),
        Some(1) => Ok(true),
        Some(_) => Err(invalid("promotion: whether it is counted")),
    }
}

/// What is billed follows from the goal.
fn write_quote(quote: &Quote, sink: &mut impl ValueSink) {
    sink.int(count(quote.unit_price_max.get()));
    sink.int(count(quote.units_low));
    sink.int(count(quote.units_high));
    sink.opt_int(quote.guaranteed_units.map(count));
    sink.int(count(quote.audience_size));
    sink.instant(quote.quoted_at);
}

fn read_quote(source: &mut impl ValueSource, terms: &Terms) -> Result<Quote, ReadError> {
    Ok(Quote {
        unit: terms.goal.billed(),
        unit_price_max: read_micros(source)?,
        units_low: source.number("units")?,
        units_high: source.number("units")?,
        guaranteed_units: source.opt_number("units")?,
        audience_size: source.number("people")?,
        quoted_at: source.instant()?,
    })
}

fn read_end(source: &mut impl ValueSource) -> Result<Option<End>, ReadError> {
    let cause = source.opt_one_of("cause of an end", EndCause::from_number)?;
    match (cause, source.opt_instant()?) {
        (None, None) => Ok(None),
        (Some(cause), Some(at)) => Ok(Some(End { cause, at })),
        _ => Err(invalid("end of a promotion: half of it")),
    }
}

/// The kind tells what follows.
fn write_pay_with(pays: PayWith, sink: &mut impl ValueSink) {
    match pays {
        PayWith::Card(card) => {
            sink.int(1);
            sink.id(card);
        }
        PayWith::Wallet => sink.int(2),
        PayWith::Method { method, at_most } => {
            sink.int(3);
            sink.id(method);
            sink.opt_int(at_most.map(base::Amount::minor));
        }
    }
}

fn read_pay_with(source: &mut impl ValueSource) -> Result<PayWith, ReadError> {
    Ok(match source.int()? {
        1 => PayWith::Card(source.id()?),
        2 => PayWith::Wallet,
        3 => PayWith::Method { method: source.id()?, at_most: source.opt_amount()? },
        _ => return Err(invalid("kind of a way to pay")),
    })
}

fn write_authorization(row: &Authorization, sink: &mut impl ValueSink) {
    sink.int(i64::from(row.factor as u8));
    for print in [row.device, row.session, row.address] {
        sink.opt_bytes(print.as_ref().map(|print| print.0.as_slice()));
    }
    sink.opt_text(row.region.as_ref().map(Region::as_str));
    sink.opt_text(row.terms_version.as_ref().map(Token::as_str));
    sink.instant(row.at);
    // Rows of former versions end here, and so do those without.
    if let Some(act) = &row.act {
        sink.bytes(act);
    }
}

fn unpack_authorization(packed: &[u8]) -> Result<Authorization, ReadError> {
    let mut source = EncodedSource::new(packed);
    let print =
        |source: &mut EncodedSource<'_>| source.opt_fixed16().map(|bytes| bytes.map(Fingerprint));
    let mut row = Authorization {
        factor: source.one_of("factor", Factor::from_number)?,
        device: print(&mut source)?,
        session: print(&mut source)?,
        address: print(&mut source)?,
        region: source.opt_parsed("region", Region::parse)?,
        act: None,
        terms_version: source.opt_parsed("version of the terms of use", Token::new)?,
        at: source.instant()?,
    };
    if !source.is_empty() {
        row.act = Some(source.fixed16()?);
    }
    source.finish()?;
    Ok(row)
}

fn read_pauses(source: &mut impl ValueSource) -> Result<Pauses, ReadError> {
    let by_advertiser = source.flag()?;
    let by_us: u8 = source.number("who of the platform pauses")?;
    if by_us > 3 {
        return Err(invalid("who of the platform pauses"));
    }
    Ok(Pauses {
        by_advertiser,
        by_platform: by_us & 1 != 0,
        by_claim: by_us & 2 != 0,
        post_is_private: source.flag()?,
        is_disputed: source.flag()?,
    })
}
