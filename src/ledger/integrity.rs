//! Is every sum what its postings say? Recomputes all of it, past Postgres's own guards.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};

use crate::ids::HouseholdId;
use crate::statement::statement;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Each rollup against the postings, each transaction against its postings, each split against its shares. `*` never stands for a column list
/// here, so that a new column is a deliberate choice.
const COMPARISONS: &[&str] = &[
    "SELECT format('household %s: balance of location %s, bucket %s is %s in %s postings, should be %s in %s', household_id, location_id, bucket_id,
            coalesce(b.amount_minor, 0), coalesce(b.postings_count, 0), coalesce(p.amount, 0), coalesce(p.number, 0)) AS line
       FROM balances b
       FULL JOIN (SELECT household_id, location_id, bucket_id, sum(amount_minor) AS amount, count(*) AS number FROM postings GROUP BY 1, 2, 3) p
            USING (household_id, location_id, bucket_id)
      WHERE coalesce(b.amount_minor, 0) <> coalesce(p.amount, 0) OR coalesce(b.postings_count, 0) <> coalesce(p.number, 0)
      ORDER BY 1",
    "SELECT format('household %s: %s of category %s is %s in %s postings of %s entries, should be %s in %s of %s', household_id, month, category_id,
            coalesce(m.amount_minor, 0), coalesce(m.postings_count, 0), coalesce(m.entries_count, 0),
            coalesce(p.amount, 0), coalesce(p.number, 0), coalesce(p.entries, 0)) AS line
       FROM monthly_totals m
       FULL JOIN (SELECT household_id, date_trunc('month', date)::date AS month, category_id, sum(amount_minor) AS amount, count(*) AS number,
                         count(DISTINCT transaction_id) AS entries FROM postings GROUP BY 1, 2, 3) p
            USING (household_id, month, category_id)
      WHERE coalesce(m.amount_minor, 0) <> coalesce(p.amount, 0) OR coalesce(m.postings_count, 0) <> coalesce(p.number, 0)
         OR coalesce(m.entries_count, 0) <> coalesce(p.entries, 0)
      ORDER BY 1",
    "SELECT format('household %s: %s of category %s at location %s in bucket %s is %s in %s postings, should be %s in %s', household_id, month,
            category_id, location_id, bucket_id, coalesce(m.amount_minor, 0), coalesce(m.postings_count, 0), coalesce(p.amount, 0), coalesce(p.number, 0)) AS line
       FROM monthly_cells m
       FULL JOIN (SELECT household_id, date_trunc('month', date)::date AS month, category_id, location_id, bucket_id, sum(amount_minor) AS amount,
                         count(*) AS number FROM postings GROUP BY 1, 2, 3, 4, 5) p
            USING (household_id, month, category_id, location_id, bucket_id)
      WHERE coalesce(m.amount_minor, 0) <> coalesce(p.amount, 0) OR coalesce(m.postings_count, 0) <> coalesce(p.number, 0)
      ORDER BY 1",
    "SELECT format('household %s: %s at location %s in bucket %s is %s in %s postings, should be %s in %s', household_id, month, location_id, bucket_id,
            coalesce(m.amount_minor, 0), coalesce(m.postings_count, 0), coalesce(p.amount, 0), coalesce(p.number, 0)) AS line
       FROM monthly_balances m
       FULL JOIN (SELECT household_id, date_trunc('month', date)::date AS month, location_id, bucket_id, sum(amount_minor) AS amount,
                         count(*) AS number FROM postings GROUP BY 1, 2, 3, 4) p
            USING (household_id, month, location_id, bucket_id)
      WHERE coalesce(m.amount_minor, 0) <> coalesce(p.amount, 0) OR coalesce(m.postings_count, 0) <> coalesce(p.number, 0)
      ORDER BY 1",
    "SELECT format('household %s: day %s of category %s is %s in %s postings, should be %s in %s', household_id, date, category_id,
            coalesce(d.amount_minor, 0), coalesce(d.postings_count, 0), coalesce(p.amount, 0), coalesce(p.number, 0)) AS line
       FROM daily_totals d
       FULL JOIN (SELECT household_id, date, category_id, sum(amount_minor) AS amount, count(*) AS number FROM postings GROUP BY 1, 2, 3) p
            USING (household_id, date, category_id)
      WHERE coalesce(d.amount_minor, 0) <> coalesce(p.amount, 0) OR coalesce(d.postings_count, 0) <> coalesce(p.number, 0)
      ORDER BY 1",
    "SELECT format('household %s: transaction %s is %s, its postings say %s', t.household_id, t.id, t.amount_minor, coalesce(p.said, 0)) AS line
       FROM transactions t
       LEFT JOIN LATERAL (SELECT CASE t.kind WHEN 'transfer' THEN CASE WHEN sum(amount_minor) = 0 THEN sum(amount_minor) FILTER (WHERE amount_minor > 0) END
                                 ELSE sum(amount_minor) END AS said
                            FROM postings WHERE household_id = t.household_id AND transaction_id = t.id) p ON true
      WHERE p.said IS DISTINCT FROM t.amount_minor
      ORDER BY 1",
    "SELECT format('household %s: the shares of split %s add up to %s basis points, not 10000', t.household_id, t.id, coalesce(s.total, 0)) AS line
       FROM transactions t
       LEFT JOIN LATERAL (SELECT sum(percent_bp) AS total FROM split_shares WHERE household_id = t.household_id AND transaction_id = t.id) s ON true
      WHERE (t.split AND s.total IS DISTINCT FROM 10000) OR (NOT t.split AND s.total IS NOT NULL)
      ORDER BY 1",
    "SELECT format('household %s: the percentages of active buckets add up to %s basis points', household_id, sum(percent_bp)) AS line
       FROM buckets WHERE archived_at IS NULL GROUP BY household_id HAVING sum(percent_bp) > 10000 ORDER BY 1",
    "SELECT format('household %s: %s lies at an archived location or in an archived bucket', b.household_id, b.amount_minor) AS line
       FROM balances b
       JOIN locations l ON l.household_id = b.household_id AND l.id = b.location_id
       JOIN buckets k ON k.household_id = b.household_id AND k.id = b.bucket_id
      WHERE b.amount_minor <> 0 AND (l.archived_at IS NOT NULL OR k.archived_at IS NOT NULL)
      ORDER BY 1",
];

