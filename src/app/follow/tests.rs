//! The stream as the keys move it, without a terminal: the engine's part is played here.

use super::super::testing::{Fixture, said};
use super::*;
use crate::engine::StreamMap;

impl Follow {
    /// The line under the cursor.
    fn line_text(&self) -> String {
        self.window.cursor.line(&self.parts).map(|line| line.line.plain()).unwrap_or_default()
    }
}

/// Follows the open flow, in a window of this many rows.
fn followed(fixture: &Fixture, context: &Context<'_>, height: usize) -> Follow {
    let mut follow = Follow::default();
    follow.resized(context, PaneSize { pane: Pane::Stream, width: 80, height });
    answer(&mut follow, fixture, context);
    follow
}

/// Answers what is needed until nothing is.
fn answer(follow: &mut Follow, fixture: &Fixture, context: &Context<'_>) {
    let whole = |flow| -> Arc<StreamMap> {
        let map = fixture.session.follow(flow).expect("the fixture is there");
        map.walk(&|| false, &mut |_| Ok(std::ops::ControlFlow::Continue(()))).expect("the fixture is there");
        Arc::new(map)
    };
    loop {
        let effects = follow.needs(context, false);
        if effects.is_empty() {
            return;
        }
        for effect in effects {
            let (slot, answer) = match effect {
                Effect::Ask(slot, Request::Follow(flow)) => (slot, Answer::Followed(whole(flow))),
                Effect::Ask(slot, Request::Part { map, number }) => {
                    (slot, Answer::Part(Arc::new(map.part(number).expect("the fixture is there"))))
                }
                other => panic!("{other:?}"),
            };
            assert!(follow.answer(context, slot, answer).is_empty());
        }
    }
}

#[test]
fn the_cursor_goes_by_lines_turns_and_to_the_ends() {
    let fixture = Fixture::new("plain-http-ok", 0);
    fixture.check(|context| {
        let mut follow = followed(&fixture, context, 4);
        assert!(!follow.is_busy());
        let first = follow.window.cursor;
        assert!(follow.line_text().starts_with("▶ client"));
        follow.act(context, Action::Down);
        assert!(follow.line_text().contains("GET / HTTP/1.1"));
        follow.act(context, Action::NextTurn);
        assert!(follow.line_text().starts_with("◀ server"));
        follow.act(context, Action::PreviousTurn);
        assert_eq!(follow.window.cursor, first);
        follow.act(context, Action::Last);
        let last = follow.window.cursor;
        follow.act(context, Action::Down);
        assert_eq!(follow.window.cursor, last, "there is nothing further");
        assert_eq!(follow.window.top, last.moved(&follow.parts, -3).0, "the window ends with it");
        follow.wheel(context, Pane::Stream, -1);
        assert_eq!(follow.window.cursor, last.moved(&follow.parts, -1).0, "the cursor stays in sight");
        follow.act(context, Action::First);
        assert_eq!((follow.window.cursor, follow.window.top), (first, first));
    });
}

#[test]
fn a_flow_is_followed_from_the_packet_that_one_comes_from() {
    let fixture = Fixture::new("plain-http-ok", 0);
    fixture.check(|context| {
        let mut follow = followed(&fixture, context, 10);
        follow.act(context, Action::Last);
        let last = Follow::packet(&follow).expect("a line");
        let mut again = Follow::default();
        again.go_to_packet(context, last);
        answer(&mut again, &fixture, context);
        assert_eq!(Follow::packet(&again), Some(last));
    });
    // Also where another flow was followed before.
    let other = Fixture::new("stacks-ok", 1);
    let mut follow = Follow::default();
    fixture.check(|context| follow = followed(&fixture, context, 10));
    other.check(|context| {
        let mut fresh = followed(&other, context, 10);
        fresh.act(context, Action::NextTurn);
        let packet = Follow::packet(&fresh).expect("a line");
        follow.go_to_packet(context, packet);
        answer(&mut follow, &other, context);
        assert_eq!(Follow::packet(&follow), Some(packet));
    });
}

