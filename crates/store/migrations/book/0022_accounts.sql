create table automatic_paid (
    payer bytes not null,
    payments bytes not null,
    applied_seq integer not null,
    primary key (payer)
) keyed;

create table account_freeze (
    id bytes not null,
    claim bytes not null,
    code text not null,
    is_frozen integer not null,
    lifted_by bytes,
    lifted_at integer,
    times integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index account_freeze_is_frozen on account_freeze (is_frozen, id) where is_frozen = 1;

create table suspect (
    id bytes not null,
    claim bytes not null,
    promotion bytes not null,
    person bytes not null,
    device bytes,
    code text not null,
    is_open integer not null,
    looked_by bytes,
    looked_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index suspect_is_open on suspect (is_open, id) where is_open = 1;
