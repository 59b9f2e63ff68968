//! What is promoted, as callers say it.

use base::{Instant, Label, Text};
use promotions::{Post, PostKind, Visibility, limits, post_id};
use serde::{Deserialize, Serialize};

use super::audience_body::language;
use super::one_of;
use crate::fields::{self, Checked};

/// The state of the content of posts whose platform does not tell states apart.
const CONTENT_VERSION: &str = "1";

/// What the platform tells of a post. Telling of a known one again brings it up to date.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PostInput)]
pub(crate) struct PostBody {
    /// The platform's own name for it.
    #[schema(min_length = 1, max_length = 64, example = "v-81723")]
    id: String,
    /// Where it is: a page at `https`, as browsers write it.
    #[schema(min_length = 9, max_length = 2048, example = "https://shop.example/v/81723")]
    url: String,
    /// Who made it.
    #[schema(pattern = "^cre_[0-9a-hjkmnp-tv-z]{26}$")]
    creator: String,
    #[schema(pattern = "^(video|live)$")]
    kind: String,
    /// Who may see it.
    #[schema(pattern = "^(public|private)$")]
    visibility: String,
    /// Its language: the primary subtag of RFC 5646.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 3, example = "en")]
    language: Option<String>,
    /// What it is about, in the platform's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    tags: Vec<String>,
    /// Which state of its content it shows; `1` when left out. Another one needs another review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    content_version: Option<String>,
    /// When it was published. Claims look at it: whoever uses the account of somebody else mostly
    /// pays for a post of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    published_at: Option<String>,
}

impl PostBody {
    /// The post.
    ///
    /// # Errors
    ///
    /// About a member under `/post`.
    pub(crate) fn check(&self) -> Checked<Post> {
        let name = fields::label("/post/id", &self.id)?;
        let tag = |_: &str, text: &String| fields::label("", text);
        let spoken = |text: &String| {
            language(text).map_err(|error| fields::FieldError {
                pointer: "/post/language".to_owned(),
                message: error.message,
            })
        };
        let published_at = self.published_at.as_deref();
        let published_at = published_at.map(|at| fields::instant("/post/published_at", at));
        Ok(Post {
            id: post_id(&name),
            name,
            url: page("/post/url", &self.url)?,
            creator: fields::id("/post/creator", &self.creator)?,
            kind: one_of("/post/kind", &self.kind, &PostKind::ALL, PostKind::as_str)?,
            visibility: visibility("/post/visibility", &self.visibility)?,
            language: self.language.as_ref().map(spoken).transpose()?,
            tags: fields::each("/post/tags", &self.tags, limits::TAGS_PER_POST_MAX, tag)?,
            content_version: content_version(
                "/post/content_version",
                self.content_version.as_deref().unwrap_or(CONTENT_VERSION),
            )?,
            is_deleted: false,
            promotions: Vec::new(),
            // The decision knows when it was first told of.
            created_at: Instant::MIN,
            published_at: published_at.transpose()?,
        })
    }
}

impl PostBody {
    /// What is not told of a post that is known stays as it is.
    pub(crate) fn keep_untold(&self, known: &Post, post: &mut Post) {
        if self.content_version.is_none() {
            post.content_version = known.content_version.clone();
        }
        if self.language.is_none() {
            post.language = known.language;
        }
        if self.tags.is_empty() {
            post.tags.clone_from(&known.tags);
        }
        if self.published_at.is_none() {
            post.published_at = known.published_at;
        }
    }
}

/// The address of a page: what is shown to staff and viewers must lead nowhere else.
fn page(pointer: &str, url: &str) -> Checked<Text<2_048>> {
    // Visible ASCII without what URLs cannot hold (RFC 3986).
    let is_of_url = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let names_host = host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    if !names_host || host.contains('@') {
        let what = "must begin with https:// and the name of a machine, without a user";
        return Err(fields::refuse(pointer, what));
    }
    if !url.bytes().all(is_of_url) {
        return Err(fields::refuse(pointer, "has a character that must be percent-encoded"));
    }
    fields::text(pointer, url)
}

/// A visibility by its name.
pub(crate) fn visibility(pointer: &str, name: &str) -> Checked<Visibility> {
    one_of(pointer, name, &Visibility::ALL, Visibility::as_str)
}

/// A state of a post's content.
pub(crate) fn content_version(pointer: &str, text: &str) -> Checked<Label> {
    fields::label(pointer, text)
}
