use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::{Deferral, Mailer, Message, Outcome, Step, Trouble};

/// Puts each message into a folder, as a file that mail programs open: for the demo and for tests.
///
/// The file is called after the key of the message, so a message sent again replaces itself. It
/// holds the mail with its secret links; only the owner may read it.
#[derive(Debug)]
pub struct FolderMailer {
    folder: PathBuf,
}

impl FolderMailer {
    /// A mailer into this folder, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where a message lies once it was sent.
    pub fn file_of(&self, message: &Message) -> PathBuf {
        self.folder.join(format!("{}.eml", message.key.as_str()))
    }

    /// Writes beside and renames, so that whoever watches the folder never sees half a mail.
    fn write(&self, message: &Message) -> io::Result<()> {
        let file = self.file_of(message);
        let beside = file.with_extension("part");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&beside)?.write_all(&message.reveal_bytes())?;
        fs::rename(beside, file)
    }
}

impl Mailer for FolderMailer {
    fn send(&self, message: &Message) -> Outcome {
        match self.write(message) {
            Ok(()) => Outcome::Sent,
            Err(_) => Outcome::Deferred(Deferral { step: Step::Text, trouble: Trouble::Broken }),
        }
    }
}
