//! A gift that is being made: what the form says, what is wrong with it, and the call that buys it.

use base::{Instant, Money, Span};
use outside::clock::{Clock, SystemClock};
use outside::local_time::{LocalTime, offset_minutes};
use pages::Moment;
use pages::customer::{GiftForm, GiftMistake, GiftOffer, GiftTerms, Received, Wrong};
use pages::gift::Design;
use serde_json::{Value, json};

use super::mistyped;
use super::offer::Offer;
use crate::page::{Guest, Page};
use crate::values::{money_json, typed_amount};

/// Characters of a name at most.
const NAME_MAX: usize = 60;

/// Characters of a message at most.
const MESSAGE_MAX: usize = 500;

/// What the form says.
pub(super) fn read<P: Guest>(page: &Page<P>) -> GiftForm<'_> {
    GiftForm {
        gift: page.field("gift"),
        amount: page.field("amount"),
        other: page.field("other"),
        design: page.field("design"),
        good: page.field("good"),
        creator: page.field("creator"),
        products: page.fields("product").collect(),
        to: page.field("to"),
        how: page.field("how"),
        email: page.field("email"),
        when: page.field("when"),
        at: page.field("at"),
        zone: page.field("zone"),
        from: page.field("from"),
        receipt: page.field("receipt"),
        message: page.field("message"),
        sure: page.field("sure"),
    }
}

/// What the form says before anybody has filled it in. A page of a creator, or of a product, says
/// what the gift is good for.
pub(super) fn empty<'a, P: Guest>(
    page: &'a Page<P>,
    amount: &'a str,
    gift: &'a str,
) -> GiftForm<'a> {
    let creator = page.query("creator").unwrap_or("");
    // A gift is good for one of the two.
    let products = page.queries("product").filter(|_| creator.is_empty());
    let products: Vec<&str> = products.collect();
    let good = match (creator.is_empty(), products.is_empty()) {
        (false, _) => "creator",
        (true, false) => "products",
        (true, true) => "any",
    };
    GiftForm {
        gift,
        amount,
        design: Design::ALL[0].name(),
        good,
        creator,
        products,
        how: "email",
        when: "now",
        zone: zone_of(&page.shop().region),
        ..GiftForm::default()
    }
}

/// Where people of a region mostly are.
fn zone_of(region: &str) -> &'static str {
    match region.split_once('-').map_or((region, ""), |parts| parts) {
        ("US", "CA" | "WA" | "OR" | "NV") => "America/Los_Angeles",
        ("US", "TX" | "IL" | "MN" | "WI" | "MO" | "LA") => "America/Chicago",
        ("US", "CO" | "UT" | "NM") => "America/Denver",
        ("US", _) => "America/New_York",
        ("CA", _) => "America/Toronto",
        ("GB" | "IE", _) => "Europe/London",
        ("PT", _) => "Europe/Lisbon",
        ("FR" | "BE", _) => "Europe/Paris",
        ("ES", _) => "Europe/Madrid",
        ("IT", _) => "Europe/Rome",
        ("DE" | "AT" | "CH" | "NL", _) => "Europe/Berlin",
        ("EG", _) => "Africa/Cairo",
        ("SA", _) => "Asia/Riyadh",
        ("AE", _) => "Asia/Dubai",
        ("IN", _) => "Asia/Kolkata",
        ("JP", _) => "Asia/Tokyo",
        _ => "UTC",
    }
}

/// What it is worth.
pub(super) fn value(form: &GiftForm<'_>, offer: &GiftOffer) -> Result<Money, Wrong> {
    let wrong = |what| Wrong { field: "other", what };
    let currency = offer.min.currency;
    let value = match form.amount {
        "other" => typed_amount(form.other, currency).ok_or(wrong(GiftMistake::NoAmount))?,
        minor => {
            let minor = minor.parse().ok().and_then(|minor| Money::new(minor, currency));
            minor.ok_or(wrong(GiftMistake::NoAmount))?
        }
    };
    let is_sold = (offer.min.amount..=offer.max.amount).contains(&value.amount);
    if is_sold { Ok(value) } else { Err(wrong(GiftMistake::OutOfRange)) }
}

