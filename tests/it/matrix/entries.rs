//! What a good request of each route looks like. Ids stand in angle brackets, by the names of [`World`](super::world::World).

use super::Route;

/// A good request of one route.
pub struct Entry {
    /// `POST /setup/locations/{id}`
    pub route: &'static str,
    /// What stands in the braces of the path, in their order.
    pub parts: &'static [&'static str],
    /// The query, without its question mark.
    pub query: &'static str,
    /// The fields of the form, or the object.
    pub body: &'static str,
    /// Whether a good one logs the browser out, or takes what the others ask with.
    pub ends_the_session: bool,
}

/// A request of its address alone.
const fn plain(route: &'static str) -> Entry {
    at(route, &[])
}

/// A request with these parts of its path.
const fn at(route: &'static str, parts: &'static [&'static str]) -> Entry {
    Entry {
        route,
        parts,
        query: "",
        body: "",
        ends_the_session: false,
    }
}

impl Entry {
    const fn asking(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    const fn with(mut self, body: &'static str) -> Self {
        self.body = body;
        self
    }

    const fn last(mut self) -> Self {
        self.ends_the_session = true;
        self
    }

    /// The address, with names of ids.
    pub fn address(&self, route: &Route) -> String {
        let mut path = String::new();
        let mut rest = route.path.as_str();
        let mut parts = self.parts.iter();
        while let Some((before, after)) = rest.split_once('{') {
            path += before;
            path += parts.next().unwrap();
            rest = after.split_once('}').unwrap().1;
        }
        path += rest;
        if !self.query.is_empty() {
            path = format!("{path}?{}", self.query);
        }
        path
    }

    /// The names of all ids in the path, the query and the body.
    pub fn ids(&self, route: &Route) -> Vec<String> {
        let text = self.address(route) + self.body;
        let names = text
            .split('<')
            .skip(1)
            .map(|rest| rest.split_once('>').unwrap().0.to_owned());
        names.collect()
    }
}

/// The entry of a route.
pub fn entry_of(route: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.route == route)
}

const FLOW: &str = "kind=expense&date=2026-11-05&amount=7.50&description=Bread&category=<category>&location=<location>&bucket=<bucket>";
const ROW: &str = "version=1&kind=expense&date=2026-11-05&amount=7.50&description=Bread&category=<category>&location=<location>&bucket=<bucket>";
const FILTER: &str = "period=all&category=<category>&location=<location>&bucket=<bucket>";
const SPLIT: &str =
    "kind=income&date=2026-11-05&amount=100&category=<income>&location=<location>&split=1&id=<transaction>";
const MOVE: &str = "kind=transfer&date=2026-11-05&amount=1&from_location=<location>&from_bucket=<bucket>&to_location=<spare_location>&to_bucket=<spare_bucket>";
const TRANSFER: &str = "kind=transfer&date=2026-11-05&amount=1&from_location=<location>&from_bucket=<bucket>&to_location=<spare_location>&to_bucket=<spare_bucket>&id=<transfer>";

/// All of them.
pub const ALL: &[Entry] = &[
    // The door.
    plain("GET /"),
    plain("GET /signup"),
    plain("POST /signup"),
    plain("GET /login"),
    plain("POST /login"),
    plain("POST /login/code"),
    plain("POST /logout").last(),
    plain("GET /password"),
    plain("POST /password"),
    at("GET /password/reset/{token}", &["none"]),
    at("POST /password/reset/{token}", &["none"]),
    at("GET /confirm/{token}", &["none"]),
    at("POST /confirm/{token}", &["none"]),
    at("GET /email/{token}", &["none"]),
    at("POST /email/{token}", &["none"]),
    at("GET /invitations/{token}", &["none"]),
    at("POST /invitations/{token}", &["none"]),
    // The account.
    plain("GET /account"),
    plain("POST /account").with("full_name=Ada&number_format=comma_point&date_format=iso&theme=dark"),
    plain("POST /account/email").with("email=new%40example.org&password=wrong"),
    plain("POST /account/email/drop"),
    plain("POST /account/email/confirm"),
    plain("GET /account/security"),
    plain("POST /account/security/password").with("password=wrong&new_password=three+green+bottles"),
    plain("POST /account/security/devices").last(),
    at("POST /account/security/devices/{id}", &["<device>"]),
    plain("GET /account/second-factor"),
    plain("POST /account/second-factor").with("password=wrong"),
    plain("POST /account/second-factor/enable").with("code=123456"),
    plain("POST /account/second-factor/codes").with("password=wrong"),
    plain("POST /account/second-factor/off").with("password=wrong"),
    plain("GET /account/delete"),
    plain("POST /account/delete").with("password=wrong"),
    plain("POST /account/keep"),
    plain("GET /data/export"),
    plain("GET /data/export/budget.csv"),
    // Sharing.
    plain("GET /household"),
    plain("POST /household").with("name=Home&currency=EUR&time_zone=UTC"),
    at("POST /household/members/{user}", &["<member>"]).with("role=reader"),
    at("POST /household/members/{user}/remove", &["<member>"]),
    at("GET /household/members/{user}/hand-over", &["<member>"]),
    at("POST /household/members/{user}/hand-over", &["<member>"]),
    plain("POST /household/invitations").with("role=guest"),
    at("POST /household/invitations/{id}/withdraw", &["<invitation>"]),
    plain("GET /household/leave"),
    plain("POST /household/leave").last(),
    plain("GET /household/delete"),
    plain("POST /household/delete").with("name=Another"),
    plain("GET /households"),
    plain("GET /households/new"),
    plain("POST /households/new")
        .with("name=Second&currency=EUR&time_zone=UTC")
        .last(),
    at("POST /households/{id}/open", &["<household>"]),
    plain("POST /demo").last(),
    plain("POST /demo/leave").last(),
    plain("GET /guide"),
    at("GET /guide/{topic}", &["recording"]),
    at("GET /static/{name}", &["nothing.css"]),
    plain("GET /livez"),
    plain("GET /readyz"),
    // Money and reports.
    plain("GET /money").asking("date=2026-11-10"),
    at("GET /money/{file}", &["trend.svg"]).asking("location=<location>&bucket=<bucket>"),
    at("GET /partials/{panel}", &["matrix"]),
    plain("GET /reports"),
    plain("GET /reports/month"),
    at("GET /reports/month/{month}", &["2026-11"]).asking("location=<location>&bucket=<bucket>"),
    at(
        "GET /reports/month/{month}/{file}",
        &["2026-11", "categories.csv"],
    )
    .asking("location=<location>&bucket=<bucket>"),
    plain("GET /reports/year"),
    at("GET /reports/year/{year}", &["2026"]).asking("location=<location>&bucket=<bucket>"),
    at("GET /reports/year/{year}/{file}", &["2026", "categories.csv"])
        .asking("location=<location>&bucket=<bucket>"),
    plain("GET /reports/years").asking("location=<location>&bucket=<bucket>"),
    at("GET /reports/years/{file}", &["categories.csv"]).asking("location=<location>&bucket=<bucket>"),
    plain("GET /loans"),
    plain("GET /more"),
    // Transactions.
    plain("GET /transactions").asking(FILTER),
    plain("POST /transactions").with(FLOW),
    plain("GET /transactions/new").asking(FLOW),
    plain("POST /transactions/new").with(MOVE),
    plain("GET /transactions/sums").asking(FILTER),
    plain("GET /transactions/split-preview").asking(SPLIT),
    plain("GET /transactions/transfer-preview").asking(TRANSFER),
    plain("GET /transactions/loan-preview")
        .asking("kind=loan&counterparty=Ann&amount=5&location=<location>&bucket=<bucket>"),
    plain("GET /transactions/refund-choices")
        .asking("kind=expense&refund=1&category=<category>&id=<transaction>"),
    at("GET /transactions/{id}", &["<transaction>"]).asking("category=<category>&location=<location>"),
    at("POST /transactions/{id}", &["<transaction>"]).with(ROW),
    at("GET /transactions/{id}/row", &["<transaction>"]),
    at("POST /transactions/{id}/delete", &["<transaction>"]).with("version=1"),
    at("POST /undo/{change}", &["<change>"]),
    plain("GET /activity").asking("change=<change>&open=<change>"),
    // Set-up.
    plain("GET /setup"),
    plain("GET /setup/locations"),
    plain("POST /setup/locations").with("name=Drawer&kind=cash&opening_amount=5&opening_bucket=<bucket>"),
    plain("POST /setup/locations/suggested").with("use=Main+bank"),
    at("GET /setup/locations/{id}", &["<location>"]),
    at("POST /setup/locations/{id}", &["<location>"]).with("name=Purse&kind=cash&version=1"),
    at("POST /setup/locations/{id}/archive", &["<location>"]).with("version=1&move_to=<spare_location>"),
    at("POST /setup/locations/{id}/restore", &["<location>"]),
    at("POST /setup/locations/{id}/up", &["<location>"]),
    at("POST /setup/locations/{id}/down", &["<location>"]),
    at("GET /setup/locations/{id}/archive", &["<location>"]),
    at("GET /setup/locations/{id}/merge", &["<location>"]).asking("into=<spare_location>"),
    at("POST /setup/locations/{id}/merge", &["<location>"]).with("version=1&into=<spare_location>"),
    at("GET /setup/locations/{id}/delete", &["<location>"]).asking("into=<spare_location>"),
    at("POST /setup/locations/{id}/delete", &["<location>"]).with("version=1&into=<spare_location>"),
    plain("GET /setup/buckets"),
    plain("POST /setup/buckets").with("name=Garden&allocation_percentage=0"),
    plain("GET /setup/buckets/sum").asking("allocation_percentage_<bucket>=5&version_<bucket>=1"),
    plain("POST /setup/buckets/percentages").with("allocation_percentage_<bucket>=5&version_<bucket>=1"),
    plain("POST /setup/buckets/suggested").with("use=Fun"),
    at("GET /setup/buckets/{id}", &["<bucket>"]),
    at("POST /setup/buckets/{id}", &["<bucket>"]).with("name=Play&allocation_percentage=10&version=1"),
    at("POST /setup/buckets/{id}/archive", &["<bucket>"]).with("version=1&move_to=<spare_bucket>"),
    at("POST /setup/buckets/{id}/restore", &["<bucket>"]),
    at("POST /setup/buckets/{id}/up", &["<bucket>"]),
    at("POST /setup/buckets/{id}/down", &["<bucket>"]),
    at("GET /setup/buckets/{id}/archive", &["<bucket>"]),
    at("GET /setup/buckets/{id}/merge", &["<bucket>"]).asking("into=<spare_bucket>"),
    at("POST /setup/buckets/{id}/merge", &["<bucket>"]).with("version=1&into=<spare_bucket>"),
    at("GET /setup/buckets/{id}/delete", &["<bucket>"]).asking("into=<spare_bucket>"),
    at("POST /setup/buckets/{id}/delete", &["<bucket>"]).with("version=1&into=<spare_bucket>"),
    plain("GET /setup/categories"),
    plain("POST /setup/categories").with("name=Books&sign=NEGATIVE"),
    plain("POST /setup/categories/suggested").with("use=Rent"),
    at("GET /setup/categories/{id}", &["<category>"]),
    at("POST /setup/categories/{id}", &["<category>"]).with("name=Food&sign=NEGATIVE&version=1"),
    at("POST /setup/categories/{id}/archive", &["<category>"]).with("version=1"),
    at("POST /setup/categories/{id}/restore", &["<category>"]),
    at("GET /setup/categories/{id}/merge", &["<category>"]).asking("into=<spare_category>"),
    at("POST /setup/categories/{id}/merge", &["<category>"]).with("version=1&into=<spare_category>"),
    at("GET /setup/categories/{id}/delete", &["<category>"]).asking("into=<spare_category>"),
    at("POST /setup/categories/{id}/delete", &["<category>"]).with("version=1&into=<spare_category>"),
    // Programs.
    plain("POST /api/token/").with("{}"),
    plain("POST /api/token/refresh/").with("{}"),
    plain("POST /api/token/revoke/").with("{}"),
    plain("GET /api/users/"),
    plain("POST /api/users/").with("{}"),
    at("GET /api/users/{user}/", &["<user>"]),
    at("PUT /api/users/{user}/", &["<user>"]).with(r#"{"email": "x@example.org", "full_name": "X"}"#),
    at("PATCH /api/users/{user}/", &["<user>"]).with(r#"{"full_name": "X"}"#),
    plain("GET /api/households/"),
    plain("POST /api/households/").with(r#"{"name": "Second"}"#),
    at("GET /api/households/{household}/", &["<household>"]),
    at("PATCH /api/households/{household}/", &["<household>"]).with(r#"{"name": "Mine"}"#),
    at(
        "PATCH /api/households/{household}/members/{user}/",
        &["<household>", "<member>"],
    )
    .with(r#"{"role": "reader"}"#),
    at(
        "DELETE /api/households/{household}/members/{user}/",
        &["<household>", "<member>"],
    ),
    at("GET /api/households/{household}/invitations/", &["<household>"]),
    at("POST /api/households/{household}/invitations/", &["<household>"]).with(r#"{"role": "reader"}"#),
    at(
        "DELETE /api/households/{household}/invitations/{invitation}/",
        &["<household>", "<invitation>"],
    ),
    plain("GET /api/locations/"),
    plain("GET /api/buckets/"),
    plain("GET /api/categories/"),
    plain("GET /api/analytics-current/").asking("date=2026-11-10"),
    plain("GET /api/analytics-distribution/"),
    plain("GET /api/analytics-monthly/"),
    at("GET /api/analytics-monthly/{month}/", &["2026-11"]).asking("location=<location>&bucket=<bucket>"),
    plain("GET /api/analytics-yearly/"),
    at("GET /api/analytics-yearly/{year}/", &["2026"]).asking("location=<location>&bucket=<bucket>"),
    plain("GET /api/analytics-historical/").asking("location=<location>&bucket=<bucket>"),
];
