//! Each header on real bytes, and every prefix of a frame.