/// What was filled in although something else was chosen: nobody can tell which is meant, so it
/// is asked about. What was filled in is chosen from now on, for it took more trouble than leaving
/// what the page had chosen.
pub(super) fn settle_start(form: &mut GiftForm<'_>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if form.amount != "other" && !form.other.is_empty() {
        form.amount = "other";
        wrong.push(Wrong { field: "other", what: GiftMistake::ChosenElse });
    }
    let filled = match (form.creator.is_empty(), form.products.is_empty()) {
        (true, true) => form.good,
        (false, true) => "creator",
        (true, false) => "products",
        // Only one of the two can be; the one that was chosen is kept.
        (false, false) => "",
    };
    if filled != form.good {
        form.good = match (filled, form.good) {
            ("", "any") => "creator",
            ("", good) => good,
            (filled, _) => filled,
        };
        wrong.push(Wrong { field: "good", what: GiftMistake::ChosenElse });
    }
    wrong
}

/// The same of the second step.
pub(super) fn settle_compose(form: &mut GiftForm<'_>) -> Vec<Wrong> {
    if form.how != "email" || form.when == "later" || form.at.is_empty() {
        return Vec::new();
    }
    form.when = "later";
    vec![Wrong { field: "at", what: GiftMistake::ChosenElse }]
}

/// What is wrong with the first step.
pub(super) fn start_mistakes(form: &GiftForm<'_>, offer: &Offer) -> Vec<Wrong> {
    let mut wrong: Vec<Wrong> = value(form, &offer.view).err().into_iter().collect();
    let is_chosen = match form.good {
        "creator" => offer.creators.iter().any(|one| one.id == form.creator),
        "products" => {
            let is_known = |id: &&str| offer.products.iter().any(|one| one.id == **id);
            !form.products.is_empty() && form.products.iter().all(is_known)
        }
        _ => true,
    };
    if !is_chosen {
        wrong.push(Wrong { field: "good", what: GiftMistake::NotChosen });
    }
    wrong
}

/// What is wrong with the second step.
pub(super) fn compose_mistakes(form: &GiftForm<'_>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut note = |field, what: Option<GiftMistake>| {
        wrong.extend(what.map(|what| Wrong { field, what }));
    };
    note("to", name_mistake(form.to));
    note("from", name_mistake(form.from));
    if form.how == "email" {
        note("email", mistyped::mistake(form.email));
    }
    if !form.receipt.is_empty() {
        note("receipt", mistyped::mistake(form.receipt));
    }
    note("message", too_long(form.message, MESSAGE_MAX));
    if form.how == "email" && form.when == "later" {
        note(
            "at",
            match instant(form) {
                None => Some(GiftMistake::NoTime),
                // The clock of a test book is never behind.
                Some(at) if at <= SystemClock::new().now() => Some(GiftMistake::Past),
                Some(_) => None,
            },
        );
    }
    wrong
}

/// What is wrong with a name.
pub(super) fn name_mistake(name: &str) -> Option<GiftMistake> {
    if name.is_empty() { Some(GiftMistake::Missing) } else { too_long(name, NAME_MAX) }
}

/// What is wrong with words that find room for so many characters.
pub(super) fn too_long(text: &str, max: usize) -> Option<GiftMistake> {
    // Browsers count a line break as one character and send it as two.
    (lines(text).chars().count() > max).then_some(GiftMistake::TooLong)
}

/// The address that was probably meant, unless its giver has said that the typed one is right.
pub(super) fn meant(email: &str, sure: &str) -> Option<String> {
    if email == sure { None } else { mistyped::meant(email) }
}

/// When it is sent.
fn instant(form: &GiftForm<'_>) -> Option<Instant> {
    LocalTime::parse(form.at)?.instant_in(form.zone).ok()
}

/// When it is sent, as the clock there shows it; `None` at once.
pub(super) fn sent_at(form: &GiftForm<'_>) -> Option<There> {
    if form.how != "email" || form.when != "later" {
        return None;
    }
    instant(form).map(|at| There::of(at, form.zone))
}

/// A moment by the clock of a zone.
pub(super) struct There {
    at: Instant,
    /// `None` where nobody knows the zone: then it is told in UTC.
    local: Option<(i16, String)>,
}

impl There {
    pub(super) fn of(at: Instant, zone: &str) -> There {
        // People say the place: the rest of the name is for finding it in a list.
        let place = || zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        There { at, local: offset_minutes(at, zone).ok().map(|minutes| (minutes, place())) }
    }

