//! `GET /help`, `GET /help/{article}`.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::components::{Prose, Said};
use pages::customer::{ArticleView, HelpView, TopicView, article_page, help_page};
use support::{Article, Block, Piece, Topic};

use crate::address::local;
use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

type Asked = Arc<Page<Anybody>>;

/// Characters of a query that a page repeats, and of a path that it remembers.
const REPEATED_MAX: usize = 200;

/// The form that reaches a person.
const CONTACT: Option<&str> = Some("/contact");

fn query(page: &Page<Anybody>) -> Option<String> {
    let query: String = page.query("q")?.trim().chars().take(REPEATED_MAX).collect();
    (!query.is_empty()).then_some(query)
}

/// Where somebody came from.
fn from(page: &Page<Anybody>) -> Option<&str> {
    let from = page.query("from").and_then(local)?;
    (from.len() <= REPEATED_MAX && from != "/help").then_some(from)
}

pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    Ok(all(StatusCode::OK, &page))
}

fn all(status: StatusCode, page: &Page<Anybody>) -> Shown {
    let query = query(page);
    let found = query.as_deref().map(support::search).unwrap_or_default();
    let of = |topic: Topic| TopicView {
        name: topic.name(),
        articles: of_topic(topic).map(|one| (one.name, one.title)).collect(),
    };
    let view = HelpView {
        query: query.as_deref(),
        found: found.into_iter().map(|one| (one.name, one.title, beginning(one))).collect(),
        topics: Topic::ALL.map(of).into(),
        from: from(page),
        contact: CONTACT,
    };
    Shown::Html(status, help_page(&page.visit(), &view))
}

/// An article; of one that is not there, what there is.
pub(super) async fn article(page: Asked) -> Result<Shown, Refused> {
    let Some(one) = support::article(page.part(2)) else {
        return Ok(all(StatusCode::NOT_FOUND, &page));
    };
    let others = of_topic(one.topic).filter(|other| other.name != one.name);
    let view = ArticleView {
        title: one.title,
        answer: one.blocks.iter().map(prose).collect(),
        others: others.map(|other| (other.name, other.title)).collect(),
        from: from(&page),
        contact: CONTACT,
    };
    Ok(Shown::page(article_page(&page.visit(), &view)))
}

fn of_topic(topic: Topic) -> impl Iterator<Item = &'static Article> {
    support::articles().iter().filter(move |one| one.topic == topic)
}

/// The first paragraph without marks.
fn beginning(one: &Article) -> String {
    match one.blocks.first() {
        Some(Block::Paragraph(pieces)) => pieces.iter().map(|piece| piece.text()).collect(),
        _ => String::new(),
    }
}

fn prose(block: &Block) -> Prose<'static> {
    let said = |pieces: &Vec<Piece>| pieces.iter().map(said).collect();
    match block {
        Block::Paragraph(pieces) => Prose::Paragraph(said(pieces)),
        Block::List(items) => Prose::List(items.iter().map(said).collect()),
    }
}

fn said(piece: &Piece) -> Said<'static> {
    match *piece {
        Piece::Plain(text) => Said::Plain(text),
        Piece::Strong(text) => Said::Strong(text),
        Piece::Named(text) => Said::Named(text),
    }
}
