//! Systems without unix sockets and file owners: the private Postgres says that it can't run there.

use std::path::Path;

use super::EmbeddedError;

/// Stands in for the private Postgres; [`Embedded::start`] always fails, so no value exists.
#[derive(Debug)]
pub struct Embedded(std::convert::Infallible);

impl Embedded {
    /// Tells that this system has no private Postgres.
    ///
    /// # Errors
    /// Always [`EmbeddedError::Unsupported`].
    pub fn start(_data_dir: &Path, _pg_bin: Option<&Path>) -> Result<Self, EmbeddedError> {
        Err(EmbeddedError::Unsupported)
    }

    /// Never called: there is no value.
    #[must_use]
    pub fn database_url(&self) -> String {
        match self.0 {}
    }

    /// Never called: there is no value.
    ///
    /// # Errors
    /// None.
    pub fn ensure_running(&self) -> Result<(), EmbeddedError> {
        match self.0 {}
    }

    /// Never called: there is no value.
    ///
    /// # Errors
    /// None.
    pub fn stop(&self) -> Result<(), EmbeddedError> {
        match self.0 {}
    }
}
