//! Migrations: what was done to the tables of a book, or of the control store, once and in order.

use journal::{Value, ValueSource};
use sha2::{Digest, Sha256};

use super::{SqlConnection, collect, columns, unsigned};
use crate::StoreError;
use crate::catalogue::migrations;

/// A change to the tables. Once released, neither number nor text changes.
pub(crate) struct Migration {
    /// Counted from 1 without gaps.
    pub number: u32,
    /// For people.
    pub name: &'static str,
    /// DDL in neutral words.
    pub text: &'static str,
}

/// Migrations of a book.
pub(crate) const OF_BOOKS: &[Migration] = &[
    Migration {
        number: 1,
        name: "tables",
        text: include_str!("../../migrations/book/0001_tables.sql"),
    },
    Migration {
        number: 2,
        name: "views",
        text: include_str!("../../migrations/book/0002_views.sql"),
    },
    // Compressing a page of hashes takes longer than writing it.
    Migration {
        number: 3,
        name: "whole pages",
        text: include_str!("../../migrations/book/0003_whole_pages.sql"),
    },
    // How far the journal was removed.
    Migration {
        number: 4,
        name: "removed",
        text: include_str!("../../migrations/book/0004_removed.sql"),
    },
    // Bought cards and gifts, holds of checkouts.
    Migration {
        number: 5,
        name: "gifts",
        text: include_str!("../../migrations/book/0005_gifts.sql"),
    },
    // Payments and the shop.
    Migration {
        number: 6,
        name: "shop",
        text: include_str!("../../migrations/book/0006_shop.sql"),
    },
    // What lists of checkouts, payments and refunds over rails find their rows by.
    Migration {
        number: 7,
        name: "shop lists",
        text: include_str!("../../migrations/book/0007_shop_lists.sql"),
    },
    // Gift cards that checkouts sell; a reason that a view did not name.
    Migration {
        number: 8,
        name: "purchases",
        text: include_str!("../../migrations/book/0008_purchases.sql"),
    },
    // What is owed of a payment, and what lost disputes have paid.
    Migration {
        number: 9,
        name: "owed",
        text: include_str!("../../migrations/book/0009_owed.sql"),
    },
    // Settlement files of rails.
    Migration {
        number: 10,
        name: "settlements",
        text: include_str!("../../migrations/book/0010_settlements.sql"),
    },
    // Which dispute took what of which card; a state of its own for refunds that one keeps back.
    Migration {
        number: 11,
        name: "disputes",
        text: include_str!("../../migrations/book/0011_disputes.sql"),
    },
    // Where payers come back to after a challenge.
    Migration {
        number: 12,
        name: "return url",
        text: include_str!("../../migrations/book/0012_return_url.sql"),
    },
    // What rails call payments, refunds and disputes.
    Migration {
        number: 13,
        name: "rail references",
        text: include_str!("../../migrations/book/0013_rail_references.sql"),
    },
    // Goodwill on cards, what of it holds have taken, and what cards have given back.
    Migration {
        number: 14,
        name: "goodwill",
        text: include_str!("../../migrations/book/0014_goodwill.sql"),
    },
    // Reasons of promotions, in the view of entries.
    Migration {
        number: 15,
        name: "promotion words",
        text: include_str!("../../migrations/book/0015_promotion_words.sql"),
    },
    // When bought gifts that nobody has claimed go back.
    Migration {
        number: 16,
        name: "unclaimed",
        text: include_str!("../../migrations/book/0016_unclaimed.sql"),
    },
    // Who gives cards: how much they send, who has reported and who has blocked them.
    Migration {
        number: 17,
        name: "senders",
        text: include_str!("../../migrations/book/0017_senders.sql"),
    },
    // Promotions, their posts, slices, deeds and settlements, and how far deliveries were billed.
    Migration {
        number: 18,
        name: "promotions",
        text: include_str!("../../migrations/book/0018_promotions.sql"),
    },
    // Times at which something did not work, and what happened to accounts of persons.
    Migration {
        number: 19,
        name: "incidents",
        text: include_str!("../../migrations/book/0019_incidents.sql"),
    },
    // Claims and restitutions, and what settlements have to do with them.
    Migration {
        number: 20,
        name: "claims",
        text: include_str!("../../migrations/book/0020_claims.sql"),
    },
    // When the platform looks at claims and at what it owes unasked.
    Migration {
        number: 21,
        name: "claims due",
        text: include_str!("../../migrations/book/0021_claims_due.sql"),
    },
    // What payers were paid without anybody looking, accounts that are frozen, and suspects.
    Migration {
        number: 22,
        name: "accounts",
        text: include_str!("../../migrations/book/0022_accounts.sql"),
    },
    // What advertisers have under way, what of it is counted, and methods that were declined.
    Migration {
        number: 23,
        name: "advertisers",
        text: include_str!("../../migrations/book/0023_advertisers.sql"),
    },
    // Claims of a person.
    Migration {
        number: 24,
        name: "claimants",
        text: include_str!("../../migrations/book/0024_claimants.sql"),
    },
    // When posts were published.
    Migration {
        number: 25,
        name: "posts",
        text: include_str!("../../migrations/book/0025_posts.sql"),
    },
    // Restitutions that are late, or that their order refuses to send; claims of a
    // year; what stops that failed have cost.
    Migration {
        number: 26,
        name: "stuck",
        text: include_str!("../../migrations/book/0026_stuck.sql"),
    },
    // Who has claimed over which instrument.
    Migration {
        number: 27,
        name: "instruments",
        text: include_str!("../../migrations/book/0027_instruments.sql"),
    },
    // What persons have done about payouts of claims that an order does not send.
    Migration {
        number: 28,
        name: "payouts_resolved",
        text: include_str!("../../migrations/book/0028_payouts_resolved.sql"),
    },
];

