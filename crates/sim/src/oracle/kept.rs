//! One table of the oracle, with a way back.

use std::collections::BTreeMap;

/// Rows in key order, and what they were before, as long as that may be asked for.
#[derive(Debug)]
pub struct Kept<K, V> {
    rows: BTreeMap<K, V>,
    before: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Kept<K, V> {
        Kept { rows: BTreeMap::new(), before: Vec::new() }
    }
}

impl<K: Ord + Copy, V: Clone> Kept<K, V> {
    /// The row of a key.
    pub fn get(&self, key: K) -> Option<&V> {
        self.rows.get(&key)
    }

    /// Keeps a row.
    pub fn put(&mut self, key: K, value: V) {
        let before = self.rows.insert(key, value);
        self.before.push((key, before));
    }

    /// Every row, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// A place to go back to.
    pub fn mark(&self) -> usize {
        self.before.len()
    }

    /// Takes back what was put since.
    pub fn roll_back(&mut self, mark: usize) {
        for (key, before) in self.before.drain(mark..).rev() {
            match before {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
    }

    /// What was before is not asked for any more.
    pub fn settle(&mut self) {
        self.before.clear();
    }
}
