//! What is around every page.

use maud::{DOCTYPE, Markup, html};

use crate::components::{Icon, escaped, icon};
use crate::gift::PNG_SIZE;
use crate::{Asset, Language, Words};

/// For whom a page is: says which ways its head offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Nobody has signed in, or it does not matter who.
    Open,
    /// Somebody with an account.
    Customer,
    /// Staff, with the ways that are theirs.
    Console {
        /// Requests of customers.
        requests: bool,
        /// Claims.
        claims: bool,
        /// Money.
        finance: bool,
    },
}

impl Zone {
    fn ways(self) -> Vec<&'static Way> {
        let console = |requests: bool, claims: bool, finance: bool| {
            let ways = CONSOLE_WAYS.iter().zip([requests, claims, finance, finance]);
            ways.filter_map(|(way, is_theirs)| is_theirs.then_some(way)).collect()
        };
        match self {
            Zone::Open => Vec::new(),
            Zone::Customer => CUSTOMER_WAYS.iter().collect(),
            Zone::Console { requests, claims, finance } => console(requests, claims, finance),
        }
    }
}

/// How wide the content of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Forms and texts: a line that is easily read.
    Narrow,
    /// Tables and plots.
    Wide,
}

/// Who looks at a page, where, and in which language: what every page knows.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The texts.
    pub words: Words,
    /// The name of the shop.
    pub shop: &'a str,
    /// For whom the page is.
    pub zone: Zone,
    /// The path of the page, which tells its own way in the head, and help where one comes from.
    pub path: &'a str,
    /// What its forms send along to show that they are of our page; empty where nobody has
    /// signed in.
    pub csrf: &'a str,
    /// What its forms send along so that each is done once, however often it is sent.
    pub once: &'a str,
}

impl<'a> Visit<'a> {
    /// A page of this title.
    pub fn frame(&self, title: &'a str, width: Width) -> Frame<'a> {
        Frame {
            visit: *self,
            title,
            width,
            fresh: None,
            prints: false,
            preview: None,
            is_filled_in: false,
        }
    }

    /// The start of a form that changes something: what all of them send along.
    pub(crate) fn marks(&self) -> Markup {
        html! {
            @if !self.csrf.is_empty() { input type="hidden" name="csrf" value=(self.csrf); }
            input type="hidden" name="once" value=(self.once);
        }
    }
}

/// A page but for its content.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Who looks at it.
    pub visit: Visit<'a>,
    /// What the page is called; the name of the shop follows.
    pub title: &'a str,
    /// How wide it is.
    pub width: Width,
    /// After how many seconds it is asked for again, where it waits for something.
    pub fresh: Option<u32>,
    /// Whether it is made to be printed, and so has the styles of paper.
    pub prints: bool,
    /// What programs show of its link when somebody shares it. Such a page is for whoever has the
    /// link, and for no index.
    pub preview: Option<LinkPreview<'a>>,
    /// Whether going anywhere else, to the same page in another language too, would lose what
    /// somebody has filled in.
    pub is_filled_in: bool,
}

/// What a link to a page looks like elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct LinkPreview<'a> {
    /// Its title.
    pub title: &'a str,
    /// The whole address of its picture, a PNG of [`PNG_SIZE`].
    pub picture: &'a str,
    /// What is on the picture, for those who do not see it.
    pub picture_of: &'a str,
}

impl LinkPreview<'_> {
    /// What programs read that show a link.
    fn tags(&self) -> Markup {
        let (width, height) = PNG_SIZE;
        html! {
            meta name="robots" content="noindex, nofollow, noarchive";
            meta property="og:title" content=(self.title);
            meta property="og:type" content="website";
            meta property="og:image" content=(self.picture);
            meta property="og:image:type" content="image/png";
            meta property="og:image:width" content=(width);
            meta property="og:image:height" content=(height);
            meta property="og:image:alt" content=(self.picture_of);
            meta name="twitter:card" content="summary_large_image";
        }
    }
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

