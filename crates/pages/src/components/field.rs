use maud::{Markup, html};

use super::{Icon, icon};

/// What somebody fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// One line.
    Line,
    /// Some lines.
    Lines,
    /// An address for mail.
    Mail,
    /// An address for mail of somebody else, which the browser does not know.
    OtherMail,
    /// An amount in major units, with the decimals of its currency.
    Amount,
    /// Digits that were sent to somebody.
    OneTimeCode,
    /// The code of a card.
    CardCode,
    /// A day.
    Day,
    /// A time of a day, without its zone.
    DayTime,
    /// A whole number.
    Number,
}

/// A field of a form: its name, help, an error, and the box.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Under which name it is sent; its `id` too.
    pub name: &'a str,
    /// What it asks for.
    pub label: &'a str,
    /// What helps to fill it in.
    pub hint: Option<&'a str>,
    /// What is wrong, and what to do.
    pub wrong: Option<&'a str>,
    /// What is filled in.
    pub value: &'a str,
    /// What somebody fills in.
    pub input: Input,
    /// Whether it may stay empty.
    pub is_optional: bool,
    /// How many characters at most.
    pub characters_max: Option<u32>,
    /// Whether one begins to type here: at most one field of a page.
    pub has_focus: bool,
}

impl<'a> Field<'a> {
    /// An empty field that has to be filled in.
    pub fn new(name: &'a str, label: &'a str, input: Input) -> Field<'a> {
        Field {
            name,
            label,
            hint: None,
            wrong: None,
            value: "",
            input,
            is_optional: false,
            characters_max: None,
            has_focus: false,
        }
    }

    /// The field. An error is read out with the box (`aria-describedby`), and the browser fills in
    /// what it knows (WCAG 2.2, 1.3.5).
    pub fn show(&self) -> Markup {
        let hint_id = format!("{}-hint", self.name);
        let wrong_id = format!("{}-wrong", self.name);
        html! {
            div class="field" {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint { p class="hint" id=(hint_id) { (hint) } }
                @if let Some(wrong) = self.wrong {
                    p class="wrong" id=(wrong_id) { (icon(Icon::Warning)) span { (wrong) } }
                }
                (self.control(&hint_id, &wrong_id))
            }
        }
    }

    fn control(&self, hint_id: &str, wrong_id: &str) -> Markup {
        let told: Vec<&str> = [(self.hint, hint_id), (self.wrong, wrong_id)]
            .into_iter()
            .filter_map(|(text, id)| text.map(|_| id))
            .collect();
        let told = (!told.is_empty()).then(|| told.join(" "));
        let is_wrong = self.wrong.map(|_| "true");
        let class = if self.input == Input::Amount { "box amount" } else { "box" };
        if self.input == Input::Lines {
            return html! {
                textarea class=(class) id=(self.name) name=(self.name) dir="auto"
                    aria-describedby=[told] aria-invalid=[is_wrong]
                    maxlength=[self.characters_max] required[!self.is_optional]
                    autofocus[self.has_focus] { (self.value) }
            };
        }
        let (kind, mode, fill) = self.input.attributes();
        html! {
            input class=(class) id=(self.name) name=(self.name) type=(kind) value=(self.value)
                inputmode=[mode] autocomplete=(fill) aria-describedby=[told]
                aria-invalid=[is_wrong] maxlength=[self.characters_max]
                required[!self.is_optional] dir=[self.input.direction()] autofocus[self.has_focus];
        }
    }
}

impl Input {
    /// `type`, `inputmode` and `autocomplete`.
    fn attributes(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Input::Line | Input::Lines => ("text", None, "off"),
            Input::Mail => ("email", None, "email"),
            Input::OtherMail => ("email", None, "off"),
            Input::Amount => ("text", Some("decimal"), "off"),
            Input::OneTimeCode => ("text", Some("numeric"), "one-time-code"),
            Input::CardCode => ("text", None, "off"),
            Input::Day => ("date", None, "off"),
            Input::DayTime => ("datetime-local", None, "off"),
            Input::Number => ("text", Some("numeric"), "off"),
        }
    }

    /// Codes, numbers and addresses are written from left to right everywhere.
    fn direction(self) -> Option<&'static str> {
        match self {
            Input::Line | Input::Lines => Some("auto"),
            Input::Day | Input::DayTime => None,
            _ => Some("ltr"),
        }
    }
}

/// One of some things to choose from.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What it means.
    pub text: &'a str,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// Things to choose one from.
pub fn choices(name: &str, legend: &str, hint: Option<&str>, among: &[Choice<'_>]) -> Markup {
    html! {
        fieldset class="field" {
            legend { (legend) }
            @if let Some(hint) = hint { p class="hint" { (hint) } }
            (of_choices(name, among, false))
        }
    }
}

/// The same where what was chosen is wrong: that is read out with the choices, and the one that is
/// chosen has the focus when `has_focus`.
pub fn wrong_choices(
    name: &str,
    legend: &str,
    wrong: &str,
    among: &[Choice<'_>],
    has_focus: bool,
) -> Markup {
    let wrong_id = format!("{name}-wrong");
    html! {
        fieldset class="field" aria-describedby=(wrong_id) {
            legend { (legend) }
            p class="wrong" id=(wrong_id) { (icon(Icon::Warning)) span { (wrong) } }
            (of_choices(name, among, has_focus))
        }
    }
}

fn of_choices(name: &str, among: &[Choice<'_>], has_focus: bool) -> Markup {
    // Sentences stand beneath each other, as far as there is no room for two of them.
    let is_long = among.iter().any(|choice| choice.text.chars().count() > 28);
    html! {
        div class=(if is_long { "choices long" } else { "choices" }) {
            @for choice in among {
                label class="choice" {
                    input type="radio" name=(name) value=(choice.value) required
                        checked[choice.is_chosen] autofocus[has_focus && choice.is_chosen];
                    span { (choice.text) }
                }
            }
        }
    }
}

/// One of many things, in a list that opens.
pub fn select(name: &str, label: &str, hint: Option<&str>, among: &[Choice<'_>]) -> Markup {
    let hint_id = format!("{name}-hint");
    html! {
        div class="field" {
            label for=(name) { (label) }
            @if let Some(hint) = hint { p class="hint" id=(hint_id) { (hint) } }
            select class="box" id=(name) name=(name) aria-describedby=[hint.map(|_| &hint_id)] {
                @for choice in among {
                    option value=(choice.value) selected[choice.is_chosen] { (choice.text) }
                }
            }
        }
    }
}

/// Something to be agreed to, or asked for. It is sent as `yes`, or not at all.
pub fn tick(name: &str, text: &str, is_chosen: bool) -> Markup {
    html! {
        div class="field" {
            label class="choice" {
                input type="checkbox" name=(name) value="yes" checked[is_chosen];
                span { (text) }
            }
        }
    }
}

/// One of several things that may be chosen together. Each that is ticked is sent under the name.
pub fn tick_of(name: &str, value: &str, text: &str, is_chosen: bool) -> Markup {
    html! {
        label class="choice" {
            input type="checkbox" name=(name) value=(value) checked[is_chosen];
            span { (text) }
        }
    }
}
