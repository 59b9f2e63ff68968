//! Choosing promoted posts for a viewer, at speed.
//!
//! # Vocabulary
//!
//! * **Opportunity**: a moment at which a promoted post could have been shown.
