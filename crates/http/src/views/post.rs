//! Posts.

use base::{CreatorId, Label, PromotionId};
use promotions::{Language, Post};
use serde::Serialize;

use crate::views::{Id, Time};

/// What is promoted, as far as promotions have to know.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Post)]
pub(crate) struct PostView<'a> {
    /// Always `post`.
    #[schema(pattern = "^post$")]
    object: &'static str,
    /// The platform's own name for it.
    #[schema(example = "v-81723")]
    id: &'a str,
    /// When it was first told of.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was published, if that was told.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Time>,
    url: &'a str,
    #[schema(value_type = String)]
    creator: Id<CreatorId>,
    /// `video` or `live`.
    kind: &'static str,
    /// `public` or `private`.
    visibility: &'static str,
    language: Option<&'a str>,
    /// What it is about.
    tags: Vec<&'a str>,
    /// Which state of its content it shows; another one needs another review.
    content_version: &'a str,
    deleted: bool,
    /// Promotions that have money for it and are not settled, oldest first.
    #[schema(value_type = Vec<String>)]
    promotions: Vec<Id<PromotionId>>,
}

impl<'a> PostView<'a> {
    pub(crate) fn new(post: &'a Post) -> PostView<'a> {
        PostView {
            object: "post",
            id: post.name.as_str(),
            created_at: Time(post.created_at),
            published_at: post.published_at.map(Time),
            url: post.url.as_str(),
            creator: Id(post.creator),
            kind: post.kind.as_str(),
            visibility: post.visibility.as_str(),
            language: post.language.as_ref().map(Language::as_str),
            tags: post.tags.iter().map(Label::as_str).collect(),
            content_version: post.content_version.as_str(),
            deleted: post.is_deleted,
            promotions: post.promotions.iter().copied().map(Id).collect(),
        }
    }
}
