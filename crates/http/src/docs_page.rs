//! The documentation page: every operation and every problem, readable without scripts and
//! without asking anybody else.

use std::fmt::Write;
use std::sync::OnceLock;

use serde_json::Value;

use crate::openapi::document_text;
use crate::problem::catalog;

/// The page, made once.
pub(crate) fn page_text() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| {
        let document = serde_json::from_str(document_text()).expect("we wrote it ourselves");
        page(&document)
    })
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Makegood API</title>\
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;\
margin:2rem auto;padding:0 1rem}code{font-family:ui-monospace,monospace}table{border-collapse:\
collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:\
1px solid #8884}details{margin:.4rem 0}summary{cursor:pointer}</style>";

fn page(document: &Value) -> String {
    let mut html = HEAD.to_owned();
    html.push_str("<h1>Makegood API</h1><p>");
    escape(&mut html, text(&document["info"]["description"]));
    html.push_str(" The full description is <a href=\"/openapi.json\">/openapi.json</a>.</p>");
    html.push_str("<h2>Operations</h2>");
    let empty = serde_json::Map::new();
    for (path, methods) in document["paths"].as_object().unwrap_or(&empty) {
        for (method, operation) in methods.as_object().unwrap_or(&empty) {
            operation_section(&mut html, path, method, operation, document);
        }
    }
    problem_table(&mut html);
    html
}

fn operation_section(
    html: &mut String,
    path: &str,
    method: &str,
    operation: &Value,
    document: &Value,
) {
    html.push_str("<details><summary><code>");
    escape(html, &method.to_uppercase());
    html.push(' ');
    escape(html, path);
    html.push_str("</code> ");
    escape(html, text(&operation["summary"]));
    html.push_str("</summary><p>");
    escape(html, text(&operation["description"]));
    html.push_str("</p>");
    let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    let name = text(body).rsplit('/').next().unwrap_or("");
    let schema = &document["components"]["schemas"][name];
    if let Some(members) = schema["properties"].as_object() {
        let required = schema["required"].as_array();
        html.push_str("<table><tr><th>Member</th><th>Meaning</th></tr>");
        for (member, property) in members {
            let needed = required.is_some_and(|names| names.iter().any(|name| name == member));
            html.push_str("<tr><td><code>");
            escape(html, member);
            html.push_str(if needed { "</code> (required)</td><td>" } else { "</code></td><td>" });
            escape(html, text(&property["description"]));
            html.push_str("</td></tr>");
        }
        html.push_str("</table>");
    }
    html.push_str("</details>");
}

fn problem_table(html: &mut String) {
    html.push_str(
        "<h2>Problems</h2><table><tr><th>Code</th><th>Status</th><th>What to do</th></tr>",
    );
    for entry in catalog::ALL {
        let (code, status) = (entry.code, entry.status);
        // One code may appear with two statuses; the first has the anchor.
        let first = catalog::ALL.iter().find(|other| other.code == code);
        let anchor = if first.is_some_and(|first| first.status == status) {
            format!(" id=\"problem-{code}\"")
        } else {
            String::new()
        };
        write!(html, "<tr{anchor}><td><code>{code}</code></td><td>{status}</td><td>")
            .expect("memory takes every text");
        escape(html, entry.title);
        html.push_str(". ");
        escape(html, entry.detail);
        html.push_str("</td></tr>");
    }
    html.push_str("</table></html>");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn escape(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}
