-- Where money is, what it is for, and why it moves.

CREATE TABLE locations (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    id           UUID        NOT NULL,
    name         TEXT        NOT NULL CONSTRAINT location_name_is_text
                             CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 255 AND name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    name_key     TEXT        NOT NULL GENERATED ALWAYS AS (lower(normalize(name, NFKC))) STORED
                             CONSTRAINT location_name_is_not_total CHECK (name_key <> '_total'),
    kind         TEXT        NOT NULL CONSTRAINT location_kind_is_known
                             CHECK (kind IN ('bank', 'savings', 'cash', 'card', 'wallet', 'other')),
    position     INTEGER     NOT NULL,
    archived_at  TIMESTAMPTZ,
    version      INTEGER     NOT NULL DEFAULT 1,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (household_id, id)
);
CREATE UNIQUE INDEX locations_name_is_unique ON locations (household_id, name_key) WHERE archived_at IS NULL;
COMMENT ON TABLE locations IS 'Where money is: a bank account, cash, a card.';
COMMENT ON COLUMN locations.name_key IS 'The name as it must be unique among active ones: normalised, in lower case.';
COMMENT ON COLUMN locations.position IS 'Order on pages, smaller first; ties by id.';
COMMENT ON COLUMN locations.archived_at IS 'Since when it takes no new postings; NULL while in use.';

CREATE TABLE buckets (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    id           UUID        NOT NULL,
    name         TEXT        NOT NULL CONSTRAINT bucket_name_is_text
                             CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 255 AND name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    name_key     TEXT        NOT NULL GENERATED ALWAYS AS (lower(normalize(name, NFKC))) STORED
                             CONSTRAINT bucket_name_is_not_total CHECK (name_key <> '_total'),
    percent_bp   INTEGER     NOT NULL CONSTRAINT bucket_percent_is_a_percentage CHECK (percent_bp BETWEEN 0 AND 10000),
    position     INTEGER     NOT NULL,
    archived_at  TIMESTAMPTZ,
    version      INTEGER     NOT NULL DEFAULT 1,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (household_id, id),
    CONSTRAINT bucket_archived_has_no_percent CHECK (archived_at IS NULL OR percent_bp = 0)
);
CREATE UNIQUE INDEX buckets_name_is_unique ON buckets (household_id, name_key) WHERE archived_at IS NULL;
COMMENT ON TABLE buckets IS 'What money is for; income is split over the active ones by percentage.';
COMMENT ON COLUMN buckets.name_key IS 'The name as it must be unique among active ones: normalised, in lower case.';
COMMENT ON COLUMN buckets.percent_bp IS 'Share of income in basis points (hundredths of a percent); active ones add up to 10,000 at most.';
COMMENT ON COLUMN buckets.position IS 'Order on pages and of left-over cents, smaller first; ties by id.';

CREATE TABLE categories (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    id           UUID        NOT NULL,
    name         TEXT        NOT NULL CONSTRAINT category_name_is_text
                             CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 255 AND name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    name_key     TEXT        NOT NULL GENERATED ALWAYS AS (lower(normalize(name, NFKC))) STORED,
    sign         TEXT        NOT NULL CONSTRAINT category_sign_is_known CHECK (sign IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL')),
    archived_at  TIMESTAMPTZ,
    version      INTEGER     NOT NULL DEFAULT 1,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (household_id, id),
    UNIQUE (household_id, id, sign)
);
CREATE UNIQUE INDEX categories_name_is_unique ON categories (household_id, name_key) WHERE archived_at IS NULL;
COMMENT ON TABLE categories IS 'Why money moved.';
COMMENT ON COLUMN categories.sign IS 'POSITIVE: income; NEGATIVE: expense; NEUTRAL: transfer, loan, adjustment. Fixed once used.';

-- Percentages: never more than everything. The update of the household row makes concurrent writers wait for each other.
CREATE FUNCTION check_percentages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    UPDATE households SET ledger_version = ledger_version + 1 WHERE id = NEW.household_id;
    IF (SELECT coalesce(sum(percent_bp), 0) FROM buckets WHERE household_id = NEW.household_id AND archived_at IS NULL) > 10000 THEN
        RAISE EXCEPTION 'the percentages of a household''s active buckets exceed 100' USING ERRCODE = 'check_violation', CONSTRAINT = 'buckets_fit_in_100';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER buckets_fit_in_100 AFTER INSERT OR UPDATE OF percent_bp, archived_at ON buckets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_percentages();

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['locations', 'buckets', 'categories'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_household ON %I USING (household_id = (SELECT current_household())) WITH CHECK (household_id = (SELECT current_household()))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO budget_app', one);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION check_percentages() FROM PUBLIC;
