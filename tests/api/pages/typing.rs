//! Forms, filled in and sent as a browser without scripts does it.

use super::page::Shown;
use crate::app::TestApp;

/// What was typed into a form, with what the page put into it, sent to its address.
pub async fn send(
    app: &TestApp,
    who: Option<&str>,
    from: &Shown,
    path: &str,
    typed: &[(&str, &str)],
) -> Shown {
    let hidden: Vec<(String, String)> =
        ["_token", "_key", "_vista", "_impronta", "_testo", "riscontro"]
            .iter()
            .filter(|name| from.text.contains(&format!("name=\"{name}\"")))
            .map(|name| ((*name).to_owned(), from.hidden(name)))
            .collect();
    let before = before(from);
    let mut fields: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(before.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    fields.extend(typed);
    app.send_form(who, path, &fields).await
}

/// What a form says that its fields said before anything was typed.
fn before(page: &Shown) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&amp;", "&")
    };
    let hidden = page.text.split("name=\"_prima").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        (format!("_prima{name}"), plain(rest.split('"').next().unwrap()))
    });
    hidden.collect()
}

/// Opens a form, fills it in and sends it; where it leads.
pub async fn done(app: &TestApp, who: &str, path: &str, typed: &[(&str, &str)]) -> String {
    let form = app.page(Some(who), path).await;
    assert_eq!(form.status, 200, "{path}: {}", form.text);
    let before = app.head().await;
    let sent = send(app, Some(who), &form, path, typed).await;
    assert_eq!(sent.status, 303, "{path}: {}", sent.words());
    let after = app.head().await;
    assert!(after > before, "{path} recorded nothing");
    // A double click records it once.
    let again = send(app, Some(who), &form, path, typed).await;
    assert_eq!((again.status, again.header("location")), (303, sent.header("location")), "{path}");
    assert_eq!(app.head().await, after, "{path} twice");
    sent.header("location").split('#').next().unwrap().to_owned()
}

/// The values that a form offers ticked under a name.
pub fn ticked(page: &Shown, name: &str) -> Vec<String> {
    let field = format!("name=\"{name}\" type=\"checkbox\" value=\"");
    let boxes = page.text.split(&field).skip(1);
    boxes
        .filter(|rest| rest.split('>').next().unwrap().contains(" checked"))
        .map(|rest| rest.split('"').next().unwrap().replace("&quot;", "\""))
        .collect()
}

/// What stands in a field of several lines.
pub fn area(page: &Shown, name: &str) -> String {
    let at = page.text.find(&format!("name=\"{name}\" rows=")).unwrap_or_else(|| panic!("{name}"));
    let text = page.text[at..].split_once('>').unwrap().1.split("</textarea>").next().unwrap();
    text.trim_start_matches('\n').replace("&lt;", "<").replace("&amp;", "&").replace("&quot;", "\"")
}
