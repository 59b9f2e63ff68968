//! What people tell of incidents reaches pages and reports; what the feed finds reaches the book.

use base::{IncidentId, Instant, PromotionId, Span};
use engine::{Answer, PromotionCommand, Query};
use feed::shortfall::Why;
use feed::{Cause, Outcome};
use promotions::{Actor, Affected, Component, Incident, IncidentChange, IncidentSeverity};
use promotions::{IncidentTerms, NewIncident, Role, Viewer, detected_incident_id};
use serving::{Asked, Feed, Report};
use store::{List, Page, Reader};
use tempfile::tempdir;

use crate::town::Town;

const STAFF: Actor = Actor { role: Role::Staff, person: None };
const INCIDENT: IncidentId = IncidentId::from_bits(9);

fn tell(town: &Town, component: Component, severity: IncidentSeverity, started_at: Instant) {
    let affects = Affected::default();
    let terms = IncidentTerms { severity, started_at, ended_at: None, affects };
    let new = Box::new(NewIncident { id: INCIDENT, component, terms });
    town.promote(PromotionCommand::DeclareIncident { new, actor: STAFF }).unwrap();
}

fn change(town: &Town, change: IncidentChange) {
    let (incident, actor) = (INCIDENT, STAFF);
    let change = Box::new(change);
    town.promote(PromotionCommand::CorrectIncident { incident, change, actor }).unwrap();
}

fn end(town: &Town) {
    let ended_at = Some(Some(town.now()));
    change(town, IncidentChange { ended_at, ..IncidentChange::default() });
}

fn report(town: &Town, feed: &Feed, promotion: PromotionId) -> Report {
    let (promotion, stretch) = (&town.promotion(promotion), Span::hours(1));
    feed.report_on(&Asked { promotion, deeds: &[], stretch, reach: &|_| 1 }).unwrap()
}

/// So many minutes of six pages each; how many posts were shown.
fn serve(town: &Town, feed: &Feed, minutes: u32) -> usize {
    let mut shown = 0;
    for second in 0..minutes * 6 {
        town.wait(Span::seconds(10));
        let name = format!("viewer-{second}-{}", town.now());
        shown += feed.select(&Viewer::default(), Some(&name), 1, None).len();
        feed.run().unwrap();
    }
    shown
}

/// Nobody asks for a page.
fn silence(town: &Town, feed: &Feed, minutes: u32) {
    for _ in 0..minutes {
        town.wait(Span::minutes(1));
        feed.run().unwrap();
    }
}

fn incidents(town: &Town) -> Vec<Incident> {
    town.running.handle.flush_and_wait(town.running.handle.figures().seq()).unwrap();
    let rows = town.book.reader().list(List::Incidents, Page::after(None, 100)).unwrap();
    let incident = |row: engine::Row| match row {
        engine::Row::Incident(row) => row.as_ref().clone(),
        other => panic!("{other:?}"),
    };
    rows.into_iter().map(incident).collect()
}

#[test]
fn while_people_call_it_critical_nothing_is_shown_and_all_of_it_is_counted() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    assert!(serve(&town, &feed, 30) > 0);
    tell(&town, Component::Billing, IncidentSeverity::Critical, town.now());
    feed.run().unwrap();
    assert_eq!(feed.open_incidents(), [0, 1]);
    assert_eq!(serve(&town, &feed, 20), 0);
    // Also by whoever serves it next.
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(feed.open_incidents(), [0, 1]);
    assert_eq!(serve(&town, &feed, 10), 0);
    end(&town);
    feed.run().unwrap();
    assert!(serve(&town, &feed, 30) > 0);
    assert_eq!(feed.open_incidents(), [0, 0]);
    let report = report(&town, &feed, promotion);
    let lost = |(_, counts): &(Instant, feed::Counts)| counts.get(Outcome::Lost(Cause::Incident));
    assert!(report.waterfall.iter().map(lost).sum::<u64>() > 100);
    assert!(report.shortfall.part(Why::Incident) > 0);
    let minutes = &report.shortfall.minutes;
    let parts = |minute: &feed::shortfall::MinuteShortfall| -> i64 {
        Why::ALL.into_iter().map(|why| minute.part(why)).sum()
    };
    assert!(minutes.iter().all(|minute| parts(minute) == minute.missing()));
}

/// Eight pages are missing in this silence: too few to be sure, enough when people say so.
#[test]
fn what_people_told_makes_an_outage_known_also_after_a_restart() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let slowly = |feed: &Feed, pages: u32| {
        for page in 0..pages {
            town.wait(Span::minutes(1));
            let name = format!("viewer-{page}-{}", town.now());
            feed.select(&Viewer::default(), Some(&name), 1, None);
            feed.run().unwrap();
        }
    };
    slowly(&feed, 90);
    let from = town.now();
    silence(&town, &feed, 8);
    slowly(&feed, 90);
    assert_eq!(report(&town, &feed, promotion).shortfall.part(Why::Outage), 0);
    tell(&town, Component::Selection, IncidentSeverity::Major, from);
    change(
        &town,
        IncidentChange {
            ended_at: Some(Some(from.saturating_add(Span::minutes(8)))),
            ..IncidentChange::default()
        },
    );
    feed.run().unwrap();
    let told = report(&town, &feed, promotion);
    assert!(told.shortfall.part(Why::Outage) > 0);
    // Whom it does not affect it does not explain.
    let other = Affected { promotions: vec![PromotionId::from_bits(7)], ..Affected::default() };
    town.running(7, 500_000);
    change(&town, IncidentChange { affects: Some(other), ..IncidentChange::default() });
    feed.run().unwrap();
    assert_eq!(report(&town, &feed, promotion).shortfall.part(Why::Outage), 0);
    let all = Some(Affected::default());
    change(&town, IncidentChange { affects: all, ..IncidentChange::default() });
    // What was done before is in the log, and what was told in the book.
    feed.close().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    let again = report(&town, &feed, promotion).shortfall;
    let both = told.shortfall.minutes.iter().zip(&again.minutes);
    assert!(both.clone().count() > 180);
    both.for_each(|(one, other)| assert_eq!(one, other));
}

