-- Which payment a callback's unguessable token stands for; written in the transaction that writes the payment.
CREATE TABLE payment_routing (
    token      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id  TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    payment_id TEXT COLLATE "C" NOT NULL,
    rail       TEXT COLLATE "C" NOT NULL
);

CREATE INDEX payment_routing_tenant ON payment_routing (tenant_id);
