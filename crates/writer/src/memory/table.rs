//! One table in memory: rows that changed, and rows that may be asked for again.

use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};
use std::hash::Hash;

use hashbrown::HashMap;

/// Spreads keys over shards.
pub(crate) trait Spread: Copy + Eq + Hash + Ord {
    /// A number below 256 that is as good as random.
    fn spread(self) -> usize;
}

/// Shards keep each growth step of a map in the range of microseconds; one large map would stop
/// the writer for tens of milliseconds.
pub(crate) const SHARDS: usize = 256;

/// Clean rows a shard has room for at least: more than one command needs of any table but the
/// holds, so that what it asked for is not forgotten before it is decided.
const SHARD_ROWS_MIN: usize = 8;

/// Rows of one table. Changed rows are *unswept*: their table does not have them yet, so they
/// stay. The others are *clean*, and there is room for so many: each shard forgets the row that
/// has been clean the longest and was not asked for since it was last considered (the rule is
/// known as *second chance*; Tanenbaum, "Modern Operating Systems", page replacement).
pub(crate) struct Table<K, V> {
    shards: Vec<Shard<K, V>>,
    /// Keys of unswept rows, for the sweep goes through them in key order.
    unswept: BTreeSet<K>,
    /// Clean rows of one shard, at most.
    clean_max: usize,
}

struct Shard<K, V> {
    rows: HashMap<K, Slot<V>>,
    /// Every clean row once, the next to be considered first, and some that were clean before.
    queue: VecDeque<K>,
    clean: usize,
}

struct Slot<V> {
    value: V,
    /// Sequence of the last change while it is unswept; zero when it is clean.
    seq: u64,
    /// Whether the key is in the queue.
    queued: bool,
    /// Whether somebody asked since the row was last considered.
    asked: Cell<bool>,
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
        let shard = |_| Shard { rows: HashMap::new(), queue: VecDeque::new(), clean: 0 };
        Table {
            shards: (0..SHARDS).map(shard).collect(),
            unswept: BTreeSet::new(),
            clean_max: clean_rows_max.div_ceil(SHARDS).max(SHARD_ROWS_MIN),
        }
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let slot = self.shards[key.spread() % SHARDS].rows.get(&key)?;
        slot.asked.set(true);
        Some(&slot.value)
    }

    /// Changes a row; the result takes it back.
    pub(crate) fn put(&mut self, key: K, value: V, seq: u64) -> Undo<V> {
        let shard = &mut self.shards[key.spread() % SHARDS];
        let Some(slot) = shard.rows.get_mut(&key) else {
            self.unswept.insert(key);
            shard.rows.insert(key, Slot { value, seq, queued: false, asked: Cell::new(false) });
            return Undo::Forget;
        };
        let before = std::mem::replace(&mut slot.value, value);
        let seq_before = std::mem::replace(&mut slot.seq, seq);
        if seq_before != 0 {
            return Undo::Unswept(before, seq_before);
        }
        shard.clean -= 1;
        self.unswept.insert(key);
        Undo::Clean(before)
    }

    pub(crate) fn undo(&mut self, key: K, undo: Undo<V>) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        let (value, seq) = match undo {
            Undo::Forget => {
                shard.rows.remove(&key);
                self.unswept.remove(&key);
                return;
            }
            Undo::Clean(value) => {
                self.unswept.remove(&key);
                (value, 0)
            }
            Undo::Unswept(value, seq) => (value, seq),
        };
        if let Some(slot) = shard.rows.get_mut(&key) {
            slot.value = value;
            slot.seq = seq;
            shard.clean += usize::from(seq == 0);
        }
    }

    /// Keeps a row that was read from its table, unless memory knows better.
    pub(crate) fn keep(&mut self, key: K, value: V) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        if shard.rows.contains_key(&key) {
            return;
        }
        // It was read because somebody asks for it, so others go first.
        shard.rows.insert(key, Slot { value, seq: 0, queued: true, asked: Cell::new(true) });
        shard.queue.push_back(key);
        shard.clean += 1;
        shard.make_room(self.clean_max);
    }

    /// Unswept rows in key order from `from` on, each with the sequence of its last change.
    pub(crate) fn unswept_from(&self, from: K) -> impl Iterator<Item = (K, &V, u64)> {
        self.unswept.range(from..).map(|key| {
            let slot = self.shards[key.spread() % SHARDS].rows.get(key);
            let slot = slot.expect("an unswept row stays in memory");
            (*key, &slot.value, slot.seq)
        })
    }

    /// The row is in its table as of `seq`: it becomes clean unless it was changed since.
    pub(crate) fn swept(&mut self, key: K, seq: u64) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        if let Some(slot) = shard.rows.get_mut(&key).filter(|slot| slot.seq == seq) {
            slot.seq = 0;
            if !slot.queued {
                slot.queued = true;
                shard.queue.push_back(key);
            }
            shard.clean += 1;
            self.unswept.remove(&key);
            shard.make_room(self.clean_max);
        }
    }

    /// As [`Table::swept`], for a row that nobody is likely to ask for again.
    pub(crate) fn swept_and_done(&mut self, key: K, seq: u64) {
        let shard = &mut self.shards[key.spread() % SHARDS];
        match shard.rows.get(&key) {
            // Its key would stay in the queue.
            Some(slot) if slot.queued => self.swept(key, seq),
            Some(slot) if slot.seq == seq => {
                shard.rows.remove(&key);
                self.unswept.remove(&key);
            }
            Some(_) | None => {}
        }
    }

    pub(crate) fn unswept_rows(&self) -> usize {
        self.unswept.len()
    }
}

impl<K: Spread, V> Shard<K, V> {
    /// Forgets clean rows beyond `clean_max`.
    fn make_room(&mut self, clean_max: usize) {
        while self.clean > clean_max {
            let Some(key) = self.queue.pop_front() else { return };
            let Some(slot) = self.rows.get_mut(&key) else { continue };
            if slot.seq != 0 {
                // It is queued again once it is swept.
                slot.queued = false;
            } else if slot.asked.replace(false) {
                self.queue.push_back(key);
            } else {
                self.rows.remove(&key);
                self.clean -= 1;
            }
        }
    }
}
