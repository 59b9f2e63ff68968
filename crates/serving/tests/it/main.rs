//! The feed of a book, on a book.

mod feed;
mod town;
