//! Incidents.

use base::Region;
use journal::{EncodedSink, EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};
use promotions::{Actor, Affected, Component, Incident, IncidentSeverity, IncidentTerms};
use promotions::{IncidentVersion, Role, limits};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 32,
    version: 1,
    name: "incident",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("component"),
        integer("severity"),
        integer("started_at"),
        integer("ended_at").or_null(),
        bytes("affects"),
        integer("role"),
        bytes("person").or_null(),
        integer("changed_at"),
        bytes("earlier"),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Incident, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.int(i64::from(row.component as u8));
    write_version(&row.latest, sink);
    list::write(&row.earlier, sink, |version, sink| write_version(version, sink));
    sink.instant(row.first().at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Incident, ReadError> {
    let row = Incident {
        id: source.id()?,
        component: source.one_of("component of an incident", Component::from_number)?,
        latest: read_version(source)?,
        earlier: list::read(source, |source| read_version(source))?,
    };
    if source.instant()? != row.first().at || row.earlier.len() > limits::INCIDENT_VERSIONS_MAX {
        return Err(invalid("incident: told first at another time, or too often"));
    }
    Ok(row)
}

/// Severity, start, end, whom it affects, who told, when.
fn write_version(version: &IncidentVersion, sink: &mut impl ValueSink) {
    let IncidentVersion { terms, actor, at } = version;
    sink.int(i64::from(terms.severity as u8));
    sink.instant(terms.started_at);
    sink.opt_instant(terms.ended_at);
    let affects = EncodedValues::of(|packed| write_affected(&terms.affects, packed));
    sink.bytes(affects.as_bytes());
    sink.int(i64::from(actor.role as u8));
    sink.opt_id(actor.person);
    sink.instant(*at);
}

fn read_version(source: &mut impl ValueSource) -> Result<IncidentVersion, ReadError> {
    let version = IncidentVersion {
        terms: IncidentTerms {
            severity: source.one_of("severity", IncidentSeverity::from_number)?,
            started_at: source.instant()?,
            ended_at: source.opt_instant()?,
            affects: read_affected(&source.bytes()?)?,
        },
        actor: Actor { role: source.one_of("role", Role::from_number)?, person: source.opt_id()? },
        at: source.instant()?,
    };
    if version.terms.ended_at.is_some_and(|at| at < version.terms.started_at) {
        return Err(invalid("incident: ends before it starts"));
    }
    Ok(version)
}

fn write_affected(affects: &Affected, packed: &mut EncodedSink<'_>) {
    list::write(&affects.promotions, packed, |promotion, sink| sink.id(*promotion));
    list::write(&affects.regions, packed, |region, sink| sink.text(region.as_str()));
}

fn read_affected(packed: &[u8]) -> Result<Affected, ReadError> {
    let mut source = EncodedSource::new(packed);
    let affects = Affected {
        promotions: list::read(&mut source, |source| source.id())?,
        regions: list::read(&mut source, |source| source.parsed("region", Region::parse))?,
    };
    source.finish()?;
    let Affected { promotions, regions } = &affects;
    let most = promotions.len().max(regions.len());
    if most > limits::INCIDENT_AFFECTS_MAX || !rises(promotions) || !rises(regions) {
        return Err(invalid("incident: affects too many, or some twice, or not in order"));
    }
    Ok(affects)
}

fn rises<T: Ord>(items: &[T]) -> bool {
    items.windows(2).all(|pair| pair[0] < pair[1])
}
