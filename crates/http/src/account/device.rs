//! Words by which people tell their devices apart.

use axum::http::{HeaderMap, header};
use base::Text;
use people::DEVICE_BYTES_MAX;

/// Such as "Firefox on Linux". What the browser says of itself is only looked through for known
/// names, so no text of a stranger is ever shown; the order matters, for each of the later ones
/// stands in what the earlier ones say as well.
pub(crate) fn of(headers: &HeaderMap) -> Option<Text<DEVICE_BYTES_MAX>> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    let words = match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => return None,
    };
    Text::new(&words).ok()
}
