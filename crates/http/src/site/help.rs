//! `GET /help`, `GET /help/{article}`.

use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, Response, StatusCode};
use pages::Zone;
use pages::components::{Prose, Said};
use pages::customer::{ArticleView, HelpView, TopicView, article_page, help_page};
use serde::Deserialize;
use support::{Article, Block, Piece, Topic};

use super::{SHOP, answer};

/// Characters of a query that a page repeats, and of a path that it remembers.
const REPEATED_MAX: usize = 200;

/// What the address of a page of help may say.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
    q: Option<String>,
    from: Option<String>,
}

impl Asked {
    fn query(&self) -> Option<String> {
        let query: String = self.q.as_deref()?.trim().chars().take(REPEATED_MAX).collect();
        (!query.is_empty()).then_some(query)
    }

    /// A path of this site. Anything else is forgotten: a link must not lead away from here.
    fn from(&self) -> Option<&str> {
        let from = self.from.as_deref()?;
        let is_path = from.starts_with('/') && !from.starts_with("//") && !from.contains('\\');
        (is_path && from.len() <= REPEATED_MAX && from != "/help").then_some(from)
    }
}

pub(super) async fn handle(Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    all(StatusCode::OK, &asked, &headers)
}

fn all(status: StatusCode, asked: &Asked, headers: &HeaderMap) -> Response<Body> {
    let words = answer::words(asked.lang.as_deref(), headers);
    let query = asked.query();
    let found = query.as_deref().map(support::search).unwrap_or_default();
    let of = |topic: Topic| TopicView {
        name: topic.name(),
        articles: of_topic(topic).map(|one| (one.name, one.title)).collect(),
    };
    let view = HelpView {
        shop: SHOP,
        zone: Zone::Open,
        query: query.as_deref(),
        found: found.into_iter().map(|one| (one.name, one.title, beginning(one))).collect(),
        topics: Topic::ALL.map(of).into(),
        from: asked.from(),
        contact: None,
    };
    answer::page(status, words, &help_page(words, &view))
}

/// An article; of one that is not there, what there is.
pub(super) async fn article(
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response<Body> {
    let Some(one) = support::article(&name) else {
        return all(StatusCode::NOT_FOUND, &asked, &headers);
    };
    let words = answer::words(asked.lang.as_deref(), &headers);
    let others = of_topic(one.topic).filter(|other| other.name != one.name);
    let path = format!("/help/{}", one.name);
    let view = ArticleView {
        shop: SHOP,
        zone: Zone::Open,
        path: &path,
        title: one.title,
        answer: one.blocks.iter().map(prose).collect(),
        others: others.map(|other| (other.name, other.title)).collect(),
        from: asked.from(),
        contact: None,
    };
    answer::page(StatusCode::OK, words, &article_page(words, &view))
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