#[test]
fn the_selected_lines_are_copied_and_the_selection_ends() {
    let fixture = Fixture::new("plain-http-ok", 0);
    fixture.check(|context| {
        let mut follow = followed(&fixture, context, 10);
        for action in [Action::Down, Action::Select, Action::Down] {
            follow.act(context, action);
        }
        assert!(follow.selection().is_some());
        let thens = follow.act(context, Action::Copy);
        let [Then::Say(_, said), Then::Do(Effect::Copy(text))] = &thens[..] else { panic!("{thens:?}") };
        assert_eq!((&**said, &**text), ("copied 2 lines, 38 B", "GET / HTTP/1.1\nHost: api.example.test\n"));
        assert!(follow.selection().is_none());
        follow.act(context, Action::Select);
        assert!(follow.act(context, Action::Cancel).is_empty(), "it ends the selection only");
        assert!(matches!(follow.act(context, Action::Cancel)[..], [Then::Back]));
    });
}

#[test]
fn a_pattern_is_searched_for_while_it_is_typed() {
    let fixture = Fixture::new("plain-http-ok", 0);
    fixture.check(|context| {
        let mut follow = followed(&fixture, context, 10);
        follow.act(context, Action::Down);
        let origin = follow.window.cursor;
        assert!(matches!(&follow.act(context, Action::Search)[..], [Then::Type(prompt)] if prompt.sign == "/"));
        let thens = follow.typed(context, &Purpose::Search, Typed::Changed, "Host:");
        assert!(matches!(thens[..], [Then::Do(Effect::Ask(Slot::Search, _))]));
        assert!(follow.line_text().contains("Host:") && follow.search.is_under_way);
        let thens = follow.typed(context, &Purpose::Search, Typed::Next, "(");
        assert!(matches!(&thens[..], [Then::Type(prompt), Then::Do(Effect::GiveUp(Slot::Search))]
            if prompt.sign == "regex/" && prompt.input.text() == "("));
        assert!(said(&follow.typed(context, &Purpose::Search, Typed::Kept, "(")).is_some(), "it is no pattern");
        follow.typed(context, &Purpose::Search, Typed::GivenUp, "(");
        assert_eq!((follow.window.cursor, follow.search.hunt.is_none()), (origin, true));
        assert_eq!(said(&follow.act(context, Action::NextMatch)), Some("no match"));
    });
}

#[test]
fn what_cannot_be_read_is_not_waited_for() {
    Fixture::new("plain-http-ok", 0).check(|context| {
        let mut follow = Follow::default();
        assert_eq!(follow.needs(context, false).len(), 1);
        assert!(follow.is_busy());
        follow.answer(context, Slot::Follow, Answer::Failed("it shrank".to_owned()));
        assert!(!follow.is_busy() && follow.needs(context, false).is_empty());
    });
}

#[test]
fn a_file_is_saved_once_it_is_said_which() {
    let fixture = Fixture::new("plain-http-ok", 0);
    fixture.check(|context| {
        let mut follow = followed(&fixture, context, 10);
        follow.act(context, Action::NextDirection);
        let thens = follow.act(context, Action::Save);
        assert!(matches!(&thens[..], [Then::Type(prompt)] if prompt.input.text() == "flow-0-client.bin"));
        assert!(follow.typed(context, &Purpose::Save, Typed::Kept, " ").is_empty());
        follow.typed(context, &Purpose::Save, Typed::Kept, "a.bin");
        assert_eq!(follow.saving, Some(0));
        let exists = || Answer::Saved(Saved::Exists("a.bin".into()));
        assert!(matches!(follow.answer(context, Slot::Save, exists())[..], [Then::Type(_)]));
        let covered = Context { is_covered: true, ..*context };
        let thens = follow.answer(&covered, Slot::Save, exists());
        assert_eq!(said(&thens), Some("a.bin exists; nothing was written"));
        assert_eq!(follow.saving, None);
    });
}
