//! Shares of income: reading the percentages of a form, and what to do when they are too much.

use super::list::given;
use super::refusal::Refusal;
use super::suggestions::{self, BUCKETS, Share, Suggestion};
use crate::ids::BucketId;
use crate::ledger::{Book, bucket};
use crate::money::{NumberFormat, Percent};
use crate::web::error::Error;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;

/// What the field of a bucket's percentage is called before its id.
pub(super) const FIELD: &str = "allocation_percentage_";
/// What the field of the version that the percentage was read at is called before the id.
pub(super) const VERSION: &str = "version_";
/// The same field of a suggestion, before its number.
pub(super) const SUGGESTED_FIELD: &str = "share_";
/// Basis points of all income.
pub(super) const FULL: u64 = 10_000;

/// Why a percentage cannot be read, as a sentence.
pub(super) fn read_percent(text: &str, format: NumberFormat) -> Result<Percent, String> {
    Percent::parse(text, format).map_err(|error| format!("{error}."))
}

/// Reads the percentages of a form. None is overwritten that somebody else changed since. In the form of one bucket, `own`, its percentage may
/// also stand in a field without id.
///
/// # Errors
/// [`Refusal::Invalid`] for what cannot be read, [`Refusal::Stale`], [`Refusal::Blocked`] for a bucket that was archived since, and a failure
/// for one that is not there.
pub(super) fn read(
    fields: &Fields,
    book: &Book,
    format: NumberFormat,
    own: Option<BucketId>,
) -> Result<Vec<(BucketId, Percent)>, Refusal> {
    let own = own.map(|id| id.to_string());
    let own_field = given(fields, "allocation_percentage");
    let without_id = own.as_deref().zip(own_field);
    let mut errors = FieldErrors::default();
    let mut typed = Vec::new();
    let mut seen = Vec::new();
    let mut changed_meanwhile = false;
    for (id, text) in fields.starting(FIELD).chain(without_id) {
        let bucket = id.parse().ok().and_then(|id| book.bucket(id));
        let bucket = bucket.ok_or(Refusal::Failed(Error::NotFound))?;
        if bucket.archived_at.is_some() {
            let sentence = format!(
                "{} was archived in the meantime, so it takes no income. Nothing was saved: check the other shares, then save again.",
                bucket.name
            );
            return Err(Refusal::Blocked(sentence));
        }
        let version = given(fields, &format!("{VERSION}{id}")).map(|version| version.parse().unwrap_or(0));
        match read_percent(text, format) {
            Ok(percent) => {
                typed.push((bucket.id, percent));
                if let Some(version) = version {
                    seen.push((bucket.id, percent, version));
                }
            }
            Err(_) if version.is_some_and(|version| version != bucket.version) => changed_meanwhile = true,
            Err(message) => errors.push(format!("{FIELD}{id}"), format!("{}: {message}", bucket.name)),
        }
    }
    // First of all: the page of a form with other problems shows what is stored now, and its next save would go unseen over that.
    if changed_meanwhile || bucket::overwrites_unseen(book, &seen) {
        return Err(Refusal::Stale);
    }
    if errors.any() {
        return Err(Refusal::Invalid(errors));
    }
    Ok(typed)
}

/// What all buckets in use add up to with the percentages in `typed`, in basis points.
pub(super) fn sum_with(book: &Book, typed: &[(BucketId, Percent)]) -> u64 {
    book.active_buckets()
        .map(|bucket| {
            let percent = typed.iter().find(|(id, _)| *id == bucket.id);
            u64::from(
                percent
                    .map_or(bucket.percent, |(_, percent)| *percent)
                    .basis_points(),
            )
        })
        .sum()
}

/// All suggestions as they are suggested.
pub(super) fn suggested() -> Vec<Typed> {
    let typed = |(number, suggestion): (usize, &Suggestion<Share>)| Typed {
        field: format!("{SUGGESTED_FIELD}{number}"),
        name: suggestion.name.to_owned(),
        percent: Ok(suggestion.extra.percent()),
        before: suggestion.extra.percent(),
    };
    (1..).zip(&BUCKETS).map(typed).collect()
}

/// Adds what `typed` leaves to 100 % to the bucket `id`; nothing when there is nothing left, or no such bucket in use.
pub(super) fn give_rest(book: &Book, typed: &mut Vec<(BucketId, Percent)>, id: &str) {
    let Some(bucket) = book.active_buckets().find(|bucket| bucket.id.to_string() == id) else {
        return;
    };
    let rest = FULL.saturating_sub(sum_with(book, typed));
    let so_far = typed.iter().find(|(id, _)| *id == bucket.id);
    let so_far = so_far.map_or(bucket.percent, |(_, percent)| *percent);
    let rest = i64::try_from(rest).unwrap_or(0);
    if let Ok(percent) = Percent::from_basis_points(i64::from(so_far) + rest) {
        typed.retain(|(id, _)| *id != bucket.id);
        typed.push((bucket.id, percent));
    }
}

