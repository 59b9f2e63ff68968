//! Webhook endpoints in memory.

use std::collections::BTreeMap;

use base::{EndpointId, Instant};

use super::MemoryControl;
use crate::{
    BookName, EndpointCreation, EndpointProgress, EndpointStore, EventPlace, KeyOperation,
    StoreError, WebhookEndpoint, WebhookRetry,
};

/// Every endpoint and every retry.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    by_id: BTreeMap<EndpointId, (WebhookEndpoint, Option<KeyOperation>)>,
    retries: BTreeMap<(EndpointId, EventPlace), WebhookRetry>,
}

impl EndpointStore for MemoryControl {
    fn create_endpoint(
        &mut self,
        endpoint: &WebhookEndpoint,
        operation: Option<&KeyOperation>,
        endpoints_max: usize,
    ) -> Result<EndpointCreation, StoreError> {
        let endpoints = &mut self.lock().endpoints;
        let of_book = || endpoints.by_id.values().filter(|(one, _)| one.book == endpoint.book);
        let same = |made: &&(WebhookEndpoint, Option<KeyOperation>)| match (operation, &made.1) {
            (Some(wanted), Some(noted)) => wanted.operation == noted.operation,
            _ => false,
        };
        if let Some((made, noted)) = of_book().find(same) {
            let is_same = operation == noted.as_ref();
            return Ok(match is_same {
                true => EndpointCreation::Replayed(Box::new(made.clone())),
                false => EndpointCreation::Mismatch,
            });
        }
        if of_book().count() >= endpoints_max {
            return Ok(EndpointCreation::TooMany);
        }
        endpoints.by_id.insert(endpoint.id, (endpoint.clone(), operation.copied()));
        Ok(EndpointCreation::Created)
    }

    fn endpoints_of(&mut self, book: &BookName) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let contents = self.lock();
        let all = contents.endpoints.by_id.values().rev().map(|(endpoint, _)| endpoint);
        Ok(all.filter(|endpoint| endpoint.book == *book).cloned().collect())
    }

    fn change_endpoint(&mut self, endpoint: &WebhookEndpoint) -> Result<bool, StoreError> {
        let endpoints = &mut self.lock().endpoints;
        let Some((kept, _)) = endpoints.by_id.get_mut(&endpoint.id) else { return Ok(false) };
        if (&kept.book, kept.revision) != (&endpoint.book, endpoint.revision) {
            return Ok(false);
        }
        *kept = WebhookEndpoint { revision: endpoint.revision + 1, ..endpoint.clone() };
        Ok(true)
    }

    fn delete_endpoint(&mut self, book: &BookName, id: EndpointId) -> Result<bool, StoreError> {
        let endpoints = &mut self.lock().endpoints;
        if endpoints.by_id.get(&id).is_none_or(|(endpoint, _)| endpoint.book != *book) {
            return Ok(false);
        }
        endpoints.by_id.remove(&id);
        endpoints.retries.retain(|(of, _), _| *of != id);
        Ok(true)
    }

    fn keep_progress(
        &mut self,
        book: &BookName,
        progress: &EndpointProgress,
    ) -> Result<bool, StoreError> {
        let endpoints = &mut self.lock().endpoints;
        let Some((kept, _)) = endpoints.by_id.get_mut(&progress.id) else { return Ok(false) };
        if (&kept.book, kept.revision) != (book, progress.revision) {
            return Ok(false);
        }
        kept.next = progress.next;
        kept.failing_since = progress.failing_since;
        kept.state = progress.state;
        for retry in &progress.retries {
            endpoints.retries.insert((progress.id, retry.place), *retry);
        }
        for place in &progress.over {
            endpoints.retries.remove(&(progress.id, *place));
        }
        Ok(true)
    }

    fn want_again(&mut self, id: EndpointId, retry: &WebhookRetry) -> Result<(), StoreError> {
        self.lock().endpoints.retries.insert((id, retry.place), *retry);
        Ok(())
    }

    fn due_retries(
        &mut self,
        id: EndpointId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<WebhookRetry>, StoreError> {
        let contents = self.lock();
        let all = contents.endpoints.retries.iter();
        let mut due: Vec<WebhookRetry> =
            all.filter(|((of, _), _)| *of == id).map(|(_, retry)| *retry).collect();
        due.retain(|retry| retry.next_at <= until);
        due.sort_by_key(|retry| (retry.next_at, retry.place));
        due.truncate(limit as usize);
        Ok(due)
    }

    fn count_retries(&mut self, id: EndpointId) -> Result<u64, StoreError> {
        let contents = self.lock();
        Ok(contents.endpoints.retries.keys().filter(|(of, _)| *of == id).count() as u64)
    }
}
