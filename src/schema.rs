// @generated automatically by Diesel CLI.

diesel::table! {
    /// Money by location and bucket, all time. A row with postings_count 0 counts as absent.
    balances (household_id, location_id, bucket_id) {
        household_id -> Uuid,
        location_id -> Uuid,
        bucket_id -> Uuid,
        amount_minor -> Int8,
        postings_count -> Int8,
    }
}

diesel::table! {
    /// What money is for; income is split over the active ones by percentage.
    buckets (household_id, id) {
        household_id -> Uuid,
        id -> Uuid,
        name -> Text,
        /// The name as it must be unique among active ones: normalised, in lower case.
        name_key -> Text,
        /// Share of income in basis points (hundredths of a percent); active ones add up to 10,000 at most.
        percent_bp -> Int4,
        /// Order on pages and of left-over cents, smaller first; ties by id.
        position -> Int4,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Why money moved.
    categories (household_id, id) {
        household_id -> Uuid,
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        /// POSITIVE: income; NEGATIVE: expense; NEUTRAL: transfer, loan, adjustment. Fixed once used.
        sign -> Text,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// The rows that a change touched, before and after it; of an import the ids only.
    change_items (household_id, change_id, position) {
        household_id -> Uuid,
        change_id -> Uuid,
        position -> Int4,
        /// What object_id is; moved: a transaction of which before and after tell only what a merge moved.
        noun -> Text,
        object_id -> Uuid,
        /// NULL when the object was made by this change.
        before -> Nullable<Jsonb>,
        /// NULL when the object was deleted by this change, and of imported objects.
        after -> Nullable<Jsonb>,
    }
}

diesel::table! {
    /// One row a command. Rows are never changed, and go only with their household.
    changes (household_id, id) {
        household_id -> Uuid,
        id -> Uuid,
        at -> Timestamptz,
        /// Who did it; NULL once that account is deleted.
        user_id -> Nullable<Uuid>,
        /// What was done, such as transaction.add.
        action -> Text,
        /// A few words for people, such as the description of the entry.
        summary -> Text,
        /// The change that this one takes back.
        undoes -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Money by day and category. A row with postings_count 0 counts as absent.
    daily_totals (household_id, date, category_id) {
        household_id -> Uuid,
        date -> Date,
        category_id -> Uuid,
        amount_minor -> Int8,
        postings_count -> Int8,
    }
}

diesel::table! {
    /// The owner of all money data: the tenant.
    households (id) {
        id -> Uuid,
        name -> Text,
        /// ISO 4217 code; fixed once the household has transactions.
        currency -> Text,
        /// IANA name; decides which day is today.
        time_zone -> Text,
        /// Goes up with every write to this household: the key of every cache, and the lock of its one writer.
        ledger_version -> Int8,
        created_at -> Timestamptz,
        /// A visitor's demo, deleted when they leave, or after a day.
        is_demo -> Bool,
        /// When the ledger version was reached: tells it from one of the same number before a backup was put back.
        ledger_changed_at -> Timestamptz,
        /// When its owner deleted it: nobody is in it any more, and a job takes its rows away; NULL for all others.
        closed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Answers already given, so that a form sent twice is one entry. Kept for 48 hours.
    idempotency_keys (household_id, user_id, key) {
        household_id -> Uuid,
        user_id -> Uuid,
        key -> Text,
        /// SHA-256 of the request: the same key with another request is refused.
        request_hash -> Bytea,
        answer -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Links into a household. Each lets in one person, once; a used or withdrawn one is gone.
    invitations (household_id, id) {
        household_id -> Uuid,
        id -> Uuid,
        /// SHA-256 of the secret in the link; the secret itself is nowhere stored.
        secret_hash -> Bytea,
        /// Where the link was mailed to; empty for one that is handed over in another way. Whoever has the link may use it.
        email -> Text,
        role -> Text,
        /// Who invited; NULL for the command line.
        invited_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    /// The queue of background work. Done jobs stay for 7 days, dead ones for 90.
    jobs (id) {
        id -> Int8,
        /// Which code runs it.
        kind -> Text,
        /// What it is about; never a secret.
        payload -> Jsonb,
        /// Of jobs with the same key only the first counts, for as long as its row is there.
        unique_key -> Nullable<Text>,
        /// Not to be run before.
        run_at -> Timestamptz,
        /// How often it was begun. Goes up with every claim, so it tells a worker from the one that took over.
        attempts -> Int4,
        /// After so many attempts it is dead.
        attempts_max -> Int4,
        /// The end of the lease of its worker, who extends it; afterwards another may take over.
        locked_until -> Nullable<Timestamptz>,
        state -> Text,
        /// Why the last attempt failed, without anything personal.
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Where money is: a bank account, cash, a card.
    locations (household_id, id) {
        household_id -> Uuid,
        id -> Uuid,
        name -> Text,
        /// The name as it must be unique among active ones: normalised, in lower case.
        name_key -> Text,
        kind -> Text,
        /// Order on pages, smaller first; ties by id.
        position -> Int4,
        /// Since when it takes no new postings; NULL while in use.
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Which person belongs to which household, and what they may do there.
    members (household_id, user_id) {
        household_id -> Uuid,
        user_id -> Uuid,
        /// owner: everything; member: reads and writes; reader: reads.
        role -> Text,
        joined_at -> Timestamptz,
    }
}

diesel::table! {
    /// What each month added to each cell: added up to a month, the money at its end. A row with postings_count 0 counts as absent.
    monthly_balances (household_id, month, location_id, bucket_id) {
        household_id -> Uuid,
        /// The first day of the month.
        month -> Date,
        location_id -> Uuid,
        bucket_id -> Uuid,
        amount_minor -> Int8,
        postings_count -> Int8,
    }
}

diesel::table! {
    /// Money by month, category, location and bucket: for filtered reports and past days. A row with postings_count 0 counts as absent.
    monthly_cells (household_id, month, category_id, location_id, bucket_id) {
        household_id -> Uuid,
        month -> Date,
        category_id -> Uuid,
        location_id -> Uuid,
        bucket_id -> Uuid,
        amount_minor -> Int8,
        postings_count -> Int8,
    }
}

diesel::table! {
    /// Money by month and category. A row with postings_count 0 counts as absent.
    monthly_totals (household_id, month, category_id) {
        household_id -> Uuid,
        /// The first day of the month.
        month -> Date,
        category_id -> Uuid,
        amount_minor -> Int8,
        postings_count -> Int8,
        /// Transactions: postings with line 1.
        entries_count -> Int8,
    }
}

diesel::table! {
    /// Links that were mailed. Each works once, for an hour, and a newer one for the same purpose takes its place.
    one_time_links (id) {
        id -> Uuid,
        /// SHA-256 of the secret in the link; the secret itself is nowhere stored.
        secret_hash -> Bytea,
        purpose -> Text,
        user_id -> Uuid,
        /// The address that it was mailed to.
        email -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    /// Signed amounts, each at one location and in one bucket. All sums are made of these.
    postings (household_id, transaction_id, line) {
        household_id -> Uuid,
        transaction_id -> Uuid,
        /// Counts from 1; every transaction has a line 1, so counting those counts transactions.
        line -> Int2,
        /// The transaction's; follows it by ON UPDATE CASCADE, so that the rollups follow too.
        date -> Date,
        /// The transaction's; follows it like the date.
        category_id -> Uuid,
        location_id -> Uuid,
        bucket_id -> Uuid,
        /// Signed, in minor units of the household's currency: money in above zero, out below.
        amount_minor -> Int8,
    }
}

diesel::table! {
    /// Codes that stand in for the second factor, once each; a used one is gone.
    recovery_codes (user_id, code_hash) {
        user_id -> Uuid,
        /// SHA-256 of the code, which is random.
        code_hash -> Bytea,
    }
}

diesel::table! {
    /// Secrets that buy a new access token, once each.
    refresh_tokens (secret_hash) {
        /// SHA-256 of the token; the token itself is nowhere stored.
        secret_hash -> Bytea,
        family_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Codes from an app (TOTP, RFC 6238) that a log-in asks for beside the password.
    second_factors (user_id) {
        user_id -> Uuid,
        /// Encrypted with a key of the installation, which is not in the database.
        secret -> Bytea,
        /// Since when log-ins ask for it; NULL until the first code proved that the app has the secret.
        enabled_at -> Nullable<Timestamptz>,
        /// The time step of the last code that was taken: none counts twice.
        last_step -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What happened to an account: log-ins, failures, and changes of what protects it. Shown to its person, kept for a year.
    security_events (id) {
        id -> Uuid,
        user_id -> Uuid,
        at -> Timestamptz,
        kind -> Text,
        detail -> Text,
        address -> Text,
        browser -> Text,
    }
}

diesel::table! {
    /// Browsers that are logged in. Survives a restart; deleting a row logs that browser out at once.
    sessions (id) {
        id -> Uuid,
        /// SHA-256 of the secret in the cookie; the secret itself is nowhere stored.
        secret_hash -> Bytea,
        user_id -> Uuid,
        /// The household that this browser shows.
        household_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        /// What the browser said it is at log-in, in words, such as Firefox on Linux.
        browser -> Text,
        /// The network address of the log-in.
        address -> Text,
    }
}

diesel::table! {
    /// The percentages a split was made with, in their order; also those whose part came out as zero.
    split_shares (household_id, transaction_id, position) {
        household_id -> Uuid,
        transaction_id -> Uuid,
        position -> Int2,
        bucket_id -> Uuid,
        percent_bp -> Int4,
    }
}

diesel::table! {
    /// One log-in over the API: an access token names its family (sid), and revoking the family ends them all.
    token_families (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        /// What the program said it is at log-in.
        client -> Text,
        address -> Text,
        /// When it last got a new access token.
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    /// One event on one day; its money is in postings.
    transactions (household_id, id) {
        household_id -> Uuid,
        id -> Uuid,
        /// A calendar day, never an instant: time zones cannot move money between months.
        date -> Date,
        kind -> Text,
        /// What the kind demands of the category.
        sign -> Text,
        description -> Text,
        /// The description without case and accents.
        search_text -> Text,
        category_id -> Uuid,
        /// Who owes or is owed; of loans only, and of every loan.
        counterparty -> Nullable<Text>,
        /// In minor units: the sum of the postings; of a transfer the amount moved. A refund has the opposite sign of its kind.
        amount_minor -> Int8,
        /// Whether the postings follow split_shares.
        split -> Bool,
        /// Fingerprint of the imported row, so that importing it again finds it, even after edits.
        import_key -> Nullable<Bytea>,
        /// Goes up with every edit, so that two people cannot overwrite each other unseen.
        version -> Int4,
        created_at -> Timestamptz,
        /// The income or expense that this refund gives back, in whole or in part; NULL when nobody said.
        refund_of -> Nullable<Uuid>,
        /// The counterparty as loans are added up: normalised, in lower case.
        counterparty_key -> Nullable<Text>,
    }
}

diesel::table! {
    /// People who can log in, known by e-mail address.
    users (id) {
        id -> Uuid,
        email -> Text,
        full_name -> Text,
        /// Argon2id in PHC format.
        password_hash -> Text,
        number_format -> Text,
        is_superuser -> Bool,
        /// Since when this person may not log in; NULL for everybody else.
        blocked_at -> Nullable<Timestamptz>,
        /// Access tokens of an earlier epoch are refused: raised by log-out everywhere, a new password and blocking.
        token_epoch -> Int4,
        last_login_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        date_format -> Text,
        /// Made together with a demo household, and deleted with it.
        is_demo -> Bool,
        theme -> Text,
        /// When it was proved that mail to the address reaches this person; NULL before.
        email_confirmed_at -> Nullable<Timestamptz>,
        /// When the account goes, if its person does not change their mind; NULL for accounts that stay.
        delete_after -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(balances -> households (household_id));
diesel::joinable!(buckets -> households (household_id));
diesel::joinable!(categories -> households (household_id));
diesel::joinable!(changes -> households (household_id));
diesel::joinable!(changes -> users (user_id));
diesel::joinable!(daily_totals -> households (household_id));
diesel::joinable!(idempotency_keys -> households (household_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::joinable!(invitations -> households (household_id));
diesel::joinable!(invitations -> users (invited_by));
diesel::joinable!(locations -> households (household_id));
diesel::joinable!(members -> households (household_id));
diesel::joinable!(members -> users (user_id));
diesel::joinable!(monthly_balances -> households (household_id));
diesel::joinable!(monthly_cells -> households (household_id));
diesel::joinable!(monthly_totals -> households (household_id));
diesel::joinable!(one_time_links -> users (user_id));
diesel::joinable!(recovery_codes -> second_factors (user_id));
diesel::joinable!(refresh_tokens -> token_families (family_id));
diesel::joinable!(second_factors -> users (user_id));
diesel::joinable!(security_events -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(token_families -> users (user_id));
diesel::joinable!(transactions -> households (household_id));

diesel::allow_tables_to_appear_in_same_query!(
    balances,
    buckets,
    categories,
    change_items,
    changes,
    daily_totals,
    households,
    idempotency_keys,
    invitations,
    jobs,
    locations,
    members,
    monthly_balances,
    monthly_cells,
    monthly_totals,
    one_time_links,
    postings,
    recovery_codes,
    refresh_tokens,
    second_factors,
    security_events,
    sessions,
    split_shares,
    token_families,
    transactions,
    users,
);