/// Migrations of the control store.
pub(crate) const OF_CONTROL: &[Migration] = &[
    Migration {
        number: 1,
        name: "tables",
        text: include_str!("../../migrations/control/0001_tables.sql"),
    },
    Migration {
        number: 2,
        name: "incarnation",
        text: include_str!("../../migrations/control/0002_incarnation.sql"),
    },
    // For processes that share a database; one that has its files to itself leaves it empty.
    Migration {
        number: 3,
        name: "leases",
        text: include_str!("../../migrations/control/0003_leases.sql"),
    },
    Migration {
        number: 4,
        name: "webhooks",
        text: include_str!("../../migrations/control/0004_webhooks.sql"),
    },
    Migration {
        number: 5,
        name: "mail",
        text: include_str!("../../migrations/control/0005_mail.sql"),
    },
    // Mails are about more than the sendings of cards.
    Migration {
        number: 6,
        name: "mail causes",
        text: include_str!("../../migrations/control/0006_mail_causes.sql"),
    },
];

/// Runs what has not been run on these tables, each migration in a transaction of its own. The
/// row that notes a migration is its guard: of two processes that run it at the same time, one
/// waits for the other's row and then finds it there.
///
/// # Errors
///
/// [`StoreError::Newer`] for tables of a later release, and [`StoreError::Corrupt`] when a
/// migration was run with another text than ours.
pub(crate) fn run<C: SqlConnection>(
    connection: &mut C,
    known: &[Migration],
) -> Result<(), StoreError> {
    connection.define(migrations::CREATE)?;
    for migration in missing(connection, known)? {
        let values = [
            Value::Int(i64::from(migration.number)),
            Value::Text(migration.name.to_owned()),
            Value::Bytes(migration.checksum().to_vec()),
        ];
        connection.write(|connection| {
            if connection.change(migrations::INSERT, &values)? == 1 {
                connection.define(migration.text)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// For readers, which change nothing: refuses tables that have not been brought up to date.
pub(crate) fn require_current<C: SqlConnection>(
    connection: &mut C,
    known: &[Migration],
) -> Result<(), StoreError> {
    if missing(connection, known)?.is_empty() {
        Ok(())
    } else {
        let text = "its tables are older than this release; start `makegood serve` on it once";
        Err(StoreError::Unavailable(text.to_owned()))
    }
}

impl Migration {
    fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.text).into()
    }
}

/// Those of `known` that were not run on these tables.
fn missing<'a, C: SqlConnection>(
    connection: &mut C,
    known: &'a [Migration],
) -> Result<&'a [Migration], StoreError> {
    let run = collect(connection, migrations::SELECT, &[], |row| {
        let mut source = columns(row, 0, 3);
        let (number, _name) = (unsigned(source.int()?)?, source.text()?);
        Ok((number, source.bytes()?))
    })?;
    for ((number, checksum), migration) in run.iter().zip(known) {
        if *number != u64::from(migration.number) || *checksum != migration.checksum() {
            let text = format!("migration {number} was not run as this release knows it");
            return Err(StoreError::Corrupt(text));
        }
    }
    if run.len() > known.len() {
        let found = run.last().and_then(|(number, _)| u32::try_from(*number).ok());
        let known = known.last().map_or(0, |last| last.number);
        return Err(StoreError::Newer { found: found.unwrap_or(u32::MAX), known });
    }
    Ok(&known[run.len()..])
}
