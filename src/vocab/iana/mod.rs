//! Names from the IANA registries.
