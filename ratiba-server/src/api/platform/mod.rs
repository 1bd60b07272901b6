//! What the operator may do. One file per operation.

mod create_api_key;
mod create_tenant;
mod delete_tenant;
mod dismiss_dead_letter;
mod export_tenant;
mod list_accounts;
mod list_api_keys;
mod list_costs;
mod list_dead_letters;
mod list_migrations;
mod list_tenants;
mod put_account;
mod put_merchant;
mod replay_dead_letter;
mod resume_tenant;
mod revoke_api_key;
mod show_dead_letter;
mod show_tenant;
mod suspend_tenant;

use create_api_key::CreateApiKey;
use create_tenant::CreateTenant;
use delete_tenant::DeleteTenant;
use dismiss_dead_letter::DismissDeadLetter;
use export_tenant::ExportTenant;
use list_accounts::ListAccounts;
use list_api_keys::ListApiKeys;
use list_costs::ListCosts;
use list_dead_letters::ListDeadLetters;
use list_migrations::ListMigrations;
use list_tenants::ListTenants;
use put_account::PutAccount;
use put_merchant::PutMerchant;
use replay_dead_letter::ReplayDeadLetter;
use resume_tenant::ResumeTenant;
use revoke_api_key::RevokeApiKey;
use show_dead_letter::ShowDeadLetter;
use show_tenant::ShowTenant;
use suspend_tenant::SuspendTenant;

/// All operations, in groups because a tuple holds only so many.
pub(crate) type Platform = (
    (
        CreateApiKey,
        CreateTenant,
        DeleteTenant,
        DismissDeadLetter,
        ExportTenant,
        ListAccounts,
        ListApiKeys,
        ListDeadLetters,
    ),
    (
        ListTenants,
        PutAccount,
        PutMerchant,
        ReplayDeadLetter,
        ResumeTenant,
        RevokeApiKey,
        ShowDeadLetter,
        ShowTenant,
    ),
    (ListCosts, ListMigrations, SuspendTenant),
);

/// All of them.
pub(crate) const fn all() -> Platform {
    (
        (
            CreateApiKey,
            CreateTenant,
            DeleteTenant,
            DismissDeadLetter,
            ExportTenant,
            ListAccounts,
            ListApiKeys,
            ListDeadLetters,
        ),
        (
            ListTenants,
            PutAccount,
            PutMerchant,
            ReplayDeadLetter,
            ResumeTenant,
            RevokeApiKey,
            ShowDeadLetter,
            ShowTenant,
        ),
        (ListCosts, ListMigrations, SuspendTenant),
    )
}
