//! Reading bodies: within limits of size and time, as JSON, with the field at fault named.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use serde::de::{Deserialize, DeserializeOwned};
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::problem::{Problem, catalog};
use crate::wire::Object;

/// Reads a whole body of at most `bytes_max` bytes that arrives within `time_max`.
///
/// # Errors
///
/// `body_too_large`; `request_timeout`; `unsupported_media_type` for anything but JSON;
/// `malformed_json` when the connection breaks off.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    time_max: Duration,
) -> Result<Bytes, Problem> {
    let bytes = collect_in_time(body, bytes_max, time_max).await?;
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Problem::new(&catalog::UNSUPPORTED_MEDIA_TYPE));
    }
    Ok(bytes)
}

/// Reads a whole body, whatever it is.
///
/// # Errors
///
/// As [`read`], without a look at the type.
pub(crate) async fn collect_in_time(
    body: Body,
    bytes_max: usize,
    time_max: Duration,
) -> Result<Bytes, Problem> {
    let declared = body.size_hint().lower();
    if declared > bytes_max as u64 {
        return Err(Problem::new(&catalog::TOO_LARGE));
    }
    let collected = tokio::time::timeout(time_max, collect(body, bytes_max)).await;
    collected.map_err(|_| Problem::new(&catalog::REQUEST_TIMEOUT))?
}

/// Reads one JSON object whose texts may stay where they are.
///
/// # Errors
///
/// As [`parse`].
pub(crate) fn parse_borrowed<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}".as_slice() } else { bytes };
    match serde_json::from_slice::<Object<T>>(bytes) {
        Ok(Object(body)) => Ok(body),
        // Only now is it worth the time to keep track of the path.
        Err(error) => Err(locate::<T>(bytes, &error)),
    }
}

/// Reads one JSON object. Nothing at all is read as an object without members.
///
/// # Errors
///
/// `malformed_json`, or `invalid_request` with the field at fault.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    parse_borrowed(bytes)
}

