//! Tables of an operator that claims are decided by.

use std::fs;
use std::path::{Path, PathBuf};

use claims::{File, RuleBook, Rules};

use crate::failure::{Done, Failure};

/// Bytes of all files together: they are read whole.
const FOLDER_BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// Reads the tables of a folder and has this process decide claims by them. They stay for as long
/// as the process lives.
///
/// # Errors
///
/// The folder cannot be read; everything that is wrong with any file, with its line.
pub(super) fn decide_by(folder: &Path) -> Done<&'static RuleBook> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| Failure::file(folder, &error))? {
        paths.push(entry.map_err(|error| Failure::file(folder, &error))?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let (mut texts, mut bytes) = (Vec::new(), 0_usize);
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
        bytes += text.len();
        if bytes > FOLDER_BYTES_MAX {
            return Err(Failure::new(format!("{} has too much in it", folder.display())));
        }
        texts.push((path.display().to_string(), text));
    }
    let files: Vec<File<'_>> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let rules = Rules::with_files(&files).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("\n  {error}")).collect();
        let what = format!("claims cannot be decided by the tables there:{}", lines.concat());
        Failure::new(what).about(folder.display()).next("mend the tables, or leave the setting out")
    })?;
    let book = RuleBook { rules, ..RuleBook::standard().clone() };
    let book: &'static RuleBook = Box::leak(Box::new(book));
    http::decide_claims_by(book);
    Ok(book)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_table_is_refused_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gate.toml");
        fs::write(&path, "name = \"gate\"\ngate = true\neffective_from = \"yesterday\"\n").unwrap();
        let (what, next) = decide_by(folder.path()).unwrap_err().into_words();
        assert!(what.contains("gate.toml:"), "{what}");
        assert!(next.is_some());
        let missing = decide_by(&folder.path().join("none")).unwrap_err().into_words().0;
        assert!(missing.contains("cannot be used"), "{missing}");
    }
}