/// One sentence for each sum that is not what its postings say, over all households. Only the owner of the schema sees them all.
///
/// # Errors
/// Only database failures.
pub fn differences(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let mut found = Vec::new();
    for comparison in COMPARISONS {
        let lines: Vec<Line> = statement(comparison).load(conn)?;
        found.extend(lines.into_iter().map(|line| line.line));
    }
    Ok(found)
}

/// A checksum of each household's entries: the same wherever the same money is recorded, for it knows names only, no ids and no versions.
///
/// # Errors
/// Only database failures.
pub fn checksums(conn: &mut PgConnection) -> QueryResult<Vec<(HouseholdId, String)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: HouseholdId,
        #[diesel(sql_type = Text)]
        checksum: String,
    }
    let rows: Vec<Row> = statement(
        "SELECT h.id, encode(sha256(convert_to(coalesce((
                SELECT string_agg(entry, E'\\n' ORDER BY entry COLLATE \"C\") FROM (
                    SELECT jsonb_build_array(t.date, t.kind, t.description, c.name, t.counterparty,
                               (SELECT jsonb_build_array(o.date, o.description, oc.name, o.amount_minor)
                                  FROM transactions o JOIN categories oc ON oc.household_id = o.household_id AND oc.id = o.category_id
                                 WHERE o.household_id = t.household_id AND o.id = t.refund_of),
                               (SELECT jsonb_agg(jsonb_build_array(b.name, s.percent_bp) ORDER BY s.position)
                                  FROM split_shares s JOIN buckets b ON b.household_id = s.household_id AND b.id = s.bucket_id
                                 WHERE s.household_id = t.household_id AND s.transaction_id = t.id),
                               (SELECT jsonb_agg(jsonb_build_array(l.name, b.name, p.amount_minor) ORDER BY p.line)
                                  FROM postings p JOIN locations l ON l.household_id = p.household_id AND l.id = p.location_id
                                  JOIN buckets b ON b.household_id = p.household_id AND b.id = p.bucket_id
                                 WHERE p.household_id = t.household_id AND p.transaction_id = t.id))::text AS entry
                      FROM transactions t JOIN categories c ON c.household_id = t.household_id AND c.id = t.category_id
                     WHERE t.household_id = h.id) entries), ''), 'UTF8')), 'hex') AS checksum
           FROM households h ORDER BY h.created_at, h.id",
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.checksum)).collect())
}
