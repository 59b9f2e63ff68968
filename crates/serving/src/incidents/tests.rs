//! What becomes of trouble, minute by minute.

use super::*;
use promotions::EventKind;

fn at(minute: u64) -> Instant {
    Instant::parse("2026-03-01T00:00:00Z").unwrap().saturating_add(Span::minutes(minute))
}

/// Thirty pages a minute, a post on each, an event of each; what `wrong` says fails.
fn done(minutes: u64, wrong: impl Fn(u64) -> &'static str) -> Activity {
    let mut activity = Activity::default();
    for minute in 0..minutes {
        for _ in 0..30 {
            match wrong(minute) {
                "pages" => activity.failure(at(minute)),
                "events" => activity.page(at(minute), 1),
                "busy" => {
                    activity.page(at(minute), 1);
                    activity.refusal(at(minute));
                }
                "silence" => {}
                _ => {
                    activity.page(at(minute), 1);
                    activity.event(EventKind::Impression, at(minute));
                }
            }
        }
    }
    activity
}

/// Follows it each minute, as the feed does; the book decides as it is told.
fn watch(known: &mut Incidents, done: &Activity, minutes: std::ops::Range<u64>) -> Vec<String> {
    let mut told = Vec::new();
    for minute in minutes {
        let seen = done.between(at(0), at(minute));
        let found = feed::shortfall::Trouble::find(&seen, &[], &[]).incidents();
        for finding in known.follow(&found, &seen, [at(0), at(minute)]) {
            let component = finding.component().as_str();
            let what = match &finding {
                Finding::Opened(new) => {
                    format!("{minute} {component} opened {}", new.terms.started_at)
                }
                Finding::Ended(_, _, change) => {
                    format!("{minute} {component} ended {}", change.ended_at.unwrap().unwrap())
                }
            };
            told.push(what);
            keep(known, finding, at(minute));
        }
    }
    told
}

fn keep(known: &mut Incidents, finding: Finding, now: Instant) {
    match finding {
        Finding::Opened(NewIncident { id, component, terms }) => {
            let latest = IncidentVersion { terms, actor: Actor::PLATFORM, at: now };
            known.put(Arc::new(Incident { id, component, latest, earlier: Vec::new() }));
        }
        Finding::Ended(id, _, change) => {
            correct(known, id, Actor::PLATFORM, change.ended_at.unwrap(), now);
        }
    }
}

fn correct(
    known: &mut Incidents,
    id: IncidentId,
    actor: Actor,
    ended_at: Option<Instant>,
    now: Instant,
) {
    let mut incident = known.known[&id].as_ref().clone();
    incident.earlier.push(incident.latest.clone());
    incident.latest.terms.ended_at = ended_at;
    (incident.latest.actor, incident.latest.at) = (actor, now);
    known.put(Arc::new(incident));
}

const STAFF: Actor = Actor { role: Role::Staff, person: None };

#[test]
fn errors_are_an_incident_while_they_last() {
    let done = done(60, |minute| if (20..30).contains(&minute) { "pages" } else { "" });
    let mut known = Incidents::default();
    let told = watch(&mut known, &done, 1..61);
    let expected =
        ["22 selection opened 2026-03-01T00:20:00Z", "35 selection ended 2026-03-01T00:30:00Z"];
    assert_eq!(told, expected);
    assert_eq!(known.open(), [0, 0]);
    // Whoever looks at all of it again, as after a restart, finds nothing new.
    assert_eq!(watch(&mut known, &done, 1..61), Vec::<String>::new());
}

#[test]
fn what_fails_again_soon_is_the_same_incident() {
    let wrong = |minute| match minute {
        20..25 | 28..31 => "busy",
        50..53 => "events",
        _ => "",
    };
    let mut known = Incidents::default();
    let told = watch(&mut known, &done(80, wrong), 1..81);
    let expected = [
        "22 intake opened 2026-03-01T00:20:00Z",
        "36 intake ended 2026-03-01T00:31:00Z",
        "52 intake opened 2026-03-01T00:50:00Z",
        "58 intake ended 2026-03-01T00:53:00Z",
    ];
    assert_eq!(told, expected);
}

