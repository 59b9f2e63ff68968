//! A browser without scripts: it follows links and redirects, keeps cookies, and sends forms as
//! they stand on the page, with what somebody has filled in.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use serde_json::Value;

use super::Shop;
use crate::kill::let_run;

pub struct Browser<'a> {
    shop: &'a Shop,
    cookies: BTreeMap<String, String>,
    /// The path of the page that is shown.
    pub path: String,
    /// The page that is shown.
    pub page: String,
    /// The status it came with.
    pub status: u16,
    /// Its headers, as they came.
    pub head: String,
}

impl<'a> Browser<'a> {
    pub fn new(shop: &'a Shop) -> Browser<'a> {
        let (path, page, head) = (String::new(), String::new(), String::new());
        Browser { shop, cookies: BTreeMap::new(), path, page, status: 0, head }
    }

    /// Goes to a page, and on to where it leads.
    #[track_caller]
    pub fn go(&mut self, path: &str) -> &mut Self {
        self.ask("GET", path, None)
    }

    /// Sends the form of this page whose action is `action`, with these fields filled in.
    #[track_caller]
    pub fn send(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let form = self.form(action);
        let body = form.body(fields);
        self.ask("POST", action, Some(&body))
    }

    /// Sends something that is no form of this page.
    #[track_caller]
    pub fn send_raw(&mut self, action: &str, body: &str) -> &mut Self {
        self.ask("POST", action, Some(body))
    }

    /// The form with this action, as it stands on the page.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        let opening = format!("<form method=\"post\" action=\"{action}\">");
        let own = self.page.split_once(&opening).map(|(_, rest)| rest);
        // A button may send its form elsewhere.
        let button = format!("formaction=\"{action}\"");
        let aside = || {
            let before = self.page.split_once(&button)?.0;
            Some(&self.page[before.rfind("<form method=\"post\"")?..])
        };
        let Some(form) = own.or_else(aside) else {
            panic!("no form {action} on {}:\n{}", self.path, self.text());
        };
        Form::read(form.split("</form>").next().unwrap())
    }

    /// Panics unless the page came with this status.
    #[track_caller]
    pub fn expect(&mut self, status: u16) -> &mut Self {
        assert_eq!(self.status, status, "{}:\n{}", self.path, self.text());
        self
    }

