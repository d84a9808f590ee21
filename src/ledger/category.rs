//! Categories: why money moved. Commands, and how often each was used; reading the rest is the [`Book`]'s.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use super::book::Category;
use super::history::{Item, Noun};
use super::thing::{self, Thing};
use super::{Book, Kind, LedgerError, Sign, name};
use crate::households::Member;
use crate::ids::{CategoryId, ChangeId, HouseholdId};
use crate::period::DateRange;
use crate::schema::{categories, transactions};
use crate::statement::statement;

/// How many entries each category has in `months`, which are whole; a category without any is left out.
///
/// # Errors
/// Only database failures.
pub fn entries_in(
    conn: &mut PgConnection,
    household: HouseholdId,
    months: DateRange,
) -> QueryResult<BTreeMap<CategoryId, i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        category_id: CategoryId,
        #[diesel(sql_type = BigInt)]
        entries: i64,
    }
    let rows: Vec<Row> = statement(
        "SELECT category_id, sum(entries_count)::bigint AS entries FROM monthly_totals
          WHERE household_id = ? AND month >= ? AND month < ? GROUP BY 1 HAVING sum(entries_count) > 0",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Date, _>(months.from)
    .bind::<Date, _>(months.until)
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.category_id, row.entries))
        .collect())
}

/// Adds a category.
///
/// # Errors
/// [`LedgerError::Invalid`] for a name that is empty, too long or taken.
pub fn add(
    conn: &mut PgConnection,
    member: &Member,
    name: &str,
    sign: Sign,
) -> Result<(CategoryId, ChangeId), LedgerError> {
    let name = name::required("name", name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    let id = insert(conn, member.household, &name, sign)?;
    let made = Thing::Category(find(conn, member.household, id)?);
    let change = thing::remember(conn, member, "category.add", None, Some(&made), Vec::new())?;
    Ok((id, change))
}

/// Renames a category that was read at `version`, or changes what it counts as while it is unused. Nothing is written where both stay as they are.
///
/// # Errors
/// [`LedgerError::NotFound`], [`LedgerError::Stale`], [`LedgerError::Invalid`].
pub fn edit(
    conn: &mut PgConnection,
    member: &Member,
    id: CategoryId,
    version: i32,
    name: &str,
    sign: Sign,
) -> Result<Option<ChangeId>, LedgerError> {
    let before = find(conn, member.household, id)?;
    if before.version != version {
        return Err(LedgerError::Stale);
    }
    let name = name::required("name", name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    if before.name == name && before.sign == sign {
        return Ok(None);
    }
    if before.sign != sign && is_used(conn, member.household, id)? {
        let message = format!(
            "{} has entries, so what it counts as is fixed. Add another category instead.",
            before.name
        );
        return Err(LedgerError::invalid("sign", message));
    }
    diesel::update(categories::table.find((member.household, id)))
        .set((
            categories::name.eq(name),
            categories::sign.eq(sign.as_str()),
            categories::version.eq(version + 1),
        ))
        .execute(conn)?;
    let after = Thing::Category(find(conn, member.household, id)?);
    let before = Thing::Category(before);
    let action = "category.edit";
    thing::remember(conn, member, action, Some(&before), Some(&after), Vec::new()).map(Some)
}

/// Archives a category: it takes no new entries and leaves the lists; its history stays.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when it is archived already.
pub fn archive(conn: &mut PgConnection, member: &Member, id: CategoryId) -> Result<ChangeId, LedgerError> {
    thing::archive(conn, member, Noun::Category, id.uuid(), Vec::new())
}

/// Takes an archived category back into use.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when it is in use; [`LedgerError::Invalid`] when its name was given to another meanwhile.
pub fn restore(conn: &mut PgConnection, member: &Member, id: CategoryId) -> Result<ChangeId, LedgerError> {
    thing::restore(conn, member, Noun::Category, id.uuid())
}

/// Takes a category away that was never used.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when an entry names it.
pub fn delete(conn: &mut PgConnection, member: &Member, id: CategoryId) -> Result<ChangeId, LedgerError> {
    thing::delete(conn, member, Noun::Category, id.uuid())
}

/// The household's own category for transfers, loans or adjustments, made when it is first needed; what was made is added to `items`.
///
/// # Errors
/// [`LedgerError::Invalid`] when its name is taken by a category that counts as income or expense.
pub(super) fn built_in(
    conn: &mut PgConnection,
    household: HouseholdId,
    kind: Kind,
    items: &mut Vec<Item>,
) -> Result<CategoryId, LedgerError> {
    let name = kind.label();
    let found: Option<(CategoryId, String)> = categories::table
        .filter(categories::household_id.eq(household))
        .filter(categories::name_key.eq(name.to_lowercase()))
        .filter(categories::archived_at.is_null())
        .select((categories::id, categories::sign))
        .first(conn)
        .optional()?;
    match found {
        Some((id, sign)) if sign == Sign::Neutral.as_str() => Ok(id),
        Some(_) => {
            let message = format!(
                "Your category {name} counts as income or expense. Choose a category that is neither."
            );
            Err(LedgerError::invalid("category", message))
        }
        None => {
            let id = insert(conn, household, name, Sign::Neutral)?;
            let made = find(conn, household, id)?;
            items.push(Item::of(
                Noun::Category,
                id.uuid(),
                None::<&Category>,
                Some(&made),
            )?);
            Ok(id)
        }
    }
}

fn insert(
    conn: &mut PgConnection,
    household: HouseholdId,
    name: &str,
    sign: Sign,
) -> QueryResult<CategoryId> {
    let id = CategoryId::new();
    diesel::insert_into(categories::table)
        .values((
            categories::household_id.eq(household),
            categories::id.eq(id),
            categories::name.eq(name),
            categories::sign.eq(sign.as_str()),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Whether a category has an entry, of any day: what it counts as is fixed then.
///
/// # Errors
/// Only database failures.
pub fn is_used(conn: &mut PgConnection, household: HouseholdId, id: CategoryId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        transactions::table
            .filter(transactions::household_id.eq(household))
            .filter(transactions::category_id.eq(id)),
    ))
    .get_result(conn)
}

fn find(conn: &mut PgConnection, household: HouseholdId, id: CategoryId) -> Result<Category, LedgerError> {
    Book::load(conn, household)?
        .category(id)
        .cloned()
        .ok_or(LedgerError::NotFound("category"))
}
