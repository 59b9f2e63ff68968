//! The mail that says that something in an account has changed.

use base::Instant;

use super::blocks::Block;
use super::content;
use super::words::Clean;
use crate::{Content, Name};

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountNews {
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was taken away.
    PasskeyRemoved,
    /// An authenticator program was added.
    TotpAdded,
    /// The authenticator program was taken away.
    TotpRemoved,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// Other roles were given.
    RolesGiven,
    /// The account was frozen.
    Frozen,
    /// It is no longer frozen.
    Unfrozen,
    /// It was signed out everywhere.
    SignedOut,
    /// A passkey was confirmed for staff.
    PasskeyConfirmed,
    /// Somebody has told us that all second factors are lost.
    LossReported,
    /// All second factors were taken away.
    OpenedForPasskey,
}

impl AccountNews {
    fn says(self) -> &'static str {
        match self {
            AccountNews::PasskeyAdded => "A passkey was added to your account",
            AccountNews::PasskeyRemoved => "A passkey was taken away from your account",
            AccountNews::TotpAdded => "An authenticator program was added to your account",
            AccountNews::TotpRemoved => "The authenticator program of your account was taken away",
            AccountNews::RecoveryCodesMade => "New recovery codes were made for your account",
            AccountNews::RolesGiven => "The roles of your account were changed",
            AccountNews::Frozen => "Your account was frozen",
            AccountNews::Unfrozen => "Your account is no longer frozen",
            AccountNews::SignedOut => "Your account was signed out everywhere",
            AccountNews::PasskeyConfirmed => "A passkey of yours was confirmed",
            AccountNews::LossReported => "Somebody says that you have lost your passkeys",
            AccountNews::OpenedForPasskey => "Your passkeys and other second factors are gone",
        }
    }

    fn follows(self) -> &'static str {
        match self {
            AccountNews::PasskeyAdded
            | AccountNews::PasskeyRemoved
            | AccountNews::TotpAdded
            | AccountNews::TotpRemoved
            | AccountNews::RecoveryCodesMade => {
                "All other browsers in which you were signed in were signed out."
            }
            AccountNews::RolesGiven => {
                "You were signed out. If you work for us now, sign in by mail and add a passkey \
                 within three days; one that you had before does not count for that work."
            }
            AccountNews::Frozen => "You were signed out, and nobody can sign in.",
            AccountNews::Unfrozen => "You can sign in again.",
            AccountNews::SignedOut => "You can sign in again.",
            AccountNews::PasskeyConfirmed => "It counts for your work for us from now on.",
            AccountNews::LossReported => {
                "When a second one of us agrees, all of your passkeys, your authenticator program \
                 and your recovery codes are taken away, so that you can come in by mail. Did you \
                 not lose them? Sign in with one of them: that stops it."
            }
            AccountNews::OpenedForPasskey => {
                "You were signed out. Sign in by mail and add a passkey, within three days if you \
                 work for us."
            }
        }
    }
}

/// To the owner of an account: something in it has changed.
///
/// It has no link, so that nobody learns to follow links in mails about signing in, and nothing
/// that would help whoever reads the mailbox to get in.
#[derive(Clone, Copy, Debug)]
pub struct AccountChanged<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// What.
    pub news: AccountNews,
    /// When.
    pub at: Instant,
    /// In which browser, in words such as "Firefox on Linux"; `None` when it was not the owner's.
    pub device: Option<&'a str>,
    /// Whether somebody did it who was signed in as the owner; else one of the shop did.
    pub is_own: bool,
    /// Where the account is.
    pub origin: &'a str,
}

/// The mail of an [`AccountChanged`].
pub fn account_changed(mail: &AccountChanged<'_>) -> Content {
    let shop = Clean::name(mail.shop);
    let at = mail.at.to_string();
    let (day, time) = at.split_once('T').unwrap_or((&at, ""));
    let time: String = time.chars().take(5).collect();
    let who = match (mail.is_own, mail.device) {
        (true, Some(device)) => format!("It was done in {device}, by somebody signed in as you."),
        (true, None) => "It was done by somebody signed in as you.".to_owned(),
        (false, _) => format!("It was done by somebody of {shop}."),
    };
    let blocks = [
        Block::Heading(mail.news.says().to_owned()),
        Block::Words(format!("{who} It was on {day} at {time} UTC.")),
        Block::Words(mail.news.follows().to_owned()),
        Block::Note(format!(
            "It was not you, and you did not ask for it? Type {} into your browser yourself, sign \
             in, end all other sessions and take away what you do not know. If you cannot sign in, \
             turn to support of {shop} at once.",
            mail.origin
        )),
    ];
    content(&format!("{} at {shop}", mail.news.says()), &blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_who_and_when_and_has_nothing_to_follow() {
        let shop = Name::new("Luna's").unwrap();
        let mail = AccountChanged {
            shop: &shop,
            news: AccountNews::PasskeyAdded,
            at: Instant::parse("2026-11-20T10:07:59Z").unwrap(),
            device: Some("Firefox on Linux"),
            is_own: true,
            origin: "https://shop.example",
        };
        let own = account_changed(&mail);
        for part in ["Firefox on Linux", "2026-11-20 at 10:07 UTC", "signed out"] {
            assert!(own.text.contains(part), "{part}: {}", own.text);
        }
        assert_eq!(own.subject.as_str(), "A passkey was added to your account at Luna's");
        assert!(!own.html.contains("<a "), "there is nothing to follow");
        let other = account_changed(&AccountChanged { is_own: false, device: None, ..mail });
        assert!(other.text.contains("by somebody of Luna's"));
    }
}
