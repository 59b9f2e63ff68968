alter table purchase add column clawed_back bytes;
