DROP FUNCTION household_people();
