//! Lists: the box to search, the facets beside, the pages.

use maud::{Markup, html};

use crate::web::address::Address;

/// One facet: the parameter it sets, its heading, and its values with their counts.
pub struct Facet<'a> {
    /// The parameter of the address.
    pub name: &'a str,
    /// The heading.
    pub heading: &'a str,
    /// Value, words, count; the most frequent first.
    pub values: Vec<(String, String, u32)>,
}

/// How many values of a facet are in view; the others unfold.
const IN_VIEW: usize = 6;

/// The facets of a list, as links that set or drop one filter.
pub fn facets(here: &Address, facets: &[Facet<'_>]) -> Markup {
    html! {
        @for facet in facets {
            @if !facet.values.is_empty() {
                section.facet {
                    h3 { (facet.heading) }
                    @let (first, rest) = facet.values.split_at(facet.values.len().min(IN_VIEW));
                    ul { @for value in first { (facet_value(here, facet.name, value)) } }
                    @if !rest.is_empty() {
                        details open[rest.iter().any(|value| here.get(facet.name) == Some(&value.0))] {
                            summary { "Altri " (rest.len()) span.hidden { " valori: " (facet.heading) } }
                            ul { @for value in rest { (facet_value(here, facet.name, value)) } }
                        }
                    }
                }
            }
        }
    }
}

fn facet_value(
    here: &Address,
    name: &str,
    (value, words, count): &(String, String, u32),
) -> Markup {
    let chosen = here.get(name) == Some(value.as_str());
    html! {
        li {
            @if chosen {
                a.chosen href=(here.without(name)) aria-current="true" {
                    (words) " " span.count { (count) } span.hidden { ", filtro attivo: togli" }
                }
            } @else {
                a href=(here.with(name, value)) { (words) " " span.count { (count) } }
            }
        }
    }
}

/// The box to search a list, which keeps the other filters.
pub fn search_box(here: &Address, label: &str, hint: &str) -> Markup {
    html! {
        form.search role="search" method="get" action=(here.path()) {
            @for (name, value) in here.pairs() {
                @if name != "q" && name != "da" {
                    input type="hidden" name=(name) value=(value);
                }
            }
            label for="q" { (label) }
            @if !hint.is_empty() { p.hint id="q-aiuto" { (hint) } }
            div.line {
                input id="q" name="q" type="search" maxlength="300" value=(here.get("q").unwrap_or_default())
                    aria-describedby=[(!hint.is_empty()).then_some("q-aiuto")];
                button type="submit" { "Cerca" }
            }
        }
    }
}

/// The way through the pages of a list.
pub fn pager(here: &Address, next: Option<&str>) -> Markup {
    let begun = here.get("da").is_some();
    html! {
        @if begun || next.is_some() {
            nav.pager aria-label="Pagine dell'elenco" {
                @if begun { a href=(here.without("da")) rel="first" { "Dall'inizio" } }
                @if let Some(next) = next { a href=(here.with("da", next)) rel="next" { "Pagina seguente" } }
            }
        }
    }
}

/// That there is nothing, and what may help.
pub fn nothing(text: &str) -> Markup {
    html! { p.nothing { (text) } }
}

/// Something wide, such as a table: it scrolls by itself, also with the keyboard.
pub fn scrolling(label: &str, inside: &Markup) -> Markup {
    html! { section.scrolling aria-label=(label) tabindex="0" { (inside) } }
}

/// The way back up: addresses and names, the last one being here.
pub fn crumbs(way: &[(&str, &str)], here: &str) -> Markup {
    html! {
        nav.crumbs aria-label="Percorso" { ol {
            @for (address, name) in way { li { a href=(address) { (name) } } }
            li aria-current="page" { (here) }
        } }
    }
}
