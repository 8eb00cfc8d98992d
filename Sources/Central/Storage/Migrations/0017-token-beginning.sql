-- A guest sees nothing of what was before their own time.

ALTER TABLE token ADD COLUMN valid_from timestamptz;
-- Tokens of before have the time at which they were made.
UPDATE token SET valid_from = created_at WHERE role = 'guest';
ALTER TABLE token ADD CONSTRAINT token_guest_beginning CHECK (role <> 'guest' OR valid_from IS NOT NULL);
COMMENT ON COLUMN token.valid_from IS 'Not valid before this. What was measured or set before it is nothing to a guest.';
