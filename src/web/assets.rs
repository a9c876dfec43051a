//! Style, script and icon: inside the program, under names that carry their hash, so that
//! a browser may keep them for ever.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::Site;
use super::fault::Fault;

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// A name that carries the hash of the content never means anything else.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A file as it is served.
#[derive(Debug)]
struct Asset {
    address: String,
    media: &'static str,
    content: &'static [u8],
}

/// The files, with the addresses under which pages ask for them.
#[derive(Debug)]
pub struct Assets {
    style: Asset,
    script: Asset,
    icon: Asset,
}

impl Default for Assets {
    fn default() -> Self {
        Self {
            style: asset("stile", "css", CSS, include_bytes!("assets/style.css")),
            script: asset("pagine", "js", JAVASCRIPT, include_bytes!("assets/script.js")),
            icon: asset("icona", "svg", SVG, include_bytes!("assets/icon.svg")),
        }
    }
}

impl Assets {
    /// The address of the style sheet.
    pub fn style(&self) -> &str {
        &self.style.address
    }

    /// The address of the script.
    pub fn script(&self) -> &str {
        &self.script.address
    }

    /// The address of the icon.
    pub fn icon(&self) -> &str {
        &self.icon.address
    }

    /// The mark before the name.
    pub fn mark(&self) -> Markup {
        html! { img src=(self.icon()) alt="" width="40" height="40"; }
    }

    fn all(&self) -> [&Asset; 3] {
        [&self.style, &self.script, &self.icon]
    }
}

fn asset(name: &str, ending: &str, media: &'static str, content: &'static [u8]) -> Asset {
    let mut hash = String::new();
    for byte in Sha256::digest(content).iter().take(8) {
        let _ = write!(hash, "{byte:02x}");
    }
    Asset { address: format!("/statici/{name}.{hash}.{ending}"), media, content }
}

/// `/statici/{name}`.
pub async fn show(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    let wanted = |asset: &&&Asset| asset.address.strip_prefix("/statici/") == Some(&name);
    match site.assets.all().iter().find(wanted) {
        Some(asset) => serve(asset, FOR_EVER),
        None => Fault::NotFound.into_response(),
    }
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub async fn icon(State(site): State<Arc<Site>>) -> Response {
    serve(&site.assets.icon, "public, max-age=86400")
}

fn serve(asset: &Asset, cache: &'static str) -> Response {
    let headers: [(HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, asset.media), (header::CACHE_CONTROL, cache)];
    (headers, asset.content).into_response()
}
