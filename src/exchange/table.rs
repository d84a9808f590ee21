//! A [`Table`] of a report as a CSV file: text is kept from being a formula, amounts are plain numbers.

use super::csv;
use super::formula::mark;
use crate::money::{Currency, plain};

/// A table that is being written.
#[derive(Debug, Clone)]
pub struct Table {
    text: String,
    currency: Currency,
}

/// One field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<'a> {
    /// What somebody may have typed, such as a name.
    Text(&'a str),
    /// Minor units of the table's currency.
    Minor(i64),
    /// Nothing.
    Empty,
}

impl Table {
    /// An empty table for amounts of this currency.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self {
            text: String::new(),
            currency,
        }
    }

    /// Adds a row.
    pub fn row<'a>(&mut self, fields: impl IntoIterator<Item = Field<'a>>) {
        let written: Vec<String> = fields
            .into_iter()
            .map(|field| match field {
                Field::Text(text) => mark(text).into_owned(),
                Field::Minor(minor) => plain(minor, self.currency),
                Field::Empty => String::new(),
            })
            .collect();
        csv::write(&mut self.text, written.iter().map(String::as_str));
    }

    /// The file.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_and_amounts_are_plain() {
        let mut table = Table::new(Currency::EUR);
        table.row([Field::Text("Category"), Field::Text("2026-11")]);
        table.row([Field::Text("=1+1"), Field::Minor(-123_456)]);
        table.row([Field::Text("Rent, \"old\""), Field::Empty]);
        assert_eq!(
            table.finish(),
            "Category,2026-11\n'=1+1,-1234.56\n\"Rent, \"\"old\"\"\",\n"
        );
    }
}
