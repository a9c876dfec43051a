//! What every engine promises, rule by rule. Each rule gets a fresh, empty store.

pub mod appending;
pub mod closing;
pub mod following;
pub mod keys;
pub mod reading;
pub mod retrying;

/// Runs every rule of the port on one engine: a module name, and an expression that
/// makes a [`Subject`](crate::kit::Subject).
macro_rules! event_store_contract {
    ($engine:ident, $subject:expr) => {
        mod $engine {
            crate::contract::rules! { $subject;
                appending::a_new_stream_begins_at_revision_zero,
                appending::expecting_an_event_of_a_missing_stream_is_a_conflict,
                appending::expecting_no_stream_where_there_is_one_is_a_conflict,
                appending::expecting_an_earlier_revision_is_a_conflict_that_names_the_actual_one,
                appending::expecting_a_later_revision_is_a_conflict,
                appending::expecting_the_greatest_number_is_a_conflict,
                appending::the_right_revision_continues_the_stream,
                appending::two_writers_expecting_the_same_revision_cannot_both_win,
                appending::a_batch_is_stored_whole_and_in_order,
                appending::a_refused_batch_leaves_nothing,
                appending::streams_do_not_disturb_each_other,
                appending::positions_grow_with_every_event,
                appending::sixteen_writers_leave_no_stream_with_holes,
                appending::sixteen_writers_on_one_stream_take_turns,
                appending::an_empty_append_is_refused,
                appending::sixty_four_events_are_taken_and_one_more_is_not,
                appending::nine_hundred_kib_are_taken_and_one_byte_more_is_not,
                appending::a_refused_size_is_told_before_a_conflict,
                appending::a_dropped_append_is_completed,
                appending::short_long_and_unusual_names_are_different_streams,
                appending::operational_streams_are_stored_like_others,
                appending::the_same_event_may_stand_in_two_streams,
                retrying::a_retry_answers_the_first_result,
                retrying::a_retry_of_a_batch_answers_the_first_result,
                retrying::a_retry_after_later_events_answers_the_first_result,
                retrying::a_retry_changes_nothing,
                retrying::a_retry_with_another_id_is_a_conflict,
                retrying::a_retry_with_one_of_its_ids_different_is_a_conflict,
                retrying::a_retry_with_its_ids_in_another_order_is_a_conflict,
                retrying::a_retry_with_one_event_more_is_a_conflict,
                retrying::a_retry_of_the_first_events_of_a_batch_is_recognised,
                retrying::a_retry_that_expects_another_place_is_a_conflict,
                retrying::sixteen_senders_of_one_batch_store_it_once,
                reading::a_missing_stream_is_empty,
                reading::a_stream_is_read_from_a_revision_up_to_a_limit,
                reading::reading_beyond_the_end_is_empty,
                reading::bytes_come_back_unchanged,
                reading::the_parts_of_an_event_come_back,
                reading::everything_is_read_in_global_order,
                reading::pages_join_without_gap_or_repeat,
                reading::a_new_store_is_empty_and_its_head_is_the_start,
                reading::the_head_is_the_position_of_the_last_event,
                reading::an_acknowledged_event_is_read_at_once,
                reading::ten_thousand_events_of_one_stream_are_read_page_by_page,
                reading::a_command_is_found_by_its_first_event,
                reading::a_command_is_not_found_in_another_stream,
                reading::a_command_is_found_in_a_stream_of_ten_thousand_events,
                following::an_empty_store_is_caught_up_at_once,
                following::what_is_stored_is_told_before_caught_up,
                following::what_comes_later_is_told_live,
                following::a_subscriber_waits_when_there_is_nothing_to_tell,
                following::catching_up_and_living_leave_no_gap_under_sixteen_writers,
                following::a_bookmark_resumes_at_any_point,
                following::a_bookmark_at_the_head_is_caught_up_at_once,
                following::the_bookmark_of_the_start_tells_everything,
                following::subscribers_do_not_disturb_each_other,
                following::a_slow_subscriber_gets_everything,
                following::a_wait_that_is_given_up_loses_nothing,
                following::a_refused_append_is_told_to_nobody,
                following::the_events_of_a_batch_are_told_one_after_the_other,
                following::a_bookmark_of_another_store_is_refused,
                following::a_bookmark_with_another_event_is_refused,
                following::a_bookmark_beyond_the_head_is_refused,
                following::there_is_no_bookmark_for_a_position_never_given_out,
                keys::a_ring_comes_back_with_its_event,
                keys::a_missing_ring_is_none,
                keys::rings_are_listed_in_the_order_of_their_ids,
                keys::a_refused_append_keeps_no_ring,
                keys::a_ring_that_exists_is_not_overwritten_by_an_append,
                keys::two_rings_of_one_batch_cannot_share_an_id,
                keys::replacing_overwrites_a_ring,
                keys::replacing_changes_no_event_and_no_head,
                keys::a_ring_may_become_shorter_but_not_longer,
                keys::replacing_a_missing_ring_replaces_nothing,
                keys::a_retry_does_not_bring_back_a_destroyed_ring,
                keys::every_epoch_number_is_kept,
                keys::an_erasing_append_stores_its_events_and_replaces_its_rings,
                keys::an_erasing_append_that_is_refused_destroys_nothing,
                closing::a_closed_store_takes_no_events,
                closing::a_closed_store_replaces_no_keys,
                closing::a_closed_store_can_be_read,
                closing::closing_finishes_what_was_accepted,
                closing::closing_twice_is_harmless,
                closing::a_closed_store_tells_its_subscribers_what_it_holds,
            }
        }
    };
}

/// Makes one test of each rule.
macro_rules! rules {
    ($subject:expr; $($module:ident :: $rule:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                use crate::kit;
                let subject = $subject;
                crate::contract::$module::$rule(std::sync::Arc::clone(&subject.store)).await;
            }
        )*
    };
}

pub(crate) use {event_store_contract, rules};
