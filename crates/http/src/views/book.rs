//! Books.

use base::Instant;
use engine::BookRow;
use serde::Serialize;

use crate::views::Time;

/// A book and its time.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Book)]
pub(crate) struct BookView {
    /// Always `book`.
    object: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// True when its clock may be moved.
    test: bool,
    /// The book's time.
    #[schema(value_type = String, format = DateTime)]
    now: Time,
}

impl BookView {
    pub(crate) fn new(book: &BookRow, now: Instant) -> BookView {
        let created_at = Time(book.created_at);
        BookView { object: "book", created_at, test: book.is_test, now: Time(now) }
    }
}
