//! `POST /v1/feed/select`: promoted posts for a page.

use axum::http::StatusCode;
use base::Text;
use promotions::{Device, Gender, Viewer};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::promotions::audience_body::language;
use crate::routes::promotions::one_of;
use crate::scope::ServeFeed;
use crate::views::feed_page::FeedPageView;
use crate::wire;

/// Places of a page at most.
const SLOTS_MAX: u32 = 50;

/// Interests of a viewer at most.
const INTERESTS_MAX: usize = 100;

/// Who looks, and how much room there is.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FeedSelection)]
pub(crate) struct SelectBody {
    #[serde(default, deserialize_with = "wire::object")]
    viewer: ViewerBody,
    /// Promoted posts that have room.
    #[schema(minimum = 1, maximum = 50, example = 2)]
    slots: u32,
    /// The currency of its places. Without it they are those of one promotion that a lot picks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "USD")]
    currency: Option<String>,
    /// What the page is, for your own logs; not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    context: Option<String>,
}

/// Whoever looks at the page. What is left out is unknown, and never fits what an advertiser asks.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Viewer)]
pub(crate) struct ViewerBody {
    /// Your name for the viewer; a keyed hash of it is kept, for frequency caps and against fraud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    id: Option<String>,
    /// Where they are: a country of two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US")]
    country: Option<String>,
    /// Or, better, its subdivision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US-CA")]
    region: Option<String>,
    /// Primary subtag of RFC 5646.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "en")]
    language: Option<String>,
    /// Age in whole years. Nobody under 13 is shown a promotion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 150)]
    age: Option<u32>,
    /// `female`, `male` or `other`, as they state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(female|male|other)$")]
    gender: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    interests: Vec<String>,
    /// `phone`, `tablet`, `desktop` or `tv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(phone|tablet|desktop|tv)$")]
    device: Option<String>,
    /// Whether they agree to promotions that are chosen by age, gender or interests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consents: Option<bool>,
}

/// Choose promoted posts for a page
///
/// At most `slots` of them, one of a creator and all paid in one currency, each with a token that
/// its events bring back, what must stand beside it (`label`), and why this viewer sees it (`why`).
/// May be fewer, or none.
#[utoipa::path(post, path = "/v1/feed/select", operation_id = "select_promoted_posts", tag = "Feed",
    request_body = SelectBody,
    responses((status = 200, description = "Chosen", body = FeedPageView)))]
pub(crate) async fn handle(mut call: Call<ServeFeed>) -> Result<Reply, Problem> {
    let body: SelectBody = call.json().await?;
    let viewer = viewer(&body.viewer)?;
    if let Some(context) = &body.context {
        let _: Text<200> = fields::text("/context", context)?;
    }
    let slots = (1..=SLOTS_MAX).contains(&body.slots).then_some(body.slots as usize);
    let refused = || refuse("/slots", format!("must be a number from 1 to {SLOTS_MAX}"));
    let slots = slots.ok_or_else(refused)?;
    let currency = body.currency.as_deref();
    let currency =
        currency.map(|code| fields::currency(|| "/currency".into(), code)).transpose()?;
    let keeper = call.caller.book().feed().cloned();
    let feed = keeper.as_ref().and_then(|keeper| keeper.feed());
    if let (Some(keeper), None) = (&keeper, feed) {
        keeper.note_missed(1, 0);
    }
    let name = body.viewer.id.as_deref();
    let served = feed.map(|feed| feed.select(&viewer, name, slots, currency)).unwrap_or_default();
    Ok(Reply::view(StatusCode::OK, &FeedPageView::new(&served)))
}

fn viewer(body: &ViewerBody) -> Checked<Viewer> {
    let place = |name: &str, code: &Option<String>| {
        code.as_deref().map(|code| fields::region(&format!("/viewer/{name}"), code)).transpose()
    };
    let country = place("country", &body.country)?;
    let region = place("region", &body.region)?;
    let age = body.age.map(|age| {
        let age = u8::try_from(age).ok().filter(|age| *age <= 150);
        age.ok_or_else(|| refuse("/viewer/age", "must be a number from 0 to 150"))
    });
    if let Some(id) = &body.id {
        let _: Text<64> = fields::text("/viewer/id", id)?;
    }
    let spoken = |code: &str| {
        language(code).map_err(|_| refuse("/viewer/language", "must be a language such as en"))
    };
    let gender = body.gender.as_deref();
    let device = body.device.as_deref();
    Ok(Viewer {
        id: None,
        region: region.or(country),
        language: body.language.as_deref().map(spoken).transpose()?,
        age: age.transpose()?,
        gender: gender
            .map(|text| one_of("/viewer/gender", text, &Gender::ALL, Gender::as_str))
            .transpose()?,
        interests: fields::each("/viewer/interests", &body.interests, INTERESTS_MAX, |_, text| {
            fields::label("", text)
        })?,
        device: device
            .map(|text| one_of("/viewer/device", text, &Device::ALL, Device::as_str))
            .transpose()?,
        consents_to_personal: body.consents.unwrap_or(false),
    })
}
