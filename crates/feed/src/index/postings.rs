//! The audiences under one key.

use super::Match;
use super::gate::Gate;
use crate::Slot;

/// An audience in a list.
#[derive(Clone, Copy, Debug)]
pub struct Posting {
    pub rank: u64,
    pub slot: Slot,
    pub gate: Gate,
}

impl Posting {
    pub fn as_match(&self) -> Match {
        Match { rank: self.rank, slot: self.slot }
    }
}

/// Postings, best first. Most lists are short and some are very long: a short one is one block,
/// a long one is cut into blocks, so that a change moves little.
#[derive(Debug)]
pub enum Postings {
    Short(Vec<Posting>),
    /// At least two blocks, none empty.
    Long(Vec<Vec<Posting>>),
}

/// A block that grows longer is cut in two. 8 KiB.
const BLOCK_MAX: usize = 512;
/// Neighbours that fit into this together become one.
const BLOCK_MERGED_MAX: usize = BLOCK_MAX / 2;
/// Up to here a block allocates what it needs and no more, because most have one or two postings.
const EXACT_MAX: usize = 8;

impl Default for Postings {
    fn default() -> Postings {
        Postings::Short(Vec::new())
    }
}

impl Postings {
    pub fn is_empty(&self) -> bool {
        self.blocks().iter().all(Vec::is_empty)
    }

    /// All postings, best first.
    pub fn iter(&self) -> impl Iterator<Item = &Posting> {
        self.blocks().iter().flatten()
    }

    /// Adds a posting of a slot that the list does not have.
    pub fn insert(&mut self, posting: Posting) {
        let at = self.block_of(&posting);
        let block = &mut self.blocks_mut()[at];
        let place = block.partition_point(|other| other.as_match() < posting.as_match());
        if block.len() < EXACT_MAX {
            block.reserve_exact(1);
        }
        block.insert(place, posting);
        if block.len() > BLOCK_MAX {
            let upper = block.split_off(block.len() / 2);
            self.insert_block(at + 1, upper);
        }
    }

    /// Takes the posting out of the list, when it is there.
    pub fn remove(&mut self, posting: &Posting) {
        let at = self.block_of(posting);
        let block = &mut self.blocks_mut()[at];
        let found = block.binary_search_by_key(&posting.as_match(), Posting::as_match);
        if let Ok(place) = found {
            block.remove(place);
            self.merge_at(at);
        }
    }

    pub fn heap_bytes(&self) -> usize {
        let postings: usize = self.blocks().iter().map(Vec::capacity).sum();
        let blocks = match self {
            Postings::Short(_) => 0,
            Postings::Long(blocks) => blocks.capacity() * size_of::<Vec<Posting>>(),
        };
        blocks + postings * size_of::<Posting>()
    }

    fn blocks(&self) -> &[Vec<Posting>] {
        match self {
            Postings::Short(block) => std::slice::from_ref(block),
            Postings::Long(blocks) => blocks,
        }
    }

    fn blocks_mut(&mut self) -> &mut [Vec<Posting>] {
        match self {
            Postings::Short(block) => std::slice::from_mut(block),
            Postings::Long(blocks) => blocks,
        }
    }

    /// The block that has the posting or should get it: the first that does not end before it.
    fn block_of(&self, posting: &Posting) -> usize {
        let blocks = self.blocks();
        let ends_before = |block: &Vec<Posting>| {
            block.last().is_some_and(|last| last.as_match() < posting.as_match())
        };
        blocks.partition_point(ends_before).min(blocks.len() - 1)
    }

    fn insert_block(&mut self, at: usize, block: Vec<Posting>) {
        match self {
            Postings::Short(first) => *self = Postings::Long(vec![std::mem::take(first), block]),
            Postings::Long(blocks) => blocks.insert(at, block),
        }
    }

    /// Joins the block that became shorter with a neighbour, when both are short.
    fn merge_at(&mut self, at: usize) {
        let Postings::Long(blocks) = self else { return };
        let joins = |first: usize| match blocks.get(first..first + 2) {
            Some([one, next]) => one.len() + next.len() <= BLOCK_MERGED_MAX,
            _ => false,
        };
        let Some(first) = [at, at.saturating_sub(1)].into_iter().find(|first| joins(*first)) else {
            return;
        };
        let next = blocks.remove(first + 1);
        blocks[first].extend(next);
        if blocks.len() == 1 {
            *self = Postings::Short(blocks.swap_remove(0));
        }
    }
}
