//! Scopes: what a key may do, as values of a key and as types of handlers.

/// What a key may do: a set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Reads everything of its book except codes.
    pub const READ: Scopes = Scopes(1);
    /// Holds, captures, refunds, redeems and reverses.
    pub const SPEND: Scopes = Scopes(2);
    /// Issues cards and changes them.
    pub const ISSUE: Scopes = Scopes(4);
    /// Sees the codes of cards.
    pub const REVEAL: Scopes = Scopes(8);
    /// Makes keys.
    pub const ADMIN: Scopes = Scopes(16);
    /// Looks up a card by its code and nothing else: the one scope of publishable keys.
    pub const LOOK_UP: Scopes = Scopes(32);
    /// Makes sellers, creators and products.
    pub const CATALOG: Scopes = Scopes(64);
    /// Keeps payment methods, makes checkouts and has them paid.
    pub const CHECKOUT: Scopes = Scopes(128);
    /// Refunds orders.
    pub const REFUND: Scopes = Scopes(256);
    /// Pays sellers and creators.
    pub const PAYOUT: Scopes = Scopes(512);
    /// Makes and changes webhook endpoints, and sends events again.
    pub const WEBHOOKS: Scopes = Scopes(1024);
    /// Brings reports about mails.
    pub const MAIL_REPORTS: Scopes = Scopes(2048);
    /// Brings settlement files of rails.
    pub const SETTLEMENTS: Scopes = Scopes(4096);
    /// Composes promotions, has them paid, and tells what becomes of posts.
    pub const PROMOTIONS: Scopes = Scopes(8192);
    /// Acts on promotions as staff: reviews them, holds them up, stops them for a rule, adds to
    /// their budgets.
    pub const REVIEW: Scopes = Scopes(16_384);
    /// Asks for promoted posts, and reports what viewers did with them.
    pub const FEED: Scopes = Scopes(32_768);
    /// Tells of incidents of the platform.
    pub const INCIDENTS: Scopes = Scopes(65_536);
    /// Tells what happened to accounts of persons.
    pub const SIGNALS: Scopes = Scopes(131_072);
    /// Makes claims, and does for them what claimants may.
    pub const CLAIMS: Scopes = Scopes(262_144);
    /// Acts on claims as staff: reads what was written, finds charges, decides, approves.
    pub const CLAIMS_REVIEW: Scopes = Scopes(524_288);
    /// Says who somebody is, and so signs in customers.
    pub const HAND_OVER: Scopes = Scopes(1_048_576);
    /// Everything a secret key can have.
    pub const ALL: Scopes = Scopes(2_097_151 - Scopes::LOOK_UP.0);

    const NAMES: [(&'static str, Scopes); 20] = [
        ("read", Scopes::READ),
        ("spend", Scopes::SPEND),
        ("issue", Scopes::ISSUE),
        ("gift_cards:reveal", Scopes::REVEAL),
        ("admin", Scopes::ADMIN),
        ("catalog:write", Scopes::CATALOG),
        ("checkout:write", Scopes::CHECKOUT),
        ("orders:refund", Scopes::REFUND),
        ("payouts:write", Scopes::PAYOUT),
        ("webhooks:manage", Scopes::WEBHOOKS),
        ("mail:report", Scopes::MAIL_REPORTS),
        ("settlements:write", Scopes::SETTLEMENTS),
        ("promotions:write", Scopes::PROMOTIONS),
        ("promotions:review", Scopes::REVIEW),
        ("feed:serve", Scopes::FEED),
        ("incidents:write", Scopes::INCIDENTS),
        ("signals:write", Scopes::SIGNALS),
        ("claims:write", Scopes::CLAIMS),
        ("claims:review", Scopes::CLAIMS_REVIEW),
        ("people:hand_over", Scopes::HAND_OVER),
    ];

    /// The scope of this name, or the set that `all` stands for.
    pub fn parse(name: &str) -> Option<Scopes> {
        if name == "all" {
            return Some(Scopes::ALL);
        }
        Scopes::NAMES.iter().find(|(known, _)| *known == name).map(|(_, scopes)| *scopes)
    }

    /// Both sets together.
    pub const fn with(self, other: Scopes) -> Scopes {
        Scopes(self.0 | other.0)
    }

    /// True when every scope of `other` is in this set.
    pub const fn contains(self, other: Scopes) -> bool {
        self.0 & other.0 == other.0
    }

    /// True when some scope of `other` is in this set.
    pub const fn intersects(self, other: Scopes) -> bool {
        self.0 & other.0 != 0
    }

    /// True when nothing is allowed.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names of the set, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Scopes::NAMES.iter().filter(move |(_, one)| self.contains(*one)).map(|(name, _)| *name)
    }

    /// The set whose names are in the text, with blanks between; unknown names allow nothing.
    pub(crate) fn of_text(text: &str) -> Scopes {
        let known = text.split_ascii_whitespace().filter_map(Scopes::parse);
        known.fold(Scopes::default(), Scopes::with)
    }

    /// The text that a control store keeps.
    pub(crate) fn to_text(self) -> String {
        self.names().collect::<Vec<_>>().join(" ")
    }

    /// The names for a message: every scope a secret key can be given.
    pub(crate) fn all_names() -> String {
        let names: Vec<_> = Scopes::NAMES.iter().map(|(name, _)| *name).collect();
        format!("{} or all", names.join(", "))
    }
}