async fn collect(mut body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut all: Vec<u8> = Vec::new();
    loop {
        let next = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let frame = match next {
            None => break,
            Some(Ok(frame)) => frame,
            Some(Err(_)) => return Err(malformed("the body broke off")),
        };
        // Trailers are no part of the body.
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > bytes_max {
            return Err(Problem::new(&catalog::TOO_LARGE));
        }
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = declared.and_then(|value| value.split(';').next()).unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn malformed(what: &str) -> Problem {
    Problem::new(&catalog::MALFORMED_JSON).detail(format!("Send one JSON object in UTF-8; {what}."))
}

/// Reads the same bytes again, slower, to find the field at fault.
fn locate<'de, T: Deserialize<'de>>(bytes: &'de [u8], error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        let (line, column) = (error.line(), error.column());
        return malformed(&format!("the text fails at line {line}, column {column}"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, Object<T>>(&mut deserializer) {
        Err(error) => field_at_fault(error.path(), &error.inner().to_string()),
        Ok(_) => malformed("something follows it"),
    }
}

fn field_at_fault(path: &Path, message: &str) -> Problem {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => push_member(&mut pointer, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let (member, text) = explain(message);
    if let Some(member) = member {
        // The tracker already names an unknown member; of a missing one it names only the parent,
        // which may have the same name.
        let is_missing = message.starts_with("missing field");
        let mut full = String::new();
        push_member(&mut full, member);
        if is_missing || !pointer.ends_with(&full) {
            pointer.push_str(&full);
        }
    }
    Problem::new(&catalog::INVALID_REQUEST).detail(text).param(pointer)
}

/// Names of members that nobody knows are cut: a caller may have sent anything.
const MEMBER_CHARACTERS_MAX: usize = 64;

/// Appends a member to a JSON pointer.
pub(crate) fn push_member(pointer: &mut String, member: &str) {
    pointer.push('/');
    for character in member.chars().take(MEMBER_CHARACTERS_MAX) {
        // RFC 6901, section 3: these two are escaped.
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Turns a message of the deserializer into one for callers, without the value that it quotes,
/// and finds the member that it is about.
fn explain(message: &str) -> (Option<&str>, String) {
    let member = message.split('`').nth(1);
    let mut text = if message.starts_with("missing field") {
        return (member, "This field is required.".to_owned());
    } else if message.starts_with("unknown field") {
        return (member, "There is no such field here; leave it out.".to_owned());
    } else if message.starts_with("duplicate field") {
        return (member, "This field may appear once only.".to_owned());
    } else {
        "The value must be ".to_owned()
    };
    let expected = message.rsplit_once(", expected ").map_or("of another type", |(_, rest)| rest);
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    let known = [
        ("i64", "an integer below 2^63"),
        ("u32", "a whole number from 0 to 4294967295"),
        ("a sequence", "an array"),
        ("a map", "an object"),
        ("option", "of another type"),
    ];
    let word = known.iter().find(|(theirs, _)| *theirs == expected);
    text.push_str(match word {
        Some((_, ours)) => ours,
        None if expected.starts_with("struct ") => "an object",
        None => expected,
    });
    text.push('.');
    (None, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        name: String,
        #[serde(default, deserialize_with = "crate::wire::object_list")]
        lines: Vec<Inner>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        amount: i64,
    }

    fn problem(body: &str) -> String {
        let problem = parse::<Outer>(body.as_bytes()).err().expect("must be refused");
        let mut json = Vec::new();
        problem.write(base::RequestId::from_bits(0), &mut json);
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let text = |member: &str| json[member].as_str().unwrap_or("-").to_owned();
        assert!(!text("detail").contains("secret"), "the value is quoted: {json}");
        format!("{} {}", text("code"), text("param"))
    }

    #[track_caller]
    fn check(body: &str, expected: &str) {
        assert_eq!(problem(body), expected, "{body}");
    }

    #[test]
    fn the_field_at_fault_is_named() {
        check("", "invalid_request /name");
        check("{}", "invalid_request /name");
        check(r#"{"name":1}"#, "invalid_request /name");
        check(r#"{"name":null}"#, "invalid_request /name");
        check(r#"{"name":"a","name":"a"}"#, "invalid_request /name");
        check(r#"{"name":"a","a/b~c":1}"#, "invalid_request /a~1b~0c");
        check(r#"{"name":"a","lines":{}}"#, "invalid_request /lines");
        check(r#"{"name":"a","lines":[7]}"#, "invalid_request /lines/0");
        check(r#"{"name":"a","lines":[[7]]}"#, "invalid_request /lines/0");
        check(r#"{"name":"a","lines":[{"amount":1},{}]}"#, "invalid_request /lines/1/amount");
        check(r#"{"name":"a","lines":[{"amount":"secret"}]}"#, "invalid_request /lines/0/amount");
        check(r#"{"name":"a","lines":[{"amount":1.5}]}"#, "invalid_request /lines/0/amount");
        let two_to_the_63 = r#"{"name":"a","lines":[{"amount":9223372036854775808}]}"#;
        check(two_to_the_63, "invalid_request /lines/0/amount");
        check(r#"{"name":"a","lines":[{"amount":1,"x":1}]}"#, "invalid_request /lines/0/x");
    }

    #[test]
    fn what_is_not_one_object_is_malformed() {
        check("{", "malformed_json -");
        check("{\"name\":\"a\"} {}", "malformed_json -");
        check("\"secret\"", "invalid_request ");
        check("[\"a\"]", "invalid_request ");
        check(&"[".repeat(100_000), "invalid_request ");
        let deep = format!("{{\"name\":\"a\",\"lines\":{}", "[".repeat(100_000));
        check(&deep, "invalid_request /lines/0");
    }

    #[test]
    fn broken_utf_8_is_malformed() {
        let problem = parse::<Outer>(b"{\"name\":\"\xff\"}").err().unwrap();
        assert_eq!(problem.code(), "malformed_json");
    }
}
