//! Lists.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A page of a list.
#[derive(Serialize)]
pub(crate) struct ListView<T> {
    /// The entries.
    pub(crate) data: Vec<T>,
    /// True when there is more after them.
    pub(crate) has_more: bool,
    /// Send it as `cursor`, with the same filters, to get what comes after.
    pub(crate) next_cursor: Option<String>,
}

/// Derived, the schema would repeat that of the entries in place of naming it.
impl<T: ToSchema> PartialSchema for ListView<T> {
    fn schema() -> RefOr<Schema> {
        let text_or_null = SchemaType::from_iter([Type::String, Type::Null]);
        let page = ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("data", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .property(
                "has_more",
                ObjectBuilder::new()
                    .schema_type(Type::Boolean)
                    .description(Some("True when there is more after them.")),
            )
            .property(
                "next_cursor",
                ObjectBuilder::new().schema_type(text_or_null).description(Some(
                    "Send it as `cursor`, with the same filters, to get what comes after.",
                )),
            );
        page.required("data").required("has_more").required("next_cursor").into()
    }
}

impl<T: ToSchema> ToSchema for ListView<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
