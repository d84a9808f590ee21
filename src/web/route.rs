//! One address: what it is called, who may use it, and what answers; and how the server gets to know them all.

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, Route as ActixRoute, guard, web};
use serde::Serialize;

use super::htmx;
use super::routes::ROUTES;

/// Who may use an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Whoever is logged in, for their own account: readers change it too.
    User,
    /// Members of a household, readers too.
    Reader,
    /// Members who may write.
    Member,
    /// Owners.
    Owner,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anyone => "anyone",
            Self::User => "user",
            Self::Reader => "reader",
            Self::Member => "member",
            Self::Owner => "owner",
        })
    }
}

/// One method of one address.
#[derive(Clone, Copy, Serialize)]
pub struct Route {
    /// GET (which answers HEAD too), POST, and in the API PUT, PATCH and DELETE.
    pub method: &'static str,
    /// The address, with names in braces for its variable parts.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// Whether it changes anything.
    pub changes: bool,
    #[serde(skip)]
    pub(super) make: fn() -> ActixRoute,
}

/// An address to read.
macro_rules! get {
    ($path:literal, $who:ident, $handler:path) => {
        Route {
            method: "GET",
            path: $path,
            who: Who::$who,
            changes: false,
            make: || $crate::web::route::reading().to($handler),
        }
    };
}

/// An address to write to.
macro_rules! change {
    ($method:literal, $make:path, $path:literal, $who:ident, $handler:path) => {
        Route {
            method: $method,
            path: $path,
            who: Who::$who,
            changes: true,
            make: || $make().to($handler),
        }
    };
}

/// An address that takes a form, or in the API an object.
macro_rules! post {
    ($path:literal, $who:ident, $handler:path) => {
        change!("POST", web::post, $path, $who, $handler)
    };
}

pub(super) use {change, get, post};

/// What takes GET and HEAD.
pub(super) fn reading() -> ActixRoute {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Registers all addresses; those of demos only where there are some.
pub(super) fn register(config: &mut web::ServiceConfig, demos: bool) {
    let mut paths: Vec<&str> = Vec::new();
    for route in ROUTES
        .iter()
        .filter(|route| demos || !route.path.starts_with("/demo"))
    {
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
