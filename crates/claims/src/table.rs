//! Rule tables: dated data.

mod document;

pub(crate) use document::{Document, Section};
pub use document::{FILE_BYTES_MAX, LoadError};
