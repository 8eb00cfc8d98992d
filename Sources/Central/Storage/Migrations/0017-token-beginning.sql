-- A guest sees nothing from before the beginning of their stay.

ALTER TABLE token ADD COLUMN valid_from timestamptz;
-- For existing tokens, the time at which they were created.
UPDATE token SET valid_from = created_at WHERE role = 'guest';
ALTER TABLE token ADD CONSTRAINT token_guest_beginning CHECK (role <> 'guest' OR valid_from IS NOT NULL);
COMMENT ON COLUMN token.valid_from IS
    'Not valid before this time. A guest sees nothing that was measured or set before it.';
