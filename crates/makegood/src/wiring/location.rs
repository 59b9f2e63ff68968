//! Where books are kept, as somebody names it: the one place that knows which kinds there are.

use std::path::{Path, PathBuf};

use copies::{Place, TargetPlace};
use store::postgres::Database;
use store::sqlite::{Folder, open_folder, open_reader, read_control};
use store::{BookName, ControlContents, ControlStore, Leases, Reader, Store, StoreError};

use super::book_name;
use crate::config::Settings;
use crate::failure::{Done, Failure};

/// A data folder or a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// A data folder.
    Folder(PathBuf),
    /// The address of a PostgreSQL database.
    Database(String),
}

impl Location {
    /// What somebody typed: an address begins with its scheme, or with the name of a parameter as
    /// in `host=db user=makegood`. A folder of such a name is written `./host=db`.
    pub(crate) fn parse(text: &str) -> Location {
        let has_scheme = ["postgres://", "postgresql://"].iter().any(|it| text.starts_with(it));
        let is_name =
            |name: &str| name.trim().bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
        let has_parameter = text.split_once('=').is_some_and(|(name, _)| is_name(name));
        if has_scheme || has_parameter {
            Location::Database(text.into())
        } else {
            Location::Folder(text.into())
        }
    }

    /// The one that the settings name.
    pub(crate) fn of(settings: &Settings) -> Location {
        match settings.database() {
            Some(address) => Location::Database(address.to_owned()),
            None => Location::Folder(settings.data_folder().to_owned()),
        }
    }

    /// How it is named in results: of a database its hosts and name, never what else stands in the
    /// address, which may be a password wherever it stands.
    pub(crate) fn shown(&self) -> String {
        match self {
            Location::Folder(path) => path.display().to_string(),
            Location::Database(address) => match Database::at(address) {
                Ok(database) => database.describe(),
                Err(_) => "a database".to_owned(),
            },
        }
    }

    /// True when both are one place.
    pub(crate) fn is_same(&self, other: &Location) -> bool {
        match (self, other) {
            (Location::Folder(one), Location::Folder(other)) => {
                let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
                real(one) == real(other)
            }
            // One database has many addresses: as another user, or written in another way.
            (Location::Database(_), Location::Database(_)) => self.shown() == other.shown(),
            _ => false,
        }
    }

    /// The books there are, whatever a control store in files says of them.
    ///
    /// # Errors
    ///
    /// They cannot be listed.
    pub(crate) fn books(&self) -> Done<Vec<BookName>> {
        match self {
            Location::Folder(path) => books_on_disk(path),
            Location::Database(address) => {
                let books = Database::at(address)?.read_control()?.books;
                Ok(books.into_iter().map(|record| record.name).collect())
            }
        }
    }

    /// Books and API keys, also beside a server.
    ///
    /// # Errors
    ///
    /// There are none, or they cannot be read.
    pub(crate) fn control(&self) -> Result<ControlContents, StoreError> {
        match self {
            Location::Folder(path) => read_control(path),
            Location::Database(address) => Database::at(address)?.read_control(),
        }
    }

    /// The read side of a book, also beside a server.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn reader(&self, book: &BookName) -> Result<Box<dyn Reader>, StoreError> {
        match self {
            Location::Folder(path) => Ok(Box::new(open_reader(path, book)?)),
            Location::Database(address) => {
                Ok(Box::new(Database::at(address)?.patient_reader(book)?))
            }
        }
    }

    /// Opens it to be read, also beside a server.
    ///
    /// # Errors
    ///
    /// There are no books.
    pub(crate) fn reading(&self) -> Done<Box<dyn Place>> {
        match self {
            Location::Folder(path) => {
                Ok(Box::new(FolderPlace { path: books_in(path)?, lock: None }))
            }
            Location::Database(address) => Ok(Box::new(DatabasePlace::with_books(address)?)),
        }
    }

    /// Opens it to be read while nobody serves it.
    ///
    /// # Errors
    ///
    /// There are no books, or a server uses it.
    pub(crate) fn resting(&self) -> Done<Box<dyn Place>> {
        match self {
            Location::Folder(path) => {
                let (path, lock) = (books_in(path)?, Some(open_folder(path)?));
                Ok(Box::new(FolderPlace { path, lock }))
            }
            Location::Database(address) => {
                let place = DatabasePlace::with_books(address)?;
                place.expect_rest()?;
                Ok(Box::new(place))
            }
        }
    }

    /// Refuses while a process serves books of a database. A folder has a lock for that, which
    /// whoever opens it meets.
    ///
    /// # Errors
    ///
    /// A process serves a book, or the database does not tell.
    pub(crate) fn expect_rest(&self) -> Done {
        match self {
            Location::Folder(_) => Ok(()),
            Location::Database(address) => DatabasePlace(Database::at(address)?).expect_rest(),
        }
    }

    /// Opens it to be filled, making it when there is none.
    ///
    /// # Errors
    ///
    /// A server uses it, or it cannot be written.
    pub(crate) fn target(&self) -> Done<Box<dyn TargetPlace>> {
        match self {
            Location::Folder(path) => {
                let folder = open_folder(path)?;
                folder.control()?;
                Ok(Box::new(FolderPlace { path: path.clone(), lock: Some(folder) }))
            }
            Location::Database(address) => {
                let database = Database::at(address)?;
                database.control()?;
                let place = DatabasePlace(database);
                place.expect_rest()?;
                Ok(Box::new(place))
            }
        }
    }
}