    /// Panics unless the page shows this text.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        assert!(
            self.text().contains(text),
            "{} does not show {text:?}:\n{}",
            self.path,
            self.text()
        );
        self
    }

    /// Goes to a page until it shows this: lists follow what another key has written.
    #[track_caller]
    pub fn go_until(&mut self, path: &str, text: &str) -> &mut Self {
        patiently(|| self.go(path).text().contains(text).then_some(()));
        self.sees(text)
    }

    /// The text of the page without its tags, with single blanks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let body = self.page.split_once("<body>").map_or(&*self.page, |(_, body)| body);
        for (number, part) in body.split('<').enumerate() {
            let shown = if number == 0 { part } else { part.split_once('>').map_or("", |p| p.1) };
            text.push_str(shown);
            text.push(' ');
        }
        let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        let text = text.replace("&quot;", "\"").replace('\u{a0}', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Signs in by the code of a mail, and lands on the first page.
    #[track_caller]
    pub fn sign_in(&mut self, email: &str) {
        self.go("/sign-in").expect(200);
        self.enter_mail_code(email);
        assert_eq!(self.path, "/", "{}", self.text());
    }

    /// Fills in the address where signing in is asked for, and the code that comes by mail.
    #[track_caller]
    pub fn enter_mail_code(&mut self, email: &str) -> &mut Self {
        let before = self.codes(email).len();
        self.send("/sign-in", &[("email", email)]).expect(200);
        let code = self.next_code(email, before);
        self.send("/sign-in/code", &[("code", &code)]).expect(200)
    }

    /// The id of whoever has signed in.
    #[track_caller]
    pub fn person(&mut self) -> String {
        self.account()["person"].as_str().unwrap().to_owned()
    }

    fn account(&mut self) -> Value {
        let (status, _, body) = self.exchange("GET", "/account/session", "", None);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Asks an endpoint for browsers as the script of a page does.
    #[track_caller]
    pub fn ask_account(&mut self, path: &str, body: Value) -> Value {
        let csrf = self.account()["csrf"].as_str().unwrap().to_owned();
        let sent = Sent { kind: "application/json", csrf: Some(csrf), body: &body.to_string() };
        let (status, _, answer) = self.exchange("POST", path, "", Some(sent));
        assert!(status < 300, "{path}: {answer}");
        serde_json::from_str(&answer).unwrap()
    }

    /// Mails to an address, oldest first.
    pub fn mails(&self, email: &str) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(&self.shop.mails) else { return Vec::new() };
        // One that is being written has another name, and loses it while one looks.
        let mut mails = Vec::new();
        for path in folder.map(|entry| entry.unwrap().path()) {
            let modified = std::fs::metadata(&path).and_then(|data| data.modified());
            let (Ok(modified), Ok(mail)) = (modified, std::fs::read_to_string(&path)) else {
                continue;
            };
            if path.extension().is_some_and(|ending| ending == "eml") {
                mails.push((modified, mail));
            }
        }
        mails.sort();
        let is_to = |line: &str| line.starts_with("To: ") && line.contains(email);
        let mails = mails.into_iter().map(|(_, mail)| mail);
        mails.filter(|mail| mail.lines().any(is_to)).collect()
    }

    /// The newest code that was sent to an address, once there is one.
    pub fn code_sent_to(&self, email: &str) -> String {
        self.next_code(email, 0);
        self.codes(email).pop().unwrap()
    }

    /// What stands behind the `#` of a link that was mailed to an address, and begins like this.
    pub fn token_mailed_to(&self, email: &str, beginning: &str) -> String {
        let mark = format!("#{beginning}");
        let found = patiently(|| {
            // Lines of mails end with `=` where they go on.
            let mails = self.mails(email).into_iter();
            let whole = mails.map(|mail| mail.replace("=\r\n", "").replace("=\n", ""));
            whole
                .filter_map(|mail| {
                    let (_, rest) = mail.split_once(&mark)?;
                    let end = rest.find(|one: char| !one.is_ascii_alphanumeric());
                    Some(format!("{beginning}{}", &rest[..end.unwrap_or(rest.len())]))
                })
                .next()
        });
        found.unwrap_or_else(|| panic!("no link came to {email}: {:?}", self.mails(email)))
    }

    /// The path of the order to which the page leads.
    #[track_caller]
    pub fn path_of_order(&self) -> String {
        let (_, rest) = self.page.split_once("href=\"/orders/").expect("a way to the order");
        format!("/orders/{}", rest.split('"').next().unwrap())
    }

    /// The mail to an address in which this stands, once it comes, without its line breaks.
    #[track_caller]
    pub fn mail_with(&self, email: &str, words: &str) -> String {
        let clock = SystemClock::new();
        while clock.monotonic() < Duration::from_secs(20) {
            let mails = self.mails(email).into_iter().rev();
            let mut plain = mails.map(|mail| mail.replace("=\r\n", "").replace("\r\n", " "));
            if let Some(mail) = plain.find(|mail| mail.contains(words)) {
                return mail;
            }
            let_run(20);
        }
        panic!("no mail with {words:?} came to {email}");
    }

    fn codes(&self, email: &str) -> Vec<String> {
        let is_code = |line: &&str| {
            let digits = line.bytes().filter(u8::is_ascii_digit).count();
            digits >= 8 && line.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
        };
        let code = |mail: &String| Some(mail.lines().find(is_code)?.to_owned());
        self.mails(email).iter().filter_map(code).collect()
    }

    fn next_code(&self, email: &str, before: usize) -> String {
        let code = patiently(|| self.codes(email).get(before).cloned());
        code.unwrap_or_else(|| panic!("no code came to {email}"))
    }

    #[track_caller]
    fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> &mut Self {
        let (mut method, mut path, mut body) = (method, path.to_owned(), body);
        for _ in 0..10 {
            let referrer = std::mem::take(&mut self.path);
            let kind = "application/x-www-form-urlencoded";
            let sent = body.map(|body| Sent { kind, csrf: None, body });
            let (status, head, page) = self.exchange(method, &path, &referrer, sent);
            self.path = path.split('#').next().unwrap_or("").to_owned();
            (self.status, self.head, self.page) = (status, head, page);
            let Some(location) = self.header("location") else { return self };
            let origin = self.origin();
            path = location.strip_prefix(&origin).unwrap_or(&location).to_owned();
            (method, body) = ("GET", None);
        }
        panic!("{path} leads nowhere");
    }

    /// A part of the path of the page that is shown, counted from 1: mostly an id.
    pub fn id(&self, part: usize) -> String {
        let path = self.path.split('?').next().unwrap_or("");
        path.split('/').nth(part).unwrap_or("").to_owned()
    }

    /// A header of the answer, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }

    /// The origin of the pages.
    pub fn origin(&self) -> String {
        format!("http://{}", self.shop.server.address.replace("127.0.0.1", "localhost"))
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        referrer: &str,
        sent: Option<Sent<'_>>,
    ) -> (u16, String, String) {
        let origin = self.origin();
        let host = origin.trim_start_matches("http://");
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             accept-language: en\r\n\
             user-agent: Mozilla/5.0 (X11; Linux) Firefox/140.0\r\n"
        );
        if !cookies.is_empty() {
            request += &format!("cookie: {}\r\n", cookies.join("; "));
        }
        if !referrer.is_empty() {
            request += &format!("referer: {origin}{referrer}\r\n");
        }
        if let Some(Sent { kind, csrf, body }) = &sent {
            // Where a page tells no referrer, browsers do not say whose its form is.
            let is_silent = self.page.contains("<meta name=\"referrer\" content=\"no-referrer\">");
            let said = if is_silent { "null" } else { &*origin };
            request += &format!(
                "origin: {said}\r\nsec-fetch-site: same-origin\r\ncontent-length: {}\r\n\
                 content-type: {kind}\r\n",
                body.len()
            );
            request +=
                &csrf.as_ref().map_or_else(String::new, |csrf| format!("x-csrf-token: {csrf}\r\n"));
        }
        let mut stream = TcpStream::connect(&self.shop.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "{request}\r\n{}", sent.map_or("", |sent| sent.body)).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        for line in head.lines().filter(|line| line.to_ascii_lowercase().starts_with("set-cookie"))
        {
            let pair = line.split_once(": ").unwrap().1.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), page.to_owned())
    }
}

