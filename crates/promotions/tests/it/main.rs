//! Tests of the public surface.

mod audience;
