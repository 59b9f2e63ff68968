//! Values that cannot be right, and what must be said about them.

use serde_json::{Value, json};

use super::samples::{is_unavailable, resolved};

/// A field of a body.
pub struct Field {
    pub pointer: String,
    /// What it must be, references followed.
    schema: Value,
    is_required: bool,
    is_nullable: bool,
    is_unavailable: bool,
}

/// A body with one wrong field.
pub struct Spoiled {
    pub what: String,
    pub bytes: Vec<u8>,
    pub verdict: Verdict,
}

/// What must be answered.
#[derive(Clone)]
pub enum Verdict {
    /// 400 with the field at this pointer, or one inside it.
    Named(String),
    /// 400: the body is no JSON.
    Malformed,
    /// Some 4xx.
    Refused,
    /// It may be right: nothing but no failure of ours.
    Any,
}

/// Stands in a body for bytes that are no UTF-8.
const MARK: &str = "@@@@";

/// Every field of a schema.
pub fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    walk(document, schema, (String::new(), true), &mut found);
    found
}

fn walk(document: &Value, raw: &Value, (at, is_required): (String, bool), found: &mut Vec<Field>) {
    let schema = resolved(document, raw);
    let null = |part: &Value| part["type"].to_string().contains("null");
    let is_nullable = null(raw) || raw["oneOf"].as_array().is_some_and(|all| all.iter().any(null));
    found.push(Field {
        pointer: at.clone(),
        schema: schema.clone(),
        is_required,
        is_nullable,
        is_unavailable: is_unavailable(raw),
    });
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array().into_iter().flatten();
        let is_required = required.into_iter().any(|required| required == name);
        walk(document, property, (format!("{at}/{name}"), is_required), found);
    }
    if schema["items"].is_object() {
        walk(document, &schema["items"], (format!("{at}/0"), false), found);
    }
    if schema["additionalProperties"].is_object() {
        walk(document, &schema["additionalProperties"], (format!("{at}/k"), false), found);
    }
}

impl Field {
    /// Bodies in which this field is wrong, made from one that is right.
    pub fn spoilers(&self, sample: &Value, foreign: &str) -> Vec<Spoiled> {
        let mut cases = self.wrong_types();
        if self.is("string") {
            cases.extend(self.wrong_texts(foreign));
        }
        if self.is("integer") {
            for number in [json!(-1), json!(0), json!(9_223_372_036_854_775_808_u64)] {
                let minimum = self.schema["minimum"].as_i64();
                let fits = number.as_i64().zip(minimum).is_some_and(|(is, least)| least <= is);
                cases.push((number, if fits { Verdict::Any } else { self.named() }));
            }
        }
        let mut all: Vec<Spoiled> = cases
            .into_iter()
            .filter_map(|(value, verdict)| {
                let what = format!("= {value:.60}");
                let body = self.with(sample, value)?;
                Some(Spoiled { what, bytes: body.to_string().into_bytes(), verdict })
            })
            .collect();
        all.extend(self.absent(sample));
        all.extend(self.with_unknown_member(sample));
        all.extend(self.broken_text(sample));
        all
    }

    fn is(&self, kind: &str) -> bool {
        match &self.schema["type"] {
            Value::Array(kinds) => kinds.iter().any(|known| known == kind),
            one => one == kind,
        }
    }

    fn named(&self) -> Verdict {
        Verdict::Named(self.pointer.clone())
    }

    fn wrong_types(&self) -> Vec<(Value, Verdict)> {
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        let deeper = (0..100).fold(json!(1), |inner, _| json!({"a": inner}));
        let candidates = [
            ("boolean", json!(true)),
            ("string", json!("s3cret")),
            ("integer", json!(7)),
            ("number", json!(1.5)),
            ("array", json!([])),
            ("array", deep),
            ("object", json!({})),
            ("object", deeper),
        ];
        let wrong = candidates.into_iter().filter(|(kind, _)| !self.is(kind));
        let mut cases: Vec<_> = wrong.map(|(_, value)| (value, self.named())).collect();
        let null = if self.is_nullable { Verdict::Any } else { self.named() };
        cases.push((Value::Null, null));
        cases
    }

