-- Read with the rights of who made it, so that analysts need none on what lies beneath.
ALTER TABLE pages MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER
