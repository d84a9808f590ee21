//! The rows of a household's CSV file, and the names in them.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::columns::{Columns, wanted_columns};
use super::csv::{BrokenRecord, Records};
use super::fault::{Fault, Faults};
use super::groups::Groups;
use crate::ledger::Kind;
use crate::money::{Amount, Currency, Percent};

/// What a row records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSign {
    /// `+`
    Income,
    /// `-`
    Expense,
    /// `=`: money that is neither earned nor spent
    Transfer,
}

impl RowSign {
    /// The sign of an entry of this kind.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Income => Self::Income,
            Kind::Expense => Self::Expense,
            Kind::Transfer | Kind::Loan | Kind::Adjustment => Self::Transfer,
        }
    }

    /// The amount of a row whose posting is this one, and the other way round: an expense is told without its minus.
    #[must_use]
    pub fn turn(self, amount: Amount) -> Amount {
        if self == Self::Expense { -amount } else { amount }
    }

    /// As it stands in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Income => "+",
            Self::Expense => "-",
            Self::Transfer => "=",
        }
    }
}

/// A name of the file, by its place in [`Table::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameId(u32);

impl NameId {
    /// What belongs to this name, in a list that goes by ids.
    #[must_use]
    pub fn of(self, list: &[String]) -> &str {
        list.get(self.0 as usize).map_or("", String::as_str)
    }
}

/// One entry to be. Nothing in it is checked against the household yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins.
    pub line: u64,
    /// The day.
    pub date: NaiveDate,
    /// A few words, trimmed; may be empty.
    pub description: Box<str>,
    /// Why.
    pub category: NameId,
    /// How much, and where.
    pub money: Money,
    /// What a refund gives back: the number of an entry of the file.
    pub refund_of: Option<u64>,
}

/// How the money of an entry is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Money {
    /// All in one row, from which the postings follow.
    Short(Short),
    /// Posting by posting.
    Exact(Box<Exact>),
}

/// An income, an expense or a transfer in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// As it stands in the file: below zero it is a refund, never of a transfer.
    pub amount: Amount,
    /// What it records.
    pub sign: RowSign,
    /// Where, or from where.
    pub location: NameId,
    /// What for; nothing when the income is split.
    pub bucket: Option<NameId>,
    /// Location and bucket that a transfer goes to; nothing otherwise.
    pub to: Option<(NameId, NameId)>,
}

/// An entry of any kind, as it is in a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// What it is.
    pub kind: Kind,
    /// With whom, of a loan.
    pub counterparty: Option<Box<str>>,
    /// Its rows.
    pub parts: Vec<Part>,
}

/// A posting, a share of a split, or both at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The line of the file on which it begins.
    pub line: u64,
    /// Where.
    pub location: NameId,
    /// What for.
    pub bucket: NameId,
    /// Money in above zero, out below; zero for a share of which nothing came out.
    pub amount: Amount,
    /// The share of the bucket, where the entry is a split.
    pub share: Option<Percent>,
}

/// The different names of a file, each kept once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    texts: Vec<String>,
    places: HashMap<String, NameId>,
}

impl Names {
    /// The id of a name, which is kept if it is new.
    pub fn keep(&mut self, text: String) -> NameId {
        if let Some(id) = self.places.get(&text) {
            return *id;
        }
        // A file of four thousand million names does not fit into memory.
        let id = NameId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.clone());
        self.places.insert(text, id);
        id
    }

    /// All names, in the order of their ids.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// A file, read.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The good entries, in their order.
    pub rows: Vec<Row>,
    /// The places in `rows` of entries that have a number.
    pub numbered: HashMap<u64, usize>,
    /// The names in them.
    pub names: Names,
    /// The faulty rows.
    pub faults: Faults,
    /// How many rows the file has, good and faulty ones.
    pub rows_count: usize,
}

impl Table {
    /// The place in `rows` of what a refund gives back, where it says so.
    #[must_use]
    pub fn original(&self, row: &Row) -> Option<usize> {
        row.refund_of
            .and_then(|number| self.numbered.get(&number).copied())
    }
}

/// Reads a file. Never fails on a row: a faulty one is among [`Table::faults`], and the others are read.
///
/// # Errors
/// When it is no table of these columns at all.
pub fn read(bytes: &[u8], currency: Currency) -> Result<Table, Fault> {
    let text = as_text(bytes)?;
    let mut records = Records::new(text);
    let Some(head) = records.next() else {
        return Err(fault(1, format!("The file is empty. {}", wanted_columns())));
    };
    let head = head.map_err(broken)?;
    let columns = Columns::find(&head).map_err(|reason| fault(head.line, reason))?;
    let mut table = Table::default();
    let mut groups = Groups::default();
    for record in records {
        table.rows_count += 1;
        let record = match record.map_err(broken) {
            Ok(record) => record,
            Err(fault) => {
                table.faults.push(fault);
                continue;
            }
        };
        let number = columns.number(&record);
        let added = columns
            .read(&record, currency, &mut table.names)
            .and_then(|row| groups.add(number, row));
        if let Err(fault) = added {
            groups.spoil(number);
            table.faults.push(fault);
        }
    }
    // An export of a household without entries is a good file.
    if table.rows_count == 0 && !columns.are_exact() {
        return Err(fault(
            head.line + 1,
            "There is no row below the names of the columns.".to_owned(),
        ));
    }
    groups.finish(&mut table);
    Ok(table)
}

