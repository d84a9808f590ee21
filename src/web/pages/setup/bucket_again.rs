//! What the page of buckets says when the form of its list comes back.

use super::list::{Asked, Sent, given};
use super::parts::{Summary, field_id};
use super::shares::{self, Over};
use crate::households::Member;
use crate::ledger::Book;
use crate::ledger::book::Bucket;
use crate::money::Percent;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;

/// What was typed in the form of the list, if that is the one that comes back.
pub(super) fn list_fields(asked: &Asked) -> Fields {
    match asked.sent {
        Some(Sent::Percentages | Sent::Edit(_)) => asked.typed.clone(),
        _ => Fields::default(),
    }
}

/// What is wrong in the form of the list.
pub(super) fn list_errors(asked: &Asked, over: Option<Over>) -> FieldErrors {
    match (&asked.sent, over) {
        (Some(Sent::Percentages | Sent::Edit(_)), Some(over)) => {
            let mut errors = FieldErrors::default();
            errors.push(over.field, over.most);
            errors
        }
        (Some(Sent::Percentages | Sent::Edit(_)), None) => asked.errors.clone(),
        _ => FieldErrors::default(),
    }
}

pub(super) fn over_summary(over: &Over) -> Summary {
    Summary {
        title: over.title.clone(),
        points: vec![(over.field.clone(), over.advice.clone())],
    }
}

/// What was typed and what it is now, where somebody else was faster.
pub(super) fn differences(
    book: &Book,
    open: Option<&Bucket>,
    fields: &Fields,
    member: &Member,
) -> Vec<(String, String)> {
    let mut points = Vec::new();
    let typed_name = fields.text("name").trim();
    if let Some(open) = open
        && open.name != typed_name
    {
        let told = format!("The name is {} now, you typed {typed_name}.", open.name);
        points.push((field_id("name"), told));
    }
    for bucket in book.active_buckets() {
        let field = format!("{}{}", shares::FIELD, bucket.id);
        let version = given(fields, &format!("{}{}", shares::VERSION, bucket.id));
        let typed = given(fields, &field).map(|text| shares::read_percent(text, member.number_format));
        if let Some(Ok(typed)) = typed
            && typed != bucket.percent
            && version.is_some_and(|version| version != bucket.version.to_string())
        {
            let say = |percent: Percent| member.number_format.percent(percent);
            let told = format!(
                "{} has {}% now, your form says {}%.",
                bucket.name,
                say(bucket.percent),
                say(typed)
            );
            points.push((field, told));
        }
    }
    points
}
