//! What people and the platform tell of times at which something did not work, and of what happened
//! to accounts.

use base::{IncidentId, PersonId};
use promotions::{Actor, Affected, Happening, IncidentChange, NewIncident, Promotion, Refusal};

use crate::gift_cards::Decided;
use crate::rows::Walk;
use crate::{AnswerRef, Change, Context, Rows};

pub(crate) fn declare<R: Rows>(
    new: &NewIncident,
    actor: Actor,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = walk.incident(new.id);
    let promotions = named(&new.terms.affects, walk);
    walk.ready()?;
    let existing = existing.map(AsRef::as_ref);
    let told = promotions::declare_incident(new, existing, &promotions, actor, at.first())?;
    Ok(Change::from_outcome(told, AnswerRef::Incident(new.id)))
}

pub(crate) fn correct<R: Rows>(
    id: IncidentId,
    change: &IncidentChange,
    actor: Actor,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let incident = walk.incident(id);
    let named = change.affects.as_ref().map(|affects| named(affects, walk));
    walk.ready()?;
    let incident = incident.ok_or(Refusal::IncidentNotFound)?;
    let promotions = named.unwrap_or_default();
    let told = promotions::correct_incident(change, incident, &promotions, actor, at.first())?;
    Ok(Change::from_outcome(told, AnswerRef::Incident(id)))
}

pub(crate) fn note_signal<R: Rows>(
    person: PersonId,
    happened: Happening,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = walk.signals(person);
    walk.ready()?;
    let existing = existing.map(AsRef::as_ref);
    let noted = promotions::note_signal(person, happened, existing, at.first())?;
    Ok(Change::from_outcome(noted, AnswerRef::Signals(person)))
}

/// Those of the promotions named that exist.
fn named<'a, R: Rows>(affects: &Affected, walk: &mut Walk<'a, R>) -> Vec<&'a Promotion> {
    affects.promotions.iter().filter_map(|id| walk.promotion(*id).map(AsRef::as_ref)).collect()
}
