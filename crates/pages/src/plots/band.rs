use maud::{Markup, html};

use super::scale::{along, marks};
use super::{area_sample, line_sample, plot};
use crate::components::{Column, Table};
use crate::{Words, count, figure};

/// What was expected by a moment, and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandPoint {
    /// The moment as people read it.
    pub label: String,
    /// The least that was expected.
    pub low: u64,
    /// The most that was expected.
    pub high: u64,
    /// What came; nothing is known of what is to come.
    pub came: Option<u64>,
}

/// Delivered against plan, with the band in which it may lie.
#[derive(Clone, Debug)]
pub struct BandPlot<'a> {
    /// What is shown.
    pub title: &'a str,
    /// The points, in the order of time.
    pub points: Vec<BandPoint>,
}

const WIDTH: u32 = 640;
const HEIGHT: u32 = 240;
/// Room for marks: before the axis, and beneath it. Their letters are larger on a telephone.
const BEFORE: u32 = 96;
const BENEATH: u32 = 32;
const ABOVE: u32 = 20;
const AFTER: u32 = 16;

impl BandPlot<'_> {
    /// The plot and its table.
    pub fn show(&self, words: Words) -> Markup {
        let legend = [
            (words.text("plot.expected"), area_sample("band")),
            (words.text("plot.came"), line_sample("ink-1")),
        ];
        plot(words, self.title, &legend, &self.picture(words), &self.table(words))
    }

    fn largest(&self) -> u64 {
        let values = self.points.iter().map(|point| point.high.max(point.came.unwrap_or(0)));
        values.max().unwrap_or(0)
    }

    fn picture(&self, words: Words) -> Markup {
        let marks = marks(self.largest());
        let top = marks.last().copied().unwrap_or(1);
        let y = |value: u64| HEIGHT - BENEATH - along(value, top, HEIGHT - BENEATH - ABOVE);
        let last = self.points.len().saturating_sub(1).max(1) as u64;
        let x = |position: usize| BEFORE + along(position as u64, last, WIDTH - BEFORE - AFTER);
        let line = |values: &mut dyn Iterator<Item = (usize, u64)>| -> String {
            let points = values.map(|(position, value)| format!("{},{}", x(position), y(value)));
            points.collect::<Vec<_>>().join(" ")
        };
        let lows = self.points.iter().map(|point| point.low).enumerate();
        let highs = self.points.iter().map(|point| point.high).enumerate();
        let band = line(&mut lows.chain(highs.rev()));
        let came = self.points.iter().enumerate();
        let came = line(&mut came.filter_map(|(at, point)| Some((at, point.came?))));
        let ends = [0, self.points.len().saturating_sub(1)];
        html! {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(self.title) {
                @for mark in &marks {
                    line class="grid" x1=(BEFORE) x2=(WIDTH - AFTER) y1=(y(*mark)) y2=(y(*mark)) {}
                    text x=(BEFORE - 8) y=(y(*mark) + 4) text-anchor="end" { (count(words, *mark)) }
                }
                polygon class="band" points=(band) {}
                polyline class="line ink-1" points=(came) {}
                @if let (Some(first), Some(end)) = (self.points.first(), self.points.last()) {
                    text x=(x(ends[0])) y=(HEIGHT - 8) { (first.label) }
                    @if self.points.len() > 1 {
                        text x=(x(ends[1])) y=(HEIGHT - 8) text-anchor="end" { (end.label) }
                    }
                }
            }
        }
    }

    fn table(&self, words: Words) -> Markup {
        let columns = [
            Column::words(words.text("plot.by")),
            Column::numbers(words.text("plot.at_least")),
            Column::numbers(words.text("plot.at_most")),
            Column::numbers(words.text("plot.came")),
        ];
        let row = |point: &BandPoint| {
            let came = point.came.map_or_else(|| "–".to_owned(), |came| count(words, came));
            vec![
                html! { (point.label) },
                figure(&count(words, point.low)),
                figure(&count(words, point.high)),
                figure(&came),
            ]
        };
        let table = Table {
            caption: self.title,
            columns: &columns,
            rows: self.points.iter().map(row).collect(),
            foot: None,
            nothing: words.text("plot.nothing"),
        };
        table.show_titled()
    }
}