#[test]
fn silence_is_found_when_it_is_over() {
    let done = done(90, |minute| if (40..50).contains(&minute) { "silence" } else { "" });
    let told = watch(&mut Incidents::default(), &done, 1..91);
    let expected =
        ["51 selection opened 2026-03-01T00:40:00Z", "55 selection ended 2026-03-01T00:50:00Z"];
    assert_eq!(told, expected);
}

#[test]
fn a_short_or_small_trouble_is_none() {
    let short = done(40, |minute| if minute == 20 { "pages" } else { "" });
    assert_eq!(watch(&mut Incidents::default(), &short, 1..41), Vec::<String>::new());
    let mut small = Activity::default();
    for minute in 0..40 {
        small.page(at(minute), 0);
        if (20..25).contains(&minute) {
            small.failure(at(minute));
        }
    }
    assert_eq!(watch(&mut Incidents::default(), &small, 1..41), Vec::<String>::new());
}

#[test]
fn a_platform_that_never_reports_has_no_intake_that_fails() {
    let done = done(60, |_| "events");
    assert_eq!(watch(&mut Incidents::default(), &done, 1..61), Vec::<String>::new());
}

#[test]
fn a_new_owner_ends_what_it_does_not_find_any_more() {
    let mut known = Incidents::default();
    let errors = done(30, |minute| if minute >= 20 { "pages" } else { "" });
    assert_eq!(watch(&mut known, &errors, 1..31).len(), 1);
    assert_eq!(known.open(), [1, 0]);
    // It has no log of what was before.
    let mut after = Activity::default();
    for minute in 40..60 {
        after.page(at(minute), 0);
    }
    let told = watch(&mut known, &after, 41..61);
    assert_eq!(told, ["45 selection ended 2026-03-01T00:40:00Z"]);
}

#[test]
fn what_was_told_is_no_trouble_that_was_detected() {
    let mut known = Incidents::default();
    let told = IncidentVersion {
        terms: IncidentTerms {
            severity: IncidentSeverity::Critical,
            started_at: at(20),
            ended_at: None,
            affects: Affected::default(),
        },
        actor: STAFF,
        at: at(21),
    };
    let id = IncidentId::from_bits(1);
    let component = Component::Selection;
    known.put(Arc::new(Incident { id, component, latest: told, earlier: Vec::new() }));
    assert!(known.stop_feed());
    let errors = done(60, |minute| if (20..30).contains(&minute) { "pages" } else { "" });
    assert_eq!(watch(&mut known, &errors, 1..61).len(), 2);
    assert_eq!((known.open(), known.told().len()), ([0, 1], 1));
}

#[test]
fn what_people_took_back_or_made_shorter_is_not_opened_again() {
    let errors = done(80, |minute| if (20..40).contains(&minute) { "pages" } else { "" });
    let id = detected_incident_id(Component::Selection, at(20));
    // While it goes on, and after it has ended.
    for told_at in [30, 60] {
        for ended_at in [at(20), at(25)] {
            let mut known = Incidents::default();
            assert!(!watch(&mut known, &errors, 1..told_at).is_empty());
            correct(&mut known, id, STAFF, Some(ended_at), at(told_at));
            assert_eq!(watch(&mut known, &errors, told_at..81), Vec::<String>::new());
            // As a day later, when the beginning is not looked at any more.
            let later = errors.between(at(27), at(80));
            let found = feed::shortfall::Trouble::find(&later, &[], &[]).incidents();
            assert_eq!(found.len(), 1);
            assert_eq!(known.follow(&found, &later, [at(27), at(80)]), []);
        }
    }
    // Trouble that comes later is another one.
    let again = done(120, |minute| match minute {
        20..30 | 70..75 => "pages",
        _ => "",
    });
    let mut known = Incidents::default();
    assert_eq!(watch(&mut known, &again, 1..60).len(), 2);
    correct(&mut known, id, STAFF, Some(at(20)), at(60));
    let expected =
        ["72 selection opened 2026-03-01T01:10:00Z", "80 selection ended 2026-03-01T01:15:00Z"];
    assert_eq!(watch(&mut known, &again, 60..121), expected);
}

