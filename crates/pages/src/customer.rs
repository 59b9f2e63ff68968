//! Pages for customers: whoever buys, gets, promotes, claims or asks.

mod help;

pub use help::{ArticleView, HelpView, TopicView, article_page, help_page};
