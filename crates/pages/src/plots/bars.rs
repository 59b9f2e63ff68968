use maud::{Markup, html};

use super::plot;
use super::scale::along;
use crate::components::{Column, Table};
use crate::{Words, figure};

/// A part of a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// How long it is.
    pub value: u64,
    /// The value as people read it.
    pub shown: String,
    /// Which of the four inks it has.
    pub ink: u8,
}

/// Parts beside each other: a shortfall by cause, a liability by age.
#[derive(Clone, Debug)]
pub struct BarPlot<'a> {
    /// What is shown.
    pub title: &'a str,
    /// What a bar is: the head of the first column.
    pub what: &'a str,
    /// What is measured: the head of the second.
    pub measure: &'a str,
    /// The bars, in the order in which they are told.
    pub bars: Vec<Bar>,
    /// All of them together, as people read it.
    pub total: Option<String>,
}

const WIDTH: u32 = 640;
const BAR: u32 = 16;

impl BarPlot<'_> {
    /// The plot and its table.
    pub fn show(&self, words: Words) -> Markup {
        plot(words, self.title, &[], &self.picture(), &self.table(words))
    }

    /// Each bar with its words above it, which take as many lines as they need.
    fn picture(&self) -> Markup {
        let largest = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        html! {
            div class="bars" role="img" aria-label=(self.title) {
                @for bar in &self.bars {
                    p { span { (bar.label) } " " (figure(&bar.shown)) }
                    svg viewBox=(format!("0 0 {WIDTH} {BAR}")) preserveAspectRatio="none" {
                        // What is not nothing is seen.
                        rect class=(format!("fill-{}", bar.ink.clamp(1, 4))) x="0" y="0"
                            height=(BAR) width=(long(bar.value, largest)) {}
                    }
                }
            }
        }
    }

    fn table(&self, words: Words) -> Markup {
        let columns = [Column::words(self.what), Column::numbers(self.measure)];
        let row = |bar: &Bar| vec![html! { (bar.label) }, figure(&bar.shown)];
        let foot = self
            .total
            .as_ref()
            .map(|total| vec![html! { (words.text("plot.total")) }, figure(total)]);
        let table = Table {
            caption: self.title,
            columns: &columns,
            rows: self.bars.iter().map(row).collect(),
            foot,
            nothing: words.text("plot.nothing"),
        };
        table.show_titled()
    }
}

/// How long a bar is.
fn long(value: u64, largest: u64) -> u32 {
    along(value, largest, WIDTH).max(2 * u32::from(value > 0))
}
