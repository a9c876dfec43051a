//! Marks: states in words, chips of norms, references, facts.

use maud::{Markup, Render, html};
use uuid::Uuid;

use crate::domain::shared::Visibility;
use crate::domain::values::{ERASED_IT, Text};
use crate::web::words;

/// How a state is coloured. The word says it; the colour only repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Just begun.
    New,
    /// Under way.
    Open,
    /// As it should be.
    Good,
    /// Somebody should look.
    Warning,
    /// Over.
    Done,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Done => "done",
        }
    }
}

/// A state in a word.
pub fn badge((tone, word): (Tone, &str)) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (word) } }
}

/// A small label.
pub fn chip(text: &str) -> Markup {
    html! { span.chip { (text) } }
}

/// A norm, with the link to its page where it has one.
pub fn norm_chip(label: &str, norm: Option<Uuid>) -> Markup {
    html! {
        @if let Some(norm) = norm {
            a.chip.norm href={ "/norme/" (norm) } { (label) }
        } @else {
            span.chip.norm { (label) }
        }
    }
}

/// The reference that people say on the phone.
pub fn reference(reference: &str) -> Markup {
    html! { span.reference { (reference) } }
}

/// What is known of something: terms and what they are here; those without are left out.
pub fn facts(facts: &[(&str, Option<Markup>)]) -> Markup {
    html! {
        dl.facts {
            @for (term, fact) in facts {
                @if let Some(fact) = fact {
                    div { dt { (term) } dd { (fact) } }
                }
            }
        }
    }
}

/// Who sees a case.
pub fn visible_to(what: &str, visibility: Visibility) -> Markup {
    html! {
        p.seen { strong { "Chi la vede. " } (what) " è visibile " (words::visible_to(visibility)) "." }
    }
}

/// A text as it was typed, paragraph by paragraph; what was erased says so.
pub fn paragraphs<const MAX: usize>(text: &Text<MAX>) -> Markup {
    let Some(words) = text.clear() else { return html! { p.quiet { (ERASED_IT) } } };
    html! {
        @for paragraph in words.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            p { (Lines(paragraph)) }
        }
    }
}

/// A paragraph with its line breaks.
struct Lines<'t>(&'t str);

impl Render for Lines<'_> {
    fn render(&self) -> Markup {
        html! {
            @for (at, line) in self.0.lines().enumerate() {
                @if at > 0 { br; }
                (line)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_shown_and_never_run() {
        let text = Text::<200>::new("<script>alert(1)</script>\nriga\n\ncapoverso").unwrap();
        assert_eq!(
            paragraphs(&text).into_string(),
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;<br>riga</p><p>capoverso</p>"
        );
        assert!(paragraphs(&Text::<9>::Erased).into_string().contains("art. 17 GDPR"));
    }
}
