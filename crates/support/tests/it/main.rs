//! Every question that people ask finds its answer, and requests reach somebody.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod clocks;
mod conversation;

use std::collections::BTreeSet;

use support::{Block, Piece, Topic, article, articles, search};

/// What people type, and the article that answers it. The questions are those that the texts
/// which the product was asked for from answer, and those that supporters hear most.
const ASKED: &[(&str, &str)] = &[
    ("How can I purchase a gift card?", "buy-a-gift-card"),
    ("send card to a friend", "buy-a-gift-card"),
    ("What can I purchase with a gift card", "what-it-buys"),
    ("virtual gifts or coins", "virtual-goods"),
    ("validity period", "validity"),
    ("does my card expire", "validity"),
    ("redeem for cash", "cash"),
    ("balance is less than the purchase amount", "not-enough"),
    ("lost my gift card", "lost-card"),
    ("stolen code", "lost-card"),
    ("use in a different country", "other-country"),
    ("flexible denominations", "choose-amount"),
    ("personalized message", "message-and-design"),
    ("security two-factor encryption", "two-factor"),
    ("difficulty redeeming", "code-does-not-work"),
    ("support creators", "support-a-creator"),
    ("scam", "scams"),
    ("privacy of my data", "privacy"),
    ("remaining balance", "see-balance"),
    ("contact support by email or chat", "contact"),
    ("refund promotion eligibility", "refund-grounds"),
    ("technical error", "refund-grounds"),
    ("unauthorized charge", "unknown-charge"),
    ("how to ask for a refund of a promotion", "file-a-claim"),
    ("how many days does the review of a claim take", "how-long"),
    ("original payment method business days", "where-the-money-goes"),
    ("promotion not running as expected", "not-delivering"),
    ("billing information before launching", "before-launch"),
    ("glitch platform down", "outage"),
    ("target demographics", "goals-and-audience"),
    ("boost a post", "promote-a-post"),
    ("claim denied appeal", "denied"),
    ("bots fake views", "bots"),
    ("gift did not arrive", "gift-not-arrived"),
    ("wrong email address", "wrong-address"),
    ("return an order", "refund-of-an-order"),
    ("finance report", "business-books"),
    ("refnud promotoin", "refund-grounds"),
];

#[test]
fn what_people_ask_is_among_the_first_answers() {
    let missed: Vec<_> = ASKED
        .iter()
        .map(|(query, name)| (query, name, search(query)))
        .filter(|(_, name, found)| !found.iter().take(3).any(|one| one.name == **name))
        .map(|(query, name, found)| {
            (query, name, found.iter().map(|one| one.name).collect::<Vec<_>>())
        })
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn each_article_is_somebodys_answer() {
    let asked: BTreeSet<&str> = ASKED.iter().map(|(_, name)| *name).collect();
    let unasked: Vec<&str> =
        articles().iter().map(|one| one.name).filter(|name| !asked.contains(name)).collect();
    assert_eq!(unasked, Vec::<&str>::new());
}

#[test]
fn articles_are_short_and_whole() {
    for one in articles() {
        let words: usize = one.pieces().map(|piece| piece.text().split_whitespace().count()).sum();
        assert!((20..=160).contains(&words), "{}: {words}", one.name);
        assert!(one.pieces().all(|piece| !piece.text().contains('*')), "{}", one.name);
        assert_eq!(article(one.name), Some(one));
    }
    for topic in Topic::ALL {
        assert!(articles().iter().any(|one| one.topic == topic), "{topic:?}");
    }
}

#[test]
fn nothing_that_is_typed_does_harm() {
    assert!(search("").is_empty());
    assert!(search("the of and").is_empty());
    assert!(search("\u{0}<script>'; --").is_empty());
    assert!(search("xyzzy").is_empty());
    assert!(search(&"refund ".repeat(100_000)).len() <= 8);
    assert!(search(&"ر".repeat(10_000)).is_empty());
}

/// Whoever reads what is written *so* looks for it on a page.
#[test]
fn what_articles_name_stands_on_a_page() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../pages/messages/en");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let said: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let said = said.to_lowercase();
    for article in articles() {
        let pieces = article.blocks.iter().flat_map(|block| match block {
            Block::Paragraph(pieces) => pieces.clone(),
            Block::List(items) => items.concat(),
        });
        for piece in pieces {
            let Piece::Named(name) = piece else { continue };
            let begins = format!("= \"{}", name.to_lowercase());
            assert!(said.contains(&begins), "{}: {name}", article.name);
        }
    }
}
