//! What happens to accounts: it is written down, and the owner is told by mail.

use std::sync::Arc;

use base::{Instant, PersonId, SignInId, Span, Text};
use mail::templates::{AccountChanged, AccountNews, account_changed};
use mail::{Address, Message, MessageKey};
use outside::people::{AccountRows, KnownPerson, Opened, PeopleError};
use people::{AccountChange, AccountEvent, DEVICE_BYTES_MAX};

use super::begin::ADDRESS;
use super::device;
use super::door::{Visitor, in_background};
use super::outbox::Place;
use crate::app::App;

/// When such a mail is tried again that the mail server puts off.
pub(crate) const AGAIN_AFTER: [Span; 4] =
    [Span::minutes(1), Span::minutes(5), Span::minutes(30), Span::hours(2)];

/// Who does something to an account, and in which browser.
#[derive(Clone)]
pub(crate) struct Doer {
    by: PersonId,
    device: Option<Text<DEVICE_BYTES_MAX>>,
}

/// Something that was written down, and has to be told.
pub(crate) struct Happened {
    event: AccountEvent,
    known: KnownPerson,
    device: Option<Text<DEVICE_BYTES_MAX>>,
}

impl Doer {
    pub(crate) fn of(visitor: &Visitor, by: PersonId) -> Doer {
        Doer { by, device: device::of(visitor.headers()) }
    }

    /// Writes down what they have just done.
    ///
    /// # Errors
    ///
    /// Those of the rows.
    pub(crate) fn note(
        &self,
        rows: &AccountRows<'_>,
        known: &KnownPerson,
        (change, subject): (AccountChange, Option<String>),
        at: Instant,
    ) -> Result<Happened, PeopleError> {
        let subject = subject.and_then(|subject| Text::new(&subject).ok());
        let event =
            AccountEvent { person: known.person.id, by: Some(self.by), change, subject, at };
        rows.add_event(&event)?;
        let device = self.device.clone().filter(|_| event.is_own());
        Ok(Happened { event, known: known.clone(), device })
    }
}

impl Happened {
    /// Tells the owner, without anybody waiting for it. When it was committed, not before.
    pub(crate) fn tell(self, app: &Arc<App>) {
        let has_post = app.site().is_some_and(|site| site.post.is_some());
        if !has_post || !self.event.change.is_told() {
            return;
        }
        let app = Arc::clone(app);
        tokio::spawn(async move {
            let Ok(place) = Place::take(&app) else {
                tracing::warn!("too many mails wait; somebody is not told of their account");
                return;
            };
            if let Some(message) = self.message(&app).await {
                place.send(message, &AGAIN_AFTER);
            }
        });
    }

    async fn message(self, app: &Arc<App>) -> Option<Message> {
        let person = self.known.person.id;
        let sealed = self.known.sealed_address?;
        let opened = in_background(app, move |app| app.people.open(person, ADDRESS, &sealed));
        let Ok(Opened::Text(address)) = opened.await else { return None };
        let address = Address::new(&address).ok()?;
        let site = app.site()?;
        let id: SignInId = app.new_id();
        let key = MessageKey::new(&format!("{id}-account")).expect("an id and eight characters");
        let content = account_changed(&AccountChanged {
            shop: &site.shop,
            news: news(self.event.change)?,
            at: self.event.at,
            device: self.device.as_ref().map(Text::as_str),
            is_own: self.event.is_own(),
            origin: &site.origin,
        });
        site.letter(app, key, address, content)
    }
}

/// What a mail says of it; `None` when there is none.
fn news(change: AccountChange) -> Option<AccountNews> {
    Some(match change {
        AccountChange::PasskeyAdded => AccountNews::PasskeyAdded,
        AccountChange::PasskeyRemoved => AccountNews::PasskeyRemoved,
        AccountChange::TotpAdded => AccountNews::TotpAdded,
        AccountChange::TotpRemoved => AccountNews::TotpRemoved,
        AccountChange::RecoveryCodesMade => AccountNews::RecoveryCodesMade,
        AccountChange::RolesGiven => AccountNews::RolesGiven,
        AccountChange::Frozen => AccountNews::Frozen,
        AccountChange::Unfrozen => AccountNews::Unfrozen,
        AccountChange::SignedOut => AccountNews::SignedOut,
        AccountChange::PasskeyConfirmed => AccountNews::PasskeyConfirmed,
        AccountChange::LossReported => AccountNews::LossReported,
        AccountChange::OpenedForPasskey => AccountNews::OpenedForPasskey,
        AccountChange::WayReopened => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_has_words() {
        for change in AccountChange::ALL {
            assert_eq!(news(*change).is_some(), change.is_told(), "{}", change.as_str());
        }
    }
}
