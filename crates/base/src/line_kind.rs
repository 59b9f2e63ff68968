/// What kind of thing a line sells. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum LineKind {
    /// Physical goods.
    Goods = 1,
    /// A service.
    Service = 2,
    /// Digital goods, virtual coins and gifts.
    Digital = 3,
    /// A paid promotion.
    Promotion = 4,
    /// A gift card; no gift card pays for another.
    GiftCard = 5,
}

impl LineKind {
    /// Every kind.
    pub const ALL: [LineKind; 5] = [
        LineKind::Goods,
        LineKind::Service,
        LineKind::Digital,
        LineKind::Promotion,
        LineKind::GiftCard,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            LineKind::Goods => "goods",
            LineKind::Service => "service",
            LineKind::Digital => "digital",
            LineKind::Promotion => "promotion",
            LineKind::GiftCard => "gift_card",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<LineKind> {
        LineKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<LineKind> {
        LineKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}
