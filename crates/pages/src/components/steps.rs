use maud::{Markup, html};

use super::{Icon, icon};
use crate::Words;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It was taken.
    Done,
    /// It is being taken.
    Now,
    /// It should have been taken by now.
    Late,
    /// It comes.
    ToCome,
}

/// A step of something that takes time.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub what: String,
    /// When it was done, or by when it will be.
    pub when: Markup,
    /// How far it is.
    pub state: StepState,
}

/// Steps in their order, so that nobody has to ask for news.
pub fn steps(words: Words, all: &[Step]) -> Markup {
    html! {
        ol class="steps" {
            @for step in all {
                li class=(step.state.class()) aria-current=[step.state.current()] {
                    span class="mark" { @if let Some(sign) = step.state.icon() { (icon(sign)) } }
                    span class="what" {
                        (step.what)
                        span class="unseen" { ", " (words.text(step.state.name())) }
                    }
                    span class="when" { (step.when) }
                }
            }
        }
    }
}

impl StepState {
    fn class(self) -> &'static str {
        match self {
            StepState::Done => "step done",
            StepState::Now => "step now",
            StepState::Late => "step late",
            StepState::ToCome => "step",
        }
    }

    fn icon(self) -> Option<Icon> {
        match self {
            StepState::Done => Some(Icon::Check),
            StepState::Late => Some(Icon::Clock),
            StepState::Now | StepState::ToCome => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            StepState::Done => "steps.done",
            StepState::Now => "steps.now",
            StepState::Late => "steps.late",
            StepState::ToCome => "steps.to_come",
        }
    }

    fn current(self) -> Option<&'static str> {
        matches!(self, StepState::Now | StepState::Late).then_some("step")
    }
}
