//! A household of two years, made up anew on each run, and what it must come to by an arithmetic of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The percentages it is imported with, in basis points: a third does not come out even.
pub const BUCKETS: [(&str, i128); 4] = [("Home", 3333), ("Kids", 3333), ("Später", 3324), ("Giving", 10)];

/// Numbers that look random and are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// The file: 400 rows from 2024-01-30 on, the leap day among them.
pub fn csv() -> String {
    let locations = ["Current account", "Cash", "Café card", "Savings"];
    let buckets = BUCKETS.map(|(name, _)| name);
    let earned = ["Pay", "Interest"];
    let spent = ["Food", "Rent, and heating", "Fun \"and\" games", "Ärzte"];
    let words = [
        "Market",
        "Bakery, corner",
        "\"The\" Diner",
        "",
        "Zoë 🎂",
        "x = 1; y",
        "Rent",
    ];
    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 30).unwrap();
    let mut numbers = Numbers(20_240_130);
    let mut file = "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n".to_owned();
    let mut rows = Vec::new();
    for place in 0..398 {
        let date = (first + chrono::Days::new(place * 7 / 4)).to_string();
        let minor = 1 + numbers.below(250_000);
        // Few refunds, and none of a transfer.
        let kind = numbers.below(10);
        let minus = if kind < 8 && numbers.below(12) == 0 {
            "-"
        } else {
            ""
        };
        let amount = format!("{minus}{}.{:02}", minor / 100, minor % 100);
        let (location, bucket) = (numbers.of(&locations), numbers.of(&buckets));
        let (sign, category, bucket, to_location, to_bucket) = match kind {
            0 | 1 => ("+", numbers.of(&earned), "*", "", ""),
            2 => ("+", numbers.of(&earned), bucket, "", ""),
            3..=7 => ("-", numbers.of(&spent), bucket, "", ""),
            _ => {
                let elsewhere = |all: &[&'static str], not: &str, numbers: &mut Numbers| loop {
                    let one = numbers.of(all);
                    if one != not {
                        return one;
                    }
                };
                match numbers.below(3) {
                    0 => (
                        "=",
                        "Transfer",
                        bucket,
                        elsewhere(&locations, location, &mut numbers),
                        "",
                    ),
                    1 => (
                        "=",
                        "Transfer",
                        bucket,
                        "",
                        elsewhere(&buckets, bucket, &mut numbers),
                    ),
                    _ => (
                        "=",
                        "Transfer",
                        bucket,
                        elsewhere(&locations, location, &mut numbers),
                        elsewhere(&buckets, bucket, &mut numbers),
                    ),
                }
            }
        };
        let fields = [
            date.as_str(),
            numbers.of(&words),
            &amount,
            sign,
            category,
            location,
            bucket,
            to_location,
            to_bucket,
        ];
        rows.push(fields.map(quoted).join(","));
    }
    // Equal rows are entries of their own.
    rows.push(rows[397].clone());
    rows.push(rows[397].clone());
    file.push_str(&rows.join("\n"));
    file.push('\n');
    file
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// What a file comes to: each cell, and each category's month, in cents. Knows nothing of the program but the meaning of the columns.
pub fn expected(file: &str) -> Value {
    let mut matrix: BTreeMap<String, BTreeMap<String, i128>> = BTreeMap::new();
    let mut months: BTreeMap<String, BTreeMap<String, i128>> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let mut rows = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let [
            date,
            _,
            amount,
            sign,
            category,
            location,
            bucket,
            to_location,
            to_bucket,
        ] = std::array::from_fn(|place| &record[place]);
        rows += 1;
        let cents: i128 = amount.replace('.', "").parse().unwrap();
        let mut put = |location: &str, bucket: &str, cents: i128| {
            let row = matrix.entry(location.to_owned()).or_default();
            *row.entry(bucket.to_owned()).or_default() += cents;
        };
        let into = match sign {
            "+" if bucket == "*" => {
                for (bucket, part) in divided(cents) {
                    put(location, bucket, part);
                }
                cents
            }
            "+" => {
                put(location, bucket, cents);
                cents
            }
            "-" => {
                put(location, bucket, -cents);
                -cents
            }
            _ => {
                put(location, bucket, -cents);
                let to_location = if to_location.is_empty() {
                    location
                } else {
                    to_location
                };
                let to_bucket = if to_bucket.is_empty() { bucket } else { to_bucket };
                put(to_location, to_bucket, cents);
                0
            }
        };
        let month = months.entry(date[..7].to_owned()).or_default();
        *month.entry(category.to_owned()).or_default() += into;
    }
    let as_number = |cents: i128| i64::try_from(cents).unwrap();
    let plain = |all: BTreeMap<String, BTreeMap<String, i128>>| -> Value {
        all.into_iter()
            .map(|(key, row)| {
                let row: Value = row
                    .into_iter()
                    .map(|(key, cents)| (key, as_number(cents)))
                    .collect();
                (key, row)
            })
            .collect()
    };
    json!({ "rows": rows, "matrix": plain(matrix), "months": plain(months) })
}

/// Parts in whole cents: cut toward zero, and a cent more for those that lost most, the earlier first.
fn divided(cents: i128) -> Vec<(&'static str, i128)> {
    let sign = cents.signum();
    let exact: Vec<i128> = BUCKETS.iter().map(|(_, share)| cents.abs() * share).collect();
    let mut parts: Vec<i128> = exact.iter().map(|part| part / 10_000).collect();
    while parts.iter().sum::<i128>() < cents.abs() {
        let lost = |place: usize| exact[place] - parts[place] * 10_000;
        let most = (0..parts.len()).rev().max_by_key(|place| lost(*place)).unwrap();
        parts[most] += 1;
    }
    BUCKETS
        .iter()
        .zip(parts)
        .map(|((name, _), part)| (*name, sign * part))
        .collect()
}