#[test]
fn what_people_opened_again_is_theirs_to_end() {
    let errors = done(90, |minute| if (20..30).contains(&minute) { "pages" } else { "" });
    let mut known = Incidents::default();
    assert_eq!(watch(&mut known, &errors, 1..40).len(), 2);
    let id = detected_incident_id(Component::Selection, at(20));
    correct(&mut known, id, STAFF, None, at(40));
    assert_eq!(watch(&mut known, &errors, 40..91), Vec::<String>::new());
    // Also when the trouble is not looked at any more.
    let later = errors.between(at(60), at(90));
    assert_eq!(known.follow(&[], &later, [at(60), at(90)]), []);
    assert_eq!(known.open(), [1, 0]);
}

#[test]
fn what_began_before_is_no_news() {
    let errors = done(60, |minute| if (20..30).contains(&minute) { "pages" } else { "" });
    let found = feed::shortfall::Trouble::find(&errors, &[], &[]).incidents();
    let known = Incidents::default();
    assert_eq!(known.follow(&found, &errors, [at(21), at(60)]), []);
    assert_eq!(known.follow(&found, &errors, [at(20), at(60)]).len(), 1);
}

#[test]
fn a_platform_that_reports_in_batches_has_no_incident_until_they_stay_away() {
    let batches = done(400, |minute| if minute % 15 == 14 { "" } else { "events" });
    assert_eq!(watch(&mut Incidents::default(), &batches, 1..401), Vec::<String>::new());
    let down = |minute| minute % 15 != 14 || (200..300).contains(&minute);
    let batches = done(400, |minute| if down(minute) { "events" } else { "" });
    let told = watch(&mut Incidents::default(), &batches, 1..401);
    let expected = [
        // Three times fourteen minutes.
        "237 intake opened 2026-03-01T03:15:00Z",
        "319 intake ended 2026-03-01T05:14:00Z",
    ];
    assert_eq!(told, expected);
}

/// Follows it as the feed does: three days are known, and of one it is told.
fn watch_days(done: &Activity, hours: std::ops::Range<u64>) -> Vec<String> {
    let mut known = Incidents::default();
    let mut told = Vec::new();
    for hour in hours {
        let now = at(hour * 60);
        let since = now.saturating_sub(Span::days(1));
        let seen = done.between(since.saturating_sub(Span::days(2)), now);
        let found = feed::shortfall::Trouble::find(&seen, &[], &[]).incidents();
        for finding in known.follow(&found, &seen, [since, now]) {
            let what = if matches!(finding, Finding::Opened(_)) { "opened" } else { "ended" };
            told.push(format!("{hour} {} {what}", finding.component().as_str()));
            keep(&mut known, finding, now);
        }
    }
    told
}

/// One post a minute, and what was heard of all once in so many hours.
fn batches(hours: u64, every: u64, stays_away: std::ops::Range<u64>) -> Activity {
    let mut activity = Activity::default();
    for minute in 0..hours * 60 {
        activity.page(at(minute), 1);
        let hour = minute / 60;
        if minute % 60 == 0 && hour % every == every - 1 && !stays_away.contains(&hour) {
            activity.event(EventKind::View, at(minute));
        }
    }
    activity
}

#[test]
fn batches_of_half_a_day_that_stay_away_are_an_incident() {
    let (hours, never) = (240, 0..0);
    for every in [8, 12, 18, 24, 40, 60, 168] {
        let well = batches(hours, every, never.clone());
        assert_eq!(watch_days(&well, 2..hours), Vec::<String>::new(), "every {every}");
    }
    // Three times twelve hours after 95.
    let told = watch_days(&batches(hours, 12, 100..160), 2..hours);
    assert_eq!(told, ["131 intake opened", "168 intake ended"]);
}
