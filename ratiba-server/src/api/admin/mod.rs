//! What a tenant may do. One file per operation.

mod add_knowledge;
mod add_staff;
mod commit_catalogue;
mod delete_knowledge;
mod dial_history;
mod dismiss_failed_delivery;
mod erase_person;
mod export_catalogue;
mod export_person;
mod import_catalogue;
mod list_failed_deliveries;
mod list_knowledge;
mod list_staff;
mod list_unanswered;
mod read_catalogue;
mod relations;
mod remove_staff;
mod replay_failed_delivery;
mod set_dial;
mod set_hours;
mod show_business;
mod show_costs;
mod show_dials;
mod show_diary;
mod show_failed_delivery;
mod suggest_cells;

use add_knowledge::AddKnowledge;
use add_staff::AddStaff;
use commit_catalogue::CommitCatalogue;
use delete_knowledge::DeleteKnowledge;
use dial_history::DialHistory;
use dismiss_failed_delivery::DismissFailedDelivery;
use erase_person::ErasePerson;
use export_catalogue::ExportCatalogue;
use export_person::ExportPerson;
use import_catalogue::ImportCatalogue;
use list_failed_deliveries::ListFailedDeliveries;
use list_knowledge::ListKnowledge;
use list_staff::ListStaff;
use list_unanswered::ListUnanswered;
use read_catalogue::ReadCatalogue;
use relations::Relations;
use remove_staff::RemoveStaff;
use replay_failed_delivery::ReplayFailedDelivery;
use set_dial::SetDial;
use set_hours::SetHours;
use show_business::ShowBusiness;
use show_costs::ShowCosts;
use show_dials::ShowDials;
use show_diary::ShowDiary;
use show_failed_delivery::ShowFailedDelivery;
use suggest_cells::SuggestCells;

/// All operations, in groups because a tuple holds only so many.
pub(crate) type Admin = (
    (
        AddKnowledge,
        AddStaff,
        DeleteKnowledge,
        ErasePerson,
        ExportCatalogue,
        ExportPerson,
        ImportCatalogue,
        ListKnowledge,
    ),
    (ListStaff, ListUnanswered, RemoveStaff, SetDial, SetHours, ShowBusiness, ShowDials, ShowDiary),
    (CommitCatalogue, DialHistory, ReadCatalogue, Relations, ShowCosts, SuggestCells),
    (DismissFailedDelivery, ListFailedDeliveries, ReplayFailedDelivery, ShowFailedDelivery),
);

/// All of them.
pub(crate) const fn all() -> Admin {
    (
        (
            AddKnowledge,
            AddStaff,
            DeleteKnowledge,
            ErasePerson,
            ExportCatalogue,
            ExportPerson,
            ImportCatalogue,
            ListKnowledge,
        ),
        (
            ListStaff,
            ListUnanswered,
            RemoveStaff,
            SetDial,
            SetHours,
            ShowBusiness,
            ShowDials,
            ShowDiary,
        ),
        (CommitCatalogue, DialHistory, ReadCatalogue, Relations, ShowCosts, SuggestCells),
        (DismissFailedDelivery, ListFailedDeliveries, ReplayFailedDelivery, ShowFailedDelivery),
    )
}