    pub(super) fn moment(&self) -> Moment<'_> {
        match &self.local {
            Some((offset_minutes, zone)) => {
                Moment { at: self.at, offset_minutes: *offset_minutes, zone }
            }
            None => Moment::utc(self.at),
        }
    }
}

/// Line breaks as one character.
pub(super) fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The first word of a name, as whoever gets the gift is told.
pub(super) fn first_name(name: &str) -> String {
    http::without_links(name).split_whitespace().next().unwrap_or("").to_owned()
}

/// Texts of a gift as they arrive.
pub(super) struct Texts {
    to: String,
    from: String,
    message: String,
}

impl Texts {
    pub(super) fn of(form: &GiftForm<'_>) -> Texts {
        Texts {
            to: http::without_links(form.to),
            from: first_name(form.from),
            message: http::without_links(&lines(form.message)),
        }
    }

    /// What arrives.
    pub(super) fn received<'a>(
        &'a self,
        shop: &'a str,
        form: &GiftForm<'_>,
        (value, terms): (Money, GiftTerms),
    ) -> Received<'a> {
        // As if it were paid now; once it is, its card says until when.
        let lives = terms.validity_days.map(|days| Span::days(days.into()));
        let expires_at = lives.map(|lives| SystemClock::new().now().saturating_add(lives));
        Received {
            shop,
            design: Design::parse(form.design).unwrap_or(Design::ALL[0]),
            value,
            to: &self.to,
            from: &self.from,
            message: &self.message,
            expires_at: expires_at.map(Moment::utc),
        }
    }
}

/// What it is good for in words; empty for everything.
pub(super) fn good_for(form: &GiftForm<'_>, offer: &Offer) -> String {
    let named = match form.good {
        "creator" => offer.creators.iter().filter(|one| one.id == form.creator).collect(),
        "products" => {
            let is_named = |id: &str| form.products.contains(&id);
            offer.products.iter().filter(|one| is_named(&one.id)).collect()
        }
        _ => Vec::new(),
    };
    let names: Vec<&str> = named.iter().map(|one| &*one.name).collect();
    names.join(", ")
}

/// The call that buys it.
pub(super) fn body<P: Guest>(
    page: &Page<P>,
    form: &GiftForm<'_>,
    offer: &Offer,
    (value, method): (Money, &str),
) -> Value {
    let is_mailed = form.how == "email";
    let mut recipient = json!({"name": form.to});
    let mut sender = json!({"name": form.from});
    let mut body = json!({
        "value": money_json(value),
        "region": page.shop().region,
        "buyer": page.me().person,
        "payment_method": method,
        "design": Design::parse(form.design).unwrap_or(Design::ALL[0]).name(),
        "delivery": {"channel": if is_mailed { "email" } else { form.how }},
        "client": page.client(),
    });
    if is_mailed {
        recipient["email"] = json!(form.email);
        recipient["time_zone"] = json!(form.zone);
        if form.when == "later" {
            body["deliver_at"] = json!(form.at);
        }
    }
    if !form.receipt.is_empty() {
        sender["email"] = json!(form.receipt);
    }
    (body["recipient"], body["sender"]) = (recipient, sender);
    if !form.message.is_empty() {
        body["message"] = json!(lines(form.message));
    }
    match form.good {
        "creator" => body["scope"] = json!({"creators": [form.creator]}),
        "products" => body["scope"] = json!({"products": form.products}),
        _ => {}
    }
    if let Some(program) = &offer.program {
        body["program"] = json!(program);
    }
    if let Some(back) = return_url(page) {
        body["return_url"] = json!(back);
    }
    body
}

/// Where a bank sends the payer back to: the page of the newest gift. Banks of live books are told
/// of encrypted pages only.
pub(super) fn return_url<P: Guest>(page: &Page<P>) -> Option<String> {
    let shop = page.shop();
    let is_here = shop.is_test
        && ["http://localhost", "http://127.0.0.1"].iter().any(|here| {
            shop.origin
                .strip_prefix(here)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        });
    let is_told = shop.origin.starts_with("https://") || is_here;
    is_told.then(|| format!("{}/gifts/latest", shop.origin))
}
