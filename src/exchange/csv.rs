//! Comma-separated text, strictly as RFC 4180 has it.
//!
//! The common readers take a stray or unclosed quote for text, and swallow half a file with it. Here both are faults that name their line.
//! Line ends are LF or CRLF, empty lines are skipped, and a quoted field may hold commas, line breaks and doubled quotes. What [`write`]
//! writes ends lines with LF.

use std::borrow::Cow;

/// A line of the table: its fields, and the line of the file on which it begins, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Counted from 1.
    pub line: u64,
    /// As they are, without the quotes around them.
    pub fields: Vec<Cow<'a, str>>,
}

/// A record that cannot be told apart into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenRecord {
    /// Where it begins, counted from 1.
    pub line: u64,
    /// A sentence.
    pub reason: &'static str,
}

const STRAY_QUOTE: &str =
    "There is a quote in the middle of a field. Put the whole field in quotes and double those inside it.";
const AFTER_QUOTE: &str =
    "After a closing quote there must be a comma or the end of the line. Double the quotes inside a field.";
const UNCLOSED_QUOTE: &str = "A quote is opened here and never closed.";

/// Reads text record by record. After a broken one it goes on with the next line of the file.
#[derive(Debug)]
pub struct Records<'a> {
    rest: &'a str,
    line: u64,
}

/// What follows a field.
#[derive(PartialEq, Eq)]
enum End {
    Field,
    Record,
}

