//! sim
mod random;
mod oracle;
pub use oracle::Oracle;
pub use random::Random;
