//! Fields as people see them: a label, a hint, what was typed, what is wrong with it.
//!
//! The summary of what is wrong stands before the form and links to the fields; each field
//! repeats its own fault and is tied to it.

use maud::{Markup, html};

use super::{FILES, Form, KEY, TOKEN, Wrong, document, kept};
use crate::web::visit::Visit;

/// The fields of one form: what was typed, and what is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'f> {
    /// What was typed.
    pub form: &'f Form,
    /// What is wrong.
    pub wrong: &'f [Wrong],
}

/// A choice of a list: what is sent, what is read.
pub type Choice = (String, String);

/// How a field is described.
#[derive(Debug, Clone, Copy, Default)]
struct Described<'a> {
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    required: bool,
}

impl<'f> Fields<'f> {
    /// The fields of a form.
    pub fn of(form: &'f Form, wrong: &'f [Wrong]) -> Self {
        Self { form, wrong }
    }

    /// What is wrong, with links to the fields; nothing when nothing is. It takes the
    /// focus, so that nobody has to look for it.
    pub fn summary(&self) -> Markup {
        html! {
            @if !self.wrong.is_empty() {
                div.summary role="alert" tabindex="-1" autofocus {
                    h2 { "Il modulo non è stato inviato" }
                    ul {
                        @for wrong in self.wrong {
                            li {
                                @if wrong.field.is_empty() {
                                    (wrong.message)
                                } @else {
                                    a href={ "#" (id(&wrong.field)) } { (wrong.message) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A line of text.
    pub fn text(&self, name: &str, label: &str, hint: &str, required: bool) -> Markup {
        self.input("text", &Described { name, label, hint, required })
    }

    /// A day.
    pub fn day(&self, name: &str, label: &str, hint: &str, required: bool) -> Markup {
        self.input("date", &Described { name, label, hint, required })
    }

    /// A whole number.
    pub fn number(&self, name: &str, label: &str, hint: &str, required: bool) -> Markup {
        let described = Described { name, label, hint, required };
        let id = id(name);
        self.around(
            &described,
            &html! {
                input id=(id) name=(name) type="text" inputmode="numeric" pattern="[0-9]*"
                    value=(self.form.get(name)) required[required]
                    aria-describedby=[self.notes(&described)] aria-invalid=[self.invalid(name)];
            },
        )
    }

    /// Some lines of text.
    pub fn area(&self, name: &str, label: &str, hint: &str, rows: u8, required: bool) -> Markup {
        let described = Described { name, label, hint, required };
        let id = id(name);
        self.around(
            &described,
            &html! {
                textarea id=(id) name=(name) rows=(rows) required[required]
                    aria-describedby=[self.notes(&described)] aria-invalid=[self.invalid(name)] {
                    // A browser drops the first line break.
                    "\n" (self.form.get(name))
                }
            },
        )
    }

    /// One of a list; the first, empty choice stands for what is not said.
    pub fn select(
        &self,
        name: &str,
        label: &str,
        hint: &str,
        choices: &[Choice],
        required: bool,
    ) -> Markup {
        let described = Described { name, label, hint, required };
        let id = id(name);
        self.around(
            &described,
            &html! {
                select id=(id) name=(name) required[required]
                    aria-describedby=[self.notes(&described)] aria-invalid=[self.invalid(name)] {
                    option value="" { (if required { "Scegliere…" } else { "Non indicato" }) }
                    @for (value, text) in choices {
                        option value=(value) selected[self.form.has(name, value)] { (text) }
                    }
                }
            },
        )
    }

    /// One of a few, all in view.
    pub fn radios(&self, name: &str, legend: &str, hint: &str, choices: &[Choice]) -> Markup {
        self.group("radio", &Described { name, label: legend, hint, required: false }, choices)
    }

    /// Any of a few, all in view.
    pub fn boxes(&self, name: &str, legend: &str, hint: &str, choices: &[Choice]) -> Markup {
        self.group("checkbox", &Described { name, label: legend, hint, required: false }, choices)
    }

    /// One box to tick.
    pub fn tick(&self, name: &str, label: &str) -> Markup {
        let id = id(name);
        html! {
            div.field.tick.wrong[self.fault(name).is_some()] {
                input id=(id) name=(name) type="checkbox" value="true" checked[self.form.has(name, "true")];
                label for=(id) { (label) }
            }
        }
    }

    /// Files to attach, and those that are kept already.
    pub fn files(&self, label: &str, hint: &str) -> Markup {
        let described = Described { name: FILES, label, hint, required: false };
        let kept: Vec<(usize, &str)> = kept(self.form).collect();
        html! {
            (self.around(&described, &html! {
                input id=(id(FILES)) name=(FILES) type="file" multiple
                    aria-describedby=[self.notes(&described)] aria-invalid=[self.invalid(FILES)];
            }))
            @if !kept.is_empty() {
                p { "Già allegati:" }
                ul {
                    @for (at, name) in kept {
                        li {
                            (name)
                            @for member in ["sha256", "media_type", "length", "role", "name"] {
                                @let field = document(at, member);
                                input type="hidden" name=(field) value=(self.form.get(&field));
                            }
                        }
                    }
                }
            }
        }
    }

    /// The box "ho verificato", when a text may hold personal data.
    pub fn confirm_texts(&self) -> Markup {
        let asked = self.wrong.iter().any(|wrong| wrong.kind == "personal_data_to_confirm");
        html! {
            @if asked || self.form.has("/texts_checked", "true") {
                (self.tick("/texts_checked", "Ho verificato: i testi non permettono di riconoscere una persona."))
            }
        }
    }

    fn input(&self, kind: &str, described: &Described<'_>) -> Markup {
        let Described { name, required, .. } = *described;
        let id = id(name);
        self.around(
            described,
            &html! {
                input id=(id) name=(name) type=(kind) value=(self.form.get(name)) required[required]
                    aria-describedby=[self.notes(described)] aria-invalid=[self.invalid(name)];
            },
        )
    }

    fn group(&self, kind: &str, described: &Described<'_>, choices: &[Choice]) -> Markup {
        let Described { name, label, .. } = *described;
        html! {
            fieldset.field.wrong[self.fault(name).is_some()] id=(id(name)) tabindex="-1"
                aria-describedby=[self.notes(described)] {
                legend { (label) }
                (self.remarks(described))
                @for (at, (value, text)) in choices.iter().enumerate() {
                    @let own = format!("{}-{at}", id(name));
                    div.tick {
                        input id=(own) name=(name) type=(kind) value=(value) checked[self.form.has(name, value)];
                        label for=(own) { (text) }
                    }
                }
            }
        }
    }

    fn around(&self, described: &Described<'_>, field: &Markup) -> Markup {
        let Described { name, label, required, .. } = *described;
        html! {
            div.field.wrong[self.fault(name).is_some()] {
                label for=(id(name)) { (label) @if !required { span.quiet { " (facoltativo)" } } }
                (self.remarks(described))
                (field)
            }
        }
    }

    /// The hint and the fault of a field.
    fn remarks(&self, described: &Described<'_>) -> Markup {
        let id = id(described.name);
        html! {
            @if !described.hint.is_empty() {
                p.hint id={ (id) "-aiuto" } { (described.hint) }
            }
            @if let Some(fault) = self.fault(described.name) {
                p.fault id={ (id) "-errore" } { span.hidden { "Errore: " } (fault) }
            }
        }
    }

    fn notes(&self, described: &Described<'_>) -> Option<String> {
        let id = id(described.name);
        let hint = (!described.hint.is_empty()).then(|| format!("{id}-aiuto"));
        let fault = self.fault(described.name).map(|_| format!("{id}-errore"));
        let notes: Vec<String> = hint.into_iter().chain(fault).collect();
        (!notes.is_empty()).then(|| notes.join(" "))
    }

    fn invalid(&self, name: &str) -> Option<&'static str> {
        self.fault(name).map(|_| "true")
    }

    fn fault(&self, name: &str) -> Option<&str> {
        self.wrong.iter().find(|wrong| wrong.field == name).map(|wrong| wrong.message.as_str())
    }
}

/// The id of a field, from its name.
pub fn id(name: &str) -> String {
    format!("campo{}", name.replace('/', "-"))
}

impl Visit {
    /// A form that records one event: with its token, and with a key so that sending it
    /// twice records it once. `sent` is the form as it came back, whose key is kept.
    pub fn form(&self, action: &str, sent: &Form, inside: &Markup) -> Markup {
        self.form_sent_as(None, Some(draft(sent)), action, sent, inside)
    }

    /// The same for a form that may carry files.
    pub fn form_with_files(&self, action: &str, sent: &Form, inside: &Markup) -> Markup {
        self.form_sent_as(Some("multipart/form-data"), Some(draft(sent)), action, sent, inside)
    }

    /// The same for what must not stay in the browser: passwords, names of people.
    pub fn form_unkept(&self, action: &str, sent: &Form, inside: &Markup) -> Markup {
        self.form_sent_as(None, None, action, sent, inside)
    }

    fn form_sent_as(
        &self,
        media: Option<&str>,
        draft: Option<&str>,
        action: &str,
        sent: &Form,
        inside: &Markup,
    ) -> Markup {
        let key = match sent.get(KEY) {
            "" => {
                let mut bytes = [0; 16];
                self.site.clock.fill(&mut bytes);
                uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
            }
            kept => kept.to_owned(),
        };
        html! {
            // What browsers check by themselves is told worse than we do.
            form method="post" action=(action) enctype=[media] novalidate data-una-volta="" data-bozza=[draft] {
                input type="hidden" name=(TOKEN) value=(self.visitor.form_token(&*self.site.clock));
                input type="hidden" name=(KEY) value=(key);
                (inside)
            }
        }
    }
}

/// Whether what was typed may still be a draft, or was sent already.
fn draft(sent: &Form) -> &'static str {
    if sent.get(KEY).is_empty() { "nuova" } else { "inviata" }
}
