//! All articles of the house.

use std::sync::LazyLock;

use crate::Article;

/// Name and file of each, in the order in which they are listed under their topics.
const FILES: &[(&str, &str)] = &[
    ("buy-a-gift-card", include_str!("../articles/buy-a-gift-card.md")),
    ("choose-amount", include_str!("../articles/choose-amount.md")),
    ("message-and-design", include_str!("../articles/message-and-design.md")),
    ("wrong-address", include_str!("../articles/wrong-address.md")),
    ("gift-not-arrived", include_str!("../articles/gift-not-arrived.md")),
    ("what-it-buys", include_str!("../articles/what-it-buys.md")),
    ("virtual-goods", include_str!("../articles/virtual-goods.md")),
    ("support-a-creator", include_str!("../articles/support-a-creator.md")),
    ("validity", include_str!("../articles/validity.md")),
    ("cash", include_str!("../articles/cash.md")),
    ("not-enough", include_str!("../articles/not-enough.md")),
    ("see-balance", include_str!("../articles/see-balance.md")),
    ("code-does-not-work", include_str!("../articles/code-does-not-work.md")),
    ("lost-card", include_str!("../articles/lost-card.md")),
    ("other-country", include_str!("../articles/other-country.md")),
    ("refund-of-an-order", include_str!("../articles/refund-of-an-order.md")),
    ("scams", include_str!("../articles/scams.md")),
    ("two-factor", include_str!("../articles/two-factor.md")),
    ("privacy", include_str!("../articles/privacy.md")),
    ("promote-a-post", include_str!("../articles/promote-a-post.md")),
    ("goals-and-audience", include_str!("../articles/goals-and-audience.md")),
    ("before-launch", include_str!("../articles/before-launch.md")),
    ("not-delivering", include_str!("../articles/not-delivering.md")),
    ("bots", include_str!("../articles/bots.md")),
    ("refund-grounds", include_str!("../articles/refund-grounds.md")),
    ("file-a-claim", include_str!("../articles/file-a-claim.md")),
    ("how-long", include_str!("../articles/how-long.md")),
    ("where-the-money-goes", include_str!("../articles/where-the-money-goes.md")),
    ("denied", include_str!("../articles/denied.md")),
    ("unknown-charge", include_str!("../articles/unknown-charge.md")),
    ("outage", include_str!("../articles/outage.md")),
    ("contact", include_str!("../articles/contact.md")),
    ("business-books", include_str!("../articles/business-books.md")),
];

static ALL: LazyLock<Vec<Article>> = LazyLock::new(|| {
    let read = |(name, file): &(&'static str, &'static str)| {
        Article::read(name, file).expect("articles are part of the program, and tested")
    };
    FILES.iter().map(read).collect()
});

/// All articles.
pub fn articles() -> &'static [Article] {
    &ALL
}

/// The article of that name.
pub fn article(name: &str) -> Option<&'static Article> {
    ALL.iter().find(|article| article.name == name)
}
