//! An installation, opened: data folder, key ring, keys of persons, control store, books.

mod api_keys;
mod books;
mod claim_rules;
mod data;
mod heads;
mod location;
pub(crate) mod ownership;
mod person;
mod rails;
mod site;
mod test_cards;
mod workers;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base::{CardId, Instant};
use giftcards::{Code, CodeHash};
use outside::clock::{Clock, SystemClock};
use outside::codes::ParsedCode;
use outside::keyring::{KeyRing, refuse_inside};
use outside::people::{PEOPLE_FILE, PeopleKeys};
use outside::random::{Randomness, SystemRandomness};
use store::postgres::Database;
use store::sqlite::Options;
use store::{BookName, BookRecord, ControlStore, Leases, StoreError};

use crate::config::{Environment, Post, Settings};
use crate::failure::{Done, Failure};
use crate::traces::Traces;

pub(crate) use api_keys::parse_scopes;
pub(crate) use books::{OpenBook, ring_bytes};
pub(crate) use data::Data;
pub(crate) use heads::Heads;
pub(crate) use location::{Location, books_on_disk};
pub(crate) use person::{OwnerText, Seal};
pub(crate) use rails::RailSetup;
pub(crate) use site::DemoPerson;
pub(crate) use workers::Workers;

/// Name of the key ring's file in the keys folder.
pub(crate) const RING_FILE: &str = "ring.toml";

/// An opened installation. When its data is in files, the lock of their folder is held as long as
/// it lives.
pub(crate) struct Installation {
    data: Data,
    /// The secrets.
    pub(crate) ring: Arc<KeyRing>,
    /// The keys of persons.
    pub(crate) people: Arc<PeopleKeys>,
    /// The clock.
    pub(crate) clock: SystemClock,
    /// What watches requests and commits.
    pub(crate) traces: Option<Traces>,
    rails: RailSetup,
    /// How far the books got.
    heads: Arc<Heads>,
    /// Whether a book begins anew that is gone.
    accepts_loss: bool,
    writer_options: writer::Options,
    webhook_sender: OnceLock<Arc<webhooks::Sender>>,
    /// How mail is sent, if it is.
    pub(crate) post: Option<Post>,
    /// Whom anybody can be, where this is a demonstration.
    pub(crate) demo: Vec<DemoPerson>,
}

impl Installation {
    /// Opens the installation, making folders and keys at the first start.
    ///
    /// # Errors
    ///
    /// The folder is in use, the ring is missing or open to others, or a file cannot be used.
    pub(crate) fn open(settings: &Settings, environment: &Environment) -> Done<Installation> {
        let keys = settings.keys_folder();
        let data = match settings.database() {
            Some(address) => Data::database(address)?,
            None => {
                refuse_inside(&keys.join(RING_FILE), settings.data_folder())?;
                Data::files(settings.data_folder(), test_options(environment)?)?
            }
        };
        let is_new = data.control()?.books()?.is_empty();
        let ring = open_ring(&keys, is_new, environment)?;
        if !is_new && !keys.join(PEOPLE_FILE).exists() {
            tracing::error!(
                "{} is missing: personal text of the books cannot be read; restore it",
                keys.join(PEOPLE_FILE).display()
            );
        }
        let people = PeopleKeys::open_or_create(&keys, &ring)?;
        let mut writer_options = settings.writer_options();
        if let Some(folder) = settings.claim_rules_folder() {
            writer_options.rules = Some(claim_rules::decide_by(folder)?);
        }
        let policy = settings.operator_policy()?;
        // A process has one, for as long as it lives.
        writer_options.promoting = Some(Box::leak(Box::new(policy)));
        Ok(Installation {
            data,
            ring: Arc::new(ring),
            people: Arc::new(people),
            clock: SystemClock::new(),
            traces: None,
            rails: RailSetup::sandboxes(settings),
            heads: Arc::new(Heads::beside(&keys)?),
            accepts_loss: false,
            writer_options,
            webhook_sender: OnceLock::new(),
            post: settings.post(environment)?,
            demo: Vec::new(),
        })
    }

    /// From now on no live book is opened that has rested for longer than `gap_max`: for a server,
    /// which books what falls due with nobody looking.
    pub(crate) fn hold_clock_against_books(&mut self, gap_max: Duration) {
        self.writer_options.start_gap_max = Some(gap_max);
    }

    /// From now on books are taken as they are found, whatever was answered: somebody has decided
    /// so. Without its file one begins anew.
    ///
    /// # Errors
    ///
    /// What was known of them cannot be forgotten.
    pub(crate) fn accept_lost_history(&mut self) -> Done {
        tracing::warn!("whatever the books have is accepted; start without the flag next time");
        self.accepts_loss = true;
        self.heads.forget()
    }

    /// How far the books got, for whoever writes it down.
    pub(crate) fn heads(&self) -> Arc<Heads> {
        Arc::clone(&self.heads)
    }

    /// From now on the commits of books that are opened, and the requests of a server, are traced.
    pub(crate) fn trace(&mut self, traces: Traces) {
        traces.watch_commits(&mut self.writer_options);
        self.traces = Some(traces);
    }

    /// What sends webhooks, made by the first who asks.
    pub(crate) fn webhook_sender(
        &self,
        make: impl FnOnce() -> webhooks::Sender,
    ) -> Arc<webhooks::Sender> {
        Arc::clone(self.webhook_sender.get_or_init(|| Arc::new(make())))
    }

