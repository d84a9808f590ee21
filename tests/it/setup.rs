//! Set-up: locations, buckets and categories, as people put them in order in the browser.

mod buckets;
mod categories;
mod first_steps;
mod leaving;
mod locations;
mod order;
mod rendering;
mod rights;
mod things;

use diesel::RunQueryDsl;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel::sql_types::Uuid as SqlUuid;

use crate::support::{Owner, Page};

/// Names that are refused everywhere, whatever is there already.
const BAD_NAMES: &[&str] = &[
    "",
    "   ",
    "\t",
    "a\0b",
    "two\nlines",
    "bell\u{7}",
    "next\u{85}line",
    "para\u{2029}graph",
];

/// A name of so many characters.
fn long(characters: usize) -> String {
    "é".repeat(characters)
}

/// A form came back: 422, its title says so, its summary comes first, is focused, and links to the field.
#[track_caller]
fn assert_refused(page: &Page, field: &str) {
    page.assert_status(422);
    assert!(
        page.body.contains("<title>Error: "),
        "the title does not say that something went wrong"
    );
    let links = page.attributes(".error-summary[autofocus] a", "href");
    assert!(
        links.contains(&format!("#{field}")),
        "the summary links to {links:?}, not to #{field}"
    );
    assert_eq!(
        page.attributes(&format!("[id={field:?}]"), "id").len(),
        1,
        "#{field} is not one thing on the page"
    );
}

/// Everything that was ever done to the set-up, as the history has it.
fn changes(owner: &Owner<'_>) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let count: Count = sql_query("SELECT count(*) AS n FROM changes WHERE household_id = $1")
        .bind::<SqlUuid, _>(owner.household)
        .get_result(&mut owner.app.sql())
        .unwrap();
    count.n
}

/// How this person writes numbers from now on.
pub(crate) fn set_number_format(owner: &Owner<'_>, format: &str) {
    sql_query("UPDATE users SET number_format = $1 WHERE id = $2")
        .bind::<Text, _>(format)
        .bind::<SqlUuid, _>(owner.user)
        .execute(&mut owner.app.sql())
        .unwrap();
}

/// What this person may do from now on, in a household that somebody else owns too.
pub(crate) fn set_role(owner: &Owner<'_>, role: &str) {
    owner.app.keep_owned();
    sql_query("UPDATE members SET role = $1 WHERE user_id = $2")
        .bind::<Text, _>(role)
        .bind::<SqlUuid, _>(owner.user)
        .execute(&mut owner.app.sql())
        .unwrap();
}

/// The message about what was just done.
fn toast(page: &Page) -> String {
    page.follow().select("#toasts .toast p").join("\n")
}
