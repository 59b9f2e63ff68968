//! Tokens, verdicts and billing.

mod bills;
mod choices;
mod city;
pub mod desk;
mod farms;
mod lockstep;
mod replay;
mod schemes;
mod tokens;
mod verdicts;
