//! Where people sign in.

use std::sync::Arc;

use base::PersonId;
use mail::bounce::ReturnPaths;
use mail::{Address, Content, Mailbox, Mailer, Message, MessageKey, Name, Outcome};
use outside::people::Accounts;
use people::SecretHash;
use people::passkey::Expected;
use store::BookName;

use crate::app::App;

/// The site on which people sign in: one origin, whose accounts belong to one book.
pub struct Site {
    /// The book.
    pub book: BookName,
    /// The origin of the pages, such as `https://shop.example`; without a slash at its end.
    pub origin: String,
    /// The RP ID of passkeys: the host of the origin, or a domain above it. It can never change
    /// without all passkeys being lost.
    pub rp_id: String,
    /// What people call the shop.
    pub shop: Name,
    /// How codes are sent; without it nobody can sign in by mail.
    pub post: Option<SignInPost>,
    /// Where accounts are kept.
    pub accounts: Arc<Accounts>,
    /// Whom anybody can be, by a name: those of a demonstration. Nobody, everywhere else.
    pub demo: Vec<(String, PersonId)>,
}

/// How codes for signing in are sent.
pub struct SignInPost {
    /// Who takes them.
    pub mailer: Arc<dyn Mailer>,
    /// Who they come from.
    pub from: Address,
    /// Where failures are reported to.
    pub return_paths: ReturnPaths,
}

impl Site {
    /// Whether cookies must only go over encrypted connections. Browsers take unencrypted ones of
    /// this machine for safe, so that tests and demonstrations need no certificate.
    pub(crate) fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// A mail of the shop to somebody with an account; `None` where no mail can be sent.
    pub(crate) fn letter(
        &self,
        app: &App,
        key: MessageKey,
        to: Address,
        content: Content,
    ) -> Option<Message> {
        let post = self.post.as_ref()?;
        Some(Message {
            return_path: post.return_paths.address(&key, &app.ring),
            key,
            from: Mailbox { name: Some(self.shop.clone()), address: post.from.clone() },
            to: Mailbox { name: None, address: to },
            written_at: app.now(),
            content,
        })
    }

    /// Sends a mail to somebody with an account, once, where mail can be sent. Blocks. What comes
    /// of it is told in the log only, without the address.
    pub(crate) fn send(&self, app: &App, key: MessageKey, to: Address, content: Content) {
        let letter = self.letter(app, key, to, content);
        let (Some(post), Some(message)) = (&self.post, letter) else { return };
        let outcome = post.mailer.send(&message);
        if !matches!(outcome, Outcome::Sent) {
            tracing::warn!(?outcome, "a mail to somebody with an account was not sent");
        }
    }

    /// What a ceremony at this site must be about.
    pub(crate) fn expected<'a>(&'a self, challenge: &'a [u8; 32]) -> Expected<'a> {
        Expected {
            challenge,
            origin: &self.origin,
            rp_id: &self.rp_id,
            // A passkey without it is one thing somebody has, and we let it stand for two.
            must_verify_user: true,
        }
    }

    /// The hash of a secret of this site, other for each kind of secret.
    pub(crate) fn hash(&self, app: &App, kind: &str, parts: &[&[u8]]) -> SecretHash {
        let mut bytes = Vec::new();
        for part in [&[self.book.as_str().as_bytes()], parts].concat() {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        SecretHash(app.ring.short_hash(kind, &bytes))
    }
}
