//! Pages beside an API that answers what a test says, and a browser that has signed in.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::IntoResponse;
use base::Currency;
use serde_json::{Value, json};
use site::{DemoPerson, Shop};
use tower::ServiceExt;

const ORIGIN: &str = "https://shop.example";

/// Who has signed in.
pub const ME: &str = "per_00000000000000000000000001";

/// A call of the API: method, path with its query, body.
pub type Call = (Method, String, Value);

/// Pages with the calls that they made.
pub struct Fake {
    pages: axum::Router,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// What a page answered.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Fake {
    /// Pages for somebody with these permissions; nobody has signed in where there are none. What
    /// `answer` does not know is not there.
    pub fn new(
        permissions: &[&str],
        answer: impl Fn(&Call) -> Option<(u16, Value)> + Send + Sync + 'static,
    ) -> Fake {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let session = json!({
            "person": ME, "roles": [], "permissions": permissions, "ways": ["mail_code"],
            "csrf": "mark",
        });
        let session = (!permissions.is_empty()).then_some(session);
        let (kept, answer) = (Arc::clone(&calls), Arc::new(answer));
        let api = axum::Router::new().fallback(move |request: Request<Body>| {
            let (kept, answer, session) = (Arc::clone(&kept), Arc::clone(&answer), session.clone());
            async move {
                let call = read(request).await;
                let answered = match (call.1.as_str(), session) {
                    ("/account/session", Some(session)) => Some((200, session)),
                    ("/account/passkeys", Some(_)) => Some((200, json!({"data": []}))),
                    ("/account/session", None) => Some((401, json!({"code": "session_ended"}))),
                    _ => {
                        kept.lock().unwrap().push(call.clone());
                        answer(&call)
                    }
                };
                let unknown = (404, json!({"code": "not_found", "detail": "nothing is there"}));
                let (status, json) = answered.unwrap_or(unknown);
                (StatusCode::from_u16(status).unwrap(), axum::Json(json)).into_response()
            }
        });
        let shop = Shop {
            name: "Corner Shop".to_owned(),
            origin: ORIGIN.to_owned(),
            key: "sk_test".to_owned(),
            currency: Currency::USD,
            step_up_above: Vec::new(),
            region: "US".to_owned(),
            is_test: true,
            demo: Vec::<DemoPerson>::new(),
        };
        Fake { pages: site::router(api, shop), calls }
    }

    /// Looks at a page.
    pub async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form of a page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from("", path, fields).await
    }

    /// The same, from the page at this path where the browser tells.
    pub async fn post_from(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = "csrf=mark&once=0123456789".to_owned();
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", pages::components::escaped(value)));
        }
        let mut request = Request::post(path);
        if !from.is_empty() {
            request = request.header("referer", format!("{ORIGIN}{from}"));
        }
        let request = request
            .header("origin", ORIGIN)
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    async fn ask(&self, mut request: Request<Body>) -> Page {
        request.headers_mut().insert("cookie", "mg_session=known".parse().unwrap());
        let response = self.pages.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Page { status: parts.status, headers: parts.headers, text }
    }

    /// Calls that were made and are not known yet.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

async fn read(request: Request<Body>) -> Call {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    (head.method, head.uri.to_string(), json)
}

/// A text of a query.
pub fn query<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let pairs = path.split_once('?')?.1.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name).map(|it| it.1)
}
