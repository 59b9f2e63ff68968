//! Words of the script language about incidents, and about what happens to accounts of persons.
//!
//! | line | meaning |
//! | --- | --- |
//! | `incident I selection major from=-600` | Ann of the staff tells of it; `platform` detects it |
//! | `… until=0 of=P,Q regions=DE,US-CA` | when it was over; whom it affects |
//! | `correct I minor from=-900 until=-60 as=Bob` | what is told later; `until=none` it goes on |
//! | `correct I everybody` | it affects everybody after all |
//! | `signal Kim new_device at=-60 device=7` | what happened to an account |
//! | `… => I:open I.versions 2 I.severity minor` | how often it was told; how bad it is |
//! | `… => I.lasted 600 I.affects P,DE I.stops yes` | seconds; whom; whether the feed stops |
//! | `… => Kim.signals new_device,dormant Kim.dropped 0` | what is kept of an account |

use base::{IncidentId, PromotionId, Region, Span};
use engine::PromotionCommand;
use promotions::{Actor, Affected, Component, Fingerprint, Happening, Incident, IncidentChange};
use promotions::{IncidentSeverity, IncidentTerms, NewIncident, Role, SignalKind};

use crate::script::instant;
use crate::words::{self, Words, bits};
use crate::world::World;

/// The command of a line; `None` when it is about something else.
pub fn command(world: &World, words: &Words<'_>) -> Option<PromotionCommand> {
    let at = |word| instant(world, word);
    Some(match words.at(0) {
        "incident" => PromotionCommand::DeclareIncident {
            new: Box::new(NewIncident {
                id: incident_id(words.at(1)),
                component: named(words.at(2), &Component::ALL, Component::as_str).unwrap(),
                terms: IncidentTerms {
                    severity: severity(words).unwrap(),
                    started_at: words.value("from").map_or(world.now, at),
                    ended_at: words.value("until").map(at),
                    affects: affects(words),
                },
            }),
            actor: actor(words),
        },
        "correct" => PromotionCommand::CorrectIncident {
            incident: incident_id(words.at(1)),
            change: Box::new(IncidentChange {
                severity: severity(words),
                started_at: words.value("from").map(at),
                ended_at: words.value("until").map(|word| (word != "none").then(|| at(word))),
                affects: (words.has("everybody") || affects(words) != Affected::default())
                    .then(|| affects(words)),
            }),
            actor: actor(words),
        },
        "signal" => PromotionCommand::NoteSignal {
            person: words::person(words.at(1)),
            happened: Happening {
                at: words.value("at").map_or(world.now, at),
                kind: named(words.at(2), &SignalKind::ALL, SignalKind::as_str).unwrap(),
                device: words
                    .number("device")
                    .map(|device| Fingerprint(u128::from(device).to_be_bytes())),
            },
        },
        _ => return None,
    })
}

fn named<T: Copy>(word: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|one| name(*one) == word)
}

fn severity(words: &Words<'_>) -> Option<IncidentSeverity> {
    words
        .bare_from(2)
        .find_map(|word| named(word, &IncidentSeverity::ALL, IncidentSeverity::as_str))
}

fn affects(words: &Words<'_>) -> Affected {
    let named = words.value("of").map_or(Vec::new(), |names| names.split(',').collect());
    let promotions = named.into_iter().map(|name| PromotionId::from_bits(bits(name))).collect();
    Affected { promotions, regions: words.regions() }
}

fn actor(words: &Words<'_>) -> Actor {
    if words.has("platform") {
        return Actor::PLATFORM;
    }
    let name = words.value("as").unwrap_or("Ann");
    Actor { role: Role::Staff, person: Some(words::person(name)) }
}

fn incident_id(word: &str) -> IncidentId {
    IncidentId::from_bits(bits(word))
}

/// Whether an incident of this name goes on.
pub fn status_of(world: &World, name: &str) -> Option<&'static str> {
    let incident = world.incident.get(&incident_id(name))?;
    Some(if incident.is_open() { "open" } else { "ended" })
}

/// What is seen of an incident, or of the account of a person; `None` when it is about something
/// else.
pub fn member(world: &World, name: &str, member: &str) -> Option<String> {
    if let Some(row) = world.incident.get(&incident_id(name)) {
        return Some(of_incident(row, member));
    }
    let row = world.signals.get(&words::person(name));
    Some(match member {
        "signals" => row.map_or_else(
            || "-".to_owned(),
            |row| {
                let kinds = row.kept.iter().map(|signal| signal.happened.kind.as_str());
                kinds.collect::<Vec<_>>().join(",")
            },
        ),
        "dropped" => row.map_or_else(|| "-".to_owned(), |row| row.dropped.to_string()),
        _ => return None,
    })
}

fn of_incident(row: &Incident, member: &str) -> String {
    let terms = &row.latest.terms;
    match member {
        "versions" => (row.earlier.len() + 1).to_string(),
        "severity" => terms.severity.as_str().to_owned(),
        "lasted" => {
            let span = terms.ended_at.and_then(|at| at.since(terms.started_at));
            span.map_or_else(
                || "-".to_owned(),
                |span: Span| (span.micros() / 1_000_000).to_string(),
            )
        }
        "affects" => {
            let Affected { promotions, regions } = &terms.affects;
            let names = promotions.iter().map(|id| crate::market::name_of(id.bits()));
            let all: Vec<String> =
                names.chain(regions.iter().map(|region: &Region| region.to_string())).collect();
            if all.is_empty() { "-".to_owned() } else { all.join(",") }
        }
        "stops" => if row.stops_feed() { "yes" } else { "no" }.to_owned(),
        "source" => if row.is_detected() { "detected" } else { "told" }.to_owned(),
        other => panic!("nothing is kept as {other}"),
    }
}
