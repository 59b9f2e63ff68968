//! What leaves a book by itself: events to webhook endpoints, and mails.

use std::sync::Arc;
use std::time::Duration;

use http::{EventTeller, GiftWordsReader};
use jobs::OutgoingFigures;
use jobs::mail::{MailNews, Postman, PostmanParts, mail_key};
use jobs::webhooks::{Deliverer, DelivererParts, WebhookNews, WebhookPace};
use store::{BookRecord, MailCause};
use webhooks::{Sender, SenderSettings};
use writer::Handle;

use super::Installation;
use crate::config::Settings;
use crate::failure::{Done, Failure};

/// Time between two looks for mails to be sent.
const MAIL_EVERY: Duration = Duration::from_secs(1);

impl Installation {
    pub(super) fn start_deliverer(
        &self,
        record: &BookRecord,
        handle: &Handle,
        settings: &Settings,
        figures: &Arc<OutgoingFigures>,
    ) -> Done<Deliverer> {
        let name = record.name.to_string();
        let reach = settings.webhook_reach();
        let parts = DelivererParts {
            book: record.name.clone(),
            handle: handle.clone(),
            open_reader: Box::new(self.reader_source(record)),
            control: self.control()?,
            events: Arc::new(EventTeller::new(Arc::clone(&self.ring), record.name.clone())),
            sender: self.webhook_sender(|| {
                Sender::new(&SenderSettings { reach, ..SenderSettings::public() })
            }),
            reach,
            ring: Arc::clone(&self.ring),
            clock: Arc::new(self.clock),
            figures: Arc::clone(figures),
            pace: WebhookPace::default(),
        };
        let report = move |news: WebhookNews| report_webhooks(&name, &news);
        Deliverer::spawn(parts, report).map_err(Failure::new)
    }

    /// `None` when nobody takes our mail.
    pub(super) fn start_postman(
        &self,
        record: &BookRecord,
        handle: &Handle,
        figures: &Arc<OutgoingFigures>,
    ) -> Done<Option<Postman>> {
        let Some(post) = &self.post else { return Ok(None) };
        let name = record.name.to_string();
        let parts = PostmanParts {
            book: record.name.clone(),
            handle: handle.clone(),
            open_reader: Box::new(self.reader_source(record)),
            control: self.control()?,
            events: Arc::new(EventTeller::new(Arc::clone(&self.ring), record.name.clone())),
            words: Arc::new(GiftWordsReader::new(Arc::clone(&self.people))),
            mailer: post.mailer(record.is_test),
            letterhead: post.letterhead.clone(),
            ring: Arc::clone(&self.ring),
            clock: Arc::new(self.clock),
            figures: Arc::clone(figures),
            look_every: MAIL_EVERY,
        };
        let report = move |news: MailNews| report_mail(&name, &news);
        Postman::spawn(parts, report).map(Some).map_err(Failure::new)
    }
}

fn report_mail(book: &str, news: &MailNews) {
    match news {
        MailNews::GaveUp(MailCause::Gift { card, .. }) => {
            tracing::warn!(book, %card, "a gift was not delivered: nobody took it in three days");
        }
        MailNews::Uncertain(MailCause::Gift { card, .. }) => {
            tracing::warn!(book, %card, "nobody knows whether a gift was sent: ask, then resend");
        }
        MailNews::Undeliverable(MailCause::Gift { card, .. }) => {
            tracing::info!(book, %card, "a gift was not delivered: it has no address any more");
        }
        MailNews::GaveUp(cause) | MailNews::Undeliverable(cause) => {
            let mail = mail_key(*cause);
            tracing::info!(book, mail = mail.as_str(), "a buyer was not reached");
        }
        MailNews::Uncertain(cause) => {
            let mail = mail_key(*cause);
            tracing::info!(book, mail = mail.as_str(), "nobody knows whether a buyer was reached");
        }
        MailNews::Unreadable(MailCause::Gift { card, .. }, why) => {
            tracing::error!(book, %card, %why, "a gift waits: what was written cannot be opened");
        }
        MailNews::Unreadable(cause, why) => {
            let mail = mail_key(*cause);
            let mail = mail.as_str();
            tracing::error!(
                book,
                mail,
                %why,
                "a mail to a buyer waits: what was written cannot be opened"
            );
        }
        MailNews::Panicked => {
            tracing::error!(book, "what sends mails failed on an assertion; it goes on shortly");
        }
        MailNews::NeedsOperator(deferral) => {
            tracing::error!(book, ?deferral, "the mail server refuses us: see to its settings");
        }
        MailNews::Trouble(error) => {
            tracing::warn!(book, %error, "mails wait: something could not be used");
        }
    }
}

fn report_webhooks(book: &str, news: &WebhookNews) {
    match news {
        WebhookNews::SwitchedOff(endpoint, why) => {
            tracing::warn!(book, %endpoint, ?why, "a webhook endpoint was switched off");
        }
        WebhookNews::Unusable(endpoint, why) => {
            tracing::error!(book, %endpoint, %why, "the secret of a webhook endpoint is unusable");
        }
        WebhookNews::Unreadable(endpoint, why) => {
            tracing::error!(book, %endpoint, %why, "what a webhook endpoint waits for is damaged");
        }
        WebhookNews::Panicked => {
            tracing::error!(book, "what tells webhooks failed on an assertion; it goes on shortly");
        }
        WebhookNews::Trouble(error) => {
            tracing::warn!(book, %error, "webhooks wait: tables could not be used");
        }
    }
}