const CONSOLE_WAYS: [Way; 4] = [
    Way { path: "/console/queue", icon: Icon::Mail, text: "frame.queue" },
    Way { path: "/console/claims", icon: Icon::Claim, text: "frame.claims" },
    Way { path: "/console/finance", icon: Icon::Ledger, text: "frame.finance" },
    Way { path: "/console/reconciliation", icon: Icon::Link, text: "frame.reconciliation" },
];

impl Frame<'_> {
    /// The same for a page that has what somebody has filled in on the way to it.
    pub(crate) fn filled_in(self) -> Self {
        Frame { is_filled_in: true, ..self }
    }

    /// The whole page. Help is the last way of the head and at the same place on every page
    /// (WCAG 2.2, 3.2.6 *Consistent Help*).
    pub fn page(&self, content: &Markup) -> Markup {
        let Visit { words, shop, .. } = self.visit;
        let language = words.language;
        let width = if self.width == Width::Narrow { "main narrow" } else { "main" };
        html! {
            (DOCTYPE)
            html lang=(language.tag()) dir=(language.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="description"
                        content=(words.with("frame.description", &[("shop", shop)]));
                    // Others are told no address of ours. Our own forms need their `Origin`, which
                    // a browser leaves out where there is no referrer at all.
                    meta name="referrer" content="same-origin";
                    @if let Some(preview) = self.preview {
                        (preview.tags())
                    }
                    title { (self.title) " · " (shop) }
                    @if let Some(seconds) = self.fresh {
                        meta http-equiv="refresh" content=(seconds);
                    }
                    // Fonts are asked for without cookies, so this is, else it is asked for twice.
                    link rel="preload" href=(Asset::font()) as="font" type="font/woff2" crossorigin;
                    link rel="stylesheet" href=(Asset::styles());
                    @if self.prints { link rel="stylesheet" href=(Asset::print()); }
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
        let Visit { words, shop, zone, path, .. } = self.visit;
        let ways = zone.ways();
        let help = format!("/help?from={}", escaped(path));
        html! {
            header class="head" {
                div class="head-row" {
                    a class="brand" href="/" { (icon(Icon::Gift)) (shop) }
                    nav aria-label=(words.text("frame.ways")) {
                        ul class="nav" {
                            @for way in ways {
                                li {
                                    a href=(way.path) aria-current=[self.current(way.path)] {
                                        (icon(way.icon)) (words.text(way.text))
                                    }
                                }
                            }
                            li { (self.account()) }
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

    /// The way to one's own account, or to one.
    fn account(&self) -> Markup {
        let Visit { words, zone, path, .. } = self.visit;
        let (way, text) = match zone {
            Zone::Open => ("/sign-in", "frame.sign_in"),
            Zone::Customer | Zone::Console { .. } => ("/me", "frame.me"),
        };
        let is_on_the_way = path == "/" || path.starts_with(way);
        let to = match zone {
            Zone::Open if !is_on_the_way => format!("{way}?next={}", escaped(path)),
            _ => way.to_owned(),
        };
        html! {
            a href=(to) aria-current=[self.current(way)] { (icon(Icon::Person)) (words.text(text)) }
        }
    }

    /// `page` for the way on which somebody is.
    fn current(&self, way: &str) -> Option<&'static str> {
        let rest = self.visit.path.strip_prefix(way)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some("page")
    }

    fn foot(&self) -> Markup {
        let Visit { words, shop, path, .. } = self.visit;
        // The console speaks English alone.
        let is_offered = !self.is_filled_in && !matches!(self.visit.zone, Zone::Console { .. });
        let is_other = |language: &Language| *language != words.language && is_offered;
        let others = Language::ALL.into_iter().filter(is_other);
        html! {
            footer class="foot" {
                div class="foot-row" {
                    span { (shop) }
                    @for language in others {
                        a href=(format!("{path}?lang={}", language.tag())) hreflang=(language.tag())
                            lang=(language.tag()) dir=(language.direction()) { (language.name()) }
                    }
                }
            }
        }
    }
}
