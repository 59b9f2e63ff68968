//! Looks at a PostgreSQL database.

use base::Instant;
use outside::clock::{Clock, SystemClock};
use store::postgres::{Database, ServerFacts};
use store::{Leases, StoreError};

use super::{Finding, Patient};

/// The oldest version that is tested.
const VERSION_MIN: i64 = 150_000;

/// Connections beside those of books: control store, leases, and some to work with.
const OTHER_CONNECTIONS: i64 = 10;

/// Seconds by which the clocks of the database and of this machine may differ.
const CLOCKS_APART_MAX: i64 = 5;

/// What the server told, and when it was asked.
pub(super) type Told = Result<(ServerFacts, Instant), StoreError>;

pub(super) fn it_answers(patient: &Patient<'_>) -> Finding {
    judge(patient, |facts, _| judge_server(facts))
}

fn judge_server(facts: &ServerFacts) -> Finding {
    let version = (facts.version / 10_000, facts.version % 10_000);
    let found = format!("PostgreSQL {}.{}", version.0, version.1);
    if facts.version < VERSION_MIN {
        return Finding::fail(found, "use PostgreSQL 15 or later");
    }
    if facts.is_standby {
        let fix = "name the primary, or promote this server: docs/operations.md";
        return Finding::fail(format!("{found}, a standby that takes no writes"), fix);
    }
    Finding::ok(found)
}

/// Whether what was committed survives a loss of power.
pub(super) fn commits_are_durable(patient: &Patient<'_>) -> Finding {
    judge(patient, |facts, _| judge_durability(facts))
}

fn judge_durability(facts: &ServerFacts) -> Finding {
    for (setting, value) in [("fsync", &facts.fsync), ("full_page_writes", &facts.full_page_writes)]
    {
        if value != "on" {
            let fix = format!("set {setting} = on in postgresql.conf and restart PostgreSQL");
            return Finding::fail(format!("{setting} is {value}: a crash loses money"), fix);
        }
    }
    if matches!(facts.synchronous_commit.as_str(), "off" | "local") {
        let found = format!("synchronous_commit is {}", facts.synchronous_commit);
        let fix = "makegood turns it on for itself; set it in postgresql.conf for other programs";
        return Finding::warn(found, fix);
    }
    Finding::ok("fsync, full_page_writes and synchronous_commit are on")
}

/// Whether an answered command is on a second machine too.
pub(super) fn standby_is_waited_for(patient: &Patient<'_>) -> Finding {
    judge(patient, |facts, _| judge_standbys(facts))
}

fn judge_standbys(facts: &ServerFacts) -> Finding {
    if facts.standbys.is_empty() {
        let fix = "set synchronous_standby_names, or keep backups: docs/operations.md";
        return Finding::warn("no standby is waited for: this server is the only copy", fix);
    }
    Finding::ok(format!("commits wait for {}", facts.standbys))
}

pub(super) fn connections_suffice(patient: &Patient<'_>) -> Finding {
    judge(patient, |facts, _| judge_connections(patient, facts))
}

fn judge_connections(patient: &Patient<'_>, facts: &ServerFacts) -> Finding {
    let books = i64::try_from(patient.books().len()).unwrap_or(i64::MAX);
    let readers = i64::try_from(patient.settings.readers_per_book).unwrap_or(i64::MAX);
    // As if it owned every book; readers it has for those of others too.
    let wanted = readers.saturating_add(3).saturating_mul(books).saturating_add(OTHER_CONNECTIONS);
    let found = format!("{wanted} for one process, {} allowed", facts.connections_max);
    if facts.connections_max < wanted {
        return Finding::fail(found, "raise max_connections, or lower readers_per_book");
    }
    if facts.connections_max < 2 * wanted {
        return Finding::warn(found, "raise max_connections before a second process joins");
    }
    Finding::ok(found)
}

