//! Typed values over the four kinds that sinks and sources know.

use base::{Amount, Currency, Instant};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::EntryPlace;

/// Writes typed values.
pub(crate) trait FieldSink: ValueSink {
    fn amount(&mut self, value: Amount) {
        self.int(value.minor());
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
}

impl<S: ValueSink + ?Sized> FieldSink for S {}

/// Reads typed values; each method refuses what the type cannot be.
pub(crate) trait FieldSource: ValueSource {
    fn amount(&mut self) -> Result<Amount, ReadError> {
        Amount::new(self.int()?).ok_or(invalid("amount: negative"))
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

    fn number<T: TryFrom<i64>>(&mut self, what: &'static str) -> Result<T, ReadError> {
        T::try_from(self.int()?).map_err(|_| invalid(what))
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
