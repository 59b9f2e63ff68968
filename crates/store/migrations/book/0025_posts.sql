alter table post add column published_at integer;
