//! Incidents that people tell of, those that are detected, and what happens to accounts.

use std::fmt::Write;

use crate::script::check;

#[test]
fn people_tell_of_an_incident_and_correct_it() {
    check(
        "incident I selection major from=-600 as=Ann
            => I:open I.versions 1 I.severity major I.lasted - I.affects - I.source told
            => events incident.declared
         incident I intake minor -> id_taken
         wait 60
         correct I until=-30 => I:ended I.lasted 630 I.versions 2 events incident.ended
         correct I until=-30 -> nothing_to_change
         correct I minor from=-900 as=Bob
            => I.lasted 870 I.severity minor I.versions 3 events incident.updated
         correct I until=none => I:open I.versions 4 events incident.updated
         correct I until=-900 => I:ended I.lasted 0                    # there was none
         correct J minor -> incident_not_found",
    );
}

#[test]
fn what_is_told_late_is_kept_as_it_was_told() {
    check(
        "wait 9d
         incident I billing critical from=-8d until=-7d
            => I:ended I.lasted 86400 I.stops no events incident.declared
         incident J billing critical from=-8d until=-9d -> ends_before_start
         incident K counters minor from=30                             # clocks of two machines
         incident L counters minor from=61 -> in_future
         incident M counters minor from=-1 until=61 -> in_future
         correct K from=61 -> in_future
         correct I from=-1 -> ends_before_start",
    );
}

#[test]
fn an_incident_names_whom_it_affects() {
    check(
        "creator C 0
         compose P 5000
         compose Q 5000
         incident I intake critical of=Q,P,Q regions=US-CA,DE
            => I.affects P,Q,DE,US-CA I.stops no
         incident J intake critical of=P,X -> promotion_not_found
         correct I of=X -> promotion_not_found
         correct I everybody => I.affects - I.stops yes
         correct I regions=FR => I.affects FR",
    );
}

/// Only what people call critical, of a part of the feed, for everybody, while it goes on.
#[test]
fn what_stops_the_feed() {
    check(
        "incident A selection critical => A.stops yes
         incident B selection major => B.stops no
         incident C other critical => C.stops no
         incident D selection critical platform => D.stops no D.source detected
            => events incident.detected
         correct A until=0 => A.stops no
         correct D until=0 platform => D.source detected D:ended events incident.ended",
    );
}

#[test]
fn what_an_incident_holds_is_limited() {
    let mut script = String::from("creator C 0\n");
    let mut names = Vec::new();
    for number in 0..101 {
        let _ = writeln!(script, "compose P{number} 5000 post=p");
        names.push(format!("P{number}"));
    }
    let _ = writeln!(script, "incident I other minor of={} -> limit_exceeded", names.join(","));
    let _ = writeln!(script, "incident I other minor of={}", names[1..].join(","));
    for number in 0..99 {
        let _ = writeln!(script, "correct I {}", if number % 2 == 0 { "major" } else { "minor" });
    }
    script += "correct I minor -> limit_exceeded
         wait 1 => I.versions 100
         correct I until=0 => I:ended I.versions 101 events incident.ended
         correct I until=none -> limit_exceeded";
    check(&script);
}

#[test]
fn signals_are_kept_in_order_each_once() {
    check(
        "signal Kim new_device at=-60 device=7 => Kim.signals new_device Kim.dropped 0 events -
         signal Kim dormant at=-90 => Kim.signals dormant,new_device
         signal Kim new_device at=-60 device=8 => Kim.signals dormant,new_device,new_device
         signal Kim new_device at=-60 device=7 => Kim.signals dormant,new_device,new_device
         signal Lee email_changed => Lee.signals email_changed Mia.signals -
         signal Kim new_admin at=30
         signal Kim new_admin at=61 -> in_future",
    );
}

#[test]
fn a_person_has_as_many_signals_as_are_kept() {
    let mut script = String::new();
    for ago in (1..=100).rev() {
        let _ = writeln!(script, "signal Kim limit_raised at=-{ago}");
    }
    script += "signal Kim new_device at=-200 -> signal_too_old
         signal Kim limit_raised at=-100 => Kim.dropped 0
         signal Kim new_device => Kim.dropped 1
         signal Kim limit_raised at=-100 -> signal_too_old
         signal Kim new_device => Kim.dropped 1";
    check(&script);
}
