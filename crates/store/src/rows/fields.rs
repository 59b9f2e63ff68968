//! Typed values over the four kinds that sinks and sources know.

use base::{Amount, Currency, Instant, Money, TypedId};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::EntryPlace;

/// Writes typed values.
pub(crate) trait FieldSink: ValueSink {
    fn amount(&mut self, value: Amount) {
        self.int(value.minor());
    }

    /// Nothing in the place of zero, for columns that came later and are seldom filled.
    fn amount_or_null(&mut self, value: Amount) {
        self.opt_int((!value.is_zero()).then_some(value.minor()));
    }

    fn currency(&mut self, value: Currency) {
        self.text(value.code());
    }

    fn instant(&mut self, value: Instant) {
        self.int(value.micros());
    }

    fn opt_instant(&mut self, value: Option<Instant>) {
        self.opt_int(value.map(Instant::micros));
    }

    fn flag(&mut self, value: bool) {
        self.int(i64::from(value));
    }

    /// An amount, then its currency.
    fn money(&mut self, value: Money) {
        self.amount(value.amount);
        self.currency(value.currency);
    }

    fn id(&mut self, value: impl TypedId) {
        self.bytes(&value.to_bytes());
    }

    fn opt_id(&mut self, value: Option<impl TypedId>) {
        let bytes = value.map(TypedId::to_bytes);
        self.opt_bytes(bytes.as_ref().map(<[u8; 16]>::as_slice));
    }
}

impl<S: ValueSink + ?Sized> FieldSink for S {}

/// Reads typed values; each method refuses what the type cannot be.
pub(crate) trait FieldSource: ValueSource {
    fn amount(&mut self) -> Result<Amount, ReadError> {
        Amount::new(self.int()?).ok_or(invalid("amount: negative"))
    }

    fn opt_amount(&mut self) -> Result<Option<Amount>, ReadError> {
        let minor = self.opt_int()?;
        minor.map(|minor| Amount::new(minor).ok_or(invalid("amount: negative"))).transpose()
    }

    fn amount_or_zero(&mut self) -> Result<Amount, ReadError> {
        match self.opt_amount()? {
            Some(Amount::ZERO) => Err(invalid("amount: zero in the place of nothing")),
            amount => Ok(amount.unwrap_or(Amount::ZERO)),
        }
    }

    fn currency(&mut self) -> Result<Currency, ReadError> {
        Currency::parse(&self.text()?).map_err(|_| invalid("currency"))
    }

    fn instant(&mut self) -> Result<Instant, ReadError> {
        Instant::try_from_micros(self.int()?).ok_or(invalid("instant: out of range"))
    }

    fn opt_instant(&mut self) -> Result<Option<Instant>, ReadError> {
        let micros = self.opt_int()?;
        micros
            .map(|micros| Instant::try_from_micros(micros).ok_or(invalid("instant: out of range")))
            .transpose()
    }

    fn opt_place(&mut self) -> Result<Option<EntryPlace>, ReadError> {
        let place = |number| EntryPlace::from_number(number).ok_or(invalid("place of an entry"));
        self.opt_int()?.map(place).transpose()
    }

    fn flag(&mut self) -> Result<bool, ReadError> {
        match self.int()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(invalid("flag: neither 0 nor 1")),
        }
    }

    /// An amount, then its currency.
    fn money(&mut self) -> Result<Money, ReadError> {
        Ok(Money { amount: self.amount()?, currency: self.currency()? })
    }

    fn id<T: TypedId>(&mut self) -> Result<T, ReadError> {
        Ok(T::from_bytes(self.fixed16()?))
    }

    fn opt_id<T: TypedId>(&mut self) -> Result<Option<T>, ReadError> {
        Ok(self.opt_fixed16()?.map(T::from_bytes))
    }

    /// One of a few, by its stored number.
    fn one_of<T>(
        &mut self,
        what: &'static str,
        from_number: impl FnOnce(u8) -> Option<T>,
    ) -> Result<T, ReadError> {
        from_number(self.number(what)?).ok_or(invalid(what))
    }

    /// One of a few by its stored number, or nothing.
    fn opt_one_of<T>(
        &mut self,
        what: &'static str,
        from_number: impl FnOnce(u8) -> Option<T>,
    ) -> Result<Option<T>, ReadError> {
        self.opt_number(what)?.map(|number| from_number(number).ok_or(invalid(what))).transpose()
    }

    fn number<T: TryFrom<i64>>(&mut self, what: &'static str) -> Result<T, ReadError> {
        T::try_from(self.int()?).map_err(|_| invalid(what))
    }

    fn opt_number<T: TryFrom<i64>>(&mut self, what: &'static str) -> Result<Option<T>, ReadError> {
        self.opt_int()?.map(|number| T::try_from(number).map_err(|_| invalid(what))).transpose()
    }

    /// Bytes of a fixed length other than 16, for which there is `fixed16`.
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let bytes = self.bytes()?;
        let found = bytes.len();
        bytes.try_into().map_err(|_| ReadError::WrongLength { expected: N, found })
    }

    /// Text that has a type of its own.
    fn parsed<T, E>(
        &mut self,
        what: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ReadError> {
        parse(&self.text()?).map_err(|_| invalid(what))
    }

    /// Text, or nothing, that has a type of its own.
    fn opt_parsed<T, E>(
        &mut self,
        what: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ReadError> {
        self.opt_text()?.map(|text| parse(&text).map_err(|_| invalid(what))).transpose()
    }
}

impl<S: ValueSource + ?Sized> FieldSource for S {}

pub(crate) fn invalid(what: &'static str) -> ReadError {
    ReadError::Invalid { what }
}

/// The sum; `None` when it is more than an amount can be.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
    amounts.into_iter().try_fold(Amount::ZERO, Amount::checked_add)
}

/// A count as a column holds it. One that is larger is not read back as it was, so its command is
/// undone.
pub(crate) fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
