//! The files that browsers load beside a page: the style sheet, the scripts, the icon. `build.rs` gives each a name with
//! a hash of its content and packs it; they are part of the binary, and a browser may keep them for ever.

use std::borrow::Cow;

use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header as _,
};
use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

use super::conditional;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Files;

/// (logical name, URL, content type), sorted by the logical name.
static INDEX: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/assets_index.rs"));

const PREFIX: &str = "/static/";

/// The URL of an asset by its name in `static/`: `app.css` is at `/static/app.3f2a9c1b.css`.
///
/// A name that is not there is a slip in a template. It stops a debug build, and in a release build it gives a URL that
/// answers 404.
#[must_use]
pub fn url(logical: &str) -> &'static str {
    let found = find(logical);
    debug_assert!(found.is_some(), "static/ holds no {logical}");
    found.unwrap_or("/static/missing")
}

/// Whether this binary was built with htmx; without it the pages must not ask for the script.
#[must_use]
pub fn has_htmx() -> bool {
    find("htmx.js").is_some()
}

fn find(logical: &str) -> Option<&'static str> {
    let place = INDEX.binary_search_by_key(&logical, |&(name, _, _)| name).ok()?;
    INDEX.get(place).map(|&(_, url, _)| url)
}

/// Answers GET and HEAD of `/static/{name}`.
pub async fn serve(name: Path<String>, request: HttpRequest) -> HttpResponse {
    let known = INDEX
        .iter()
        .find(|&&(_, url, _)| url.strip_prefix(PREFIX) == Some(name.as_str()));
    let Some((&(_, _, content_type), (packing, bytes))) = known.zip(content(&name, wanted(&request))) else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("There is no such file.\n");
    };
    // A name changes with its content, so name and packing together say which bytes these are.
    let tag = EntityTag::new_strong(format!("{name}-{}", packing.as_str()));
    let unchanged = conditional::has_already(&request, &tag);

    let mut response = if unchanged {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header(ETag(tag))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if unchanged {
        return response.finish();
    }
    // Said for unpacked bytes too: it keeps the compressing middleware from packing them once more on each request.
    response
        .insert_header(packing)
        .content_type(content_type)
        .body(bytes)
}

/// The packing that the browser likes best among those made at build; brotli when it likes several the same.
fn wanted(request: &HttpRequest) -> ContentEncoding {
    let made = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    match AcceptEncoding::parse(request)
        .ok()
        .and_then(|accepted| accepted.negotiate(made.iter()))
    {
        Some(Encoding::Known(packing)) => packing,
        // Nothing is acceptable to it: plain bytes are what any browser can read.
        Some(Encoding::Unknown(_)) | None => ContentEncoding::Identity,
    }
}

/// The bytes in the wanted packing, or plain where packing would have made them longer.
fn content(name: &str, wanted: ContentEncoding) -> Option<(ContentEncoding, Bytes)> {
    let packed = match wanted {
        ContentEncoding::Brotli => Files::get(&format!("{name}.br")),
        ContentEncoding::Gzip => Files::get(&format!("{name}.gz")),
        _ => None,
    };
    let (packing, file) = match packed {
        Some(file) => (wanted, file),
        None => (ContentEncoding::Identity, Files::get(name)?),
    };
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes), // a debug build reads the file each time
    };
    Some((packing, bytes))
}
