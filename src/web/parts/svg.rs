//! A time line and charts of bars, drawn on the server: what a table beside them says too.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::domain::italian::italian_date;

/// The width of the drawing, in its own units.
const WIDTH: i32 = 800;

/// The free space at either end.
const MARGIN: i32 = 24;

/// Where the axis lies.
const AXIS: i32 = 60;

/// A vertical line: something that changed.
pub struct Line {
    /// When.
    pub on: Date,
    /// What, for the tooltip.
    pub label: String,
}

/// A dot: something that happened.
pub struct Dot {
    /// When.
    pub on: Date,
    /// What, for the tooltip.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

/// Lines and dots along the years.
pub fn timeline(title: &str, lines: &[Line], dots: &[Dot]) -> Markup {
    let days = lines.iter().map(|line| line.on).chain(dots.iter().map(|dot| dot.on));
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return html! {} };
    let scale = Scale::new(first, last);
    let dots = placed(dots, &scale);
    html! {
        svg.timeline viewBox={ "0 0 " (WIDTH) " 110" } role="group" aria-label=(title) {
            line.axis x1=(MARGIN) y1=(AXIS) x2=(WIDTH - MARGIN) y2=(AXIS) {}
            @for (year, x) in scale.years() {
                line.year x1=(x) y1=(AXIS - 4) x2=(x) y2=(AXIS + 4) {}
                text.year x=(x) y=(AXIS + 40) text-anchor="middle" { (year) }
            }
            @for line in lines {
                @let x = scale.place(line.on);
                g.change {
                    line x1=(x) y1="10" x2=(x) y2=(AXIS + 20) {}
                    title { (line.label) ", " (italian_date(line.on)) }
                }
            }
            @for (dot, x, y) in dots {
                a href=(dot.href) {
                    circle cx=(x) cy=(y) r="5" {}
                    title { (dot.label) ", " (italian_date(dot.on)) }
                }
            }
        }
    }
}

/// Where each dot lies; those of the same days stand above each other.
fn placed<'d>(dots: &'d [Dot], scale: &Scale) -> Vec<(&'d Dot, i32, i32)> {
    let mut heights = std::collections::BTreeMap::<i32, i32>::new();
    let place = |dot: &'d Dot| {
        let x = scale.place(dot.on);
        let height = heights.entry(x / 10).or_insert(0);
        let y = AXIS - 8 - (*height % 5) * 10;
        *height += 1;
        (dot, x, y)
    };
    dots.iter().map(place).collect()
}

struct Scale {
    first: Date,
    days: i64,
}

impl Scale {
    fn new(first: Date, last: Date) -> Self {
        Self { first, days: (i64::from((last - first).get_days())).max(1) }
    }

    fn place(&self, on: Date) -> i32 {
        let since = i64::from((on - self.first).get_days());
        let within = since * i64::from(WIDTH - 2 * MARGIN) / self.days;
        MARGIN + i32::try_from(within).unwrap_or_default()
    }

    /// The first days of years, not too many of them.
    fn years(&self) -> Vec<(i16, i32)> {
        let last = self.first.year() + i16::try_from(self.days / 365).unwrap_or(i16::MAX / 2) + 1;
        let step = usize::try_from((self.days / 365 / 10).max(1)).unwrap_or(1);
        (self.first.year()..=last)
            .step_by(step)
            .filter_map(|year| Some((year, Date::new(year, 1, 1).ok()?)))
            .map(|(year, day)| (year, self.place(day)))
            .filter(|(_, x)| (MARGIN..=WIDTH - MARGIN).contains(x))
            .collect()
    }
}

/// The width of a chart, in its own units: narrow enough to be read on a telephone.
const CHART: u32 = 360;

/// How high one bar is with its label.
const BAR: u32 = 40;

/// The most of a label that fits above its bar, in characters.
const LABEL: usize = 52;

/// One bar of a chart.
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// How long it is, against the longest.
    pub value: u32,
    /// What is written at its end.
    pub text: String,
}

/// A chart of bars, which says nothing that the table beside it does not.
pub fn bars(title: &str, bars: &[Bar]) -> Markup {
    let longest = bars.iter().map(|bar| bar.value).max().unwrap_or_default().max(1);
    // The text at the end of the longest bar needs room.
    let room = CHART - 80;
    let height = u32::try_from(bars.len()).unwrap_or_default() * BAR + 4;
    html! {
        @if !bars.is_empty() {
            svg.chart viewBox={ "0 0 " (CHART) " " (height) } role="img"
                aria-label={ "Grafico a barre: " (title) ". Gli stessi dati sono nella tabella che segue." } {
                @for (y, bar) in (0..).step_by(BAR as usize).zip(bars) {
                    @let width = u64::from(bar.value) * u64::from(room) / u64::from(longest);
                    text x="0" y=(y + 14) { (shortened(&bar.label)) }
                    rect x="0" y=(y + 20) width=(width.max(2)) height="14" rx="2" {}
                    text.value x=(width.max(2) + 6) y=(y + 32) { (bar.text) }
                }
            }
        }
    }
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    label.chars().take(LABEL - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_what_they_stand_for() {
        let bar = |label: &str, value| Bar { label: label.into(), value, text: value.to_string() };
        let chart = bars("Età", &[bar("uno", 10), bar("due", 5), bar("zero", 0)]).into_string();
        assert!(chart.contains("viewBox=\"0 0 360 124\"") && chart.contains("role=\"img\""));
        for width in ["width=\"280\"", "width=\"140\"", "width=\"2\""] {
            assert!(chart.contains(width), "{chart}");
        }
        assert_eq!(bars("Età", &[]).into_string(), "");
        assert_eq!(shortened(&"x".repeat(60)).chars().count(), 52);
    }
}
