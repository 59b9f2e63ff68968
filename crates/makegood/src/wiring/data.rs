//! Where the data of an installation is: files of a folder, or a PostgreSQL database.

use std::path::Path;
use std::time::Duration;

use store::postgres::Database;
use store::sqlite::{Folder, Options, open_folder_with};
use store::{BookName, ControlStore, Leases, Reader, Store, StoreError};

/// Opened data. What is asked of it does not depend on where it is.
#[derive(Clone)]
pub(crate) enum Data {
    /// SQLite files in a folder, which is locked for this process.
    Files(Folder),
    /// A database, which other processes may use too.
    Database(Database),
}

impl Data {
    /// Opens the folder, making it when there is none.
    ///
    /// # Errors
    ///
    /// Another process uses it, or it cannot be made.
    pub(crate) fn files(folder: &Path, options: Options) -> Result<Data, StoreError> {
        Ok(Data::Files(open_folder_with(folder, options)?))
    }

    /// The database at this address.
    ///
    /// # Errors
    ///
    /// The address cannot be read.
    pub(crate) fn database(address: &str) -> Result<Data, StoreError> {
        Ok(Data::Database(Database::at(address)?))
    }

    /// The write side of a book that is listed. A file that is gone is not made anew; of a database
    /// the [heads](super::Heads) tell.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn book(&self, name: &BookName) -> Result<Box<dyn Store>, StoreError> {
        match self {
            Data::Files(folder) => Ok(Box::new(folder.book_that_exists(name)?)),
            Data::Database(_) => self.book_or_new(name),
        }
    }

    /// The same, made when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn book_or_new(&self, name: &BookName) -> Result<Box<dyn Store>, StoreError> {
        Ok(match self {
            Data::Files(folder) => Box::new(folder.book(name)?),
            Data::Database(database) => Box::new(database.book(name)?),
        })
    }

    /// The read side of a book.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn reader(&self, name: &BookName) -> Result<Box<dyn Reader>, StoreError> {
        Ok(match self {
            Data::Files(folder) => Box::new(folder.reader(name)?),
            Data::Database(database) => Box::new(database.reader(name)?),
        })
    }

    /// Books and API keys.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn control(&self) -> Result<Box<dyn ControlStore>, StoreError> {
        Ok(match self {
            Data::Files(folder) => Box::new(folder.control()?),
            Data::Database(database) => Box::new(database.control()?),
        })
    }

    /// Books and API keys, where no answer takes longer than `time_max`; files answer at once.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn control_within(
        &self,
        time_max: Duration,
    ) -> Result<Box<dyn ControlStore>, StoreError> {
        match self {
            Data::Files(_) => self.control(),
            Data::Database(database) => Ok(Box::new(database.control_within(time_max)?)),
        }
    }

    /// What the clock of the database says, in microseconds since 1970; files have none.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn now_micros(&self) -> Result<Option<i64>, StoreError> {
        match self {
            Data::Files(_) => Ok(None),
            Data::Database(database) => database.now_micros().map(Some),
        }
    }

    /// The process that serves a book now, by its address; files have none but this one.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn server_of(&self, name: &BookName) -> Result<Option<String>, StoreError> {
        match self {
            Data::Files(_) => Ok(None),
            Data::Database(database) => {
                let owner = database.leases()?.owner(name)?;
                Ok(owner.map(|owner| owner.member.address))
            }
        }
    }

    /// Where it is, for people; without a password.
    pub(crate) fn describe(&self) -> String {
        match self {
            Data::Files(folder) => folder.path().display().to_string(),
            Data::Database(database) => database.describe(),
        }
    }
}
