CREATE TABLE api_key (
    id blob not null,
    book text not null,
    kind text not null,
    hash blob not null unique,
    scopes text not null,
    version text not null,
    last4 blob not null,
    created_at integer not null,
    revoked_at integer,
    primary key (id)
) strict, without rowid;

CREATE TABLE book_record (
    name text not null,
    is_test integer not null,
    created_at integer not null, incarnation integer not null default 0,
    primary key (name)
) strict, without rowid;

CREATE TABLE key_operation (
    book text not null,
    operation blob not null,
    fingerprint blob not null,
    api_key blob not null,
    created_at integer not null,
    primary key (book, operation)
) strict, without rowid;

CREATE TABLE lease (
    book text not null,
    process text not null,
    address text not null,
    term integer not null,
    until_micros integer not null,
    hand_over integer not null,
    primary key (book)
) strict, without rowid;

CREATE TABLE mail_place (
    book text not null,
    next_seq integer not null,
    next_index integer not null,
    primary key (book)
) strict, without rowid;

CREATE TABLE migration (
    number integer not null,
    name text not null,
    checksum blob not null,
    primary key (number)
) strict, without rowid;

CREATE TABLE waiting_mail (
    book text not null,
    cause integer not null,
    subject blob not null,
    number integer not null,
    made integer not null,
    unknown integer not null,
    is_begun integer not null,
    next_at integer not null,
    written_at integer not null,
    primary key (book, cause, subject, number)
) strict, without rowid;

CREATE INDEX waiting_mail_next_at on waiting_mail (book, next_at);

CREATE TABLE webhook_endpoint (
    id blob not null,
    book text not null,
    url text not null,
    types text not null,
    state text not null,
    secret blob not null,
    secret_at integer not null,
    older_secret blob,
    older_until integer,
    failing_since integer,
    next_seq integer not null,
    next_index integer not null,
    revision integer not null,
    operation blob,
    fingerprint blob,
    rotated_by blob,
    created_at integer not null,
    primary key (book, id)
) strict, without rowid;

CREATE TABLE webhook_retry (
    endpoint blob not null,
    seq integer not null,
    event_index integer not null,
    made integer not null,
    next_at integer not null,
    primary key (endpoint, seq, event_index)
) strict, without rowid;

CREATE INDEX webhook_retry_next_at on webhook_retry (endpoint, next_at);
