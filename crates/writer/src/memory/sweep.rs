//! The sweep: changed rows go to their tables in key order, a slice a commit, round and round.
//! Holds that are settled do not wait for the round: they are not expected to change again.

use base::HoldId;
use engine::{Key, Row};
use store::SweptRow;

use crate::memory::table::Keyed;
use crate::memory::{Memory, TheBook};

/// Where the sweep is. One *round* passes every table once, in key order; what was changed
/// before the round began is in the tables when it ends.
#[derive(Clone, Debug)]
pub(crate) struct Sweep {
    /// The next key; `None` at the end of the round.
    position: Option<Key>,
    /// Everything at or below this sequence will be in the tables when the round ends.
    pub(crate) round_seq: u64,
    /// Wall clock at the beginning of the round.
    pub(crate) began_micros: u64,
}

/// What one commit sweeps, and where the sweep is afterwards.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    pub(crate) rows: Vec<SweptRow>,
    /// Set when the slice ends a round: the new watermark.
    pub(crate) watermark: Option<u64>,
    /// The settled holds among the rows, in key order.
    settled: Vec<HoldId>,
    next: Option<Sweep>,
}

/// The smallest key of all: rounds begin here.
const FIRST: Key = Key::Book;

impl Sweep {
    /// A round that covers everything up to `seq`.
    pub(crate) fn new(seq: u64, began_micros: u64) -> Sweep {
        Sweep { position: Some(FIRST), round_seq: seq, began_micros }
    }
}

impl Slice {
    /// Where the sweep is once the slice is committed.
    pub(crate) fn next(&self) -> Option<&Sweep> {
        self.next.as_ref()
    }
}

impl Memory {
    /// Picks changed rows: settled holds, at most `settled_max`, then `budget` others from where
    /// the sweep is. Only [`Memory::swept`] says that they are in the tables.
    pub(crate) fn slice(&self, sweep: &Sweep, settled_max: usize, budget: usize) -> Slice {
        let mut slice = Slice::default();
        self.take_settled(settled_max, &mut slice);
        let mut left = budget;
        let position = sweep.position.and_then(|key| self.take_from(key, &mut left, &mut slice));
        if position.is_none() {
            slice.watermark = Some(sweep.round_seq);
        }
        slice.next = Some(Sweep { position, ..sweep.clone() });
        slice
    }

    /// Takes settled holds, the oldest first, in key order.
    fn take_settled(&self, settled_max: usize, slice: &mut Slice) {
        slice.settled = self.settled.iter().take(settled_max).copied().collect();
        slice.settled.sort_unstable();
        slice.settled.dedup();
        for id in &slice.settled {
            if let Some((hold, applied_seq)) = self.hold.unswept(*id) {
                slice.rows.push(SweptRow { row: Row::Hold(hold.clone()), applied_seq });
            }
        }
    }
}

macro_rules! sweep {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        impl Memory {
            /// Takes rows from `key` on, table after table, until `left` is used up; tells where to
            /// go on.
            fn take_from(&self, key: Key, left: &mut usize, slice: &mut Slice) -> Option<Key> {
                let Slice { rows, settled, .. } = slice;
                // Settled holds of the slice are among its rows already.
                let is_new = |row: &Row| match row {
                    Row::Hold(hold) => settled.binary_search(&hold.id).is_err(),
                    _ => true,
                };
                if key == Key::Book {
                    let unswept = self.book.unswept_from(TheBook);
                    let next = take(unswept, left, rows, is_new, (|_| Key::Book, Row::Book));
                    if next.is_some() {
                        return next;
                    }
                }
                $(
                    let first = <$row as Keyed>::FIRST;
                    let from = match key {
                        Key::$variant(from) => Some(from),
                        _ if key < Key::$variant(first) => Some(first),
                        _ => None,
                    };
                    if let Some(from) = from {
                        let unswept = self.$name.unswept_from(from);
                        let as_is = (Key::$variant, Row::$variant);
                        let next = take(unswept, left, rows, is_new, as_is);
                        if next.is_some() {
                            return next;
                        }
                    }
                )+
                None
            }

            /// The slice is in the tables.
            pub(crate) fn swept(&mut self, slice: &Slice) {
                for row in &slice.rows {
                    let seq = row.applied_seq;
                    match row.row.key() {
                        Key::Hold(id) if is_settled(&row.row) => self.hold.swept_and_done(id, seq),
                        Key::Book => self.book.swept(TheBook, seq),
                        $(Key::$variant(id) => self.$name.swept(id, seq),)+
                        Key::Operation(_) => {}
                    }
                }
                while self.settled.front().is_some_and(|id| self.hold.unswept(*id).is_none()) {
                    self.settled.pop_front();
                }
            }
        }
    };
}

engine::every_row!(sweep);

/// Whether the row is a hold of which nothing is open. Such a hold is met again only by a refund,
/// so it goes to its table soon and need not be kept: most redemptions leave one, and keeping each
/// for a while would cost more than reading the few.
pub(crate) fn is_settled(row: &Row) -> bool {
    matches!(row, Row::Hold(hold) if hold.pending.open().is_zero())
}

/// Takes unswept rows of a table that are new to the slice; tells the key to go on with, or `None`
/// at its end.
fn take<'a, K, V: Clone + 'a>(
    unswept: impl Iterator<Item = (K, &'a V, u64)>,
    left: &mut usize,
    rows: &mut Vec<SweptRow>,
    is_new: impl Fn(&Row) -> bool,
    (key, row): (impl Fn(K) -> Key, impl Fn(V) -> Row),
) -> Option<Key> {
    for (id, value, applied_seq) in unswept {
        let row = row(value.clone());
        if !is_new(&row) {
            continue;
        }
        if *left == 0 {
            return Some(key(id));
        }
        rows.push(SweptRow { row, applied_seq });
        *left -= 1;
    }
    None
}
