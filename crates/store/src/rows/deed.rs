//! What was done to promotions.

use base::{Label, Token};
use journal::{ReadError, ValueSink, ValueSource};
use promotions::{Actor, Deed, DeedKind, Role, deed_id};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};
use super::terms;

pub(crate) const TABLE: Table = Table {
    number: 29,
    version: 1,
    name: "deed",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("promotion"),
        integer("number"),
        integer("kind"),
        integer("role"),
        bytes("person").or_null(),
        text("rule").or_null(),
        text("content_version").or_null(),
        bytes("terms").or_null(),
        integer("created_at"),
    ],
    indexes: &[Index { column: "promotion", only: None }],
};

pub(super) fn write(row: &Deed, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.promotion);
    sink.int(i64::from(row.number));
    sink.int(i64::from(row.kind as u8));
    sink.int(i64::from(row.actor.role as u8));
    sink.opt_id(row.actor.person);
    sink.opt_text(row.rule.as_ref().map(Token::as_str));
    sink.opt_text(row.content_version.as_ref().map(Label::as_str));
    sink.opt_bytes(row.terms.as_ref().map(terms::pack).as_deref());
    sink.instant(row.at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Deed, ReadError> {
    let row = Deed {
        id: source.id()?,
        promotion: source.id()?,
        number: source.number("number of a deed")?,
        kind: source.one_of("kind of a deed", DeedKind::from_number)?,
        actor: Actor { role: source.one_of("role", Role::from_number)?, person: source.opt_id()? },
        rule: source.opt_parsed("rule", Token::new)?,
        content_version: source.opt_parsed("content of a post", Label::new)?,
        terms: source.opt_bytes()?.map(|packed| terms::unpack(&packed)).transpose()?,
        at: source.instant()?,
    };
    check(&row)?;
    Ok(row)
}

/// The kind says what it tells beside who and when; the first one is that it was composed.
fn check(row: &Deed) -> Result<(), ReadError> {
    if row.number == 0 || row.id != deed_id(row.promotion, row.number) {
        return Err(invalid("deed: another one's id"));
    }
    let kind = row.kind;
    let (has_rule, may_have_rule) = (kind == DeedKind::Rejected, kind == DeedKind::Stopped);
    let has_version = matches!(kind, DeedKind::Approved | DeedKind::ContentChanged);
    // Former releases did not say what was rejected.
    let may_have_version = kind == DeedKind::Rejected;
    let has_terms = matches!(kind, DeedKind::Composed | DeedKind::Edited);
    let fits = (row.rule.is_some() == has_rule || may_have_rule)
        && (row.content_version.is_some() == has_version || may_have_version)
        && row.terms.is_some() == has_terms;
    if !fits || (row.number == 1) != (kind == DeedKind::Composed) {
        return Err(invalid("deed: tells what one of its kind does not, or not what it does"));
    }
    Ok(())
}
