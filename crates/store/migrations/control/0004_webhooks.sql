create table webhook_endpoint (
    id bytes not null,
    book text not null,
    url text not null,
    types text not null,
    state text not null,
    secret bytes not null,
    secret_at integer not null,
    older_secret bytes,
    older_until integer,
    failing_since integer,
    next_seq integer not null,
    next_index integer not null,
    revision integer not null,
    operation bytes,
    fingerprint bytes,
    rotated_by bytes,
    created_at integer not null,
    primary key (book, id)
) keyed;

create table webhook_retry (
    endpoint bytes not null,
    seq integer not null,
    event_index integer not null,
    made integer not null,
    next_at integer not null,
    primary key (endpoint, seq, event_index)
) keyed;
create index webhook_retry_next_at on webhook_retry (endpoint, next_at);
