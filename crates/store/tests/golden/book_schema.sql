CREATE TABLE account (
    id blob not null,
    name text,
    currency text not null,
    debits_posted integer not null,
    credits_posted integer not null,
    debits_pending integer not null,
    credits_pending integer not null,
    last_entry integer,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX account_name on account (name, id) where name is not null;

CREATE TABLE book (
    row_number integer not null,
    is_test integer not null,
    clock_ahead_micros integer not null,
    ring blob not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (row_number)
) strict, without rowid;

CREATE TABLE card (
    id blob not null,
    program blob,
    currency text not null,
    value integer not null,
    state integer not null,
    frozen_since integer,
    frozen_reason text,
    code_hash blob not null,
    code_key integer not null,
    code_nonce integer not null,
    last4 blob not null,
    expires_at integer,
    funding text not null,
    customer text,
    expired_value integer not null,
    hold_seconds_max integer not null,
    refund_extension_days integer not null,
    open_holds blob,
    sandbox integer not null,
    created_at integer not null,
    scope text,
    regions text,
    metadata text,
    reference text,
    recipient blob,
    recipient_sealed blob,
    sender blob,
    sender_sealed blob,
    design text,
    source_kind text,
    source_id text,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX card_expires_at on card (expires_at, id) where state = 1 and expires_at is not null;

CREATE INDEX card_last4 on card (last4, id);

CREATE INDEX card_recipient on card (recipient, id) where recipient is not null;

CREATE INDEX card_reference on card (reference, id) where reference is not null;

CREATE TABLE code (
    hash blob not null,
    card blob not null,
    live integer not null,
    applied_seq integer not null,
    primary key (hash)
) strict, without rowid;

CREATE TABLE entry (
    place integer not null,
    previous integer,
    account blob not null,
    at_micros integer not null,
    reason integer not null,
    subject blob not null,
    amount integer not null,
    held_change integer not null,
    debits_posted integer not null,
    credits_posted integer not null,
    held integer not null,
    primary key (place)
) strict;

CREATE TABLE head (
    book text not null,
    epoch integer not null,
    seq integer not null,
    hash blob not null,
    at_micros integer not null,
    watermark integer not null,
    operations integer not null,
    primary key (book)
) strict, without rowid;

CREATE TABLE hold (
    id blob not null,
    card blob not null,
    debit blob not null,
    credit blob not null,
    currency text not null,
    reserved integer not null,
    posted integer not null,
    voided integer not null,
    is_open integer not null,
    is_expired integer not null,
    refunded integer not null,
    expires_at integer not null,
    reference text not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX hold_expires_at on hold (expires_at, id) where is_open = 1;

CREATE INDEX hold_reference on hold (reference, id);

CREATE TABLE journal (
    first_seq integer not null,
    last_seq integer not null,
    epoch integer not null,
    at_micros integer not null,
    previous blob not null,
    hash blob not null,
    body blob not null,
    primary key (first_seq)
) strict;

CREATE TABLE migration (
    number integer not null,
    name text not null,
    checksum blob not null,
    primary key (number)
) strict, without rowid;

CREATE TABLE operation_page (
    run integer not null,
    first_hash integer not null,
    entries blob not null,
    primary key (run, first_hash)
) strict, without rowid;

CREATE TABLE operation_run (
    run integer not null,
    last_at integer not null,
    entries integer not null,
    primary key (run)
) strict, without rowid;

CREATE TABLE program (
    id blob not null,
    name text not null,
    currency text not null,
    value_min integer not null,
    value_max integer not null,
    validity_days integer,
    hold_seconds_max integer not null,
    refund_extension_days integer not null,
    scope text,
    regions text,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE refund (
    id blob not null,
    hold blob not null,
    card blob not null,
    amount integer not null,
    currency text not null,
    reversed integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;
