//! One table in memory: rows that changed, and rows that may be asked for again.

use std::cell::Cell;
use std::collections::BTreeSet;

use hashbrown::HashTable;

/// A row that knows its key. Rows of two tables may have keys of one type.
pub(crate) trait Keyed {
    type Key: Copy + Ord;

    /// The smallest key.
    const FIRST: Self::Key;

    fn key(&self) -> Self::Key;

    /// A hash of a key. It is the same in every process, so that a simulation can be repeated;
    /// nobody outside chooses the bits of a key, so none can be chosen to collide.
    fn hash(key: Self::Key) -> u64;
}

/// Shards keep each growth step of a table in the range of microseconds; in one piece it would
/// stop the writer for tens of milliseconds.
pub(crate) const SHARDS: usize = 256;

/// Clean rows a shard has room for at least: more than one command needs of any table but the
/// holds, so that what it asked for is not forgotten before it is decided.
const SHARD_ROWS_MIN: usize = 8;

/// Rows of one table. Changed rows are *unswept*: their table does not have them yet, so they
/// stay. The others are *clean*, and there is room for so many: a hand goes round each shard and
/// forgets a clean row that was not asked for since it last came by (the *clock* rule: Corbató,
/// "A Paging Experiment with the Multics System", 1968).
pub(crate) struct Table<V: Keyed> {
    shards: Vec<Shard<V>>,
    /// Keys of unswept rows, for the sweep goes through them in key order.
    unswept: BTreeSet<V::Key>,
    /// Clean rows of one shard, at most.
    clean_max: usize,
}

/// Rows stand side by side in slots; the index has their positions only, because half of a hash
/// table is empty and rows are large.
struct Shard<V> {
    index: HashTable<u32>,
    slots: Vec<Slot<V>>,
    /// Slots without a row.
    free: Vec<u32>,
    hand: usize,
    clean: usize,
}

struct Slot<V> {
    row: Option<V>,
    /// Sequence of the last change while the row is unswept; zero when it is clean.
    seq: u64,
    /// Whether somebody asked since the hand last came by.
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

fn shard_of(hash: u64) -> usize {
    // The index uses the lowest and the highest bits.
    (hash >> 32) as usize % SHARDS
}

impl<V: Keyed + Clone> Table<V> {
    /// A table for at most about `clean_rows_max` clean rows.
    pub(crate) fn new(clean_rows_max: usize) -> Table<V> {
        Table {
            shards: (0..SHARDS).map(|_| Shard::new()).collect(),
            unswept: BTreeSet::new(),
            clean_max: clean_rows_max.div_ceil(SHARDS).max(SHARD_ROWS_MIN),
        }
    }

    pub(crate) fn get(&self, key: V::Key) -> Option<&V> {
        let hash = V::hash(key);
        let shard = &self.shards[shard_of(hash)];
        let slot = &shard.slots[shard.find(hash, key)?];
        slot.asked.set(true);
        slot.row.as_ref()
    }

    /// Changes a row; the result takes it back.
    pub(crate) fn put(&mut self, row: V, seq: u64) -> Undo<V> {
        let key = row.key();
        let hash = V::hash(key);
        let shard = &mut self.shards[shard_of(hash)];
        let Some(position) = shard.find(hash, key) else {
            self.unswept.insert(key);
            shard.insert(hash, row, seq);
            return Undo::Forget;
        };
        let slot = &mut shard.slots[position];
        let seq_before = std::mem::replace(&mut slot.seq, seq);
        let before = slot.row.replace(row).expect("an indexed slot has a row");
        if seq_before != 0 {
            return Undo::Unswept(before, seq_before);
        }
        shard.clean -= 1;
        self.unswept.insert(key);
        Undo::Clean(before)
    }

    pub(crate) fn undo(&mut self, key: V::Key, undo: Undo<V>) {
        let hash = V::hash(key);
        let shard = &mut self.shards[shard_of(hash)];
        let Some(position) = shard.find(hash, key) else { return };
        let (row, seq) = match undo {
            Undo::Forget => {
                shard.remove(hash, position);
                self.unswept.remove(&key);
                return;
            }
            Undo::Clean(row) => {
                self.unswept.remove(&key);
                shard.clean += 1;
                (row, 0)
            }
            Undo::Unswept(row, seq) => (row, seq),
        };
        let slot = &mut shard.slots[position];
        slot.row = Some(row);
        slot.seq = seq;
    }

