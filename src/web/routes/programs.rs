//! What programs use: the JSON API.

use actix_web::web;

use crate::web::api;
use crate::web::route::{Route, Who, change, get, post};

/// All addresses of the API.
pub(super) const ROUTES: &[Route] = &[
    post!("/api/token/", Anyone, api::token::log_in),
    post!("/api/token/refresh/", Anyone, api::token::refresh),
    post!("/api/token/revoke/", Anyone, api::token::revoke),
    get!("/api/users/", User, api::users::index),
    post!("/api/users/", Anyone, api::users::sign_up),
    get!("/api/users/{user}/", User, api::users::show),
    change!("PUT", web::put, "/api/users/{user}/", User, api::users::replace),
    change!("PATCH", web::patch, "/api/users/{user}/", User, api::users::edit),
    get!("/api/households/", User, api::households::index),
    post!("/api/households/", User, api::households::found),
    get!("/api/households/{household}/", Reader, api::households::show),
    change!(
        "PATCH",
        web::patch,
        "/api/households/{household}/",
        Owner,
        api::households::edit
    ),
    change!(
        "PATCH",
        web::patch,
        "/api/households/{household}/members/{user}/",
        Owner,
        api::households::change_role
    ),
    change!(
        "DELETE",
        web::delete,
        "/api/households/{household}/members/{user}/",
        Owner,
        api::households::remove
    ),
    get!(
        "/api/households/{household}/invitations/",
        Owner,
        api::households::open
    ),
    post!(
        "/api/households/{household}/invitations/",
        Owner,
        api::households::invite
    ),
    change!(
        "DELETE",
        web::delete,
        "/api/households/{household}/invitations/{invitation}/",
        Owner,
        api::households::withdraw
    ),
    get!("/api/locations/", Reader, api::names::locations),
    get!("/api/buckets/", Reader, api::names::buckets),
    get!("/api/categories/", Reader, api::names::categories),
    get!("/api/analytics-current/", Reader, api::analytics::current),
    get!(
        "/api/analytics-distribution/",
        Reader,
        api::analytics::distribution
    ),
    get!("/api/analytics-monthly/", Reader, api::analytics::monthly_now),
    get!("/api/analytics-monthly/{month}/", Reader, api::analytics::monthly),
    get!("/api/analytics-yearly/", Reader, api::analytics::yearly_now),
    get!("/api/analytics-yearly/{year}/", Reader, api::analytics::yearly),
    get!("/api/analytics-historical/", Reader, api::analytics::historical),
];
