//! What every [`Store`](crate::ports::store::Store) promises.

mod book;
mod inbox;
mod money;
mod registry;
mod shop;
mod turns;
mod walls;
mod work;

pub use book::*;
pub use inbox::*;
pub use money::*;
pub use registry::*;
pub use shop::Shop;
pub use turns::*;
pub use walls::*;
pub use work::*;

/// Names the suite's tests for a maker: an `async fn` that gives an empty store (anything that derefs to one).
#[macro_export]
macro_rules! store_conformance {
    ($make:path) => {
        $crate::conformance_tests! { store, (flavor = "multi_thread", worker_threads = 2), $make,
            // What comes in.
            a_message_is_stored_once,
            many_are_stored_in_order,
            a_sender_is_recognised_by_any_identity,
            a_proven_phone_joins_channels,
            identities_of_two_people_never_merge_them,
            a_profile_name_is_kept_only_where_there_was_none,
            what_is_pending_comes_oldest_first_and_limited,
            a_skipped_item_is_not_pending,
            absent_is_none_not_error,
            // Turns.
            a_turn_is_stored_as_it_was_committed,
            a_stale_writer_loses,
            an_item_is_taken_a_turn_on_once,
            of_many_racing_turns_one_wins,
            the_newest_conversation_is_current,
            records_come_in_order,
            a_refused_commit_changes_nothing,
            the_transcript_shows_both_sides_in_order,
            conversations_are_listed_newest_first,
        }
    };
}
