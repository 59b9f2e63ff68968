//! The OpenAPI 3.1 document, made from the routes themselves.

use std::sync::OnceLock;

use utoipa::openapi::path::{
    HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::ProblemView;
use crate::routes::{self, KeyRule, Route};

/// Name of the security scheme.
const SCHEME: &str = "key";

/// The document.
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new()
        .schema(ProblemView::name(), ProblemView::schema())
        .security_scheme(SCHEME, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let mut referenced = Vec::new();
    ProblemView::schemas(&mut referenced);
    for mut route in routes::all() {
        referenced.append(&mut route.schemas);
        let path = route.path.clone();
        let method = route.method.clone();
        paths = paths.path(path, PathItem::new(method, described(route)));
    }
    components = components.schemas_from_iter(referenced);
    OpenApiBuilder::new().info(info()).paths(paths).components(Some(components.build())).build()
}

/// The document as it is served.
pub(crate) fn document_text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        serde_json::to_string(&document()).expect("the document has text keys only")
    })
}

fn info() -> Info {
    let mut info = Info::new("Makegood", crate::version::Version::NEWEST.as_str());
    info.description = Some(
        "Gift cards, promotions and refunds on a double-entry ledger. Amounts are integers of \
         minor units; times are RFC 3339 with Z; problems follow RFC 9457."
            .to_owned(),
    );
    info
}

/// Adds what all routes have in common: key, version, idempotency and problems.
fn described(route: Route) -> Operation {
    let Route { mut operation, method, scope, key_rule, .. } = route;
    let parameters = operation.parameters.get_or_insert_default();
    if let Some(scope) = scope {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, [""; 0])]);
        let description = operation.description.get_or_insert_default();
        description.push_str(&format!("\n\nScope: `{scope}`."));
        parameters.push(header(
            "Makegood-Version",
            "The version to speak; the key's own when left out.",
            Required::False,
            ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some([crate::version::Version::NEWEST.as_str()])),
        ));
    }
    if key_rule != KeyRule::None {
        let required = if key_rule == KeyRule::Required { Required::True } else { Required::False };
        parameters.push(header(
            "Idempotency-Key",
            "Makes the request safe to repeat: the same key and body give the same answer.",
            required,
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(255))
                .pattern(Some("^[!-~]+$")),
        ));
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
    add_problems(&mut operation, &method, scope.is_some());
    operation
}

fn header(name: &str, text: &str, required: Required, schema: ObjectBuilder) -> RefOr<Parameter> {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .description(Some(text))
        .required(required)
        .schema(Some(schema))
        .build()
        .into()
}

fn has_cursor(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(given) if given.name == "cursor"))
}

fn add_problems(operation: &mut Operation, method: &HttpMethod, needs_key: bool) {
    let reads_only = matches!(method, HttpMethod::Get);
    let of_keys = [(400, "Malformed"), (401, "No valid key"), (403, "The key may not")];
    let of_objects = [(404, "No such object"), (429, "Too many guesses")];
    let of_bodies = [
        (408, "The body came too slowly"),
        (413, "The body is too large"),
        (415, "The body is not JSON"),
        (422, "Refused by a rule"),
    ];
    let mut problems = vec![(503, "Busy or unavailable: try again")];
    if needs_key {
        problems.extend(of_keys);
        problems.extend(of_objects);
    }
    if !reads_only {
        problems.extend(of_bodies);
    }
    if has_cursor(operation) {
        problems.push((410, "The cursor is from before a restore, or before the journal begins"));
    }
    problems.sort_unstable();
    for (status, description) in problems {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content.build());
        operation.responses.responses.insert(status.to_string(), response.build().into());
    }
}