    /// Keeps a row that was read from its table, unless memory knows better.
    pub(crate) fn keep(&mut self, row: V) {
        let key = row.key();
        let hash = V::hash(key);
        let shard = &mut self.shards[shard_of(hash)];
        if shard.find(hash, key).is_none() {
            shard.insert(hash, row, 0);
            shard.clean += 1;
            shard.make_room(self.clean_max);
        }
    }

    /// An unswept row with the sequence of its last change.
    pub(crate) fn unswept(&self, key: V::Key) -> Option<(&V, u64)> {
        let hash = V::hash(key);
        let shard = &self.shards[shard_of(hash)];
        let slot = &shard.slots[shard.find(hash, key)?];
        Some((slot.row.as_ref()?, slot.seq)).filter(|(_, seq)| *seq != 0)
    }

    /// Unswept rows in key order from `from` on, each with the sequence of its last change.
    pub(crate) fn unswept_from(&self, from: V::Key) -> impl Iterator<Item = (V::Key, &V, u64)> {
        self.unswept.range(from..).map(|key| {
            let (row, seq) = self.unswept(*key).expect("an unswept row stays in memory");
            (*key, row, seq)
        })
    }

    /// The row is in its table as of `seq`: it becomes clean unless it was changed since.
    pub(crate) fn swept(&mut self, key: V::Key, seq: u64) {
        let hash = V::hash(key);
        let shard = &mut self.shards[shard_of(hash)];
        if let Some(position) = shard.find(hash, key).filter(|at| shard.slots[*at].seq == seq) {
            shard.slots[position].seq = 0;
            shard.clean += 1;
            self.unswept.remove(&key);
            shard.make_room(self.clean_max);
        }
    }

    /// As [`Table::swept`], for a row that nobody is likely to ask for again.
    pub(crate) fn swept_and_done(&mut self, key: V::Key, seq: u64) {
        let hash = V::hash(key);
        let shard = &mut self.shards[shard_of(hash)];
        if let Some(position) = shard.find(hash, key).filter(|at| shard.slots[*at].seq == seq) {
            shard.remove(hash, position);
            self.unswept.remove(&key);
        }
    }

    pub(crate) fn unswept_rows(&self) -> usize {
        self.unswept.len()
    }
}

impl<V: Keyed> Shard<V> {
    fn new() -> Shard<V> {
        let index = HashTable::new();
        Shard { index, slots: Vec::new(), free: Vec::new(), hand: 0, clean: 0 }
    }

    fn find(&self, hash: u64, key: V::Key) -> Option<usize> {
        let is_it = |position: &u32| key_at(&self.slots, *position) == Some(key);
        self.index.find(hash, is_it).map(|position| *position as usize)
    }

    fn insert(&mut self, hash: u64, row: V, seq: u64) {
        // Whoever put it there asked for it.
        let slot = Slot { row: Some(row), seq, asked: Cell::new(true) };
        let position = match self.free.pop() {
            Some(position) => {
                self.slots[position as usize] = slot;
                position
            }
            None => {
                if self.slots.len() == self.slots.capacity() {
                    // Doubling would leave a third of all memory empty on average.
                    self.slots.reserve_exact((self.slots.len() / 8).max(8));
                }
                self.slots.push(slot);
                u32::try_from(self.slots.len() - 1).expect("a shard has fewer than 2^32 rows")
            }
        };
        let slots = &self.slots;
        let rehash = |position: &u32| key_at(slots, *position).map_or(0, V::hash);
        self.index.insert_unique(hash, position, rehash);
    }

    /// Empties a slot; a clean row must have been counted off before.
    fn remove(&mut self, hash: u64, position: usize) {
        let is_it = |other: &u32| *other as usize == position;
        if let Ok(found) = self.index.find_entry(hash, is_it) {
            let (position, _) = found.remove();
            self.free.push(position);
        }
        self.slots[position].row = None;
    }

    /// Forgets clean rows beyond `clean_max`.
    fn make_room(&mut self, clean_max: usize) {
        while self.clean > clean_max {
            self.hand = (self.hand + 1) % self.slots.len();
            let slot = &self.slots[self.hand];
            let Some(row) = &slot.row else { continue };
            if slot.seq == 0 && !slot.asked.replace(false) {
                let hash = V::hash(row.key());
                self.clean -= 1;
                self.remove(hash, self.hand);
            }
        }
    }
}

fn key_at<V: Keyed>(slots: &[Slot<V>], position: u32) -> Option<V::Key> {
    slots[position as usize].row.as_ref().map(V::key)
}
