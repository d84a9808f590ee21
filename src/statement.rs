//! SQL written by hand whose plan Postgres keeps.
//!
//! Diesel never keeps a prepared statement for `sql_query`, which costs parsing and planning each time. A [`Statement`] is the same thing with
//! a cached plan: its text must come from a small fixed set, and values travel as parameters only.

use diesel::RunQueryDsl;
use diesel::expression::{AsExpression, Expression};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType, Untyped};

/// A statement with `?` where its parameters stand.
pub struct Statement {
    text: &'static str,
    parameters: Vec<Box<dyn QueryFragment<Pg>>>,
}

/// A statement of this text; a `?` in it is always a parameter.
#[must_use]
pub fn statement(text: &'static str) -> Statement {
    Statement {
        text,
        parameters: Vec::new(),
    }
}

impl Statement {
    /// Gives the next `?` its value.
    #[must_use]
    pub fn bind<ST, V>(mut self, value: V) -> Self
    where
        ST: SqlType + SingleValue,
        V: AsExpression<ST>,
        V::Expression: Expression<SqlType = ST> + QueryFragment<Pg> + 'static,
    {
        self.parameters.push(Box::new(value.as_expression()));
        self
    }
}

impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut parameters = self.parameters.iter();
        for (index, piece) in self.text.split('?').enumerate() {
            if index > 0 {
                let parameter = parameters.next().ok_or_else(|| mismatch(self.text))?;
                parameter.walk_ast(out.reborrow())?;
            }
            out.push_sql(piece);
        }
        if parameters.next().is_some() {
            return Err(mismatch(self.text));
        }
        Ok(())
    }
}

fn mismatch(text: &str) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(
        format!("the parameters do not fit the statement: {text}").into(),
    )
}

impl QueryId for Statement {
    type QueryId = ();
    // The text is the key under which the plan is kept.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Statement {}

/// The answer of a statement that says yes or no, in a column `yes`.
///
/// # Errors
/// Only database failures.
pub fn is_so(conn: &mut PgConnection, query: Statement) -> QueryResult<bool> {
    #[derive(diesel::QueryableByName)]
    struct Answer {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        yes: bool,
    }
    let answer: Answer = query.get_result(conn)?;
    Ok(answer.yes)
}

/// A word from a closed list, as a column holds it.
///
/// # Errors
/// When the database holds a word that this version does not know.
pub fn read_word<T>(word: &str) -> QueryResult<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    word.parse()
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}
