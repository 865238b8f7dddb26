//! What each screen shows, as text, in the situations a user meets: typical, empty, loading, failing, narrow, tiny.
//! The first column of a picture marks cursors: `>` that of the pane that has the keys, `:` that of another.

#![cfg(feature = "ui")]

mod common;

use common::play::{Made, Play};
use insta::assert_snapshot;

const WIDE: (u16, u16) = (150, 40);
const USUAL: (u16, u16) = (110, 30);
const NARROW: (u16, u16) = (60, 20);
const TINY: (u16, u16) = (30, 8);

/// The screen of a fixture after a script.
fn picture(fixture: &str, script: &str, size: (u16, u16)) -> String {
    Play::fixture(fixture, size).press(script).picture()
}

#[test]
fn list() {
    assert_snapshot!("list_of_a_capture_with_one_percent_failing", picture("one-percent", "", WIDE));
    assert_snapshot!("list_narrow", picture("one-percent", "n b", NARROW));
    assert_snapshot!("list_tiny", picture("one-percent", "", TINY));
}

#[test]
fn list_by_cause() {
    assert_snapshot!("list_by_cause_with_a_folded_group", picture("one-percent", "C g Space", USUAL));
    assert_snapshot!("list_by_cause_narrow", picture("one-percent", "C -", NARROW));
}

#[test]
fn list_filters() {
    assert_snapshot!("list_filter_being_typed", picture("one-percent", "/ plaintext", USUAL));
    assert_snapshot!("list_filter_that_matches_nothing", picture("stacks-ok", "/ nowhere Enter", NARROW));
    assert_snapshot!(
        "list_prompt_longer_than_the_screen",
        picture("tls13-ok", ": filter Space a-rather-long-name", TINY)
    );
}

#[test]
fn list_loading() {
    let mut play = Play::fixture("stacks-ok", USUAL);
    assert_snapshot!("list_loading", play.pretend_loading(1_000_000, 8_000_000).picture());
    let made = Made::without_packets("tls13-ok");
    let mut play = Play::made(&made, NARROW);
    assert_snapshot!("list_empty_capture", play.picture());
    assert_snapshot!("list_loading_without_a_flow_yet", play.pretend_loading(10_000, 20_000).picture());
}

#[test]
fn list_of_a_truncated_capture() {
    let made = Made::part("stacks-ok", 40);
    assert_snapshot!("list_of_a_truncated_capture", Play::made(&made, USUAL).picture());
}

#[test]
fn timeline() {
    assert_snapshot!("timeline_reset_by_access_point", picture("reset-by-access-point", "Enter", WIDE));
    assert_snapshot!("timeline_inferred_messages", picture("tls13-ok", "Enter m m m", USUAL));
    assert_snapshot!("timeline_narrow", picture("reset-by-access-point", "Enter", NARROW));
    assert_snapshot!("timeline_tiny", picture("reset-by-access-point", "Enter", TINY));
}

#[test]
fn timeline_panes() {
    assert_snapshot!("timeline_search_in_fields", picture("tls13-ok", "Enter m Tab Tab / server_name Enter n", USUAL));
    assert_snapshot!("timeline_bytes_narrow", picture("tls13-ok", "Enter m shift-Tab Right Right Right", NARROW));
    assert_snapshot!("timeline_retransmissions_and_evidence", picture("hello-tail-lost", "Enter a", WIDE));
}

#[test]
fn timeline_that_is_not_there() {
    let mut play = Play::fixture("tls13-ok", NARROW);
    assert_snapshot!("timeline_being_read", play.press_and_look("Enter").picture());
    let made = Made::part("tls13-ok", 100);
    let mut play = Play::made(&made, NARROW);
    made.shrink();
    assert_snapshot!("timeline_of_a_file_that_shrank", play.press("Enter").picture());
}

#[test]
fn follow() {
    assert_snapshot!("follow_as_text", picture("starttls-smtp-ok", "f", USUAL));
    assert_snapshot!("follow_as_hex_with_a_match", picture("tls13-ok", "f x / example Enter n", USUAL));
    assert_snapshot!("follow_narrow", picture("plain-http-ok", "f } d", NARROW));
    assert_snapshot!("follow_without_payload", picture("connection-refused", "f", NARROW));
}