/// Whether this machine and the database tell the same time, by which leases are understood.
pub(super) fn clocks_agree(patient: &Patient<'_>) -> Finding {
    judge(patient, |facts, asked_at| judge_clocks(asked_at, facts.now_micros))
}

fn judge_clocks(here: Instant, there_micros: i64) -> Finding {
    let seconds = here.micros().abs_diff(there_micros) / 1_000_000;
    let found = format!("{seconds} s apart");
    if seconds > CLOCKS_APART_MAX.unsigned_abs() {
        return Finding::warn(found, "keep both machines' clocks with a time service");
    }
    Finding::ok(found)
}

pub(super) fn books_are_owned(patient: &Patient<'_>) -> Finding {
    let Some(address) = patient.settings.database() else { return Finding::ok("not a database") };
    let owners = Database::at(address).and_then(|database| database.leases()?.owners());
    match owners {
        Ok(owners) if owners.is_empty() => Finding::ok("no process serves a book now"),
        Ok(owners) => {
            let told =
                owners.iter().map(|(book, owner)| format!("{book} at {}", owner.member.address));
            Finding::ok(told.collect::<Vec<_>>().join(", "))
        }
        Err(error) => Finding::fail(error.to_string(), "see the first finding"),
    }
}

/// Judges what the server told; one that tells nothing is a finding of its own.
fn judge(patient: &Patient<'_>, judge: impl Fn(&ServerFacts, Instant) -> Finding) -> Finding {
    match patient.server.get_or_init(|| ask(patient)) {
        Ok((facts, asked_at)) => judge(facts, *asked_at),
        Err(error) => Finding::fail(error.to_string(), fix_of(patient)),
    }
}

/// What to do about a database that tells nothing: its address cannot be used, or nobody answers.
fn fix_of(patient: &Patient<'_>) -> &'static str {
    match Database::at(patient.settings.database().unwrap_or_default()) {
        Err(_) => "correct MAKEGOOD_DATABASE or --database: docs/postgresql.md has its form",
        Ok(_) => "start PostgreSQL, and check address, user and password in MAKEGOOD_DATABASE",
    }
}

/// Whether the database tells anything.
pub(super) fn answers(patient: &Patient<'_>) -> bool {
    patient.server.get_or_init(|| ask(patient)).is_ok()
}

fn ask(patient: &Patient<'_>) -> Told {
    let facts = Database::at(patient.settings.database().unwrap_or_default())?.facts()?;
    Ok((facts, SystemClock::new().now()))
}

#[cfg(test)]
mod tests {
    use super::super::Grade;
    use super::*;

    fn sound() -> ServerFacts {
        ServerFacts {
            version: 150_018,
            is_standby: false,
            fsync: "on".into(),
            full_page_writes: "on".into(),
            synchronous_commit: "on".into(),
            standbys: String::new(),
            connections_max: 100,
            now_micros: 0,
        }
    }

    #[test]
    fn settings_that_lose_money_are_told() {
        assert_eq!(judge_durability(&sound()).grade, Grade::Ok);
        let off = || "off".to_owned();
        let without_sync = ServerFacts { fsync: off(), ..sound() };
        assert_eq!(judge_durability(&without_sync).grade, Grade::Fail);
        let with_torn_pages = ServerFacts { full_page_writes: off(), ..sound() };
        assert_eq!(judge_durability(&with_torn_pages).grade, Grade::Fail);
        let lazy = ServerFacts { synchronous_commit: off(), ..sound() };
        assert_eq!(judge_durability(&lazy).grade, Grade::Warn);
    }

    #[test]
    fn clocks_that_differ_are_told() {
        let now = Instant::from_micros(1_800_000_000_000_000);
        assert_eq!(judge_clocks(now, now.micros() - 4_000_000).grade, Grade::Ok);
        assert_eq!(judge_clocks(now, now.micros() + 60_000_000).grade, Grade::Warn);
    }
}
