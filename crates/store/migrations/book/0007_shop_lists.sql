create index checkout_buyer on checkout (buyer, id) where buyer is not null;
create index payment_purpose on payment (purpose, id);
create index rail_refund_order_refund on rail_refund (order_refund, id) where order_refund is not null;
