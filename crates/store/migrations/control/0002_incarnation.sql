alter table book_record add column incarnation integer not null default 0;
