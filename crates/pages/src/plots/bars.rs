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
const ROW: u32 = 44;
const BAR: u32 = 16;

impl BarPlot<'_> {
    /// The plot and its table.
    pub fn show(&self, words: Words) -> Markup {
        plot(self.title, &[], &self.picture(), &self.table(words))
    }

    fn picture(&self) -> Markup {
        let largest = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        let rows = u32::try_from(self.bars.len()).unwrap_or(0).max(1);
        html! {
            svg viewBox=(format!("0 0 {WIDTH} {}", rows * ROW)) role="img"
                aria-label=(self.title) {
                @for (row, bar) in (0_u32..).zip(&self.bars) {
                    text x="0" y=(row * ROW + 14) { (bar.label) }
                    text x=(WIDTH) y=(row * ROW + 14) text-anchor="end" { (bar.shown) }
                    // What is not nothing is seen.
                    rect class=(format!("fill-{}", bar.ink.clamp(1, 4))) x="0" rx="3"
                        y=(row * ROW + 20) height=(BAR)
                        width=(along(bar.value, largest, WIDTH).max(u32::from(bar.value > 0))) {}
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
        table.show()
    }
}
