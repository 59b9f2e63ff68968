create table book_record (
    name text not null,
    is_test integer not null,
    created_at integer not null,
    primary key (name)
) keyed;

create table api_key (
    id bytes not null,
    book text not null,
    kind text not null,
    hash bytes not null unique,
    scopes text not null,
    version text not null,
    last4 bytes not null,
    created_at integer not null,
    revoked_at integer,
    primary key (id)
) keyed;

create table key_operation (
    book text not null,
    operation bytes not null,
    fingerprint bytes not null,
    api_key bytes not null,
    created_at integer not null,
    primary key (book, operation)
) keyed;
