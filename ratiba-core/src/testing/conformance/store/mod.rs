//! What every [`Store`](crate::ports::store::Store) promises.

mod archive;
mod book;
mod failed;
mod forgotten;
mod identity;
mod inbox;
mod jobs;
mod model;
mod money;
mod rail;
mod registry;
mod shop;
mod spend;
mod texts;
mod till;
mod together;
mod turns;
mod waiting;
mod walls;
mod whole;
mod work;

pub use archive::*;
pub use book::*;
pub use failed::*;
pub use forgotten::*;
pub use identity::*;
pub use inbox::*;
pub use jobs::*;
pub use model::{Place, Step, run_program};
pub use money::*;
pub use rail::*;
pub use registry::*;
pub use shop::{Shop, at};
pub use spend::*;
pub use texts::*;
pub use till::*;
pub use together::*;
pub use turns::*;
pub use waiting::*;
pub use walls::*;
pub use whole::*;
pub use work::*;

/// Names the suite's tests for a maker: an `async fn` that gives an empty store (anything that derefs to one). With
/// `conformance_tests_where_possible` behind it, the maker gives an `Option`, and where it is `None` the tests are left out.
#[macro_export]
macro_rules! store_conformance {
    ($make:path) => {
        $crate::store_conformance! { $make, conformance_tests }
    };
    ($make:path, $with:ident) => {
        $crate::$with! { store, (flavor = "multi_thread", worker_threads = 2), $make,
            // What comes in.
            a_message_is_stored_once,
            many_are_stored_in_order,
            a_sender_is_recognised_by_any_identity,
            a_proven_phone_joins_channels,
            identities_of_two_people_never_merge_them,
            a_profile_name_is_kept_only_where_there_was_none,
            what_is_pending_comes_oldest_first_and_limited,
            a_skipped_item_is_not_pending,
            a_message_that_is_taken_back_is_forgotten,
            a_message_that_is_taken_back_in_time_is_not_answered,
            absent_is_none_not_error,
            // Turns.
            a_turn_is_stored_as_it_was_committed,
            a_stale_writer_loses,
            an_item_is_taken_a_turn_on_once,
            of_many_racing_turns_one_wins,
            turns_that_come_together_end_each_in_its_own_way,
            lanes_that_are_read_together_are_each_their_own,
            the_newest_conversation_is_current,
            records_come_in_order,
            a_refused_commit_changes_nothing,
            the_transcript_shows_both_sides_in_order,
            conversations_are_listed_newest_first,
            // Time.
            an_appointment_is_stored_as_it_was_made,
            of_many_racing_holds_one_wins,
            appointments_may_touch,
            buffers_are_kept_free,
            a_long_appointment_contains_others,
            a_resource_is_taken_like_a_person,
            a_bundle_is_held_whole_or_not_at_all,
            a_hold_that_ran_out_gives_way,
            a_hold_that_ran_out_can_be_confirmed_while_free,
            an_expired_one_is_confirmed_only_while_its_time_is_free,
            what_is_gone_can_not_be_confirmed,
            a_hold_can_be_extended,
            a_cancelled_appointment_frees_its_time,
            a_replacement_moves_time_and_money,
            a_replacement_may_overlap_what_it_replaces,
            a_lost_replacement_keeps_the_old_appointment,
            diaries_are_in_order,
            // Money.
            a_payment_is_stored_as_it_was_made,
            one_payment_is_in_flight_per_conversation,
            a_callback_finds_its_payment,
            the_payments_of_an_appointment_are_found,
            a_success_is_never_overwritten,
            open_payments_are_listed_oldest_first,
            the_ledger_is_kept_in_order,
            an_unbalanced_ledger_is_refused,
            a_receipt_is_of_one_payment,
            payments_and_books_are_listed_by_day_and_standing,
            what_is_learnt_of_a_customer_is_kept,
            unanswered_questions_wait_in_order,
            // What is to be done.
            a_turn_leases_the_first_of_each_lane,
            what_moves_money_is_leased_on_its_own,
            lanes_keep_their_order_across_turns,
            an_item_is_stored_once,
            an_item_keeps_its_end_and_tells_why_it_failed,
            a_lease_that_ran_out_leaves_an_unknown_item,
            an_unknown_item_blocks_its_lane_until_resolved,
            an_attempt_may_bring_something_in,
            delivery_never_moves_down,
            a_failed_delivery_is_told_once,
            a_delivered_message_does_not_fail,
            early_reports_wait_for_their_message,
            a_report_resolves_an_unknown_item,
            failed_messages_are_listed_until_somebody_sees_to_them,
            what_goes_out_instead_is_stored_once,
            of_many_who_settle_one_does,
            only_what_failed_is_settled,
            setting_a_timer_again_replaces_it,
            a_timer_fires_once,
            a_question_to_an_admin_is_remembered,
            money_taken_at_the_venue_is_entered_once,
            a_walk_in_takes_nobodys_time,
            what_was_entered_by_mistake_is_taken_back_once,
            waiting_lanes_are_found,
            // The registry.
            a_tenant_is_made_whole,
            a_tenant_is_made_all_or_nothing,
            an_account_leads_to_its_tenant,
            versions_of_the_business_are_kept,
            changes_of_dials_are_audited,
            snippets_come_newest_first,
            a_suspended_tenant_has_nothing_due,
            due_work_is_fair_between_tenants,
            due_work_is_fair_between_kinds,
            dead_letters_are_kept_until_settled,
            a_deleted_tenant_leaves_nothing,
            // Text messages.
            sms_accounts_are_kept_sealed_and_found,
            texts_are_written_down_once,
            unwanted_numbers_are_remembered,
            // What models cost.
            a_call_is_reserved_settled_and_kept,
            parallel_reservations_never_pass_a_ceiling,
            a_days_ceiling_holds_over_all_bookings,
            a_reservation_that_runs_out_makes_room,
            what_models_cost_is_summed_up,
            // Jobs and what grows old.
            a_run_is_done_by_one,
            a_run_whose_holder_died_is_taken_over,
            a_finished_run_stays_finished,
            runs_are_apart_by_tenant_and_moment,
            old_runs_are_forgotten,
            old_conversations_go_to_the_archive_and_then_for_good,
            what_is_still_needed_is_not_archived,
            routes_of_settled_payments_go_in_small_batches,
            done_work_goes_and_what_waits_stays,
            reports_without_a_message_go_after_their_time,
            // Who waits, who came, and who is who.
            who_waits_is_found_in_order,
            a_wish_that_is_over_stays_over,
            the_last_wish_for_a_service_counts,
            timers_are_set_outside_of_turns,
            a_visit_is_marked_once_it_has_begun,
            what_is_over_is_completed,
            what_was_entered_can_be_called_off,
            a_code_loses_tries_and_never_regains_them,
            codes_are_counted_by_number_and_by_asker,
            a_changed_id_stays_with_its_person,
            a_recycled_number_is_somebody_new,
            merging_in_any_order_gives_the_same_and_loses_nothing,
            who_is_gone_is_logged_and_reached,
            a_turn_of_who_is_gone_is_stale,
            the_proving_conversation_stays_current,
            // Everything at once.
            a_dump_holds_one_tenant_and_no_secret,
            a_person_is_given_out_whole,
            an_erased_person_leaves_numbers,
            nobody_is_erased_while_a_payment_is_open,
            a_key_opens_one_tenant_until_it_is_taken_away,
            // The walls.
            tenants_see_nothing_of_each_other,
            tenants_change_nothing_of_each_other,
            one_person_at_two_businesses_is_two_customers,
        }
    };
}
