//! What leaves a book by itself, in frames: its webhook endpoints, and its mails.

use base::{EndpointId, Instant};
use journal::{EncodedSource, ReadError, ValueSink, ValueSource};
use store::{
    EndpointState, EventPlace, MailCause, MailStage, Outgoing, ToldEndpoint, WaitingMail,
    WebhookEndpoint, WebhookRetry,
};

use super::parts::{encoded, instant, invalid, name, number, read_number};

pub(super) fn endpoint(told: &ToldEndpoint) -> Vec<u8> {
    let ToldEndpoint { endpoint, retries } = told;
    encoded(|sink| {
        sink.bytes(&endpoint.id.to_bytes());
        sink.text(endpoint.book.as_str());
        sink.text(&endpoint.url);
        sink.text(&endpoint.types);
        sink.text(endpoint.state.as_str());
        sink.bytes(&endpoint.secret);
        sink.int(endpoint.secret_at.micros());
        let older = endpoint.older_secret.as_ref();
        sink.opt_bytes(older.map(|(secret, _)| secret.as_slice()));
        sink.opt_int(older.map(|(_, until)| until.micros()));
        sink.opt_int(endpoint.failing_since.map(Instant::micros));
        place(sink, endpoint.next);
        number(sink, endpoint.revision);
        sink.opt_bytes(endpoint.rotated_by.as_ref().map(<[u8; 16]>::as_slice));
        sink.int(endpoint.created_at.micros());
        for retry in retries {
            place(sink, retry.place);
            sink.int(i64::from(retry.made));
            sink.int(retry.next_at.micros());
        }
    })
}

pub(super) fn read_endpoint(source: &mut EncodedSource<'_>) -> Result<ToldEndpoint, ReadError> {
    let endpoint = WebhookEndpoint {
        id: EndpointId::from_bytes(source.fixed16()?),
        book: name(source)?,
        url: source.text()?,
        types: source.text()?,
        state: EndpointState::parse(source.text_ref()?).ok_or(invalid("state of an endpoint"))?,
        secret: source.bytes()?,
        secret_at: instant(source.int()?)?,
        older_secret: {
            let (secret, until) = (source.opt_bytes()?, source.opt_int()?);
            secret.zip(until.map(instant).transpose()?)
        },
        failing_since: source.opt_int()?.map(instant).transpose()?,
        next: read_place(source)?,
        revision: read_number(source)?,
        rotated_by: source.opt_fixed16()?,
        created_at: instant(source.int()?)?,
    };
    let mut retries = Vec::new();
    while !source.is_empty() {
        let place = read_place(source)?;
        let made = small(source, "attempts of a delivery")?;
        retries.push(WebhookRetry { place, made, next_at: instant(source.int()?)? });
    }
    Ok(ToldEndpoint { endpoint, retries })
}

/// The mails of a book; its endpoints are frames of their own.
pub(super) fn mails(outgoing: &Outgoing) -> Vec<u8> {
    encoded(|sink| {
        sink.text(outgoing.book.as_str());
        sink.opt_int(outgoing.mail_place.map(|place| place.seq.cast_signed()));
        sink.opt_int(outgoing.mail_place.map(|place| i64::from(place.index)));
        for mail in &outgoing.mails {
            let (kind, subject, which) = mail.cause.to_parts();
            sink.int(i64::from(kind));
            sink.bytes(&subject);
            sink.int(i64::from(which));
            sink.int(i64::from(mail.made));
            sink.int(i64::from(mail.unknown));
            sink.int(i64::from(mail.stage.number()));
            sink.int(mail.next_at.micros());
            sink.int(mail.written_at.micros());
        }
    })
}

pub(super) fn read_mails(source: &mut EncodedSource<'_>) -> Result<Outgoing, ReadError> {
    let book = name(source)?;
    let (seq, index) = (source.opt_int()?, source.opt_int()?);
    let mail_place = match seq.zip(index) {
        Some((seq, index)) => {
            let index = u32::try_from(index).map_err(|_| invalid("place of an event"))?;
            Some(EventPlace { seq: seq.cast_unsigned(), index })
        }
        None => None,
    };
    let mut mails = Vec::new();
    while !source.is_empty() {
        let kind = small(source, "kind of a mail")?;
        let (subject, which) = (source.fixed16()?, small(source, "number of a mail")?);
        let cause = MailCause::from_parts(kind, subject, which);
        mails.push(WaitingMail {
            book: book.clone(),
            cause: cause.ok_or(invalid("cause of a mail"))?,
            made: small(source, "attempts of a mail")?,
            unknown: small(source, "unknown attempts of a mail")?,
            stage: MailStage::from_number(small(source, "stage of a mail")?)
                .ok_or(invalid("stage of a mail"))?,
            next_at: instant(source.int()?)?,
            written_at: instant(source.int()?)?,
        });
    }
    Ok(Outgoing { book, endpoints: Vec::new(), mail_place, mails })
}

fn place(sink: &mut impl ValueSink, place: EventPlace) {
    number(sink, place.seq);
    sink.int(i64::from(place.index));
}

fn read_place(source: &mut EncodedSource<'_>) -> Result<EventPlace, ReadError> {
    Ok(EventPlace { seq: read_number(source)?, index: small(source, "place of an event")? })
}

fn small<T: TryFrom<i64>>(
    source: &mut EncodedSource<'_>,
    what: &'static str,
) -> Result<T, ReadError> {
    T::try_from(source.int()?).map_err(|_| invalid(what))
}
