alter table head add column removed integer not null default 0;
