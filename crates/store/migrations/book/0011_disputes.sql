alter table purchase add column clawed_back bytes;
update rail_refund set state = 9 where state = 4 and failure = 'disputed';
