alter table program add column return_after_days integer;
alter table card add column return_after_days integer;
alter table card add column return_at integer;

create index card_return_at on card (return_at, id) where state = 1 and disputed_since is null and return_at is not null;