/// Who may call a handler, as a type: a handler takes a `Call<S>`, so it cannot forget.
pub(crate) trait Scope: Send + Sync + 'static {
    /// What to tell a caller that lacks it.
    const NAME: &'static str;

    /// Whether a key with these scopes may call.
    fn allows(scopes: Scopes) -> bool;
}

macro_rules! scope_types {
    ($($(#[doc = $doc:literal])+ $name:ident = $label:literal, $rule:expr;)+) => {$(
        $(#[doc = $doc])+
        pub(crate) enum $name {}

        impl Scope for $name {
            const NAME: &'static str = $label;

            fn allows(scopes: Scopes) -> bool {
                let rule: fn(Scopes) -> bool = $rule;
                rule(scopes)
            }
        }
    )+};
}

scope_types! {
    /// Reading objects.
    Read = "read", |scopes| scopes.contains(Scopes::READ);
    /// Moving money of cards.
    Spend = "spend", |scopes| scopes.contains(Scopes::SPEND);
    /// Making and changing cards.
    Issue = "issue", |scopes| scopes.contains(Scopes::ISSUE);
    /// Seeing codes.
    Reveal = "gift_cards:reveal", |scopes| scopes.contains(Scopes::REVEAL);
    /// Making keys.
    Admin = "admin", |scopes| scopes.contains(Scopes::ADMIN);
    /// Making sellers, creators and products.
    Catalog = "catalog:write", |scopes| scopes.contains(Scopes::CATALOG);
    /// Making checkouts and having them paid.
    Checkout = "checkout:write", |scopes| scopes.contains(Scopes::CHECKOUT);
    /// Refunding orders.
    Refund = "orders:refund", |scopes| scopes.contains(Scopes::REFUND);
    /// Seeing what a refund would be.
    PreviewRefund = "read", |scopes| scopes.intersects(Scopes::READ.with(Scopes::REFUND));
    /// Paying sellers and creators.
    Payout = "payouts:write", |scopes| scopes.contains(Scopes::PAYOUT);
    /// Making and changing webhook endpoints.
    Webhooks = "webhooks:manage", |scopes| scopes.contains(Scopes::WEBHOOKS);
    /// Telling what became of a mail.
    MailReports = "mail:report", |scopes| scopes.contains(Scopes::MAIL_REPORTS);
    /// Bringing settlement files of rails.
    Settlements = "settlements:write", |scopes| scopes.contains(Scopes::SETTLEMENTS);
    /// Composing promotions and having them paid.
    Promote = "promotions:write", |scopes| scopes.contains(Scopes::PROMOTIONS);
    /// Asking for promoted posts.
    ServeFeed = "feed:serve", |scopes| scopes.contains(Scopes::FEED);
    /// Telling of incidents.
    Incidents = "incidents:write", |scopes| scopes.contains(Scopes::INCIDENTS);
    /// Telling what happened to accounts.
    TellSignals = "signals:write", |scopes| scopes.contains(Scopes::SIGNALS);
    /// Making claims, and what claimants do with them.
    MakeClaims = "claims:write", |scopes| scopes.contains(Scopes::CLAIMS);
    /// Deciding on claims.
    ReviewClaims = "claims:review", |scopes| scopes.contains(Scopes::CLAIMS_REVIEW);
    /// Saying who somebody is.
    HandOver = "people:hand_over", |scopes| scopes.contains(Scopes::HAND_OVER);
    /// Reviewing promotions.
    Review = "promotions:review", |scopes| scopes.contains(Scopes::REVIEW);
    /// Holding promotions up, for advertisers or as staff.
    PromoteOrReview = "promotions:write or promotions:review", |scopes| {
        scopes.intersects(Scopes::PROMOTIONS.with(Scopes::REVIEW))
    };
    /// Looking up a card by its code: publishable keys may, and secret ones that may do more.
    LookUp = "read", |scopes| {
        scopes.intersects(Scopes::LOOK_UP.with(Scopes::READ).with(Scopes::SPEND))
    };
    /// Any secret key; each operation of a batch checks its own scope.
    AnySecret = "spend or issue", |scopes| scopes.intersects(Scopes::SPEND.with(Scopes::ISSUE));
}
