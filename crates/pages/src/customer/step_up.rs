//! Paying with a passkey that confirms the amount. Its script fills in `act` and sends the form.

use base::Money;
use maud::{Markup, html};

use crate::components::{Button, Icon, Weight, acts};
use crate::show::money_text;
use crate::{Asset, Visit};

/// What whoever pays may confirm with the passkey that they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepUpView {
    /// All that is paid.
    pub amount: Money,
    /// Whether nothing is paid without it.
    pub is_needed: bool,
}

/// The button that pays, and what else can be done here. Where a passkey is needed, it is the only
/// one that pays; where there is one, it is beside.
pub(super) fn pay_acts(
    visit: &Visit<'_>,
    step_up: Option<&StepUpView>,
    button: Button<'_>,
    others: &[Markup],
) -> Markup {
    let words = visit.words;
    let all = |first: Option<Markup>| {
        let all: Vec<Markup> = first.into_iter().chain(others.iter().cloned()).collect();
        acts(&all)
    };
    let Some(step_up) = step_up.filter(|_| !button.is_off) else {
        return all(Some(button.show()));
    };
    html! {
        @if step_up.is_needed {
            p { (words.text("step_up.needed")) }
            noscript { p { (words.text("step_up.no_script")) } }
            (passkey(visit, step_up, button))
            (all(None))
        } @else {
            (all(Some(button.show())))
            (passkey(visit, step_up, button))
        }
    }
}

fn passkey(visit: &Visit<'_>, step_up: &StepUpView, button: Button<'_>) -> Markup {
    let words = visit.words;
    let amount = money_text(words, step_up.amount);
    let button = Button {
        text: &words.with("step_up.confirm", &[("amount", &amount)]),
        weight: if step_up.is_needed { Weight::Main } else { Weight::Plain },
        icon: Some(Icon::Lock),
        ..button
    };
    html! {
        input type="hidden" name="act" value="";
        div data-passkey="agree" data-csrf=(visit.csrf)
            data-amount=(step_up.amount.amount.minor())
            data-currency=(step_up.amount.currency.code()) data-payee=(visit.shop)
            data-closed=(words.text("step_up.closed")) hidden {
            p { (button.show()) }
            p role="alert" {}
        }
        script src=(Asset::passkeys()) defer {}
    }
}
