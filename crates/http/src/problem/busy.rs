//! Why an answer is 503, for the operator: callers only learn when to try again.

/// A reason; one metric counts each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Busy {
    /// The queue of the book is full.
    QueueFull,
    /// The store cannot write: a full disk, an unreachable database.
    StoreUnavailable,
    /// The writer of the book has ended.
    WriterEnded,
    /// No reader was free in time, or a list or report took too long.
    ReadTooSlow,
    /// Anything else; the log says what.
    Other,
}

impl Busy {
    /// All of them, in order.
    pub(crate) const ALL: [Busy; 5] = [
        Busy::QueueFull,
        Busy::StoreUnavailable,
        Busy::WriterEnded,
        Busy::ReadTooSlow,
        Busy::Other,
    ];

    /// Stable name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Busy::QueueFull => "queue_full",
            Busy::StoreUnavailable => "store_unavailable",
            Busy::WriterEnded => "writer_ended",
            Busy::ReadTooSlow => "read_too_slow",
            Busy::Other => "other",
        }
    }
}
