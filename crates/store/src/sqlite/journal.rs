//! Blocks into the journal table, and out of it.

use ::journal::{Block, ValueSink};
use rusqlite::Connection;

use super::values::Binder;
use crate::catalogue::journal;
use crate::sql::signed;
use crate::{Head, StoreError};

/// Appends a block.
pub(super) fn insert(connection: &Connection, block: &Block) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(journal::INSERT)?;
    let mut binder = Binder::new(&mut statement);
    binder.int(signed(block.first_seq));
    binder.int(signed(block.last_seq()));
    binder.int(signed(block.epoch));
    binder.int(block.at_micros);
    binder.bytes(&block.previous_hash);
    binder.bytes(&block.hash);
    binder.bytes(&block.body);
    binder.execute()?;
    Ok(())
}

/// Deletes the blocks that leave the journal between two heads.
pub(super) fn remove(
    connection: &Connection,
    expected: &Head,
    next: &Head,
) -> Result<(), StoreError> {
    if next.removed > expected.removed {
        let mut statement = connection.prepare_cached(journal::REMOVE)?;
        statement.execute([signed(next.removed)])?;
    }
    Ok(())
}
