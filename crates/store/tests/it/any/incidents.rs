//! Any incident, and any signals of a person.

use std::sync::Arc;

use base::{IncidentId, PersonId, PromotionId};
use engine::Row;
use promotions::{Actor, Affected, Component, Fingerprint, Happening, Incident, IncidentSeverity};
use promotions::{IncidentTerms, IncidentVersion, Role, Signal, SignalKind, Signals};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{bits, instant, regions};

fn affects() -> impl Strategy<Value = Affected> {
    (btree_set(bits(), 0..3), regions()).prop_map(|(promotions, mut regions)| {
        regions.sort_unstable();
        regions.dedup();
        let promotions = promotions.into_iter().map(PromotionId::from_bits).collect();
        Affected { promotions, regions }
    })
}

fn version() -> impl Strategy<Value = IncidentVersion> {
    let who = (select(Role::ALL.to_vec()), option::of(bits()));
    let times = (instant(), option::of(instant()));
    let severity = select(IncidentSeverity::ALL.to_vec());
    (severity, times, affects(), who, instant()).prop_map(
        |(severity, (started_at, ended_at), affects, (role, person), at)| {
            let ended_at = ended_at.map(|at| at.max(started_at));
            IncidentVersion {
                terms: IncidentTerms { severity, started_at, ended_at, affects },
                actor: Actor { role, person: person.map(PersonId::from_bits) },
                at,
            }
        },
    )
}

fn incident() -> impl Strategy<Value = Incident> {
    let component = select(Component::ALL.to_vec());
    (bits(), component, version(), vec(version(), 0..3)).prop_map(
        |(id, component, latest, earlier)| Incident {
            id: IncidentId::from_bits(id),
            component,
            latest,
            earlier,
        },
    )
}

fn happening() -> impl Strategy<Value = Happening> {
    let device = option::of(any::<[u8; 16]>().prop_map(Fingerprint));
    (instant(), select(SignalKind::ALL.to_vec()), device).prop_map(|(at, kind, device)| Happening {
        at,
        kind,
        device,
    })
}

fn signals() -> impl Strategy<Value = Signals> {
    let kept = btree_map(happening(), instant(), 1..4);
    (bits(), kept, 0..=i64::MAX.cast_unsigned(), instant()).prop_map(
        |(person, kept, dropped, created_at)| Signals {
            person: PersonId::from_bits(person),
            kept: kept
                .into_iter()
                .map(|(happened, told_at)| Signal { happened, told_at })
                .collect(),
            dropped,
            created_at,
        },
    )
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        1 => incident().prop_map(|row| Row::Incident(Arc::new(row))).boxed(),
        1 => signals().prop_map(|row| Row::Signals(Arc::new(row))).boxed(),
    ]
}
