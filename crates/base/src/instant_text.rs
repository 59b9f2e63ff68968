use crate::civil::Date;
use crate::{Instant, InstantError, ascii};

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const SECOND_DECIMALS_MAX: usize = 9;

/// The text of an instant, on the stack.
pub(crate) struct Rfc3339 {
    bytes: [u8; 27],
    length: usize,
}

impl Rfc3339 {
    /// Writes an instant: with no decimals, or three, or six, the fewest that are exact.
    pub(crate) fn of(instant: Instant) -> Rfc3339 {
        let micros = instant.micros() % MICROS_PER_SECOND;
        let second = instant.micros() / MICROS_PER_SECOND % SECONDS_PER_DAY;
        let date = Date::of_day_number(instant.day_number());

        let mut bytes = *b"0000-00-00T00:00:00.000000Z";
        write_digits(&mut bytes[0..4], date.year);
        write_digits(&mut bytes[5..7], date.month);
        write_digits(&mut bytes[8..10], date.day);
        write_digits(&mut bytes[11..13], second / 3_600);
        write_digits(&mut bytes[14..16], second / 60 % 60);
        write_digits(&mut bytes[17..19], second % 60);
        write_digits(&mut bytes[20..26], micros);
        let end = match micros {
            0 => 19,
            _ if micros % 1_000 == 0 => 23,
            _ => 26,
        };
        bytes[end] = b'Z';
        Rfc3339 { bytes, length: end + 1 }
    }

    pub(crate) fn as_str(&self) -> &str {
        ascii::as_text(&self.bytes[..self.length])
    }
}

/// Reads `date-time` of RFC 3339, section 5.6. Its letters may be of either case.
pub(crate) fn parse(text: &str) -> Result<Instant, InstantError> {
    let fields = Fields::read(text.as_bytes()).ok_or(InstantError::Malformed)?;
    fields.instant()
}

/// The numbers of a text of the right shape, not yet checked against calendar and clock.
struct Fields {
    date: Date,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    offset: Offset,
}

/// How far local time is ahead of UTC.
struct Offset {
    sign: i64,
    hours: i64,
    minutes: i64,
}

impl Fields {
    fn read(text: &[u8]) -> Option<Fields> {
        let mut reader = Reader { rest: text };
        let year = reader.number(4)?;
        reader.one_of(b"-")?;
        let month = reader.number(2)?;
        reader.one_of(b"-")?;
        let day = reader.number(2)?;
        reader.one_of(b"Tt")?;
        let hour = reader.number(2)?;
        reader.one_of(b":")?;
        let minute = reader.number(2)?;
        reader.one_of(b":")?;
        let second = reader.number(2)?;
        let micros = reader.decimals_as_micros()?;
        let offset = reader.offset()?;
        let date = Date { year, month, day };
        reader.rest.is_empty().then_some(Fields { date, hour, minute, second, micros, offset })
    }

    fn instant(&self) -> Result<Instant, InstantError> {
        let day_number = self.date.day_number().ok_or(InstantError::NoSuchTime)?;
        let clock_exists = self.hour < 24 && self.minute < 60 && self.second < 60;
        if !clock_exists || self.offset.hours >= 24 || self.offset.minutes >= 60 {
            return Err(InstantError::NoSuchTime);
        }
        let second_of_day = self.hour * 3_600 + self.minute * 60 + self.second;
        let ahead = self.offset.sign * (self.offset.hours * 3_600 + self.offset.minutes * 60);
        let second = day_number * SECONDS_PER_DAY + second_of_day - ahead;
        // Four digits of a year times the microseconds in it stay far inside 64 bits.
        let micros = second * MICROS_PER_SECOND + self.micros;
        Instant::try_from_micros(micros).ok_or(InstantError::OutOfRange)
    }
}

/// Takes a text apart from its front; `None` means that it is not of the expected shape.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        allowed.contains(&first).then_some(first)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (front, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        let mut number = 0;
        for byte in front {
            number = number * 10 + digit_value(*byte)?;
        }
        Some(number)
    }

    /// The fraction of a second, cut off after microseconds; zero when there is none.
    fn decimals_as_micros(&mut self) -> Option<i64> {
        if self.rest.first() != Some(&b'.') {
            return Some(0);
        }
        self.rest = &self.rest[1..];
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > SECOND_DECIMALS_MAX {
            return None;
        }
        let mut nanos = self.number(digits)?;
        for _ in digits..SECOND_DECIMALS_MAX {
            nanos *= 10;
        }
        Some(nanos / 1_000)
    }

    fn offset(&mut self) -> Option<Offset> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(Offset { sign: 1, hours: 0, minutes: 0 }),
        };
        let hours = self.number(2)?;
        self.one_of(b":")?;
        let minutes = self.number(2)?;
        Some(Offset { sign, hours, minutes })
    }
}

fn digit_value(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// Fills the place with the number, with zeros in front.
fn write_digits(place: &mut [u8], number: i64) {
    let mut rest = number;
    for byte in place.iter_mut().rev() {
        *byte = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}
