//! What the city keeps of its logs.

pub use feed::shortfall::{Delivered, Deliveries};
