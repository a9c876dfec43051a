//! A form that may carry files: the one page where a letter is attached.
//!
//! Files are kept as documents at once, sealed under keys of their own; the form then
//! goes on with what refers to them, so that the next step need not send them again
//! (decision record 0020).

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::header;
use uuid::Uuid;

use super::{Form, KEY, MAX_BODY, Refused, Wrong};
use crate::codec;
use crate::operations::OperationError;
use crate::operations::documents::MAX_DOCUMENT;
use crate::web::Site;
use crate::web::fault::Fault;
use crate::web::visit::Visit;

/// The field that holds files.
pub const FILES: &str = "_file";

/// The most documents of one form.
const MOST: usize = 20;

/// A form, and the files that came with it.
#[derive(Debug)]
pub struct Upload {
    /// The form.
    pub form: Form,
    files: Vec<File>,
}

/// A file as a browser sends it.
#[derive(Debug)]
struct File {
    name: String,
    media: String,
    bytes: Vec<u8>,
}

impl FromRequest<Arc<Site>> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Fault> {
        let media = request.headers().get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let Ok(boundary) = multer::parse_boundary(&media) else {
            return Ok(Self { form: Form::from_request(request, site).await?, files: Vec::new() });
        };
        let (parts, body) = request.into_parts();
        super::own(site, &parts.headers)?;
        // Read whole first: whether the form is the visitor's stands in it.
        let body = axum::body::to_bytes(body, MAX_DOCUMENT + MAX_BODY).await;
        let body = body.map_err(|_| Fault::TooLarge)?;
        let (fields, files) = parted(body, boundary).await?;
        let form = Form { fields };
        super::proven(site, &parts.headers, &form).await?;
        Ok(Self { form, files })
    }
}

async fn parted(
    body: axum::body::Bytes,
    boundary: String,
) -> Result<(Vec<(String, String)>, Vec<File>), Fault> {
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut multipart = multer::Multipart::new(whole, boundary);
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(|_| Fault::NotAForm)? {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        let file = field.file_name().map(str::to_owned);
        let media = field.content_type().map_or_else(String::new, ToString::to_string);
        let bytes = field.bytes().await.map_err(|_| Fault::NotAForm)?;
        match file {
            // A field for files that was left empty comes as a file without a name.
            Some(file) if name == FILES => {
                if !file.is_empty() && !bytes.is_empty() {
                    files.push(File { name: file, media, bytes: bytes.to_vec() });
                }
            }
            _ => fields.push((name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))),
        }
    }
    let texts: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    if texts > MAX_BODY { Err(Fault::TooLarge) } else { Ok((fields, files)) }
}

impl Visit {
    /// Keeps the files of a form; the form with what refers to them.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a file cannot be kept.
    pub async fn keep(&self, upload: Upload) -> Result<Form, Refused> {
        let Upload { mut form, files } = upload;
        let actor = self.actor()?;
        let key = Uuid::try_parse(form.get(KEY)).map_err(|_| Fault::ForeignForm)?;
        let there =
            |form: &Form| (0..MOST).filter(|at| form.is_filled(&member(*at, "sha256"))).count();
        for file in files {
            let at = there(&form);
            if at == MOST {
                return Err(wrong("Sono troppi documenti: al massimo 20."));
            }
            let media = file.media.split(';').next().unwrap_or_default().trim().to_lowercase();
            let media =
                media.parse().map_err(|_| wrong("Il tipo del documento non è riconosciuto."))?;
            let hash = crate::privacy::sha256_hex(&file.bytes);
            if (0..MOST).any(|at| form.get(&member(at, "sha256")) == hash) {
                continue;
            }
            let command = codec::command_id(
                actor.subject.as_str(),
                "POST",
                self.address.path(),
                &format!("{key}/{hash}"),
            );
            let kept =
                self.site.operations.store_document(actor, command, media, &file.bytes).await;
            let kept = kept.map_err(|why| match why {
                OperationError::TooLarge => wrong("Il documento supera 25 MiB."),
                other => Refused::Fault(other.into()),
            })?;
            form = form
                .and(&member(at, "sha256"), kept.sha256.as_str())
                .and(&member(at, "media_type"), &kept.media_type.to_string())
                .and(&member(at, "length"), &kept.length.to_string())
                .and(&member(at, "role"), "received")
                .and(&member(at, "name"), &short(&file.name));
        }
        Ok(form)
    }
}

/// The name of a member of a document.
pub fn member(at: usize, name: &str) -> String {
    format!("/documents/{at}/{name}")
}

/// The documents that a form refers to: where they stand, what they are called.
pub fn kept(form: &Form) -> impl Iterator<Item = (usize, &str)> {
    (0..MOST)
        .filter(|at| form.is_filled(&member(*at, "sha256")))
        .map(|at| (at, form.get(&member(at, "name"))))
}

/// The name of a file without folders, within bounds.
fn short(name: &str) -> String {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let own: String = own.chars().filter(|letter| !letter.is_control()).take(200).collect();
    if own.is_empty() { "documento".into() } else { own }
}

fn wrong(message: &str) -> Refused {
    Refused::Wrong(vec![Wrong::at(FILES, message)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fields_and_files_are_told_apart() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"/title\"\r\n\r\nUno\r\ndue\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"_file\"; filename=\"C:\\\\a\\\\lettera.pdf\"\r\n\
                    Content-Type: application/pdf\r\n\r\n%PDF\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"_file\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        let (fields, files) = parted(body.into(), "x".into()).await.unwrap();
        assert_eq!(fields, [("/title".to_owned(), "Uno\ndue".to_owned())]);
        let [file] = files.as_slice() else { panic!("{files:?}") };
        assert_eq!((&*file.media, &*file.bytes), ("application/pdf", &b"%PDF"[..]));
        assert_eq!(short("C:\\a\\lettera.pdf"), "lettera.pdf");
        assert_eq!(short("../"), "documento");
    }
}
