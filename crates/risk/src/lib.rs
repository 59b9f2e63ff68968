//! Risk: keeping misuse expensive without hurting the honest. So far: guess budgets for codes.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | miss | a look-up of a well-formed code that no usable card has |
//! | hit | a look-up that found its card |
//! | asker | who a look-up comes from: an API key, and the client behind it when it is known |
//! | newcomer | a client without a recent hit |
//! | good standing | a client with a recent hit |
//! | alarm level | how many times the book's budgets are halved |
//!
//! # Invariants
//!
//! - Nothing here reads a clock or draws randomness: the same calls give the same answers.
//! - Memory is bounded by the limits, whatever arrives.

pub mod budget;
