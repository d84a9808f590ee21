DROP FUNCTION forget_old_demos();
DROP FUNCTION leave_demo(BYTEA);
DROP FUNCTION delete_demo(UUID);
DROP FUNCTION mark_demo(UUID, UUID);
DROP FUNCTION is_demo(UUID);
ALTER TABLE users DROP COLUMN is_demo;
DROP INDEX households_demos;
ALTER TABLE households DROP COLUMN is_demo;
