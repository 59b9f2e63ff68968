//! Tokens, verdicts and billing.

mod bills;
mod city;
pub mod desk;
mod farms;
mod lockstep;
mod replay;
mod tokens;
mod verdicts;