/// The books whose files are in a folder.
///
/// # Errors
///
/// There is no such folder.
pub(crate) fn books_on_disk(data: &Path) -> Done<Vec<BookName>> {
    let folder = data.join("books");
    let entries = std::fs::read_dir(&folder).map_err(|error| {
        Failure::file(&folder, &error).next("name the data folder with --data DIR")
    })?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::file(&folder, &error))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        names.extend(file.strip_suffix(".db").and_then(|name| book_name(name).ok()));
    }
    names.sort();
    Ok(names)
}

/// The folder, when there are books in it. Nothing is made in one that has none.
fn books_in(path: &Path) -> Done<PathBuf> {
    if path.join("control.db").exists() {
        return Ok(path.to_owned());
    }
    let what = format!("there are no books in {}", path.display());
    Err(Failure::new(what).next("name the data folder with --data DIR"))
}

/// A data folder: with its lock, or beside whoever has it.
struct FolderPlace {
    path: PathBuf,
    lock: Option<Folder>,
}

impl FolderPlace {
    fn folder(&self) -> Result<&Folder, StoreError> {
        self.lock.as_ref().ok_or(StoreError::Inconsistent("a place that is only read"))
    }
}

impl Place for FolderPlace {
    fn contents(&mut self) -> Result<ControlContents, StoreError> {
        read_control(&self.path)
    }

    fn reader(&mut self, book: &BookName) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(open_reader(&self.path, book)?))
    }
}

impl TargetPlace for FolderPlace {
    fn store(&mut self, book: &BookName) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(self.folder()?.book(book)?))
    }

    fn control(&mut self) -> Result<Box<dyn ControlStore>, StoreError> {
        Ok(Box::new(self.folder()?.control()?))
    }
}

/// A database.
struct DatabasePlace(Database);

impl DatabasePlace {
    /// The database, when there are books in it. Nothing is made in one that has none.
    fn with_books(address: &str) -> Done<DatabasePlace> {
        let database = Database::at(address)?;
        database.read_control()?;
        Ok(DatabasePlace(database))
    }

    /// Refuses while a process serves any book.
    fn expect_rest(&self) -> Done {
        let owners = self.0.leases()?.owners()?;
        match owners.first() {
            None => Ok(()),
            Some((book, owner)) => {
                let what = format!("book {book} is served at {}", owner.member.address);
                Err(Failure::new(what).next("stop every process that uses the database first"))
            }
        }
    }
}

impl Place for DatabasePlace {
    fn contents(&mut self) -> Result<ControlContents, StoreError> {
        self.0.read_control()
    }

    fn reader(&mut self, book: &BookName) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(self.0.patient_reader(book)?))
    }
}

impl TargetPlace for DatabasePlace {
    fn store(&mut self, book: &BookName) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(self.0.book(book)?))
    }

    fn control(&mut self) -> Result<Box<dyn ControlStore>, StoreError> {
        Ok(Box::new(self.0.control()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let addresses = [
            "postgres://me:secret@host:5432/shop",
            "postgresql://host/shop?user=me&password=secret",
            "postgres://me:s%40cret@host/shop?password=secret",
            "host=host user=me password=secret dbname=shop",
            "password = 'secret' host = host dbname = shop",
        ];
        for address in addresses {
            let location = Location::parse(address);
            assert_eq!(location.shown(), "postgres://host:5432/shop");
            assert!(location.is_same(&Location::parse(addresses[0])), "{address}");
        }
        assert_eq!(Location::parse("password=secret").shown(), "a database");
        assert!(!Location::parse("postgres://host/other").is_same(&Location::parse(addresses[0])));
    }

    #[test]
    fn what_is_no_address_is_a_folder() {
        for text in ["./data", "data", "./host=db", "/srv/a=b", "A=b", "shop-2=b"] {
            assert_eq!(Location::parse(text), Location::Folder(text.into()));
        }
    }
}
