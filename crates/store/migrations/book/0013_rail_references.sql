create index payment_rail_reference on payment (rail_reference, id) where rail_reference is not null;
create index rail_refund_rail_reference on rail_refund (rail_reference, id) where rail_reference is not null;
create index dispute_rail_reference on dispute (rail_reference, id) where rail_reference is not null;
