//! One table of the oracle, with a way back.

use std::collections::BTreeMap;

/// Rows in key order, and what they were before, as long as that may be asked for.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    rows: BTreeMap<K, V>,
    before: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Kept<K, V> {
        Kept { rows: BTreeMap::new(), before: Vec::new() }
    }
}

impl<K: Ord + Copy, V: Clone> Kept<K, V> {
    pub(super) fn get(&self, key: K) -> Option<&V> {
        self.rows.get(&key)
    }

    pub(super) fn put(&mut self, key: K, value: V) {
        let before = self.rows.insert(key, value);
        self.before.push((key, before));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    pub(super) fn mark(&self) -> usize {
        self.before.len()
    }

    pub(super) fn roll_back(&mut self, mark: usize) {
        for (key, before) in self.before.drain(mark..).rev() {
            match before {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
    }

    /// What was before is not asked for any more.
    pub(super) fn settle(&mut self) {
        self.before.clear();
    }
}
