//! Taking back what a change did to one thing of the set-up, field by field: a new name does not stand in the way of an old percentage.

use diesel::pg::PgConnection;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Item, Noun};
use crate::ids::HouseholdId;
use crate::ledger::thing::Thing;
use crate::ledger::{Book, LedgerError};
use crate::money::Percent;

/// One thing of the set-up, as the history wrote it down.
pub(super) struct Setting {
    pub(super) noun: Noun,
    pub(super) id: Uuid,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

impl Setting {
    /// Whether entries may need it to be back before they are: it was deleted or archived.
    pub(super) fn is_needed_first(&self) -> bool {
        let is_archived = |side: &Value| side.get("archived_at").is_some_and(|at| !at.is_null());
        match (&self.before, &self.after) {
            (Some(_), None) => true,
            (Some(before), Some(after)) => !is_archived(before) && is_archived(after),
            (None, _) => false,
        }
    }
}

/// Brings it back to what it was. What was added and is in use by now is refused if `is_strict`, else left.
pub(super) fn take_back(
    conn: &mut PgConnection,
    household: HouseholdId,
    setting: &Setting,
    is_strict: bool,
) -> Result<Option<Item>, LedgerError> {
    let book = Book::load(conn, household)?;
    let now = Thing::find(&book, setting.noun, setting.id);
    match (&setting.before, &setting.after, now) {
        (None, Some(_), Some(now)) => remove(conn, household, &now, is_strict),
        (Some(before), None, None) => bring_back(conn, household, &book, setting, before).map(Some),
        (Some(before), Some(after), Some(now)) => change_back(conn, household, &book, &now, before, after),
        (before, after, None) => {
            if before.is_none() && !is_strict {
                return Ok(None);
            }
            let side = after.as_ref().or(before.as_ref());
            let name = side
                .and_then(|side| side.get("name"))
                .and_then(Value::as_str)
                .unwrap_or("It");
            Err(LedgerError::Blocked(format!(
                "{name} was deleted or merged since. Undo that first, under Activity."
            )))
        }
        (_, None, Some(now)) => Err(LedgerError::Blocked(format!("{} is there already.", now.name()))),
    }
}

/// Refuses to merge a bucket once more whose share of income is another by now: the target would gain what it was then.
pub(super) fn refuse_other_share(book: &Book, setting: &Setting) -> Result<(), LedgerError> {
    let (None, Some(after)) = (&setting.before, &setting.after) else {
        return Ok(());
    };
    let Some(now) = Thing::find(book, setting.noun, setting.id) else {
        return Ok(());
    };
    if now.to_json()?.get("percent") == after.get("percent") {
        return Ok(());
    }
    Err(LedgerError::Blocked(changed_again(&now, "percent")))
}

fn remove(
    conn: &mut PgConnection,
    household: HouseholdId,
    now: &Thing,
    is_strict: bool,
) -> Result<Option<Item>, LedgerError> {
    if now.is_used(conn, household)? {
        if !is_strict {
            return Ok(None);
        }
        return Err(LedgerError::Blocked(format!(
            "{} has entries by now. Archive it under {}, or merge it into another.",
            now.name(),
            now.page()
        )));
    }
    now.remove(conn, household)?;
    Item::thing(Some(now), None).map(Some)
}

fn bring_back(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    setting: &Setting,
    before: &Value,
) -> Result<Item, LedgerError> {
    let thing = Thing::read(setting.noun, before.clone())?;
    check_name(book, &thing)?;
    let thing = thing.clone().at_version(thing.version() + 1);
    if thing.is_archived() {
        thing.clone().in_use_for_now().insert(conn, household)?;
    } else {
        thing.insert(conn, household)?;
    }
    Item::thing(None, Some(&thing))
}

/// Archives what came back in use for now, once its entries are back.
pub(super) fn archive_again(
    conn: &mut PgConnection,
    household: HouseholdId,
    settings: &[Setting],
) -> Result<(), LedgerError> {
    for setting in settings {
        if let (Some(before), None) = (&setting.before, &setting.after) {
            let thing = Thing::read(setting.noun, before.clone())?;
            if thing.is_archived() {
                let version = thing.version() + 1;
                thing.at_version(version).update(conn, household)?;
            }
        }
    }
    Ok(())
}

fn change_back(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    now: &Thing,
    before: &Value,
    after: &Value,
) -> Result<Option<Item>, LedgerError> {
    let json = now.to_json()?;
    let mut target = json.as_object().cloned().unwrap_or_else(Map::new);
    let mut is_changed = false;
    for (field, was) in before.as_object().into_iter().flatten() {
        let made = after.get(field).unwrap_or(&Value::Null);
        if field == "version" || was == made {
            continue;
        }
        if json.get(field).unwrap_or(&Value::Null) != made {
            return Err(LedgerError::Blocked(changed_again(now, field)));
        }
        target.insert(field.clone(), was.clone());
        is_changed = true;
    }
    if !is_changed {
        return Ok(None);
    }
    let mut target = Thing::read(now.noun(), Value::Object(target))?.at_version(now.version() + 1);
    check_name(book, &target)?;
    if let Thing::Bucket(bucket) = &mut target
        && bucket.archived_at.is_some()
        && bucket.percent != Percent::ZERO
    {
        if now.is_archived() {
            return Err(LedgerError::Blocked(format!(
                "{} is archived, so it takes no income. Restore it under {} first.",
                now.name(),
                now.page()
            )));
        }
        // As with every archiving, the percentage that it was given since becomes free.
        bucket.percent = Percent::ZERO;
    }
    if target.is_archived() && !now.is_archived() && target.holds_money(conn, household)? {
        return Err(LedgerError::Blocked(format!(
            "{} holds money by now. Archive it under {} instead, which moves the money first.",
            now.name(),
            now.page()
        )));
    }
    if let (Thing::Category(was), Thing::Category(is)) = (&target, now)
        && was.sign != is.sign
        && now.is_used(conn, household)?
    {
        return Err(LedgerError::Blocked(format!(
            "{} has entries by now, so what it counts as is fixed.",
            now.name()
        )));
    }
    target.update(conn, household)?;
    Item::thing(Some(now), Some(&target)).map(Some)
}

fn changed_again(now: &Thing, field: &str) -> String {
    let what = match field {
        "name" => "The name",
        "percent" => "The share of income",
        "position" => "The order",
        "archived_at" => "Whether it is in use",
        "kind" | "sign" => "The kind",
        _ => "This",
    };
    format!(
        "{what} was changed again since ({}). Undo the later change first, under Activity.",
        now.name()
    )
}

/// A name that is to be used again has to be free.
fn check_name(book: &Book, thing: &Thing) -> Result<(), LedgerError> {
    if thing.is_archived() {
        return Ok(());
    }
    let names: Vec<(Uuid, &str)> = match thing {
        Thing::Location(_) => book
            .active_locations()
            .map(|one| (one.id.uuid(), one.name.as_str()))
            .collect(),
        Thing::Bucket(_) => book
            .active_buckets()
            .map(|one| (one.id.uuid(), one.name.as_str()))
            .collect(),
        Thing::Category(_) => book
            .categories
            .iter()
            .filter(|one| one.archived_at.is_none())
            .map(|one| (one.id.uuid(), one.name.as_str()))
            .collect(),
    };
    let is_taken = names
        .into_iter()
        .any(|(id, name)| id != thing.id() && name.to_lowercase() == thing.name().to_lowercase());
    if is_taken {
        return Err(LedgerError::Blocked(format!(
            "The name {} was given to another since. Rename that one under {} first.",
            thing.name(),
            thing.page()
        )));
    }
    Ok(())
}
