alter table claim add column resolved bytes;
