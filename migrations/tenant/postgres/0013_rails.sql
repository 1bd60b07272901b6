-- What each admin was asked last on the owner's rail and has not answered.
CREATE TABLE rails (
    tenant_id TEXT COLLATE "C" NOT NULL,
    admin     TEXT COLLATE "C" NOT NULL,
    doc       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, admin)
);
