-- Which payment a callback's unguessable token stands for; written in the transaction that writes the payment.
CREATE TABLE payment_routing (
    token      TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    payment_id TEXT NOT NULL,
    rail       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX payment_routing_tenant ON payment_routing (tenant_id);
