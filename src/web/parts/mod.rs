//! The pieces that pages share.

mod dates;
mod diff;
mod lists;
mod marks;
mod names;
mod svg;

pub use dates::{day, day_text, instant, period};
pub use diff::diff;
pub use lists::{Facet, crumbs, facets, nothing, pager, scrolling, search_box};
pub use marks::{Tone, badge, chip, facts, norm_chip, paragraphs, reference, visible_to};
pub use names::{Forms, authority, reader, territory};
pub use svg::{Bar, Dot, Line, bars, timeline};

use maud::{Markup, html};

use super::forms::TOKEN;
use super::visit::Visit;

/// The hidden field that every form carries.
pub fn form_token(visit: &Visit) -> Markup {
    html! {
        input type="hidden" name=(TOKEN) value=(visit.visitor.form_token(&*visit.site.clock));
    }
}
