-- What each version of the business document changed of the dials, with before and after: written with the version, never altered. Null in
-- versions that are older than this column; of those the documents themselves are compared.
ALTER TABLE business_versions ADD COLUMN dial_changes TEXT;
