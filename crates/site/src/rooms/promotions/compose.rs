//! `/promotions/new`, `/promotions/{id}/edit`: terms are filled in, and the API makes a quote of
//! them.

use axum::http::StatusCode;
use base::{Currency, Label};
use pages::customer::{ComposeView, Mistake, Stage, TermsTyped, compose_page};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::terms::{Kept, all, changeable, trouble, typed, wrong};
use super::wire::{Creator, Post, Promotion};
use super::{Asked, own, post};
use crate::address::is_id;
use crate::inside::{Refused, if_there};
use crate::page::{OwnPromotions, Page};
use crate::shown::Shown;
use crate::values::List;

/// How many creators are offered, newest first. A link from a post may name any other.
const CREATORS_MAX: usize = 100;

/// An empty form; a link from a post fills in the post.
pub(in crate::rooms) async fn new(page: Asked) -> Result<Shown, Refused> {
    let asked = |name| page.query(name).unwrap_or("");
    let typed = TermsTyped {
        url: asked("url"),
        creator: asked("creator"),
        kind: asked("kind"),
        ..TermsTyped::default()
    };
    shown(&page, typed, None).await
}

async fn shown(
    page: &Page<OwnPromotions>,
    typed: TermsTyped<'_>,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let creators = creators(page, typed.creator).await?;
    let named = |one: &'_ Creator| format!("{} (@{})", one.name, one.handle);
    let view = ComposeView {
        stage: Stage::New,
        typed,
        creators: creators.iter().map(|one| (&*one.id, named(one))).collect(),
        currency: page.shop().currency.code(),
        refused: refused.map(trouble),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, compose_page(&page.visit(), &view)))
}

/// Creators to choose from; the one that is named stands first.
async fn creators(page: &Page<OwnPromotions>, named: &str) -> Result<Vec<Creator>, Refused> {
    let list: List<Creator> = page.get(&format!("/v1/creators?limit={CREATORS_MAX}")).await?;
    let mut all = list.data;
    match all.iter().position(|one| one.id == named) {
        Some(place) => all[..=place].rotate_right(1),
        None => all.extend(creator(page, named).await?),
    }
    Ok(all)
}

async fn creator(page: &Page<OwnPromotions>, id: &str) -> Result<Option<Creator>, Refused> {
    if !id.starts_with("cre_") || !is_id(id) {
        return Ok(None);
    }
    if_there(page.get(&format!("/v1/creators/{id}")).await)
}