    fn wrong_texts(&self, foreign: &str) -> Vec<(Value, Verdict)> {
        // Before it is there, any text in its place is refused for that reason.
        let named = if self.is_unavailable { Verdict::Refused } else { self.named() };
        let in_metadata = self.pointer.starts_with("/metadata");
        let in_client = self.pointer.contains("/client/");
        let mut cases = vec![
            (json!(""), if in_metadata { Verdict::Any } else { named.clone() }),
            (json!("s3cret".repeat(150_000)), named.clone()),
            (json!("s3cret\u{0}"), if in_client { Verdict::Any } else { named.clone() }),
        ];
        let name = self.pointer.trim_end_matches("/0").rsplit('/').next().unwrap_or("");
        let pattern = self.schema["pattern"].as_str();
        let is_choice = pattern.is_some_and(|pattern| pattern.starts_with("^("));
        let is_known = is_choice || self.schema["format"].is_string();
        let is_parsed = ["region", "regions", "ip", "gift_card", "program", "code", "path"];
        let must_be_known = is_known || is_parsed.contains(&name) || self.is_unavailable;
        let unknown = if must_be_known { Verdict::Refused } else { Verdict::Any };
        cases.push((json!("no_such_value"), unknown));
        match name {
            "currency" => {
                cases.extend(["XXX", "usd", "US"].map(|code| (json!(code), named.clone())));
                cases.push((json!("EUR"), Verdict::Any));
            }
            "gift_card" | "program" => cases.push((json!(foreign), Verdict::Refused)),
            _ => {}
        }
        cases
    }

    /// The sample with another value here; `None` when there is no such place in it.
    fn with(&self, sample: &Value, value: Value) -> Option<Value> {
        if self.pointer.is_empty() {
            return Some(value);
        }
        let (parent, name) = self.pointer.rsplit_once('/')?;
        let mut body = sample.clone();
        match body.pointer_mut(parent)? {
            Value::Object(members) => members.insert(name.to_owned(), value),
            Value::Array(entries) => Some(std::mem::replace(entries.first_mut()?, value)),
            _ => return None,
        };
        Some(body)
    }

    fn absent(&self, sample: &Value) -> Option<Spoiled> {
        let (parent, name) = self.pointer.rsplit_once('/')?;
        let mut body = sample.clone();
        body.pointer_mut(parent)?.as_object_mut()?.remove(name)?;
        let verdict = if self.is_required { self.named() } else { Verdict::Any };
        Some(Spoiled { what: "absent".into(), bytes: body.to_string().into_bytes(), verdict })
    }

    fn with_unknown_member(&self, sample: &Value) -> Option<Spoiled> {
        if self.schema["additionalProperties"] != false {
            return None;
        }
        let mut body = sample.clone();
        let members = body.pointer_mut(&self.pointer)?.as_object_mut()?;
        members.insert("no_such_field".to_owned(), json!("s3cret"));
        let verdict = Verdict::Named(format!("{}/no_such_field", self.pointer));
        let bytes = body.to_string().into_bytes();
        Some(Spoiled { what: "with an unknown field".into(), bytes, verdict })
    }

    fn broken_text(&self, sample: &Value) -> Option<Spoiled> {
        if !self.is("string") {
            return None;
        }
        let text = self.with(sample, json!(MARK))?.to_string();
        let (before, after) = text.split_once(MARK)?;
        let bytes = [before.as_bytes(), b"\xff\xfe", after.as_bytes()].concat();
        Some(Spoiled { what: "is no UTF-8".into(), bytes, verdict: Verdict::Malformed })
    }
}

/// Ids that are none, or of nothing that the caller can see.
pub fn ids(foreign: &str) -> [String; 7] {
    let unknown = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let upper = foreign.to_uppercase();
    let known = ["x", "%00", "%FF", unknown, foreign, &upper];
    let [one, two, three, four, five, six] = known.map(str::to_owned);
    [one, two, three, four, five, six, "g".repeat(5_000)]
}

/// Queries with one parameter, each with the status of its answer.
pub fn query(name: &str, schema: &Value) -> Vec<(String, u16)> {
    let long = "x".repeat(60_000);
    let mut wrong = vec!["", "%FF", "%", &long];
    let mut right = Vec::new();
    if schema["type"] == "integer" {
        wrong.extend(["-1", "0", "1.5", "x", "1e1", "9223372036854775808", "+"]);
    } else if schema["format"] == "date-time" {
        wrong.extend(["yesterday", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "0"]);
    } else if let Some(pattern) = schema["pattern"].as_str() {
        wrong.extend(["no_such_value", "s3cret%00", "gc_01jd3q8v9ec4y8s5k1m0t2n7xz"]);
        if let Some((prefix, _)) = pattern[1..].split_once("_[") {
            // Of nothing in this book: an answer like any other, without entries.
            right.push(format!("{prefix}_01jd3q8v9ec4y8s5k1m0t2n7xz"));
        }
    } else {
        wrong.push("s3cret%00");
        right.push("no_such_value".to_owned());
    }
    let refused = wrong.iter().map(|value| (format!("{name}={value}"), 400));
    let accepted = right.iter().map(|value| (format!("{name}={value}"), 200));
    let twice = std::iter::once((format!("{name}=1&{name}=1"), 400));
    refused.chain(accepted).chain(twice).collect()
}
