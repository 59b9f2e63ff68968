//! What works on a book beside its writer, for as long as it is served here.

use std::sync::Arc;
use std::time::Duration;

use http::{EventTeller, GiftWordsReader};
use jobs::mail::{MailNews, Postman, PostmanParts};
use jobs::webhooks::{Deliverer, DelivererParts, WebhookNews, WebhookPace};
use jobs::{Booked, Expirer, JobError};
use store::BookRecord;
use webhooks::{Sender, SenderSettings};
use writer::Handle;

use super::Installation;
use crate::config::{Post, Settings};
use crate::failure::{Done, Failure};

/// Time between two looks for mails to be sent.
const MAIL_EVERY: Duration = Duration::from_secs(1);

/// The threads of a book. Dropping them stops them.
pub(crate) struct Workers {
    expirer: Expirer,
    deliverer: Deliverer,
    /// None when nobody takes our mail.
    postman: Option<Postman>,
}

impl Workers {
    /// Starts them.
    ///
    /// # Errors
    ///
    /// There is no thread, or the control store cannot be opened.
    pub(crate) fn start(
        settings: &Settings,
        installation: &Installation,
        record: &BookRecord,
        handle: &Handle,
    ) -> Done<Workers> {
        Ok(Workers {
            expirer: start_expirer(settings, installation, record, handle.clone())?,
            deliverer: start_deliverer(settings, installation, record, handle.clone())?,
            postman: start_postman(installation, record, handle)?,
        })
    }

    /// Stops them and waits for them.
    pub(crate) fn stop(self) {
        self.deliverer.stop();
        self.postman.into_iter().for_each(Postman::stop);
        self.expirer.stop();
    }
}

fn start_expirer(
    settings: &Settings,
    installation: &Installation,
    record: &BookRecord,
    handle: Handle,
) -> Done<Expirer> {
    let name = record.name.to_string();
    let readers = Box::new(installation.reader_source(record));
    let report = move |ended: Result<Booked, JobError>| report_expiry(&name, ended);
    Expirer::spawn(handle, readers, settings.expiry_interval(), report).map_err(Failure::new)
}

fn report_expiry(book: &str, ended: Result<Booked, JobError>) {
    match ended {
        Ok(booked) if booked == Booked::default() => {}
        Ok(Booked { holds, cards, deliveries, refused }) => {
            tracing::info!(book, holds, cards, deliveries, "booked what had fallen due");
            for (what, refusal) in refused {
                tracing::warn!(book, ?what, %refusal, "could not be booked as expired");
            }
        }
        Err(error) => tracing::warn!(book, %error, "could not book what had fallen due"),
    }
}

fn start_deliverer(
    settings: &Settings,
    installation: &Installation,
    record: &BookRecord,
    handle: Handle,
) -> Done<Deliverer> {
    let name = record.name.to_string();
    let reach = settings.webhook_reach();
    let sender = installation
        .webhook_sender(|| Sender::new(&SenderSettings { reach, ..SenderSettings::public() }));
    let parts = DelivererParts {
        book: record.name.clone(),
        handle,
        open_reader: Box::new(installation.reader_source(record)),
        control: installation.control()?,
        events: Arc::new(EventTeller::new(Arc::clone(&installation.ring), record.name.clone())),
        sender,
        reach,
        ring: Arc::clone(&installation.ring),
        clock: Arc::new(installation.clock),
        pace: WebhookPace::default(),
    };
    let report = move |news: WebhookNews| report_webhooks(&name, &news);
    Deliverer::spawn(parts, report).map_err(Failure::new)
}

fn start_postman(
    installation: &Installation,
    record: &BookRecord,
    handle: &Handle,
) -> Done<Option<Postman>> {
    let Some(Post { mailer, letterhead }) = installation.post.clone() else { return Ok(None) };
    let name = record.name.to_string();
    let parts = PostmanParts {
        book: record.name.clone(),
        handle: handle.clone(),
        open_reader: Box::new(installation.reader_source(record)),
        control: installation.control()?,
        events: Arc::new(EventTeller::new(Arc::clone(&installation.ring), record.name.clone())),
        words: Arc::new(GiftWordsReader::new(Arc::clone(&installation.people))),
        mailer,
        letterhead,
        ring: Arc::clone(&installation.ring),
        clock: Arc::new(installation.clock),
        look_every: MAIL_EVERY,
    };
    let report = move |news: MailNews| report_mail(&name, &news);
    Postman::spawn(parts, report).map(Some).map_err(Failure::new)
}

fn report_mail(book: &str, news: &MailNews) {
    match news {
        MailNews::GaveUp(card) => {
            tracing::warn!(book, %card, "a gift was not delivered: nobody took it in three days");
        }
        MailNews::Uncertain(card) => {
            tracing::warn!(book, %card, "nobody knows whether a gift was sent: ask, then resend");
        }
        MailNews::Undeliverable(card) => {
            tracing::info!(book, %card, "a gift was not delivered: it has no address any more");
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
        WebhookNews::Trouble(error) => {
            tracing::warn!(book, %error, "webhooks wait: tables could not be used");
        }
    }
}
