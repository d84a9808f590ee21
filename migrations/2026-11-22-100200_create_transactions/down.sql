-- The extension pg_trgm stays: something else in the database may use it.
DROP TRIGGER households_keep_their_version_rising ON households;
DROP TRIGGER households_keep_their_currency ON households;
DROP TABLE postings;
DROP TABLE split_shares;
DROP TABLE transactions;
DROP FUNCTION keep_version_rising();
DROP FUNCTION keep_used_currency();
DROP FUNCTION refuse_archived();
DROP FUNCTION check_split();
DROP FUNCTION check_transaction();
DROP FUNCTION fold(text);
