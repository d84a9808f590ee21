//! Every address, in one place: the server is built from this table, `budget routes` prints it, and tests walk it.

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, Route as ActixRoute, guard, web};
use serde::Serialize;

use super::{api, assets, htmx, pages};

/// Who may use an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Members of a household, readers too.
    Reader,
    /// Members who may write.
    Member,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anyone => "anyone",
            Self::Reader => "reader",
            Self::Member => "member",
        })
    }
}

/// One method of one address.
#[derive(Clone, Copy, Serialize)]
pub struct Route {
    /// GET (which answers HEAD too) or POST.
    pub method: &'static str,
    /// The address, with names in braces for its variable parts.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// Whether it changes anything.
    pub changes: bool,
    #[serde(skip)]
    make: fn() -> ActixRoute,
}

/// An address to read.
macro_rules! get {
    ($path:literal, $who:ident, $handler:path) => {
        Route {
            method: "GET",
            path: $path,
            who: Who::$who,
            changes: false,
            make: || {
                web::route()
                    .guard(guard::Any(guard::Get()).or(guard::Head()))
                    .to($handler)
            },
        }
    };
}

/// An address to write to.
macro_rules! post {
    ($path:literal, $who:ident, $handler:path) => {
        Route {
            method: "POST",
            path: $path,
            who: Who::$who,
            changes: true,
            make: || web::post().to($handler),
        }
    };
}

/// All addresses.
pub const ROUTES: &[Route] = &[
    get!("/", Anyone, pages::front::landing),
    get!("/signup", Anyone, pages::front::sign_up_form),
    post!("/signup", Anyone, pages::front::sign_up),
    get!("/login", Anyone, pages::front::log_in_form),
    post!("/login", Anyone, pages::front::log_in),
    post!("/logout", Reader, pages::front::log_out),
    get!("/money", Reader, pages::money::index),
    get!("/transactions", Reader, pages::transactions::index),
    post!("/transactions", Member, pages::transactions::add),
    get!("/transactions/new", Member, pages::transactions::new_form),
    post!("/transactions/new", Member, pages::transactions::add),
    get!("/transactions/sums", Reader, pages::transactions::sums),
    get!(
        "/transactions/split-preview",
        Reader,
        pages::transactions::split_preview
    ),
    get!(
        "/transactions/transfer-preview",
        Reader,
        pages::transactions::transfer_preview
    ),
    get!("/transactions/{id}", Reader, pages::transactions::edit_form),
    post!("/transactions/{id}", Member, pages::transactions::edit),
    post!("/transactions/{id}/delete", Member, pages::transactions::delete),
    post!("/undo/{change}", Member, pages::transactions::undo),
    get!("/more", Reader, pages::more::index),
    get!("/guide", Anyone, pages::guide::index),
    get!("/guide/{topic}", Anyone, pages::guide::topic),
    get!("/setup", Reader, pages::setup::index),
    get!("/setup/locations", Reader, pages::setup::locations::index),
    post!("/setup/locations", Member, pages::setup::locations::add),
    post!(
        "/setup/locations/suggested",
        Member,
        pages::setup::locations::suggested
    ),
    post!("/setup/locations/{id}", Member, pages::setup::locations::edit),
    post!(
        "/setup/locations/{id}/archive",
        Member,
        pages::setup::locations::archive
    ),
    post!(
        "/setup/locations/{id}/restore",
        Member,
        pages::setup::locations::restore
    ),
    get!("/setup/buckets", Reader, pages::setup::buckets::index),
    post!("/setup/buckets", Member, pages::setup::buckets::add),
    get!("/setup/buckets/sum", Reader, pages::setup::buckets::sum),
    post!(
        "/setup/buckets/suggested",
        Member,
        pages::setup::buckets::suggested
    ),
    post!(
        "/setup/buckets/percentages",
        Member,
        pages::setup::buckets::percentages
    ),
    post!("/setup/buckets/{id}", Member, pages::setup::buckets::edit),
    post!(
        "/setup/buckets/{id}/archive",
        Member,
        pages::setup::buckets::archive
    ),
    post!(
        "/setup/buckets/{id}/restore",
        Member,
        pages::setup::buckets::restore
    ),
    get!("/setup/categories", Reader, pages::setup::categories::index),
    post!("/setup/categories", Member, pages::setup::categories::add),
    post!(
        "/setup/categories/suggested",
        Member,
        pages::setup::categories::suggested
    ),
    post!("/setup/categories/{id}", Member, pages::setup::categories::edit),
    post!(
        "/setup/categories/{id}/archive",
        Member,
        pages::setup::categories::archive
    ),
    post!(
        "/setup/categories/{id}/restore",
        Member,
        pages::setup::categories::restore
    ),
    get!("/static/{name}", Anyone, assets::serve),
    get!("/livez", Anyone, pages::health::live),
    get!("/readyz", Anyone, pages::health::ready),
    post!("/api/token/", Anyone, api::token::log_in),
    get!("/api/locations/", Reader, api::names::locations),
    get!("/api/buckets/", Reader, api::names::buckets),
    get!("/api/categories/", Reader, api::names::categories),
    get!("/api/analytics-current/", Reader, api::analytics::current),
];

/// Registers all addresses.
pub(super) fn register(config: &mut web::ServiceConfig) {
    let mut paths: Vec<&str> = Vec::new();
    for route in ROUTES {
        if !paths.contains(&route.path) {
            paths.push(route.path);
        }
    }
    for path in paths {
        // The old API answered with and without the trailing slash; its clients go on working.
        let spellings = match path.strip_suffix('/') {
            Some(bare) if !bare.is_empty() => vec![path, bare],
            _ => vec![path],
        };
        for spelling in spellings {
            let mut resource = web::resource(spelling);
            for route in ROUTES.iter().filter(|route| route.path == path) {
                resource = resource.route((route.make)());
            }
            let is_form_only = !path.starts_with("/api/") && !is_readable(path);
            if is_form_only {
                resource = resource.route(web::get().to(up));
            }
            config.service(resource);
        }
    }
}

/// `GET` of an address that only takes forms, such as after a reload: on to the page that the form stands on.
async fn up(request: HttpRequest) -> HttpResponse {
    let mut path = request.path();
    while let Some((parent, _)) = path.rsplit_once('/') {
        if is_readable(parent) {
            return htmx::see_other(parent);
        }
        path = parent;
    }
    htmx::see_other("/")
}

/// Whether there is a page at exactly this address.
fn is_readable(path: &str) -> bool {
    ROUTES
        .iter()
        .any(|route| route.method == "GET" && route.path == path)
}
