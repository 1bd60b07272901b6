//! The steps of both chains of migrations, by name: one list, and a text for each step in every database.

/// Numbered steps, oldest first: number, name, text. A step that was ever released is never changed, only followed by another.
pub(in crate::adapters) type Chain = &'static [(u32, &'static str, &'static str)];

/// The number that the name of a step opens with.
pub(in crate::adapters) const fn number(name: &str) -> u32 {
    let (digits, mut number, mut at) = (name.as_bytes(), 0, 0);
    while at < 4 {
        number = number * 10 + (digits[at] - b'0') as u32;
        at += 1;
    }
    number
}

/// Both chains for a database, as `REGISTRY` and `TENANT`.
macro_rules! chains {
    ($database:literal) => {
        pub(super) const REGISTRY: $crate::adapters::sql::steps::Chain = $crate::adapters::sql::steps::chain!(
            $database, "registry":
            "0001_tenants", "0002_accounts", "0003_payment_routing", "0004_dead_letters", "0005_jobs",
            "0006_dead_letter_tokens", "0007_api_keys", "0008_sms_accounts", "0009_dead_letter_reasons",
            "0010_due_by_time", "0011_due_in_time",
        );
        pub(super) const TENANT: $crate::adapters::sql::steps::Chain = $crate::adapters::sql::steps::chain!(
            $database, "tenant":
            "0001_business", "0002_customers", "0003_conversations", "0004_appointments", "0005_payments",
            "0006_work", "0007_archive", "0008_waits", "0009_identity", "0010_sms", "0011_models",
            "0012_receipts", "0013_rails", "0014_dial_audit", "0015_outbox_ends",
            "0016_failed_messages", "0017_by_time", "0018_outbox_by_id",
        );
    };
}
pub(in crate::adapters) use chains;

macro_rules! chain {
    ($database:literal, $folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($crate::adapters::sql::steps::number($name), $name, include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"), "/migrations/", $folder, "/", $database, "/", $name, ".sql"
        )))),+]
    };
}
pub(in crate::adapters) use chain;

/// Every table whose rows belong to a tenant, dependants before what they depend on: the order in which a tenant is deleted.
pub(in crate::adapters) const TENANT_TABLES: &[&str] = &[
    "rails",
    "model_budgets",
    "model_calls",
    "customer_merges",
    "proofs",
    "waits",
    "timers",
    "sms",
    "sms_blocked",
    "early_statuses",
    "outbox",
    "ledger",
    "payment_appointments",
    "receipts",
    "payments",
    "appointments",
    "archive",
    "turn_records",
    "inbox",
    "threads",
    "identities",
    "customers",
    "unanswered",
    "snippets",
    "business_versions",
    "payment_routing",
    "merchants",
    "sms_accounts",
    "channel_accounts",
    "jobs",
    "api_keys",
];

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_step_is_numbered_by_its_name() {
        assert_eq!((number("0001_tenants"), number("0123_more")), (1, 123));
    }
}
