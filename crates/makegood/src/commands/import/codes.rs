//! The second file: codes, which the export hides.

use std::collections::HashMap;
use std::path::Path;

use outside::codes::{CodeError, ParsedCode};

use super::file::{self, Column};
use crate::failure::{Done, Failure};

/// Codes by the id of their card, and by their last characters.
#[derive(Debug, Default)]
pub(super) struct Codes {
    by_id: HashMap<String, Found>,
    by_last: HashMap<String, Found>,
}

/// What there is under an id or under last characters.
#[derive(Clone, Debug)]
enum Found {
    Code(ParsedCode),
    Unfit(&'static str),
}

/// What a card of the export gets.
#[derive(Clone, Debug)]
pub(super) enum CodeOfCard {
    /// The code it has.
    Kept(ParsedCode),
    /// A new one, because its own is not known.
    New,
}

impl Codes {
    /// Reads the file: a column `Code`, and `Id` or `Last Characters`.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has no codes.
    pub(super) fn read(path: &Path) -> Done<Codes> {
        let (columns, lines) = file::read_lines(path)?;
        if !columns.contains(&Some(Column::Code)) {
            let what = format!("{} has no column Code", path.display());
            return Err(Failure::new(what).next("docs/import.md shows the layout"));
        }
        let mut codes = Codes::default();
        for line in lines {
            let value = |column| line.values.get(&column).cloned();
            let found = match value(Column::Code) {
                Some(text) => parsed(&text),
                None => Found::Unfit("the codes file has a line without code"),
            };
            if let Some(id) = value(Column::Id) {
                keep(&mut codes.by_id, id, found);
                continue;
            }
            let last = match (&found, value(Column::LastCharacters)) {
                (Found::Code(code), _) => code.last4().to_owned(),
                (Found::Unfit(_), Some(last)) => last,
                (Found::Unfit(_), None) => continue,
            };
            keep(&mut codes.by_last, last.to_ascii_lowercase(), found);
        }
        Ok(codes)
    }

    /// The code of a card; `last` are its last characters, `is_only` tells that no other card of
    /// the export has the same.
    ///
    /// # Errors
    ///
    /// Why the code that there is does not fit.
    pub(super) fn of(
        &self,
        id: &str,
        last: Option<&str>,
        is_only: bool,
    ) -> Result<CodeOfCard, &'static str> {
        let last = last.map(str::to_ascii_lowercase);
        let by_last = || last.as_ref().and_then(|last| self.by_last.get(last));
        let found = match (self.by_id.get(id), by_last()) {
            (Some(found), _) => found,
            (None, Some(_)) if !is_only => {
                return Err("several cards have these last characters: give the code by Id");
            }
            (None, Some(found)) => found,
            (None, None) => return Ok(CodeOfCard::New),
        };
        match found {
            Found::Unfit(why) => Err(why),
            Found::Code(code) => match last {
                Some(last) if !code.last4().to_ascii_lowercase().ends_with(&last) => {
                    Err("the code does not end in the last characters of the card")
                }
                _ => Ok(CodeOfCard::Kept(code.clone())),
            },
        }
    }
}

fn parsed(text: &str) -> Found {
    match ParsedCode::parse(text) {
        Ok(code) => Found::Code(code),
        Err(CodeError::Malformed) => Found::Unfit("the code must have 8 to 40 letters and digits"),
        Err(CodeError::Typo) => {
            Found::Unfit("the code looks like one of ours with a typing error: it cannot be kept")
        }
    }
}

fn keep(codes: &mut HashMap<String, Found>, key: String, found: Found) {
    let twice = Found::Unfit("the codes file has several codes for this card");
    codes.entry(key).and_modify(|former| *former = twice).or_insert(found);
}
