//! An article, and how its file is read.

/// What articles are listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Giving.
    Gifts,
    /// Cards, and what they buy.
    Cards,
    /// Paying, and refunds of orders.
    Checkout,
    /// Losing, cheating, protecting.
    Safety,
    /// Promotions of posts.
    Promotions,
    /// Money back for promotions.
    Claims,
    /// Reaching us.
    Help,
}

impl Topic {
    /// Every topic, in the order in which they are listed.
    pub const ALL: [Topic; 7] = [
        Topic::Gifts,
        Topic::Cards,
        Topic::Checkout,
        Topic::Safety,
        Topic::Promotions,
        Topic::Claims,
        Topic::Help,
    ];

    /// Stable lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Gifts => "gifts",
            Topic::Cards => "cards",
            Topic::Checkout => "checkout",
            Topic::Safety => "safety",
            Topic::Promotions => "promotions",
            Topic::Claims => "claims",
            Topic::Help => "help",
        }
    }

    /// The topic of that name.
    pub fn parse(name: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its name in addresses, which never changes.
    pub name: &'static str,
    /// What it is listed under.
    pub topic: Topic,
    /// The question.
    pub title: &'static str,
    /// Other words that people may look for.
    pub keywords: &'static str,
    /// The answer.
    pub blocks: Vec<Block>,
}

/// A piece of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Sentences.
    Paragraph(Vec<Piece>),
    /// Things of the same kind.
    List(Vec<Vec<Piece>>),
}

/// Some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As they are.
    Plain(&'static str),
    /// Important: `**so**`.
    Strong(&'static str),
    /// The name of something on a page: `*so*`.
    Named(&'static str),
}

impl Piece {
    /// The words.
    pub fn text(self) -> &'static str {
        match self {
            Piece::Plain(text) | Piece::Strong(text) | Piece::Named(text) => text,
        }
    }
}

impl Article {
    /// Reads a file: a title after `# `, lines `topic:` and `keywords:`, then paragraphs and
    /// lists, with an empty line between any two. `None` when it is not so.
    pub(crate) fn read(name: &'static str, file: &'static str) -> Option<Article> {
        let (title, rest) = file.strip_prefix("# ")?.split_once("\n\n")?;
        let (head, answer) = rest.split_once("\n\n")?;
        let line =
            |label: &str| head.lines().find_map(|line| line.strip_prefix(label)).map(str::trim);
        let topic = Topic::parse(line("topic:")?)?;
        let keywords = line("keywords:")?;
        let blocks: Vec<Block> = answer.trim_end().split("\n\n").map(block).collect();
        Some(Article { name, topic, title, keywords, blocks })
    }

    /// All words of the answer, piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Paragraph(pieces) => pieces.clone(),
            Block::List(items) => items.concat(),
        })
    }
}

fn block(text: &'static str) -> Block {
    match text.strip_prefix("- ") {
        Some(list) => Block::List(list.split("\n- ").map(pieces).collect()),
        None => Block::Paragraph(pieces(text)),
    }
}

/// Splits words at `**` and `*`. A mark that is not closed stays what it is: the house's articles
/// have none, a test says.
fn pieces(text: &'static str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('*') {
        let (mark, inside) = match after.strip_prefix('*') {
            Some(inside) => ("**", inside),
            None => ("*", after),
        };
        let Some((marked, later)) = inside.split_once(mark) else { break };
        if !before.is_empty() {
            found.push(Piece::Plain(before));
        }
        found.push(if mark == "**" { Piece::Strong(marked) } else { Piece::Named(marked) });
        rest = later;
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_an_article() {
        let file = "# Why?\n\ntopic: cards\nkeywords: reason, cause\n\nSee *Wallet* now.\n\n\
                    - **One**\n- two\n";
        let article = Article::read("why", file).unwrap();
        assert_eq!((article.title, article.topic), ("Why?", Topic::Cards));
        assert_eq!(article.keywords, "reason, cause");
        let see = [Piece::Plain("See "), Piece::Named("Wallet"), Piece::Plain(" now.")];
        let list = vec![vec![Piece::Strong("One")], vec![Piece::Plain("two")]];
        assert_eq!(article.blocks, [Block::Paragraph(see.to_vec()), Block::List(list)]);
    }

    #[test]
    fn what_is_no_article_is_none() {
        for file in ["", "# Title", "# Title\n\ntopic: moon\nkeywords:\n\nText", "Title\n\nText"] {
            assert_eq!(Article::read("x", file), None, "{file}");
        }
    }
}
