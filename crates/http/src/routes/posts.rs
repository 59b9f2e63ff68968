//! `/v1/posts`: what is promoted.

pub(crate) mod change;
pub(crate) mod read;

use base::Label;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::query;

/// The name of a post in the path, percent-encoded. Text that is no such name names nothing.
fn post_name<S>(call: &Call<S>) -> Result<Label, Problem> {
    let name = query::decode(call.path_text(3)).and_then(|name| Label::new(&name).ok());
    name.ok_or_else(|| Problem::new(&catalog::POST_NOT_FOUND))
}
