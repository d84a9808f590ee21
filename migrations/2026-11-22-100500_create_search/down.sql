DROP FUNCTION sum_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID);
DROP TYPE transaction_sums;
DROP FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID, DATE, UUID, BOOLEAN, INTEGER);
DROP FUNCTION search_patterns(TEXT[]);
DROP FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID);
