//! Every store call fails once, in every way.
