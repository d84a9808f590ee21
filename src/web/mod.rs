//! The web: pages for people, a small JSON API for programs. A handler reads input, calls one domain function, renders.

mod api;
mod asked;
mod assets;
mod body;
pub mod client;
mod conditional;
mod credentials;
mod csrf;
pub mod device;
mod error;
mod extract;
mod face;
mod flash;
mod form;
mod headers;
mod htmx;
mod kept;
mod log;
mod pages;
mod people;
mod route;
pub mod routes;
mod second_factor;
pub mod server;
mod session;
mod state;
pub mod throttle;

pub use state::State;
