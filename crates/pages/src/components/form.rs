use maud::{Markup, html};

use crate::Visit;

/// A form that changes something: sent to a path of ours, once however often it is sent, and with
/// what shows that it is of our page.
pub fn form(visit: &Visit<'_>, action: &str, content: &Markup) -> Markup {
    html! {
        form method="post" action=(action) { (visit.marks()) (content) }
    }
}
