//! Keys go in, the screen comes out: every key of the table does what it says, on every screen where it holds.

#![cfg(feature = "ui")]

mod common;

use common::play::{Made, Play};
use common::wire::refused;
use shakedown::internal::app::keys::{self, KEYS, Scope};
use shakedown::internal::app::{Action, Overlay, Pane, Screen};
use shakedown::internal::present::list::COLUMNS;
use shakedown::internal::tui::stage::Order;

const WIDE: (u16, u16) = (150, 40);
const NARROW: (u16, u16) = (60, 20);
/// So low that the eight flows of `stacks-ok` do not fit.
const LOW: (u16, u16) = (110, 10);

/// Makes a test of each scene, and of all of them together one that misses no key.
macro_rules! scenes {
    ($($scene:ident,)+) => {
        $(#[test] fn $scene() { drop(scene::$scene()); })+

        #[test]
        fn every_key_of_the_table_is_pressed() {
            let scenes: &[fn() -> Play] = &[$(scene::$scene,)+];
            let pressed: Vec<_> = scenes.iter().flat_map(|scene| scene().pressed).collect();
            let was_pressed = |scope: Scope, key| {
                // A key of every screen counts wherever the screen has no meaning of its own for it.
                let anywhere = |at: Scope| scope == Scope::Anywhere && !own(at, key);
                pressed.iter().any(|(at, one)| *one == key && (*at == scope || anywhere(*at)))
            };
            let missed: Vec<_> = KEYS
                .iter()
                .flat_map(|row| row.keys().map(|key| (row.scope, key)))
                .filter(|(scope, key)| !was_pressed(*scope, *key))
                .map(|(scope, key)| format!("{key} in {scope:?}"))
                .collect();
            assert!(missed.is_empty(), "never pressed: {}", missed.join(", "));
        }
    };
}

fn own(scope: Scope, key: shakedown::internal::app::Key) -> bool {
    keys::rows(scope).any(|row| row.keys().any(|one| one == key))
}

scenes! {
    arrows_and_letters_move_alike,
    failing_flows_follow_each_other_around_the_end,
    every_column_sorts_both_ways,
    a_filter_narrows_while_it_is_typed_and_can_be_cleared,
    outcomes_are_shown_one_after_the_other,
    commands_do_what_they_say,
    every_action_has_a_command,
    a_baseline_can_be_marked_and_forgotten,
    the_comparison_begins_at_the_first_divergence,
    differences_are_gone_through,
    the_comparison_goes_on_to_other_flows,
    a_comparison_is_copied_and_saved,
    other_baselines_are_a_key_away,
    fields_of_both_sides_stand_side_by_side,
    steps_are_gone_through,
    evidence_leads_to_its_packet,
    a_link_leads_to_its_flow,
    flights_fold_and_time_is_to_scale,
    a_field_leads_to_its_registry_and_its_specification,
    fields_messages_and_timelines_are_copied,
    bytes_lead_to_fields_through_segments_and_records,
    fields_fold_and_are_searched,
    bytes_and_fields_go_together,
    certificates_are_a_key_away,
    certificates_are_saved_and_no_file_is_replaced_unasked,
    streams_are_gone_through,
    streams_are_searched,
    streams_are_selected_copied_and_saved,
    streams_are_shown_as_records,
    a_packet_leads_to_its_bytes_and_back,
    packets_are_listed_and_plotted,
    plots_are_zoomed_and_panned,
    the_mouse_selects_scrolls_and_sorts,
    failure_rates_lead_to_the_flows_of_a_cohort,
    failure_rates_lead_to_incidents,
    failure_rates_lead_to_periods,
    what_the_failing_have_in_common_leads_to_flows,
    causes_are_groups_that_fold,
    every_screen_is_reached_from_every_other,
    the_help_opens_anywhere_and_closes,
    leaving_and_stopping_are_orders,
}

mod scene {
    use super::*;

    pub fn arrows_and_letters_move_alike() -> Play {
        let mut play = Play::fixture("stacks-ok", LOW);
        let pairs = [
            ("Down", "j", "g j j"),
            ("Up", "k", "g j j"),
            ("PageDown", "ctrl-f", "g"),
            ("PageUp", "ctrl-b", "G"),
            ("Home", "g", "G"),
            ("End", "G", "g"),
            ("Right", "l", "g"),
            ("Left", "h", "g l l"),
        ];
        for (arrow, letter, from) in pairs {
            let before = play.press(from).picture();
            let after = play.press(arrow).picture();
            assert_ne!(before, after, "{arrow} moves");
            play.press("h h h h").press(from).press(letter);
            assert_eq!(play.picture(), after, "{letter} does as {arrow} does");
            play.press("h h h h");
        }
        play.press("g ctrl-d").is_on("   2 ").press("ctrl-u").is_on("   0 ");
        play
    }

    pub fn failing_flows_follow_each_other_around_the_end() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.is_on(" 162 ").press("n").is_on(" 193 ").press("n").is_on(" 357 ").press("N").is_on(" 193 ");
        play.press("G").is_on("✓ ok").press("n").is_on(" 162 ").shows("around the end");
        play.press("N").is_on(" 952 ").shows("around the beginning");
        play.press("Enter").shows("flow 952  ✗ failed").press("[").shows("flow 906 ").press("]").shows("flow 952 ");
        play.press("f").shows("client packet").press("]").shows("flow 162 ").press("[").shows("flow 952 ");
        play
    }

    pub fn every_column_sorts_both_ways() -> Play {
        let mut play = Play::fixture("stacks-ok", (60, 20));
        for _ in 0..COLUMNS.len() {
            let column = play.press(">").screens().list.query.column;
            let title = COLUMNS[column].layout.title;
            // Narrow as the screen is, the column that sorts is on it.
            play.shows(&format!("{title}▲")).press("r").shows(&format!("{title}▼")).press("r");
        }
        play.press("<").shows("ALPN▲").press(": sort Space flow Enter");
        assert_eq!(play.screens().list.rows, [0, 1, 2, 3, 4, 5, 6, 7]);
        play.press("r");
        assert_eq!(play.screens().list.rows, [7, 6, 5, 4, 3, 2, 1, 0]);
        play
    }

    pub fn a_filter_narrows_while_it_is_typed_and_can_be_cleared() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        play.press("/ plain").shows("1 row with \"plain\"").is_on("plaintext-answer").lacks("✓ ok  ");
        play.press("Esc").shows("flow 0").lacks("with \"plain\"");
        play.press("/ plain Enter").shows("1 row with").shows("Esc all rows").press("/").shows("filter: plain");
        play.press("ctrl-u Enter").lacks("row with").lacks("Esc all rows");
        play.press("/ nowhere Enter").shows("0 rows with \"nowhere\"").shows("no flow is like that");
        play.press("Enter").shows("there is no flow here");
        play.press("Esc").lacks("no flow is like that").press("Esc").shows("q leaves");
        play
    }

    pub fn outcomes_are_shown_one_after_the_other() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        let mut rows = |keys: &str| play.press(keys).screens().list.rows.len();
        assert_eq!([rows("o"), rows("o"), rows("o")], [1, 2, 0]);
        assert_eq!([rows("Esc"), rows("o"), rows("o o o o"), rows("o")], [3, 1, 0, 3]);
        play
    }

    pub fn commands_do_what_they_say() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        play.press(": 2 Enter").is_on("   2 ").press(": flow Space 1 Enter").is_on("   1 ");
        play.press(": 9 Enter").shows("no flow 9; the last is 2").press(": flow Enter").shows("flow wants a number");
        play.press(": sort Space start Enter").shows("Time▲").press(": sort Enter").shows("sort wants a column");
        play.press(": sort Space shoe Enter").shows("no column \"shoe\"");
        play.press(": filter Space plain Enter").shows("1 row with").press(": 2 Enter").shows("not among the rows");
        play.press(": filter Enter").lacks("row with");
        play.press(": packet Space 3 Enter").shows("open a flow first").press(": frobnicate Enter").shows("no command");
        play.press(": 0 Enter : open Enter")
            .shows("Steps")
            .press(": packet Space x Enter")
            .shows("packet wants a number");
        play.press(": packet Space 10 Enter").is_on(" 10 ").lacks("none of this flow");
        play.press(": packet Space 9999 Enter").shows("packet 9999 is none of this flow");
        play.press("L : explain Space mtu-black-hole Enter")
            .shows("What happened")
            .press("Esc : explain Space x Enter");
        play.shows("no cause \"x\"").press(": 0 Enter : explain Enter").shows("▸ plaintext-answer").press("Esc");
        play.press(": why Space ERR_SSL_PROTOCOL_ERROR Enter").shows("Can be").press("Esc");
        play.press(": why Space moon Enter").shows("no client is known to say").press("Enter");
        play.press(": 1 Enter").shows("flow 1  ✓ ok").shows("Steps").press(": Enter : Backspace").shows("Tab pane");
        play
    }

    pub fn every_action_has_a_command() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        for action in Action::ALL {
            for from in ["", "Enter", "f", "c"] {
                play.press("L").press(from).press(&format!(": {} Enter", action.name())).lacks("no command");
                let orders = play.orders();
                let leaves = matches!(action, Action::Quit | Action::Suspend);
                let left = orders.iter().any(|order| !matches!(order, Order::Copy(_)));
                assert_eq!(left, leaves, "{action:?} {orders:?}");
                // What it opened is closed again.
                if !matches!(play.model().overlay, Overlay::None) {
                    play.press("Esc");
                }
            }
        }
        play.press(": q Enter");
        assert_eq!(play.orders(), [Order::Quit]);
        play
    }

    pub fn a_baseline_can_be_marked_and_forgotten() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        play.press(": 2 Enter b").shows("flow 2 is the baseline now").is_on("b   2");
        play.press(": 0 Enter c").shows("baseline: flow 2").shows("you marked it as the baseline");
        play.press("B").shows("the client's own successful try").press("q");
        play.press(": 1 Enter b").is_on("b   1").press("B").shows("the nearest good flow is the baseline now");
        play.lacks("b   1").press(": 2 Enter Enter b").shows("flow 2 is the baseline now");
        play
    }

    pub fn the_comparison_begins_at_the_first_divergence() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("n c").shows("Identical until Client Hello").is_on("▶").is_on("Server Hello").is_on("✕── RST");
        let compare = play.screens().compare.pair.as_ref().expect("a comparison");
        assert_eq!(compare.ready().and_then(|ready| ready.first_divergence), compare.row());
        play.shows("rows that follow from it; = shows them").lacks("Encrypted Extensions");
        play.press("=").lacks("follow from it").shows("Encrypted Extensions").is_on("▶");
        play.press("=").shows("4 equal ones hidden").is_on("▶").press("=").lacks("equal ones hidden").is_on("▶");
        play.press("j").is_on("rows that follow from it").press("Enter").is_on("Change Cipher Spec");
        play
    }

    pub fn differences_are_gone_through() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("n c = d").is_on("Change Cipher Spec").press("D").is_on("▶").press("g d").is_on("◀── ACK");
        play.press("G d").shows("no further difference");
        play.press("Tab").is_on("ip.ttl").press("j").is_on("step").press("Enter").is_on("▶");
        play.press("Tab Home").is_on("ip.ttl").press("shift-Tab").is_on("▶");
        // Where only the ports of the flows differ, there is no row to go to.
        play.press("Tab : first Enter").is_on("ip.ttl").press("j j j Enter").shows("one of the flows as a whole");
        play
    }

    pub fn a_comparison_is_copied_and_saved() -> Play {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("compared.md");
        let typed = path.display();
        let mut play = Play::fixture("one-percent", WIDE);
        let copied = |play: &mut Play| match &play.orders()[..] {
            [Order::Copy(text)] => text.clone(),
            other => panic!("{other:?}"),
        };
        play.press("n c y").shows("the row sent to the terminal's clipboard");
        let row = copied(&mut play);
        assert!(row.starts_with("baseline: packet 2507, Server Hello\nsubject: packet 3772, RST\n"), "{row}");
        assert!(row.contains("ip.ttl: 55 → 63"), "{row}");
        play.press("Tab y").shows("the difference sent to");
        let difference = copied(&mut play);
        assert!(difference.contains("ip.ttl: 55 → 63"), "{difference}");
        assert!(difference.contains("packets 2507 → 3772"), "{difference}");
        play.press("Y").shows("the comparison sent to the terminal's clipboard");
        assert!(copied(&mut play).contains("  3772"), "packets have numbers");
        play.press("w ctrl-u").press(&format!("{typed} Enter")).shows("the comparison saved in");
        let saved = std::fs::read_to_string(&path).expect("the file");
        assert!(saved.contains("packet 3772"), "{saved}");
        play.press("w ctrl-u").press(&format!("{typed} Enter")).shows("exists; replace it?").press("n");
        play.shows("nothing was saved");
        play
    }

    pub fn fields_of_both_sides_stand_side_by_side() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        // Two ClientHellos: the fields that differ, then all, then the bytes.
        play.press("n c k k Enter").shows("Fields of both sides").is_on("client_hello").shows("random: ");
        play.lacks("legacy_version").press("=").shows("legacy_version").press("G").is_on("01f8: ").press("g");
        play.press("j y").shows("the field sent to the terminal's clipboard");
        assert!(matches!(&play.orders()[..], [Order::Copy(_)]));
        // The pane follows the rows; where one side has nothing, the other stands alone.
        play.press("d")
            .shows("Transmission Control Protocol")
            .press("Enter")
            .lacks("Fields of both sides")
            .press("= =");
        play.press("g Tab Tab")
            .shows("Fields of both sides")
            .press("shift-Tab")
            .shows("▸ Differences")
            .press("shift-Tab");
        play.press("G Enter").is_on("Change Cipher Spec").lacks("rows that follow").press("t").shows("▸ Steps");
        play
    }

    pub fn other_baselines_are_a_key_away() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("n c").shows("This baseline (1 of").press("<").shows("no better good flow");
        play.press(">").shows("This baseline (2 of").press("b").shows("score").shows("same server address").press("q");
        play.press("<").shows("This baseline (1 of");
        // From a good flow one comes to the failing one that is nearest to it.
        play.press("L : 4 Enter c").shows("baseline flow 4").shows("is the failing one that is nearest to it");
        play
    }

    pub fn the_comparison_goes_on_to_other_flows() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("n c").shows("with   flow 193");
        play.press("n").shows("with   flow 357").press("]").shows("with   flow 362").is_on("▶");
        play.press("N").shows("with   flow 357").press("[").shows("with   flow 193");
        play.press("x").shows("baseline flow 193").shows("the two were exchanged").press("x").shows("with   flow 193");
        play.press("t").shows("Steps").is_on("RST").press("q");
        play.press("f").shows("client packet");
        play
    }

    pub fn steps_are_gone_through() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        play.press("t")
            .shows("◆")
            .press("g")
            .is_on("SYN")
            .press("m")
            .is_on("Client Hello")
            .press("m")
            .lacks("no further");
        play.press("M").is_on("Client Hello").press("M").shows("no further message");
        play.press("g p p").is_on("SYN ACK").press("P").is_on("SYN").press("P").shows("no further packet");
        play.press("g e").is_on("○").press("e e e e e e").shows("no further evidence").press("E").is_on("◆");
        play.press("a").shows("bare TCP segments hidden").press("a").shows(" TCP segments hidden").lacks("bare TCP");
        play.press("a").shows("steps of TLS hidden").press("a").lacks("hidden");
        play.press("c").shows("Rows").press("q f").shows("client packet");
        play
    }

    pub fn flights_fold_and_time_is_to_scale() -> Play {
        let mut play = Play::fixture("tls12-ok", WIDE);
        play.press("Enter g").is_on("▾ TCP opens: SYN, SYN ACK").shows("▾ client: Client Hello");
        play.press("Space").is_on("▸ TCP opens").press("j").is_on("▾ client: Client Hello").press("j Left");
        play.is_on("▸ client: Client Hello").press("Right").is_on("▾ client: Client Hello");
        play.press("z").is_on("▸ client: Client Hello").shows("▸ server: Server Hello, Certificate");
        play.shows("(estimate: network ").press("Enter").is_on("▾ client").press("z z").lacks("▸ client");
        // What is looked for is unfolded.
        play.press("z g m").is_on("Client Hello").shows("▾ client: Client Hello").press("z z");
        let rows = play.screens().timeline.steps.rows.len();
        let scaled = play.press("g T").shows("time to scale").screens().timeline.steps.rows.len();
        assert!(scaled > rows && scaled <= rows + 61, "{rows} {scaled}");
        for _ in 0..scaled {
            play.press("j");
            assert!(play.screens().timeline.steps.packet(&play.model().view().expect("open")).is_some());
        }
        play.press("T").lacks("time to scale");
        play
    }

    pub fn a_field_leads_to_its_registry_and_its_specification() -> Play {
        let mut play = Play::fixture("tls12-ok", WIDE);
        play.press("Enter g m Enter / tls_ecdhe Enter K").shows("The field").shows("Specified in");
        play.shows("https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2").shows("the registry \"TLS Cipher Suites\"");
        play.shows("TLS_NULL_WITH_NULL_NULL").press("Esc");
        play
    }

    pub fn fields_messages_and_timelines_are_copied() -> Play {
        let mut play = Play::fixture("tls12-ok", WIDE);
        let copied = |play: &mut Play| match play.orders().pop() {
            Some(Order::Copy(text)) => text,
            other => panic!("{other:?}"),
        };
        play.press("Enter g m y").shows("Client Hello sent to the terminal's clipboard");
        let message = copied(&mut play);
        assert!(message.starts_with("packet ") && message.contains("\n  cipher_suites: "), "{message}");
        play.press("Enter / msg_type Enter y").shows("msg_type sent to the terminal's clipboard");
        assert_eq!(copied(&mut play), "msg_type: client_hello (1)\n");
        play.press("Tab y").shows("1 byte sent");
        assert_eq!(copied(&mut play), "01");
        play.press("Y").shows("the timeline sent to the terminal's clipboard");
        let timeline = copied(&mut play);
        assert!(timeline.contains("Client Hello") && timeline.contains("Server Hello Done"), "{timeline}");
        play
    }

    pub fn bytes_lead_to_fields_through_segments_and_records() -> Play {
        let mut play = Play::fixture("tls12-ok", WIDE);
        play.press("Enter C").shows("reassembled from");
        // From the certificate's field to its bytes in the packets, and back from there.
        play.press("/ modulus Enter").is_on("modulus");
        let whole = play.screens().timeline.tree.selected();
        let pane = play.screens().timeline.tree.pane;
        assert!(whole.len() > 200, "{whole:?}");
        let detail = play.screens().timeline.tree.detail.clone().expect("decoded");
        let packets: Vec<_> =
            (0..pane).filter_map(|below| Some((below, detail.place_in(below, (pane, whole.clone()))?))).collect();
        assert!(!packets.is_empty(), "in some packet");
        for (below, place) in packets {
            let up = detail.put_together((below, place.start));
            assert!(up.iter().any(|(to, at)| *to == pane && whole.contains(at)), "{below} {place:?}: {up:?}");
            let bytes = &detail.panes[below].bytes[place.clone()];
            let own = detail.panes[pane].bytes[whole.clone()].windows(bytes.len()).any(|window| window == bytes);
            assert!(own, "the same bytes");
        }
        play
    }

    pub fn evidence_leads_to_its_packet() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        play.press("Enter g Tab Tab")
            .shows("▸ Fields")
            .press("shift-Tab")
            .shows("▸ Finding")
            .press("Enter")
            .shows("speaks of no packet");
        let mut steps = 0;
        while !play.cursor().contains("◆ packet") {
            play.press("j");
            steps += 1;
            assert!(steps < 40, "no evidence:\n{}", play.picture());
        }
        play.press("Enter").shows("▸ Steps").is_on("◆");
        play
    }

    pub fn a_link_leads_to_its_flow() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        play.press("Enter g shift-Tab shift-Tab shift-Tab").shows("▸ Finding");
        let mut steps = 0;
        while !play.cursor().contains("→ flow ") {
            play.press("j");
            steps += 1;
            assert!(steps < 40, "no link:\n{}", play.picture());
        }
        let other: String = play
            .cursor()
            .split("→ flow ")
            .nth(1)
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        play.press("Enter").shows(&format!("flow {other}")).shows("▸ Steps");
        play
    }

    pub fn fields_fold_and_are_searched() -> Play {
        let mut play = Play::fixture("certificate-rejected-by-one-client", WIDE);
        play.press("Enter g m Enter").shows("▸ Fields").is_on("▾ client_hello");
        play.press("Space").is_on("▸ client_hello").press("Enter").is_on("▾ client_hello");
        play.press("Left").is_on("▸ client_hello").press("Right").is_on("▾ client_hello");
        let few = play.screens().timeline.tree.rows.len();
        let all = play.press("+").screens().timeline.tree.rows.len();
        assert!(all > few, "{all} > {few}");
        let none = play.press("-").screens().timeline.tree.rows.len();
        assert!(none < few, "{none} < {few}");
        play.press("/ server_name Enter").shows("/server_name: 1 of").is_on("server_name: api.example.test");
        play.press("n").shows(": 2 of").shows("n next").press("N").shows(": 1 of");
        play.press("/ shoe Enter")
            .shows("no match for \"shoe\"")
            .press("n")
            .shows("no match")
            .press("/ x Esc")
            .lacks("/x:");
        play
    }

    pub fn bytes_and_fields_go_together() -> Play {
        let mut play = Play::fixture("certificate-rejected-by-one-client", WIDE);
        play.press("Enter C").shows("3 of 3").press("v").shows("1 of 3");
        play.press("Tab Home").shows("▸ Packet");
        assert_eq!(play.screens().timeline.tree.byte, Some(0));
        play.press("Right Right Down");
        assert_eq!(play.screens().timeline.tree.byte, Some(18));
        let row = play.screens().timeline.tree.row().expect("a field");
        assert!(row.range.contains(&18), "{row:?}");
        play
    }

    pub fn certificates_are_a_key_away() -> Play {
        let mut play = Play::fixture("certificate-rejected-by-one-client", WIDE);
        play.press("Enter C").shows("▸ Fields").is_on("Certificate Chain: ").shows("Trust: ends below");
        play.press("L / nothing Enter Esc : 0 Enter Enter").shows("C certificates");
        play
    }

    pub fn certificates_are_saved_and_no_file_is_replaced_unasked() -> Play {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("chain.pem");
        let typed = path.to_string_lossy().into_owned();
        let mut play = Play::fixture("certificate-incomplete-chain-curl", WIDE);
        play.press("L : 0 Enter Enter w").shows("save the certificates to: flow-0-api.example.test.pem");
        play.press("ctrl-u").press(&format!("{typed} Enter")).shows("2 certificates saved in");
        let saved = std::fs::read_to_string(&path).expect("the file");
        assert_eq!(saved.matches("-----BEGIN CERTIFICATE-----").count(), 2);
        std::fs::write(&path, "mine").expect("a full disk");
        play.press("w ctrl-u").press(&format!("{typed} Enter")).shows("exists; replace it? y/n");
        play.press("n").shows("nothing was saved");
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), "mine");
        play.press("w ctrl-u").press(&format!("{typed} Enter y")).shows("2 certificates saved in");
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), saved);
        play.press("w ctrl-u").press(&format!("{} Enter", folder.path().display())).shows("exists; replace it?");
        play.press("y").shows("cannot write it");
        play.press("w Esc").shows("nothing was saved");
        play.press("L : 1 Enter Enter").shows("C certificates");
        play
    }

    pub fn streams_are_gone_through() -> Play {
        let mut play = Play::fixture("plain-http-ok", WIDE);
        play.press("f").is_on("▶ client").press("}").is_on("◀ server").press("{").is_on("▶ client");
        play.press("j").is_on("GET / HTTP/1.1").press("x").shows("00000000  47 45 54");
        play.press("x").is_on("474554202f20").press("x").is_on("GET /");
        play.press("d").shows("(hidden)").lacks("HTTP/1.1 200").press("d").lacks("GET /").press("d").lacks("(hidden)");
        play.press("G").is_on("◂").press("g").is_on("▶ client");
        play.press("c").shows("no good flow to compare with");
        play
    }

    pub fn streams_are_searched() -> Play {
        let mut play = Play::fixture("plain-http-ok", WIDE);
        play.press("f n").shows("no match").press("/ http Enter").shows("/http: 1 of").is_on("GET /").shows("n next");
        play.press("n").shows(": 2 of").is_on("HTTP/1.1 ").press("N").shows(": 1 of").press("N").lacks(": 1 of");
        play.press("/ zebra Enter").shows("no match for \"zebra\"");
        play.press("/ Tab ^host: Enter")
            .shows("regex /^host:: 0 matches")
            .press("/ ^Host: Enter")
            .shows("1 of 1 matches");
        play.is_on("Host:").press("/ ( Esc").press("/ ( Enter").shows("unclosed group");
        play.press("/ Tab 48:54 5450 Enter").shows("hex /48:545450: 2 of 2").press("/ Tab Esc").lacks("matches");
        play
    }

    pub fn streams_are_selected_copied_and_saved() -> Play {
        let made = Made::part("plain-http-ok", 100);
        let mut play = Play::made(&made, WIDE);
        play.press("f j v j y").shows("copied 2 lines, 38 B");
        assert_eq!(play.orders(), [Order::Copy("GET / HTTP/1.1\nHost: api.example.test\n".to_owned())]);
        play.press("v Esc y").shows("copied 1 line");
        assert_eq!(play.orders().len(), 1);
        let file = made.beside("out.bin");
        let name = file.to_string_lossy().into_owned();
        play.press("d w ctrl-u").press(&name).press("Enter").shows("saved 80 B to");
        assert!(std::fs::read(&file).expect("the saved file").starts_with(b"GET / HTTP/1.1\r\n"));
        play.press("d w ctrl-u").press(&name).press("Enter").shows("exists; replace it? y/n").press("n");
        play.shows("nothing was saved");
        assert_eq!(std::fs::read(&file).expect("the saved file").len(), 80);
        play.press("w ctrl-u").press(&name).press("Enter y").shows("saved 170 B to");
        assert_eq!(std::fs::read(&file).expect("the saved file").len(), 170);
        play.press("w ctrl-u /no/such/place Enter").shows("cannot save to /no/such/place: entity not found");
        play.press("w Esc Esc");
        assert_eq!(play.screen(), Screen::List);
        play
    }

    pub fn streams_are_shown_as_records() -> Play {
        let mut play = Play::fixture("tls12-ok", WIDE);
        play.press("f x x x").is_on("Client Hello").shows("handshake          TLS 1.0").shows("change_cipher_spec");
        play.press("j").is_on("Server Hello").press("x").shows("▶ client");
        play
    }

    pub fn a_packet_leads_to_its_bytes_and_back() -> Play {
        let mut play = Play::fixture("plain-http-ok", WIDE);
        play.press("Enter : last Enter M").is_on("◀");
        let packet = play.cursor().split_whitespace().next().map(str::to_owned).expect("a packet");
        play.press("f").is_on(&format!("packet {packet} "));
        play.press("g Enter").shows("Steps").is_on("▶").press("f } t").is_on(&packet);
        play
    }

    pub fn the_mouse_selects_scrolls_and_sorts() -> Play {
        let mut play = Play::fixture("stacks-ok", LOW);
        play.click(":39794").is_on(":39794").wheel(":39794", 3).lacks(":39766").wheel(":39804", -3).shows(":39766");
        play.click("Client").shows("Client▲").click("Client").shows("Client▼").press("g").is_on(":39816");
        play.resize(WIDE)
            .press("Enter")
            .click("Client Hello")
            .is_on("Client Hello")
            .click("Ethernet II")
            .shows("▸ Fields");
        play.click("Ethernet II").is_on("▾ Ethernet II").click("45 00").shows("▸ Packet").shows("Version");
        assert_eq!(play.screens().timeline.focus, Pane::Bytes);
        play.press("f g")
            .resize(LOW)
            .click("client packet")
            .is_on("client packet")
            .wheel("client packet", 3)
            .lacks("client packet");
        play
    }

    pub fn packets_are_listed_and_plotted() -> Play {
        let mut play = Play::fixture("mtu-black-hole-server-side", WIDE);
        let at = |play: &Play| play.screens().packets.cursor.at + 1;
        play.press("s").shows("17 packets  7 retransmission").is_on("1448");
        assert_eq!(at(&play), 9, "the packet that proves the finding");
        play.press("e").is_on("[retransmission]").press("E").is_on("0.046809").press("k").is_on("duplicate ACK");
        play.press("Right").is_on("0.046809").press("Left l h j").press("a").lacks(" 1448 ack").press("a");
        for (name, sign) in [
            ("Sequence numbers", "R sent again"),
            ("Round trips", ""),
            ("Bytes in flight", "R"),
            ("Bytes a second", ""),
        ] {
            play.press("Tab").shows(name).shows("from the server").shows(sign);
            play.press("d").shows("from the client").press("d").press("w w");
        }
        play.press("Tab").lacks("from the server").press("shift-Tab").shows("Bytes a second");
        // The cursor is one for the list, the timeline and the streams.
        play.press("Enter");
        assert_eq!(play.screen(), Screen::Timeline);
        play.is_on("0.046809").press("j s");
        assert_eq!(at(&play), 10);
        play.press("f");
        assert_eq!(play.screen(), Screen::Follow);
        play.press("s t").press("s c").shows("baseline").press("s").press(": packet Space 3 Enter");
        assert_eq!(at(&play), 3);
        play.press("] [").shows("flow 0");
        play
    }

    pub fn plots_are_zoomed_and_panned() -> Play {
        let mut play = Play::fixture("heavy-loss-ok", NARROW);
        play.press("s Tab");
        let whole = play.screens().packets.range();
        play.press("e e + + +");
        let near = play.screens().packets.range();
        assert!(near.0 >= whole.0 && near.1 < whole.1 && (near.1 - near.0) * 7 < whole.1 - whole.0, "{near:?}");
        let shown = |play: &Play| {
            let packets = &play.screens().packets;
            let (start, end) = packets.range();
            packets.measured.time(packets.cursor.at).is_some_and(|time| (start..=end).contains(&time))
        };
        for keys in [">", ">", ">", "<", "<", "<", "<", "<", "G", "g", "-", "+ + + + + + + + + + + + + + + + + + + +"] {
            play.press(keys);
            assert!(shown(&play), "the packet under the cursor is shown after {keys}");
        }
        play.press("=");
        assert_eq!(play.screens().packets.range(), whole);
        play
    }

    pub fn failure_rates_lead_to_incidents() -> Play {
        let mut play = Play::made(&Made::new(&refused((50_000..50_012).chain([50_005]))), WIDE);
        play.press("R").is_on("10.0.0.1 to 10.0.0.2:443").shows("Incidents  1: many failures");
        play.press("Enter").shows("only the incident at 10.0.0.2:443");
        assert_eq!(play.screens().list.rows.len(), 13);
        play
    }

    pub fn failure_rates_lead_to_periods() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("R shift-Tab shift-Tab").is_on("By time").press("j Enter").shows("only the ");
        let period = play.screens().list.rows.len();
        assert!((1..1304).contains(&period), "{period}");
        play
    }

    pub fn what_the_failing_have_in_common_leads_to_flows() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        let found = play
            .shows(" in common ended by a middlebox at TTL 63: client network 10.9.1.0/24")
            .screens()
            .contrast
            .found
            .clone()
            .expect("found");
        let (_, line) = found.strongest().expect("a claim");
        play.press("W Tab Enter").shows("only the failing attempts of the claim");
        assert_eq!(play.screens().list.rows.len(), line.failed.len());
        play.press("W shift-Tab Tab o").shows("only the good attempts that match the claim");
        assert_eq!(play.screens().list.rows.len(), line.ok.len());
        play.press("W e");
        if line.exceptions.flows.is_empty() {
            play.shows("no flows like that").press("q");
        } else {
            play.shows("only the exceptions to the claim");
            assert_eq!(play.screens().list.rows.len(), line.exceptions.flows.len());
        }
        play.press("Esc").lacks("of the claim");
        play.pretend_loading(1_000, 8_000).lacks(" in common ended by");
        play
    }

    pub fn causes_are_groups_that_fold() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("n").is_on(" 193 ").press("C").is_on(" 193 ");
        play.shows("▾ ✗ reset-after-client-hello  9 flows, 81.8 % of the failed");
        play.shows("▾ ✗ plaintext-answer  2 flows, 18.2 % of the failed")
            .shows("▾ ✓ ok  1293 flows, 99.2 % of the rows");
        play.press("Space")
            .is_on("▸ ✗ reset-after-client-hello")
            .press("Right")
            .is_on("▾ ✗")
            .press("Left")
            .is_on("▸ ✗");
        play.shows("─ group").press("j").is_on("▾ ✗ plaintext-answer").press("j").is_on(" 362 ");
        // A flow that is gone to is unfolded; what cannot be done to a heading does nothing.
        play.press("n").is_on(" 775 ").press("n").shows("around the end").is_on(" 162 ").press("g Enter c f Enter");
        play.press("L g -").is_on("▸ ✗ reset").press("n").is_on(" 162 ").press("-").is_on("▸ ✗ reset").press("N");
        play.is_on(" 775 ").shows("around the beginning").press("+ G").is_on("✓ ok").press("g").is_on("▾ ✗ reset");
        play.press(": explain Enter").shows("▸ reset-after-client-hello").press("Esc j");
        // Sorting and filtering stay within the groups.
        play.is_on(" 162 ").press(": sort Space flow Enter r").is_on(" 162 ").press("g j").is_on(" 952 ");
        play.press("/ tags Enter").shows("2 flows, 100.0 % of the failed").shows("✓ ok  258 flows").press("Esc");
        play.press("o").lacks("✓ ok  1293 flows").press("Esc g C").lacks("of the failed").is_on(" 952 ");
        assert_eq!(play.screens().list.len(), 1304);
        play
    }

    pub fn failure_rates_lead_to_the_flows_of_a_cohort() -> Play {
        let mut play = Play::fixture("one-percent", WIDE);
        play.press("R").shows("1304 handshakes failed").shows("95 % interval").shows("By client");
        let rates = play.screens().rates.counted.clone().expect("counted");
        let (_, tally) = rates.cohorts[0].rows[0].clone();
        play.press("Enter");
        assert_eq!(play.screen(), Screen::List);
        play.shows("only client ");
        let failed = play.press("o").screens().list.rows.len();
        assert_eq!(failed, tally.tls.failed, "the list has the flows that were counted");
        play.press("Esc").lacks("only client");
        assert_eq!(play.screens().list.rows.len(), 1304);
        play.press("R Tab").is_on("By server").press("Enter").shows("this row stands for no flows").press("Tab j");
        play.press("shift-Tab")
            .is_on("By server name")
            .press("shift-Tab")
            .is_on("By server")
            .press("shift-Tab shift-Tab");
        play.is_on("By time").press("Tab").is_on("By client").press("G k g : rates Enter");
        // What was counted is kept as long as the index is the same.
        let again = play.press("q R").screens().rates.counted.clone().expect("counted");
        assert!(std::sync::Arc::ptr_eq(&rates, &again));
        play.press("j j q").press(": 162 Enter R q").is_on(" 162 ");
        play
    }

    pub fn every_screen_is_reached_from_every_other() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        let screens = [
            (Screen::List, "L"),
            (Screen::Timeline, ": timeline Enter"),
            (Screen::Follow, "f"),
            (Screen::Packets, "s"),
            (Screen::Compare, "c"),
        ];
        for (from, there) in screens {
            for (to, keys) in screens {
                // The list has no key for itself: it is at the bottom of the others.
                play.press("L").press(there);
                assert_eq!(play.screen(), from);
                if from != to {
                    play.press(keys);
                    assert_eq!(play.screen(), to, "from {from:?} by {keys}");
                    play.press("q");
                    assert_eq!(play.screen(), if to == Screen::List { Screen::List } else { from });
                    let _ = play.orders();
                }
            }
        }
        play.press("L Enter c Enter f L Enter f c");
        assert_eq!(play.model().stack, [Screen::List, Screen::Timeline, Screen::Follow, Screen::Compare]);
        play
    }

    pub fn the_help_opens_anywhere_and_closes() -> Play {
        let mut play = Play::fixture("block-page-then-retry-ok", WIDE);
        for screen in ["L", "Enter", "f", "s", "c"] {
            for (opens, closes) in [("?", "Esc"), ("F1", "q"), ("?", "?"), ("F1", "F1")] {
                play.press("L").press(screen).press(opens).shows("(this screen)").press("G").is_on("[").press("k k g");
                play.press(closes).lacks("(this screen)");
                assert_eq!(play.orders(), [], "{closes} only closes the help");
            }
        }
        play.press("L i").shows("Health").press("i").lacks("Health").press("i q").lacks("Health");
        assert_eq!(play.orders(), []);
        play.press("L Enter q").lacks("Steps").press("Enter Esc").lacks("Steps");
        play
    }

    pub fn leaving_and_stopping_are_orders() -> Play {
        let mut play = Play::fixture("stacks-ok", WIDE);
        play.pretend_loading(1_000, 8_000).shows("S stop loading").press_and_look("S");
        for (keys, order) in [("ctrl-z", Order::Suspend), ("q", Order::Quit), ("Enter ctrl-c", Order::Quit)] {
            play.press(keys);
            assert_eq!(play.orders(), [order], "{keys}");
        }
        play.press("? ctrl-c");
        assert_eq!(play.orders(), [Order::Quit]);
        play
    }
}