/// What the shares are now, for the next page.
pub(super) fn told(book: &Book, format: NumberFormat) -> String {
    match FULL.checked_sub(book.percent_sum_bp().into()) {
        None | Some(0) => "All of your income has a bucket.".to_owned(),
        Some(missing) => format!(
            "{}% is missing: a split needs 100%.",
            format.basis_points(missing)
        ),
    }
}

/// What is too much, and where it could be taken away.
#[derive(Debug)]
pub(super) struct Over {
    /// `The shares add up to 105%. Nothing was saved.`
    pub(super) title: String,
    /// The id of the field that it could be taken from.
    pub(super) field: String,
    /// What to do there.
    pub(super) advice: String,
    /// What fits there at most.
    pub(super) most: String,
}

/// One share as it was typed.
#[derive(Debug)]
pub(super) struct Typed {
    /// The id of its field.
    pub(super) field: String,
    /// Whose it is.
    pub(super) name: String,
    /// What was typed, read.
    pub(super) percent: Result<Percent, String>,
    /// What it was before.
    pub(super) before: Percent,
}

/// The percentages of all buckets in use as a form has them; those it leaves out are as stored.
pub(super) fn typed(fields: &Fields, book: &Book, format: NumberFormat) -> Vec<Typed> {
    book.active_buckets()
        .map(|bucket| {
            let field = format!("{FIELD}{}", bucket.id);
            Typed {
                percent: given(fields, &field).map_or(Ok(bucket.percent), |text| read_percent(text, format)),
                name: bucket.name.clone(),
                before: bucket.percent,
                field,
            }
        })
        .collect()
}

/// The percentages of the ticked suggestions as a form has them; those it leaves out are as suggested.
pub(super) fn typed_suggestions(fields: &Fields, format: NumberFormat) -> Vec<Typed> {
    (1..)
        .zip(&BUCKETS)
        .filter(|(number, _)| suggestions::is_used(fields, *number))
        .map(|(number, suggestion)| {
            let field = format!("{SUGGESTED_FIELD}{number}");
            let name = given(fields, &format!("name_{number}")).unwrap_or(suggestion.name);
            Typed {
                percent: given(fields, &field)
                    .map_or(Ok(suggestion.extra.percent()), |text| read_percent(text, format)),
                name: name.to_owned(),
                before: suggestion.extra.percent(),
                field,
            }
        })
        .collect()
}

/// Nothing while they fit in 100 %. It is best taken from the share that was raised most; where none is large enough, from the largest.
pub(super) fn over(typed: &[Typed], format: NumberFormat) -> Option<Over> {
    let points = |typed: &Typed| {
        typed
            .percent
            .as_ref()
            .map_or(0, |percent| u64::from(percent.basis_points()))
    };
    let sum: u64 = typed.iter().map(points).sum();
    let excess = sum.checked_sub(FULL).filter(|excess| *excess > 0)?;
    let raised = |typed: &Typed| points(typed).saturating_sub(typed.before.basis_points().into());
    let from = typed
        .iter()
        .filter(|typed| points(typed) >= excess)
        .max_by_key(|typed| raised(typed))
        .or_else(|| typed.iter().max_by_key(|typed| points(typed)))?;
    let most = points(from).saturating_sub(excess);
    Some(Over {
        title: format!(
            "The shares add up to {}%. Nothing was saved.",
            format.basis_points(sum)
        ),
        field: from.field.clone(),
        advice: format!(
            "Take away {}%, for instance from {}",
            format.basis_points(excess),
            from.name
        ),
        most: format!("{} is the most that fits.", format.basis_points(most)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(name: &str, percent: i64, before: i64) -> Typed {
        Typed {
            field: name.to_lowercase(),
            name: name.to_owned(),
            percent: Ok(Percent::from_basis_points(percent).unwrap()),
            before: Percent::from_basis_points(before).unwrap(),
        }
    }

    #[test]
    fn what_is_too_much_is_taken_from_what_was_raised() {
        let format = NumberFormat::CommaPoint;
        assert!(over(&[share("Home", 9000, 9000), share("Fun", 1000, 1000)], format).is_none());
        let over = over(&[share("Home", 9000, 9000), share("Fun", 1500, 1000)], format).unwrap();
        assert_eq!(over.title, "The shares add up to 105%. Nothing was saved.");
        assert_eq!(over.advice, "Take away 5%, for instance from Fun");
        assert_eq!(over.most, "10 is the most that fits.");
        assert_eq!(over.field, "fun");
    }

    #[test]
    fn many_shares_that_are_too_much_together_still_get_advice() {
        let shares: Vec<_> = (0..5).map(|n| share(&format!("B{n}"), 10_000, 0)).collect();
        let over = over(&shares, NumberFormat::PointComma).unwrap();
        assert_eq!(over.title, "The shares add up to 500%. Nothing was saved.");
        assert_eq!(over.most, "0 is the most that fits.");
    }
}
