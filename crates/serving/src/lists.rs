//! What is known of networks and people, whatever the promotion: files that whoever runs the
//! platform keeps.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use feed::bots::Prefix;
use feed::token::ViewerHash;
use feed::verdict::Lists;

/// The files, each optional. A file has one item a line; empty lines, and those that begin with
/// `#`, say nothing. To change one, put another in its place: it is read within a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFiles {
    /// Networks of data centres, such as `203.0.113.0/24`: what comes from there is no person's.
    pub data_centres: Option<PathBuf>,
    /// The platform's own networks.
    pub internal_networks: Option<PathBuf>,
    /// The platform's own people: the names that pages give for them.
    pub internal_viewers: Option<PathBuf>,
}

/// A file that cannot be read, or a line that says nothing known.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is no network.
    #[error("{}, line {line}: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Its number, from 1.
        line: usize,
        /// What it should be.
        why: feed::bots::PrefixError,
    },
}

impl ListFiles {
    /// Reads everything, to see that it can be read.
    ///
    /// # Errors
    ///
    /// [`ListError`], of the first that cannot.
    pub fn check(&self) -> Result<(), ListError> {
        self.read(&|_| ViewerHash::new(1)).map(drop)
    }

    fn read(&self, hash: &dyn Fn(&str) -> ViewerHash) -> Result<Lists, ListError> {
        Ok(Lists {
            data_centres: networks(self.data_centres.as_deref())?,
            internal_networks: networks(self.internal_networks.as_deref())?,
            internal_viewers: {
                let text = text(self.internal_viewers.as_deref())?;
                items(&text).map(|(_, name)| hash(name)).collect()
            },
        })
    }

    fn all(&self) -> [Option<&Path>; 3] {
        let ListFiles { data_centres, internal_networks, internal_viewers } = self;
        [data_centres, internal_networks, internal_viewers].map(Option::as_deref)
    }
}

fn networks(path: Option<&Path>) -> Result<feed::bots::Networks, ListError> {
    let text = text(path)?;
    let network = |(line, item): (usize, &str)| {
        let path = || path.unwrap_or(Path::new("")).to_owned();
        item.parse::<Prefix>().map_err(|why| ListError::Line { path: path(), line, why })
    };
    items(&text).map(network).collect()
}

fn text(path: Option<&Path>) -> Result<String, ListError> {
    let Some(path) = path else { return Ok(String::new()) };
    let unreadable = |source| ListError::Unreadable { path: path.to_owned(), source };
    fs::read_to_string(path).map_err(unreadable)
}

/// Items, each with the number of its line.
fn items(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, item)| !item.is_empty() && !item.starts_with('#'))
}

/// Reads the files again whenever one has changed.
#[derive(Debug)]
pub(crate) struct ListWatch {
    files: ListFiles,
    /// When each was changed, and how long it is, as of the last look.
    seen: Option<[Option<(SystemTime, u64)>; 3]>,
}

impl ListWatch {
    pub(crate) fn new(files: ListFiles) -> ListWatch {
        ListWatch { files, seen: None }
    }

    /// What the files say, if they say it since this was asked last. An error is told once: until
    /// a file changes again, what they said before holds.
    pub(crate) fn news(
        &mut self,
        hash: &dyn Fn(&str) -> ViewerHash,
    ) -> Result<Option<Lists>, ListError> {
        let stamp = |path: &Path| {
            let known = fs::metadata(path).ok()?;
            Some((known.modified().ok()?, known.len()))
        };
        let stamps = self.files.all().map(|path| path.and_then(stamp));
        if self.seen == Some(stamps) {
            return Ok(None);
        }
        self.seen = Some(stamps);
        self.files.read(hash).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(name: &str) -> ViewerHash {
        ViewerHash::new(name.len() as u64)
    }

    #[test]
    fn files_are_read_when_they_change_and_a_wrong_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| Some(folder.path().join(name));
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let files = ListFiles {
            data_centres: path("centres"),
            internal_networks: None,
            internal_viewers: path("people"),
        };
        assert!(matches!(files.check(), Err(ListError::Unreadable { .. })));
        write("centres", "# ours\n\n203.0.113.0/24\n 2001:db8::/32 \n");
        write("people", "ann\nmartha\n");
        let mut watch = ListWatch::new(files.clone());
        let lists = watch.news(&number).unwrap().unwrap();
        assert!(lists.data_centres.contain("203.0.113.9".parse().unwrap()));
        assert!(lists.data_centres.contain("2001:db8::9".parse().unwrap()));
        assert!(lists.internal_networks.is_empty());
        assert_eq!(lists.internal_viewers, [number("ann"), number("martha")].into());
        assert!(watch.news(&number).unwrap().is_none());

        write("centres", "203.0.113.0/24\n203.0.113.7/24\n");
        let error = watch.news(&number).unwrap_err().to_string();
        assert!(error.contains("centres, line 2: must be a network"), "{error}");
        assert!(watch.news(&number).unwrap().is_none(), "it is told once");
        write("centres", "198.51.100.0/24");
        let lists = watch.news(&number).unwrap().unwrap();
        assert!(!lists.data_centres.contain("203.0.113.9".parse().unwrap()));
    }
}
