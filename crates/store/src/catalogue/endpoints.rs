//! Webhook endpoints and their retries.

/// Adds an endpoint.
pub(crate) const INSERT: &str = "
    insert into webhook_endpoint (id, book, url, types, state, secret, secret_at, older_secret,
        older_until, failing_since, next_seq, next_index, revision, rotated_by, created_at,
        operation, fingerprint)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

/// Endpoints of a book, newest first.
pub(crate) const OF_BOOK: &str = "
    select id, book, url, types, state, secret, secret_at, older_secret, older_until,
        failing_since, next_seq, next_index, revision, rotated_by, created_at
    from webhook_endpoint where book = $1 order by id desc";

/// The endpoint that an operation made.
pub(crate) const OF_OPERATION: &str = "
    select id, book, url, types, state, secret, secret_at, older_secret, older_until,
        failing_since, next_seq, next_index, revision, rotated_by, created_at, fingerprint
    from webhook_endpoint where book = $1 and operation = $2";

/// How many endpoints a book has.
pub(crate) const COUNT: &str = "select count(*) from webhook_endpoint where book = $1";

/// Puts what an owner changed, unless somebody was faster.
pub(crate) const CHANGE: &str = "
    update webhook_endpoint set url = $1, types = $2, state = $3, secret = $4, secret_at = $5,
        older_secret = $6, older_until = $7, failing_since = $8, next_seq = $9, next_index = $10,
        rotated_by = $11, revision = revision + 1
    where book = $12 and id = $13 and revision = $14";

/// Puts what was learned by sending, unless the owner has changed something since.
pub(crate) const PROGRESS: &str = "
    update webhook_endpoint set next_seq = $1, next_index = $2, failing_since = $3, state = $4
    where book = $5 and id = $6 and revision = $7";

/// Removes an endpoint.
pub(crate) const DELETE: &str = "delete from webhook_endpoint where book = $1 and id = $2";

/// Keeps a retry, or how it went on.
pub(crate) const PUT_RETRY: &str = "
    insert into webhook_retry (endpoint, seq, event_index, made, next_at)
    values ($1, $2, $3, $4, $5)
    on conflict (endpoint, seq, event_index) do update set made = excluded.made,
        next_at = excluded.next_at";

/// Removes a retry.
pub(crate) const DELETE_RETRY: &str = "
    delete from webhook_retry where endpoint = $1 and seq = $2 and event_index = $3";

/// Removes all retries of an endpoint.
pub(crate) const DELETE_RETRIES: &str = "delete from webhook_retry where endpoint = $1";

/// Retries that are due.
pub(crate) const DUE: &str = "
    select seq, event_index, made, next_at from webhook_retry
    where endpoint = $1 and next_at <= $2 order by next_at, seq, event_index limit $3";

/// How many retries there are.
pub(crate) const COUNT_RETRIES: &str = "select count(*) from webhook_retry where endpoint = $1";
