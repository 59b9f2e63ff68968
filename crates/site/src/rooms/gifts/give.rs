//! `/gifts/new`: three steps to a gift. All that was typed travels in the form, for it is personal;
//! nothing is kept here before it is bought.

use std::sync::Arc;

use axum::http::StatusCode;
use base::Money;
use pages::customer::{
    GiftForm, PayGiftView, Received, StartView, WhomView, Wrong, pay_gift_page, start_page,
    whom_page,
};
use serde::Deserialize;

use super::draft::{self, Texts};
use super::offer::{Named, Offer};
use crate::inside::Refused;
use crate::page::{OwnCards, Page, key};
use crate::rooms::methods::{Methods, chosen};
use crate::rooms::step_up;
use crate::shown::Shown;

type Asked = Arc<Page<OwnCards>>;

/// Where gifts are bought.
const PURCHASES: &str = "/v1/gift-card-purchases";

/// Refusals of a purchase that another way of handing it over, or another address, helps.
const ABOUT_WHOM: [&str; 3] = ["gift_not_accepted", "sending_limit_reached", "sender_blocked"];

/// `GET /gifts/new`.
pub(in crate::rooms) async fn begin(page: Asked) -> Result<Shown, Refused> {
    let offer = Offer::read(&*page).await?;
    let fixed = &offer.view.fixed;
    let amount = fixed[fixed.len().min(2) - 1].amount.minor().to_string();
    let form = draft::empty(&page, &amount, page.visit().once);
    Ok(start(&page, &offer, form, Vec::new()))
}

/// `POST /gifts/new`: the button says where to go on.
pub(in crate::rooms) async fn go_on(page: Asked) -> Result<Shown, Refused> {
    let offer = Offer::read(&*page).await?;
    let mut form = draft::read(&page);
    let go = page.field("go");
    if form.gift.is_empty() {
        form.gift = page.visit().once;
    }
    if go == "use" {
        form.email = page.field("meant");
    }
    let mut wrong = draft::settle_start(&mut form);
    // Of each field one thing is told.
    let asked: Vec<&str> = wrong.iter().map(|one| one.field).collect();
    let others = draft::start_mistakes(&form, &offer).into_iter();
    wrong.extend(others.filter(|one| !asked.contains(&one.field)));
    let value = match draft::value(&form, &offer.view) {
        Ok(value) if wrong.is_empty() && go != "amount" => value,
        _ if go == "amount" => return Ok(start(&page, &offer, form, Vec::new())),
        _ => return Ok(start(&page, &offer, form, wrong)),
    };
    let unsettled = if go == "whom" { Vec::new() } else { draft::settle_compose(&mut form) };
    let step = Step { page: &page, offer: &offer, form, value };
    match go {
        "whom" => Ok(step.compose(Vec::new(), None, None)),
        _ if !unsettled.is_empty() => Ok(step.compose(unsettled, None, None)),
        "look" => Ok(step.compose(draft::compose_mistakes(&step.form), None, None)),
        _ => step.look_once_more(go == "buy").await,
    }
}

fn start(page: &Page<OwnCards>, offer: &Offer, form: GiftForm<'_>, wrong: Vec<Wrong>) -> Shown {
    let status = status(wrong.is_empty());
    let view = StartView {
        form,
        offer: &offer.view,
        creators: offer.creators.iter().map(Named::view).collect(),
        products: offer.products.iter().map(Named::view).collect(),
        wrong,
        refused: None,
    };
    Shown::Html(status, start_page(&page.visit(), &view))
}

fn status(is_fine: bool) -> StatusCode {
    if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// A gift of which the first step is right.
struct Step<'a> {
    page: &'a Page<OwnCards>,
    offer: &'a Offer,
    form: GiftForm<'a>,
    value: Money,
}

/// What becomes of a purchase at once.
#[derive(Deserialize)]
struct Bought {
    id: String,
}

