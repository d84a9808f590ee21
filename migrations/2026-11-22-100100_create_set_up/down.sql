DROP TABLE categories;
DROP TABLE buckets;
DROP TABLE locations;
DROP FUNCTION check_percentages();
