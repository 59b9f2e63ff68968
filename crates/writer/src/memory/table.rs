//! One table in memory: rows that changed, and rows that may be asked for again.

use std::collections::BTreeSet;
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

/// Rows of one table. Changed rows are *unswept*: their table does not have them yet, so they
/// stay. The others are *clean*, and there is room for so many: every shard has two generations
/// of them; when the young one is full it becomes the old one, and the old one is forgotten.
pub(crate) struct Table<K, V> {
    shards: Vec<Shard<K, V>>,
    /// Keys of unswept rows, for the sweep goes through them in key order.
    unswept: BTreeSet<K>,
    young_rows_max: usize,
}

struct Shard<K, V> {
    young: HashMap<K, Slot<V>>,
    old: HashMap<K, V>,
    /// Clean rows in the young generation.
    young_clean: usize,
}

struct Slot<V> {
    value: V,
    /// Sequence of the last change while it is unswept; zero when it is clean.
    seq: u64,
}

/// How to take back one [`Table::put`].
pub(crate) enum Undo<V> {
    /// The row was not in memory.
    Forget,
    /// The row was as its table has it.
    Clean(V),
    /// The row had been changed before.
    Unswept(V, u64),
}

impl<K: Spread, V: Clone> Table<K, V> {
    /// A table for at most about `clean_rows_max` clean rows.
    pub(crate) fn new(clean_rows_max: usize) -> Table<K, V> {
        let shard = |_| Shard { young: HashMap::new(), old: HashMap::new(), young_clean: 0 };
        Table {
            shards: (0..SHARDS).map(shard).collect(),
            unswept: BTreeSet::new(),
            young_rows_max: (clean_rows_max / SHARDS / 2).max(1),
        }
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let shard = &self.shards[key.spread() % SHARDS];
        match shard.young.get(&key) {
            Some(slot) => Some(&slot.value),
            None => shard.old.get(&key),
        }
    }

    /// Changes a row; the result takes it back.
    pub(crate) fn put(&mut self, key: K, value: V, seq: u64) -> Undo<V> {
        let shard = &mut self.shards[key.spread() % SHARDS];
        if let Some(slot) = shard.young.get_mut(&key) {
            let before = std::mem::replace(&mut slot.value, value);
            let seq_before = std::mem::replace(&mut slot.seq, seq);
            if seq_before != 0 {
                return Undo::Unswept(before, seq_before);
            }
            shard.young_clean -= 1;
            self.unswept.insert(key);
            return Undo::Clean(before);
        }
        self.unswept.insert(key);
        shard.young.insert(key, Slot { value, seq });
        shard.old.remove(&key).map_or(Undo::Forget, Undo::Clean)
    }

    pub(crate) fn undo(&mut self, key: K, undo: Undo<V>) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        let (value, seq) = match undo {
            Undo::Forget => {
                shard.young.remove(&key);
                self.unswept.remove(&key);
                return;
            }
            Undo::Clean(value) => {
                shard.young_clean += 1;
                self.unswept.remove(&key);
                (value, 0)
            }
            Undo::Unswept(value, seq) => (value, seq),
        };
        shard.young.insert(key, Slot { value, seq });
    }

    /// Keeps a row that was read from its table, unless memory knows better.
    pub(crate) fn keep(&mut self, key: K, value: V) {
        if self.get(key).is_none() {
            let shard = &mut self.shards[key.spread() % SHARDS];
            shard.make_room(self.young_rows_max);
            shard.young.insert(key, Slot { value, seq: 0 });
            shard.young_clean += 1;
        }
    }

    /// Unswept rows in key order from `from` on, each with the sequence of its last change.
    pub(crate) fn unswept_from(&self, from: K) -> impl Iterator<Item = (K, &V, u64)> {
        self.unswept.range(from..).map(|key| {
            let slot = self.shards[key.spread() % SHARDS].young.get(key);
            let slot = slot.expect("an unswept row stays in the young generation");
            (*key, &slot.value, slot.seq)
        })
    }

    /// The row is in its table as of `seq`: it becomes clean unless it was changed since.
    pub(crate) fn swept(&mut self, key: K, seq: u64) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        if let Some(slot) = shard.young.get_mut(&key).filter(|slot| slot.seq == seq) {
            slot.seq = 0;
            shard.young_clean += 1;
            self.unswept.remove(&key);
            shard.make_room(self.young_rows_max);
        }
    }

    /// As [`Table::swept`], for a row that nobody is likely to ask for again.
    pub(crate) fn swept_and_done(&mut self, key: K, seq: u64) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        if shard.young.get(&key).is_some_and(|slot| slot.seq == seq) {
            shard.young.remove(&key);
            self.unswept.remove(&key);
        }
    }

    pub(crate) fn unswept_rows(&self) -> usize {
        self.unswept.len()
    }
}

impl<K: Spread, V> Shard<K, V> {
    /// Turns the generations when the young one is full; unswept rows stay young.
    fn make_room(&mut self, young_rows_max: usize) {
        if self.young_clean < young_rows_max {
            return;
        }
        let is_clean = |_: &K, slot: &mut Slot<V>| slot.seq == 0;
        self.old = self.young.extract_if(is_clean).map(|(key, slot)| (key, slot.value)).collect();
        self.young_clean = 0;
    }
}
