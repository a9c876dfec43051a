//! The points of a text, as a form writes them.

use maud::{Markup, html};

use crate::web::forms::{Choice, Fields, Form};

/// How many points a text may have in a form.
const MOST: usize = 50;

/// Rows for points beyond those that are there.
const SPARE: usize = 2;

/// The name of a member of a point.
pub fn member(at: usize, name: &str) -> String {
    format!("/points/{at}/{name}")
}

/// How many rows a form has in use.
pub fn used(form: &Form) -> usize {
    let in_use = |at: &usize| {
        form.is_filled(&member(*at, "text")) || form.is_filled(&member(*at, "point_id"))
    };
    (0..MOST).rev().find(in_use).map_or(0, |last| last + 1)
}

/// Rows for the points: what is asked, the issues it comes from, to whom it is put.
pub fn rows(fields: &Fields<'_>, issues: &[Choice], addressees: &[Choice]) -> Markup {
    let used = used(fields.form);
    html! {
        fieldset.cards-field {
            legend { "Che cosa si chiede, punto per punto" }
            p.hint { "Un punto svuotato non si chiede più; le righe in fondo sono per altri punti." }
            @for at in 0..(used + SPARE).min(MOST) {
                div.card.over[at >= used] {
                    h2 { "Punto " (at + 1) }
                    @if fields.form.is_filled(&member(at, "point_id")) {
                        input type="hidden" name=(member(at, "point_id")) value=(fields.form.get(&member(at, "point_id")));
                    }
                    (fields.area(&member(at, "text"), &format!("Testo del punto {}", at + 1), "", 3, at == 0))
                    @if !issues.is_empty() {
                        details open[at >= used && at > 0 && fields.form.is_filled(&member(at, "text"))] {
                            summary { "Segnalazioni da cui nasce" span.hidden { " il punto " (at + 1) } }
                            (fields.boxes(&member(at, "issues"), &format!("Segnalazioni del punto {}", at + 1), "", issues))
                        }
                    }
                    @if addressees.len() > 1 {
                        details {
                            summary { "A chi è posto" span.hidden { " il punto " (at + 1) } }
                            (fields.boxes(&member(at, "addressees"), &format!("Destinatari del punto {}", at + 1), "Se nessuno: a tutti.", addressees))
                        }
                    }
                }
            }
        }
    }
}

/// The form without points that have no text: boxes ticked there ask for nothing.
pub fn without_blank(form: &Form) -> Form {
    let mut form = form.clone();
    for at in 0..MOST {
        if !form.is_filled(&member(at, "text")) {
            for name in ["point_id", "text", "issues", "addressees"] {
                form = form.without(&member(at, name));
            }
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_without_text_is_not_asked() {
        let form = Form::of([
            ("/points/0/text", "Se basti.".to_owned()),
            ("/points/1/point_id", "x".to_owned()),
            ("/points/1/text", "  ".to_owned()),
            ("/points/1/issues", "i".to_owned()),
        ]);
        assert_eq!(used(&form), 2);
        let kept = without_blank(&form);
        assert_eq!((kept.get("/points/0/text"), kept.get("/points/1/issues")), ("Se basti.", ""));
        assert_eq!(used(&kept), 1);
    }
}