/// What is sent with a request.
struct Sent<'a> {
    kind: &'static str,
    csrf: Option<String>,
    body: &'a str,
}

/// Looks until there is something, for as long as a server may take.
fn patiently<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let clock = SystemClock::new();
    while clock.monotonic() < Duration::from_secs(30) {
        if let Some(found) = look() {
            return Some(found);
        }
        let_run(50);
    }
    None
}

/// Fields of a form as they stand on a page.
pub struct Form {
    pub fields: Vec<(String, String)>,
}

impl Form {
    fn read(markup: &str) -> Form {
        let mut fields = Vec::new();
        for tag in markup.split('<').skip(1) {
            let attributes = tag.split('>').next().unwrap();
            let of = |name: &str| attribute(attributes, name);
            let Some(name) = of("name") else { continue };
            if attributes.starts_with("input") {
                let is_picked = attributes.contains(" checked");
                let is_choice = attributes.contains("type=\"radio\"");
                let is_choice = is_choice || attributes.contains("type=\"checkbox\"");
                if is_picked || !is_choice {
                    fields.push((name, of("value").unwrap_or_default()));
                }
            } else if attributes.starts_with("textarea") {
                fields.push((name, unescaped(tag.split_once('>').map_or("", |(_, text)| text))));
            } else if attributes.starts_with("select") {
                let options = markup.split(&format!("name=\"{name}\"")).nth(1).unwrap_or("");
                let options = options.split("</select>").next().unwrap_or("");
                let all: Vec<&str> = options.split("<option").skip(1).collect();
                let picked = all.iter().find(|option| option.contains(" selected")).or(all.first());
                let value = picked.and_then(|option| attribute(option, "value"));
                fields.push((name, value.unwrap_or_default()));
            }
        }
        Form { fields }
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// What is sent when these are filled in. A name that is not on the form is a button's.
    pub fn body(&self, filled: &[(&str, &str)]) -> String {
        let mut fields = self.fields.clone();
        for (name, value) in filled {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let escape = |text: &str| -> String {
            let byte = |byte: u8| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            };
            text.bytes().map(byte).collect()
        };
        let pair = |(name, value): &(String, String)| format!("{}={}", escape(name), escape(value));
        fields.iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
