//! What the tests share: a [`TestApp`] with a database of its own, [`Browser`]s, [`Owner`]s of households, and a [`RedisServer`] and an
//! [`SmtpSink`] to break.

mod app;
mod browser;
mod chromium;
mod database;
mod owner;
mod page;
mod program;
mod redis;
mod smtp;

pub use app::{SECRET_KEY, TestApp};
pub use browser::Browser;
pub use chromium::{Chromium, Scripts};
pub use database::TestDatabase;
pub use owner::{Owner, PASSWORD, date, fields};
pub use page::Page;
pub use program::{Program, ask, log_in, problem, readable};
pub use redis::{RedisServer, free_port, shared_redis_url};
pub use smtp::SmtpSink;
