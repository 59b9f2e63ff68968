//! Claims.

use base::{Day, Region, Token};
use claims::{Appeal, Attachment, Award, Claim, Code, DecisionRecord, Description, Digest};
use claims::{ChargeHint, Fingerprint, Ground, LastFour, MediaType, Outcome, Payout, Period};
use claims::{RailName, Status, Step, StepName, Steps, limits, wakes_at};
use journal::{EncodedSink, EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};

use super::claimant::{read_claimant, write_claimant};
use super::fields::{FieldSink, FieldSource, count, invalid};
use super::promotion_claims::{read_causes, write_causes};
use super::table::{Index, Table, bytes, integer, text};
use super::{list, metadata_text, resolved};

pub(crate) const TABLE: Table = Table {
    number: 34,
    version: 4,
    name: "claim",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("claimant_kind"),
        bytes("claimant"),
        integer("ground"),
        bytes("promotion").or_null(),
        bytes("owner").or_null(),
        bytes("payment").or_null(),
        bytes("hint").or_null(),
        bytes("matched_by").or_null(),
        text("starts_on").or_null(),
        text("ends_on").or_null(),
        text("currency"),
        text("region").or_null(),
        text("rail").or_null(),
        bytes("words_hash"),
        integer("words_bytes"),
        bytes("attachments"),
        integer("status"),
        integer("held_since").or_null(),
        integer("window_until").or_null(),
        bytes("linked_to").or_null(),
        bytes("facts").or_null(),
        integer("grants_known"),
        bytes("decision").or_null(),
        bytes("proposal").or_null(),
        bytes("appeal").or_null(),
        integer("decisions"),
        integer("for_delivery"),
        integer("for_overspend"),
        integer("for_wrong_delivery"),
        bytes("payouts"),
        bytes("steps"),
        text("metadata").or_null(),
        integer("due_at").or_null(),
        integer("created_at"),
        integer("wakes_at").or_null(),
        integer("for_stop_failed").or_null(),
        bytes("resolved").or_null(),
    ],
    indexes: &[
        Index { column: "claimant", only: Some("claimant_kind = 1") },
        Index { column: "promotion", only: Some("promotion is not null") },
        Index { column: "status", only: None },
        Index { column: "wakes_at", only: Some("wakes_at is not null") },
    ],
};

pub(super) fn write(row: &Claim, sink: &mut impl ValueSink) {
    sink.id(row.id);
    write_claimant(row.claimant, sink);
    sink.int(i64::from(row.ground as u8));
    sink.opt_id(row.promotion);
    sink.opt_id(row.owner);
    sink.opt_id(row.payment);
    let hint = row.hint.as_ref().map(|hint| EncodedValues::of(|packed| write_hint(hint, packed)));
    sink.opt_bytes(hint.as_ref().map(EncodedValues::as_bytes));
    sink.opt_id(row.matched_by);
    let day = |day: Day| day.to_string();
    sink.opt_text(row.period.map(|period| day(period.starts_on)).as_deref());
    sink.opt_text(row.period.map(|period| day(period.ends_on)).as_deref());
    sink.currency(row.currency);
    sink.opt_text(row.region.as_ref().map(Region::as_str));
    sink.opt_text(row.rail.as_ref().map(Token::as_str));
    sink.bytes(&row.description.sealed.0);
    sink.int(i64::from(row.description.bytes));
    list::write(&row.attachments, sink, |file, sink| {
        sink.bytes(&file.content.0);
        sink.int(i64::from(file.media as u8));
        sink.int(count(file.bytes));
        sink.instant(file.at);
    });
    sink.int(i64::from(row.status as u8));
    sink.opt_instant(row.held_since);
    sink.opt_instant(row.window_until);
    sink.opt_id(row.linked_to);
    sink.opt_bytes(row.facts.as_ref().map(|digest| digest.0.as_slice()));
    sink.int(i64::from(row.grants_known));
    let record = |record: &DecisionRecord| EncodedValues::of(|packed| write_record(record, packed));
    let decision = row.decision.as_ref().map(record);
    sink.opt_bytes(decision.as_ref().map(EncodedValues::as_bytes));
    let proposal = row.proposal.as_ref().map(record);
    sink.opt_bytes(proposal.as_ref().map(EncodedValues::as_bytes));
    let appeal = row.appeal.as_ref().map(|appeal| {
        EncodedValues::of(|packed| {
            packed.instant(appeal.at);
            write_record(&appeal.against, packed);
        })
    });
    sink.opt_bytes(appeal.as_ref().map(EncodedValues::as_bytes));
    sink.int(i64::from(row.decisions));
    write_causes(row.causes, sink);
    list::write(&row.payouts, sink, write_payout);
    list::write(row.steps.all(), sink, |step, sink| {
        sink.int(i64::from(step.name as u8));
        sink.instant(step.begun_at);
        sink.instant(step.due_at);
        sink.opt_instant(step.done_at);
        sink.opt_instant(step.escalated_at);
    });
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.opt_instant(row.due_at());
    sink.instant(row.filed_at);
    sink.opt_instant(wakes_at(row));
    sink.amount_or_null(row.causes.stop_failed);
    let is_resolved = row.payouts.iter().any(|payout| payout.resolved.is_some());
    let resolved = is_resolved.then(|| EncodedValues::of(|packed| write_resolved(row, packed)));
    sink.opt_bytes(resolved.as_ref().map(EncodedValues::as_bytes));
}

