//! Traffic that says itself what it is: declared programs, and addresses of known networks.
//!
//! This is what the Media Rating Council calls *general invalid traffic*: found by lists and
//! standard checks. Programs that pretend to be people are looked for elsewhere, in
//! [`verdict`](crate::verdict). No outside list is in here: words are our own choice, and ranges of
//! addresses are data that the caller brings. How much of a public list the words find stands in
//! `docs/feed.md`.

mod networks;

use promotions::Device;

pub use networks::{Networks, Prefix, PrefixError};

/// Words in the names of programs that read pages for machines, in lower case.
///
/// Left out are words that people's software has too: `okhttp` and `electron` are in apps, `.net`
/// is in old browsers, `@` in the versions of some new ones.
const PROGRAM_WORDS: &[&str] = &[
    // What programs call themselves.
    "bot",
    "crawl",
    "xrawl",
    "spider",
    "slurp",
    "scrap",
    "scan",
    "fetch",
    "archiv",
    "index",
    "search",
    "sniff",
    "probe",
    "harvest",
    "extract",
    "preview",
    "snippet",
    "proxy",
    "agent",
    "favicon",
    "download",
    "copier",
    "grab",
    "httrack",
    "resolver",
    "classifier",
    "collector",
    // Those that check sites and advertisements.
    "check",
    "monitor",
    "uptime",
    "valid",
    "verif",
    "synthetic",
    "lighthouse",
    "pagespeed",
    "speed insight",
    "audit",
    "inspect",
    "analy",
    "optimi",
    "pingdom",
    "nagios",
    "zabbix",
    "site24",
    "mediapartners",
    "google-",
    "googleother",
    "metadata",
    // Those that read feeds, show links in messages, or are called when something happens.
    "feed",
    "rss",
    "newsreader",
    "whatsapp",
    "facebookexternal",
    "facebookcatalog",
    "meta-external",
    "embedly",
    "hatena",
    "webhook",
    "callout",
    // Libraries and servers that send requests.
    "curl",
    "wget",
    "python",
    "libwww",
    "lwp",
    "perl",
    "ruby",
    "java/",
    "axios",
    "node-fetch",
    "go-http",
    "guzzle",
    "http-client",
    "httpclient",
    "http client",
    "httpie",
    "http/",
    "http_",
    "postman",
    "aiohttp",
    "httpunit",
    "httpurlconnection",
    "web client",
    "api client",
    "cloudfront",
    "cloudflare",
    // Browsers that nobody looks at.
    "headless",
    "phantomjs",
    "selenium",
    "puppeteer",
    "playwright",
    "webdriver",
    "splash",
    "ptst/",
    "screenshot",
    "webcapture",
    // Addresses of those who run them: browsers have none.
    "http:",
    "https:",
    "www.",
    ".com",
    ".org",
    ".io",
];

/// Words that hold one of those and belong to devices or browsers of people.
const PEOPLE_WORDS: &[&str] = &[
    // A maker of phones.
    "cubot",
];

/// Whether the software says that it is a program and not a person's browser or app.
///
/// `user_agent` is the text of that header, in whatever case. No text declares nothing. Besides the
/// words, what calls itself `compatible` is a program, unless it is an Internet Explorer.
pub fn is_declared_program(user_agent: &str) -> bool {
    let mut text = user_agent.to_ascii_lowercase();
    for word in PEOPLE_WORDS {
        if text.contains(word) {
            text = text.replace(word, "");
        }
    }
    let is_compatible = text.contains("compatible;") && !text.contains("msie");
    is_compatible || has_program_word(text.as_bytes())
}

/// One pass over the text: at most places the next two letters begin no word.
fn has_program_word(text: &[u8]) -> bool {
    text.windows(2).enumerate().any(|(at, pair)| {
        let pair = place(pair[0], pair[1]);
        BEGINNINGS[pair / 64] & 1 << (pair % 64) != 0
            && PROGRAM_WORDS.iter().any(|word| text[at..].starts_with(word.as_bytes()))
    })
}

/// A bit for each pair of bytes that a word begins with.
static BEGINNINGS: [u64; 1 << 10] = {
    let mut bits = [0; 1 << 10];
    let mut word = 0;
    while word < PROGRAM_WORDS.len() {
        let letters = PROGRAM_WORDS[word].as_bytes();
        let pair = place(letters[0], letters[1]);
        bits[pair / 64] |= 1 << (pair % 64);
        word += 1;
    }
    bits
};

const fn place(first: u8, second: u8) -> usize {
    (first as usize) << 8 | second as usize
}

/// The device that the software says it runs on, as far as that can be believed; a television and a
/// tablet often pass themselves off as something else, and are then `None` or a desktop.
pub fn device(user_agent: &str) -> Option<Device> {
    let says = |word| user_agent.contains(word);
    if says("SmartTV") || says("SMART-TV") || says("AppleTV") || says("GoogleTV") {
        Some(Device::Tv)
    } else if says("iPad") || says("Tablet") || (says("Android") && !says("Mobile")) {
        Some(Device::Tablet)
    } else if says("iPhone") || says("Android") || says("Mobile") {
        Some(Device::Phone)
    } else if says("Windows NT") || says("Macintosh") || says("X11") {
        Some(Device::Desktop)
    } else {
        None
    }
}

/// Whether one device may show itself as the other: a tablet that asks for pages of a desktop, an
/// Android television that looks like a tablet. Only a phone and a desktop cannot be mistaken.
pub fn are_alike(one: Device, other: Device) -> bool {
    !matches!((one, other), (Device::Phone, Device::Desktop) | (Device::Desktop, Device::Phone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_say_so_and_people_do_not() {
        let check = |text: &str, is_program: bool| {
            assert_eq!(is_declared_program(text), is_program, "{text}");
        };
        check("ExampleBot/1.0 (+https://example.com/bot)", true);
        check("Mozilla/5.0 (compatible; Something/2.0)", true);
        check("curl/8.5.0", true);
        check("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0 Safari/537.36", true);
        check("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101", false);
        check("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Mobile/15E148", false);
        check("Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/96.0 Mobile", false);
        check("Mozilla/5.0 (Linux; Android 9; CUBOT X19) ExampleBot/1.0", true);
        check("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; .NET CLR 3.5)", false);
        check("", false);
        check("é", false);
    }

    #[test]
    fn every_word_is_found_anywhere() {
        for word in PROGRAM_WORDS {
            assert_eq!(*word, word.to_ascii_lowercase());
            assert!(is_declared_program(&format!("Some {}", word.to_ascii_uppercase())), "{word}");
        }
    }

    #[test]
    fn devices_are_told_apart() {
        let check = |text: &str, expected| assert_eq!(device(text), expected, "{text}");
        check("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X)", Some(Device::Phone));
        check("Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari", Some(Device::Phone));
        check("Mozilla/5.0 (Linux; Android 14; SM-X200) Safari", Some(Device::Tablet));
        check("Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X)", Some(Device::Tablet));
        check("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", Some(Device::Desktop));
        check("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0)", Some(Device::Tv));
        check("OurApp/7.1", None);
    }
}
