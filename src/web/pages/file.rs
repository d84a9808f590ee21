//! Files to download: tables and pictures of what a page shows.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use crate::db::Connection;
use crate::households::Member;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, kept};

/// A file to download.
pub(in crate::web) struct File {
    content_type: &'static str,
    disposition: String,
}

impl File {
    /// One that is called after what it is of, such as `budget-2026-11-categories.csv`.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a name that no file has.
    pub(in crate::web) fn new(name: &str, of: &str) -> Result<Self, Error> {
        let (stem, ending) = name.rsplit_once('.').ok_or(Error::NotFound)?;
        let content_type = match ending {
            "csv" => "text/csv; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => return Err(Error::NotFound),
        };
        // It goes into a header: only what our own names are made of.
        if !stem.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            return Err(Error::NotFound);
        }
        Ok(Self {
            content_type,
            disposition: format!("attachment; filename=\"budget-{of}-{name}\""),
        })
    }

    /// The answer to `what`, the file's own address: kept, or else made; or that the asker has it already.
    ///
    /// # Errors
    /// What `make` says; [`Error::SignedOut`].
    pub(in crate::web) async fn answer<F>(
        self,
        request: &HttpRequest,
        state: &State,
        caller: SignedIn,
        what: String,
        make: F,
    ) -> Result<HttpResponse, Error>
    where
        F: FnOnce(&mut Connection, &Member, NaiveDate) -> Result<String, Error> + Send + 'static,
    {
        let mut answer = kept::answer(request, state, caller.caller, what, self.content_type, make).await?;
        let disposition = HeaderValue::from_str(&self.disposition).map_err(Error::internal)?;
        answer
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, disposition);
        Ok(answer)
    }
}
