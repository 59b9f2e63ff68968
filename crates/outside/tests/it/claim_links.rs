//! Claim links: always the same from ring and row, and never another's.

use base::CardId;
use outside::claim_links::ClaimLink;
use outside::keyring::KeyNumber;

use crate::ring;

fn link(card: u128, nonce: u64) -> ClaimLink {
    ring(1).link_for(CardId::from_bits(card), nonce, KeyNumber::FIRST).unwrap()
}

#[test]
fn a_link_is_read_as_it_was_written() {
    let text = link(7, 1).reveal();
    assert!(text.starts_with("clm_") && text.len() == 56, "{text}");
    assert_eq!(ClaimLink::parse(&text), Some(link(7, 1)));
    assert_eq!(link(7, 1).card(), CardId::from_bits(7));
    assert!(!format!("{:?}", link(7, 1)).contains(&text[30..]));
    for wrong in ["", "clm_", &text[4..], &text[..55], &format!("{text}0"), "clm_é", "gc_x"] {
        assert_eq!(ClaimLink::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn every_card_nonce_ring_and_book_has_links_and_hashes_of_its_own() {
    let links = [link(7, 1), link(7, 2), link(8, 1)];
    let other = ring(2).link_for(CardId::from_bits(7), 1, KeyNumber::FIRST).unwrap();
    let texts: std::collections::HashSet<_> =
        links.iter().chain([&other]).map(|link| link.reveal()[30..].to_owned()).collect();
    assert_eq!(texts.len(), 4);
    let hash = |book, link| ring(1).hash_link(book, link, KeyNumber::FIRST).unwrap();
    assert_ne!(hash("a", &links[0]), hash("b", &links[0]));
    assert_ne!(hash("a", &links[0]), hash("a", &links[1]));
    let ring = ring(1);
    let candidates: Vec<_> = ring.link_hashes("a", &links[0]).collect();
    assert_eq!(candidates, [hash("a", &links[0])]);
}
