create table head (
    book text not null,
    epoch integer not null,
    seq integer not null,
    hash bytes not null,
    at_micros integer not null,
    watermark integer not null,
    operations integer not null,
    primary key (book)
) keyed;

create table journal (
    first_seq integer not null,
    last_seq integer not null,
    epoch integer not null,
    at_micros integer not null,
    previous bytes not null,
    hash bytes not null,
    body bytes not null,
    primary key (first_seq)
) appended;

create table entry (
    place integer not null,
    previous integer,
    account bytes not null,
    at_micros integer not null,
    reason integer not null,
    subject bytes not null,
    amount integer not null,
    held_change integer not null,
    debits_posted integer not null,
    credits_posted integer not null,
    held integer not null,
    primary key (place)
) appended;

create table operation_run (
    run integer not null,
    last_at integer not null,
    entries integer not null,
    primary key (run)
) keyed;

create table operation_page (
    run integer not null,
    first_hash integer not null,
    entries bytes not null,
    primary key (run, first_hash)
) keyed;

create table book (
    row_number integer not null,
    is_test integer not null,
    clock_ahead_micros integer not null,
    ring bytes not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (row_number)
) keyed;

create table account (
    id bytes not null,
    name text,
    currency text not null,
    debits_posted integer not null,
    credits_posted integer not null,
    debits_pending integer not null,
    credits_pending integer not null,
    last_entry integer,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index account_name on account (name, id) where name is not null;

create table program (
    id bytes not null,
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
) keyed;

create table card (
    id bytes not null,
    program bytes,
    currency text not null,
    value integer not null,
    state integer not null,
    frozen_since integer,
    frozen_reason text,
    code_hash bytes not null,
    code_key integer not null,
    code_nonce integer not null,
    last4 bytes not null,
    expires_at integer,
    funding text not null,
    customer text,
    expired_value integer not null,
    hold_seconds_max integer not null,
    refund_extension_days integer not null,
    open_holds bytes,
    sandbox integer not null,
    created_at integer not null,
    scope text,
    regions text,
    metadata text,
    reference text,
    recipient bytes,
    recipient_sealed bytes,
    sender bytes,
    sender_sealed bytes,
    design text,
    source_kind text,
    source_id text,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index card_expires_at on card (expires_at, id) where state = 1 and expires_at is not null;
create index card_last4 on card (last4, id);
create index card_reference on card (reference, id) where reference is not null;
create index card_recipient on card (recipient, id) where recipient is not null;

create table code (
    hash bytes not null,
    card bytes not null,
    live integer not null,
    applied_seq integer not null,
    primary key (hash)
) keyed;

create table hold (
    id bytes not null,
    card bytes not null,
    debit bytes not null,
    credit bytes not null,
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
) keyed;
create index hold_reference on hold (reference, id);
create index hold_expires_at on hold (expires_at, id) where is_open = 1;

create table refund (
    id bytes not null,
    hold bytes not null,
    card bytes not null,
    amount integer not null,
    currency text not null,
    reversed integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
