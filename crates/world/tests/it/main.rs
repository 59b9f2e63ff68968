//! Tests of the public surface.

mod course;
mod naive;
mod people;
mod trouble;
