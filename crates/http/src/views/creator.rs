//! Creators.

use base::CreatorId;
use serde::Serialize;
use shop::Creator;

use crate::views::{Id, MetadataView, Time};

/// Who makes posts, and what they get of sales that are credited to them.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Creator)]
pub(crate) struct CreatorView<'a> {
    /// Always `creator`.
    #[schema(pattern = "^creator$")]
    object: &'static str,
    #[schema(value_type = String, example = "cre_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<CreatorId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    name: &'a str,
    /// Name on the platform, without a sign before it.
    #[schema(example = "ada")]
    handle: &'a str,
    /// What they get of the net of each line, in hundredths of a percent: 250 is 2.5 %.
    share_basis_points: u16,
}

impl<'a> CreatorView<'a> {
    pub(crate) fn new(creator: &'a Creator) -> CreatorView<'a> {
        CreatorView {
            object: "creator",
            id: Id(creator.id),
            created_at: Time(creator.created_at),
            metadata: MetadataView(Some(&creator.metadata)),
            name: creator.name.as_str(),
            handle: creator.handle.as_str(),
            share_basis_points: creator.share.get(),
        }
    }
}
