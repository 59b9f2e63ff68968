//! Where a book is served: by this process, by another one, or by nobody for a moment.

use std::sync::{Arc, OnceLock};

use store::BookName;
use tokio::sync::watch;

use crate::book::Book;
use crate::read_side::ReadSide;

/// A book of the installation, wherever it is served. There is one for as long as the process runs.
pub(crate) struct Place {
    name: BookName,
    is: watch::Sender<Whereabouts>,
    /// Its tables, when they are read here also while another process owns it.
    reads: OnceLock<Arc<ReadSide>>,
}

/// Where a book is.
#[derive(Clone)]
pub(crate) enum Whereabouts {
    /// In this process.
    Here(Arc<Book>),
    /// In the process at this address.
    Elsewhere(Arc<str>),
    /// It changes hands.
    Nowhere,
}

impl Place {
    pub(crate) fn new(name: BookName, is: Whereabouts) -> Place {
        Place { name, is: watch::Sender::new(is), reads: OnceLock::new() }
    }

    /// Name of the book.
    pub(crate) fn name(&self) -> &BookName {
        &self.name
    }

    /// The book, when it is served here.
    pub(crate) fn book(&self) -> Option<Arc<Book>> {
        match &*self.is.borrow() {
            Whereabouts::Here(book) => Some(Arc::clone(book)),
            Whereabouts::Elsewhere(_) | Whereabouts::Nowhere => None,
        }
    }

    /// Its tables, when they are read here whoever owns it.
    pub(crate) fn reads(&self) -> Option<Arc<ReadSide>> {
        self.reads.get().cloned()
    }

    /// Its tables are read here from now on; returns those that are read already, if any.
    pub(crate) fn read_here(&self, reads: ReadSide) -> Arc<ReadSide> {
        Arc::clone(self.reads.get_or_init(|| Arc::new(reads)))
    }

    /// Where it is now.
    pub(crate) fn whereabouts(&self) -> Whereabouts {
        self.is.borrow().clone()
    }

    /// The book has moved.
    pub(crate) fn set(&self, is: Whereabouts) {
        // Whoever waits is woken for a move only, not for news that is none.
        self.is.send_if_modified(|former| {
            let is_new = !former.is_same(&is);
            *former = is;
            is_new
        });
    }

    /// Tells where it is now, and when it moves.
    pub(crate) fn watch(&self) -> watch::Receiver<Whereabouts> {
        self.is.subscribe()
    }
}

impl Whereabouts {
    fn is_same(&self, other: &Whereabouts) -> bool {
        match (self, other) {
            (Whereabouts::Here(one), Whereabouts::Here(other)) => Arc::ptr_eq(one, other),
            (Whereabouts::Elsewhere(one), Whereabouts::Elsewhere(other)) => one == other,
            (Whereabouts::Nowhere, Whereabouts::Nowhere) => true,
            _ => false,
        }
    }
}
