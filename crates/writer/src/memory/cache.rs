//! Clean rows: a bounded cache that never stalls.

use std::hash::Hash;

use hashbrown::HashMap;

/// Spreads keys over shards by bits that are random in every key.
pub(crate) trait Spread: Copy + Eq + Hash + Ord {
    /// A few random bits of the key.
    fn spread(self) -> usize;
}

/// Shards keep each growth step of a map, and each turn of the generations, in the range of
/// microseconds; one large map would stop the writer for tens of milliseconds.
pub(crate) const SHARDS: usize = 256;

/// Rows that are in their tables. Every shard has two generations: rows arrive in the young one;
/// when it is full it becomes the old one, and the old one is forgotten.
pub(crate) struct Cache<K, V> {
    shards: Vec<Shard<K, V>>,
    young_rows_max: usize,
}

struct Shard<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Spread, V> Cache<K, V> {
    /// A cache for at most about `rows_max` rows.
    pub(crate) fn new(rows_max: usize) -> Cache<K, V> {
        let shard = |_| Shard { young: HashMap::new(), old: HashMap::new() };
        let shards = (0..SHARDS).map(shard).collect();
        Cache { shards, young_rows_max: (rows_max / SHARDS / 2).max(1) }
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let shard = &self.shards[key.spread() % SHARDS];
        shard.young.get(&key).or_else(|| shard.old.get(&key))
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        if shard.young.len() >= self.young_rows_max {
            shard.old = std::mem::take(&mut shard.young);
        }
        // A row that is known already keeps its place, so that it is not counted twice.
        match shard.old.get_mut(&key) {
            Some(known) => *known = value,
            None => {
                shard.young.insert(key, value);
            }
        }
    }
}
