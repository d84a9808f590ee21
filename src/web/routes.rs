//! Every address, in one place: the server is built from this table, `budget routes` prints it, and tests walk it.

mod programs;

use actix_web::web;

use super::pages::setup;
use super::route::{change, get, post};
use super::{assets, pages};

pub use super::route::{Route, Who};

/// All addresses.
pub const ROUTES: &[Route] = &joined::<{ PAGES.len() + programs::ROUTES.len() }>(PAGES, programs::ROUTES);

/// One table after the other.
#[expect(
    clippy::indexing_slicing,
    reason = "it runs when the program is compiled, and stops that if it goes wrong"
)]
const fn joined<const N: usize>(first: &[Route], second: &[Route]) -> [Route; N] {
    let mut all = [first[0]; N];
    let mut place = 0;
    while place < N {
        all[place] = if place < first.len() {
            first[place]
        } else {
            second[place - first.len()]
        };
        place += 1;
    }
    all
}

/// What people use.
const PAGES: &[Route] = &[
    get!("/", Anyone, pages::front::landing),
    get!("/signup", Anyone, pages::sign_up::form),
    post!("/signup", Anyone, pages::sign_up::sign_up),
    get!("/login", Anyone, pages::front::log_in_form),
    post!("/login", Anyone, pages::front::log_in),
    post!("/login/code", Anyone, pages::code::check),
    post!("/logout", User, pages::front::log_out),
    get!("/password", Anyone, pages::password::ask_form),
    post!("/password", Anyone, pages::password::ask),
    get!("/password/reset/{token}", Anyone, pages::password::reset_form),
    post!("/password/reset/{token}", Anyone, pages::password::reset),
    get!("/confirm/{token}", Anyone, pages::mailed::confirm_form),
    post!("/confirm/{token}", Anyone, pages::mailed::confirm),
    get!("/email/{token}", Anyone, pages::mailed::email_form),
    post!("/email/{token}", Anyone, pages::mailed::email),
    get!("/account", User, pages::account::index),
    post!("/account", User, pages::account::save),
    post!("/account/email", User, pages::account::email::change),
    post!("/account/email/drop", User, pages::account::email::forget),
    post!("/account/email/confirm", User, pages::account::email::send_again),
    get!("/account/security", User, pages::security::index),
    post!(
        "/account/security/password",
        User,
        pages::security::password::change
    ),
    post!(
        "/account/security/devices",
        User,
        pages::security::devices::end_others
    ),
    post!(
        "/account/security/devices/{id}",
        User,
        pages::security::devices::end
    ),
    get!(
        "/account/second-factor",
        User,
        pages::security::second_factor::begin_form
    ),
    post!(
        "/account/second-factor",
        User,
        pages::security::second_factor::begin
    ),
    post!(
        "/account/second-factor/enable",
        User,
        pages::security::second_factor::enable
    ),
    post!(
        "/account/second-factor/codes",
        User,
        pages::security::second_factor::new_codes
    ),
    post!(
        "/account/second-factor/off",
        User,
        pages::security::second_factor::disable
    ),
    get!("/account/delete", User, pages::account::deletion::form),
    post!("/account/delete", User, pages::account::deletion::ask),
    post!("/account/keep", User, pages::account::deletion::keep),
    get!("/data/export", Reader, pages::export::index),
    get!("/data/export/budget.csv", Reader, pages::export::file),
    post!("/demo", Anyone, pages::demo::make),
    post!("/demo/leave", Anyone, pages::demo::leave),
    get!("/money", Reader, pages::money::index),
    get!("/money/{file}", Reader, pages::money::file),
    get!("/partials/{panel}", Reader, pages::money::panels::show),
    get!("/transactions", Reader, pages::transactions::index),
    post!("/transactions", Member, pages::transactions::add),
    get!("/transactions/new", Member, pages::transactions::new_form),
    post!("/transactions/new", Member, pages::transactions::add),
    get!("/transactions/sums", Reader, pages::transactions::sums),
    get!(
        "/transactions/split-preview",
        Reader,
        pages::transactions::split_preview
    ),
    get!(
        "/transactions/transfer-preview",
        Reader,
        pages::transactions::transfer_preview
    ),
    get!(
        "/transactions/loan-preview",
        Reader,
        pages::transactions::loan_preview
    ),
    get!(
        "/transactions/refund-choices",
        Reader,
        pages::transactions::refund_choices
    ),
    get!("/transactions/{id}", Reader, pages::transactions::edit_form),
    post!("/transactions/{id}", Member, pages::transactions::edit),
    get!("/transactions/{id}/row", Reader, pages::transactions::row),
    post!("/transactions/{id}/delete", Member, pages::transactions::delete),
    get!("/reports", Reader, pages::reports::month_now),
    get!("/reports/month", Reader, pages::reports::month_now),
    get!("/reports/month/{month}", Reader, pages::reports::month),
    get!(
        "/reports/month/{month}/{file}",
        Reader,
        pages::reports::month_file
    ),
    get!("/reports/year", Reader, pages::reports::year_now),
    get!("/reports/year/{year}", Reader, pages::reports::year),
    get!("/reports/year/{year}/{file}", Reader, pages::reports::year_file),
    get!("/reports/years", Reader, pages::reports::years),
    get!("/reports/years/{file}", Reader, pages::reports::years_file),
    get!("/loans", Reader, pages::loans::index),
    post!("/undo/{change}", Member, pages::transactions::undo),
    get!("/activity", Reader, pages::activity::index),
    get!("/more", Reader, pages::more::index),
    get!("/guide", Anyone, pages::guide::index),
    get!("/guide/{topic}", Anyone, pages::guide::topic),
    get!("/setup", Reader, setup::home),
    get!("/setup/locations", Reader, setup::index::<setup::Locations>),
    post!("/setup/locations", Member, setup::add::<setup::Locations>),
    post!(
        "/setup/locations/suggested",
        Member,
        setup::suggested::<setup::Locations>
    ),
    get!("/setup/locations/{id}", Reader, setup::page::<setup::Locations>),
    post!("/setup/locations/{id}", Member, setup::edit::<setup::Locations>),
    post!(
        "/setup/locations/{id}/archive",
        Member,
        setup::archive::<setup::Locations>
    ),
    post!(
        "/setup/locations/{id}/restore",
        Member,
        setup::restore::<setup::Locations>
    ),
    post!("/setup/locations/{id}/up", Member, setup::up::<setup::Locations>),
    post!(
        "/setup/locations/{id}/down",
        Member,
        setup::down::<setup::Locations>
    ),
    get!(
        "/setup/locations/{id}/archive",
        Member,
        setup::archive_step::<setup::Locations>
    ),
    get!(
        "/setup/locations/{id}/merge",
        Member,
        setup::merge_step::<setup::Locations>
    ),
    post!(
        "/setup/locations/{id}/merge",
        Member,
        setup::merge::<setup::Locations>
    ),
    get!(
        "/setup/locations/{id}/delete",
        Member,
        setup::delete_step::<setup::Locations>
    ),
    post!(
        "/setup/locations/{id}/delete",
        Member,
        setup::delete::<setup::Locations>
    ),
    get!("/setup/buckets", Reader, setup::index::<setup::Buckets>),
    post!("/setup/buckets", Member, setup::add::<setup::Buckets>),
    get!("/setup/buckets/sum", Reader, setup::sum),
    post!("/setup/buckets/percentages", Member, setup::percentages),
    post!(
        "/setup/buckets/suggested",
        Member,
        setup::suggested::<setup::Buckets>
    ),
    get!("/setup/buckets/{id}", Reader, setup::page::<setup::Buckets>),
    post!("/setup/buckets/{id}", Member, setup::edit::<setup::Buckets>),
    post!(
        "/setup/buckets/{id}/archive",
        Member,
        setup::archive::<setup::Buckets>
    ),
    post!(
        "/setup/buckets/{id}/restore",
        Member,
        setup::restore::<setup::Buckets>
    ),
    post!("/setup/buckets/{id}/up", Member, setup::up::<setup::Buckets>),
    post!("/setup/buckets/{id}/down", Member, setup::down::<setup::Buckets>),
    get!(
        "/setup/buckets/{id}/archive",
        Member,
        setup::archive_step::<setup::Buckets>
    ),
    get!(
        "/setup/buckets/{id}/merge",
        Member,
        setup::merge_step::<setup::Buckets>
    ),
    post!(
        "/setup/buckets/{id}/merge",
        Member,
        setup::merge::<setup::Buckets>
    ),
    get!(
        "/setup/buckets/{id}/delete",
        Member,
        setup::delete_step::<setup::Buckets>
    ),
    post!(
        "/setup/buckets/{id}/delete",
        Member,
        setup::delete::<setup::Buckets>
    ),
    get!("/setup/categories", Reader, setup::index::<setup::Categories>),
    post!("/setup/categories", Member, setup::add::<setup::Categories>),
    post!(
        "/setup/categories/suggested",
        Member,
        setup::suggested::<setup::Categories>
    ),
    get!("/setup/categories/{id}", Reader, setup::page::<setup::Categories>),
    post!("/setup/categories/{id}", Member, setup::edit::<setup::Categories>),
    post!(
        "/setup/categories/{id}/archive",
        Member,
        setup::archive::<setup::Categories>
    ),
    post!(
        "/setup/categories/{id}/restore",
        Member,
        setup::restore::<setup::Categories>
    ),
    get!(
        "/setup/categories/{id}/merge",
        Member,
        setup::merge_step::<setup::Categories>
    ),
    post!(
        "/setup/categories/{id}/merge",
        Member,
        setup::merge::<setup::Categories>
    ),
    get!(
        "/setup/categories/{id}/delete",
        Member,
        setup::delete_step::<setup::Categories>
    ),
    post!(
        "/setup/categories/{id}/delete",
        Member,
        setup::delete::<setup::Categories>
    ),
    get!("/household", Reader, pages::household::index),
    post!("/household", Owner, pages::household::save),
    post!("/household/members/{user}", Owner, pages::household::change_role),
    post!(
        "/household/members/{user}/remove",
        Owner,
        pages::household::remove
    ),
    get!(
        "/household/members/{user}/hand-over",
        Owner,
        pages::household::hand_over_step
    ),
    post!(
        "/household/members/{user}/hand-over",
        Owner,
        pages::household::hand_over
    ),
    post!("/household/invitations", Owner, pages::household::invite),
    post!(
        "/household/invitations/{id}/withdraw",
        Owner,
        pages::household::withdraw
    ),
    get!("/household/leave", Reader, pages::household::leave_step),
    post!("/household/leave", User, pages::household::leave),
    get!("/household/delete", Owner, pages::household::delete_step),
    post!("/household/delete", Owner, pages::household::delete),
    get!("/households", User, pages::households::index),
    get!("/households/new", User, pages::households::new_form),
    post!("/households/new", User, pages::households::create),
    post!("/households/{id}/open", User, pages::households::open),
    get!("/invitations/{token}", Anyone, pages::invitations::show),
    post!("/invitations/{token}", User, pages::invitations::join),
    get!("/static/{name}", Anyone, assets::serve),
    get!("/livez", Anyone, pages::health::live),
    get!("/readyz", Anyone, pages::health::ready),
];