/// Version 1 is without the time at which the platform looks at it next; so are rows of then.
/// Version 2 is without what a stop that failed has cost, version 3 without what persons have done
/// about payouts.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Claim, ReadError> {
    let mut row = Claim {
        id: source.id()?,
        claimant: read_claimant(source)?,
        ground: source.one_of("ground of a claim", Ground::from_number)?,
        promotion: source.opt_id()?,
        owner: source.opt_id()?,
        payment: source.opt_id()?,
        hint: unpack(source, read_hint)?,
        matched_by: source.opt_id()?,
        period: read_period(source)?,
        currency: source.currency()?,
        region: source.opt_parsed("region", Region::parse)?,
        rail: source.opt_parsed("rail", RailName::new)?,
        description: Description {
            sealed: Digest(source.fixed()?),
            bytes: source.number("length of words")?,
        },
        attachments: list::read(source, |source| {
            Ok(Attachment {
                content: Digest(source.fixed()?),
                media: source.one_of("type of a file", MediaType::from_number)?,
                bytes: source.number("size of a file")?,
                at: source.instant()?,
            })
        })?,
        status: source.one_of("status of a claim", Status::from_number)?,
        held_since: source.opt_instant()?,
        window_until: source.opt_instant()?,
        linked_to: source.opt_id()?,
        facts: read_digest(source)?,
        grants_known: source.number("grants")?,
        decision: unpack(source, read_record)?,
        proposal: unpack(source, read_record)?,
        appeal: unpack(source, |packed| {
            Ok(Appeal { at: packed.instant()?, against: read_record(packed)? })
        })?,
        decisions: source.number("decisions")?,
        causes: read_causes(source)?,
        payouts: list::read(source, read_payout)?,
        steps: Steps::from_stored(list::read(source, read_step)?),
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        filed_at: base::Instant::MIN,
    };
    let due_at = source.opt_instant()?;
    row.filed_at = source.instant()?;
    let told = if version >= 2 { source.opt_instant()? } else { None };
    if version >= 3 {
        row.causes.stop_failed = source.amount_or_zero()?;
    }
    if version >= 4 {
        unpack(source, |packed| read_resolved(&mut row.payouts, packed))?;
    }
    check(&row)?;
    if due_at != row.due_at() {
        return Err(invalid("claim: due at another time than its steps say"));
    }
    if told.is_some() && told != wakes_at(&row) {
        return Err(invalid("claim: looked at at another time than it says"));
    }
    Ok(row)
}

fn check(row: &Claim) -> Result<(), ReadError> {
    if row.promotion.is_some() != row.owner.is_some() {
        return Err(invalid("claim: what it is about is known by half"));
    }
    let is_appealed = row.status == Status::Appealed;
    if row.proposal.is_some() && !is_appealed && row.status != Status::InReview {
        return Err(invalid("claim: a proposal that nobody waits for"));
    }
    if is_appealed && row.appeal.is_none() {
        return Err(invalid("claim: appealed without an appeal"));
    }
    let contents: Vec<Digest> = row.attachments.iter().map(|file| file.content).collect();
    let is_once = |(place, content)| !contents[..place].contains(content);
    if contents.len() > limits::ATTACHMENTS_MAX || !contents.iter().enumerate().all(is_once) {
        return Err(invalid("claim: too many files, or one twice"));
    }
    let nets = super::fields::sum(row.payouts.iter().map(|payout| payout.net));
    if nets.is_none_or(|nets| nets > row.committed()) {
        return Err(invalid("claim: more has set out than it takes"));
    }
    if row.committed() == base::Amount::MAX {
        return Err(invalid("claim: takes more than there is"));
    }
    Ok(())
}

