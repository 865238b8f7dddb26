//! The signs by which a packet's real sender is told, with what each weighs, and their words.

use std::fmt;

use super::finding::{Evidence, Role};
use crate::vocab::PacketNumber;
use crate::vocab::text::duration;

/// One sign and what it weighs; positive speaks for a device on the way.
#[derive(Clone, PartialEq, Debug)]
pub struct Sign {
    /// What is seen.
    pub clue: Clue,
    /// Its weight.
    pub weight: i32,
    /// The packet that shows it, where another than the judged one does.
    pub packet: Option<PacketNumber>,
}

/// Whose TTL a packet's is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// That of its sender's other packets in the flow.
    Senders,
    /// That of its server's packets in other flows.
    Servers,
}

/// What is seen of a packet.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Clue {
    /// Its TTL is the usual one.
    SameTtl(u8, Whose),
    /// Its TTL is another.
    OtherTtl {
        /// The packet's.
        ttl: u8,
        /// The one it should be.
        usual: u8,
        /// Whose that is.
        whose: Whose,
        /// Whether no other packet differs.
        all: bool,
    },
    /// A RST without ACK and without the timestamps that were negotiated.
    BareReset,
    /// A RST without the timestamps that were negotiated, from an end that should know the connection.
    ResetWithoutTimestamps,
    /// The same of an end that had closed.
    LateResetWithoutTimestamps,
    /// Another segment without them.
    WithoutTimestamps,
    /// Its timestamp continues the sender's clock.
    ClockGoesOn,
    /// Its timestamp does not: by how much it is ahead.
    ClockIsOff(i32),
    /// The sender goes on with data behind what ended its stream.
    DataBehind,
    /// The sender goes on with another TTL, which is this.
    GoesOn(u8),
    /// It comes a round trip after what it answers.
    InTime,
    /// It comes sooner than a round trip after what it answers.
    Early {
        /// Seconds after what it answers.
        took: f64,
        /// Seconds of the round trip.
        round_trip: f64,
    },
    /// RSTs of other servers come as long after the ClientHello, although one of those is further away than that.
    SameDelay {
        /// How many other addresses.
        servers: usize,
        /// Seconds of the soonest and of the latest of all.
        took: (f64, f64),
        /// Seconds of the round trip to the one that is too far away.
        round_trip: f64,
    },
    /// The SYN-ACK of its flow has another TTL than those of the good flows to this server.
    OtherSynAck {
        /// The SYN-ACK's.
        ttl: u8,
        /// That of the good flows.
        usual: u8,
    },
    /// The SYN-ACK of its flow came sooner than those of the good flows to this server can.
    SoonerSynAck {
        /// Milliseconds after the SYN.
        took: f64,
        /// Milliseconds of the shortest round trip in good flows.
        round_trip: f64,
    },
    /// Its sequence number is not the next one: by how much it is ahead.
    SequenceIsOff(i32),
    /// It acknowledges less than the sender had acknowledged before.
    AcknowledgesLess,
    /// It is one of several resets with stepped sequence numbers.
    Stepped,
    /// Its IP identification continues the sender's counter.
    CounterGoesOn,
    /// Its IP identification does not.
    CounterIsOff {
        /// The packet's.
        id: u16,
        /// The last one before it.
        before: u16,
    },
    /// It bears another hardware address than the sender's other packets.
    OtherHardware,
    /// It bears another DSCP than the sender's other packets.
    OtherDscp,
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Senders => "the sender's other packets",
            Self::Servers => "this server's packets in other flows",
        })
    }
}

/// Of the judged packet.
impl fmt::Display for Clue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameTtl(ttl, whose) => write!(f, "TTL {ttl} as {whose}"),
            Self::OtherTtl { ttl, usual, whose, all } => {
                write!(f, "TTL {ttl} where {}{whose} have {usual}", if *all { "all of " } else { "" })
            }
            Self::BareReset => f.write_str("a bare RST without the timestamps that were negotiated"),
            Self::ResetWithoutTimestamps => f.write_str("no timestamps although they were negotiated (RFC 7323 §3.2)"),
            Self::LateResetWithoutTimestamps => f.write_str("no timestamps although they were negotiated"),
            Self::WithoutTimestamps => {
                f.write_str("no timestamps although they were negotiated (RFC 7323 §3.2 wants them on every segment)")
            }
            Self::ClockGoesOn => f.write_str("its timestamp continues the sender's clock"),
            Self::ClockIsOff(by) => write!(f, "its timestamp does not continue the sender's clock (off by {by})"),
            Self::DataBehind => f.write_str("the sender goes on with data behind it, as if it had not sent this"),
            Self::GoesOn(ttl) => write!(f, "the sender goes on with TTL {ttl} as if it had not sent this"),
            Self::InTime => f.write_str("it comes a round trip after what it answers, as the end's would"),
            Self::Early { took, round_trip } => {
                write!(
                    f,
                    "it comes {} after what it answers; the round trip takes {}",
                    duration(*took),
                    duration(*round_trip)
                )
            }
            Self::SameDelay { servers, took: (first, last), round_trip } => write!(
                f,
                "RSTs of {servers} other servers come as long after the ClientHello, {} to {}, also where the round trip takes \
                 {}",
                duration(*first),
                duration(*last),
                duration(*round_trip)
            ),
            Self::OtherSynAck { ttl, usual } => {
                write!(f, "the SYN-ACK has TTL {ttl} where those of the good flows to this server have {usual}")
            }
            Self::SoonerSynAck { took, round_trip } => {
                let (took, round_trip) = (duration(*took / 1e3), duration(*round_trip / 1e3));
                write!(
                    f,
                    "the SYN-ACK came after {took}, those of the good flows to this server after {round_trip} at least"
                )
            }
            Self::SequenceIsOff(by) => write!(f, "its sequence number is off by {by}"),
            Self::AcknowledgesLess => f.write_str("it acknowledges less than the sender had acknowledged before"),
            Self::Stepped => f.write_str("several resets with stepped sequence numbers"),
            Self::CounterGoesOn => f.write_str("its IP identification continues the sender's counter"),
            Self::CounterIsOff { id, before } => {
                write!(f, "IP identification {id} is off the sender's counter ({before} before)")
            }
            Self::OtherHardware => f.write_str("another hardware address than the sender's other packets"),
            Self::OtherDscp => f.write_str("another DSCP than the sender's other packets"),
        }
    }
}

impl Sign {
    /// A sign of the judged packet alone.
    pub fn new(clue: Clue, weight: i32) -> Self {
        Self { clue, weight, packet: None }
    }

    /// The same with the packet that shows it.
    #[must_use]
    pub fn shown_by(self, packet: Option<PacketNumber>) -> Self {
        Self { packet, ..self }
    }

    /// What the other packet shows, in words about that packet; none where the judged packet shows it alone.
    pub fn evidence(&self) -> Option<Evidence> {
        let (role, note) = match self.clue {
            Clue::OtherTtl { usual, whose, .. } => (Role::Contrast, format!("TTL {usual}, as {whose} have")),
            Clue::ClockIsOff(_) => (Role::Contrast, "the sender's clock, by its timestamp".to_owned()),
            Clue::DataBehind => (Role::Supporting, "the sender goes on with data, as if it had sent no end".to_owned()),
            Clue::Early { took, round_trip } => {
                let note = format!(
                    "what is answered, {} before; the round trip takes {}",
                    duration(took),
                    duration(round_trip)
                );
                (Role::Supporting, note)
            }
            clue => (Role::Supporting, clue.to_string()),
        };
        Some(Evidence { packet: self.packet?, flow: None, role, note })
    }
}
