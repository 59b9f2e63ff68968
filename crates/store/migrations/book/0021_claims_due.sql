alter table claim add column wakes_at integer;
create index claim_wakes_at on claim (wakes_at, id) where wakes_at is not null;

alter table promotion_claims add column told_incident integer;
alter table promotion_claims add column told_late_invalid integer;
alter table promotion_claims add column told_unspent integer;
alter table promotion_claims add column searched_since integer;
create index promotion_claims_searched_since on promotion_claims (searched_since, promotion) where searched_since is not null;

create index restitution_created_at on restitution (created_at, id) where paid_at is null;
