-- Read with the rights of who made it, so that analysts need none on what lies beneath.
ALTER TABLE usage_per_hour MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER
