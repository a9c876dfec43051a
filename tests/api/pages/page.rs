//! What a browser gets, and what is true of every page.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{HeaderMap, Request};

use crate::app::{BASE, TestApp};

/// The cookie of a session, over TLS.
const COOKIE: &str = "__Host-quesito";

/// An answer of the pages.
pub struct Shown {
    /// The request, for messages.
    pub request: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Shown {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that words stand in the page.
    pub fn says(&self, words: &str) -> &Self {
        let text = self.words();
        assert!(text.contains(words), "{} does not say {words:?}: {text}", self.request);
        self
    }

    /// Asserts that words do not.
    pub fn is_silent_on(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "{} says {words:?}", self.request);
        self
    }

    /// Asserts that markup stands in the page.
    pub fn has(&self, markup: &str) -> &Self {
        assert!(self.text.contains(markup), "{} has no {markup:?}: {}", self.request, self.text);
        self
    }

    /// The words of the page, without its markup, one space between them.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for letter in self.text.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                _ if !inside => words.push(letter),
                _ => {}
            }
        }
        let words = words.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        let words = words.replace("&quot;", "\"");
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of the first hidden field of a name.
    pub fn hidden(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&field).unwrap_or_else(|| panic!("{}: no {name}", self.request));
        self.text[at + field.len()..].split('"').next().unwrap().to_owned()
    }

    /// The value of the first radio button of a name.
    pub fn first_choice(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" type=\"radio\" value=\"");
        let at = self.text.find(&field).unwrap_or_else(|| panic!("{}: no {name}", self.request));
        self.text[at + field.len()..].split('"').next().unwrap().to_owned()
    }

    /// What is true of every page, whatever it is about.
    fn check(&self) {
        assert_eq!(self.header("referrer-policy"), "same-origin", "{}", self.request);
        if !self.header("content-type").starts_with("text/html") {
            return;
        }
        let head = self.text.split("</head>").next().unwrap_or_default();
        assert_eq!(head.matches("<title>").count(), 1, "{}: {head}", self.request);
        for mark in ["<h1", "<main", "<html lang=\"it\">", "<footer"] {
            let times = self.text.matches(mark).count();
            assert_eq!(times, 1, "{}: {mark} {}", self.request, self.text);
        }
        for inline in ["<style", " style=\"", "javascript:", " onclick"] {
            assert!(!self.text.contains(inline), "{}: {inline}", self.request);
        }
        for script in self.text.split("<script").skip(1) {
            assert!(script.starts_with(" defer src=\"/statici/"), "{}: {script}", self.request);
        }
        let mut ids = BTreeSet::new();
        for part in self.text.split(" id=\"").skip(1) {
            let id = part.split('"').next().unwrap();
            assert!(ids.insert(id), "{}: the id {id} stands twice", self.request);
        }
    }
}

impl TestApp {
    /// A page as somebody sees it.
    pub async fn page(&self, who: Option<&str>, path: &str) -> Shown {
        let request = self.with_session(Request::get(path), who).await;
        self.shown_page(request.body(Body::empty()).unwrap()).await
    }

    /// A form sent as somebody, with what a page put into it.
    pub async fn send_form(&self, who: Option<&str>, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self
            .with_session(Request::post(path), who)
            .await
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", BASE)
            .header("sec-fetch-site", "same-origin");
        self.shown_page(request.body(body.finish().into()).unwrap()).await
    }

    /// A form sent as somebody with files: name, media type, content.
    pub async fn send_files(
        &self,
        who: Option<&str>,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &str)],
    ) -> Shown {
        let mut parts = Vec::new();
        let part = "--grenze\r\nContent-Disposition: form-data; name=";
        for (name, value) in fields {
            parts.push(format!("{part}\"{name}\"\r\n\r\n{value}\r\n"));
        }
        for (name, media, content) in files {
            parts.push(format!(
                "{part}\"_file\"; filename=\"{name}\"\r\nContent-Type: {media}\r\n\r\n{content}\r\n"
            ));
        }
        let body = format!("{}--grenze--\r\n", parts.concat());
        let request = self
            .with_session(Request::post(path), who)
            .await
            .header("content-type", "multipart/form-data; boundary=grenze")
            .header("origin", BASE)
            .header("sec-fetch-site", "same-origin");
        self.shown_page(request.body(body.into()).unwrap()).await
    }

    /// A form that is answered with a piece of a page.
    pub async fn send_piece(
        &self,
        who: Option<&str>,
        path: &str,
        fields: &[(&str, &str)],
    ) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self
            .with_session(Request::post(path), who)
            .await
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", BASE);
        let answer = self.visit(request.body(body.finish().into()).unwrap()).await;
        assert_eq!(answer.status(), 200, "{path}");
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    async fn with_session(
        &self,
        request: axum::http::request::Builder,
        who: Option<&str>,
    ) -> axum::http::request::Builder {
        match who {
            Some(who) => request.header("cookie", format!("{COOKIE}={}", self.session(who).await)),
            None => request,
        }
    }

    /// Sends a request as it stands.
    pub async fn shown_page(&self, request: Request<Body>) -> Shown {
        let line = format!("{} {}", request.method(), request.uri());
        let (parts, body) = self.visit(request).await.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let shown = Shown {
            request: line,
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        };
        shown.check();
        shown
    }
}
