//! Suggestions for an empty household: what most begin with, to be ticked, renamed and added in one go.

use super::list::{Asked, Sent, given};
use super::parts::count_of;
use super::refusal::Refusal;
use crate::db::Connection;
use crate::households::Member;
use crate::ids::ChangeId;
use crate::ledger::suggested::{self, New};
use crate::ledger::{LedgerError, LocationKind, Sign, bucket};
use crate::money::Percent;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;

/// One line of suggestions.
#[derive(Debug)]
pub(super) struct Suggestion<T> {
    pub(super) name: &'static str,
    /// What it is for.
    pub(super) hint: &'static str,
    /// What it has beside its name.
    pub(super) extra: T,
}

const fn suggest<T>(name: &'static str, extra: T, hint: &'static str) -> Suggestion<T>
where
    T: Copy,
{
    Suggestion { name, hint, extra }
}

/// Places, with their kinds.
pub(super) const LOCATIONS: [Suggestion<LocationKind>; 4] = [
    suggest("Main bank", LocationKind::Bank, "Where your pay arrives."),
    suggest("Savings", LocationKind::Savings, "What you set aside."),
    suggest("Card", LocationKind::Card, "A credit or prepaid card."),
    suggest("Cash", LocationKind::Cash, "Notes and coins."),
];

/// A suggested share of income, in basis points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share(i64);

impl Share {
    pub(super) fn percent(self) -> Percent {
        Percent::from_basis_points(self.0).unwrap_or(Percent::ZERO)
    }
}

/// Purposes, with their shares.
pub(super) const BUCKETS: [Suggestion<Share>; 5] = [
    suggest("Necessities", Share(5_000), "Rent, food, power, the doctor."),
    suggest("Economy", Share(2_000), "Set aside, not touched."),
    suggest("Education", Share(1_000), "Courses, books, tools to learn with."),
    suggest("Fun", Share(1_000), "Dinners, trips, small wishes."),
    suggest("Donation", Share(1_000), "For others."),
];

/// Reasons, with what they count as.
pub(super) const CATEGORIES: [Suggestion<Sign>; 15] = [
    suggest("Salary", Sign::Positive, ""),
    suggest("Bonus", Sign::Positive, ""),
    suggest("Side work", Sign::Positive, ""),
    suggest("Interest", Sign::Positive, ""),
    suggest("Housing", Sign::Negative, ""),
    suggest("Groceries", Sign::Negative, ""),
    suggest("Utilities", Sign::Negative, ""),
    suggest("Transport", Sign::Negative, ""),
    suggest("Health", Sign::Negative, ""),
    suggest("Clothes", Sign::Negative, ""),
    suggest("Going out", Sign::Negative, ""),
    suggest("Holidays", Sign::Negative, ""),
    suggest("Subscriptions", Sign::Negative, ""),
    suggest("Courses and books", Sign::Negative, ""),
    suggest("Gifts and charity", Sign::Negative, ""),
];

/// The fields of a line, each with the line's number at its end.
const NAME: &str = "name_";
/// The field of the ticked lines' numbers.
const USE: &str = "use";

/// A line as the page shows it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) used: bool,
    pub(super) name: String,
    pub(super) hint: &'static str,
    /// What was typed beside the name, or is suggested.
    pub(super) extra: String,
}

/// The lines for the page: all ticked as suggested, or as they came back. `extra` names the field beside the name, without its number.
pub(super) fn rows<T>(
    asked: &Asked,
    suggestions: &[Suggestion<T>],
    extra: &str,
    text_of: impl Fn(&T) -> String,
) -> Vec<Row> {
    let again = asked.sent == Some(Sent::Suggested);
    (1..)
        .zip(suggestions)
        .map(|(number, suggestion)| Row {
            number,
            used: !again || is_used(&asked.typed, number),
            name: asked.text(&Sent::Suggested, &format!("{NAME}{number}"), suggestion.name),
            hint: suggestion.hint,
            extra: asked.text(
                &Sent::Suggested,
                &format!("{extra}{number}"),
                &text_of(&suggestion.extra),
            ),
        })
        .collect()
}

/// Whether the line with this number is ticked.
pub(super) fn is_used(fields: &Fields, number: usize) -> bool {
    fields.all(USE).any(|one| one.parse() == Ok(number))
}

/// A line that is to be added.
#[derive(Debug)]
pub(super) struct Wanted<T> {
    number: usize,
    name: String,
    extra: T,
}

impl<T> Wanted<T> {
    /// Why it was not added, told at the fields of its line.
    fn refused(&self, error: LedgerError) -> Refusal {
        match Refusal::from(error) {
            Refusal::Invalid(problems) => {
                let mut errors = FieldErrors::default();
                for problem in &problems {
                    let field = if problem.field == "allocation_percentage" {
                        "share"
                    } else {
                        &problem.field
                    };
                    errors.push(format!("{field}_{}", self.number), problem.message.clone());
                }
                Refusal::Invalid(errors)
            }
            other => other,
        }
    }
}

/// Reads the ticked lines of a form. `extra` names the field beside the name, and `read_extra` reads it; what is not sent is as suggested.
///
/// # Errors
/// All that can be told before adding: nothing ticked, a name that cannot be one, an extra that cannot be read.
pub(super) fn read<S, T>(
    fields: &Fields,
    suggestions: &[Suggestion<S>],
    extra: &str,
    read_extra: impl Fn(&S, Option<&str>) -> Result<T, String>,
) -> Result<Vec<Wanted<T>>, Refusal> {
    let mut errors = FieldErrors::default();
    let mut wanted = Vec::new();
    for (number, suggestion) in (1..).zip(suggestions) {
        if !is_used(fields, number) {
            continue;
        }
        let name = given(fields, &format!("{NAME}{number}")).unwrap_or(suggestion.name);
        if let Some(problem) = bucket::name_problem(name) {
            errors.push(format!("{NAME}{number}"), problem.message);
        }
        let field = format!("{extra}{number}");
        match read_extra(&suggestion.extra, given(fields, &field)) {
            Ok(extra) => wanted.push(Wanted {
                number,
                name: name.to_owned(),
                extra,
            }),
            Err(message) => errors.push(field, message),
        }
    }
    if wanted.is_empty() && !errors.any() {
        errors.push(
            format!("{USE}_1"),
            "Tick at least one line, or add your own below.",
        );
    }
    if errors.any() {
        return Err(Refusal::Invalid(errors));
    }
    Ok(wanted)
}

/// Adds the wanted lines as one change, and says so: `Added 4 locations.`
///
/// # Errors
/// Why the first that is refused was not added; nothing was then.
pub(super) fn add<T: Copy>(
    conn: &mut Connection,
    member: &Member,
    (action, one, several): (&'static str, &str, &str),
    wanted: &[Wanted<T>],
    new: fn(String, T) -> New,
) -> Result<(ChangeId, String), Refusal> {
    let summary = count_of(wanted.len(), one, several, member.number_format);
    let all: Vec<New> = wanted
        .iter()
        .map(|wanted| new(wanted.name.clone(), wanted.extra))
        .collect();
    match suggested::add(conn, member, action, &summary, &all) {
        Ok(change) => Ok((change, format!("Added {summary}."))),
        Err(refused) => Err(match wanted.get(refused.place) {
            Some(line) => line.refused(refused.error),
            None => refused.error.into(),
        }),
    }
}
