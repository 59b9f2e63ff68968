alter table card add column bought_by bytes;
alter table purchase add column bought_by bytes;

create table sender (
    id bytes not null,
    blocked_since integer,
    blocked_reason text,
    reporters integer not null,
    recipients bytes not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table contact (
    id bytes not null,
    sender bytes not null,
    recipient bytes not null,
    blocked_since integer,
    is_reported integer not null,
    reported_card bytes,
    report_reason integer,
    reported_at integer,
    gifts bytes not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index contact_sender on contact (sender, id) where reported_at is not null;
create index contact_is_reported on contact (is_reported, id) where is_reported = 1;
