//! The *shell*: what `templates/base.html` puts around every page of a signed-in person, that is the menus, whose
//! household it is, and a *toast* about what was just done.

/// What `base.html` needs, in the field `shell` of a page's template.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The part of the app that the page belongs to.
    pub section: Section,
    /// The household's name.
    pub household: String,
    /// Its currency's ISO code, such as `EUR`.
    pub currency: String,
    /// Whether the person has other households to switch to.
    pub may_switch: bool,
    /// The day on which the person's account goes, if they do not change their mind.
    pub goes_on: Option<String>,
    /// Whether it is a visitor's demo.
    pub is_demo: bool,
    /// Whether the person may record and change things.
    pub may_write: bool,
    /// The token for the forms of the shell itself: log out, undo.
    pub csrf: String,
    /// `light` or `dark` when the account forces one, else the system decides.
    pub theme: Option<&'static str>,
    /// What the last request did, told once on this page.
    pub toast: Option<Toast>,
}

/// The part of the app that a page belongs to; its link in the menus is marked as current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Where the money is.
    Money,
    /// The list of transactions, and one of them.
    Transactions,
    /// The report of a month.
    ReportMonth,
    /// The report of a year.
    ReportYear,
    /// The history by years.
    ReportYears,
    /// Who owes whom.
    Loans,
    /// Recording something new.
    Add,
    /// The list of locations, and one of them.
    Locations,
    /// The list of buckets, and one of them.
    Buckets,
    /// The list of categories, and one of them.
    Categories,
    /// Who changed what.
    Activity,
    /// Who is in the household.
    Household,
    /// The person's own account.
    Account,
    /// Taking data out.
    Export,
    /// How to use it.
    Guide,
    /// What the phone's tab bar leaves out.
    More,
}

impl Section {
    /// Whether the page is one of the reports, whose own link is marked as well.
    #[must_use]
    pub fn in_reports(self) -> bool {
        matches!(self, Self::ReportMonth | Self::ReportYear | Self::ReportYears)
    }

    /// Whether the page is one of Set-up, whose own link is marked as well.
    #[must_use]
    pub fn in_setup(self) -> bool {
        matches!(self, Self::Locations | Self::Buckets | Self::Categories)
    }
}

/// One message about a finished act, rendered by `_toast.html`. It stays until dismissed or the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What happened, in a sentence.
    pub text: String,
    /// How to take it back, where that can be done.
    pub undo: Option<Undo>,
}

/// The button that takes a change back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The id of the change, for `POST /undo/{change}`.
    pub change: String,
    /// Makes a double click one undo.
    pub idempotency_key: String,
}
