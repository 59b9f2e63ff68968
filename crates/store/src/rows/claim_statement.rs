//! What was decided on claims, and on restitutions.

use base::{ClaimId, RestitutionId, Token};
use claims::{Act, Code, Decision, FactName, KeptStatement, Outcome, RowId, Subject, TableRow};
use claims::{restitution_statement_id, statement_id};
use journal::{EncodedSink, EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};

use super::claim::read_digest;
use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 40,
    version: 1,
    name: "claim_statement",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("claim").or_null(),
        bytes("restitution").or_null(),
        integer("number"),
        bytes("facts").or_null(),
        bytes("decision").or_null(),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write(row: &KeptStatement, sink: &mut impl ValueSink) {
    let (claim, restitution) = match row.about {
        Subject::Claim(claim) => (Some(claim), None),
        Subject::Restitution(restitution) => (None, Some(restitution)),
    };
    sink.id(row.id);
    sink.opt_id(claim);
    sink.opt_id(restitution);
    sink.int(i64::from(row.number));
    sink.opt_bytes(row.facts.as_ref().map(|digest| digest.0.as_slice()));
    let pack = |decision: &Decision| EncodedValues::of(|packed| write_decision(decision, packed));
    let decision = row.decision.as_ref().map(pack);
    sink.opt_bytes(decision.as_ref().map(EncodedValues::as_bytes));
    sink.instant(row.at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<KeptStatement, ReadError> {
    let id = source.id()?;
    let about: (Option<ClaimId>, Option<RestitutionId>) = (source.opt_id()?, source.opt_id()?);
    let about = match about {
        (Some(claim), None) => Subject::Claim(claim),
        (None, Some(restitution)) => Subject::Restitution(restitution),
        _ => return Err(invalid("statement: about nothing, or two things")),
    };
    let row = KeptStatement {
        id,
        about,
        number: source.number("number of a statement")?,
        facts: read_digest(source)?,
        decision: source.opt_bytes()?.map(|packed| unpack(&packed)).transpose()?,
        at: source.instant()?,
    };
    let expected = match about {
        Subject::Claim(claim) => statement_id(claim, row.number),
        Subject::Restitution(restitution) => restitution_statement_id(restitution),
    };
    if row.number == 0 || row.id != expected {
        return Err(invalid("statement: another one's id"));
    }
    Ok(row)
}

fn write_decision(decision: &Decision, packed: &mut EncodedSink<'_>) {
    packed.int(i64::from(decision.outcome as u8));
    packed.amount(decision.amount);
    packed.amount(decision.elsewhere);
    packed.text(decision.table.name.as_str());
    packed.bytes(&decision.table.version);
    packed.text(decision.table.row.as_str());
    list::write(&decision.reasons, packed, |code, sink| sink.text(code.as_str()));
    list::write(&decision.facts_used, packed, |fact, sink| sink.int(i64::from(*fact as u8)));
    packed.flag(decision.automated);
    list::write(&decision.acts, packed, |act, sink| sink.int(i64::from(*act as u8)));
}

fn unpack(packed: &[u8]) -> Result<Decision, ReadError> {
    let mut source = EncodedSource::new(packed);
    let source = &mut source;
    let decision = Decision {
        outcome: source.one_of("outcome", Outcome::from_number)?,
        amount: source.amount()?,
        elsewhere: source.amount()?,
        table: TableRow {
            name: source.parsed("name of a table", Token::new)?,
            version: source.fixed()?,
            row: source.parsed("row of a table", RowId::new)?,
        },
        reasons: list::read(source, |source| source.parsed("code", Code::new))?,
        facts_used: list::read(source, |source| source.one_of("fact", FactName::from_number))?,
        automated: source.flag()?,
        acts: list::read(source, |source| source.one_of("act", Act::from_number))?,
        would_change: Vec::new(),
    };
    source.finish()?;
    Ok(decision)
}
