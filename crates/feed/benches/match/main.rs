//! How fast the audience index is, beside a naive scan and the crate `a-tree` in the same run.
//!
//! `cargo bench -p feed --features a-tree [-- SIZE…]`, sizes in audiences; 1 thousand to 1 million
//! when none is given. Three crowds are asked for. In the *fixed* one, the share of viewers that an
//! audience admits stays the same, so matches grow with the number of audiences. In the *narrowing*
//! one audiences become narrower, so that a viewer has about ten matches at each size. In the last
//! one *everybody* is in each audience, as when nobody chooses one.
//!
//! All finders are compared on some viewers before they are timed.

mod crowd;
mod finders;
mod measure;

use std::time::Instant;

use feed::{AudienceIndex, Slot};
use promotions::{Audience, Viewer};

use crowd::{Crowd, Spread};
use finders::{Finder, Naive, Tree};
use measure::{Times, now, resident_bytes};

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const VIEWERS: usize = 2_000;
/// Beyond this the tree takes minutes to build.
const TREE_MAX: u64 = 100_000;
/// As many as a page of a feed chooses among.
const BEST: usize = 16;
const COMPARED: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo gives this flag to `cargo bench` only, not where it merely tests.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("run with cargo bench, see the first lines of this file");
        return;
    }
    let asked: Vec<u64> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    println!("{}", Times::HEADING);
    for spread in [Spread::Fixed, Spread::Narrowing, Spread::Everybody] {
        for size in &sizes {
            run(spread, *size);
        }
    }
}

fn run(spread: Spread, size: u64) {
    let mut crowd = Crowd::new(spread, size);
    let audiences: Vec<Audience> = (0..size).map(|_| crowd.audience()).collect();
    let viewers: Vec<Viewer> = (0..VIEWERS).map(|_| crowd.viewer()).collect();
    let label = format!("{} {size:>7}", spread.name());
    let naive = Naive(&audiences);

    let (index, memory, built) = build_index(&audiences, &mut crowd);
    compare(&index, &naive, &viewers);
    if spread != Spread::Everybody {
        Times::of(&viewers, |viewer| index.all(viewer).len()).print(&label, "index, all");
    }
    Times::of(&viewers, |viewer| index.best(viewer, BEST).len()).print(&label, "index, best 16");
    println!("{label}  index: {} bytes an audience, {memory} resident; {built}", per(&index));
    println!("{label}  index: {}", changes(index, &audiences, &mut crowd));
    if spread == Spread::Everybody {
        return;
    }
    Times::of(&viewers, |viewer| naive.find(viewer).len()).print(&label, "naive scan");
    if size <= TREE_MAX {
        let before = resident_bytes();
        let begin = now();
        let tree = Tree::new(&audiences);
        let built = rate("inserts", size, begin);
        let memory = resident_bytes().saturating_sub(before) / size;
        compare(&tree, &naive, &viewers);
        let events: Vec<_> = viewers.iter().map(|viewer| tree.event(viewer)).collect();
        Times::of(&events, |event| tree.search(event)).print(&label, "a-tree 0.6.1");
        println!("{label}  a-tree: {memory} resident bytes an audience; {built}");
    }
}

fn build_index(audiences: &[Audience], crowd: &mut Crowd) -> (AudienceIndex, u64, String) {
    let size = audiences.len() as u64;
    let before = resident_bytes();
    let begin = now();
    let mut index = AudienceIndex::new();
    for (slot, audience) in audiences.iter().enumerate() {
        index.insert(Slot(slot as u32), audience, crowd.below(1_000));
    }
    let built = rate("inserts", size, begin);
    let memory = resident_bytes().saturating_sub(before) / size;
    (index, memory, built)
}

/// Changes of a full index, and how fast they are.
fn changes(mut index: AudienceIndex, audiences: &[Audience], crowd: &mut Crowd) -> String {
    const CHANGES: u64 = 20_000;
    let size = audiences.len() as u64;
    let begin = now();
    for _ in 0..CHANGES {
        let other = crowd.below(size) as usize;
        index.insert(Slot(crowd.below(size) as u32), &audiences[other], crowd.below(1_000));
    }
    let replaced = rate("replacements", CHANGES, begin);
    let begin = now();
    for _ in 0..CHANGES {
        index.set_rank(Slot(crowd.below(size) as u32), crowd.below(1_000));
    }
    format!("{replaced}, {}", rate("new ranks", CHANGES, begin))
}

fn per(index: &AudienceIndex) -> usize {
    index.bytes() / index.len().max(1)
}

fn rate(what: &str, count: u64, begin: Instant) -> String {
    let micros = begin.elapsed().as_micros().max(1);
    format!("{} {what} a second", u128::from(count) * 1_000_000 / micros)
}

/// A finder that is fast and wrong is not worth timing.
fn compare(finder: &impl Finder, naive: &Naive<'_>, viewers: &[Viewer]) {
    for viewer in &viewers[..COMPARED] {
        assert_eq!(finder.find(viewer), naive.find(viewer), "{viewer:?}");
    }
}