impl Step<'_> {
    /// What they will see.
    fn received<'t>(&'t self, texts: &'t Texts) -> Received<'t> {
        let terms = self.offer.view.terms;
        texts.received(&self.page.shop().name, &self.form, (self.value, terms))
    }

    /// The second step, with what it looks like where that was asked for.
    fn compose(&self, wrong: Vec<Wrong>, meant: Option<&str>, refused: Option<&Refused>) -> Shown {
        let texts = Texts::of(&self.form);
        let looks = self.page.field("go") == "look" && wrong.is_empty();
        let preview = looks.then(|| self.received(&texts));
        let status = match refused {
            Some(refused) => refused.status,
            None => status(wrong.is_empty() && meant.is_none()),
        };
        let view = WhomView {
            form: self.form.clone(),
            value: self.value,
            terms: self.offer.view.terms,
            preview,
            meant,
            wrong,
            refused: refused.map(|refused| (refused.code(), refused.detail())),
        };
        Shown::Html(status, whom_page(&self.page.visit(), &view))
    }

    /// The third step, when the second is right; and the purchase, when that was asked for.
    async fn look_once_more(&self, buys: bool) -> Result<Shown, Refused> {
        let wrong = draft::compose_mistakes(&self.form);
        if !wrong.is_empty() {
            return Ok(self.compose(wrong, None, None));
        }
        let meant = match self.form.how {
            "email" => draft::meant(self.form.email, self.form.sure),
            _ => None,
        };
        if meant.is_some() {
            return Ok(self.compose(Vec::new(), meant.as_deref(), None));
        }
        if !buys {
            return self.pay(None).await;
        }
        match self.buy().await {
            Ok(bought) => Ok(Shown::To(format!("/gifts/{}?done=bought", bought.id))),
            // Whatever it was, nothing that was typed is lost.
            Err(refused) => self.refused(&refused).await,
        }
    }

    /// Buys it once, however often the form is sent, also from a page that the browser has kept:
    /// the name of the gift is part of the form from the first step on.
    async fn buy(&self) -> Result<Bought, Refused> {
        let method = chosen(self.page).await?;
        let body = draft::body(self.page, &self.form, self.offer, (self.value, &method));
        step_up::confirmed(self.page, self.value, &key(self.form.gift, PURCHASES)).await?;
        self.page.post_once(self.form.gift, PURCHASES, &body).await
    }

    /// What was refused, above the step that can help.
    async fn refused(&self, refused: &Refused) -> Result<Shown, Refused> {
        let param = refused.param();
        let of_whom = ["/recipient", "/sender", "/message", "/deliver_at"];
        if ABOUT_WHOM.contains(&refused.code()) || of_whom.iter().any(|at| param.starts_with(at)) {
            return Ok(self.compose(Vec::new(), None, Some(refused)));
        }
        if refused.code() == "idempotency_mismatch" {
            // It was begun with other details. Whoever pays now buys one more, and is told so.
            let form = GiftForm { gift: self.page.visit().once, ..self.form.clone() };
            return Step { form, ..*self }.pay(Some(refused)).await;
        }
        self.pay(Some(refused)).await
    }

    async fn pay(&self, refused: Option<&Refused>) -> Result<Shown, Refused> {
        let ways = Methods::of(self.page).await?;
        let texts = Texts::of(&self.form);
        let at = draft::sent_at(&self.form);
        let code = refused.map(|refused| match refused.code() {
            "idempotency_mismatch" => "gift_begun",
            code => code,
        });
        let view = PayGiftView {
            form: self.form.clone(),
            value: self.value,
            terms: self.offer.view.terms,
            gift: self.received(&texts),
            good_for: draft::good_for(&self.form, self.offer),
            at: at.as_ref().map(draft::There::moment),
            ways: ways.view(),
            step_up: step_up::offered(self.page, self.value).await?,
            refused: code.zip(refused.map(Refused::detail)),
        };
        let status = refused.map_or(StatusCode::OK, |refused| refused.status);
        Ok(Shown::Html(status, pay_gift_page(&self.page.visit(), &view)))
    }
}
