//! `GET /openapi.json`, `GET /docs`: the API described by itself.

pub(crate) mod openapi;
pub(crate) mod page;
