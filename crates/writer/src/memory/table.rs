//! One table in memory: changed rows in key order, clean rows in a cache.

use std::collections::{BTreeMap, btree_map};
use std::ops::Bound;

use crate::memory::cache::{Cache, Spread};

/// Rows of one table.
pub(crate) struct Table<K, V> {
    dirty: BTreeMap<K, Dirty<V>>,
    clean: Cache<K, V>,
}

/// A row that its table does not have yet.
pub(crate) struct Dirty<V> {
    pub(crate) value: V,
    /// Sequence of the last change.
    pub(crate) seq: u64,
}

/// How to take back one [`Table::put`].
pub(crate) enum Undo<V> {
    /// The row was clean, or not there.
    Forget,
    /// The row had been changed before.
    Restore(V, u64),
}

impl<K: Spread, V: Clone> Table<K, V> {
    pub(crate) fn new(clean_rows_max: usize) -> Table<K, V> {
        Table { dirty: BTreeMap::new(), clean: Cache::new(clean_rows_max) }
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        match self.dirty.get(&key) {
            Some(dirty) => Some(&dirty.value),
            None => self.clean.get(key),
        }
    }

    /// Changes a row; the result takes it back.
    pub(crate) fn put(&mut self, key: K, value: V, seq: u64) -> Undo<V> {
        match self.dirty.entry(key) {
            btree_map::Entry::Occupied(mut place) => {
                let dirty = place.get_mut();
                let before = std::mem::replace(&mut dirty.value, value);
                Undo::Restore(before, std::mem::replace(&mut dirty.seq, seq))
            }
            btree_map::Entry::Vacant(place) => {
                place.insert(Dirty { value, seq });
                Undo::Forget
            }
        }
    }

    pub(crate) fn undo(&mut self, key: K, undo: Undo<V>) {
        match undo {
            Undo::Forget => {
                self.dirty.remove(&key);
            }
            Undo::Restore(value, seq) => {
                if let Some(dirty) = self.dirty.get_mut(&key) {
                    dirty.value = value;
                    dirty.seq = seq;
                }
            }
        }
    }

    /// Keeps a row that was read from its table.
    pub(crate) fn keep(&mut self, key: K, value: V) {
        self.clean.put(key, value);
    }

    /// Changed rows in key order from `from` on.
    pub(crate) fn dirty_from(&self, from: Bound<K>) -> btree_map::Range<'_, K, Dirty<V>> {
        self.dirty.range((from, Bound::Unbounded))
    }

    /// The row is in its table as of `seq`: it becomes clean unless it was changed since.
    pub(crate) fn swept(&mut self, key: K, seq: u64) {
        if let btree_map::Entry::Occupied(place) = self.dirty.entry(key)
            && place.get().seq == seq
        {
            let dirty = place.remove();
            self.clean.put(key, dirty.value);
        }
    }

    pub(crate) fn dirty_rows(&self) -> usize {
        self.dirty.len()
    }
}
