/// A length of time in whole microseconds, never negative, at most 2⁶³ − 1.
///
/// Which of two instants is the earlier one is said by the operation, not by a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// The longest span, about 292 thousand years: longer than the range of
    /// [`Instant`](crate::Instant).
    pub const MAX: Span = Span(i64::MAX.unsigned_abs());

    /// A span of so many microseconds; [`Span::MAX`] when there are more than fit.
    pub const fn from_micros(micros: u64) -> Span {
        if micros > Span::MAX.0 { Span::MAX } else { Span(micros) }
    }

    /// A span of so many seconds; [`Span::MAX`] when there are more than fit.
    pub const fn seconds(seconds: u64) -> Span {
        Span::from_micros(seconds.saturating_mul(1_000_000))
    }

    /// A span of so many minutes; [`Span::MAX`] when there are more than fit.
    pub const fn minutes(minutes: u64) -> Span {
        Span::seconds(minutes.saturating_mul(60))
    }

    /// A span of so many hours; [`Span::MAX`] when there are more than fit.
    pub const fn hours(hours: u64) -> Span {
        Span::minutes(hours.saturating_mul(60))
    }

    /// A span of so many days of 24 hours; [`Span::MAX`] when there are more than fit.
    ///
    /// A day of the calendar where somebody lives can be shorter or longer; this one cannot.
    pub const fn days(days: u64) -> Span {
        Span::seconds(days.saturating_mul(86_400))
    }

    /// The length in microseconds, at most `i64::MAX`.
    pub const fn micros(self) -> u64 {
        self.0
    }
}
