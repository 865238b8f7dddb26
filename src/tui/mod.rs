//! The terminal UI: terminal, event loop, screens, widgets, theme.
//!
//! The only room that knows ratatui and crossterm. Only [`theme`] knows colours.

pub mod svg;
pub mod theme;
