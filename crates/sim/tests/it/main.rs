//! The simulator's tests: they are what the simulator is for.

mod books;
mod faults;
mod settings;
mod threads;
