//! Mails about requests. They name the request and lead to it; nothing that was written is in them.

use std::sync::Arc;

use mail::templates::{
    RequestAnswered, RequestAnsweredInFull, RequestReceived, request_answered,
    request_answered_in_full, request_received,
};
use mail::{Address, Content, MessageKey, Name, SecretLink};
use outside::people::{KnownPerson, Opened};
use support::conversation::Conversation;

use crate::account::{ADDRESS, AGAIN_AFTER, Place};
use crate::app::App;
use crate::blocking;

/// Tells a customer that their request has arrived, and by when it is answered.
pub(super) fn received(app: &Arc<App>, to: KnownPerson, one: &Conversation) {
    let Some(due_at) = one.due_at else { return };
    send(app, to, one, "begun", move |shop, number, link| {
        request_received(&RequestReceived { shop, number, due_at, link })
    });
}

/// Tells a customer that there is an answer.
pub(super) fn answered(app: &Arc<App>, to: KnownPerson, one: &Conversation) {
    send(app, to, one, &format!("a{}", one.messages), |shop, number, link| {
        request_answered(&RequestAnswered { shop, number, link })
    });
}

/// Sends an answer to somebody without an account.
pub(super) fn answered_at(place: Place, to: Address, one: &Conversation, answer: &str) {
    let app = &place.app();
    let key = MessageKey::new(&format!("{}-a{}", one.id, one.messages));
    let (Some(site), Ok(key), Ok(number)) = (app.site(), key, Name::new(&one.number())) else {
        return;
    };
    let Ok(link) = SecretLink::new(&format!("{}/contact", site.origin)) else { return };
    let mail = RequestAnsweredInFull { shop: &site.shop, number: &number, answer, link: &link };
    if let Some(letter) = site.letter(app, key, to, request_answered_in_full(&mail)) {
        place.send(letter, &AGAIN_AFTER);
    }
}

/// The answer to whoever asks does not wait for the mail server. A mail that is not sent is told
/// in the log; the request shows on its page anyway.
fn send(
    app: &Arc<App>,
    to: KnownPerson,
    one: &Conversation,
    which: &str,
    content: impl FnOnce(&Name, &Name, &SecretLink) -> Content + Send + 'static,
) {
    let Ok(key) = MessageKey::new(&format!("{}-{which}", one.id)) else { return };
    let (id, number) = (one.id, one.number());
    let app = Arc::clone(app);
    drop(blocking::spawn(move || {
        let Some(site) = app.site().filter(|site| site.post.is_some()) else { return };
        let link = SecretLink::new(&format!("{}/requests/{id}", site.origin));
        let (Ok(link), Ok(number)) = (link, Name::new(&number)) else { return };
        if let Some(address) = address_of(&app, &to) {
            site.send(&app, key, address, content(&site.shop, &number, &link));
        }
    }));
}

/// The mail address of somebody; absent when they have none, or were erased. Blocks.
pub(super) fn address_of(app: &App, known: &KnownPerson) -> Option<Address> {
    let sealed = known.sealed_address.as_ref()?;
    match app.people.open(known.person.id, ADDRESS, sealed) {
        Ok(Opened::Text(text)) => Address::new(&text).ok(),
        Ok(Opened::Erased) => None,
        Err(error) => {
            tracing::error!(%error, "an address cannot be opened");
            None
        }
    }
}
