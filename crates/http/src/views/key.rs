//! API keys.

use base::KeyId;
use serde::Serialize;
use store::ApiKey;

use crate::scope::Scopes;
use crate::views::{Id, MetadataView, Time};

/// A key to this API.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Key)]
pub(crate) struct KeyView<'a> {
    /// Always `key`.
    object: &'static str,
    #[schema(value_type = String, example = "key_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<KeyId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// `secret` or `publishable`.
    kind: &'static str,
    /// What it may do; empty for publishable keys, which may only look up cards.
    scopes: Vec<&'static str>,
    /// Last four characters of the key.
    last4: &'a str,
    /// The version that requests made with it get when they name none.
    version: &'a str,
    /// The key itself, shown once: for 24 hours when the request is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

impl<'a> KeyView<'a> {
    pub(crate) fn new(record: &'a ApiKey, secret: Option<&'a str>) -> KeyView<'a> {
        KeyView {
            object: "key",
            id: Id(record.id),
            created_at: Time(record.created_at),
            metadata: MetadataView(None),
            kind: record.kind.as_str(),
            scopes: Scopes::of_text(&record.scopes).names().collect(),
            last4: std::str::from_utf8(&record.last4).unwrap_or("????"),
            version: &record.version,
            secret,
        }
    }
}
