use std::collections::{BTreeMap, BTreeSet};

use base::Instant;

/// A table of limited size whose entries are filed under an instant, and leave in that order.
///
/// Ordered maps rather than hash maps: nobody can choose keys that make them slow, and their
/// order is the same on every machine.
#[derive(Debug)]
pub(super) struct RecentTable<K, V> {
    entries_max: usize,
    entries: BTreeMap<K, (Instant, V)>,
    in_order: BTreeSet<(Instant, K)>,
}

impl<K: Ord + Copy, V> RecentTable<K, V> {
    pub(super) fn new(entries_max: usize) -> Self {
        Self { entries_max, entries: BTreeMap::new(), in_order: BTreeSet::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        self.entries.get(&key).map(|(_, value)| value)
    }

    /// To change a value without filing it anew.
    pub(super) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        self.entries.get_mut(&key).map(|(_, value)| value)
    }

    /// Whether putting `key` needs room that is not there.
    pub(super) fn is_full_for(&self, key: K) -> bool {
        self.entries.len() >= self.entries_max && !self.entries.contains_key(&key)
    }

    /// Files `value` under `at`, in place of what there was.
    ///
    /// # Panics
    ///
    /// When [`RecentTable::is_full_for`] this key: the caller decides how to make room.
    pub(super) fn put(&mut self, key: K, at: Instant, value: V) {
        assert!(!self.is_full_for(key), "the caller makes room first");
        if let Some((former, _)) = self.entries.insert(key, (at, value)) {
            self.in_order.remove(&(former, key));
        }
        self.in_order.insert((at, key));
    }

    /// The earliest instant that something is filed under.
    pub(super) fn first_at(&self) -> Option<Instant> {
        self.in_order.first().map(|(at, _)| *at)
    }

    pub(super) fn remove_first(&mut self) {
        if let Some((_, key)) = self.in_order.pop_first() {
            self.entries.remove(&key);
        }
    }

    pub(super) fn remove(&mut self, key: K) -> Option<V> {
        let (at, value) = self.entries.remove(&key)?;
        self.in_order.remove(&(at, key));
        Some(value)
    }
}
