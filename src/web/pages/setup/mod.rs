//! Set-up: where money is (locations), what it is for (buckets), why it moved (categories). One page each, under the same tabs.
//!
//! `NOUN.rs` takes the requests, `NOUN_page.rs` builds the page. A form that is refused comes back on the same page with what was typed.

mod bucket_again;
mod bucket_page;
pub(in crate::web) mod buckets;
pub(in crate::web) mod categories;
mod category_page;
mod example;
mod list;
mod location_page;
pub(in crate::web) mod locations;
mod parts;
mod refusal;
mod shares;
mod steps;
mod suggestions;
mod sum;

pub(in crate::web) use steps::{Recorded, Step, first_steps};

use actix_web::HttpResponse;

use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::flash::Flash;
use crate::web::{State, htmx};

/// `GET /setup`: on to the buckets, which are its middle.
///
/// # Errors
/// When nobody is signed in.
pub async fn index(_: SignedIn) -> Result<HttpResponse, Error> {
    Ok(htmx::see_other(buckets::PATH))
}

/// After a write: on to the list, which tells what was done.
fn done(state: &State, path: &str, told: String) -> Result<HttpResponse, Error> {
    let mut response = htmx::see_other(path);
    let flash = Flash {
        text: told,
        undo: None,
    };
    flash.put(state, &mut response)?;
    Ok(response)
}
