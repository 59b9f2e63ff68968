use journal::{Block, BlockBuilder, ChainError, ChainHead, GENESIS_HASH, ReadError, Verifier};

use crate::plain::bare_header;

/// A block of two records.
fn block(first_seq: u64, epoch: u64, at_micros: i64, previous_hash: [u8; 32]) -> Block {
    let mut builder = BlockBuilder::new(epoch, first_seq, previous_hash, at_micros);
    builder.begin_record(&bare_header(first_seq)).finish();
    builder.begin_record(&bare_header(first_seq + 1)).finish();
    builder.seal()
}

#[test]
fn each_break_of_the_chain_is_named() {
    let first = block(1, 4, 100, GENESIS_HASH);
    let next = |first_seq, epoch, at| block(first_seq, epoch, at, first.hash);

    check(&first, &next(3, 4, 100), Ok(()));
    check(&first, &next(3, 5, 200), Ok(()));
    check(&first, &next(4, 4, 100), Err(ChainError::SequenceGap { expected: 3, found: 4 }));
    check(&first, &first, Err(ChainError::SequenceGap { expected: 3, found: 1 }));
    check(&first, &next(3, 3, 100), Err(ChainError::EpochBackwards { last: 4, found: 3 }));
    check(&first, &next(3, 4, 99), Err(ChainError::TimeBackwards { last: 100, found: 99 }));
    check(&first, &block(3, 4, 100, [1; 32]), Err(ChainError::PreviousHash));
    check(&first, &Block { at_micros: 101, ..next(3, 4, 100) }, Err(ChainError::HashMismatch));

    fn check(first: &Block, second: &Block, expected: Result<(), ChainError>) {
        let mut verifier = Verifier::new();
        assert_eq!(verifier.push(first), Ok(()));
        assert_eq!(verifier.push(second), expected);
        let last = if expected.is_ok() { second } else { first };
        assert_eq!(verifier.head(), ChainHead::after(last));
    }
}

#[test]
fn a_verifier_resumes_from_a_head() {
    let first = block(1, 4, 100, GENESIS_HASH);
    let second = block(3, 4, 100, first.hash);
    assert_eq!(ChainHead::after(&first).seq, 2);
    assert_eq!(Verifier::resume(ChainHead::after(&first)).push(&second), Ok(()));
    let gap = ChainError::SequenceGap { expected: 1, found: 3 };
    assert_eq!(Verifier::new().push(&second), Err(gap));
}

#[test]
fn a_sealed_block_that_lies_about_its_body_is_refused() {
    check(|block| block.count = 0, ChainError::Empty);
    check(|block| block.count = 1, ChainError::Unreadable(ReadError::Trailing));
    check(|block| block.count = 3, ChainError::Unreadable(ReadError::Truncated));
    check(|block| block.first_seq = u64::MAX, ChainError::SequenceExhausted);
    check(|block| block.body[0] = 2, ChainError::Unreadable(ReadError::UnknownVersion(2)));
    check(|block| block.body.clear(), ChainError::Unreadable(ReadError::Truncated));

    fn check(lie: impl Fn(&mut Block), expected: ChainError) {
        let mut block = block(1, 1, 1, GENESIS_HASH);
        lie(&mut block);
        reseal(&mut block);
        assert_eq!(block.verify(GENESIS_HASH), Err(expected));
    }
}

/// Gives a forged block the hash that belongs to it, computed from the documented layout alone.
fn reseal(block: &mut Block) {
    use sha2::{Digest, Sha256};
    let mut hashed = b"makegood/journal/block/1".to_vec();
    hashed.extend(block.first_seq.to_le_bytes());
    hashed.extend(block.count.to_le_bytes());
    hashed.extend(block.epoch.to_le_bytes());
    hashed.extend(block.at_micros.to_le_bytes());
    hashed.extend(block.previous_hash);
    hashed.extend(&block.body);
    block.hash = Sha256::digest(&hashed).into();
}
