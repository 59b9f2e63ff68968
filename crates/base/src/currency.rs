use std::fmt;

use crate::currency_table::{ACTIVE, ACTIVE_COUNT};

/// An active currency of ISO 4217, one byte small.
///
/// Source: list one of ISO 4217 as published on 2026-01-01. Left out are precious metals, test
/// codes, units of account of international bodies (XAD, XDR, XSU, XUA), and the fund codes BOV,
/// CHE, CHW, COU, MXV, USN and UYI. The Chilean CLF and the Uruguayan UYW stay, because prices
/// are quoted in them.
///
/// Currencies are ordered by their code. The number inside is a place in today's table and
/// changes with the table, so anything that outlives the process stores the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

impl Currency {
    /// The United States dollar, two decimals.
    pub const USD: Currency = Currency::known("USD");
    /// The euro, two decimals.
    pub const EUR: Currency = Currency::known("EUR");
    /// The pound sterling, two decimals.
    pub const GBP: Currency = Currency::known("GBP");
    /// The Japanese yen, no decimals.
    pub const JPY: Currency = Currency::known("JPY");
    /// The Kuwaiti dinar, three decimals.
    pub const KWD: Currency = Currency::known("KWD");

    /// The currency with this code: exactly three upper-case letters.
    ///
    /// # Errors
    ///
    /// [`UnknownCurrency`] for anything that is not in the table, lower-case codes included.
    pub fn parse(code: &str) -> Result<Currency, UnknownCurrency> {
        match ACTIVE.binary_search_by(|(candidate, _)| (*candidate).cmp(code)) {
            Ok(place) => Ok(Currency::at(place)),
            Err(_) => Err(UnknownCurrency),
        }
    }

    /// The alphabetic code, such as `USD`.
    pub const fn code(self) -> &'static str {
        ACTIVE[self.0 as usize].0
    }

    /// How many decimals the major unit has: one major unit is 10 to this power minor units.
    pub const fn exponent(self) -> u8 {
        ACTIVE[self.0 as usize].1
    }

    /// Every currency, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Currency> {
        (0..ACTIVE_COUNT).map(Currency::at)
    }

    const fn at(place: usize) -> Currency {
        assert!(place < ACTIVE_COUNT && ACTIVE_COUNT <= 256);
        Currency(place as u8)
    }

    /// Finds a constant while compiling, so that a misspelled one does not compile.
    const fn known(code: &str) -> Currency {
        let wanted = code.as_bytes();
        let mut place = 0;
        while place < ACTIVE_COUNT {
            let found = ACTIVE[place].0.as_bytes();
            if found[0] == wanted[0] && found[1] == wanted[1] && found[2] == wanted[2] {
                return Currency::at(place);
            }
            place += 1;
        }
        panic!("not an active currency")
    }
}

/// The code.
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The code, because the number inside means nothing to a reader.
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is not the code of an active ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an active ISO 4217 currency code in upper case")]
pub struct UnknownCurrency;
