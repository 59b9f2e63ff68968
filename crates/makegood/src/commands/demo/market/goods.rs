//! What the market has: who sells what, at what price, and who makes posts about it.

use base::Currency;
use base::LineKind::{self, Digital, Goods, Service};

/// A seller and what they sell.
pub(super) struct Stall {
    pub(super) name: &'static str,
    /// What the market keeps, in hundredths of a percent.
    pub(super) commission: u16,
    pub(super) currency: Currency,
    /// Number of the creator who makes posts about these things.
    pub(super) creator: Option<usize>,
    pub(super) things: &'static [Thing],
}

/// Something that is sold: name, kind, category, price in minor units.
pub(super) type Thing = (&'static str, LineKind, &'static str, i64);

/// Creators: name, handle, share in hundredths of a percent.
pub(super) const CREATORS: [(&str, &str, u16); 5] = [
    ("Ada Marlowe", "ada.makes", 800),
    ("Jun Takeda", "jun_brews", 500),
    ("Ines Duarte", "ines.at.home", 700),
    ("Theo Brandt", "theo_outdoors", 600),
    ("Mila Novak", "mila.reads", 1_000),
];

/// Sellers.
pub(super) const STALLS: [Stall; 12] = [
    Stall {
        name: "Luna Ceramics",
        commission: 1_200,
        currency: Currency::USD,
        creator: Some(0),
        things: &[
            ("Espresso cup, speckled", Goods, "pottery", 2_400),
            ("Breakfast bowl, ocean blue", Goods, "pottery", 3_200),
            ("Planter with saucer", Goods, "pottery", 4_600),
            ("Engraving of a name", Service, "personal", 900),
        ],
    },
    Stall {
        name: "Northwind Coffee",
        commission: 1_000,
        currency: Currency::USD,
        creator: Some(1),
        things: &[
            ("House blend, 340 g", Goods, "coffee", 1_650),
            ("Ethiopia Guji, 250 g", Goods, "coffee", 1_990),
            ("Paper filters, 100 pieces", Goods, "coffee", 749),
            ("Brewing class, one evening", Service, "classes", 5_500),
        ],
    },
    Stall {
        name: "Paper Harbor",
        commission: 1_500,
        currency: Currency::USD,
        creator: Some(4),
        things: &[
            ("Dotted notebook, A5", Goods, "stationery", 1_425),
            ("Fountain pen, fine", Goods, "stationery", 3_890),
            ("Letterpress cards, set of 8", Goods, "stationery", 1_800),
        ],
    },
    Stall {
        name: "Trailhead Supply",
        commission: 900,
        currency: Currency::USD,
        creator: Some(3),
        things: &[
            ("Enamel mug", Goods, "outdoors", 1_599),
            ("Wool socks, two pairs", Goods, "clothing", 2_350),
            ("Headlamp, rechargeable", Goods, "outdoors", 4_995),
            ("Day pack, 18 l", Goods, "outdoors", 7_900),
        ],
    },
    Stall {
        name: "Slow Loop Records",
        commission: 1_400,
        currency: Currency::USD,
        creator: None,
        things: &[
            ("Night Ferry, LP", Goods, "music", 2_899),
            ("Night Ferry, download", Digital, "music", 999),
            ("Field recordings, volume 2", Digital, "music", 650),
        ],
    },
    Stall {
        name: "Juniper Soap Works",
        commission: 1_200,
        currency: Currency::USD,
        creator: Some(2),
        things: &[
            ("Cedar soap, 3 bars", Goods, "bath", 1_875),
            ("Hand balm, 50 ml", Goods, "bath", 1_250),
            ("Candle, fig and moss", Goods, "home", 2_600),
        ],
    },
    Stall {
        name: "Pixel & Thread",
        commission: 2_000,
        currency: Currency::USD,
        creator: Some(0),
        things: &[
            ("Embroidery pattern, foxes", Digital, "patterns", 700),
            ("Embroidery kit, foxes", Goods, "craft", 3_450),
            ("Quilt planner for tablets", Digital, "patterns", 1_299),
        ],
    },
    Stall {
        name: "Second Spin Bikes",
        commission: 800,
        currency: Currency::USD,
        creator: None,
        things: &[
            ("Tune-up, city bike", Service, "repairs", 6_500),
            ("Leather grips", Goods, "bikes", 3_995),
            ("Brass bell", Goods, "bikes", 1_850),
        ],
    },
    Stall {
        name: "Atelier Brume",
        commission: 1_300,
        currency: Currency::EUR,
        creator: Some(2),
        things: &[
            ("Linen throw, mist", Goods, "home", 8_900),
            ("Linen napkins, set of 4", Goods, "home", 3_600),
            ("Apron with pockets", Goods, "kitchen", 4_450),
        ],
    },
    Stall {
        name: "Werkbank Holz",
        commission: 1_100,
        currency: Currency::EUR,
        creator: Some(3),
        things: &[
            ("Chopping board, walnut", Goods, "kitchen", 5_490),
            ("Coat hooks, oak, 3 pieces", Goods, "home", 2_790),
            ("Oiling of a board", Service, "care", 1_200),
        ],
    },
    Stall {
        name: "Tinta Tipos",
        commission: 1_600,
        currency: Currency::EUR,
        creator: Some(4),
        things: &[
            ("Poster, tram 28", Goods, "prints", 2_450),
            ("Typeface Alfama, desktop", Digital, "type", 4_900),
            ("Calendar, risograph", Goods, "prints", 1_995),
        ],
    },
    Stall {
        name: "Gartenblau",
        commission: 1_000,
        currency: Currency::EUR,
        creator: None,
        things: &[
            ("Wildflower seeds, 6 bags", Goods, "garden", 1_140),
            ("Copper watering can", Goods, "garden", 6_200),
            ("Balcony plan by video", Service, "garden", 4_000),
        ],
    },
];

/// What bought gift cards are worth, in minor units.
pub(super) const CARD_VALUES: [i64; 4] = [2_500, 5_000, 5_000, 10_000];

/// Where buyers are: region, currency, tax in hundredths of a percent, price of shipping.
pub(super) const PLACES: [(&str, Currency, i64, i64); 5] = [
    ("US-CA", Currency::USD, 725, 595),
    ("US-NY", Currency::USD, 888, 695),
    ("US-OR", Currency::USD, 0, 595),
    ("DE", Currency::EUR, 1_900, 490),
    ("PT", Currency::EUR, 2_300, 790),
];

/// How buyers' methods behave at the sandbox, and how many of sixty buyers have one so.
pub(super) const METHODS: [(&str, &str, usize); 8] = [
    ("tok_ok", "4242", 45),
    ("tok_declined", "0002", 4),
    ("tok_insufficient", "9995", 2),
    ("tok_expires_soon", "0028", 2),
    ("tok_timeout", "0408", 1),
    ("tok_refund_pending", "7726", 3),
    ("tok_refund_fails", "5126", 2),
    ("tok_disputed", "0259", 1),
];
