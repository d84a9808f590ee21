//! Conditional requests: whoever has an answer already is told that it is still the one.

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header as _, IfNoneMatch};

/// Whether the asker names this very tag, in any packing. Unlike [`has_already`] it takes no `*`, which stands for whatever there is: that has
/// to be found out first.
pub(super) fn names(request: &HttpRequest, tag: &EntityTag) -> bool {
    matches!(IfNoneMatch::parse(request), Ok(IfNoneMatch::Items(tags)) if tags.iter().any(|known| known.weak_eq(tag)))
}

/// Whether the asker has what bears this tag, in any packing.
pub(super) fn has_already(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false, // a header that cannot be read is as good as none
    }
}
