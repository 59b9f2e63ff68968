//! What a store promises: one suite of behavior, run against every store there is.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod any;
mod claim_rows;
mod commits;
mod control;
mod cut_lines;
mod endpoints;
mod filling;
mod incident_rows;
mod leases;
mod lists;
mod mails;
mod model;
mod operations;
mod promotion_rows;
mod purchase_rows;
mod reading;
mod removal;
mod row_codec;
mod servers;
mod settlement_rows;
mod shop_rows;
mod sqlite_files;
mod support;
mod views;
