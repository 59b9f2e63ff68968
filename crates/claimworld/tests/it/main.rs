//! Tests of the public surface.

mod extremes;
mod records;
mod same;
mod truths;
