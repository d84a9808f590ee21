//! Set-up: where money is (locations), what it is for (buckets), why it moved (categories). One page each, under the same tabs.
//!
//! `actions.rs` takes the requests, once for all three [`Noun`](noun::Noun)s: a write leads on to the next page with its Undo, and a form that
//! is refused comes back on its page with what was typed. `NOUN.rs` says what is its own, `NOUN_page.rs` builds the list, `thing.rs` the page
//! of one.

mod actions;
mod bucket_again;
mod bucket_page;
mod buckets;
mod categories;
mod category_page;
mod example;
mod leave;
mod list;
mod location_page;
mod locations;
mod noun;
mod opening;
mod parts;
mod past;
mod refusal;
mod shares;
mod steps;
mod suggestions;
mod sum;
mod thing;
mod trend;

pub(in crate::web) use actions::{
    add, archive, delete, down, edit, index, merge, page, restore, suggested, up,
};
pub(in crate::web) use buckets::{Buckets, percentages, sum};
pub(in crate::web) use categories::Categories;
pub(in crate::web) use leave::step::{archive_step, delete_step, merge_step};
pub(in crate::web) use locations::Locations;
pub(in crate::web) use steps::{Recorded, Step, first_steps};

use actix_web::HttpResponse;

use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::htmx;

/// `GET /setup`: on to the buckets, which are its middle.
///
/// # Errors
/// When nobody is signed in.
pub async fn home(_: SignedIn) -> Result<HttpResponse, Error> {
    Ok(htmx::see_other(buckets::PATH))
}
