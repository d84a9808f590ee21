//! The guide: short topics on how to use the app, for people who are signed in and for visitors alike.
//!
//! The words are in `templates/guide/`, one file a topic. Numbers in them are worked out as the app does it, in the currency and the number
//! format of the reader.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::Frame;
use super::front::signed_in;
use super::shell::{Section, Shell};
use crate::config::SignUp;
use crate::money::{Amount, Currency, NumberFormat, Percent, Split};
use crate::web::error::Error;
use crate::web::{State, htmx};

/// One topic; its text is the template of the same name.
struct Topic {
    /// The last part of its address.
    name: &'static str,
    title: &'static str,
    /// What it is about, in a sentence.
    about: &'static str,
    /// The page it is about.
    href: &'static str,
    /// What the link to that page reads.
    label: &'static str,
    /// Whether that page is only for those who may record and change things.
    writes: bool,
}

/// All topics, in the order in which to read them.
const TOPICS: [Topic; 8] = [
    Topic {
        name: "first-steps",
        title: "First steps",
        about: "From an empty household to a table that shows where your money is.",
        href: "/money",
        label: "Open Money now",
        writes: false,
    },
    Topic {
        name: "locations-and-buckets",
        title: "Locations and buckets",
        about: "The two sides of every amount: where it is, and what it is for.",
        href: "/setup/buckets",
        label: "Open Set-up",
        writes: false,
    },
    Topic {
        name: "recording",
        title: "Recording an entry",
        about: "What to fill in, and what may be left out.",
        href: "/transactions/new",
        label: "Record an entry",
        writes: true,
    },
    Topic {
        name: "splitting",
        title: "Splitting income",
        about: "How an income is divided over your buckets, and where the last unit goes.",
        href: "/transactions/new?kind=income",
        label: "Record an income",
        writes: true,
    },
    Topic {
        name: "transfers-and-loans",
        title: "Transfers and loans",
        about: "Money that moves without being earned or spent.",
        href: "/transactions/new?kind=transfer",
        label: "Record a transfer",
        writes: true,
    },
    Topic {
        name: "reports",
        title: "Reading the reports",
        about: "A month, a year, all years: what they compare, and where each number leads.",
        href: "/reports/years",
        label: "Open all years",
        writes: false,
    },
    Topic {
        name: "changing-and-undoing",
        title: "Changing and undoing",
        about: "How to mend what is wrong, and take back what you did.",
        href: "/transactions",
        label: "Open Transactions",
        writes: false,
    },
    Topic {
        name: "command-line",
        title: "Bringing data in and out",
        about: "Files of entries by the command line, for whoever runs this installation.",
        href: "/transactions",
        label: "See what is there",
        writes: false,
    },
];

/// The page of a topic, or without one the list of all, as part of the app.
#[derive(Template)]
#[template(path = "guide/page.html")]
struct InApp {
    shell: Shell,
    topic: Option<&'static Topic>,
    next: Option<&'static Topic>,
    samples: Samples,
    may_write: bool,
}

/// The same for visitors.
#[derive(Template)]
#[template(path = "guide/visitor.html")]
struct ForVisitors {
    /// Whether strangers may sign up.
    sign_up: bool,
    topic: Option<&'static Topic>,
    next: Option<&'static Topic>,
    samples: Samples,
    may_write: bool,
}

/// Numbers in the texts.
struct Samples {
    /// An amount with every mark that the currency has.
    number: String,
    currency: &'static str,
    /// An income, and what each bucket gets of it: its name, its share, its part.
    income: String,
    parts: Vec<(&'static str, String, String)>,
    /// The smallest unit of the currency.
    unit: String,
}

impl Samples {
    /// The shares that Set-up suggests, and a hundred and the smallest unit divided by them.
    fn of(format: NumberFormat, currency: Currency) -> Self {
        const SHARES: [(&str, u16); 5] = [
            ("Necessities", 5_000),
            ("Economy", 2_000),
            ("Education", 1_000),
            ("Fun", 1_000),
            ("Donation", 1_000),
        ];
        let unit = currency.minor_per_unit();
        let minor = unit * 100 + 1;
        let percents: Vec<Percent> = SHARES
            .iter()
            .filter_map(|(_, points)| Percent::from_basis_points((*points).into()).ok())
            .collect();
        let parts = Split::new(percents.clone())
            .ok()
            .zip(Amount::from_minor(minor).ok())
            .map_or_else(Vec::new, |(split, amount)| split.apply(amount));
        Self {
            number: format.amount(unit * 1_234 + unit * 56 / 100, currency),
            currency: currency.code(),
            income: format.amount(minor, currency),
            parts: SHARES
                .iter()
                .zip(percents.iter().zip(parts))
                .map(|((name, _), (percent, part))| {
                    (
                        *name,
                        format.percent(*percent),
                        format.amount(part.amount.minor(), currency),
                    )
                })
                .collect(),
            unit: format.amount(1, currency),
        }
    }
}

/// `GET /guide`: all topics.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn index(request: HttpRequest, state: Data<State>, frame: Frame) -> Result<HttpResponse, Error> {
    answer(&request, &state, frame, None).await
}

/// `GET /guide/{topic}`
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub async fn topic(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    name: Path<String>,
) -> Result<HttpResponse, Error> {
    let place = TOPICS
        .iter()
        .position(|topic| topic.name == *name)
        .ok_or(Error::NotFound)?;
    answer(&request, &state, frame, Some(place)).await
}

async fn answer(
    request: &HttpRequest,
    state: &State,
    frame: Frame,
    place: Option<usize>,
) -> Result<HttpResponse, Error> {
    let topic = place.and_then(|place| TOPICS.get(place));
    let next = TOPICS.get(place.map_or(0, |place| place + 1));
    if let Some(member) = signed_in(request, state).await? {
        let page = InApp {
            samples: Samples::of(member.number_format, member.currency),
            may_write: member.role.may_write(),
            shell: frame.shell(&member, Section::Guide),
            topic,
            next,
        };
        return frame.finish(state, htmx::html(page.render()?));
    }
    let language = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let page = ForVisitors {
        sign_up: state.sign_up == SignUp::Open,
        samples: Samples::of(NumberFormat::for_language(language), Currency::EUR),
        may_write: true,
        topic,
        next,
    };
    Ok(htmx::html(page.render()?))
}
