//! Posts: what is promoted, as far as a promotion has to know.

use base::{CreatorId, Instant, Label, PostId, PromotionId, Text};
use ledger::Context;

use crate::{Language, Outcome, Refusal, limits};

/// What kind of post it is. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum PostKind {
    /// A video.
    Video = 1,
    /// A live stream.
    Live = 2,
}

impl PostKind {
    /// Every kind.
    pub const ALL: [PostKind; 2] = [PostKind::Video, PostKind::Live];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            PostKind::Video => "video",
            PostKind::Live => "live",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<PostKind> {
        PostKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// Who may see a post. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Visibility {
    /// Everybody.
    Public = 1,
    /// Those whom its creator lets.
    Private = 2,
}

impl Visibility {
    /// Every visibility.
    pub const ALL: [Visibility; 2] = [Visibility::Public, Visibility::Private];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Private => "private",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Visibility> {
        Visibility::ALL.into_iter().find(|visibility| *visibility as u8 == number)
    }
}

/// A post, found by the platform's own name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id: that of its name ([`post_id`](crate::post_id())).
    pub id: PostId,
    /// The platform's name for it.
    pub name: Label,
    /// Where it is.
    pub url: Text<2048>,
    /// Who made it.
    pub creator: CreatorId,
    /// What kind of post it is.
    pub kind: PostKind,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its language, if it has one.
    pub language: Option<Language>,
    /// What it is about, in the platform's words; at most [`limits::TAGS_PER_POST_MAX`].
    pub tags: Vec<Label>,
    /// Which state of its content it shows. Another one needs another review.
    pub content_version: Label,
    /// True when it is gone. It does not come back.
    pub is_deleted: bool,
    /// Promotions that have money for it and are not settled, oldest first: those that must be
    /// told when it changes.
    pub promotions: Vec<PromotionId>,
    /// When it was first told of.
    pub created_at: Instant,
    /// When it was published, as its platform says; `None` when it says nothing.
    pub published_at: Option<Instant>,
}

impl Post {
    /// Whether everybody can see it.
    pub fn is_shown(&self) -> bool {
        !self.is_deleted && self.visibility == Visibility::Public
    }
}

/// Keeps what the platform tells of a post, or brings what is known of it up to date: its time and
/// promotions are set by the decision. `existing` is the row of the same id. Nothing new is no
/// refusal: whoever composes a second promotion tells of the post again.
///
/// Promotions of the post follow by [`follow_post`](crate::follow_post()).
///
/// # Errors
///
/// In this order: `PostDeleted` when the known post is gone and the new one is not; `PostChanged`
/// when what was reviewed for its promotions would be somewhere else, or another's, without another
/// content version, which brings a review; `LimitExceeded` (too many tags); `InFuture` when it is
/// published more than a minute from now, for clocks differ.
pub fn tell_post(
    new: &Post,
    existing: Option<&Post>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some_and(|post| post.is_deleted) && !new.is_deleted {
        return Err(Refusal::PostDeleted);
    }
    let is_moved = |known: &Post| {
        let is_same = (&known.url, known.creator) == (&new.url, new.creator);
        !is_same && !known.promotions.is_empty() && known.content_version == new.content_version
    };
    if existing.is_some_and(is_moved) {
        return Err(Refusal::PostChanged);
    }
    if new.tags.len() > limits::TAGS_PER_POST_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let soon = context.now.saturating_add(limits::CLOCKS_APART_MAX);
    if new.published_at.is_some_and(|at| soon < at) {
        return Err(Refusal::InFuture);
    }
    let created_at = existing.map_or(context.now, |post| post.created_at);
    let promotions = existing.map(|post| post.promotions.clone()).unwrap_or_default();
    let post = Post { created_at, promotions, ..new.clone() };
    let is_new = existing != Some(&post);
    Ok(Outcome { posts: is_new.then_some(post).into_iter().collect(), ..Outcome::default() })
}

/// What has become of a post; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostChange {
    /// Who may see it now.
    pub visibility: Option<Visibility>,
    /// `Some(true)` when it is gone.
    pub is_deleted: Option<bool>,
    /// Which state of its content it shows now.
    pub content_version: Option<Label>,
}

/// Changes a post. Its promotions follow by [`follow_post`](crate::follow_post()).
///
/// # Errors
///
/// In this order: `PostDeleted` when it is gone and is to be there again, or to be changed
/// otherwise; `NothingToChange`.
pub fn change_post(change: &PostChange, post: &Post) -> Result<Outcome, Refusal> {
    let after = Post {
        visibility: change.visibility.unwrap_or(post.visibility),
        is_deleted: change.is_deleted.unwrap_or(post.is_deleted),
        content_version: change.content_version.as_ref().unwrap_or(&post.content_version).clone(),
        ..post.clone()
    };
    if after == *post {
        return Err(Refusal::NothingToChange);
    }
    if post.is_deleted {
        return Err(Refusal::PostDeleted);
    }
    Ok(Outcome { posts: vec![after], ..Outcome::default() })
}