impl<'a> Records<'a> {
    /// The records of `text`.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { rest: text, line: 1 }
    }

    fn skip_empty_lines(&mut self) {
        while let Some(rest) = end_of_line(self.rest) {
            self.rest = rest;
            self.line += 1;
        }
    }

    fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
    }

    fn fields(&mut self) -> Result<Vec<Cow<'a, str>>, &'static str> {
        let mut fields = Vec::with_capacity(9);
        loop {
            let (field, end) = match self.rest.strip_prefix('"') {
                Some(body) => self.quoted(body)?,
                None => self.unquoted()?,
            };
            fields.push(field);
            if end == End::Record {
                return Ok(fields);
            }
        }
    }

    fn unquoted(&mut self) -> Result<(Cow<'a, str>, End), &'static str> {
        let length = self.rest.find([',', '"', '\n']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(length);
        if rest.starts_with('"') {
            return Err(STRAY_QUOTE);
        }
        if let Some(rest) = rest.strip_prefix(',') {
            self.rest = rest;
            return Ok((field.into(), End::Field));
        }
        self.rest = rest.strip_prefix('\n').unwrap_or(rest);
        Ok((field.strip_suffix('\r').unwrap_or(field).into(), End::Record))
    }

    /// A field whose opening quote stands before `body`.
    fn quoted(&mut self, mut body: &'a str) -> Result<(Cow<'a, str>, End), &'static str> {
        let mut field = Cow::Borrowed("");
        loop {
            let Some((part, after)) = body.split_once('"') else {
                self.rest = "";
                return Err(UNCLOSED_QUOTE);
            };
            field += part;
            self.rest = after;
            if let Some(next) = after.strip_prefix('"') {
                field += "\"";
                body = next;
            } else if let Some(rest) = after.strip_prefix(',') {
                self.rest = rest;
                return Ok((field, End::Field));
            } else if after.is_empty() {
                return Ok((field, End::Record));
            } else {
                self.rest = end_of_line(after).ok_or(AFTER_QUOTE)?;
                return Ok((field, End::Record));
            }
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, BrokenRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_empty_lines();
        if self.rest.is_empty() {
            return None;
        }
        let (before, line) = (self.rest, self.line);
        let fields = self.fields();
        if fields.is_err() {
            self.skip_line();
        }
        let (read, _) = before.split_at(before.len() - self.rest.len());
        self.line += read.bytes().map(|byte| u64::from(byte == b'\n')).sum::<u64>();
        Some(match fields {
            Ok(fields) => Ok(Record { line, fields }),
            Err(reason) => Err(BrokenRecord { line, reason }),
        })
    }
}

/// Appends a line of the table. Fields that hold a comma, a quote or a line break are put in quotes.
pub(super) fn write<'a>(out: &mut String, fields: impl IntoIterator<Item = &'a str>) {
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        if field.contains([',', '"', '\n', '\r']) {
            out.push('"');
            for (place, part) in field.split('"').enumerate() {
                if place > 0 {
                    out.push_str("\"\"");
                }
                out.push_str(part);
            }
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out.push('\n');
}

/// What comes after the end of a line, if `text` begins with one.
fn end_of_line(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A line, and its fields or what is wrong with it.
    type Read = (u64, Result<Vec<String>, &'static str>);

    fn read(text: &str) -> Vec<Read> {
        Records::new(text)
            .map(|record| match record {
                Ok(record) => (
                    record.line,
                    Ok(record.fields.into_iter().map(Cow::into_owned).collect()),
                ),
                Err(broken) => (broken.line, Err(broken.reason)),
            })
            .collect()
    }

    fn good(line: u64, fields: &[&str]) -> Read {
        (line, Ok(fields.iter().map(|field| (*field).to_owned()).collect()))
    }

    #[test]
    fn fields_end_with_commas_and_records_with_lines() {
        assert_eq!(read("a,b\n1,2\n"), [good(1, &["a", "b"]), good(2, &["1", "2"])]);
        assert_eq!(read("a,b\r\n1,2"), [good(1, &["a", "b"]), good(2, &["1", "2"])]);
        assert_eq!(read(",\n\n\r\n,,"), [good(1, &["", ""]), good(4, &["", "", ""])]);
        assert_eq!(read(" a , b\rc"), [good(1, &[" a ", " b\rc"])]);
        assert_eq!(read(""), []);
        assert_eq!(read("\n\n"), []);
    }

    #[test]
    fn quotes_hold_commas_line_breaks_and_quotes() {
        assert_eq!(
            read("\"a,b\",\"c \"\"d\"\"\"\r\n\"two\nlines\r\n\",\"\"\n1,2"),
            [
                good(1, &["a,b", "c \"d\""]),
                good(2, &["two\nlines\r\n", ""]),
                good(5, &["1", "2"])
            ]
        );
    }

    #[test]
    fn broken_quotes_name_the_line_where_the_record_begins() {
        assert_eq!(
            read("a\n5\" nails,1\nb"),
            [good(1, &["a"]), (2, Err(STRAY_QUOTE)), good(3, &["b"])]
        );
        assert_eq!(
            read("a\n\"x\ny\"z,1\nb"),
            [good(1, &["a"]), (2, Err(AFTER_QUOTE)), good(4, &["b"])]
        );
        assert_eq!(read("a\n\"x,1\nb\n"), [good(1, &["a"]), (2, Err(UNCLOSED_QUOTE))]);
        assert_eq!(
            read("a, \"b\"\n\"c\"\rd\n\""),
            [
                (1, Err(STRAY_QUOTE)),
                (2, Err(AFTER_QUOTE)),
                (3, Err(UNCLOSED_QUOTE))
            ]
        );
    }

    #[test]
    fn a_long_line_is_one_record() {
        let long = "x".repeat(1_000_000);
        assert_eq!(read(&long), [good(1, &[&long])]);
        assert_eq!(read(&"\"".repeat(1_000_001)), [(1, Err(UNCLOSED_QUOTE))]);
        let commas = Records::new(&",".repeat(1_000_000))
            .next()
            .unwrap()
            .unwrap()
            .fields
            .len();
        assert_eq!(commas, 1_000_001);
    }

    proptest! {
        /// The `csv` crate writes, this reads back, and the lines are counted by hand.
        #[test]
        fn what_another_program_wrote_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[a\u{e9}\",\r\n ]{0,6}", 2..5), 0..6),
            crlf in any::<bool>(),
        ) {
            let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().flexible(true).terminator(terminator).from_writer(Vec::new());
            let mut wanted = Vec::new();
            let mut line = 1;
            for fields in &table {
                writer.write_record(fields).unwrap();
                wanted.push((line, Ok(fields.clone())));
                line += 1 + fields.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(read(&text), wanted);
        }

        /// What this writes, the `csv` crate reads.
        #[test]
        fn another_program_reads_what_was_written(table in prop::collection::vec(prop::collection::vec("[a\u{e9}\",\r\n ]{0,6}", 3), 0..6)) {
            let mut text = String::new();
            for fields in &table {
                write(&mut text, fields.iter().map(String::as_str));
            }
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let read: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, table);
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "[a\u{e9}\",\r\n]{0,40}") {
            let lines = text.matches('\n').count() as u64 + 1;
            for record in Records::new(&text) {
                let line = record.map_or_else(|broken| broken.line, |record| record.line);
                prop_assert!((1..=lines).contains(&line));
            }
        }
    }
}