/// Composes a draft.
pub(in crate::rooms) async fn create(page: Asked) -> Result<Shown, Refused> {
    match compose(&page).await {
        Ok(promotion) => Ok(Shown::To(format!("/promotions/{}", promotion.id))),
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, typed(&page), Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

async fn compose(page: &Page<OwnPromotions>) -> Result<Promotion, Refused> {
    let (words, typed) = (page.words, typed(page));
    let me = &page.me().person;
    let post = post_body(page, &typed).await?;
    let mut body = all(words, &typed, page.shop().currency, None)?;
    // What is left out is not asked for; there is nothing yet to take it away from.
    body.retain(|_, value| !value.is_null());
    body.insert("advertiser".to_owned(), json!(me));
    body.insert("by".to_owned(), json!(me));
    body.insert("post".to_owned(), post);
    page.post("/v1/promotions", &Value::Object(body)).await
}

/// The post. What the platform has told of one that is known stands: whoever promotes a post does
/// not change who made it, or who may see it.
async fn post_body(page: &Page<OwnPromotions>, typed: &TermsTyped<'_>) -> Result<Value, Refused> {
    let name = name_of(typed.url);
    if let Some(Post { url, creator, kind, visibility }) = post(page, &name).await? {
        let is_same = url == typed.url;
        let unlike = || wrong(page.words, "url", Mistake::Other);
        return is_same
            .then(|| {
                json!({
                    "id": name, "url": url, "creator": creator, "kind": kind,
                    "visibility": visibility,
                })
            })
            .ok_or_else(unlike);
    }
    let Some(creator) = creator(page, typed.creator).await? else {
        return Err(Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "creator_not_found", ""));
    };
    let kind = if typed.kind == "live" { "live" } else { "video" };
    Ok(json!({
        "id": name, "url": typed.url, "creator": creator.id, "kind": kind, "visibility": "public",
    }))
}

/// The name of a post: its address, as far as that can be a name, else what stands for it. The
/// same address has the same name, so a post is one however often it is promoted.
fn name_of(url: &str) -> String {
    let readable = url.strip_prefix("https://").and_then(|rest| Label::new(rest).ok());
    match readable {
        Some(name) => name.to_string(),
        None => {
            let hash = Sha256::digest(url.as_bytes());
            let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
            format!("url:{digits}")
        }
    }
}

/// The terms as they are, to be changed.
pub(in crate::rooms) async fn edit(page: Asked) -> Result<Shown, Refused> {
    let promotion = own(&page, page.part(2)).await?;
    let kept = Kept::of(&promotion);
    Ok(edit_shown(&page, &promotion, kept.typed(&promotion), None))
}

fn edit_shown(
    page: &Page<OwnPromotions>,
    promotion: &Promotion,
    typed: TermsTyped<'_>,
    refused: Option<&Refused>,
) -> Shown {
    let stage = match promotion.is_draft() {
        true => Stage::Draft(&promotion.id),
        false => Stage::Paid { id: &promotion.id, is_guarantee: promotion.is_guarantee() },
    };
    let view = ComposeView {
        stage,
        typed,
        creators: Vec::new(),
        currency: currency_of(promotion).code(),
        refused: refused.map(trouble),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Shown::Html(status, compose_page(&page.visit(), &view))
}

fn currency_of(promotion: &Promotion) -> Currency {
    promotion.budget.0.currency
}

/// Changes the terms.
pub(in crate::rooms) async fn change(page: Asked) -> Result<Shown, Refused> {
    let promotion = own(&page, page.part(2)).await?;
    let path = format!("/v1/promotions/{}", promotion.id);
    let outcome = match changes(&page, &promotion) {
        Ok(body) => page.patch::<Value>(&path, &Value::Object(body)).await,
        Err(refused) => Err(refused),
    };
    match outcome {
        Ok(_) => Ok(Shown::To(format!("/promotions/{}?done=changed", promotion.id))),
        Err(refused) if refused.status.is_client_error() => {
            Ok(edit_shown(&page, &promotion, typed(&page), Some(&refused)))
        }
        Err(refused) => Err(refused),
    }
}

/// What is to change: only what its form has asked for.
fn changes(
    page: &Page<OwnPromotions>,
    promotion: &Promotion,
) -> Result<Map<String, Value>, Refused> {
    let (words, typed, currency) = (page.words, typed(page), currency_of(promotion));
    let kept = Kept::of(promotion);
    let before = kept.typed(promotion);
    let mut body = match promotion.is_draft() {
        true => all(words, &typed, currency, Some(&before))?,
        false if promotion.is_guarantee() => {
            let typed = TermsTyped { ends_on: typed.ends_on, ..before.clone() };
            let mut terms = changeable(words, &typed, currency, Some(&before))?;
            terms.retain(|name, _| name == "ends_at");
            terms
        }
        false => {
            let mut terms = changeable(words, &typed, currency, Some(&before))?;
            // The form of a paid one does not ask for it.
            terms.remove("target");
            terms
        }
    };
    if body.is_empty() {
        // The API says that nothing changes.
        body.insert("ends_at".to_owned(), json!(promotion.ends_at.0.to_string()));
    }
    body.insert("by".to_owned(), json!(page.me().person));
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_has_one_name() {
        let readable = name_of("https://shop.example/v/81723");
        assert_eq!(readable, "shop.example/v/81723");
        let [one, other] =
            ["a", "b"].map(|which| name_of(&format!("https://x.example/?v={which}")));
        assert_ne!(one, other);
        let long = name_of(&format!("https://x.example/{}", "a".repeat(100)));
        for name in [one, other, long, name_of("")] {
            assert!(name.starts_with("url:") && Label::new(&name).is_ok(), "{name}");
        }
    }
}
