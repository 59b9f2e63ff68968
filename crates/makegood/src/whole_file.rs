//! Files that are there as a whole or not at all, and the folders they are in.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::failure::{Done, Failure};

/// Bytes read and written at once.
pub(crate) const BUFFER_BYTES: usize = 1 << 20;

/// Writes a file for its owner alone, under another name first, and synced before it gets its own:
/// whatever has this name was written to its end. One that has it already is replaced.
///
/// # Errors
///
/// Those of `write`, or of the operating system; then nothing has changed under this name.
pub(crate) fn write<T>(
    path: &Path,
    write: impl FnOnce(BufWriter<File>) -> Done<(BufWriter<File>, T)>,
) -> Done<T> {
    let name = path.file_name().ok_or_else(|| {
        Failure::new(format!("{} names no file", path.display())).next("name a file to write")
    })?;
    let part = path.with_file_name(format!(".{}.part", name.to_string_lossy()));
    // Named as it was asked for: the other name is nobody's.
    let refused = |error: io::Error| Failure::file(path, &error);
    if part.exists() {
        // Of a run that was interrupted.
        std::fs::remove_file(&part).map_err(refused)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let file = file.map_err(refused)?;
    let written = write(BufWriter::with_capacity(BUFFER_BYTES, file));
    let kept = written.and_then(|(out, value)| {
        let file = out.into_inner().map_err(|error| refused(error.into_error()))?;
        file.sync_all().map_err(refused)?;
        std::fs::rename(&part, path).map_err(refused)?;
        sync_folder(path)?;
        Ok(value)
    });
    if kept.is_err() {
        // If it cannot be removed either, its name says that it is a part.
        let _ = std::fs::remove_file(&part);
    }
    kept
}

/// Makes a folder, for its owner alone, with those above it that are missing; synced, so that no
/// file in it goes with the power because the folder did.
///
/// # Errors
///
/// Those of the operating system.
pub(crate) fn make_folder(path: &Path) -> Done {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_folder(above)?;
    }
    let made = match DirBuilder::new().mode(0o700).create(path) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
            return Ok(());
        }
        made => made,
    };
    made.map_err(|error| Failure::file(path, &error))?;
    sync_folder(path)
}

/// Without this the new name may be lost with the power.
fn sync_folder(path: &Path) -> Done {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Failure::file(folder, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_is_made_with_those_above_it_for_its_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("archive/deep/book");
        make_folder(&folder).unwrap();
        for made in folder.ancestors().take(3) {
            let mode = std::fs::metadata(made).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", made.display());
        }
        make_folder(&folder).unwrap();
        std::fs::write(place.path().join("file"), "").unwrap();
        make_folder(&place.path().join("file/book")).unwrap_err();
    }
}
