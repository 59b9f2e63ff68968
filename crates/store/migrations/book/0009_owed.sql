alter table payment add column lost integer not null default 0;
alter table payment add column owed integer not null default 0;
alter table payment add column settled integer not null default 0;
