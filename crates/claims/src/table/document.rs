//! Reading a TOML file without losing the line that something stands in.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Bytes of a rule file.
pub const FILE_BYTES_MAX: usize = 64 * 1024;

/// A file that is not accepted: where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct LoadError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and how to put it right.
    pub message: String,
}

/// A text and the name of the file it came from.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl<'a> Document<'a> {
    /// Parses the whole file.
    pub fn parse(file: &'a str, text: &'a str) -> Result<(Self, DeTable<'a>), LoadError> {
        let document = Document { file, text };
        if text.len() > FILE_BYTES_MAX {
            return Err(document.error(0, format!("the file has over {FILE_BYTES_MAX} bytes")));
        }
        match DeTable::parse(text) {
            Ok(table) => Ok((document, table.into_inner())),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                Err(document.error(at, format!("no TOML: {}", error.message())))
            }
        }
    }

    /// An error at this byte of the text.
    pub fn error(&self, at: usize, message: String) -> LoadError {
        LoadError { file: self.file.to_owned(), line: self.line(at), message }
    }

    /// The line of this byte, from 1.
    pub fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A table of the file, with the byte it begins at.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a, 't> {
    pub document: Document<'a>,
    pub table: &'t DeTable<'a>,
    pub at: usize,
}

/// A value with the byte it begins at.
pub(crate) type Found<T> = (T, usize);

impl<'a, 't> Section<'a, 't> {
    /// Nothing but these keys may stand here.
    pub fn allow(&self, keys: &[&str]) -> Result<(), LoadError> {
        let stranger = self.table.keys().find(|key| !keys.contains(&key.get_ref().as_ref()));
        match stranger {
            None => Ok(()),
            Some(key) => {
                let message =
                    format!("`{}` has no meaning here; write {}", key.get_ref(), keys.join(", "));
                Err(self.document.error(key.span().start, message))
            }
        }
    }

    /// All entries in the order in which they stand in the file.
    pub fn entries(&self) -> Vec<(Found<&'t str>, &'t Spanned<DeValue<'a>>)> {
        let entry = |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'a>>)| {
            let text: &'t std::borrow::Cow<'a, str> = key.get_ref();
            ((text.as_ref(), key.span().start), value)
        };
        let mut entries: Vec<_> = self.table.iter().map(entry).collect();
        entries.sort_by_key(|((_, at), _)| *at);
        entries
    }

    pub fn value(&self, key: &str) -> Option<&'t Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    /// A text, if the key is there.
    pub fn text(&self, key: &str) -> Result<Option<Found<&'t str>>, LoadError> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some((text.as_ref(), value.span().start))),
            _ => Err(self.wrong(key, value, "a text in quotes")),
        }
    }

    /// A text that must be there.
    pub fn required(&self, key: &str) -> Result<Found<&'t str>, LoadError> {
        let missing = || self.document.error(self.at, format!("`{key}` is missing"));
        self.text(key)?.ok_or_else(missing)
    }

    /// A list of texts; none when the key is not there.
    pub fn texts(&self, key: &str) -> Result<Vec<Found<&'t str>>, LoadError> {
        let mut texts = Vec::new();
        for value in self.list(key)?.into_iter().flatten() {
            match value.get_ref() {
                DeValue::String(text) => texts.push((text.as_ref(), value.span().start)),
                _ => return Err(self.wrong(key, value, "a list of texts in quotes")),
            }
        }
        Ok(texts)
    }

    /// A list, if the key is there.
    pub fn list(&self, key: &str) -> Result<Option<&'t DeArray<'a>>, LoadError> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => match value.get_ref() {
                DeValue::Array(list) => Ok(Some(list)),
                _ => Err(self.wrong(key, value, "a list in square brackets")),
            },
        }
    }

    /// The table of this key, if the key is there.
    pub fn section(&self, key: &str) -> Result<Option<Section<'a, 't>>, LoadError> {
        self.value(key).map(|value| self.enter(key, value)).transpose()
    }

    /// This value as a table.
    pub fn enter(
        &self,
        key: &str,
        value: &'t Spanned<DeValue<'a>>,
    ) -> Result<Section<'a, 't>, LoadError> {
        match value.get_ref() {
            DeValue::Table(table) => {
                Ok(Section { document: self.document, table, at: value.span().start })
            }
            _ => Err(self.wrong(key, value, "a table: { name = … }")),
        }
    }

    pub fn wrong(&self, key: &str, value: &Spanned<DeValue<'a>>, wanted: &str) -> LoadError {
        self.document.error(value.span().start, format!("`{key}` must be {wanted}"))
    }
}
