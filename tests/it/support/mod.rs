//! What the tests share: a [`TestApp`] with a database of its own, [`Browser`]s, and [`Owner`]s of households.

mod app;
mod browser;
mod chromium;
mod database;
mod owner;
mod page;

pub use app::TestApp;
pub use browser::Browser;
pub use chromium::{Chromium, Scripts};
pub use database::TestDatabase;
pub use owner::{Owner, PASSWORD, date, fields};
pub use page::Page;
