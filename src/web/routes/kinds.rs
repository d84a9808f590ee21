//! Words for the tables of addresses.

/// An address to read.
macro_rules! get {
    ($path:literal, $who:ident, $handler:path) => {
        Route {
            method: "GET",
            path: $path,
            who: Who::$who,
            changes: false,
            make: || {
                web::route()
                    .guard(guard::Any(guard::Get()).or(guard::Head()))
                    .to($handler)
            },
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
