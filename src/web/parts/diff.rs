//! Two versions of a text, word by word (decision record 0020).

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

/// What changed from one text to another: what is gone struck out, what is new
/// underlined, and both said to whoever does not see it.
pub fn diff(before: &str, after: &str) -> Markup {
    let diff = TextDiff::from_words(before, after);
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match runs.last_mut() {
            Some((tag, run)) if *tag == change.tag() => run.push_str(change.value()),
            _ => runs.push((change.tag(), change.value().to_owned())),
        }
    }
    html! {
        p.diff {
            @for (tag, run) in &runs {
                @match tag {
                    ChangeTag::Equal => (run),
                    ChangeTag::Delete => del { span.hidden { "tolto: " } (run) },
                    ChangeTag::Insert => ins { span.hidden { "aggiunto: " } (run) },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn what_changed_is_told_word_by_word() {
        assert_eq!(
            diff("Se basti la ricevuta.", "Se basti la sola <ricevuta>.").into_string(),
            "<p class=\"diff\">Se basti la <del><span class=\"hidden\">tolto: </span>ricevuta.</del>\
             <ins><span class=\"hidden\">aggiunto: </span>sola &lt;ricevuta&gt;.</ins></p>"
        );
        assert_eq!(diff("Uguale.", "Uguale.").into_string(), "<p class=\"diff\">Uguale.</p>");
    }
}
