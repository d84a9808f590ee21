//! How a report shows a [`Number`], and how it says what changed.

use crate::households::Member;

/// A number in a table: text, how it looks, and where it leads.
#[derive(Debug, Clone, Default)]
pub(super) struct Number {
    pub(super) text: String,
    pub(super) class: &'static str,
    pub(super) href: Option<String>,
    /// Shown as a grey dash.
    pub(super) is_nothing: bool,
    /// Whether it stands out, by the report's rule.
    pub(super) is_marked: bool,
}

/// Writes numbers as one person reads them.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) member: &'a Member,
    /// Whether amounts are cut to whole units of the currency.
    pub(super) whole: bool,
}

impl<'a> Pen<'a> {
    /// With all decimals.
    pub(super) fn exact(member: &'a Member) -> Self {
        Self { member, whole: false }
    }

    /// An amount: `1,234.56`, or `1,235`.
    pub(super) fn amount(self, minor: i64) -> String {
        let Member {
            number_format,
            currency,
            ..
        } = self.member;
        if self.whole {
            number_format.whole(minor, *currency)
        } else {
            number_format.amount(minor, *currency)
        }
    }

    /// An amount with its sign on both sides of zero.
    pub(super) fn signed(self, minor: i64) -> String {
        let text = self.amount(minor);
        let is_zero = !text.contains(|one: char| ('1'..='9').contains(&one));
        if minor > 0 && !is_zero {
            format!("+{text}")
        } else {
            text
        }
    }

    /// A number of a table: zero is a dash.
    pub(super) fn number(self, minor: i64) -> Number {
        Number {
            text: self.amount(minor),
            is_nothing: minor == 0,
            ..Number::default()
        }
    }

    /// A number whose zero is one, such as that of entries which add up to nothing.
    pub(super) fn number_of(self, minor: i64, is_there: bool) -> Number {
        Number {
            is_nothing: !is_there,
            ..self.number(minor)
        }
    }

    /// A number of a row of sums.
    pub(super) fn styled(self, style: Style, minor: i64) -> Number {
        match style {
            Style::Amount => self.number(minor),
            Style::Result => self.result(minor),
        }
    }

    /// A number with its sign: zero is a dash.
    pub(super) fn change(self, minor: i64) -> Number {
        Number {
            text: self.signed(minor),
            is_nothing: minor == 0,
            ..Number::default()
        }
    }

    /// A result: with its sign, and red below zero.
    pub(super) fn result(self, minor: i64) -> Number {
        Number {
            text: self.signed(minor),
            class: if minor < 0 { "amount short" } else { "" },
            ..Number::default()
        }
    }

    /// One of the figures at the head: with its sign, red below zero where that is a loss, and coloured above where it is gained.
    pub(super) fn figure(self, minor: i64, is_gain: bool) -> Number {
        Number {
            text: self.signed(minor),
            class: match minor {
                1.. if is_gain => "amount in",
                ..=-1 if is_gain => "amount short",
                _ => "",
            },
            ..Number::default()
        }
    }

    /// Money that is there: red below zero.
    pub(super) fn money(self, minor: i64) -> Number {
        Number {
            class: if minor < 0 { "amount short" } else { "" },
            ..self.number(minor)
        }
    }

    /// What is kept of an income, in percent: nothing can be said without one.
    pub(super) fn kept(self, result: i64, income: i64) -> Number {
        Number {
            text: if income > 0 {
                self.member.number_format.share(result, income)
            } else {
                "–".to_owned()
            },
            class: if income > 0 && result < 0 {
                "amount short"
            } else {
                ""
            },
            is_nothing: income <= 0,
            ..Number::default()
        }
    }
}

impl Number {
    /// With a link, where there is something behind it.
    pub(super) fn to(self, href: String) -> Self {
        Self {
            href: (!self.is_nothing).then_some(href),
            ..self
        }
    }

    /// With a mark.
    pub(super) fn marked(self, is_marked: bool) -> Self {
        Self { is_marked, ..self }
    }
}

/// How a row of sums is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As amounts; zero is a dash.
    Amount,
    /// As results, with their sign.
    Result,
}

/// One of the figures at the head of a report.
pub(super) struct Figure {
    pub(super) label: &'static str,
    pub(super) number: Number,
    pub(super) note: String,
}

/// What a report is compared with, in words.
#[derive(Debug, Clone)]
pub(super) struct Than {
    /// After "more than": `September`, or `by 14 Oct`.
    pub(super) name: String,
    /// After "was" or "in", as a time: `in September`, `by 14 Oct`.
    pub(super) when: String,
    /// Whether anything was recorded there.
    pub(super) is_known: bool,
}

impl Than {
    /// `120.00 more than September`.
    pub(super) fn compare(&self, pen: Pen<'_>, is: i64, was: i64) -> String {
        if self.name.is_empty() {
            return String::new(); // before the calendar begins
        }
        if !self.is_known {
            return format!("nothing recorded {}", self.when);
        }
        let difference = is.saturating_sub(was);
        match difference {
            0 => format!("the same as {}", self.name),
            1.. => format!("{} more than {}", pen.amount(difference), self.name),
            _ => format!(
                "{} less than {}",
                pen.amount(difference.saturating_neg()),
                self.name
            ),
        }
    }

    /// `22.7% in September`.
    pub(super) fn share(&self, pen: Pen<'_>, result: i64, income: i64) -> String {
        if self.name.is_empty() {
            return String::new();
        }
        let kept = pen.kept(result, income);
        if kept.is_nothing {
            format!("no income {}", self.when)
        } else {
            format!("{} {}", kept.text, self.when)
        }
    }
}
