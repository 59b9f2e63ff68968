use maud::{Markup, html};

use crate::Asset;

/// A picture of the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A present.
    Gift,
    /// A card.
    Card,
    /// A wallet.
    Wallet,
    /// A promotion.
    Boost,
    /// A claim.
    Claim,
    /// Help.
    Help,
    /// Somebody.
    Person,
    /// Done.
    Check,
    /// Refused, or failed.
    Cross,
    /// Take care.
    Warning,
    /// Good to know.
    Info,
    /// It takes time.
    Clock,
    /// Locked.
    Lock,
    /// Frozen.
    Freeze,
    /// A letter.
    Mail,
    /// A link.
    Link,
    /// On paper.
    Print,
    /// Search.
    Search,
    /// Onwards, in the direction of reading.
    Next,
    /// Back.
    Back,
    /// Entries of the ledger.
    Ledger,
    /// Held up.
    Pause,
}

impl Icon {
    /// Every icon.
    pub const ALL: [Icon; 22] = [
        Icon::Gift,
        Icon::Card,
        Icon::Wallet,
        Icon::Boost,
        Icon::Claim,
        Icon::Help,
        Icon::Person,
        Icon::Check,
        Icon::Cross,
        Icon::Warning,
        Icon::Info,
        Icon::Clock,
        Icon::Lock,
        Icon::Freeze,
        Icon::Mail,
        Icon::Link,
        Icon::Print,
        Icon::Search,
        Icon::Next,
        Icon::Back,
        Icon::Ledger,
        Icon::Pause,
    ];

    /// Its name in the sprite.
    pub fn name(self) -> &'static str {
        match self {
            Icon::Gift => "gift",
            Icon::Card => "card",
            Icon::Wallet => "wallet",
            Icon::Boost => "boost",
            Icon::Claim => "claim",
            Icon::Help => "help",
            Icon::Person => "person",
            Icon::Check => "check",
            Icon::Cross => "cross",
            Icon::Warning => "warning",
            Icon::Info => "info",
            Icon::Clock => "clock",
            Icon::Lock => "lock",
            Icon::Freeze => "freeze",
            Icon::Mail => "mail",
            Icon::Link => "link",
            Icon::Print => "print",
            Icon::Search => "search",
            Icon::Next => "next",
            Icon::Back => "back",
            Icon::Ledger => "ledger",
            Icon::Pause => "pause",
        }
    }
}

/// An icon beside a text that says the same, so those who listen do not hear it.
pub fn icon(icon: Icon) -> Markup {
    let turns = matches!(icon, Icon::Next | Icon::Back);
    let class = if turns { "icon icon-turns" } else { "icon" };
    html! {
        svg class=(class) aria-hidden="true" focusable="false" {
            use href=(format!("{}#{}", Asset::icons(), icon.name())) {}
        }
    }
}