#[test]
fn an_outage_is_detected_once_whoever_looks() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    town.running(1, 500_000);
    let feed = town.feed(folder.path());
    serve(&town, &feed, 30);
    let from = town.now();
    silence(&town, &feed, 10);
    assert_eq!(incidents(&town), []);
    serve(&town, &feed, 3);
    let found = incidents(&town);
    assert_eq!(found.len(), 1);
    assert!(found[0].is_detected() && found[0].is_open());
    let started_at = found[0].latest.terms.started_at;
    assert!(started_at.since(from).is_none_or(|since| since <= Span::minutes(1)));
    assert_eq!(found[0].id, detected_incident_id(Component::Selection, started_at));
    assert_eq!(feed.open_incidents(), [1, 0]);
    // It dies. Another one finds the same in the log, and ends it.
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(feed.open_incidents(), [1, 0]);
    serve(&town, &feed, 10);
    let ended = incidents(&town);
    assert_eq!((ended.len(), ended[0].id), (1, found[0].id));
    let ended_at = ended[0].latest.terms.ended_at.unwrap();
    let lasted = ended_at.since(started_at).unwrap();
    assert!((Span::minutes(9)..=Span::minutes(12)).contains(&lasted), "{lasted:?}");
    assert_eq!(ended[0].latest.actor, Actor::PLATFORM);
    // One without the log, as on another machine, finds it told.
    drop(feed);
    let other = tempdir().unwrap();
    let feed = town.feed(other.path());
    serve(&town, &feed, 20);
    assert_eq!(incidents(&town), ended);
    assert_eq!(feed.open_incidents(), [0, 0]);
}

#[test]
fn pages_that_found_no_feed_are_errors() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    town.running(1, 500_000);
    let feed = town.feed(folder.path());
    serve(&town, &feed, 10);
    let mut opened = Vec::new();
    for _ in 0..3 {
        feed.note_missed(10, 0);
        town.wait(Span::minutes(1));
        opened.extend(feed.run().unwrap().opened);
    }
    assert_eq!(opened, [Component::Selection]);
    let question = Query::Incident(incidents(&town)[0].id);
    let answer = town.running.handle.ask(question).unwrap();
    assert!(matches!(answer, Some(Answer::Incident(row)) if row.is_open()));
    let mut ended = Vec::new();
    for _ in 0..8 {
        serve(&town, &feed, 1);
        ended.extend(incidents(&town).into_iter().filter(|row| !row.is_open()));
    }
    assert!(!ended.is_empty());
}

#[test]
fn what_people_have_told_much_of_is_ended_and_others_are_looked_for() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let fail = |minutes: u32| {
        let mut opened = Vec::new();
        for _ in 0..minutes {
            feed.note_missed(10, 0);
            town.wait(Span::minutes(1));
            opened.extend(feed.run().unwrap().opened);
        }
        opened
    };
    serve(&town, &feed, 10);
    assert_eq!(fail(3), [Component::Selection]);
    let incident = incidents(&town)[0].id;
    // People tell as much of it as there may be.
    let severities = [IncidentSeverity::Critical, IncidentSeverity::Major].into_iter().cycle();
    let told = severities.take_while(|severity| {
        let change =
            Box::new(IncidentChange { severity: Some(*severity), ..IncidentChange::default() });
        let actor = STAFF;
        town.promote(PromotionCommand::CorrectIncident { incident, change, actor }).is_ok()
    });
    assert!(told.count() > 90);
    for page in 0..20 {
        feed.select(&Viewer::default(), Some(&format!("viewer-{page}")), 1, None);
        town.wait(Span::minutes(1));
        feed.run().unwrap();
    }
    assert!(!incidents(&town)[0].is_open());
    let mut opened = Vec::new();
    for _ in 0..3 {
        // An event that says nothing, and events that nobody could take in.
        crate::feed::view(&feed, "nothing");
        feed.note_missed(0, 10);
        town.wait(Span::minutes(1));
        opened.extend(feed.run().unwrap().opened);
    }
    assert_eq!(opened, [Component::Intake]);
}

#[test]
fn pages_of_a_critical_incident_make_no_quotes_cheaper() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let terms = town.promotion(promotion).terms;
    let reserve = promotions::Micros::new(70_000);
    let look = || {
        for number in 0..1_300 {
            town.wait(Span::seconds(70));
            let name = format!("viewer-{}", number % 100);
            feed.select(&Viewer::default(), Some(&name), 1, None);
            if number % 10 == 0 {
                feed.run().unwrap();
            }
        }
        feed.run().unwrap();
        feed.inventory(&terms, reserve, 1)
    };
    tell(&town, Component::Billing, IncidentSeverity::Critical, town.now());
    feed.run().unwrap();
    assert_eq!(look(), None);
    end(&town);
    feed.run().unwrap();
    assert_eq!(look().unwrap().audience_size, 100);
}
