//! Posts.

use base::{Label, Text};
use journal::{ReadError, ValueSink, ValueSource};
use promotions::{Language, Post, PostKind, Visibility, limits, post_id};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes, integer, text};
use super::terms::{read_labels, write_labels};

pub(crate) const TABLE: Table = Table {
    number: 27,
    version: 2,
    name: "post",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("name"),
        text("url"),
        bytes("creator"),
        integer("kind"),
        integer("visibility"),
        text("language").or_null(),
        bytes("tags"),
        text("content_version"),
        integer("is_deleted"),
        bytes("promotions"),
        integer("created_at"),
        integer("published_at").or_null(),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Post, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.name.as_str());
    sink.text(row.url.as_str());
    sink.id(row.creator);
    sink.int(i64::from(row.kind as u8));
    sink.int(i64::from(row.visibility as u8));
    sink.opt_text(row.language.as_ref().map(Language::as_str));
    write_labels(&row.tags, sink);
    sink.text(row.content_version.as_str());
    sink.flag(row.is_deleted);
    list::write(&row.promotions, sink, |promotion, sink| sink.id(*promotion));
    sink.instant(row.created_at);
    sink.opt_instant(row.published_at);
}

/// Version 1 does not know when a post was published.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Post, ReadError> {
    let row = Post {
        id: source.id()?,
        name: source.parsed("name of a post", Label::new)?,
        url: source.parsed("address of a post", Text::new)?,
        creator: source.id()?,
        kind: source.one_of("kind of a post", PostKind::from_number)?,
        visibility: source.one_of("visibility of a post", Visibility::from_number)?,
        language: source.opt_parsed("language of a post", Language::new)?,
        tags: read_labels(source)?,
        content_version: source.parsed("content of a post", Label::new)?,
        is_deleted: source.flag()?,
        promotions: list::read(source, |source| source.id())?,
        created_at: source.instant()?,
        published_at: if version >= 2 { source.opt_instant()? } else { None },
    };
    if row.id != post_id(&row.name) || row.tags.len() > limits::TAGS_PER_POST_MAX {
        return Err(invalid("post: another one's id, or too many tags"));
    }
    let mut promotions = row.promotions.clone();
    promotions.sort_unstable();
    if promotions.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(invalid("post: lists a promotion twice"));
    }
    Ok(row)
}