    /// Where the data is, for people.
    pub(crate) fn describe(&self) -> String {
        self.data.describe()
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Every book, by name.
    ///
    /// # Errors
    ///
    /// The control store cannot be read.
    pub(crate) fn books(&self) -> Done<Vec<BookRecord>> {
        Ok(self.control()?.books()?)
    }

    /// The book of this name.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(crate) fn book(&self, name: &BookName) -> Done<BookRecord> {
        let found = self.books()?.into_iter().find(|book| book.name == *name);
        found.ok_or_else(|| {
            let next = "make it: `makegood keys create --book BOOK --create-book live|test`";
            Failure::from(StoreError::NoSuchBook(name.to_string())).next(next)
        })
    }

    /// The book of this name, made when there is none.
    ///
    /// # Errors
    ///
    /// There is one of the other kind.
    pub(crate) fn book_or_new(&self, name: &BookName, is_test: bool) -> Done<BookRecord> {
        if let Some(book) = self.listed(name, is_test)? {
            return Ok(book);
        }
        // Tables first: from the moment it is listed, a book without them is one that was lost.
        let head = self.data.book_or_new(name)?.head()?;
        if head.is_filling() || head.seq > 0 {
            // Another process that starts at the same moment may have been first.
            return self.listed(name, is_test)?.ok_or_else(|| {
                let what = format!("there is something of book {name}, which is not listed");
                let next = "run the `makegood move` or `makegood restore` again that was \
                            interrupted; or restore a backup if the list of books was lost";
                Failure::new(what).next(next)
            });
        }
        let (created_at, incarnation) = (self.now(), SystemRandomness.next_u64());
        let book = BookRecord { name: name.clone(), is_test, created_at, incarnation };
        match self.control()?.create_book(&book) {
            Ok(()) => Ok(book),
            // Another process that starts at the same moment was first.
            Err(StoreError::BookExists(_)) => self.book_or_new(name, is_test),
            Err(error) => Err(error.into()),
        }
    }

    /// The book of this name, if it is listed and of this kind.
    fn listed(&self, name: &BookName, is_test: bool) -> Done<Option<BookRecord>> {
        let found = self.books()?.into_iter().find(|book| book.name == *name);
        match found {
            Some(book) if book.is_test != is_test => {
                let kind = if book.is_test { "test" } else { "live" };
                Err(Failure::new(format!("book {name} exists, and is a {kind} book")))
            }
            found => Ok(found),
        }
    }

    /// What the data keeps of a code: enough to find the card by it, not enough to know it.
    ///
    /// # Errors
    ///
    /// The key ring cannot hash.
    pub(crate) fn custom_code(&self, book: &str, parsed: &ParsedCode) -> Done<Code> {
        let key = self.ring.current();
        let hash = self.ring.hash_code(book, parsed, key)?;
        let last4 = *parsed.last4().as_bytes().first_chunk().expect("last4 has four characters");
        let key = u16::try_from(key.get()).expect("a ring has at most a hundred keys");
        Ok(Code { hash: CodeHash(hash), key, nonce: 0, last4 })
    }

    /// A code of ours for a card, as the data keeps it. `nonce` is not zero; with the card's id and
    /// the key ring it makes the code again.
    ///
    /// # Errors
    ///
    /// The key ring cannot make or hash it.
    pub(crate) fn own_code(&self, book: &str, card: CardId, nonce: u64) -> Done<Code> {
        let parsed = ParsedCode::Ours(self.ring.code_for(card, nonce, self.ring.current())?);
        Ok(Code { nonce, ..self.custom_code(book, &parsed)? })
    }

    /// Books and API keys. Drop it before asking again.
    ///
    /// # Errors
    ///
    /// The file cannot be used.
    pub(crate) fn control(&self) -> Done<Box<dyn ControlStore>> {
        Ok(self.data.control()?)
    }

    /// The same for whoever renews leases meanwhile: no answer takes longer than `time_max`.
    ///
    /// # Errors
    ///
    /// The database cannot be used.
    pub(crate) fn control_within(&self, time_max: Duration) -> Done<Box<dyn ControlStore>> {
        Ok(self.data.control_within(time_max)?)
    }
}

/// Where the processes of an installation agree on who owns which book; `None` where one process
/// has the folder of the data to itself.
///
/// # Errors
///
/// The database cannot be reached.
pub(crate) fn leases(settings: &Settings) -> Done<Option<Box<dyn Leases>>> {
    let Some(address) = settings.database() else { return Ok(None) };
    Ok(Some(Box::new(Database::at(address)?.leases()?)))
}

/// A name of a book as somebody typed it.
///
/// # Errors
///
/// It is no name.
pub(crate) fn book_name(text: &str) -> Result<BookName, String> {
    BookName::new(text).map_err(|error| format!("not a name of a book: {error}"))
}

/// The ring, from the environment or its file. A fresh one is made for a fresh folder only: with
/// another ring than the data was written with, nothing in it can be read.
pub(crate) fn open_ring(keys: &Path, is_new: bool, environment: &Environment) -> Done<KeyRing> {
    if let Some(text) = environment.get("KEY_RING") {
        return Ok(KeyRing::from_text(text)?);
    }
    let path: PathBuf = keys.join(RING_FILE);
    let ring = if is_new { KeyRing::open_or_create(&path) } else { KeyRing::open(&path) };
    Ok(ring?)
}

fn test_options(environment: &Environment) -> Done<Options> {
    let Some(text) = environment.get("TEST_MAX_PAGE_COUNT") else {
        return Ok(Options::default());
    };
    let pages = text.parse().map_err(|_| {
        Failure::new("MAKEGOOD_TEST_MAX_PAGE_COUNT must be a whole number").next("leave it out")
    })?;
    Ok(Options { max_page_count: Some(pages) })
}
