//! `/v1/promotions/{id}/suggestions`: what a report suggests.

pub(crate) mod apply;
