alter table card add column goodwill integer;
alter table card add column expired_goodwill integer;
alter table card add column given_back integer;
alter table hold add column goodwill integer;
alter table refund add column goodwill integer;
