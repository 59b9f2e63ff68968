//! What works on a book beside its writer, for as long as it is served here.

use std::sync::Arc;

use http::EventTeller;
use jobs::webhooks::{Deliverer, DelivererParts, WebhookNews, WebhookPace};
use jobs::{Booked, Expirer, JobError};
use store::BookRecord;
use webhooks::{Sender, SenderSettings};
use writer::Handle;

use super::Installation;
use crate::config::Settings;
use crate::failure::{Done, Failure};

/// The threads of a book. Dropping them stops them.
pub(crate) struct Workers {
    expirer: Expirer,
    deliverer: Deliverer,
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
        })
    }

    /// Stops them and waits for them.
    pub(crate) fn stop(self) {
        self.deliverer.stop();
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
