create table advertiser (
    id bytes not null,
    under_way integer not null,
    budgets bytes not null,
    age integer,
    age_told_at integer,
    applied_seq integer not null,
    primary key (id)
) keyed;

alter table promotion add column is_counted integer;

alter table payment_method add column declined_at integer;