/// What is packed in a column that may be absent.
fn unpack<T>(
    source: &mut impl ValueSource,
    read: impl FnOnce(&mut EncodedSource<'_>) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    let Some(packed) = source.opt_bytes()? else { return Ok(None) };
    let mut packed = EncodedSource::new(&packed);
    let item = read(&mut packed)?;
    packed.finish()?;
    Ok(Some(item))
}

/// A hash that may be absent.
pub(super) fn read_digest(source: &mut impl ValueSource) -> Result<Option<Digest>, ReadError> {
    let Some(bytes) = source.opt_bytes()? else { return Ok(None) };
    let found = bytes.len();
    let digest = bytes.try_into().map_err(|_| ReadError::WrongLength { expected: 32, found })?;
    Ok(Some(Digest(digest)))
}

fn read_period(source: &mut impl ValueSource) -> Result<Option<Period>, ReadError> {
    let day = |source: &mut _| FieldSource::opt_parsed(source, "day", Day::parse);
    match (day(source)?, day(source)?) {
        (None, None) => Ok(None),
        (Some(starts_on), Some(ends_on)) if starts_on <= ends_on => {
            Ok(Some(Period { starts_on, ends_on }))
        }
        _ => Err(invalid("days of a claim: half of them, or the last one first")),
    }
}

fn write_hint(hint: &ChargeHint, packed: &mut EncodedSink<'_>) {
    packed.bytes(&hint.descriptor.0);
    packed.int(i64::from(hint.last_four.number()));
    packed.money(hint.amount);
    packed.opt_text(hint.charged_on.map(|day| day.to_string()).as_deref());
}

fn read_hint(packed: &mut EncodedSource<'_>) -> Result<ChargeHint, ReadError> {
    Ok(ChargeHint {
        descriptor: Fingerprint(packed.fixed16()?),
        last_four: LastFour::from_number(packed.number("four digits")?)
            .ok_or(invalid("four digits"))?,
        amount: packed.money()?,
        charged_on: packed.opt_parsed("day", Day::parse)?,
    })
}

fn write_record(record: &DecisionRecord, packed: &mut EncodedSink<'_>) {
    packed.id(record.statement);
    packed.opt_bytes(record.facts.as_ref().map(|digest| digest.0.as_slice()));
    packed.int(i64::from(record.outcome as u8));
    packed.amount(record.award.refund);
    packed.amount(record.award.elsewhere);
    packed.amount(record.lost);
    list::write(&record.codes, packed, |code, sink| sink.text(code.as_str()));
    packed.flag(record.automated);
    packed.opt_id(record.reviewed_by);
    packed.opt_id(record.approved_by);
    packed.instant(record.at);
    packed.opt_instant(record.appeal_until);
}

fn read_record(packed: &mut EncodedSource<'_>) -> Result<DecisionRecord, ReadError> {
    Ok(DecisionRecord {
        statement: packed.id()?,
        facts: read_digest(packed)?,
        outcome: packed.one_of("outcome", Outcome::from_number)?,
        award: Award { refund: packed.amount()?, elsewhere: packed.amount()? },
        lost: packed.amount()?,
        codes: list::read(packed, |source| source.parsed("code", Code::new))?,
        automated: packed.flag()?,
        reviewed_by: packed.opt_id()?,
        approved_by: packed.opt_id()?,
        at: packed.instant()?,
        appeal_until: packed.opt_instant()?,
    })
}

fn write_payout(payout: &Payout, sink: &mut EncodedSink<'_>) {
    sink.opt_id(payout.refund);
    sink.amount(payout.net);
    sink.amount(payout.gross);
    sink.amount(payout.elsewhere);
    sink.instant(payout.at);
    sink.opt_instant(payout.paid_at);
}

fn read_payout(source: &mut EncodedSource<'_>) -> Result<Payout, ReadError> {
    Ok(Payout {
        refund: source.opt_id()?,
        net: source.amount()?,
        gross: source.amount()?,
        elsewhere: source.amount()?,
        at: source.instant()?,
        paid_at: source.opt_instant()?,
        resolved: None,
    })
}

/// What persons have done about payouts, one after the other. It stands in a column of its own: the
/// packed list of payouts is older.
fn write_resolved(row: &Claim, packed: &mut EncodedSink<'_>) {
    row.payouts.iter().for_each(|payout| resolved::write(payout.resolved.as_ref(), packed));
}

fn read_resolved(payouts: &mut [Payout], packed: &mut EncodedSource<'_>) -> Result<(), ReadError> {
    for payout in payouts {
        payout.resolved = resolved::read(packed)?;
        let is_apart = payout.resolved.as_ref().is_some_and(|resolved| resolved.how.is_apart());
        if is_apart && payout.refund.is_some() {
            return Err(invalid("claim: paid by its order, and another way"));
        }
    }
    Ok(())
}

fn read_step(source: &mut EncodedSource<'_>) -> Result<Step, ReadError> {
    Ok(Step {
        name: source.one_of("step of a claim", StepName::from_number)?,
        begun_at: source.instant()?,
        due_at: source.instant()?,
        done_at: source.opt_instant()?,
        escalated_at: source.opt_instant()?,
    })
}
