//! The audience index: which of many audiences admit a viewer.
//!
//! Each audience is *filed* under keys, the combinations of a region, a language and an interest
//! that it asks for, so a viewer's matches are all under the few keys that the viewer fits. The
//! list under a key is in the order of rank. Its entries carry ages, genders and devices, so most
//! audiences that do not fit are passed over without looking them up.
//!
//! An audience comes, changes and goes in time that does not depend on how many others there are,
//! but for the logarithm of the longest list. Answers depend on what is indexed, not on the order
//! in which it came.

mod best;
mod filing;
mod gate;
mod known;
mod names;
mod postings;
mod terms;

use hashbrown::HashMap;
use promotions::{Audience, Viewer};

use crate::Slot;
use best::Best;
use filing::{Filing, Key};
use known::Known;
use names::Names;
use postings::{Posting, Postings};
pub use terms::Mismatch;
use terms::Terms;

/// An audience that admits the viewer. Matches sort best first: by descending rank, then by slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Match {
    /// What was said when the audience was inserted, or since.
    pub rank: u64,
    /// Where the audience was inserted.
    pub slot: Slot,
}

impl Ord for Match {
    fn cmp(&self, other: &Match) -> std::cmp::Ordering {
        other.rank.cmp(&self.rank).then(self.slot.cmp(&other.slot))
    }
}

impl PartialOrd for Match {
    fn partial_cmp(&self, other: &Match) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Audiences by slot, found by viewer: what [`Audience::admits`] says, at speed.
#[derive(Debug, Default)]
pub struct AudienceIndex {
    names: Names,
    /// By slot.
    rows: Vec<Option<Row>>,
    filed: HashMap<Key, Postings>,
    count: usize,
}

#[derive(Debug)]
struct Row {
    rank: u64,
    terms: Terms,
}

impl AudienceIndex {
    /// An index without audiences.
    pub fn new() -> AudienceIndex {
        AudienceIndex::default()
    }

    /// How many audiences there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no audience.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Puts an audience into `slot`, in place of the one that was there. `rank` says which matches
    /// come first: more is better, such as the most that a promotion pays for being shown.
    pub fn insert(&mut self, slot: Slot, audience: &Audience, rank: u64) {
        self.remove(slot);
        let row = Row { rank, terms: Terms::new(audience, &mut self.names) };
        self.file(slot, &row);
        let place = slot.0 as usize;
        if place >= self.rows.len() {
            self.rows.resize_with(place + 1, || None);
        }
        self.rows[place] = Some(row);
        self.count += 1;
    }

    /// Takes the audience out of `slot`; says whether there was one.
    pub fn remove(&mut self, slot: Slot) -> bool {
        let Some(row) = self.rows.get_mut(slot.0 as usize).and_then(Option::take) else {
            return false;
        };
        self.unfile(slot, &row);
        row.terms.release(&mut self.names);
        self.count -= 1;
        true
    }

    /// Gives the audience in `slot` another rank; says whether there is one.
    pub fn set_rank(&mut self, slot: Slot, rank: u64) -> bool {
        let place = slot.0 as usize;
        let Some(mut row) = self.rows.get_mut(place).and_then(Option::take) else {
            return false;
        };
        if row.rank != rank {
            self.unfile(slot, &row);
            row.rank = rank;
            self.file(slot, &row);
        }
        self.rows[place] = Some(row);
        true
    }

    /// All audiences that admit `viewer`, best first.
    pub fn all(&self, viewer: &Viewer) -> Vec<Match> {
        self.best(viewer, usize::MAX)
    }

    /// The first `most` of what [`all`](Self::all) answers, without going through the rest.
    pub fn best(&self, viewer: &Viewer, most: usize) -> Vec<Match> {
        let known = Known::new(viewer, &self.names);
        let mut best = Best::new(most);
        for key in known.keys() {
            let Some(postings) = self.filed.get(&key) else { continue };
            for posting in postings.iter() {
                if !best.wants(posting.as_match()) {
                    break;
                }
                if posting.gate.admits(known.pass) && self.lists_admit(posting, &known) {
                    best.add(posting.as_match());
                }
            }
        }
        best.into_sorted()
    }

    /// Why the audience in `slot` does not admit `viewer`; nothing when it does.
    pub fn mismatch(&self, slot: Slot, viewer: &Viewer) -> Option<Mismatch> {
        match self.row(slot) {
            Some(row) => row.terms.mismatch(&Known::new(viewer, &self.names)),
            None => Some(Mismatch::Absent),
        }
    }

    /// Bytes of memory that the index has allocated, without what the allocator adds.
    pub fn bytes(&self) -> usize {
        let rows = self.rows.capacity() * size_of::<Option<Row>>();
        let terms: usize = self.rows.iter().flatten().map(|row| row.terms.heap_bytes()).sum();
        let postings: usize = self.filed.values().map(Postings::heap_bytes).sum();
        rows + terms + postings + self.filed.allocation_size() + self.names.heap_bytes()
    }

    /// Whether what is asked beside the key and the gate holds too.
    fn lists_admit(&self, posting: &Posting, known: &Known) -> bool {
        posting.gate.is_all()
            || self.row(posting.slot).is_some_and(|row| row.terms.mismatch(known).is_none())
    }

    fn row(&self, slot: Slot) -> Option<&Row> {
        self.rows.get(slot.0 as usize)?.as_ref()
    }

    fn file(&mut self, slot: Slot, row: &Row) {
        let filing = Filing::new(&row.terms);
        let posting = row.posting(slot, &filing);
        filing.each_key(|key| self.filed.entry(key).or_default().insert(posting));
    }

    fn unfile(&mut self, slot: Slot, row: &Row) {
        let filing = Filing::new(&row.terms);
        let posting = row.posting(slot, &filing);
        filing.each_key(|key| {
            if let Some(postings) = self.filed.get_mut(&key) {
                postings.remove(&posting);
                if postings.is_empty() {
                    self.filed.remove(&key);
                }
            }
        });
    }
}

impl Row {
    fn posting(&self, slot: Slot, filing: &Filing<'_>) -> Posting {
        let is_all = filing.is_complete() && self.terms.excluded().is_empty();
        Posting { rank: self.rank, slot, gate: self.terms.gate.with_all(is_all) }
    }
}
