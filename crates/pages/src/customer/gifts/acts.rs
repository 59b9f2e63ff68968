//! What a giver can do before a gift is claimed, each with what it means for the money.

use maud::{Markup, html};

use super::one::{BoughtGift, GiftCardState, GiftView};
use crate::components::{Button, Icon, Weight, form, link_button};
use crate::{Visit, moment};

/// What is done to one card.
pub(super) fn by_card(visit: &Visit<'_>, view: &GiftView<'_>, card: &BoughtGift<'_>) -> Markup {
    let words = visit.words;
    if card.state == GiftCardState::Claimed {
        return html! { p { (words.text("gifts.theirs")) } };
    }
    if card.state == GiftCardState::Over {
        return html! { p { (words.text("gifts.over_text")) } };
    }
    let to = |act: &str| format!("/gifts/{}/{act}", view.id);
    let way = |act: &str| format!("/gifts/{}/{act}?card={}", view.id, card.id);
    html! {
        @if card.channel == "email" {
            h2 { (words.text("gifts.not_arrived")) }
            p { (words.text("gifts.not_arrived_text")) }
            div class="acts" {
                @if card.state != GiftCardState::Bounced {
                    (link_button(&way("change"), words.text("gifts.change"), Weight::Plain))
                }
                @if card.state != GiftCardState::Scheduled {
                    (act(visit, &to("resend"), card, "gifts.resend", Icon::Mail))
                }
            }
        }
        h2 { (words.text("gifts.hand_over")) }
        div class="acts" {
            @if card.channel != "print" {
                (act(visit, &to("link"), card, "gifts.show_link", Icon::Link))
            }
            (link_button(&way("print"), words.text("gifts.print"), Weight::Plain))
        }
        h2 { (words.text("gifts.astray")) }
        @if card.is_of_shop {
            p { (words.text("gifts.frozen_by_shop")) }
            div class="acts" {
                @let contact = format!("/contact?from=/gifts/{}", view.id);
                (link_button(&contact, words.text("wallet.write"), Weight::Plain))
            }
        } @else {
            p { (words.text("gifts.astray_text")) }
            div class="acts" {
                @if card.is_frozen {
                    (act(visit, &to("unfreeze"), card, "gifts.unfreeze", Icon::Check))
                    (act(visit, &to("replace"), card, "gifts.replace", Icon::Lock))
                } @else {
                    (act(visit, &to("freeze"), card, "gifts.freeze", Icon::Freeze))
                }
            }
        }
    }
}

fn act(
    visit: &Visit<'_>,
    path: &str,
    card: &BoughtGift<'_>,
    text: &'static str,
    icon: Icon,
) -> Markup {
    form(
        visit,
        path,
        &html! {
            input type="hidden" name="card" value=(card.id);
            (Button {
                text: visit.words.text(text),
                weight: Weight::Plain,
                icon: Some(icon),
                sends: None,
                is_off: false,
            }.show())
        },
    )
}

/// What is done to all of it: taking it back.
pub(super) fn of_purchase(visit: &Visit<'_>, view: &GiftView<'_>) -> Markup {
    let words = visit.words;
    if let Some((until, minutes)) = view.undo {
        return html! {
            h2 { (words.text("gifts.undo_title")) }
            p {
                (words.text("gifts.undo_until")) " " (moment(words, until)) ": "
                (words.counted("gifts.minutes_left", minutes)) " "
                (words.text("gifts.undo_text"))
            }
            (form(visit, &format!("/gifts/{}/undo", view.id), &Button {
                text: words.text("gifts.undo"),
                weight: Weight::Grave,
                icon: None,
                sends: None,
                is_off: false,
            }.show()))
        };
    }
    if !view.can_cancel {
        return html! {};
    }
    html! {
        h2 { (words.text("gifts.cancel_title")) }
        p { (words.text("gifts.cancel_text")) }
        p {
            (link_button(
                &format!("/gifts/{}/cancel", view.id),
                words.text("gifts.cancel_look"),
                Weight::Plain,
            ))
        }
    }
}
