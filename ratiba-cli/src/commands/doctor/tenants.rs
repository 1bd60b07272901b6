//! Each tenant: is it complete, and does what it has outside answer?

use futures_util::{StreamExt as _, stream};
use ratiba_core::domain::catalogue::DepositRule;
use ratiba_core::domain::tenant::{Business, Tenant, TenantStatus};
use ratiba_core::engine::Undelivered;
use ratiba_core::ports::store::Store;
use ratiba_core::tenancy::wish::is_document;

use super::check::Check;
use super::outside::Outside;
use crate::error::CliError;
use crate::open;

/// Tenants that are looked at at the same time.
const AT_A_TIME: usize = 8;
/// Messages that are looked through for those that can be sent again; more are told as these.
const MOST_MESSAGES: u32 = 1_000;

/// Looks at the tenants, in their order.
pub(super) async fn look(
    store: &dyn Store,
    tenants: &[Tenant],
    outside: Option<&Outside<'_>>,
) -> Vec<Check> {
    let each = tenants.iter().map(|tenant| async move {
        let mut checks = vec![complete(store, tenant).await];
        checks.extend(undelivered(store, tenant).await);
        if let Some(outside) = outside {
            checks.extend(outside.look(store, tenant).await);
        }
        checks
    });
    let all: Vec<Vec<Check>> = stream::iter(each).buffered(AT_A_TIME).collect().await;
    all.into_iter().flatten().collect()
}

async fn complete(store: &dyn Store, tenant: &Tenant) -> Check {
    let label = format!("tenant {}", tenant.slug);
    let document = match store.of(tenant.id).business().await {
        Ok(Some(document)) => document,
        Ok(None) => {
            let remedy =
                format!("restore it from a backup, or `ratiba tenant delete {}`", tenant.slug);
            return Check::failure(label, "it has no business document", remedy);
        }
        Err(error) => {
            let remedy =
                "its schema is behind, or damaged: `ratiba migrate`, else restore it from a backup";
            return Check::failure(label, CliError::from(error).message, remedy);
        }
    };
    let missing = missing(store, tenant, &document.business).await;
    match (missing.as_slice(), tenant.status) {
        ([], TenantStatus::Active) => Check::ok(label, "complete"),
        ([], TenantStatus::Suspended) => Check::warning(
            label,
            "complete; suspended: messages are stored and not answered",
            format!("`ratiba tenant resume {}`", tenant.slug),
        ),
        (missing, _) => Check::failure(
            label,
            format!("missing: {}", missing.join(", ")),
            format!("`ratiba tenant show {}` and enter what is missing", tenant.slug),
        ),
    }
}

/// Messages that did not arrive and could be sent again; `None` where there are none, or they can't be read, which is told of the tenant.
async fn undelivered(store: &dyn Store, tenant: &Tenant) -> Option<Check> {
    let rows = store.of(tenant.id).failed_messages(false, None, MOST_MESSAGES).await.ok()?;
    let now = open::now();
    let seen = rows.iter().filter_map(|row| Undelivered::of(row, now));
    let n = seen.filter(|one| one.not_again.is_none()).count();
    (n > 0).then(|| {
        Check::warning(
            format!("{} messages", tenant.slug),
            format!("{n} did not arrive and can be sent again"),
            format!("`ratiba dead-letters list --tenant {}`", tenant.slug),
        )
    })
}

async fn missing(store: &dyn Store, tenant: &Tenant, business: &Business) -> Vec<String> {
    let mut missing = Vec::new();
    if business.admins.is_empty() {
        missing.push("an admin to page".to_owned());
    }
    if business.catalogue.bookable().next().is_none() {
        missing.push("a service that can be booked (add staff, look at the prices)".to_owned());
    }
    match store.accounts(tenant.id).await {
        Ok(accounts) if accounts.is_empty() => missing.push("a channel account".to_owned()),
        Ok(_) => {}
        Err(error) => missing.push(format!("readable channel tokens ({error})")),
    }
    if business.settings.payment.deposit == DepositRule::None {
        return missing;
    }
    for rail in &business.settings.payment.rails {
        let name = rail.as_str();
        match store.merchant(tenant.id, *rail).await {
            Ok(Some(merchant)) if is_document(&merchant.credentials) => {}
            Ok(Some(_)) => missing.push(format!("credentials for {name} that are a JSON object")),
            Ok(None) => missing.push(format!("credentials for {name}")),
            Err(error) => missing.push(format!("readable credentials for {name} ({error})")),
        }
    }
    missing
}
