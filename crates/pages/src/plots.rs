//! Plots as SVG made on the server, each of a table that stands beneath it, folded.
//!
//! A plot tells nothing that its table does not; so those who listen, print or copy lose nothing.
//! Coordinates are whole: a value is drawn at the nearest of 640 × 240 points.

mod band;
mod bars;
mod scale;

pub use band::{BandPlot, BandPoint};
pub use bars::{Bar, BarPlot};

use maud::{Markup, html};

use crate::Words;

/// A picture with its title and the table that it is of.
fn plot(
    words: Words,
    title: &str,
    legend: &[(&str, Markup)],
    picture: &Markup,
    table: &Markup,
) -> Markup {
    html! {
        figure class="plot" {
            figcaption { (title) }
            @if !legend.is_empty() {
                ul class="legend" aria-hidden="true" {
                    @for (text, sample) in legend { li { (sample) (text) } }
                }
            }
            (picture)
            details { summary { (words.text("plot.table")) } (table) }
        }
    }
}

/// A piece of a line for a legend.
fn line_sample(class: &str) -> Markup {
    html! {
        svg viewBox="0 0 24 12" focusable="false" {
            line class=(format!("line {class}")) x1="1" y1="6" x2="23" y2="6" {}
        }
    }
}

/// A piece of an area for a legend.
fn area_sample(class: &str) -> Markup {
    html! {
        svg viewBox="0 0 24 12" focusable="false" {
            rect class=(class) x="1" y="1" width="22" height="10" rx="2" {}
        }
    }
}
