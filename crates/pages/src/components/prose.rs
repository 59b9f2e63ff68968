use maud::{Markup, html};

/// Some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// As they are.
    Plain(&'a str),
    /// Important.
    Strong(&'a str),
    /// The name of something on a page.
    Named(&'a str),
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prose<'a> {
    /// Sentences.
    Paragraph(Vec<Said<'a>>),
    /// Things of the same kind.
    List(Vec<Vec<Said<'a>>>),
}

/// A text.
pub fn prose(blocks: &[Prose<'_>]) -> Markup {
    html! {
        @for block in blocks {
            @match block {
                Prose::Paragraph(pieces) => { p { (words(pieces)) } }
                Prose::List(items) => { ul { @for item in items { li { (words(item)) } } } }
            }
        }
    }
}

fn words(pieces: &[Said<'_>]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Said::Plain(text) => { (text) }
                Said::Strong(text) => { strong { (text) } }
                Said::Named(text) => { em { (text) } }
            }
        }
    }
}
