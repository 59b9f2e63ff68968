//! What is around every page.

use maud::{DOCTYPE, Markup, html};

use crate::components::{Icon, icon};
use crate::{Asset, Language, Words};

/// For whom a page is: says which ways its head offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Nobody has signed in, or it does not matter who.
    Open,
    /// Somebody with an account.
    Customer,
    /// Staff.
    Console,
}

/// How wide the content of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Forms and texts: a line that is easily read.
    Narrow,
    /// Tables and plots.
    Wide,
}

/// A page but for its content.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The texts.
    pub words: Words,
    /// What the page is called; the name of the shop follows.
    pub title: &'a str,
    /// The name of the shop.
    pub shop: &'a str,
    /// For whom it is.
    pub zone: Zone,
    /// How wide it is.
    pub width: Width,
    /// The path of the page, which tells its own way in the head, and help where one comes from.
    pub path: &'a str,
}

struct Way {
    path: &'static str,
    icon: Icon,
    text: &'static str,
}

const CUSTOMER_WAYS: &[Way] = &[
    Way { path: "/gifts", icon: Icon::Gift, text: "frame.gifts" },
    Way { path: "/wallet", icon: Icon::Wallet, text: "frame.wallet" },
    Way { path: "/promotions", icon: Icon::Boost, text: "frame.promotions" },
    Way { path: "/requests", icon: Icon::Mail, text: "frame.requests" },
];

const CONSOLE_WAYS: &[Way] = &[
    Way { path: "/console/queue", icon: Icon::Mail, text: "frame.queue" },
    Way { path: "/console/claims", icon: Icon::Claim, text: "frame.claims" },
    Way { path: "/console/finance", icon: Icon::Ledger, text: "frame.finance" },
];

impl Frame<'_> {
    /// The whole page. Help is the last way of the head and at the same place on every page
    /// (WCAG 2.2, 3.2.6 *Consistent Help*).
    pub fn page(&self, content: &Markup) -> Markup {
        let words = self.words;
        let language = words.language;
        let width = if self.width == Width::Narrow { "main narrow" } else { "main" };
        html! {
            (DOCTYPE)
            html lang=(language.tag()) dir=(language.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="same-origin";
                    title { (self.title) " · " (self.shop) }
                    link rel="stylesheet" href=(Asset::styles());
                    link rel="icon" href="data:,";
                }
                body {
                    a class="skip" href="#content" { (words.text("frame.skip")) }
                    (self.head())
                    main id="content" class=(width) tabindex="-1" { (content) }
                    (self.foot())
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let words = self.words;
        let ways = match self.zone {
            Zone::Open => &[][..],
            Zone::Customer => CUSTOMER_WAYS,
            Zone::Console => CONSOLE_WAYS,
        };
        let help = format!("/help?from={}", crate::components::escaped(self.path));
        html! {
            header class="head" {
                div class="head-row" {
                    span class="brand" { (icon(Icon::Gift)) (self.shop) }
                    nav aria-label=(words.text("frame.ways")) {
                        ul class="nav" {
                            @for way in ways {
                                li {
                                    a href=(way.path) aria-current=[self.current(way.path)] {
                                        (icon(way.icon)) (words.text(way.text))
                                    }
                                }
                            }
                            li {
                                a href=(help) aria-current=[self.current("/help")] {
                                    (icon(Icon::Help)) (words.text("frame.help"))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// `page` for the way on which somebody is.
    fn current(&self, way: &str) -> Option<&'static str> {
        let rest = self.path.strip_prefix(way)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some("page")
    }

    fn foot(&self) -> Markup {
        let words = self.words;
        let others = Language::ALL.into_iter().filter(|language| *language != words.language);
        html! {
            footer class="foot" {
                div class="foot-row" {
                    span { (self.shop) }
                    @for language in others {
                        a href=(format!("?lang={}", language.tag())) hreflang=(language.tag())
                            lang=(language.tag()) dir=(language.direction()) { (language.name()) }
                    }
                }
            }
        }
    }
}
