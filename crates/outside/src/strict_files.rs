//! Files that hold secrets: nobody but their owner may read them, and they are never half written.
//!
//! The checks use Unix permissions; the product runs on Unix systems only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Why a secret file was not used. The text is for the operator and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Somebody else on this machine could read or replace the file.
    #[error(
        "{path} may be used by others than its owner (mode {mode:04o}), and it protects gift \
         card codes and personal data. Run: chmod {wanted:o} {path}"
    )]
    OpenToOthers {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The permission bits it should have.
        wanted: u32,
    },
    /// The operating system refused.
    #[error("{path} cannot be used: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Creates `folder` with mode 0700 when it is missing, then checks that it is closed to others.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), FileError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io_error(folder))?;
    refuse_open_to_others(folder, 0o700)
}

/// Checks that only the owner has any permission on `path`; `wanted` is what the advice says.
pub(crate) fn refuse_open_to_others(path: &Path, wanted: u32) -> Result<(), FileError> {
    let mode = fs::metadata(path).map_err(io_error(path))?.mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(FileError::OpenToOthers { path: path.to_owned(), mode, wanted })
}

/// The folder a file is in; a bare file name is in the current folder.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes `text` as `path` and answers true; when the file exists, touches nothing, answers false.
///
/// Two processes that start together both see one complete file, the one of whoever was first.
pub(crate) fn create_whole(path: &Path, text: &str) -> Result<bool, FileError> {
    let draft = write_draft(path, text)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(io_error(&draft))?;
    match linked {
        Ok(()) => {
            sync_folder(path)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(io_error(path)(error)),
    }
}

/// Replaces `path` by `text` in one step: after a crash it has the old text or the new one.
pub(crate) fn replace_whole(path: &Path, text: &str) -> Result<(), FileError> {
    let draft = write_draft(path, text)?;
    fs::rename(&draft, path).map_err(io_error(path))?;
    sync_folder(path)
}

/// Creates an empty file of mode 0600 when there is none.
pub(crate) fn create_empty(path: &Path) -> Result<(), FileError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => sync_folder(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(io_error(path)(error)),
    }
}

/// Turns what the operating system said into an error that names the file.
pub(crate) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_owned();
    move |source| FileError::Io { path, source }
}

/// Writes and syncs a file of mode 0600 beside `path`, named after this process and thread.
fn write_draft(path: &Path, text: &str) -> Result<PathBuf, FileError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let thread = format!("{:?}", std::thread::current().id());
    let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
    let draft = path.with_file_name(format!(".{name}.{}-{thread}.draft", std::process::id()));
    // A draft left by a crash of an earlier process with our number is worthless.
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .map_err(io_error(&draft))?;
    file.write_all(text.as_bytes()).map_err(io_error(&draft))?;
    file.sync_all().map_err(io_error(&draft))?;
    Ok(draft)
}

/// Makes a new name in a folder durable.
fn sync_folder(path: &Path) -> Result<(), FileError> {
    let folder = folder_of(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder))
}
