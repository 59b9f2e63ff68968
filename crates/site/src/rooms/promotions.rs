//! `/promotions`: one's own, from the first thought to the last cent back.

mod compose;
mod pay;
mod quote;
mod report;
mod terms;
mod wire;

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{PromotionLine, PromotionsView, promotions_page};
use serde_json::{Value, json};

use crate::address::with;
use crate::inside::Refused;
use crate::page::{Guest, OwnPromotions, Page};
use crate::shown::Shown;
use crate::values::List;
use wire::{Addresses, Post};

pub(super) use compose::{change, create, edit, new};
pub(super) use pay::pay;
pub(super) use terms::{trouble, wrong};
pub(super) use wire::Promotion;

type Asked = Arc<Page<OwnPromotions>>;

/// How many a list shows at once.
const SHOWN_MAX: usize = 25;

/// A promotion of whoever asks, named by its id.
///
/// # Errors
///
/// `not_found` also for one of somebody else.
pub(super) async fn own<P: Guest>(page: &Page<P>, id: &str) -> Result<Promotion, Refused> {
    if !id.starts_with("promo_") {
        return Err(Refused::not_found());
    }
    let found: Result<Promotion, Refused> = page.get(&format!("/v1/promotions/{id}")).await;
    match found {
        Ok(promotion) if promotion.advertiser == page.me().person => Ok(promotion),
        Err(refused) if refused.status != StatusCode::NOT_FOUND => Err(refused),
        _ => Err(Refused::not_found()),
    }
}

/// The address of a post, as short as it can be read; its name where nobody knows it.
pub(super) async fn post_text<P: Guest>(page: &Page<P>, name: &str) -> Result<String, Refused> {
    match post(page, name).await? {
        Some(post) => Ok(shortened(&post.url).to_owned()),
        None => Ok(name.to_owned()),
    }
}

fn shortened(url: &str) -> &str {
    url.strip_prefix("https://").unwrap_or(url)
}

/// A post by the platform's name for it.
async fn post<P: Guest>(page: &Page<P>, name: &str) -> Result<Option<Post>, Refused> {
    let name = pages::components::escaped(name).replace('/', "%2F");
    match page.get(&format!("/v1/posts/{name}")).await {
        Ok(post) => Ok(Some(post)),
        Err(refused) if refused.status == StatusCode::NOT_FOUND => Ok(None),
        Err(refused) => Err(refused),
    }
}

pub(super) async fn list(page: Asked) -> Result<Shown, Refused> {
    let mut path = format!("/v1/promotions?advertiser={}&limit={SHOWN_MAX}", page.me().person);
    if let Some(cursor) = page.query("after") {
        path = with(&path, &[("cursor", cursor)]);
    }
    let found: List<Promotion> = page.get(&path).await?;
    let mut addresses = Addresses::new();
    for one in &found.data {
        if !addresses.contains_key(&one.post) {
            addresses.insert(one.post.clone(), post_text(&page, &one.post).await?);
        }
    }
    let line = |one| line(one, &addresses);
    let older = found.next_cursor.map(|cursor| with("/promotions", &[("after", &cursor)]));
    let view = PromotionsView {
        all: found.data.iter().map(line).collect(),
        older: older.as_deref(),
        is_one_gone: page.done() == Some("gone"),
    };
    Ok(Shown::page(promotions_page(&page.visit(), &view)))
}

fn line<'a>(one: &'a Promotion, addresses: &'a Addresses) -> PromotionLine<'a> {
    PromotionLine {
        id: &one.id,
        post: addresses.get(&one.post).map_or(&*one.post, String::as_str),
        goal: &one.goal,
        status: &one.status,
        budget: one.budget.0,
        spent: one.spent.0,
        delivered: one.delivered_units,
        ends_at: one.ends(),
    }
}

/// A draft with its quote, or what a promotion has delivered.
pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    let promotion = own(&page, page.part(2)).await?;
    match promotion.is_draft() {
        true => quote::shown(&page, &promotion, None).await,
        false => report::shown(&page, &promotion, None).await,
    }
}

/// Does something to a promotion of whoever asks, and shows it again.
async fn act(page: &Asked, call: &str, body: Value, done: &str) -> Result<Shown, Refused> {
    let promotion = own(page, page.part(2)).await?;
    let id = &promotion.id;
    match page.post::<Value>(&format!("/v1/promotions/{id}/{call}"), &body).await {
        Ok(_) => Ok(Shown::To(format!("/promotions/{id}?done={done}"))),
        Err(refused) if refused.status.is_client_error() => match promotion.is_draft() {
            true => quote::shown(page, &promotion, Some(&refused)).await,
            false => report::shown(page, &promotion, Some(&refused)).await,
        },
        Err(refused) => Err(refused),
    }
}

pub(super) async fn pause(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"as": "advertiser", "by": page.me().person});
    act(&page, "pause", body, "paused").await
}

pub(super) async fn resume(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"as": "advertiser", "by": page.me().person});
    act(&page, "resume", body, "resumed").await
}

pub(super) async fn stop(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"by": page.me().person});
    act(&page, "stop", body, "stopped").await
}

pub(super) async fn appeal(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"by": page.me().person});
    act(&page, "appeal", body, "appealed").await
}

/// Throws a draft away.
pub(super) async fn discard(page: Asked) -> Result<Shown, Refused> {
    let promotion = own(&page, page.part(2)).await?;
    if !promotion.is_draft() {
        return Ok(Shown::To(format!("/promotions/{}", promotion.id)));
    }
    let path = format!("/v1/promotions/{}/stop", promotion.id);
    match page.post::<Value>(&path, &json!({"by": page.me().person})).await {
        Ok(_) => Ok(Shown::To("/promotions?done=gone".to_owned())),
        Err(refused) if refused.status.is_client_error() => {
            quote::shown(&page, &promotion, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

/// Does what was suggested.
pub(super) async fn apply(page: Asked) -> Result<Shown, Refused> {
    let number = page.field("n").parse::<u64>().map_err(|_| Refused::not_found())?;
    let body = json!({"by": page.me().person});
    act(&page, &format!("suggestions/{number}/apply"), body, "applied").await
}

/// Makes a new quote for the same terms.
pub(super) async fn requote(page: Asked) -> Result<Shown, Refused> {
    let promotion = own(&page, page.part(2)).await?;
    let path = format!("/v1/promotions/{}", promotion.id);
    let body = json!({"goal": promotion.goal, "by": page.me().person});
    match page.patch::<Value>(&path, &body).await {
        Ok(_) => Ok(Shown::To(format!("/promotions/{}?done=quoted", promotion.id))),
        // It is still good.
        Err(refused) if refused.code() == "nothing_to_change" => {
            Ok(Shown::To(format!("/promotions/{}", promotion.id)))
        }
        Err(refused) if refused.status.is_client_error() && promotion.is_draft() => {
            quote::shown(&page, &promotion, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}
