//! Rows of incidents and signals: what cannot exist, and what lists show.

use std::sync::Arc;

use base::{IncidentId, PersonId, PromotionId, Region};
use engine::{Key, Row};
use journal::Value;
use promotions::{Actor, Affected, Component, Fingerprint, Happening, Incident, IncidentSeverity};
use promotions::{IncidentTerms, IncidentVersion, Role, Signal, SignalKind, Signals, limits};
use store::{List, Page};

use crate::shop_rows::{check, set};
use crate::support::{Scribe, at, on_every_store, whole};

fn version(told: i64, ended_at: Option<i64>) -> IncidentVersion {
    IncidentVersion {
        terms: IncidentTerms {
            severity: IncidentSeverity::Major,
            started_at: at(10),
            ended_at: ended_at.map(at),
            affects: Affected {
                promotions: vec![PromotionId::from_bits(1), PromotionId::from_bits(2)],
                regions: vec![Region::parse("DE").unwrap(), Region::parse("US-CA").unwrap()],
            },
        },
        actor: Actor { role: Role::Staff, person: Some(PersonId::from_bits(7)) },
        at: at(told),
    }
}

fn incident(number: u128, told: i64) -> Incident {
    Incident {
        id: IncidentId::from_bits(number),
        component: Component::Intake,
        latest: version(told + 1, Some(15)),
        earlier: vec![version(told, None)],
    }
}

fn signals() -> Signals {
    let signal = |seconds, kind, device: Option<u8>| Signal {
        happened: Happening {
            at: at(seconds),
            kind,
            device: device.map(|it| Fingerprint([it; 16])),
        },
        told_at: at(30),
    };
    Signals {
        person: PersonId::from_bits(9),
        kept: vec![
            signal(3, SignalKind::NewDevice, Some(1)),
            signal(3, SignalKind::EmailChanged, None),
            signal(4, SignalKind::NewDevice, None),
        ],
        dropped: 2,
        created_at: at(20),
    }
}

#[test]
fn incidents_that_cannot_exist_are_refused() {
    let check = |change: fn(&mut Incident)| check(&incident(1, 20), Row::Incident, change);
    check(|row| row.latest.terms.ended_at = Some(at(9)));
    check(|row| row.earlier[0].terms.ended_at = Some(at(9)));
    check(|row| row.latest.terms.affects.promotions.reverse());
    check(|row| row.latest.terms.affects.regions[1] = row.latest.terms.affects.regions[0]);
    check(|row| row.earlier = vec![version(20, None); limits::INCIDENT_VERSIONS_MAX + 1]);
    check(|row| {
        let many = 0..=limits::INCIDENT_AFFECTS_MAX as u128;
        row.latest.terms.affects.promotions = many.map(PromotionId::from_bits).collect();
    });
    let row = Row::Incident(Arc::new(incident(1, 20)));
    set(&row, "component", Value::Int(6));
    set(&row, "severity", Value::Int(0));
    set(&row, "role", Value::Int(4));
    set(&row, "affects", Value::Bytes(vec![0]));
    set(&row, "created_at", Value::Int(21));
}

#[test]
fn signals_that_cannot_exist_are_refused() {
    let check = |change: fn(&mut Signals)| check(&signals(), Row::Signals, change);
    check(|row| row.kept.clear());
    check(|row| row.kept.reverse());
    check(|row| row.kept[1] = row.kept[0]);
    check(|row| {
        let happened = |second| Happening { at: at(second), ..row.kept[0].happened };
        let signal = |second| Signal { happened: happened(second), told_at: at(300) };
        row.kept = (0..=100).map(signal).collect();
    });
    let row = Row::Signals(Arc::new(signals()));
    set(&row, "dropped", Value::Int(-1));
    set(&row, "kept", Value::Bytes(vec![0]));
}

#[test]
fn incidents_are_listed_and_signals_found_by_their_person() {
    on_every_store(|place| {
        let incidents = [incident(1, 20), incident(2, 25), incident(3, 22)];
        let mut rows: Vec<Row> =
            incidents.iter().map(|row| Row::Incident(Arc::new(row.clone()))).collect();
        rows.push(Row::Signals(Arc::new(signals())));
        Scribe::of(place).keep(rows.clone());
        let mut reader = place.reader();
        let mut listed = |page| reader.list(List::Incidents, page).unwrap();
        assert_eq!(listed(whole()), [rows[2].clone(), rows[1].clone(), rows[0].clone()]);
        let after = Page { after: Some(3), limit: 1, ..whole() };
        assert_eq!(listed(after), [rows[1].clone()]);
        // By when people first told of it.
        let early = Page { created_before: Some(at(22)), ..whole() };
        assert_eq!(listed(early), [rows[0].clone()]);
        let keys = [9, 8].map(|person| Key::Signals(PersonId::from_bits(person)));
        let keys = [keys[0], keys[1], Key::Incident(IncidentId::from_bits(2))];
        let found = place.reader().rows(&keys).unwrap();
        assert_eq!(found, [Some(rows[3].clone()), None, Some(rows[1].clone())]);
    });
}
