//! Segments: sealed, read back as one chain, and refused when anything is off.

use copies::{CopyError, Segment, SegmentChain, write_segment};
use journal::Block;
use store::Store;

use crate::places::{lived, name};

fn sealed(blocks: &[Block], of: usize) -> Vec<Vec<u8>> {
    let seal = |blocks: &[Block]| {
        let segment = Segment::of(&name("live"), blocks).unwrap();
        write_segment(&segment, blocks, Vec::new()).unwrap()
    };
    blocks.chunks(of).map(seal).collect()
}

#[test]
fn segments_are_one_chain_and_the_beginning_of_their_book() {
    let book = lived(5, 300);
    let (mut store, live) = (book.store(), name("live"));
    let blocks = store.blocks_after(0, usize::MAX).unwrap();
    let files = sealed(&blocks[..blocks.len() - 3], 7);
    assert!(files.len() > 2);
    let mut chain = SegmentChain::new(&live);
    chain.expect_beginning_of(&mut book.reader()).unwrap();
    let mut last = 0;
    for file in &files {
        let segment = chain.push(&file[..]).unwrap();
        assert_eq!(segment.first_seq, last + 1);
        last = segment.last_seq;
        chain.expect_beginning_of(&mut book.reader()).unwrap();
    }
    assert_eq!(chain.blocks() as usize, blocks.len() - 3);
    let other = lived(6, 300);
    let refused = chain.expect_beginning_of(&mut other.reader());
    assert!(matches!(refused, Err(CopyError::OtherHistory { .. })));
}

#[test]
fn a_missing_swapped_or_foreign_segment_is_refused() {
    let blocks = lived(5, 300).store().blocks_after(0, usize::MAX).unwrap();
    let files = sealed(&blocks, 7);
    let mut chain = SegmentChain::new(&name("live"));
    let refused = chain.push(&files[1][..]).unwrap_err();
    assert!(matches!(refused, CopyError::Chain { .. }), "{refused}");
    chain.push(&files[0][..]).unwrap();
    let refused = chain.push(&files[0][..]).unwrap_err();
    assert!(matches!(refused, CopyError::Chain { .. }), "{refused}");
    chain.push(&files[1][..]).unwrap();
    let refused = SegmentChain::new(&name("test")).push(&files[0][..]).unwrap_err();
    assert!(matches!(refused, CopyError::OtherBook(_)), "{refused}");
}

#[test]
fn every_changed_byte_of_a_segment_is_refused() {
    let blocks = lived(5, 60).store().blocks_after(0, usize::MAX).unwrap();
    let file = &sealed(&blocks[..2], 2)[0];
    for place in 0..file.len() {
        let mut bent = file.clone();
        bent[place] ^= 1 << (place % 8);
        let refused = SegmentChain::new(&name("live")).push(&bent[..]);
        assert!(refused.is_err(), "byte {place}");
        let refused = SegmentChain::new(&name("live")).push(&file[..place]);
        assert!(refused.is_err(), "truncated at {place}");
    }
}