/// The text of a file, without the mark that some programs put before it.
fn as_text(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(fault(1, "The file is UTF-16. Save it as UTF-8.".to_owned()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        let line = 1 + before.map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        fault(
            line,
            "This line is not UTF-8 text. Save the file as UTF-8.".to_owned(),
        )
    })
}

fn fault(line: u64, reason: String) -> Fault {
    Fault { line, reason }
}

fn broken(record: BrokenRecord) -> Fault {
    fault(record.line, record.reason.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "date,description,amount,sign,category,location,bucket,to_location,to_bucket";

    /// What is said about a file.
    fn complaints(bytes: &[u8]) -> Vec<String> {
        match read(bytes, Currency::EUR) {
            Ok(table) => table.faults.listed().iter().map(ToString::to_string).collect(),
            Err(fault) => vec![fault.to_string()],
        }
    }

    /// What is said about a row below the head, without its line.
    fn complaint(row: &str) -> String {
        let said = complaints(format!("{HEAD}\n{row}\n").as_bytes());
        said.join("\n")
            .strip_prefix("line 2: ")
            .map_or(said.join("\n"), str::to_owned)
    }

    #[test]
    fn rows_are_read_from_columns_in_any_order() {
        let text = "\u{feff}to_bucket,Amount, date,sign,description,location,bucket,category,to_location\r\n\
                    ,12.5, 2026-11-14,-,\" Bread, butter \",Cash, Home,Food,\r\n\
                    Fun,7,2026-11-15,=,,Cash,Home,Transfer,\r\n\
                    ,-3,2026-11-16,+,Pay back,Cash,*,Pay,\r\n";
        let table = read(text.as_bytes(), Currency::EUR).unwrap();
        assert!(table.faults.is_empty(), "{}", table.faults);
        assert_eq!(
            table.names.texts(),
            ["Food", "Cash", "Home", "Transfer", "Fun", "Pay"]
        );
        let [spent, moved, back] = table.rows.as_slice() else {
            panic!("three rows: {table:?}")
        };
        let short = |row: &Row| match row.money {
            Money::Short(short) => short,
            Money::Exact(_) => panic!("{row:?} is said in one row"),
        };
        assert_eq!(
            (spent.line, short(spent).amount.minor(), short(spent).sign),
            (2, 1250, RowSign::Expense)
        );
        assert_eq!(&*spent.description, "Bread, butter");
        assert_eq!((short(spent).bucket, short(spent).to), (Some(NameId(2)), None));
        // Where nothing is said, the target is the source.
        assert_eq!(short(moved).to, Some((NameId(1), NameId(4))));
        assert_eq!((short(back).amount.minor(), short(back).bucket), (-300, None));
    }

    #[test]
    fn a_file_without_rows_is_refused() {
        let head = "Its first line must name the columns: date,description,amount,sign,category,location,bucket,to_location,to_bucket.";
        let cases = [
            ("", format!("line 1: The file is empty. {head}")),
            ("\n\r\n", format!("line 1: The file is empty. {head}")),
            (
                HEAD,
                "line 2: There is no row below the names of the columns.".into(),
            ),
            (
                "\"date",
                "line 1: A quote is opened here and never closed.".into(),
            ),
            ("date,date", "line 1: The column “date” is there twice.".into()),
            (
                "date;amount",
                format!(
                    "line 1: Put commas between the columns. Unknown columns: “date;amount”. Missing columns: {}. {head}",
                    HEAD.replace(',', ", ")
                ),
            ),
            (
                "date,description,amount,sign,category,location,bucket,to_location,\u{1b}memo,Note",
                format!(
                    "line 1: Unknown columns: “\\u{{1b}}memo”, “note”. Missing columns: to_bucket. {head}"
                ),
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(complaints(text.as_bytes()), [wanted], "{text:?}");
        }
        assert_eq!(
            complaints(b"\xff\xfed\0a\0"),
            ["line 1: The file is UTF-16. Save it as UTF-8."]
        );
        assert_eq!(
            complaints(b"date\n\nCaf\xe9\n"),
            ["line 3: This line is not UTF-8 text. Save the file as UTF-8."]
        );
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table of cases")]
    fn every_field_says_what_is_wrong_with_it() {
        let long = "x".repeat(10_000);
        let number = "Write the amount with the digits 0 to 9, such as 12.50";
        let cases = [
            (",a,1,-,F,C,H,,", "date: Write the day as 2026-11-14".to_owned()),
            (
                "14.11.2026,a,1,-,F,C,H,,",
                "date: Write the day as 2026-11-14".into(),
            ),
            (
                "2026-02-30,a,1,-,F,C,H,,",
                "date: 2026-02-30 is not a day: February 2026 has 28 days".into(),
            ),
            (
                "1899-12-31,a,1,-,F,C,H,,",
                "date: Choose a day from 1900-01-01 to 2100-12-31".into(),
            ),
            (
                "2026-11-14,a\0,1,-,F,C,H,,",
                "description: Take out the line breaks and control characters.".into(),
            ),
            (
                "2026-11-14,\"a\nb\",1,-,F,C,H,,",
                "description: Take out the line breaks and control characters.".into(),
            ),
            (
                &format!("2026-11-14,{long},1,-,F,C,H,,"),
                "description: Use at most 255 characters; these are 10000.".into(),
            ),
            (
                "2026-11-14,a,,-,F,C,H,,",
                "amount: Type an amount, such as 12.50".into(),
            ),
            ("2026-11-14,a,NaN,-,F,C,H,,", format!("amount: {number}")),
            ("2026-11-14,a,\u{663},-,F,C,H,,", format!("amount: {number}")),
            ("2026-11-14,a,1e308,-,F,C,H,,", format!("amount: {number}")),
            (
                "2026-11-14,a,1.005,-,F,C,H,,",
                "amount: EUR has 2 decimals: write 1.00 or 1.01, not 1.005".into(),
            ),
            (
                "2026-11-14,a,10000000000000,-,F,C,H,,",
                "amount: That is too much: an amount has at most 15 digits, decimals included".into(),
            ),
            (
                "2026-11-14,a,-5,=,F,C,H,D,",
                "amount: What a transfer moves is above zero. Swap where it comes from and where it goes."
                    .into(),
            ),
            (
                "2026-11-14,a,1,,F,C,H,,",
                "sign: Write + for income, - for an expense, = for a transfer.".into(),
            ),
            (
                "2026-11-14,a,1,x,F,C,H,,",
                "sign: Write + for income, - for an expense, = for a transfer.".into(),
            ),
            ("2026-11-14,a,1,-,,C,H,,", "category: Type a name.".into()),
            (
                &format!("2026-11-14,a,1,-,{long},C,H,,"),
                "category: Use at most 255 characters; these are 10000.".into(),
            ),
            ("2026-11-14,a,1,-,F, ,H,,", "location: Type a name.".into()),
            (
                "2026-11-14,a,1,-,F,C\u{2028}D,H,,",
                "location: Take out the line breaks and control characters.".into(),
            ),
            ("2026-11-14,a,1,-,F,C,,,", "bucket: Type a name.".into()),
            (
                "2026-11-14,a,1,-,F,C,*,,",
                "bucket: Only income, with the sign +, is split by *. Name a bucket.".into(),
            ),
            (
                "2026-11-14,a,1,=,F,C,*,D,",
                "bucket: Only income, with the sign +, is split by *. Name a bucket.".into(),
            ),
            (
                "2026-11-14,a,1,=,F,C,H,D,*",
                "to_bucket: Only income, with the sign +, is split by *. Name a bucket.".into(),
            ),
            (
                "2026-11-14,a,1,-,F,C,H,D,",
                "to_location: Leave this empty: only a transfer, with the sign =, goes anywhere.".into(),
            ),
            (
                "2026-11-14,a,1,+,F,C,H,,H",
                "to_bucket: Leave this empty: only a transfer, with the sign =, goes anywhere.".into(),
            ),
            (
                "2026-11-14,a,1,-,F,C,H",
                "A row needs 9 fields, one for each column; this one has 7.".into(),
            ),
            (
                "2026-11-14,a,1,-,F,C,H,,,",
                "A row needs 9 fields, one for each column; this one has 10.".into(),
            ),
            (
                &long,
                "A row needs 9 fields, one for each column; this one has 1.".into(),
            ),
            (
                ",a,x,-,F,C,H,,",
                format!("date: Write the day as 2026-11-14 · amount: {number}"),
            ),
        ];
        for (row, wanted) in cases {
            assert_eq!(complaint(row), wanted, "{row:.80}");
        }
        assert_eq!(complaint("2026-11-14,,1,-,F,C,H,,"), "");
    }

    #[test]
    fn a_fault_names_the_line_where_its_row_begins() {
        let good = "2026-11-14,\"two, parts\",1,-,F,C,H,,";
        let text =
            format!("{HEAD}\r\n{good}\r\n\r\n\"2026-11-14\",\"a\r\nb\",1,-,F,C,H,,\r\n{good}\r\nbad\r\n");
        assert_eq!(
            complaints(text.as_bytes()),
            [
                "line 4: description: Take out the line breaks and control characters.",
                "line 7: A row needs 9 fields, one for each column; this one has 1."
            ]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), under_head in any::<bool>()) {
            let file = if under_head { [HEAD.as_bytes(), b"\n", &bytes].concat() } else { bytes };
            for said in complaints(&file) { prop_assert!(said.len() < 2000); }
        }

        #[test]
        fn any_fields_are_read_or_refused(row in "[0-9a\u{e9}\u{663}.\0\",\r\n+=*-]{0,80}") {
            for said in complaints(format!("{HEAD}\n{row}").as_bytes()) { prop_assert!(said.len() < 2000); }
        }
    }
}
