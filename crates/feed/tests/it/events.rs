//! Tokens, verdicts and billing.

mod bills;
mod city;
mod desk;
mod farms;
mod lockstep;
mod replay;
mod tokens;
mod verdicts;