#[test]
fn compare() {
    assert_snapshot!("compare_reset_with_the_nearest_good_flow", picture("one-percent", "n c", WIDE));
    assert_snapshot!("compare_equal_rows_hidden", picture("one-percent", "n c = = Tab j j", USUAL));
    assert_snapshot!("compare_on_a_usual_terminal", picture("one-percent", "n c", (80, 24)));
    assert_snapshot!("compare_with_the_differences_on_120_columns", picture("one-percent", "n c Tab", (120, 40)));
    assert_snapshot!("compare_with_all_rows_on_200_columns", picture("one-percent", "n c =", (200, 60)));
    assert_snapshot!("compare_fields_of_both_sides", picture("one-percent", "n c k k Enter j", (80, 24)));
    assert_snapshot!("compare_all_fields_of_both_sides", picture("one-percent", "n c = k k Enter", (120, 40)));
    assert_snapshot!("compare_candidates", picture("one-percent", "n c > b", USUAL));
    assert_snapshot!("compare_retransmissions", picture("block-page-then-retry-ok", "c", USUAL));
    assert_snapshot!("compare_narrow", picture("one-percent", "n c", NARROW));
    assert_snapshot!("compare_tiny", picture("one-percent", "n c", TINY));
}

#[test]
fn compare_that_is_not_there() {
    assert_snapshot!("compare_without_a_good_flow", picture("reset-by-access-point", "c", (80, 24)));
    let mut play = Play::fixture("one-percent", NARROW);
    assert_snapshot!("compare_looking_for_a_good_flow", play.press_and_look("c").picture());
}

#[test]
fn rates() {
    assert_snapshot!("rates_of_a_capture_with_one_percent_failing", picture("one-percent", "R", WIDE));
    assert_snapshot!("rates_narrow", picture("one-percent", "R", NARROW));
    assert_snapshot!("list_of_one_server_name", picture("one-percent", "R Tab Tab j Enter", NARROW));
}

#[test]
fn contrast() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let of = |script| picture("one-percent", script, (width, height));
        assert_snapshot!(format!("contrast_{width}x{height}"), of("W"));
        assert_snapshot!(format!("list_with_a_claim_{width}x{height}"), of(""));
    }
    assert_snapshot!("contrast_of_too_few", picture("block-page-then-retry-ok", "W", (80, 24)));
    assert_snapshot!("contrast_without_a_failure", picture("tls13-ok", "W", NARROW));
}

#[test]
fn help() {
    assert_snapshot!("help_in_the_timeline", picture("tls13-ok", "Enter ?", USUAL));
    assert_snapshot!("help_tiny", picture("tls13-ok", "? G", TINY));
}

#[test]
fn pages() {
    assert_snapshot!("page_about_the_capture", picture("one-sided-to-server", "i", NARROW));
    assert_snapshot!("page_about_a_capture_that_is_not_read", picture("capwap-in-dtls", "i G", NARROW));
    assert_snapshot!("list_of_a_capture_that_is_not_read", picture("capwap-in-dtls", "", NARROW));
    assert_snapshot!("page_of_a_cause_narrow", picture("hello-tail-lost", ": explain Enter", NARROW));
}

#[test]
fn no_size_is_too_small() {
    let scripts = [
        "",
        "?",
        "i",
        "/ x",
        "Enter",
        "Enter Tab",
        "Enter Tab Tab",
        "Enter shift-Tab",
        "f",
        "f x",
        "n c",
        "n c Tab",
        "n c Enter",
        "R",
        "W",
        "C",
        "C -",
    ];
    for script in scripts {
        let mut play = Play::fixture("block-page-then-retry-ok", USUAL);
        play.press(script);
        for width in [1, 2, 9, 10, 11, 17, 30, 61, 89, 129, 131] {
            for height in [1, 2, 3, 4, 5, 6, 7, 9, 13, 24] {
                play.resize((width, height));
            }
        }
    }
}

#[test]
fn packets() {
    assert_snapshot!("packets_of_a_flow_with_losses", picture("heavy-loss-ok", "s", WIDE));
    assert_snapshot!("packets_absolute", picture("mtu-black-hole-server-side", "s a", USUAL));
    assert_snapshot!("packets_narrow", picture("mtu-black-hole-server-side", "s", NARROW));
}

#[test]
fn plots() {
    assert_snapshot!("plot_of_sequence_numbers", picture("heavy-loss-ok", "s Tab e", WIDE));
    assert_snapshot!(
        "plot_of_sequence_numbers_with_the_window",
        picture("mtu-black-hole-server-side", "s Tab w", USUAL)
    );
    assert_snapshot!("plot_of_a_reset_closer", picture("reset-by-access-point", "s Tab d + +", USUAL));
    assert_snapshot!("plot_of_round_trips", picture("heavy-loss-ok", "s Tab Tab d", NARROW));
    assert_snapshot!("plot_of_bytes_in_flight", picture("mtu-black-hole-server-side", "s Tab Tab Tab", NARROW));
    assert_snapshot!("plot_of_throughput_tiny", picture("heavy-loss-ok", "s shift-Tab", TINY));
}
