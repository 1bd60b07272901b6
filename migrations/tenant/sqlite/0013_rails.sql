-- What each admin was asked last on the owner's rail and has not answered.
CREATE TABLE rails (
    tenant_id TEXT NOT NULL,
    admin     TEXT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, admin)
) STRICT, WITHOUT ROWID;
